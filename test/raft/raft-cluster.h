#ifndef RAFT_CLUSTER_H
#define RAFT_CLUSTER_H

#include "raft-virtual-clock.h"

#include "ns3/raft-core.h"
#include "ns3/raft-invariants.h"
#include "ns3/raft-key-value-store.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3::raft::test
{

/** The world in which a Cluster runs. Delays are uniform between their bounds. */
struct World
{
    // Network
    Duration delayMin{std::chrono::milliseconds(15)};
    Duration delayMax{std::chrono::milliseconds(15)};
    double drop{0};      //!< chance that a message is lost
    double duplicate{0}; //!< chance that a message arrives twice
    double straggle{0};  //!< chance that a message takes up to twenty times as long

    // Stable storage
    Duration writeMin{};
    Duration writeMax{};
    double stall{0}; //!< chance that a write takes `stallTime` longer
    Duration stallTime{};
    bool tornWrites{false};    //!< a crash leaves a part of the write that is under way
    uint32_t snapshotEvery{0}; //!< entries applied from one snapshot to the next, 0 for never

    // State machine
    std::size_t maxSessions{KeyValueStore::DEFAULT_MAX_SESSIONS};

    // Crashes
    double crashAfterWrite{0};   //!< chance to crash when a write is done but not yet reported
    double crashWhileSending{0}; //!< chance to crash after some of a step's messages have left
};

/** What happened in a cluster. */
struct ClusterTally
{
    uint64_t steps{0};
    uint64_t elections{0};
    uint64_t handovers{0}; //!< elections won by a server that a leader told to stand
    uint64_t crashes{0};
    uint64_t tornWrites{0}; //!< crashes that left a part of a write, neither none nor all of it
    uint64_t stalls{0};
    uint64_t lost{0};
    uint64_t duplicated{0};
    uint64_t straggled{0};
    uint64_t snapshotsTaken{0};
    uint64_t snapshotsInstalled{0};
    uint64_t restartsFromSnapshot{0};
};

/** Looks on while a cluster runs. Must not change the cluster from within a call. */
class ClusterWatcher
{
  public:
    virtual ~ClusterWatcher() = default;
    /** A server has applied an entry; the result is that of a command. */
    virtual void OnApplied(ServerId server,
                           const Applied& applied,
                           const CommandResult& result) = 0;
    /** A server's store was replaced by a snapshot's, or by an empty one. */
    virtual void OnRestored(ServerId server) = 0;
    /** A server has done with a read. */
    virtual void OnRead(ServerId server, const ReadResult& result) = 0;
    /** A server has lost all that it had to do. */
    virtual void OnCrashed(ServerId server) = 0;
};

/**
 * Raft servers in virtual time: a network with delay, loss, duplication, reordering (where the
 * delay varies) and one-way cuts; stable storage with latency, stalls and torn writes; a clock of
 * its own for each server; crashes that lose all else. Same seed, same history. The invariants are
 * checked after every step and restart; a violation is thrown.
 */
class Cluster
{
  public:
    /**
     * @param configs settings of server i + 1
     * @param world the world to begin with
     * @param seed of everything that is random
     * @param disks what is on server i + 1's stable storage, empty for none anywhere
     */
    Cluster(std::vector<Config> configs,
            World world,
            uint64_t seed,
            std::vector<DurableState> disks = {});

    /** @param watcher outlives the cluster's running; null for none */
    void SetWatcher(ClusterWatcher* watcher);
    /** @param keep whether GetTranscript() goes on growing, as it does unless told otherwise */
    void KeepTranscript(bool keep);
    /** Lets a server draw this number forever instead of random ones. */
    void FixRandom(ServerId id, double value);
    /** Starts all servers. */
    void Start();
    /** Runs until this moment, everything due at it included. */
    void RunUntil(TimePoint end);
    void RunFor(Duration span);
    /** Runs something later, after what else is due at that moment. */
    void After(Duration delay, std::function<void()> run);
    /** Runs something as if a message from outside brought it: late, twice or never. */
    void SendOutside(std::function<void()> run);

    World& GetWorld();
    TimePoint GetNow() const;
    void Crash(ServerId id);
    void Restart(ServerId id);
    bool IsUp(ServerId id) const;
    /** Loses (or no longer loses) what is sent from one server to another. */
    void SetCut(ServerId from, ServerId to, bool cut);
    void HealAll();
    void SetClockRate(ServerId id, double rate);
    void JumpClock(ServerId id, Duration by);
    /** Lets writes that are asked for from now on wait for a while. */
    void StallDisk(ServerId id, Duration span);
    /** Lets writes take this many times as long. */
    void SlowDisk(ServerId id, double factor);

    ProposalResult Propose(ServerId id, const std::string& command);
    /** Reads; the watcher hears of the result, unless the server is down. */
    void Read(ServerId id, uint64_t context);
    ProposalResult Change(ServerId id, const ChangeMembership& change);
    void Transfer(ServerId id, ServerId target);

    std::size_t GetSize() const;
    const RaftCore& GetCore(ServerId id) const;
    const KeyValueStore& GetStore(ServerId id) const;
    const DurableState& GetDisk(ServerId id) const;
    const InvariantChecker& GetChecker() const;
    const ClusterTally& GetTally() const;
    /** @return the running leader of the highest term, or NO_SERVER */
    ServerId FindLeader() const;
    /** @return what happened: "1015 ms: 2 votes for 1 in term 1" */
    const std::vector<std::string>& GetTranscript() const;

  private:
    /** A write under way or waiting for those before it. */
    struct OpenWrite
    {
        PersistRequest request;
        TimePoint begins{};
    };

    struct Server
    {
        Config config;
        std::optional<double> fixedRandom;
        DurableState disk;
        std::unique_ptr<RaftCore> core; //!< null while down
        KeyValueStore store;
        VirtualClock clock;
        uint64_t life{0};
        std::vector<Outgoing> waiting; //!< for a write
        std::deque<OpenWrite> writes;  //!< in order of tickets
        TimePoint diskFree{};
        TimePoint reportFree{};
        double slowness{1};
        TimePoint deadline{};            //!< by its own clock
        uint64_t deadlineOrder{0};       //!< when it was set
        std::optional<TimePoint> wakeAt; //!< true time of the Tick that is scheduled
        Index snapshotIndex{0};          //!< of its latest snapshot
        bool disrupts{false};            //!< stands at a leader's wish
    };

    struct Task
    {
        TimePoint at;
        uint64_t order;
        ServerId server; //!< nothing happens if this one has crashed by then
        uint64_t life;
        std::function<void()> run;

        bool operator>(const Task& o) const
        {
            return std::tie(at, order) > std::tie(o.at, o.order);
        }
    };

    Server& At(ServerId id);
    const Server& At(ServerId id) const;

    // raft-cluster-steps.cc
    double Draw();
    bool Chance(double probability);
    Duration DrawBetween(Duration low, Duration high);
    void Schedule(TimePoint at, std::function<void()> run);
    void ScheduleFor(ServerId id, TimePoint at, std::function<void()> run);
    void Push(Task task);
    const Update* StepWith(ServerId id, decltype(Event::what) what);
    void Handle(ServerId id, const Update& update);
    void NoteRoles(ServerId id, const Update& update);
    void SetDeadline(ServerId id, TimePoint deadline);
    void Wake(ServerId id);
    void Note(const std::string& line);

    // raft-cluster-host.cc: what a host does with an update
    void ApplyAll(ServerId id, const Update& update);
    void RestoreStore(ServerId id, const Snapshot& snapshot);
    void TakeSnapshotIfDue(ServerId id);
    void StartWrite(ServerId id, const PersistRequest& request);
    void FinishWrite(ServerId id);
    void TearWrite(Server& server);
    void SendAll(ServerId id, const Update& update);
    void ReleaseWaiting(ServerId id, uint64_t ticket);
    void Transmit(const Message& message);
    void Deliver(const Message& message);
    /** @return delays of the copies that arrive */
    std::vector<Duration> DrawArrivals();

    std::vector<Server> m_servers;
    World m_world;
    std::mt19937_64 m_random;
    std::vector<Task> m_tasks; //!< a heap, the next one in front
    uint64_t m_order{0};
    TimePoint m_now{};
    std::set<std::pair<ServerId, ServerId>> m_cuts;
    InvariantChecker m_checker;
    ClusterTally m_tally;
    ClusterWatcher* m_watcher{nullptr};
    bool m_keepTranscript{true};
    std::vector<std::string> m_transcript;
};

} // namespace ns3::raft::test

#endif /* RAFT_CLUSTER_H */
