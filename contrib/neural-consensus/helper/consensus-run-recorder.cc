#include "consensus-run-recorder.h"

#include "ns3/host-network.h"
#include "ns3/neural-symptom-label.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

namespace
{

std::string
ObservationHeader()
{
    std::string header = "time_s,observer,target";
    for (const auto& name : neural::FeatureNames())
    {
        header += "," + name;
    }
    return header;
}

std::string
VerdictHeader()
{
    std::string header = "time_s,observer,target,class,confidence,anomaly";
    for (std::string name : neural::FailureClassNames())
    {
        std::replace(name.begin(), name.end(), '-', '_');
        header += ",p_" + name;
    }
    return header;
}

} // namespace

ConsensusRunRecorder::ConsensusRunRecorder(const Files& files)
    : m_files(files)
{
    if (m_files.folder.empty())
    {
        return;
    }
    m_suspicionFile =
        std::make_unique<ConsensusRowWriter>(PathOf("suspicions.csv"),
                                             "time_s,observer,target,detector,suspected,level");
    if (m_files.verdicts)
    {
        m_verdictFile =
            std::make_unique<ConsensusRowWriter>(PathOf("verdicts.csv"), VerdictHeader());
    }
    if (m_files.observations)
    {
        m_observationFile =
            std::make_unique<ConsensusRowWriter>(PathOf("observations.csv"), ObservationHeader());
    }
    if (m_files.symptomLabels)
    {
        m_symptomFile = std::make_unique<ConsensusRowWriter>(PathOf("labels-symptom.csv"),
                                                             "time_s,observer,target,label");
    }
    if (m_files.proofs)
    {
        m_proofFile =
            std::make_unique<ConsensusRowWriter>(PathOf("proofs.csv"),
                                                 "time_s,observer,accused,rule,term,index,witness");
    }
}

std::string
ConsensusRunRecorder::PathOf(const char* name) const
{
    return m_files.folder + "/" + name;
}

void
ConsensusRunRecorder::WatchServer(Ptr<RaftApplication> server)
{
    server->TraceConnectWithoutContext("RoleChange",
                                       MakeCallback(&ConsensusRunRecorder::OnRole, this));
    server->TraceConnectWithoutContext("Life", MakeCallback(&ConsensusRunRecorder::OnLife, this));
    server->TraceConnectWithoutContext("Commit",
                                       MakeCallback(&ConsensusRunRecorder::OnCommit, this));
    server->TraceConnectWithoutContext("Proof", MakeCallback(&ConsensusRunRecorder::OnProof, this));
    server->TraceConnectWithoutContext("Malformed",
                                       MakeCallback(&ConsensusRunRecorder::OnMalformed, this));
}

void
ConsensusRunRecorder::WatchClient(Ptr<RaftClientApplication> client)
{
    client->TraceConnectWithoutContext("Operation",
                                       MakeCallback(&ConsensusRunRecorder::OnOperation, this));
    client->TraceConnectWithoutContext("Malformed",
                                       MakeCallback(&ConsensusRunRecorder::OnMalformed, this));
}

void
ConsensusRunRecorder::WatchMonitor(Ptr<HeartbeatMonitor> monitor)
{
    m_monitors.push_back(monitor);
    monitor->TraceConnectWithoutContext(
        "Malformed",
        MakeCallback(&ConsensusRunRecorder::OnMalformedDatagram, this));
    if (!m_files.heartbeats)
    {
        return;
    }
    const uint32_t host = monitor->GetNode()->GetObject<HostNetwork>()->GetHostId();
    m_watched[host] = monitor->GetWatched();
    std::sort(m_watched[host].begin(), m_watched[host].end());
    monitor->TraceConnectWithoutContext("Tx",
                                        MakeCallback(&ConsensusRunRecorder::OnHeartbeatSent, this));
    monitor->TraceConnectWithoutContext(
        "Arrival",
        Callback<void, const detection::PeerArrival&>(
            [this, host](const detection::PeerArrival& arrival) { OnArrival(host, arrival); }));
}

