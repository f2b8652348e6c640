#ifndef RAFT_EVENTS_H
#define RAFT_EVENTS_H

#include "raft-membership.h"
#include "raft-types.h"

#include <optional>
#include <variant>
#include <vector>

/**
 * @file
 * What goes into a step of the core (Event) and what comes out of it (Update).
 */
namespace ns3::raft
{

/** What survives a crash: hard state, snapshot and log (figure 2, "persistent state"; 7). */
struct DurableState
{
    HardState hardState;
    std::vector<Entry> log; //!< log[i] is the entry at index snapshot.lastIndex + 1 + i
    Snapshot snapshot{};    //!< lastIndex 0 for none
};

/** Nothing arrived; the deadline of the last update passed (or the server has just started). */
struct Tick
{
};

/** A message arrived from a peer. */
struct Receive
{
    Message message;
};

/** A client asks to have a command replicated. */
struct Propose
{
    Payload command; //!< not null
};

/** A client asks to read from the state machine, not through the log (dissertation 6.4). */
struct Read
{
    uint64_t context{0}; //!< the host's number for it, repeated in the ReadResult
};

/** The write with this ticket, and all earlier ones, are on stable storage. */
struct Persisted
{
    uint64_t ticket{0};
};

/** The host took a snapshot: the log up to its index may go (section 7). */
struct Compact
{
    Index index{0}; //!< applied, and above that of the last snapshot
    Payload data;   //!< the state machine after the entry at `index`, not null
};

/** An operator asks to change who belongs to the cluster, by one server (dissertation 4.1). */
struct ChangeMembership
{
    /** What to do with the server. */
    enum class Kind : uint8_t
    {
        ADD_LEARNER, //!< a new server begins to receive the log
        PROMOTE,     //!< a learner that has caught up becomes a voter (4.2.1)
        REMOVE       //!< a voter or learner goes
    };

    Kind kind{Kind::ADD_LEARNER};
    ServerId server{NO_SERVER};
};

/** An operator asks the leader to hand over (dissertation 3.10). */
struct TransferLeadership
{
    ServerId target{NO_SERVER}; //!< a voter, or NO_SERVER for the one whose log is longest
};

/** One step's input. Time and randomness come from the caller. */
struct Event
{
    TimePoint now{};  //!< the server's clock, never running backwards
    double random{0}; //!< uniform in [0, 1), fresh for each event
    std::variant<Tick,
                 Receive,
                 Propose,
                 Read,
                 Persisted,
                 Compact,
                 ChangeMembership,
                 TransferLeadership>
        what;
};

/** A message to send, and the write it has to wait for. */
struct Outgoing
{
    Message message;
    uint64_t afterTicket{0}; //!< send once Persisted{afterTicket} holds; 0 for at once
};

/**
 * One write to stable storage, to be done in order of tickets: first the hard state, then the
 * snapshot, then the entries; a crash in between is recovered from (see ApplyWrite()).
 */
struct PersistRequest
{
    uint64_t ticket{0};                 //!< counts up by one from 1 with each request of this core
    std::optional<HardState> hardState; //!< new term and vote, if they changed
    Index firstIndex{0}; //!< entries from here on are replaced; 0 if the log is unchanged
    std::vector<Entry>
        entries; //!< the log from firstIndex to its end; may be empty after a truncation
    std::optional<Snapshot> snapshot{}; //!< replaces the snapshot and the log that it covers
};

/** A committed entry for the state machine, in log order, each exactly once per life of the core.
 */
struct Applied
{
    Index index{0};
    Entry entry;
};

/** What became of a Read. */
struct ReadResult
{
    uint64_t context{0}; //!< of the Read
    /** Answer from the state machine as it is once this update's entries are applied. */
    bool accepted{false};
    ServerId leader{NO_SERVER}; //!< if not accepted: the leader as far as known
};

/** A change of role, of term or of the known leader, with the rule that caused it. */
struct RoleChange
{
    Role role{Role::FOLLOWER};
    Term term{0};
    ServerId leader{NO_SERVER}; //!< leader known after the change
    const char* reason{""};     //!< a literal sentence
};

/** A message or request that was refused or ignored, with the reason. */
struct Rejection
{
    ServerId from{NO_SERVER}; //!< NO_SERVER for what did not come from a server
    const char* reason{""};   //!< a literal sentence
};

/** Where a proposal went: accepted at (index, term), or the server to ask instead. */
struct ProposalResult
{
    bool accepted{false};
    Index index{0};             //!< if accepted
    Term term{0};               //!< if accepted
    ServerId leader{NO_SERVER}; //!< if not accepted: the leader as far as known
    const char* reason{""};     //!< if not accepted: why, a literal sentence
};

/** All that one step asks of its host. */
struct Update
{
    std::optional<PersistRequest> persist;
    std::vector<Outgoing> messages;
    std::optional<Snapshot> restore; //!< replaces the state machine, before `applied`
    std::vector<Applied> applied;
    std::vector<ReadResult> reads; //!< to be answered after `applied`
    std::vector<RoleChange> roleChanges;
    std::vector<Rejection> rejections;
    std::optional<ProposalResult> proposal; //!< set exactly for Propose and ChangeMembership
    bool commitAdvanced{false};
    bool membershipChanged{false}; //!< GetMembership() is another one than before
    TimePoint deadline{};          //!< step with Tick at this moment if nothing comes before

    /** Empties the lists and keeps their memory. */
    void Clear();
};

/**
 * Does one write to what is on stable storage. A snapshot drops the entries that it stands for, and
 * all others, too, unless the log holds its last entry (figure 13, rules 6 and 7).
 * @param durable what is there
 * @param request what to write; its entries are moved away
 * @throws std::invalid_argument if its entries would leave a gap in the log
 */
void ApplyWrite(DurableState& durable, PersistRequest request);

} // namespace ns3::raft

#endif /* RAFT_EVENTS_H */
