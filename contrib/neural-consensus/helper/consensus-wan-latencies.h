#ifndef CONSENSUS_WAN_LATENCIES_H
#define CONSENSUS_WAN_LATENCIES_H

#include "ns3/nstime.h"

#include <cstddef>
#include <string>

namespace ns3
{

/** Number of regions in the table of WAN latencies. */
inline constexpr std::size_t WAN_REGIONS = 13;

/**
 * @param region from 0 to WAN_REGIONS - 1, in the order in which servers take the regions: five
 *        that are spread over the world come first
 * @return the region's name, as N_Virginia
 */
std::string WanRegionName(std::size_t region);

/**
 * @param from a region
 * @param to another region
 * @return the measured one-way delay, half of the round trip between AWS instances
 */
Time WanDelay(std::size_t from, std::size_t to);

} // namespace ns3

#endif /* CONSENSUS_WAN_LATENCIES_H */
