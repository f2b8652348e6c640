#ifndef MESSAGE_OVERHEAD_H
#define MESSAGE_OVERHEAD_H

#include <cstdint>

namespace ns3
{

/** Bytes that a datagram has on top of its message: the headers of UDP (8) and IPv4 (20). */
constexpr uint32_t UDP_IPV4_OVERHEAD = 28;

} // namespace ns3

#endif /* MESSAGE_OVERHEAD_H */
