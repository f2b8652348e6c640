#include "consensus-scenario-option-table.h"

#include <boost/program_options.hpp>
#include <initializer_list>

namespace ns3
{

namespace po = boost::program_options;

namespace
{

using Values = std::vector<std::string>;

/** An option whose text is read later; without a default its absence means something. */
po::value_semantic*
Text(std::string& into, const char* placeholder, const char* byDefault = nullptr)
{
    auto* value = po::value<std::string>(&into)->value_name(placeholder);
    return byDefault ? value->default_value(byDefault) : value;
}

/** An option that may be given any number of times, in a file and on the command line. */
po::value_semantic*
List(Values& into, const char* placeholder)
{
    return po::value<Values>(&into)->composing()->value_name(placeholder);
}

po::value_semantic*
Switch(bool& into)
{
    return po::bool_switch(&into);
}

struct Line
{
    const char* name;
    po::value_semantic* value;
    const char* text;
};

void
AddGroup(po::options_description& all, const char* caption, std::initializer_list<Line> lines)
{
    po::options_description group(caption);
    for (const auto& line : lines)
    {
        group.add_options()(line.name, line.value, line.text);
    }
    all.add(group);
}

} // namespace

po::options_description
DescribeScenarioOptions(RawScenarioOptions& raw, ScenarioOptions& options)
{
    po::options_description all;
    AddGroup(all,
             "General",
             {{"help,h", Switch(options.help), "print this and exit"},
              {"config",
               Text(raw.config, "FILE"),
               "INI file with these options, one NAME=VALUE a line; the command line wins"},
              {"out",
               Text(options.out, "DIR"),
               "folder for results, made if missing (default: none are written)"},
              {"quiet", Switch(options.quiet), "no progress and no closing table"}});
    AddGroup(
        all,
        "Network",
        {{"topology",
          Text(raw.topology, "NAME|FILE", "lan"),
          "lan, star, mesh, dumbbell, wan, multi-az, internet, starlink, lte, leaf-spine, wifi or "
          "csma, or a file with a network (doc/topologies.md)"},
         {"random-network",
          Switch(options.topology.random),
          "draw what the options leave open (delays, jitter, loss, rates, places) from the "
          "topology's ranges, by the seed"},
         {"nodes", Text(raw.nodes, "N", "5"), "servers, 1 to 200"},
         {"clients", Text(raw.clients, "N", "1"), "client hosts, 0 to 50"},
         {"link-rate",
          Text(raw.linkRate, "RATE"),
          "rate of every link, as 100Mbps (default: the topology's)"},
         {"link-delay",
          Text(raw.linkDelay, "TIME"),
          "one-way delay of every link (default: the topology's)"},
         {"background-load",
          Text(raw.backgroundLoad, "SHARE"),
          "traffic of others in leaf-spine and wifi, 0 to 1 (default: the topology's)"},
         {"jitter",
          Text(raw.jitter, "TIME", "0s"),
          "standard deviation of a log-normal extra delay per packet"},
         {"loss", Text(raw.loss, "SHARE", "0"), "packets lost independently, 0 to 1"},
         {"burst-loss",
          Text(raw.burstLoss, "SHARE[:PACKETS]", "0"),
          "packets lost in bursts (Gilbert-Elliott) of this mean length, 4 by default"},
         {"duplicate", Text(raw.duplicate, "SHARE", "0"), "packets sent twice, 0 to 1"},
         {"reorder", Text(raw.reorder, "SHARE", "0"), "packets overtaken by later ones, 0 to 1"}});
    AddGroup(
        all,
        "Cluster and load",
        {{"duration", Text(raw.duration, "TIME", "60s"), "simulated time"},
         {"request-rate",
          Text(raw.requestRate, "RATE", "20"),
          "client operations per second for the whole cluster (Poisson)"},
         {"load-shift",
          Text(raw.loadShift, "TIME", "0s"),
          "mean time between shifts of each client's rate by a random factor; 0 for none"},
         {"node-spread",
          Text(raw.nodeSpread, "X", "0"),
          "how servers differ: standard deviation of the logarithm of message costs and disk "
          "latencies, 0 to 2; above 0 clocks are off, too"},
         {"transport",
          Text(raw.transport, "NAME", "udp"),
          "what carries Raft and clients: udp or tcp"},
         {"voters",
          Text(raw.voters, "N"),
          "servers that make up the cluster at first, 1 to N; the others wait to be added "
          "(default: "
          "all)"},
         {"operation",
          List(raw.operations, "OPERATION"),
          "add@TIME:node=ID, remove@TIME:node=ID or transfer@TIME[:node=ID], any number: done by "
          "an "
          "operator who tries until it is committed"},
         {"evidence",
          po::value<bool>(&options.evidence)->default_value(true)->value_name("0|1"),
          "whether servers sign what they send and look for proofs against each other "
          "(doc/evidence.md)"},
         {"check-invariants",
          Switch(options.checkInvariants),
          "check Raft's safety properties after every step and end with an error on a violation"}});
    AddGroup(all,
             "Faults",
             {{"fault",
               List(raw.faults, "FAULT"),
               "KIND@START[+DURATION][:key=value,...], any number (doc/faults.md)"},
              {"fault-file", Text(raw.faultFile, "FILE"), "file with one such fault a line"},
              {"random-faults",
               Switch(options.randomFaults),
               "faults at random over the whole run, at a minority of servers at a time"},
              {"fault-gap",
               Text(raw.faultGap, "TIME", "15s"),
               "mean pause before the next random fault"},
              {"fault-weights",
               Text(raw.faultWeights, "KIND:WEIGHT,..."),
               "how often a kind is among random faults, relative to the others (default: "
               "doc/faults.md)"},
              {"time-compression",
               Text(raw.timeCompression, "FACTOR", "60"),
               "how many times faster than in the field slow degradations go, 0.001 to 1000000"}});
    AddGroup(all,
             "Detection",
             {{"detector",
               List(raw.detectors, "NAMES"),
               "NAME[:key=value,...][,NAME...]: fixed-timeout, chen-nfd-s, chen-nfd-e, bertier, "
               "phi-gaussian, phi-logistic, cassandra, two-window, dynatune, swim, neural "
               "(doc/formats.md). With gossip=K a classical one suspects a peer when K of those "
               "who watch it do"},
              {"model",
               Text(options.model, "FILE"),
               "model file for the neural detector (train-detector makes one)"},
              {"device",
               Text(options.device, "NAME", "cpu"),
               "where the neural detector runs: cpu or cuda"},
              {"watch",
               Text(raw.watch, "all|K", "all"),
               "peers watched by each server: all, or a number"}});
    AddGroup(all,
             "Further results, in the output folder",
             {{"observations",
               Switch(options.observations),
               "observations.csv: the 16 features of every pair and tick"},
              {"oracle",
               Switch(options.oracle),
               "oracle.csv: what one would say who knows the hidden state, but not the future"},
              {"label-strategy",
               Text(raw.labelStrategy, "NAMES", "plan"),
               "plan[,state][,symptom]: further labels, for comparison, in labels-NAME.csv"},
              {"heartbeat-trace",
               Switch(options.heartbeatTrace),
               "heartbeats.csv: every heartbeat's sending and arrival"},
              {"raft-trace",
               Switch(options.raftTrace),
               "raft-trace.ndjson: every step of every server, large"},
              {"pcap", Switch(options.pcap), "pcap/: a capture of every host's device"},
              {"ascii", Switch(options.ascii), "ascii/: ns-3's text trace of every host"},
              {"flowmon", Switch(options.flowmon), "flowmon.xml: ns-3's flow statistics"}});
    return all;
}

} // namespace ns3
