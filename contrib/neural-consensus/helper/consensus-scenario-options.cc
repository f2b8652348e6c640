#include "consensus-scenario-options.h"

#include "consensus-detector-options.h"
#include "consensus-ns3-options.h"
#include "consensus-option-values.h"
#include "consensus-program.h"
#include "consensus-scenario-option-table.h"
#include "consensus-topology-file.h"

#include "ns3/fault-plan.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <fstream>
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

bool
ScenarioOptions::WantsSwim() const
{
    return std::find(detectors.begin(), detectors.end(), "swim") != detectors.end();
}

namespace
{

void
ReadTopology(const RawScenarioOptions& raw,
             const po::variables_map& values,
             ScenarioOptions& options)
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
ReadFaults(const RawScenarioOptions& raw, ScenarioOptions& options)
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
ReadDetection(const RawScenarioOptions& raw, ScenarioOptions& options)
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
ReadLabelStrategies(const RawScenarioOptions& raw, ScenarioOptions& options)
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
    RawScenarioOptions raw;
    ScenarioOptions options;
    const po::options_description description = DescribeScenarioOptions(raw, options);
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
