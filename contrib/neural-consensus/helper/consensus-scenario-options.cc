#include "consensus-scenario-options.h"

#include "consensus-detector-options.h"
#include "consensus-ns3-options.h"
#include "consensus-option-values.h"
#include "consensus-program.h"
#include "consensus-topology-file.h"

#include "ns3/fault-plan.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <fstream>
#include <initializer_list>
#include <map>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace po = boost::program_options;

bool
ScenarioOptions::WantsNeural() const
{
    return std::find(detectors.begin(), detectors.end(), "neural") != detectors.end();
}

namespace
{

/** The options as text, before they are read. */
struct RawOptions
{
    std::string topology, nodes, linkRate, linkDelay, jitter, loss, burstLoss, duplicate, reorder;
    std::string backgroundLoad, duration, clients, requestRate, transport, watch;
    std::vector<std::string> detectors, faults;
    std::vector<std::string> operations;
    std::string config, faultFile, faultGap, faultWeights, voters;
    std::string timeCompression, loadShift, nodeSpread, labelStrategy;
};

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

po::options_description
Describe(RawOptions& raw, ScenarioOptions& options)
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
               "phi-gaussian, phi-logistic, cassandra, two-window, dynatune, neural "
               "(doc/formats.md)"},
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

void
ReadTopology(const RawOptions& raw, const po::variables_map& values, ScenarioOptions& options)
{
    TopologyOptions& topology = options.topology;
    topology.name = raw.topology;
    const auto& known = TopologyNames();
    topology.servers = ReadCountValue("nodes", raw.nodes, 1, 200);
    topology.clients = ReadCountValue("clients", raw.clients, 0, 50);
    if (IsTopologyFile(raw.topology))
    {
        ReadTopologyFile(raw.topology, topology.servers); // so that errors come before any result
    }
    else if (std::find(known.begin(), known.end(), raw.topology) == known.end())
    {
        std::string names;
        for (const auto& name : known)
        {
            names += (names.empty() ? "" : ", ") + name;
        }
        RefuseValue("topology", raw.topology, "one of " + names + ", or a file");
    }
    if (!raw.linkRate.empty())
    {
        topology.linkRate = ReadRateValue("link-rate", raw.linkRate);
    }
    if (!raw.linkDelay.empty())
    {
        topology.linkDelay = ReadTimeValue("link-delay", raw.linkDelay);
        if (*topology.linkDelay > Seconds(60))
        {
            RefuseValue("link-delay", raw.linkDelay, "at most 60s");
        }
    }
    if (!raw.backgroundLoad.empty())
    {
        topology.backgroundLoad = ReadShareValue("background-load", raw.backgroundLoad);
    }
    topology.impairment.jitter = ReadTimeValue("jitter", raw.jitter);
    topology.impairment.loss = ReadShareValue("loss", raw.loss);
    topology.impairment.burstLoss = ReadBurstLossValue("burst-loss", raw.burstLoss);
    topology.impairment.duplicate = ReadShareValue("duplicate", raw.duplicate);
    topology.impairment.reorder = ReadShareValue("reorder", raw.reorder);
    topology.impairment.Validate();
    topology.fixed = {!values["jitter"].defaulted(),
                      !values["loss"].defaulted(),
                      !values["burst-loss"].defaulted()};
}

void
ReadFaults(const RawOptions& raw, ScenarioOptions& options)
{
    for (const auto& text : raw.faults)
    {
        options.faults.push_back(faults::ParseFault(text, options.topology.servers));
    }
    if (!raw.faultFile.empty())
    {
        std::ifstream file(raw.faultFile);
        if (!file)
        {
            RefuseValue("fault-file", raw.faultFile, "a readable file with one fault a line");
        }
        const auto plan = faults::ParseFaultFile(file, raw.faultFile, options.topology.servers);
        options.faults.insert(options.faults.end(), plan.begin(), plan.end());
    }
    options.faultGap = ReadTimeValue("fault-gap", raw.faultGap);
    if (!options.faultGap.IsStrictlyPositive())
    {
        RefuseValue("fault-gap", raw.faultGap, "above 0");
    }
    options.faultWeights = ReadFaultWeightsValue("fault-weights", raw.faultWeights);
    options.timeCompression = ReadNumberValue("time-compression",
                                              raw.timeCompression,
                                              1e-3,
                                              1e6,
                                              "a factor of 0.001 to 1000000");
    if (options.randomFaults && options.topology.servers < 3)
    {
        throw std::invalid_argument("option --random-faults: expected --nodes of at least 3");
    }
}

void
ReadDetection(const RawOptions& raw, ScenarioOptions& options)
{
    options.detectors = ReadDetectors(raw.detectors);
    if (options.WantsNeural() && options.model.empty())
    {
        throw std::invalid_argument(
            "option --detector: neural needs --model=FILE, as train-detector writes it");
    }
    if (options.device != "cpu" && options.device != "cuda")
    {
        RefuseValue("device", options.device, "cpu or cuda");
    }
    if (raw.watch != "all")
    {
        options.watch = ReadCountValue("watch", raw.watch, 1, 199);
        if (options.watch >= options.topology.servers)
        {
            RefuseValue("watch", raw.watch, "all or fewer than --nodes");
        }
    }
}

