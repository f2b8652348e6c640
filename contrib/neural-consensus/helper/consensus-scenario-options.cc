#include "consensus-scenario-options.h"

#include "consensus-program.h"

#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/fault-keys.h"
#include "ns3/fault-plan.h"
#include "ns3/global-value.h"
#include "ns3/string.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace po = boost::program_options;

namespace
{

[[noreturn]] void
Refuse(const std::string& option, const std::string& value, const std::string& expected)
{
    throw std::invalid_argument("option --" + option + ": '" + value + "' is not " + expected);
}

Time
ReadTime(const std::string& option, const std::string& text)
{
    const auto time = faults::ParseTime(text);
    if (!time)
    {
        Refuse(option, text, "a time such as 20s, 150ms or 2.5 (seconds)");
    }
    return NanoSeconds(time->count());
}

double
ReadNumber(const std::string& option, const std::string& text, const std::string& expected)
{
    std::size_t used = 0;
    double value = 0;
    try
    {
        value = std::stod(text, &used);
    }
    catch (const std::exception&)
    {
        Refuse(option, text, expected);
    }
    if (used != text.size() || !std::isfinite(value))
    {
        Refuse(option, text, expected);
    }
    return value;
}

double
ReadShare(const std::string& option, const std::string& text)
{
    const std::string expected = "a share from 0 to 1";
    const double share = ReadNumber(option, text, expected);
    if (share < 0 || share > 1)
    {
        Refuse(option, text, expected);
    }
    return share;
}

uint32_t
ReadCount(const std::string& option, const std::string& text, uint32_t least, uint32_t most)
{
    const std::string expected =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const double value = ReadNumber(option, text, expected);
    if (value != std::floor(value) || value < least || value > most)
    {
        Refuse(option, text, expected);
    }
    return static_cast<uint32_t>(value);
}

DataRate
ReadRate(const std::string& option, const std::string& text)
{
    DataRateValue value;
    if (!value.DeserializeFromString(text, MakeDataRateChecker()) || value.Get().GetBitRate() == 0)
    {
        Refuse(option, text, "a data rate such as 100Mbps");
    }
    return value.Get();
}

GilbertElliottLoss
ReadBurstLoss(const std::string& option, const std::string& text)
{
    const auto colon = text.find(':');
    GilbertElliottLoss loss;
    loss.meanLoss = ReadShare(option, text.substr(0, colon));
    if (colon != std::string::npos)
    {
        const std::string expected = "SHARE:PACKETS with a mean burst of at least 1 packet";
        loss.meanBurstLength = ReadNumber(option, text.substr(colon + 1), expected);
        if (loss.meanBurstLength < 1)
        {
            Refuse(option, text, expected);
        }
    }
    return loss;
}

void
AddDetector(std::vector<DetectorChoice>& choices, const std::string& name)
{
    const auto& classical = detection::FailureDetectorNames();
    if (name != "neural" && std::find(classical.begin(), classical.end(), name) == classical.end())
    {
        std::string known;
        for (const auto& each : classical)
        {
            known += each + ", ";
        }
        throw std::invalid_argument("option --detector: unknown detector '" + name +
                                    "', expected one of " + known + "neural");
    }
    for (const auto& choice : choices)
    {
        if (choice.name == name)
        {
            throw std::invalid_argument("option --detector: '" + name + "' is given twice");
        }
    }
    choices.push_back({name, {}});
}

/** Reads NAME[:key=value,...][,NAME...]; a part with '=' and no ':' belongs to the name before. */
void
ReadDetectors(const std::string& text, std::vector<DetectorChoice>& choices)
{
    std::istringstream parts(text);
    std::string part;
    while (std::getline(parts, part, ','))
    {
        std::string pair = part;
        const auto colon = part.find(':');
        const auto equals = part.find('=');
        if (equals == std::string::npos || colon < equals)
        {
            AddDetector(choices, part.substr(0, colon));
            if (colon == std::string::npos)
            {
                continue;
            }
            pair = part.substr(colon + 1);
        }
        const auto split = pair.find('=');
        if (choices.empty() || split == std::string::npos || split == 0)
        {
            Refuse("detector", text, "NAME[:key=value,...][,NAME...]");
        }
        choices.back().parameters[pair.substr(0, split)] = pair.substr(split + 1);
    }
    for (const auto& choice : choices)
    {
        if (choice.name == "neural")
        {
            if (!choice.parameters.empty())
            {
                throw std::invalid_argument(
                    "option --detector: neural takes no keys, set attributes of "
                    "ns3::NeuralFailureDetector instead");
            }
            continue;
        }
        detection::MakeFailureDetector(choice.name, choice.parameters); // refuses bad keys
    }
}

/** Checks what only ns-3 knows and hands it over. */
void
PassToNs3(const std::vector<std::string>& unknown, const char* program)
{
    std::vector<std::string> arguments{program};
    for (const auto& argument : unknown)
    {
        const auto equals = argument.find('=');
        const std::string name =
            argument.rfind("--", 0) == 0 ? argument.substr(2, equals - 2) : std::string();
        const std::string value =
            equals == std::string::npos ? std::string() : argument.substr(equals + 1);
        if (name.rfind("Print", 0) == 0)
        {
            arguments.push_back(argument);
            continue;
        }
        if (name.empty())
        {
            throw std::invalid_argument("unexpected argument '" + argument +
                                        "', expected options only: see --help");
        }
        const bool isAttribute = name.find("::") != std::string::npos;
        if (equals == std::string::npos && (isAttribute || name == "RngRun" || name == "RngSeed"))
        {
            throw std::invalid_argument("option --" + name + ": expected --" + name + "=VALUE");
        }
        if (isAttribute ? !Config::SetDefaultFailSafe(name, StringValue(value))
                        : !Config::SetGlobalFailSafe(name, StringValue(value)))
        {
            throw std::invalid_argument(
                isAttribute ? "option --" + name + "=" + value +
                                  ": no such ns-3 attribute, or the value does not fit it"
                            : "unknown option '" + argument +
                                  "', or a value that does not fit "
                                  "it: see --help");
        }
        arguments.push_back(argument);
    }
    CommandLine(program).Parse(arguments);
}

} // namespace

