#ifndef RAFT_TYPES_H
#define RAFT_TYPES_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

/**
 * @file
 * Vocabulary of Raft, shared by the core, its wire format and everything that watches it.
 * Names follow Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm"
 * (extended version), figure 2.
 */
namespace ns3::raft
{

/** Identity of a server, 1..n. */
using ServerId = uint32_t;
/** Stands for "no server": no vote given, no leader known. */
constexpr ServerId NO_SERVER = 0;

/** Election term; 0 before the first election. */
using Term = uint64_t;
/** Position in the log; the first entry has index 1, 0 means "before the first". */
using Index = uint64_t;

/** A span of time. */
using Duration = std::chrono::nanoseconds;
/** A moment on the server's own clock, counted from an arbitrary origin. */
using TimePoint = std::chrono::nanoseconds;

/** What a server is at present (section 5.1; PRE_CANDIDATE: dissertation 9.6). */
enum class Role : uint8_t
{
    FOLLOWER = 0,
    PRE_CANDIDATE = 1, //!< asks whether it could win, without a new term
    CANDIDATE = 2,
    LEADER = 3
};

/** What an entry asks of the state machine. */
enum class EntryType : uint8_t
{
    NOOP = 0,      //!< appended by a new leader so that it may commit (dissertation 6.4)
    COMMAND = 1,   //!< bytes for the state machine
    MEMBERSHIP = 2 //!< an encoded Membership, in force from the moment it is appended
                   //!< (dissertation 4.1)
};

/** Command bytes, shared between log, messages and storage and never changed. */
using Payload = std::shared_ptr<const std::string>;

/** One entry of the replicated log. */
struct Entry
{
    Term term{0};                    //!< term in which a leader created the entry
    EntryType type{EntryType::NOOP}; //!< meaning of the entry
    Payload command;                 //!< null exactly for NOOP; for MEMBERSHIP its encoding

    bool operator==(const Entry& o) const
    {
        return term == o.term && type == o.type &&
               (command == o.command || (command && o.command && *command == *o.command));
    }

    bool operator!=(const Entry& o) const
    {
        return !(*this == o);
    }
};

/** The part of a server's state that is written before it answers anybody (figure 2). */
struct HardState
{
    Term term{0};             //!< latest term seen
    ServerId vote{NO_SERVER}; //!< candidate that received the vote in `term`

    bool operator==(const HardState& o) const
    {
        return term == o.term && vote == o.vote;
    }
};

/**
 * RequestVote arguments (section 5.2, 5.4.1). A pre-vote asks for the term after the sender's own,
 * which is the term of the message, and changes nobody's term (dissertation 9.6).
 */
struct RequestVote
{
    Index lastLogIndex{0};     //!< index of the candidate's last entry
    Term lastLogTerm{0};       //!< term of that entry
    bool preVote{false};       //!< asks whether the vote would be given
    bool disruptLeader{false}; //!< stands at the leader's own wish (dissertation 4.2.3, 3.10)
};

/** RequestVote results. A pre-vote that is granted repeats the term that was asked for. */
struct RequestVoteReply
{
    bool granted{false}; //!< whether the vote was (or would be) given
    bool preVote{false}; //!< answers a pre-vote
};

/** AppendEntries arguments (section 5.3); without entries a heartbeat. */
struct AppendEntries
{
    Index prevLogIndex{0};      //!< index of the entry just before `entries`
    Term prevLogTerm{0};        //!< term of that entry
    Index commitIndex{0};       //!< the leader's commit index
    std::vector<Entry> entries; //!< consecutive, the first at prevLogIndex + 1
    uint64_t round{0};          //!< leader's count of rounds; the answer repeats it
};

/**
 * AppendEntries results. A rejection carries the conflicting term and the first index that the
 * follower holds of it, so that the leader skips a term a round trip, not an entry (section 5.3).
 */
struct AppendEntriesReply
{
    bool success{false};    //!< whether the follower's log matched at prevLogIndex
    Index prevLogIndex{0};  //!< of the request that is answered
    Index matchIndex{0};    //!< on success, last index known to agree; otherwise 0
    Index conflictIndex{0}; //!< on rejection, where the leader should look next; otherwise 0
    /** On rejection, the follower's term at prevLogIndex; 0 if its log ends before. */
    Term conflictTerm{0};
    uint64_t round{0}; //!< of the request that is answered
};

/** InstallSnapshot arguments: one chunk of a snapshot (section 7, figure 13). */
struct InstallSnapshot
{
    Index lastIndex{0}; //!< the snapshot stands for all entries up to here, above 0
    Term lastTerm{0};   //!< term of that entry
    Payload membership; //!< encoded Membership at lastIndex
    uint64_t offset{0}; //!< where the chunk begins in the snapshot's data, in bytes
    Payload data;       //!< the chunk, not null
    bool done{false};   //!< whether the data ends with this chunk
    uint64_t round{0};  //!< leader's count of rounds; the answer repeats it
};

/** InstallSnapshot results. */
struct InstallSnapshotReply
{
    Index lastIndex{0};    //!< of the request that is answered
    uint64_t offset{0};    //!< bytes held of that snapshot: where the next chunk should begin
    bool installed{false}; //!< the follower's committed log reaches lastIndex, on stable storage
    uint64_t round{0};     //!< of the request that is answered
};

/** The leader asks a follower to stand for election at once (dissertation 3.10). */
struct TimeoutNow
{
};

/** Body of a message between servers. */
using MessageBody = std::variant<RequestVote,
                                 RequestVoteReply,
                                 AppendEntries,
                                 AppendEntriesReply,
                                 InstallSnapshot,
                                 InstallSnapshotReply,
                                 TimeoutNow>;

/** A message between two servers. */
struct Message
{
    ServerId from{NO_SERVER}; //!< sender
    ServerId to{NO_SERVER};   //!< receiver
    Term term{0};             //!< the sender's term
    MessageBody body;         //!< what it says
};

} // namespace ns3::raft

#endif /* RAFT_TYPES_H */