void
ReadLabelStrategies(const RawOptions& raw, ScenarioOptions& options)
{
    std::istringstream names(raw.labelStrategy);
    std::string name;
    bool plan = false;
    while (std::getline(names, name, ','))
    {
        plan = plan || name == "plan";
        options.stateLabels = options.stateLabels || name == "state";
        options.symptomLabels = options.symptomLabels || name == "symptom";
        if (name != "plan" && name != "state" && name != "symptom")
        {
            RefuseValue("label-strategy", name, "plan, state or symptom, several joined by commas");
        }
    }
    if (!plan)
    {
        RefuseValue("label-strategy",
                    raw.labelStrategy,
                    "plan among them: labels.csv is always written");
    }
    if (options.symptomLabels && !options.observations)
    {
        throw std::invalid_argument("option --label-strategy: symptom needs --observations");
    }
}

/** What the program sets by itself, and what to use instead. */
const std::map<std::string, std::string>&
OwnAttributes()
{
    static const std::map<std::string, std::string> own = {
        {"--ns3::RaftApplication::ServerId", "servers are 1 to --nodes"},
        {"--ns3::RaftApplication::SocketFactory", "use --transport"},
        {"--ns3::RaftApplication::TagMessages", "use --raft-trace"},
        {"--ns3::RaftClientApplication::SocketFactory", "use --transport"},
        {"--ns3::RaftClientApplication::Rate", "use --request-rate"},
        {"--ns3::RaftClientApplication::ShiftInterval", "use --load-shift"},
        {"--ns3::FaultInjector::TimeCompression", "use --time-compression"},
        {"--ns3::FaultInjector::StartJitter", "it is ns3::HeartbeatMonitor::Interval"},
        {"--ns3::NeuralObserver::WindowLength", "it is the model's"}};
    return own;
}

/** Notes every value for summary.json, but where results go and how they are shown. */
void
Record(const po::variables_map& values,
       const std::vector<std::string>& forNs3,
       ScenarioOptions& options)
{
    for (const auto& [name, value] : values)
    {
        if (name == "out" || name == "config" || name == "quiet" || name == "help")
        {
            continue;
        }
        if (const auto* text = boost::any_cast<std::string>(&value.value()))
        {
            options.record.emplace_back(name, *text);
        }
        else if (const auto* flag = boost::any_cast<bool>(&value.value()))
        {
            options.record.emplace_back(name, *flag ? "true" : "false");
        }
        else if (const auto* list = boost::any_cast<std::vector<std::string>>(&value.value()))
        {
            for (const auto& each : *list)
            {
                options.record.emplace_back(name, each);
            }
        }
    }
    for (const auto& argument : forNs3)
    {
        const auto equals = argument.find('=');
        if (argument.rfind("--ns3::", 0) == 0 && equals != std::string::npos)
        {
            options.record.emplace_back(argument.substr(2, equals - 2),
                                        argument.substr(equals + 1));
        }
    }
}

} // namespace

ScenarioOptions
ParseScenarioOptions(int argc, char* argv[])
{
    RawOptions raw;
    ScenarioOptions options;
    const po::options_description description = Describe(raw, options);
    std::vector<std::string> unknown;
    const po::variables_map values = ParseOptions(argc, argv, description, &unknown);

    std::ostringstream help;
    help
        << "Simulates a Raft cluster under faults and watches it with failure detectors.\n"
        << "Usage: consensus-scenario [--NAME=VALUE ...]\n"
        << "Times are written as 20s or 150ms; a bare number is seconds.\n"
        << description
        << "\nEverything else goes to ns-3: --RngRun=N (the seed), --ns3::Class::Attribute=VALUE,\n"
           "--PrintAttributes=ns3::Class, --PrintTypeIds, --PrintGlobals.\n";
    options.helpText = help.str();
    if (options.help)
    {
        return options;
    }
    RefuseOwnAttributes(unknown, OwnAttributes(), "in a scenario");
    PassToNs3(unknown, argv[0]);
    ReadTopology(raw, values, options);
    options.duration = ReadTimeValue("duration", raw.duration);
    if (!options.duration.IsStrictlyPositive())
    {
        RefuseValue("duration", raw.duration, "above 0");
    }
    options.requestRate = ReadNumberValue("request-rate",
                                          raw.requestRate,
                                          0,
                                          1e6,
                                          "a number of operations per second, 0 to 1000000");
    options.loadShift = ReadTimeValue("load-shift", raw.loadShift);
    options.nodeSpread =
        ReadNumberValue("node-spread", raw.nodeSpread, 0, 2, "a standard deviation of 0 to 2");
    options.transport = raw.transport;
    if (options.transport != "udp" && options.transport != "tcp")
    {
        RefuseValue("transport", options.transport, "udp or tcp");
    }
    if (!raw.voters.empty())
    {
        options.voters = ReadCountValue("voters", raw.voters, 1, options.topology.servers);
    }
    for (const auto& text : raw.operations)
    {
        options.operations.push_back(ParseRaftOperation(text, options.topology.servers));
    }
    ReadFaults(raw, options);
    ReadDetection(raw, options);
    ReadLabelStrategies(raw, options);
    Record(values, unknown, options);
    return options;
}

} // namespace ns3
