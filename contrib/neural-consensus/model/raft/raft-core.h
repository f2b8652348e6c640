#ifndef RAFT_CORE_H
#define RAFT_CORE_H

#include "raft-log.h"
#include "raft-types.h"

#include <optional>
#include <variant>
#include <vector>

namespace ns3::raft
{

/** Settings of one server; checked by the constructor of RaftCore. */
struct Config
{
    ServerId id{NO_SERVER};        //!< this server
    std::vector<ServerId> servers; //!< all voting members, this one included, no duplicates
    Duration electionTimeoutMin{}; //!< lower end of the randomised election timeout
    Duration electionTimeoutMax{}; //!< upper end, above or equal to the lower
    Duration heartbeatInterval{};  //!< above 0 and below electionTimeoutMin
    uint32_t maxBatchEntries{64};  //!< entries in one AppendEntries at most, above 0
    uint32_t maxBatchBytes{
        32768}; //!< command bytes in one AppendEntries at most; one entry always fits
};

/** What survives a crash: the hard state and the log (figure 2, "persistent state"). */
struct DurableState
{
    HardState hardState;
    std::vector<Entry> log; //!< log[i] is the entry at index i + 1
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

/** The write with this ticket, and all earlier ones, are on stable storage. */
struct Persisted
{
    uint64_t ticket{0};
};

/** One step's input. Time and randomness come from the caller. */
struct Event
{
    TimePoint now{};  //!< the server's clock, never running backwards
    double random{0}; //!< uniform in [0, 1), fresh for each event
    std::variant<Tick, Receive, Propose, Persisted> what;
};

/** A message to send, and the write it has to wait for. */
struct Outgoing
{
    Message message;
    uint64_t afterTicket{0}; //!< send once Persisted{afterTicket} holds; 0 for at once
};

/** One write to stable storage, to be done in order of tickets. */
struct PersistRequest
{
    uint64_t ticket{0};                 //!< counts up by one from 1 with each request of this core
    std::optional<HardState> hardState; //!< new term and vote, if they changed
    Index firstIndex{0}; //!< entries from here on are replaced; 0 if the log is unchanged
    std::vector<Entry>
        entries; //!< the log from firstIndex to its end; may be empty after a truncation
};

/** A committed entry for the state machine, in log order, each exactly once per life of the core.
 */
struct Applied
{
    Index index{0};
    Entry entry;
};

/** A change of role, of term or of the known leader, with the rule that caused it. */
struct RoleChange
{
    Role role{Role::FOLLOWER};
    Term term{0};
    ServerId leader{NO_SERVER}; //!< leader known after the change
    const char* reason{""};     //!< a literal sentence
};

/** A message that was refused or ignored, with the reason. */
struct Rejection
{
    ServerId from{NO_SERVER};
    const char* reason{""}; //!< a literal sentence
};

/** Where a proposal went: accepted at (index, term), or the server to ask instead. */
struct ProposalResult
{
    bool accepted{false};
    Index index{0};             //!< if accepted
    Term term{0};               //!< if accepted
    ServerId leader{NO_SERVER}; //!< if not accepted: the leader as far as known
};

/** All that one step asks of its host. */
struct Update
{
    std::optional<PersistRequest> persist;
    std::vector<Outgoing> messages;
    std::vector<Applied> applied;
    std::vector<RoleChange> roleChanges;
    std::vector<Rejection> rejections;
    std::optional<ProposalResult> proposal; //!< set exactly for Propose
    bool commitAdvanced{false};
    TimePoint deadline{}; //!< step with Tick at this moment if nothing comes before

    /** Empties the lists and keeps their memory. */
    void Clear();
};

/**
 * Raft as a pure state machine: elections, replication and commitment of one server
 * (extended paper, figure 2). Reads no clock, draws no random numbers, does no I/O.
 *
 * The host feeds events to Step() and does what the returned update says: write `persist`, send
 * each message once its write is done, apply entries, and call back at `deadline`.
 */
class RaftCore
{
  public:
    /**
     * Starts or restarts a server.
     * @param config settings
     * @param durable what was on stable storage, empty for a new server
     * @throws std::invalid_argument naming the setting that is out of range
     */
    RaftCore(Config config, DurableState durable);

    /**
     * Takes one event. The first one must be a Tick, which starts the election timer.
     *
     * Nothing that a peer sends makes this throw or changes a committed entry.
     * @param event what happened
     * @return what to do now; valid until the next call
     */
    const Update& Step(const Event& event);

    Role GetRole() const;
    Term GetTerm() const;
    ServerId GetVote() const;   //!< whom this server voted for in the current term, or NO_SERVER
    ServerId GetLeader() const; //!< leader of the current term as far as known, or NO_SERVER
    ServerId GetId() const;
    Index GetCommitIndex() const;
    Index GetLastIndex() const;
    const RaftLog& GetLog() const;
    const Config& GetConfig() const;

