#ifndef SWIM_CONFIG_H
#define SWIM_CONFIG_H

#include "peer-arrival.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::detection
{

/** Settings of a member; defaults are those of memberlist for a LAN. */
struct SwimConfig
{
    uint32_t self{0};             //!< this member's id, above 0
    std::vector<uint32_t> others; //!< ids of the other members

    Nanos probeInterval = std::chrono::seconds(1);       //!< protocol period, above probeTimeout
    Nanos probeTimeout = std::chrono::milliseconds(500); //!< until others are asked, above 0
    uint32_t indirectProbes{3};                          //!< members asked then, k; 0 for none
    uint32_t suspicionMultiplier{4};    //!< shortest suspicion timeout, in probe intervals, above 0
    uint32_t suspicionMaxMultiplier{6}; //!< longest, in shortest ones; 1 for a constant timeout
    uint32_t retransmitMultiplier{4};   //!< how often news are sent, times log10(n + 1), above 0
    uint32_t maxLocalHealth{8};         //!< of the local health multiplier; 0 for no awareness
    std::size_t maxStatements{106};     //!< that go with one message, above 0

    /** @throws std::invalid_argument naming the setting that is out of range, and the range */
    void Validate() const;
};

} // namespace ns3::detection

#endif /* SWIM_CONFIG_H */
