#ifndef SWIM_SUSPICION_H
#define SWIM_SUSPICION_H

#include "peer-arrival.h"

#include <cstdint>
#include <vector>

namespace ns3::detection
{

/**
 * A suspicion that waits to be refuted, the shorter the more members came to it by themselves:
 * Lifeguard's dynamic suspicion timeout (Dadgar, Phillips & Currey 2018, section IV-B).
 */
class SwimSuspicion
{
  public:
    /**
     * @param from who suspected first
     * @param start when this member learned of it
     * @param expected confirmations by others that bring the timeout down to `min`, K; 0 where the
     *        timeout is `min` from the beginning
     * @param min timeout once they are there
     * @param max timeout without any, at least `min`
     */
    SwimSuspicion(uint32_t from, Nanos start, uint32_t expected, Nanos min, Nanos max);

    /**
     * Another member says so, too.
     * @param from who
     * @return whether that counts: nobody did so before under this name, and fewer than expected
     */
    bool Confirm(uint32_t from);

    /** @return confirmations that counted, C */
    uint32_t GetConfirmations() const;

    /** @return when the suspect is to be declared dead */
    Nanos Deadline() const;

    /** @return max - log(C + 1) / log(K + 1) (max - min), but at least min; min where K is 0 */
    static Nanos Timeout(uint32_t confirmations, uint32_t expected, Nanos min, Nanos max);

    /**
     * The lower bound of the timeout, long enough for word to get around in a group of this size.
     * @param multiplier in probe intervals, for up to 10 members
     * @param members of the group, this one included
     * @param probeInterval of the protocol
     * @return multiplier * max(1, log10(members)) * probeInterval
     */
    static Nanos MinTimeout(uint32_t multiplier, std::size_t members, Nanos probeInterval);

  private:
    std::vector<uint32_t> m_accusers; //!< the first, and who confirmed
    Nanos m_start;
    uint32_t m_expected;
    Nanos m_min;
    Nanos m_max;
};

} // namespace ns3::detection

#endif /* SWIM_SUSPICION_H */
