#ifndef RAFT_CORE_H
#define RAFT_CORE_H

#include "raft-config.h"
#include "raft-events.h"
#include "raft-log.h"
#include "raft-progress.h"
#include "raft-types.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3::raft
{

/**
 * Raft as a pure state machine: one server's elections, replication, commitment, reads, snapshots
 * and changes of membership (extended paper, figures 2 and 13; Ongaro's dissertation, cited by
 * section). Reads no clock, draws no random numbers, does no I/O.
 *
 * The host feeds events to Step() and does what the returned update says: write `persist`, send
 * each message once its write is done, restore a snapshot, apply entries, answer reads, and call
 * back at `deadline`.
 */
class RaftCore
{
  public:
    /**
     * Starts or restarts a server.
     * @param config settings
     * @param durable what was on stable storage, empty for a new server. The host restores its
     *        state machine from the snapshot in it.
     * @throws std::invalid_argument naming the setting, or what on stable storage makes no sense
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

    /** @return the latest membership in the log, which is the one in force (dissertation 4.1) */
    const Membership& GetMembership() const;
    /** @return index of the entry or snapshot that set it, 0 for the one in the settings */
    Index GetMembershipIndex() const;
    /** @return whether this server leads and the learner would be promoted now */
    bool HasCaughtUp(ServerId learner) const;
    /** @return whether this server leads and is handing over */
    bool IsTransferring() const;

    /** @return the latest write known to be on stable storage, 0 for none */
    uint64_t GetDurableTicket() const;
    /** @return last index up to which this log is known to be on stable storage */
    Index GetDurableIndex() const;

  private:
    /** A write that was asked for and is not yet known to be done. */
    struct PendingWrite
    {
        uint64_t ticket{0};
        Index lastIndex{0}; //!< once done, the log as it is now is durable up to here
        TimePoint since{};  //!< when it was asked for
    };

    /** A read that waits for its round of heartbeats. */
    struct PendingRead
    {
        uint64_t context{0};
        Index index{0};    //!< may be answered once this is committed
        uint64_t round{0}; //!< and once a majority has answered this round
    };

    /** A membership and the entry that set it. */
    struct DatedMembership
    {
        Index index{0};
        Membership membership;
    };

    /** A snapshot on its way from a leader. */
    struct IncomingSnapshot
    {
        ServerId from{NO_SERVER};
        Term term{0}; //!< the leader's
        Index lastIndex{0};
        Term lastTerm{0};
        std::string data; //!< its beginning
    };

    // raft-core.cc: dispatch and roles
    void OnTick();
    void OnReceive(const Message& message);
    void Dispatch(const Message& message);
    void AdoptTerm(Term term);
    void BecomeFollower(Term term, ServerId leader, const char* reason);
    void RecordRole(const char* reason);
    void Reject(ServerId from, const char* reason);
    void Send(ServerId to, MessageBody body, Index durableUpTo);
    void SendInTerm(ServerId to, Term term, MessageBody body, Index durableUpTo);
    void DeliverCommitted();
    void Recycle();
    Peer* FindPeer(ServerId id);
    const Peer* FindPeer(ServerId id) const;
    TimePoint NextDeadline() const;

    // raft-persistence.cc
    void OnPersisted(uint64_t ticket);
    uint64_t TicketFor(Index index) const;
    PendingWrite& OpenWrite();
    void MarkHardState();
    Index AppendToLog(const Entry& entry);
    void TruncateLog(Index from);
    void ForgetWritesAfter(Index index);
    void CompleteWrite();

    // raft-election.cc
    void ResetElectionTimer();
    bool MayStand() const;
    void OnElectionTimeout();
    void StartPreVote();
    void StartElection(const char* reason, bool disruptLeader);
    void BeginCandidacy(Role role, const char* reason);
    void RequestVotes();
    void CountVotes();
    void BecomeLeader();
    bool HasHeardFromLeader() const;
    const char* WhyIgnore(const Message& message) const;
    void OnRequestVote(const Message& message, const RequestVote& request);
    void OnPreVote(const Message& message, const RequestVote& request);
    const char* WhyNoVote(ServerId candidate, const RequestVote& request) const;
    void OnRequestVoteReply(const Message& message, const RequestVoteReply& reply);

    // raft-replication.cc: the leader's side
    void OnPropose(const Payload& command);
    void OnHeartbeatTimeout();
    void StartRound();
    void Beat(Peer& peer);
    void SendHeartbeat(Peer& peer, Index previous);
    void SendEntries(Peer& peer); // needs an entry at nextIndex, up to LastToSend()
    Index LastToSend() const;
    void Replicate(Peer& peer);
    void ReplicateAll();
    Peer* FindAnsweringPeer(const Message& message, uint64_t round);
    void OnAppendEntriesReply(const Message& message, const AppendEntriesReply& reply);
    void OnAccepted(Peer& peer, const AppendEntriesReply& reply);
    void OnConflict(Peer& peer, const AppendEntriesReply& reply);
    Index NextAfterConflict(const Peer& peer, const AppendEntriesReply& reply) const;
    void RaiseMatch(Peer& peer, Index index);
    void AdvanceCommit();
    void CommitUpTo(Index index);

    // raft-follower.cc
    void HearFromLeader(ServerId leader, const char* reason);
    void OnAppendEntries(const Message& message, const AppendEntries& append);
    const char* FindContradiction(const MessageBody& body) const;
    const char* FindContradiction(const AppendEntries& append) const;
    const char* FindContradiction(const InstallSnapshot& chunk) const;
    void ReplyConflict(const Message& message, const AppendEntries& append);
    void StoreEntries(const AppendEntries& append);

    // raft-snapshot.cc
    void OnCompact(const Compact& compact);
    void SendSnapshot(Peer& peer);
    void SendChunk(Peer& peer);
    void OnInstallSnapshot(const Message& message, const InstallSnapshot& chunk);
    void Install(const InstallSnapshot& chunk);
    void OnInstallSnapshotReply(const Message& message, const InstallSnapshotReply& reply);

    // raft-quorum.cc: what a majority has answered
    uint64_t ReachedByQuorum(uint64_t own, uint64_t Peer::*of);
    bool HasLostQuorum() const;
    bool HoldsLease();
    void OnRead(uint64_t context);
    void AnswerReads();
    void FailReads();

    // raft-reconfiguration.cc
    void OnChangeMembership(const ChangeMembership& change);
    const char* WhyNoChange(const ChangeMembership& change) const;
    void AdoptMembership(Index index, Membership membership);
    void DropMembershipsFrom(Index index);
    void RebaseMemberships();
    void UpdatePeers();
    void FollowCatchUp(Peer& peer);
    void OnTransfer(ServerId target);
    const char* WhyNoTransfer(ServerId target) const;
    ServerId FindLongestVoter() const;
    void HandOver(ServerId target);
    void StepDownIfRemoved();
    void OnTimeoutNow(const Message& message);

    Config m_config;

    // Persistent state (figure 2), as it is once the open writes are done.
    Term m_term{0};
    ServerId m_vote{NO_SERVER};
    RaftLog m_log;
    std::shared_ptr<const Snapshot> m_snapshot; //!< never null; its last index is the log's base

    /** All in the log, oldest first; before them the one that holds at the log's base. */
    std::vector<DatedMembership> m_memberships;

    // Volatile state.
    Role m_role{Role::FOLLOWER};
    ServerId m_leader{NO_SERVER};
    Index m_commitIndex{0};    //!< at most the last index
    Index m_lastApplied{0};    //!< at most m_commitIndex, and equal to it after each step
    std::vector<Peer> m_peers; //!< all members but this server, by id
    std::optional<IncomingSnapshot> m_incoming; //!< follower
    bool m_disruptLeader{false};                //!< candidate at the leader's own wish

    // Leader.
    Index m_termStart{0}; //!< index of this term's first entry
    uint64_t m_round{0};  //!< counts broadcasts of heartbeats in this life
    static constexpr std::size_t ROUNDS_KEPT = 64;
    std::array<TimePoint, ROUNDS_KEPT> m_roundSentAt{}; //!< of the latest rounds, by remainder
    std::vector<PendingRead> m_reads;                   //!< rounds never decrease
    bool m_leaseRevoked{false};
    ServerId m_transferee{NO_SERVER};
    TimePoint m_transferDeadline{};

    // Stable storage.
    uint64_t m_lastTicket{0};
    uint64_t m_durableTicket{0};               //!< at most m_lastTicket
    uint64_t m_hardStateTicket{0};             //!< latest write that holds a term and vote
    Index m_durableIndex{0};                   //!< at most the last index
    std::vector<PendingWrite> m_pendingWrites; //!< tickets and indices both never decrease

    // Time.
    bool m_started{false};
    TimePoint m_now{};
    bool m_clockBehind{false}; //!< this step's clock is behind m_now, which stands still
    double m_random{0};
    TimePoint m_electionDeadline{};  //!< all but leaders
    TimePoint m_voteRetryDeadline{}; //!< candidates of both kinds
    TimePoint m_heartbeatDeadline{}; //!< leader
    TimePoint m_stickyUntil{};       //!< a leader was heard of less than electionTimeoutMin ago

    // Result of a step, and memory kept from one step for the next.
    Update m_update;
    std::vector<Entry> m_spareWrite;
    std::vector<std::vector<Entry>> m_spareBatches;
    std::vector<uint64_t> m_reachedScratch;
};

} // namespace ns3::raft

#endif /* RAFT_CORE_H */
