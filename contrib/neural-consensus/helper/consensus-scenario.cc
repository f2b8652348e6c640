#include "consensus-scenario.h"

#include "consensus-node-spread.h"
#include "consensus-raft-trace.h"
#include "consensus-run-progress.h"
#include "consensus-run-qos.h"
#include "consensus-run-recorder.h"
#include "consensus-run-summary.h"
#include "consensus-scenario-observation.h"
#include "consensus-scenario-streams.h"
#include "consensus-trace-helper.h"
#include "raft-helper.h"
#include "raft-invariant-watch.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/fault-generator.h"
#include "ns3/fault-injector.h"
#include "ns3/global-value.h"
#include "ns3/map-scheduler.h"
#include "ns3/object-factory.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/type-id.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <unistd.h>

namespace ns3
{

namespace
{

/**
 * Has events kept in a heap, unless the user chose something else than ns-3's default, a tree. The
 * order of events is the same; with many timers a heap is faster.
 */
void
ChooseScheduler()
{
    TypeIdValue chosen;
    GlobalValue::GetValueByName("SchedulerType", chosen);
    if (chosen.Get() == MapScheduler::GetTypeId())
    {
        Simulator::SetScheduler(ObjectFactory("ns3::PriorityQueueScheduler"));
    }
}

/** The parts of a run, in the order in which they are built. */
class Scenario
{
  public:
    explicit Scenario(const ScenarioOptions& options);

    void Run();

  private:
    void BuildCluster();
    void RefuseSharedPort() const;
    void BuildFaults();
    Time PairNoise() const;
    void Record();
    void Finish();
    void RemoveStaleFiles() const;