void
ConsensusRunRecorder::WatchBank(Ptr<FailureDetectorBank> bank)
{
    bank->TraceConnectWithoutContext("Suspicion",
                                     MakeCallback(&ConsensusRunRecorder::OnSuspicion, this));
}

void
ConsensusRunRecorder::WatchSwim(Ptr<SwimApplication> member)
{
    m_swim.push_back(member);
    member->TraceConnectWithoutContext("Suspicion",
                                       MakeCallback(&ConsensusRunRecorder::OnSuspicion, this));
    member->TraceConnectWithoutContext(
        "Malformed",
        MakeCallback(&ConsensusRunRecorder::OnMalformedDatagram, this));
}

void
ConsensusRunRecorder::WatchObserver(Ptr<NeuralObserver> observer)
{
    if (m_observationFile)
    {
        observer->TraceConnectWithoutContext(
            "Observation",
            MakeCallback(&ConsensusRunRecorder::OnObservation, this));
    }
}

void
ConsensusRunRecorder::WatchNeural(Ptr<NeuralFailureDetector> detector)
{
    detector->TraceConnectWithoutContext(
        "Suspicion",
        MakeCallback(&ConsensusRunRecorder::OnNeuralSuspicion, this));
    if (m_files.verdicts)
    {
        detector->TraceConnectWithoutContext("Verdict",
                                             MakeCallback(&ConsensusRunRecorder::OnVerdict, this));
    }
}

void
ConsensusRunRecorder::OnRole(uint32_t server, const raft::RoleChange& change)
{
    m_roles.push_back({Simulator::Now(), server, change.role, change.term, true});
}

void
ConsensusRunRecorder::OnLife(uint32_t server, bool up)
{
    m_roles.push_back({Simulator::Now(), server, raft::Role::FOLLOWER, 0, up});
}

void
ConsensusRunRecorder::OnCommit(uint32_t, uint64_t index)
{
    m_commitIndex = std::max(m_commitIndex, index);
}

void
ConsensusRunRecorder::OnProof(uint32_t server, const evidence::Proof& proof)
{
    m_proofs.push_back({Simulator::Now(), server, proof.accused, proof.rule, proof.term});
    if (m_proofFile)
    {
        m_proofFile->Add(Simulator::Now(),
                         server,
                         proof.accused,
                         std::string(evidence::RuleName(proof.rule)) + ',' +
                             std::to_string(proof.term) + ',' + std::to_string(proof.index) + ',' +
                             std::to_string(proof.witness));
    }
}

void
ConsensusRunRecorder::OnMalformed(uint32_t, const char*)
{
    ++m_malformed;
}

void
ConsensusRunRecorder::OnMalformedDatagram(uint64_t, const std::string&)
{
    ++m_malformed;
}

void
ConsensusRunRecorder::OnOperation(const RaftClientApplication::Operation& operation)
{
    m_operations.push_back(operation);
}

void
ConsensusRunRecorder::OnHeartbeatSent(uint32_t from, uint32_t to, uint64_t sequence)
{
    const auto& watched = m_watched[to];
    if (std::binary_search(watched.begin(), watched.end(), from))
    {
        m_underWay[{to, from}].push_back(m_beats.size());
        m_beats.push_back({to, from, sequence, Simulator::Now(), Time()});
    }
}

void
ConsensusRunRecorder::OnArrival(uint32_t observer, const detection::PeerArrival& arrival)
{
    // Far longer than anything stays on its way; keeps the search short where much is lost.
    constexpr std::size_t REMEMBERED = 1024;
    if (arrival.kind != detection::PeerArrival::Kind::HEARTBEAT)
    {
        return;
    }
    auto& underWay = m_underWay[{observer, arrival.peer}];
    // The latest of this number: an earlier one that was lost may have been replayed.
    const auto at = std::find_if(underWay.rbegin(), underWay.rend(), [&](std::size_t beat) {
        return m_beats[beat].sequence == arrival.sequence;
    });
    if (at != underWay.rend())
    {
        m_beats[*at].arrived = Simulator::Now();
        underWay.erase(std::next(at).base());
    }
    while (underWay.size() > REMEMBERED)
    {
        underWay.pop_front();
    }
}