    /** @return the latest write known to be on stable storage, 0 for none */
    uint64_t GetDurableTicket() const;
    /** @return last index up to which this log is known to be on stable storage */
    Index GetDurableIndex() const;

  private:
    /** What is known of another server, as candidate and as leader. */
    struct Peer
    {
        ServerId id{NO_SERVER};
        bool answered{false};      //!< it answered the vote request of this term
        bool granted{false};       //!< it gave its vote in this term; implies `answered`
        Index matchIndex{0};       //!< its log agrees up to here; below nextIndex
        Index nextIndex{1};        //!< first entry to send next; at most one above the last index
        Index sentIndex{0};        //!< highest index that it can have seen from this leader
        Index inFlight{0};         //!< last index of the unanswered batch, 0 if there is none
        TimePoint inFlightSince{}; //!< when that batch was sent
    };

    /** A write that was asked for and is not yet known to be done. */
    struct PendingWrite
    {
        uint64_t ticket{0};
        Index lastIndex{0}; //!< once done, the log as it is now is durable up to here
    };

    // raft-core.cc: dispatch and roles
    void OnTick();
    void OnReceive(const Message& message);
    const char* FindContradiction(const Message& message) const;
    void AdoptTerm(Term term);
    void BecomeFollower(Term term, ServerId leader, const char* reason);
    void RecordRole(const char* reason);
    void Reject(ServerId from, const char* reason);
    void Send(ServerId to, MessageBody body, Index durableUpTo);
    void DeliverCommitted();
    void Recycle();
    Peer& FindPeer(ServerId id);
    std::size_t QuorumSize() const;
    TimePoint NextDeadline() const;

    // raft-persistence.cc
    void OnPersisted(uint64_t ticket);
    uint64_t TicketFor(Index index) const;
    PendingWrite& OpenWrite();
    void MarkHardState();
    Index AppendToLog(const Entry& entry);
    void TruncateLog(Index from);
    void CompleteWrite();

    // raft-election.cc
    void ResetElectionTimer();
    void StartElection();
    void RequestVotes();
    void CountVotes();
    void BecomeLeader();
    void OnRequestVote(const Message& message, const RequestVote& request);
    const char* WhyNoVote(ServerId candidate, const RequestVote& request) const;
    void OnRequestVoteReply(const Message& message, const RequestVoteReply& reply);

    // raft-replication.cc
    void OnPropose(const Payload& command);
    void SendHeartbeats();
    void SendHeartbeat(Peer& peer);
    void SendEntries(Peer& peer); // needs an entry at nextIndex
    void Replicate(Peer& peer);
    void OnAppendEntries(const Message& message, const AppendEntries& append);
    const char* FindContradiction(const Message& message, const AppendEntries& append) const;
    void ReplyConflict(const Message& message, const AppendEntries& append);
    void StoreEntries(const AppendEntries& append);
    void OnAppendEntriesReply(const Message& message, const AppendEntriesReply& reply);
    void OnAccepted(Peer& peer, const AppendEntriesReply& reply);
    void OnConflict(Peer& peer, const AppendEntriesReply& reply);
    Index NextAfterConflict(const Peer& peer, const AppendEntriesReply& reply) const;
    void AdvanceCommit();
    void CommitUpTo(Index index);

    Config m_config;

    // Persistent state (figure 2), as it is once the open writes are done.
    Term m_term{0};
    ServerId m_vote{NO_SERVER};
    RaftLog m_log;

    // Volatile state.
    Role m_role{Role::FOLLOWER};
    ServerId m_leader{NO_SERVER};
    Index m_commitIndex{0}; //!< at most the last index
    Index m_lastApplied{0}; //!< at most m_commitIndex, and equal to it after each step
    std::vector<Peer> m_peers;

    // Stable storage.
    uint64_t m_lastTicket{0};
    uint64_t m_durableTicket{0};               //!< at most m_lastTicket
    uint64_t m_hardStateTicket{0};             //!< latest write that holds a term and vote
    Index m_durableIndex{0};                   //!< at most the last index
    std::vector<PendingWrite> m_pendingWrites; //!< tickets and indices both never decrease

    // Time.
    bool m_started{false};
    TimePoint m_now{};
    double m_random{0};
    TimePoint m_electionDeadline{};  //!< follower, candidate
    TimePoint m_voteRetryDeadline{}; //!< candidate
    TimePoint m_heartbeatDeadline{}; //!< leader

    // Result of a step, and memory kept from one step for the next.
    Update m_update;
    std::vector<Entry> m_spareWrite;
    std::vector<std::vector<Entry>> m_spareBatches;
    std::vector<Index> m_matchScratch;
};

} // namespace ns3::raft

#endif /* RAFT_CORE_H */
