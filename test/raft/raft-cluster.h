#ifndef RAFT_CLUSTER_H
#define RAFT_CLUSTER_H

#include "ns3/raft-core.h"
#include "ns3/raft-invariants.h"
#include "ns3/raft-key-value-store.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
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
    Duration delayMin{std::chrono::milliseconds(15)};
    Duration delayMax{std::chrono::milliseconds(15)};
    double drop{0};      //!< chance that a message is lost
    double duplicate{0}; //!< chance that a message arrives twice
    Duration writeMin{};
    Duration writeMax{};
    double crashAfterWrite{0};   //!< chance to crash when a write is done but not yet reported
    double crashWhileSending{0}; //!< chance to crash after some of a step's messages have left
};

/**
 * Raft servers in virtual time: a network with delay, loss, duplication, reordering (where the
 * delay varies) and one-way cuts; stable storage with latency; crashes that lose all else. Same
 * seed, same history. The invariants are checked after every step; a violation is thrown.
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

    /** Lets a server draw this number forever instead of random ones. */
    void FixRandom(ServerId id, double value);
    /** Starts all servers. */
    void Start();
    /** Runs until this moment, everything due at it included. */
    void RunUntil(TimePoint end);
    void RunFor(Duration span);

    World& GetWorld();
    TimePoint GetNow() const;
    void Crash(ServerId id);
    void Restart(ServerId id);
    bool IsUp(ServerId id) const;
    /** Loses (or no longer loses) what is sent from one server to another. */
    void SetCut(ServerId from, ServerId to, bool cut);
    void HealAll();
    ProposalResult Propose(ServerId id, const std::string& command);

    std::size_t GetSize() const;
    const RaftCore& GetCore(ServerId id) const;
    const KeyValueStore& GetStore(ServerId id) const;
    const DurableState& GetDisk(ServerId id) const;
    const InvariantChecker& GetChecker() const;
    /** @return the running leader of the highest term, or NO_SERVER */
    ServerId FindLeader() const;
    /** @return what happened: "1015 ms: 2 votes for 1 in term 1" */
    const std::vector<std::string>& GetTranscript() const;
    /** @return steps of all servers together */
    uint64_t GetStepCount() const;

  private:
    struct Server
    {
        Config config;
        std::optional<double> fixedRandom;
        DurableState disk;
        std::unique_ptr<RaftCore> core; //!< null while down
        KeyValueStore store;
        uint64_t life{0};
        std::vector<Outgoing> waiting; //!< for a write
        TimePoint diskFree{};
        TimePoint reportFree{};
        TimePoint deadline{};
    };

    struct Task
    {
        TimePoint at;
        uint64_t order;
        std::function<void()> run;

        bool operator>(const Task& o) const
        {
            return std::tie(at, order) > std::tie(o.at, o.order);
        }
    };

    Server& At(ServerId id);
    const Server& At(ServerId id) const;
    double Draw();
    Duration DrawBetween(Duration low, Duration high);
    void Schedule(TimePoint at, std::function<void()> run);
    /** As Schedule(), but nothing happens if the server has crashed by then. */
    void ScheduleFor(ServerId id, TimePoint at, std::function<void()> run);
    const Update* Step(ServerId id, Event event);
    const Update* StepWith(ServerId id, decltype(Event::what) what);
    void Handle(ServerId id, const Update& update);
    void StartWrite(ServerId id, const PersistRequest& request);
    void FinishWrite(ServerId id, const PersistRequest& request);
    void ReleaseWaiting(ServerId id, uint64_t ticket);
    void Transmit(const Message& message);
    void Deliver(const Message& message);
    void Note(const std::string& line);

    std::vector<Server> m_servers;
    World m_world;
    std::mt19937_64 m_random;
    std::priority_queue<Task, std::vector<Task>, std::greater<>> m_tasks;
    uint64_t m_order{0};
    uint64_t m_steps{0};
    TimePoint m_now{};
    std::set<std::pair<ServerId, ServerId>> m_cuts;
    InvariantChecker m_checker;
    std::vector<std::string> m_transcript;
};

} // namespace ns3::raft::test

#endif /* RAFT_CLUSTER_H */