void
ConsensusRunRecorder::OnSuspicion(Time time,
                                  uint32_t observer,
                                  uint32_t target,
                                  const std::string& detector,
                                  bool suspected,
                                  double level)
{
    m_suspicions.push_back({time, observer, target, detector, suspected});
    if (m_suspicionFile)
    {
        // A label with parameters holds commas.
        const bool plain = detector.find(',') == std::string::npos;
        const std::string quoted = plain ? detector : '"' + detector + '"';
        m_suspicionFile->Add(time,
                             observer,
                             target,
                             quoted + (suspected ? ",1," : ",0,") + FormatFileNumber(level));
    }
}

void
ConsensusRunRecorder::OnNeuralSuspicion(Time time,
                                        uint32_t observer,
                                        uint32_t target,
                                        bool suspected,
                                        double level)
{
    OnSuspicion(time, observer, target, "neural", suspected, level);
}

void
ConsensusRunRecorder::OnVerdict(const NeuralVerdict& verdict)
{
    auto [last, first] = m_lastClass.try_emplace({verdict.observer, verdict.target});
    if (first || last->second != verdict.failureClass)
    {
        last->second = verdict.failureClass;
        m_classes.push_back(
            {Simulator::Now(), verdict.observer, verdict.target, verdict.failureClass});
    }
    if (!m_verdictFile)
    {
        return;
    }
    m_row = neural::FailureClassNames()[static_cast<std::size_t>(verdict.failureClass)];
    m_row += ',';
    m_row += FormatFileNumber(static_cast<float>(verdict.confidence));
    m_row += ',';
    m_row += FormatFileNumber(verdict.scores.anomaly);
    for (const float probability : verdict.scores.probability)
    {
        m_row += ',';
        m_row += FormatFileNumber(probability);
    }
    m_verdictFile->Add(verdict.time, verdict.observer, verdict.target, m_row);
}

void
ConsensusRunRecorder::OnObservation(Time time,
                                    uint32_t observer,
                                    uint32_t target,
                                    const neural::FeatureRow& row)
{
    m_row.clear();
    for (const float feature : row)
    {
        if (!m_row.empty())
        {
            m_row += ',';
        }
        m_row += FormatFileNumber(feature);
    }
    m_observationFile->Add(time, observer, target, m_row);
    if (m_symptomFile)
    {
        const auto label = static_cast<std::size_t>(neural::LabelBySymptoms(row));
        m_symptomFile->Add(time, observer, target, neural::FailureClassNames()[label]);
    }
}

const std::vector<SuspicionRecord>&
ConsensusRunRecorder::GetSuspicions() const
{
    return m_suspicions;
}

const std::vector<ClassRecord>&
ConsensusRunRecorder::GetClasses() const
{
    return m_classes;
}

const std::vector<RoleRecord>&
ConsensusRunRecorder::GetRoles() const
{
    return m_roles;
}

const std::vector<ProofRecord>&
ConsensusRunRecorder::GetProofs() const
{
    return m_proofs;
}

const std::vector<RaftClientApplication::Operation>&
ConsensusRunRecorder::GetOperations() const
{
    return m_operations;
}

uint64_t
ConsensusRunRecorder::GetCommitIndex() const
{
    return m_commitIndex;
}

uint64_t
ConsensusRunRecorder::GetMalformed() const
{
    return m_malformed;
}

double
ConsensusRunRecorder::GetBytesPerServer(const std::string& detector) const
{
    const auto mean = [](const auto& applications) {
        double bytes = 0;
        for (const auto& application : applications)
        {
            bytes += static_cast<double>(application->GetSentBytes());
        }
        return bytes / static_cast<double>(applications.size());
    };
    return detector == "swim" ? mean(m_swim) : mean(m_monitors);
}

} // namespace ns3
