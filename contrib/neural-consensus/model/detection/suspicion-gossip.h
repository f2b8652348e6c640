#ifndef SUSPICION_GOSSIP_H
#define SUSPICION_GOSSIP_H

#include "heartbeat-order.h"
#include "peer-arrival.h"
#include "suspect-set.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3::detection
{

/**
 * Combines the opinions of several observers: a peer is suspected while at least k of those who
 * watch it suspect it, this one included. For one observer and any number of detectors, each with a
 * k of its own.
 *
 * Every observer tells its peers whom it suspects by itself, never what it has heard, so that no
 * opinion counts twice or outlives the one who held it. What a voter told stands until it says
 * something else, and no longer than the vote life: a voter that has fallen silent, be it dead or
 * cut off, has no say. A life of some heartbeat periods keeps lost heartbeats from interrupting a
 * vote, without any assumption on who watches whom.
 *
 * A voter that lies has one vote on each peer: k - 1 liars raise no suspicion by themselves, and k
 * honest watchers raise one whatever the liars say.
 *
 * Pure: time comes in as arguments, on the observer's own clock. Nothing is allocated once each
 * voter has been heard and each peer has changed.
 */
class SuspicionGossip
{
  public:
    static constexpr std::size_t MAX_DETECTORS = 64; //!< of which a heartbeat tells
    static constexpr int VOTE_LIFE_PERIODS = 10;     //!< vote life, in heartbeat periods

    /** The combined opinion on a peer has turned. */
    struct Change
    {
        uint32_t target{0};      //!< the peer
        std::size_t detector{0}; //!< by which detector, from 0

        bool operator==(const Change& other) const
        {
            return target == other.target && detector == other.detector;
        }
    };

    /**
     * @param watched peers that this observer watches, 1..SuspectSet::MAX_SERVER; votes on others
     *        are ignored
     * @param quorums k of each detector that gossips, at least 1
     * @param voteLife how long a vote stands that is not repeated, above 0
     */
    SuspicionGossip(const std::vector<uint32_t>& watched,
                    std::vector<uint32_t> quorums,
                    Nanos voteLife);

    /**
     * This observer's own opinion.
     * @param detector from 0, below the number of quorums
     * @param target one of those watched
     * @param suspected what it thinks from now on
     */
    void SetOwn(std::size_t detector, uint32_t target, bool suspected);

    /** @return this observer's own opinions: what it tells the others */
    const Suspicions& GetOwn() const;

    /**
     * Takes what a peer told with a heartbeat. Ignored where a later heartbeat of it came before,
     * or where it speaks of another number of detectors. Nobody has a vote on itself.
     * @return what has turned, by target, then detector; good until the next call
     */
    const std::vector<Change>& Hear(const PeerArrival& heartbeat, const Suspicions& told);

    /**
     * Drops the votes that are too old at `now`.
     * @return what has turned, as Hear()
     */
    const std::vector<Change>& Expire(Nanos now);

    /** @return when Expire() first has a vote to drop if nothing more is heard; nothing if never */
    std::optional<Nanos> Deadline() const;

    /** @return how many suspect a peer at present, this observer included */
    uint32_t CountVotes(std::size_t detector, uint32_t target) const;

    /** @return whether those are enough */
    bool Suspects(std::size_t detector, uint32_t target) const;

  private:
    /** What one observer thinks. */
    struct Opinion
    {
        HeartbeatOrder order;  //!< of the heartbeats that told it
        Nanos expires{};       //!< when it is too old
        bool accuses{false};   //!< whether it suspects anybody
        Suspicions suspicions; //!< by detector
    };

    void Adopt(uint32_t voter, Opinion& opinion, const Suspicions& told);
    bool Count(std::size_t detector, uint32_t target, bool suspected);
    const std::vector<Change>& SortChanges();
    std::size_t PlaceOf(std::size_t detector, uint32_t target) const;

    std::vector<uint32_t> m_quorums; //!< by detector
    Nanos m_voteLife;                //!< of a vote that is not repeated
    SuspectSet m_watched;            //!< peers on whom votes count
    Suspicions m_own;                //!< this observer's opinions
    Suspicions m_none;               //!< of one who suspects nobody
    std::vector<Opinion> m_opinions; //!< of others, by id
    std::size_t m_accusers{0};       //!< others that suspect somebody
    std::vector<uint32_t> m_votes;   //!< by target, then detector
    std::vector<Change> m_changes;   //!< by the last call
};

} // namespace ns3::detection

#endif /* SUSPICION_GOSSIP_H */