bool
ScenarioOptions::WantsNeural() const
{
    return std::any_of(detectors.begin(), detectors.end(), [](const DetectorChoice& choice) {
        return choice.name == "neural";
    });
}

namespace
{

/** The options as text, before they are read. */
struct RawOptions
{
    std::string topology, nodes, linkRate, linkDelay, jitter, loss, burstLoss, duplicate, reorder;
    std::string duration, clients, requestRate, transport, watch, randomFaults;
    std::vector<std::string> detectors, faults;
    std::string faultFile;
};

po::options_description
Describe(RawOptions& raw, ScenarioOptions& options)
{
    const auto text = [](std::string& into, const char* byDefault) {
        auto* value = po::value<std::string>(&into)->value_name("VALUE");
        return byDefault ? value->default_value(byDefault) : value;
    };
    po::options_description general("General");
    general.add_options()("help,h", po::bool_switch(&options.help), "print this and exit")(
        "config",
        po::value<std::string>()->value_name("FILE"),
        "INI file with these options, one NAME=VALUE a line; the command line wins")(
        "out",
        po::value<std::string>(&options.out)->value_name("DIR"),
        "folder for results, made if missing (default: none are written)")(
        "quiet",
        po::bool_switch(&options.quiet),
        "no progress and no closing table");

    po::options_description network("Network");
    network.add_options()("topology",
                          text(raw.topology, "lan"),
                          "lan, star, mesh, dumbbell, wan, wifi or csma")(
        "nodes",
        text(raw.nodes, "5"),
        "servers, 1 to 500")("clients", text(raw.clients, "1"), "client hosts, 0 to 100")(
        "link-rate",
        text(raw.linkRate, nullptr),
        "rate of every link (default: the topology's)")(
        "link-delay",
        text(raw.linkDelay, nullptr),
        "one-way delay of every link (default: the topology's)")(
        "jitter",
        text(raw.jitter, "0s"),
        "standard deviation of a log-normal extra delay per packet")(
        "loss",
        text(raw.loss, "0"),
        "share of packets lost independently, 0 to 1")(
        "burst-loss",
        text(raw.burstLoss, "0"),
        "SHARE[:PACKETS] lost in bursts (Gilbert-Elliott) with this mean length, 4 by default")(
        "duplicate",
        text(raw.duplicate, "0"),
        "share of packets sent twice, 0 to 1")("reorder",
                                               text(raw.reorder, "0"),
                                               "share of packets overtaken by later ones, 0 to 1");

    po::options_description cluster("Cluster and load");
    cluster.add_options()("duration", text(raw.duration, "60s"), "simulated time")(
        "request-rate",
        text(raw.requestRate, "20"),
        "client operations per second for the whole cluster (Poisson)")(
        "transport",
        text(raw.transport, "udp"),
        "carries Raft and clients: udp or tcp")(
        "check-invariants",
        po::bool_switch(&options.checkInvariants),
        "check Raft's safety properties after every step, end with an error on a violation");

    po::options_description faults("Faults");
    faults.add_options()(
        "fault",
        po::value<std::vector<std::string>>(&raw.faults)->composing()->value_name("FAULT"),
        "KIND@START[+DURATION][:key=value,...], any number (doc/faults.md)")(
        "fault-file",
        text(raw.faultFile, nullptr),
        "file with one such fault a line")("random-faults",
                                           text(raw.randomFaults, "0"),
                                           "faults to add at random, 0 to 1000");

    po::options_description detection("Detection");
    detection.add_options()(
        "detector",
        po::value<std::vector<std::string>>(&raw.detectors)->composing()->value_name("NAMES"),
        "NAME[:key=value,...][,NAME...]: fixed-timeout, phi-gaussian, neural")(
        "model",
        po::value<std::string>(&options.model)->value_name("FILE"),
        "model file for the neural detector (train-detector makes one)")(
        "device",
        po::value<std::string>(&options.device)->default_value("cpu")->value_name("NAME"),
        "where the neural detector runs: cpu or cuda")(
        "watch",
        text(raw.watch, "all"),
        "peers watched by each server: all, or a number");

    po::options_description outputs("Further results, in the output folder");
    outputs.add_options()("observations",
                          po::bool_switch(&options.observations),
                          "observations.csv, the 16 features of every pair and tick")(
        "heartbeat-trace",
        po::bool_switch(&options.heartbeatTrace),
        "heartbeats.csv, every heartbeat's sending and arrival")(
        "pcap",
        po::bool_switch(&options.pcap),
        "pcap/, a capture of every host's device")("ascii",
                                                   po::bool_switch(&options.ascii),
                                                   "ascii/, ns-3's text trace of every host")(
        "flowmon",
        po::bool_switch(&options.flowmon),
        "flowmon.xml, ns-3's flow statistics");

    po::options_description all;
    all.add(general).add(network).add(cluster).add(faults).add(detection).add(outputs);
    return all;
}

void
ReadTopology(const RawOptions& raw, ScenarioOptions& options)
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
        Refuse("topology", raw.topology, "one of " + names);
    }
    topology.servers = ReadCount("nodes", raw.nodes, 1, 500);
    topology.clients = ReadCount("clients", raw.clients, 0, 100);
    if (!raw.linkRate.empty())
    {
        topology.linkRate = ReadRate("link-rate", raw.linkRate);
    }
    if (!raw.linkDelay.empty())
    {
        topology.linkDelay = ReadTime("link-delay", raw.linkDelay);
    }
    topology.impairment.jitter = ReadTime("jitter", raw.jitter);
    topology.impairment.loss = ReadShare("loss", raw.loss);
    topology.impairment.burstLoss = ReadBurstLoss("burst-loss", raw.burstLoss);
    topology.impairment.duplicate = ReadShare("duplicate", raw.duplicate);
    topology.impairment.reorder = ReadShare("reorder", raw.reorder);
    topology.impairment.Validate();
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
            Refuse("fault-file", raw.faultFile, "a readable file with one fault a line");
        }
        const auto plan = faults::ParseFaultFile(file, raw.faultFile, options.topology.servers);
        options.faults.insert(options.faults.end(), plan.begin(), plan.end());
    }
    options.randomFaults = ReadCount("random-faults", raw.randomFaults, 0, 1000);
}

