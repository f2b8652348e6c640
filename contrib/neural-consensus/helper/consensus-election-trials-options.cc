#include "consensus-election-trials-options.h"

#include "consensus-ns3-options.h"
#include "consensus-option-values.h"
#include "consensus-program.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace ns3
{

namespace po = boost::program_options;

namespace
{

/** The options as text, before they are read. */
struct RawOptions
{
    std::string config, nodes, topology, linkRate, linkDelay, latencyRange;
    std::string timeoutMin, timeoutMax, heartbeat, trials, down, crash, logs, giveUp;
};

po::value_semantic*
Text(std::string& into, const char* placeholder, const char* byDefault = nullptr)
{
    auto* value = po::value<std::string>(&into)->value_name(placeholder);
    return byDefault ? value->default_value(byDefault) : value;
}

po::options_description
Describe(RawOptions& raw, ElectionTrialsOptions& options)
{
    po::options_description general("General");
    general.add_options()("help,h", po::bool_switch(&options.help), "print this and exit");
    general.add_options()(
        "config",
        Text(raw.config, "FILE"),
        "INI file with these options, one NAME=VALUE a line; the command line wins");
    general.add_options()("out",
                          Text(options.out, "FILE"),
                          "CSV file with one row per trial (default: none)");
    general.add_options()("quiet",
                          po::bool_switch(&options.quiet),
                          "no progress and no closing table");

    po::options_description network("Network");
    network.add_options()("topology",
                          Text(raw.topology, "NAME", "lan"),
                          "lan, star, mesh, dumbbell, wan, wifi or csma");
    network.add_options()("link-rate",
                          Text(raw.linkRate, "RATE"),
                          "rate of every link, as 100Mbps (default: the topology's)");
    network.add_options()("link-delay",
                          Text(raw.linkDelay, "TIME"),
                          "one-way delay of every link (default: the topology's)");
    network.add_options()("latency-range",
                          Text(raw.latencyRange, "TIME", "0s"),
                          "extra one-way delay of each message, drawn uniformly from 0 to this");

    po::options_description cluster("Cluster");
    cluster.add_options()("nodes", Text(raw.nodes, "N", "5"), "servers, 3 to 50");
    cluster.add_options()("timeout-min",
                          Text(raw.timeoutMin, "TIME", "150ms"),
                          "lower end of the randomised election timeout");
    cluster.add_options()("timeout-max",
                          Text(raw.timeoutMax, "TIME", "300ms"),
                          "upper end; equal to the lower end for none");
    cluster.add_options()("heartbeat",
                          Text(raw.heartbeat, "TIME"),
                          "heartbeat interval (default: half of --timeout-min)");

    po::options_description trial("Trials");
    trial.add_options()("trials", Text(raw.trials, "N", "1000"), "crashes of a leader");
    trial.add_options()("down",
                        Text(raw.down, "N", "0"),
                        "followers that die together with the leader; a majority stays up");
    trial.add_options()("crash",
                        Text(raw.crash, "WHEN", "uniform"),
                        "uniform: at a random moment within the leader's heartbeat interval; "
                        "heartbeat: right after it sent a heartbeat");
    trial.add_options()("logs",
                        Text(raw.logs, "HOW", "equal"),
                        "equal: of all servers alike; different: of every server of another "
                        "length, so that only some can win");
    trial.add_options()("give-up",
                        Text(raw.giveUp, "TIME", "60s"),
                        "a trial without a leader for so long ends without one");

    po::options_description all;
    all.add(general).add(network).add(cluster).add(trial);
    return all;
}

void
ReadNetwork(const RawOptions& raw, ElectionTrialsOptions& options)
{
    TopologyOptions& topology = options.topology;
    topology.name = raw.topology;
    const auto& known = TopologyNames();
    if (std::find(known.begin(), known.end(), raw.topology) == known.end())
    {
        std::string names;
        for (const auto& name : known)
        {
            names += (names.empty() ? "" : ", ") + name;
        }
        RefuseValue("topology", raw.topology, "one of " + names);
    }
    if (!raw.linkRate.empty())
    {
        topology.linkRate = ReadRateValue("link-rate", raw.linkRate);
    }
    if (!raw.linkDelay.empty())
    {
        topology.linkDelay = ReadTimeValue("link-delay", raw.linkDelay);
    }
    options.latencyRange = ReadTimeValue("latency-range", raw.latencyRange);
    for (const auto& [name, text, value] :
         {std::tuple{"link-delay", raw.linkDelay, topology.linkDelay.value_or(Time(0))},
          std::tuple{"latency-range", raw.latencyRange, options.latencyRange}})
    {
        if (value > Seconds(60))
        {
            RefuseValue(name, text, "at most 60s");
        }
    }
}

void
ReadCluster(const RawOptions& raw, ElectionTrialsOptions& options)
{
    options.topology.servers = ReadCountValue("nodes", raw.nodes, 3, 50);
    options.timeoutMin = ReadTimeValue("timeout-min", raw.timeoutMin);
    options.timeoutMax = ReadTimeValue("timeout-max", raw.timeoutMax);
    if (options.timeoutMin < MicroSeconds(1))
    {
        RefuseValue("timeout-min", raw.timeoutMin, "at least 1us");
    }
    if (options.timeoutMax < options.timeoutMin || options.timeoutMax > Hours(1))
    {
        RefuseValue("timeout-max", raw.timeoutMax, "--timeout-min or more, up to 1h");
    }
    options.heartbeat = raw.heartbeat.empty() ? NanoSeconds(options.timeoutMin.GetNanoSeconds() / 2)
                                              : ReadTimeValue("heartbeat", raw.heartbeat);
    if (!options.heartbeat.IsStrictlyPositive() || options.heartbeat >= options.timeoutMin)
    {
        RefuseValue("heartbeat", raw.heartbeat, "above 0 and below --timeout-min");
    }
}

void
ReadTrials(const RawOptions& raw, ElectionTrialsOptions& options)
{
    options.trials = ReadCountValue("trials", raw.trials, 1, 1000000);
    const uint32_t others = options.topology.servers - 1;
    const uint32_t majority = options.topology.servers / 2 + 1;
    options.down = ReadCountValue("down", raw.down, 0, others - majority);
    if (raw.crash != "uniform" && raw.crash != "heartbeat")
    {
        RefuseValue("crash", raw.crash, "uniform or heartbeat");
    }
    options.crash = raw.crash == "uniform" ? ElectionTrialsOptions::Crash::UNIFORM
                                           : ElectionTrialsOptions::Crash::HEARTBEAT;
    if (raw.logs != "equal" && raw.logs != "different")
    {
        RefuseValue("logs", raw.logs, "equal or different");
    }
    options.differentLogs = raw.logs == "different";
    options.topology.clients = options.differentLogs ? 1 : 0;
    options.giveUp = ReadTimeValue("give-up", raw.giveUp);
    if (options.giveUp < options.timeoutMax)
    {
        RefuseValue("give-up", raw.giveUp, "--timeout-max or more");
    }
}

/** What the program sets by itself, and what to use instead. */
const std::map<std::string, std::string>&
OwnAttributes()
{
    static const std::map<std::string, std::string> own = {
        {"--ns3::RaftApplication::ServerId", "servers are 1 to --nodes"},
        {"--ns3::RaftApplication::ElectionTimeoutMin", "use --timeout-min"},
        {"--ns3::RaftApplication::ElectionTimeoutMax", "use --timeout-max"},
        {"--ns3::RaftApplication::HeartbeatInterval", "use --heartbeat"}};
    return own;
}

} // namespace

ElectionTrialsOptions
ParseElectionTrialsOptions(int argc, char* argv[])
{
    RawOptions raw;
    ElectionTrialsOptions options;
    const po::options_description description = Describe(raw, options);
    std::vector<std::string> unknown;
    ParseOptions(argc, argv, description, &unknown);

    std::ostringstream help;
    help << "Crashes the leader of a Raft cluster again and again and measures how long the\n"
            "cluster is without one (Ongaro's dissertation, chapter 9).\n"
            "Usage: election-trials [--NAME=VALUE ...]\n"
            "Times are written as 20s or 150ms; a bare number is seconds.\n"
         << description
         << "\nEverything else goes to ns-3: --RngRun=N (the seed), --ns3::Class::Attribute=VALUE\n"
            "(ns3::NodeDisk has the disk, ns3::RaftApplication Raft's variants),\n"
            "--PrintAttributes=ns3::Class, --PrintTypeIds, --PrintGlobals.\n";
    options.helpText = help.str();
    if (options.help)
    {
        return options;
    }
    RefuseOwnAttributes(unknown, OwnAttributes(), "here");
    PassToNs3(unknown, argv[0]);
    ReadNetwork(raw, options);
    ReadCluster(raw, options);
    ReadTrials(raw, options);
    return options;
}

} // namespace ns3