    const ScenarioOptions& m_options;
    ConsensusTopology m_topology;
    ConsensusTraceHelper m_captures;
    ApplicationContainer m_servers;
    ApplicationContainer m_clients;
    std::unique_ptr<RaftOperator> m_operator;
    std::unique_ptr<ScenarioObservation> m_observation;
    Ptr<FaultInjector> m_injector;
    std::unique_ptr<ConsensusRunRecorder> m_recorder;
    std::unique_ptr<ConsensusRunQos> m_qos;
    std::unique_ptr<RaftInvariantWatch> m_invariants;
    std::unique_ptr<ConsensusRaftTrace> m_raftTrace;
};

Scenario::Scenario(const ScenarioOptions& options)
    : m_options(options),
      m_topology(BuildTopology(options.topology)),
      m_captures(options.out)
{
    m_topology.AssignStreams(NETWORK_STREAMS);
    BuildCluster();
    m_observation = std::make_unique<ScenarioObservation>(options, m_topology);
    RefuseSharedPort();
    BuildFaults();
    Record();
}

void
Scenario::BuildCluster()
{
    RaftHelper raft;
    const TypeIdValue sockets(m_options.transport == "tcp" ? TcpSocketFactory::GetTypeId()
                                                           : UdpSocketFactory::GetTypeId());
    raft.SetServerAttribute("SocketFactory", sockets);
    raft.SetServerAttribute("TagMessages", BooleanValue(m_options.raftTrace));
    raft.SetClientAttribute("SocketFactory", sockets);
    const uint32_t clients = m_topology.Clients().GetN();
    raft.SetClientAttribute("Rate",
                            DoubleValue(clients > 0 ? m_options.requestRate / clients : 0.0));
    raft.SetClientAttribute("ShiftInterval", TimeValue(m_options.loadShift));
    SpreadNodes(m_topology.Servers(), m_options.nodeSpread, NODE_STREAM);
    if (m_options.evidence)
    {
        raft.EnableEvidence();
    }
    m_servers = raft.InstallServers(m_topology.Servers(), m_options.voters.value_or(0));
    m_clients = raft.InstallClients(m_topology.Clients(), m_topology.Servers());
    RaftHelper::AssignStreams(m_servers, PROTOCOL_STREAMS);
    RaftHelper::AssignStreams(m_clients, LOAD_STREAMS);
    m_operator = std::make_unique<RaftOperator>(m_servers, m_options.operations);
    m_servers.Start(m_topology.WarmUp());
    m_clients.Start(m_topology.WarmUp());
}

void
Scenario::RefuseSharedPort() const
{
    UintegerValue raft;
    m_servers.Get(0)->GetAttribute("Port", raft);
    std::map<uint64_t, std::string> taken{{raft.Get(), "ns3::RaftApplication::Port"}};
    for (const auto& [name, port] : m_observation->Ports())
    {
        const auto [other, isFree] = taken.emplace(port, name);
        if (!isFree)
        {
            throw std::invalid_argument(other->second + " and " + name + " are both " +
                                        std::to_string(port) + ": expected different ports");
        }
    }
}

/** @return standard deviation of the gaps between arrivals of a healthy pair */
Time
Scenario::PairNoise() const
{
    // A gap lies between two heartbeats, each sent and delayed by itself: uniform and log-normal.
    return Seconds(std::hypot(m_observation->SendingJitter().GetSeconds() * std::sqrt(2.0 / 3),
                              m_topology.Jitter().GetSeconds() * std::sqrt(2.0)));
}

void
Scenario::BuildFaults()
{
    const Time period = m_observation->Period();
    faults::FaultPlan plan = m_options.faults;
    if (m_options.randomFaults)
    {
        auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(PLAN_STREAM);
        faults::RandomPlanOptions settings;
        settings.servers = m_options.topology.servers;
        settings.duration = faults::Nanos(m_options.duration.GetNanoSeconds());
        settings.meanGap = faults::Nanos(m_options.faultGap.GetNanoSeconds());
        settings.weights = m_options.faultWeights;
        settings.heartbeatPeriod = faults::Nanos(period.GetNanoSeconds());
        settings.noise = faults::Nanos(PairNoise().GetNanoSeconds());
        settings.loss = m_topology.Loss();
        settings.timeCompression = m_options.timeCompression;
        const auto drawn =
            faults::GenerateRandomPlan(settings, [random] { return random->GetValue(); });
        plan.insert(plan.end(), drawn.begin(), drawn.end());
    }
    m_injector = CreateObject<FaultInjector>();
    m_injector->SetAttribute("TimeCompression", DoubleValue(m_options.timeCompression));
    m_injector->SetAttribute("StartJitter", TimeValue(period));
    m_injector->SetServers(m_topology.Servers());
    m_injector->SetPlan(std::move(plan));
    m_injector->AssignStreams(FAULT_STREAMS);
    m_injector->Start();
}

void
Scenario::Record()
{
    ConsensusRunRecorder::Files files;
    files.folder = m_options.out;
    files.verdicts = m_options.WantsNeural();
    files.observations = m_options.observations;
    files.oracle = m_options.oracle;
    files.stateLabels = m_options.stateLabels;
    files.symptomLabels = m_options.symptomLabels;
    files.heartbeats = m_options.heartbeatTrace;
    files.history = m_clients.GetN() > 0;
    files.proofs = m_options.evidence;
    m_recorder = std::make_unique<ConsensusRunRecorder>(files);
    if (m_options.checkInvariants)
    {
        m_invariants = std::make_unique<RaftInvariantWatch>();
    }
    if (m_options.raftTrace)
    {
        m_raftTrace = std::make_unique<ConsensusRaftTrace>(m_options.out + "/raft-trace.ndjson");
    }
    for (auto at = m_servers.Begin(); at != m_servers.End(); ++at)
    {
        auto server = DynamicCast<RaftApplication>(*at);
        m_recorder->WatchServer(server);
        if (m_raftTrace)
        {
            m_raftTrace->Watch(server);
        }
        if (m_invariants)
        {
            m_invariants->Watch(server);
        }
    }
    for (auto at = m_clients.Begin(); at != m_clients.End(); ++at)
    {
        m_recorder->WatchClient(DynamicCast<RaftClientApplication>(*at));
    }
    m_observation->Watch(*m_recorder);
    if (!m_options.detectors.empty() && !m_options.out.empty())
    {
        m_qos = std::make_unique<ConsensusRunQos>(m_options.detectors);
        m_observation->Watch(*m_qos);
    }
    if (!m_options.out.empty())
    {
        // Captures of an earlier run would pass for this one's.
        std::filesystem::remove_all(m_options.out + "/pcap");
        std::filesystem::remove_all(m_options.out + "/ascii");
    }
    if (m_options.pcap)
    {
        m_captures.EnablePcap(m_topology);
    }
    if (m_options.ascii)
    {
        m_captures.EnableAscii(m_topology);
    }
    if (m_options.flowmon)
    {
        m_captures.EnableFlowMonitor(m_topology);
    }
}

void
Scenario::Run()
{
    std::unique_ptr<ConsensusRunProgress> progress;
    if (!m_options.quiet && isatty(STDERR_FILENO) == 1)
    {
        progress = std::make_unique<ConsensusRunProgress>(m_options.duration);
    }
    Simulator::Stop(m_options.duration);
    Simulator::Run();
    progress.reset();
    Finish();
}

void
Scenario::Finish()
{
    for (auto at = m_clients.Begin(); at != m_clients.End(); ++at)
    {
        DynamicCast<RaftClientApplication>(*at)->Finish();
    }
    const faults::FaultLog& log = m_injector->GetLog();
    const Time latency = m_topology.PathLatency();
    const Time period = m_observation->Period();
    const RunSpan span{m_topology.WarmUp(), m_options.duration, latency + period};
    const ConsensusRunSummary summary(*m_recorder,
                                      log,
                                      m_observation->Pairs(),
                                      m_observation->Labels(),
                                      span);
    if (!m_options.out.empty())
    {
        faults::LabelOptions settings;
        settings.servers = m_options.topology.servers;
        settings.heartbeatPeriod = faults::Nanos(period.GetNanoSeconds());
        settings.pathLatency = faults::Nanos(latency.GetNanoSeconds());
        settings.delayNoise = faults::Nanos(PairNoise().GetNanoSeconds());
        const faults::FaultLabeller labels(log, settings);
        TimeValue tick;
        CreateObject<NeuralObserver>()->GetAttribute("TickInterval", tick);
        m_recorder->Commit(log, labels, tick.Get(), m_observation->Pairs(), m_options.duration);
        if (m_qos)
        {
            m_qos->Write(m_options.out + "/qos.csv",
                         *m_recorder,
                         log,
                         m_observation->Pairs(),
                         m_observation->Labels(),
                         span);
        }
        if (m_raftTrace)
        {
            m_raftTrace->Commit();
        }
        m_captures.WriteFlowMonitor();
        RemoveStaleFiles();
        AtomicFile file(m_options.out + "/summary.json");
        summary.WriteJson(file.Stream(), m_options, m_topology, m_operator->GetOperations());
        file.Commit();
    }
    if (!m_options.quiet)
    {
        summary.Print(std::cout);
    }
}

void
Scenario::RemoveStaleFiles() const
{
    const std::pair<const char*, bool> files[] = {
        {"verdicts.csv", m_options.WantsNeural()},
        {"observations.csv", m_options.observations},
        {"oracle.csv", m_options.oracle},
        {"labels-state.csv", m_options.stateLabels},
        {"labels-symptom.csv", m_options.symptomLabels},
        {"heartbeats.csv", m_options.heartbeatTrace},
        {"qos.csv", m_qos != nullptr},
        {"proofs.csv", m_options.evidence},
        {"history.ndjson", m_clients.GetN() > 0},
        {"raft-trace.ndjson", m_options.raftTrace},
        {"flowmon.xml", m_options.flowmon},
    };
    for (const auto& [name, written] : files)
    {
        if (!written)
        {
            std::filesystem::remove(m_options.out + "/" + name); // of an earlier run
        }
    }
}

} // namespace

void
RunScenario(const ScenarioOptions& options)
{
    if (options.out.empty() &&
        (options.pcap || options.ascii || options.flowmon || options.observations ||
         options.heartbeatTrace || options.raftTrace || options.oracle || options.stateLabels))
    {
        throw std::invalid_argument("option --out: expected a folder for the files asked for");
    }
    if (!options.out.empty())
    {
        MakeOutputFolder(options.out);
    }
    ChooseScheduler();
    {
        Scenario scenario(options);
        scenario.Run();
    }
    Simulator::Destroy();
}

} // namespace ns3
