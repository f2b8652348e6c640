#ifndef SWIM_MEMBERS_H
#define SWIM_MEMBERS_H

#include "swim-message.h"
#include "swim-suspicion.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ns3::detection
{

/** Yields numbers from 0 to below 1, independent and uniform. */
using SwimRandom = std::function<double()>;

/** Another member, as it is believed to be. */
struct SwimMember
{
    uint32_t id{0};                         //!< who
    SwimStatus status{SwimStatus::ALIVE};   //!< what is believed of it
    uint32_t incarnation{0};                //!< latest that was heard of
    std::optional<SwimSuspicion> suspicion; //!< while it is SUSPECT
};

/**
 * The other members, and in which order they are probed: round after round, each in an order of its
 * own, so that of n members every one is probed again within 2n - 1 periods at most (Das, Gupta &
 * Motivala 2002, section 4.3).
 */
class SwimMembers
{
  public:
    /** @param ids of the other members, each once */
    explicit SwimMembers(std::vector<uint32_t> ids);

    /** @return the member, null if there is none of that id */
    SwimMember* Find(uint32_t id);
    const SwimMember* Find(uint32_t id) const;

    /** @return all, by id */
    const std::vector<SwimMember>& GetAll() const;

    /** @return who is to be probed next, of those who are not dead; null if all are */
    SwimMember* Next(const SwimRandom& random);

    /** @return one of the dead after the other, round and round; null if nobody is dead */
    SwimMember* NextDead();

    /**
     * Draws members that are alive.
     * @param most as many, fewer if there aren't more
     * @param except whom not to take
     * @param random where to draw from
     * @param out receives their ids, and nothing else
     */
    void Choose(std::size_t most,
                uint32_t except,
                const SwimRandom& random,
                std::vector<uint32_t>& out) const;

  private:
    std::vector<SwimMember> m_members; //!< by id
    std::vector<std::size_t> m_order;  //!< positions in m_members, in the order of this round
    std::size_t m_next;                //!< place in m_order; its size at the end of a round
    std::size_t m_nextDead{0};         //!< position in m_members where the search goes on
};

} // namespace ns3::detection

#endif /* SWIM_MEMBERS_H */
