#ifndef CONSENSUS_RUN_RECORDER_H
#define CONSENSUS_RUN_RECORDER_H

#include "consensus-row-writer.h"

#include "ns3/application-container.h"
#include "ns3/failure-detector-bank.h"
#include "ns3/fault-labels.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/neural-failure-detector.h"
#include "ns3/neural-observer.h"
#include "ns3/raft-application.h"
#include "ns3/raft-client-application.h"
#include "ns3/swim-application.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** A detector changed its mind about a peer. */
struct SuspicionRecord
{
    Time time;
    uint32_t observer{0};
    uint32_t target{0};
    std::string detector;
    bool suspected{false};
};

/** The neural detector put a peer into another class. */
struct ClassRecord
{
    Time time; //!< when the verdict was there
    uint32_t observer{0};
    uint32_t target{0};
    neural::FailureClass failureClass{neural::FailureClass::HEALTHY};
};

/** A server changed its role or term, or its process its life. */
struct RoleRecord
{
    Time time;
    uint32_t server{0};
    raft::Role role{raft::Role::FOLLOWER};
    uint64_t term{0};
    bool up{true};
};

/** A server found a proof against another one. */
struct ProofRecord
{
    Time time;
    uint32_t observer{0};
    uint32_t accused{0};
    evidence::Rule rule{evidence::Rule::DOUBLE_VOTE};
    uint64_t term{0};
};

/**
 * Listens to a run through trace sources, writes its files (doc/formats.md) and keeps what the
 * summary is made of. Nothing that it does feeds back into the run.
 */
class ConsensusRunRecorder
{
  public:
    /** Which files to write. */
    struct Files
    {
        std::string folder;        //!< existing folder, empty for no files
        bool verdicts{false};      //!< verdicts.csv
        bool observations{false};  //!< observations.csv
        bool oracle{false};        //!< oracle.csv
        bool stateLabels{false};   //!< labels-state.csv
        bool symptomLabels{false}; //!< labels-symptom.csv, with observations
        bool heartbeats{false};    //!< heartbeats.csv
        bool history{false};       //!< history.ndjson
        bool proofs{false};        //!< proofs.csv
    };

    /** @param files which to write; throws where one cannot be written */
    explicit ConsensusRunRecorder(const Files& files);

    ConsensusRunRecorder(const ConsensusRunRecorder&) = delete;
    ConsensusRunRecorder& operator=(const ConsensusRunRecorder&) = delete;

    void WatchServer(Ptr<RaftApplication> server);
    void WatchClient(Ptr<RaftClientApplication> client);
    void WatchMonitor(Ptr<HeartbeatMonitor> monitor);
    void WatchBank(Ptr<FailureDetectorBank> bank);
    void WatchSwim(Ptr<SwimApplication> member);
    void WatchObserver(Ptr<NeuralObserver> observer);
    void WatchNeural(Ptr<NeuralFailureDetector> detector);

    /**
     * Ends the recording: completes all files.
     * @param log what was broken
     * @param labels the truth about it
     * @param ticks period of the rows of labels.csv
     * @param pairs who watches whom
     * @param end of the run
     */
    void Commit(const faults::FaultLog& log,
                const faults::FaultLabeller& labels,
                Time ticks,
                const std::vector<std::pair<uint32_t, uint32_t>>& pairs,
                Time end);

    const std::vector<SuspicionRecord>& GetSuspicions() const;
    const std::vector<ClassRecord>& GetClasses() const;
    const std::vector<RoleRecord>& GetRoles() const;
    const std::vector<ProofRecord>& GetProofs() const;
    const std::vector<RaftClientApplication::Operation>& GetOperations() const;
    /** @return the highest commit index that any server reached */
    uint64_t GetCommitIndex() const;
    /** @return packets that were dropped because they were malformed */
    uint64_t GetMalformed() const;
    /**
     * What a detector's messages cost; all but swim live on the same heartbeats.
     * @param detector a label
     * @return bytes that a server sent so far, in the mean
     */
    double GetBytesPerServer(const std::string& detector) const;

  private:
    struct Beat
    {
        uint32_t observer;
        uint32_t target;
        uint64_t sequence;
        Time sent;
        Time arrived; //!< zero while it has not
    };

    void OnRole(uint32_t server, const raft::RoleChange& change);
    void OnLife(uint32_t server, bool up);
    void OnCommit(uint32_t server, uint64_t index);
    void OnProof(uint32_t server, const evidence::Proof& proof);
    void OnMalformed(uint32_t server, const char* reason);
    void OnMalformedDatagram(uint64_t count, const std::string& reason);
    void OnOperation(const RaftClientApplication::Operation& operation);
    void OnHeartbeatSent(uint32_t from, uint32_t to, uint64_t sequence);
    void OnArrival(uint32_t observer, const detection::PeerArrival& arrival);
    void OnSuspicion(Time time,
                     uint32_t observer,
                     uint32_t target,
                     const std::string& detector,
                     bool suspected,
                     double level);
    void OnNeuralSuspicion(Time time,
                           uint32_t observer,
                           uint32_t target,
                           bool suspected,
                           double level);
    void OnVerdict(const NeuralVerdict& verdict);
    void OnObservation(Time time,
                       uint32_t observer,
                       uint32_t target,
                       const neural::FeatureRow& row);

    std::string PathOf(const char* name) const;
    void WriteHeartbeats();
    void WriteHistory();
    void WriteRoles();

    Files m_files;
    std::unique_ptr<ConsensusRowWriter> m_suspicionFile;
    std::unique_ptr<ConsensusRowWriter> m_verdictFile;
    std::unique_ptr<ConsensusRowWriter> m_observationFile;
    std::unique_ptr<ConsensusRowWriter> m_symptomFile;
    std::unique_ptr<ConsensusRowWriter> m_proofFile;
    std::vector<SuspicionRecord> m_suspicions;
    std::vector<ClassRecord> m_classes;
    std::map<std::pair<uint32_t, uint32_t>, neural::FailureClass> m_lastClass;
    std::vector<RoleRecord> m_roles;
    std::vector<ProofRecord> m_proofs;
    std::vector<RaftClientApplication::Operation> m_operations;
    uint64_t m_commitIndex{0};
    uint64_t m_malformed{0};
    std::vector<Ptr<HeartbeatMonitor>> m_monitors;
    std::vector<Ptr<SwimApplication>> m_swim;
    std::vector<Beat> m_beats;
    /** Positions in m_beats that have not arrived, by (observer, target), oldest first. */
    std::map<std::pair<uint32_t, uint32_t>, std::deque<std::size_t>> m_underWay;
    std::map<uint32_t, std::vector<uint32_t>> m_watched; //!< by observer, sorted
    std::string m_row;                                   //!< reused
};

} // namespace ns3

#endif /* CONSENSUS_RUN_RECORDER_H */
