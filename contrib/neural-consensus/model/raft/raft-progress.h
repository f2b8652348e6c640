#ifndef RAFT_PROGRESS_H
#define RAFT_PROGRESS_H

#include "raft-membership.h"
#include "raft-types.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3::raft
{

/** The messages with entries that a leader has sent to one follower and that are not answered. */
class InFlightWindow
{
  public:
    /**
     * Forgets all messages and sets the limits.
     * @param maxMessages at most this many, above 0
     * @param maxBytes no further message once they hold this many command bytes
     */
    void Reset(uint32_t maxMessages, uint64_t maxBytes);

    /** Forgets all messages. */
    void Clear();

    /** @return whether there is no room for another message */
    bool IsFull() const;

    /** @return whether nothing is unanswered */
    bool IsEmpty() const;

    /**
     * Takes note of a message; the window must not be full.
     * @param last index of its last entry, above that of the message before it
     * @param bytes command bytes in it
     * @param at when it was sent
     */
    void Add(Index last, uint64_t bytes, TimePoint at);

    /** Forgets the messages whose entries all stand at or below an index. */
    void FreeUpTo(Index index);

    /** @return when the oldest message was sent; the window must not be empty */
    TimePoint GetOldest() const;

  private:
    struct Sent
    {
        Index last{0};
        uint64_t bytes{0};
        TimePoint at{};
    };

    std::vector<Sent> m_ring; //!< grows to the most that was ever in flight
    uint32_t m_maxMessages{1};
    uint64_t m_maxBytes{0};
    std::size_t m_first{0};
    std::size_t m_count{0};
    uint64_t m_bytes{0};
};

/** What a leader may do for a follower; named as in etcd's raft. */
enum class ProgressState : uint8_t
{
    PROBE,     //!< where the logs part is not known: one message with entries at a time
    REPLICATE, //!< the logs agree up to nextIndex - 1: many messages at a time
    SNAPSHOT   //!< what it needs is compacted away: chunks of a snapshot, one at a time
};

/** What a server knows of another one, as candidate and as leader. */
struct Peer
{
    ServerId id{NO_SERVER};
    bool voter{true}; //!< otherwise a learner

    // Candidate
    bool answered{false}; //!< it answered the vote request of this election
    bool granted{false};  //!< it gave its vote in this election; implies `answered`

    // Leader
    ProgressState state{ProgressState::PROBE};
    Index matchIndex{0};      //!< its log agrees, on stable storage, up to here; below nextIndex
    Index nextIndex{1};       //!< first entry to send next; at most one above the last index
    Index sentIndex{0};       //!< highest index that it can have seen from this leader
    bool waiting{false};      //!< PROBE, SNAPSHOT: a message is unanswered
    TimePoint waitingSince{}; //!< when that message was sent
    InFlightWindow inFlight;  //!< REPLICATE: unanswered messages
    TimePoint heardAt{};      //!< when it last answered in this term
    uint64_t ackedRound{0};   //!< latest round of this term that it answered
    std::shared_ptr<const Snapshot> snapshot; //!< SNAPSHOT: what is being sent
    uint64_t snapshotOffset{0};               //!< SNAPSHOT: bytes of it that it is known to hold

    // Learner, at the leader (dissertation 4.2.1)
    bool caughtUp{false};     //!< one round of catching up took less than an election timeout
    Index catchUpTarget{0};   //!< last index at the start of the present round, 0 before the first
    TimePoint catchUpSince{}; //!< start of that round
};

} // namespace ns3::raft

#endif /* RAFT_PROGRESS_H */
