#ifndef RAFT_INVARIANTS_H
#define RAFT_INVARIANTS_H

#include "raft-core.h"
#include "raft-entry-ledger.h"

#include <deque>
#include <map>
#include <stdexcept>
#include <vector>

namespace ns3::raft
{

/** A property of figure 3 does not hold; what() is one line that names it and the servers. */
class InvariantViolation : public std::logic_error
{
  public:
    using std::logic_error::logic_error;
};

/** What the checker looks at in one server. */
struct ServerState
{
    ServerId id{NO_SERVER};
    const Membership* membership{nullptr}; //!< whose majority decides, as far as it knows
    Role role{Role::FOLLOWER};
    Term term{0};
    ServerId vote{NO_SERVER};
    Index commitIndex{0};
    uint64_t durableTicket{0}; //!< latest write reported as done
    Index durableIndex{0};     //!< the log is on stable storage up to here
    const RaftLog* log{nullptr};
};

/**
 * The safety argument of Raft as code (extended paper, figure 3 and section 5.4): watches all
 * servers of one cluster from outside and compares what they do.
 *
 * - election safety: one leader a term, one vote a server and term, also across crashes
 * - leader append-only: a leader never removes or replaces entries
 * - log matching: same index and term, same entry and same predecessor
 * - leader completeness: a leader holds all that was committed in earlier terms, and commits by an
 *   entry of its own term that is on stable storage on a majority (section 5.4.2)
 * - state-machine safety: every server applies the same entries, in order, none twice in one life
 * - term and commit index never decrease in one life
 * - durability: every change of term, vote and log is asked to be written, and what was reported as
 *   written survives a crash
 * - a snapshot stands for committed entries only, and none that are committed get lost by one
 *
 * Each call costs as much as the entries that changed, so that it can run after every step. All
 * servers of the cluster have to be shown, and their steps in the order in which they happened.
 * The properties are Raft's: they are not promised where servers are byzantine.
 */
class InvariantChecker
{
  public:
    /**
     * Looks at a server after a step.
     * @param core the server
     * @param update what the step returned
     * @throws InvariantViolation
     */
    void AfterStep(const RaftCore& core, const Update& update);

    /**
     * Looks at a server that has started, for the first time or after a crash, before its first
     * step.
     * @param core the server
     * @throws InvariantViolation
     */
    void AfterRestart(const RaftCore& core);

    /** AfterStep() for a state that did not come from a RaftCore. */
    void AfterStep(const ServerState& state, const Update& update);
    /** AfterRestart() for a state that did not come from a RaftCore. */
    void AfterRestart(const ServerState& state);

    /** @return number of entries that some server has committed */
    Index GetCommittedCount() const;

  private:
    /** The vote that a write holds. */
    struct Write
    {
        uint64_t ticket{0};
        HardState hardState;
    };

    /** What a server was like after its latest step. */
    struct Server
    {
        bool running{false};
        Role role{Role::FOLLOWER};
        Term term{0};
        ServerId vote{NO_SERVER};
        Index commitIndex{0};
        Index lastApplied{0};
        LogPosition last;
        LogPosition durable;
        HardState requested; //!< latest term and vote that it asked to write, or started with
        HardState durableHardState;
        std::deque<Write> writes; //!< asked for and not reported as done
    };

    /** A committed entry and the term in which that was first seen. */
    struct Committed
    {
        Entry entry;
        Term inTerm{0};
    };

    /** A leader's log when it was elected. */
    struct Leader
    {
        ServerId id{NO_SERVER};
        LogPosition last;
    };

    static ServerState Describe(const RaftCore& core);
    void CheckTermAndVote(const Server& before, const ServerState& now) const;
    void CheckLog(const Server& before, const ServerState& now, const Update& update);
    void CheckBase(const ServerState& now) const;
    LogPosition PositionAt(const ServerState& now, Index index) const;
    void LearnEntry(ServerId id, LogPosition previous, const Entry& entry);
    void CheckLeadership(const ServerState& now, const Update& update);
    void CheckNewLeader(const ServerState& now) const;
    void CheckCommit(const Server& before, const ServerState& now);
    void CheckNewCommit(const ServerState& now, LogPosition commit) const;
    void CheckApplied(Server& server, const ServerState& now, const Update& update) const;
    void TrackWrites(Server& server, const ServerState& now, const Update& update) const;
    void Remember(Server& server, const ServerState& now) const;

    std::map<ServerId, Server> m_servers;
    EntryLedger m_ledger;
    std::vector<Committed> m_committed; //!< m_committed[i]: the entry committed at index i + 1
    std::map<Term, Leader> m_leaders;
};

} // namespace ns3::raft

#endif /* RAFT_INVARIANTS_H */
