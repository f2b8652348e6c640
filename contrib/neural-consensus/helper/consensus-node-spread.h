#ifndef CONSENSUS_NODE_SPREAD_H
#define CONSENSUS_NODE_SPREAD_H

#include "ns3/node-container.h"

#include <cstdint>

namespace ns3
{

/**
 * Makes servers differ, as machines of one order do: what a message costs and how long a write
 * takes are multiplied by log-normal factors of median 1, and clocks get an offset (normal,
 * standard deviation 5 ms) and a drift (uniform, up to 50 ppm either way), as under NTP on quartz.
 *
 * A factor on a message that costs nothing would do nothing: servers whose
 * ns3::NodeCpu::MessageCost is 0 get one of 10 us in the median.
 * @param servers what to change, before the run
 * @param spread standard deviation of the factors' logarithm; 0 leaves everything as it is
 * @param stream random stream that all of it is drawn from
 */
void SpreadNodes(const NodeContainer& servers, double spread, int64_t stream);

} // namespace ns3

#endif /* CONSENSUS_NODE_SPREAD_H */
