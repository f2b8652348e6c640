#ifndef RAFT_LOCKSTEP_H
#define RAFT_LOCKSTEP_H

#include "raft-test-support.h"

#include "ns3/raft-invariants.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace ns3::raft::test
{

/**
 * Servers whose messages wait on a wire until the test lets them arrive, in whatever order it
 * likes. Writes are done at once. The invariants are checked after every step.
 */
class Lockstep
{
  public:
    /** Servers 1..n, settings as by MakeConfig(), all of them running. */
    explicit Lockstep(uint32_t n);
    /** One server for each of the settings, which may have any ids. */
    explicit Lockstep(std::vector<Config> configs, std::vector<DurableState> disks = {});

    /** Takes one step and the reports of its writes; returns all that came of it. */
    Update Do(ServerId id, decltype(Event::what) what);
    /** Starts an election at a server and delivers until all is quiet. */
    void Elect(ServerId id);
    /** Delivers in order until the wire is empty; what `loses` approves of is lost instead. */
    void Deliver(const std::function<bool(const Message&)>& loses = {});
    /** Delivers the oldest message and takes it off the wire. */
    Update DeliverFirst();
    /** Lets time pass; a server whose deadline has come takes its step, then all is delivered. */
    void Pass(Duration span, const std::function<bool(const Message&)>& loses = {});

    Update Propose(ServerId id, const std::string& text);
    ProposalResult Change(ServerId id, ChangeMembership::Kind kind, ServerId server);
    /** Takes a snapshot of all that is applied. */
    Update Compact(ServerId id, const std::string& data);

    void Start(Config config, DurableState disk = {});
    void Crash(ServerId id);
    void Restart(ServerId id);

    const RaftCore& Core(ServerId id) const;
    const DurableState& Disk(ServerId id) const;
    /** @return data of the snapshot last restored in this life, "" for none */
    std::string Restored(ServerId id) const;

    std::deque<Message> wire;
    TimePoint now{};

  private:
    struct Server
    {
        Config config;
        DurableState disk;
        std::unique_ptr<RaftCore> core; //!< null while down
        TimePoint deadline{};
        std::string restored;
    };

    const Update& StepOnce(Server& server, decltype(Event::what) what);

    std::map<ServerId, Server> m_servers;
    InvariantChecker m_checker;
};

/** @return a predicate for messages from or to a server */
std::function<bool(const Message&)> Touching(ServerId id);

/** @return a predicate for messages of a kind */
template <typename Body>
bool
Is(const Message& message)
{
    return std::holds_alternative<Body>(message.body);
}

} // namespace ns3::raft::test

#endif /* RAFT_LOCKSTEP_H */
