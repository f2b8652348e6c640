#ifndef SWIM_AWARENESS_H
#define SWIM_AWARENESS_H

#include "peer-arrival.h"

#include <algorithm>
#include <cstdint>

namespace ns3::detection
{

/**
 * How much a member has reason to doubt itself: Lifeguard's local health multiplier (Dadgar,
 * Phillips & Currey 2018, section IV-A), a counter from 0 (healthy) to a maximum.
 */
class SwimAwareness
{
  public:
    /** @param maximum of the score; 0 switches awareness off */
    explicit SwimAwareness(uint32_t maximum)
        : m_maximum(maximum)
    {
    }

    /** A probe was answered in time. */
    void Improve()
    {
        m_score -= std::min(m_score, 1U);
    }

    /** Something happened that a member with slow messages of its own brings about. */
    void Worsen()
    {
        m_score = std::min(m_score + 1, m_maximum);
    }

    /** @return 0 to the maximum */
    uint32_t GetScore() const
    {
        return m_score;
    }

    /** @return a span of the protocol, the longer the worse the score: times score + 1 */
    Nanos Scale(Nanos span) const
    {
        return span * (m_score + 1);
    }

  private:
    uint32_t m_maximum;
    uint32_t m_score{0};
};

} // namespace ns3::detection

#endif /* SWIM_AWARENESS_H */