void
ReadDetection(const RawOptions& raw, ScenarioOptions& options)
{
    for (const auto& text : raw.detectors)
    {
        ReadDetectors(text, options.detectors);
    }
    if (options.WantsNeural() && options.model.empty())
    {
        throw std::invalid_argument(
            "option --detector: neural needs --model=FILE, as train-detector writes it");
    }
    if (options.device != "cpu" && options.device != "cuda")
    {
        Refuse("device", options.device, "cpu or cuda");
    }
    if (raw.watch != "all")
    {
        options.watch = ReadCount("watch", raw.watch, 1, 499);
        if (options.watch >= options.topology.servers)
        {
            Refuse("watch", raw.watch, "all or fewer than --nodes");
        }
    }
}

/** Notes every value for summary.json, but where results go and how they are shown. */
void
Record(const po::variables_map& values, ScenarioOptions& options)
{
    for (const auto& [name, value] : values)
    {
        if (name == "out" || name == "config" || name == "quiet" || name == "help" ||
            name == "model" || name == "fault-file")
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
    PassToNs3(unknown, argv[0]);
    ReadTopology(raw, options);
    options.duration = ReadTime("duration", raw.duration);
    if (!options.duration.IsStrictlyPositive())
    {
        Refuse("duration", raw.duration, "above 0");
    }
    const std::string rate = "a number of operations per second, 0 to 1000000";
    options.requestRate = ReadNumber("request-rate", raw.requestRate, rate);
    if (options.requestRate < 0 || options.requestRate > 1e6)
    {
        Refuse("request-rate", raw.requestRate, rate);
    }
    options.transport = raw.transport;
    if (options.transport != "udp" && options.transport != "tcp")
    {
        Refuse("transport", options.transport, "udp or tcp");
    }
    ReadFaults(raw, options);
    ReadDetection(raw, options);
    Record(values, options);
    return options;
}

} // namespace ns3
