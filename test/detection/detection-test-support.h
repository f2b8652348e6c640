#ifndef DETECTION_TEST_SUPPORT_H
#define DETECTION_TEST_SUPPORT_H

#include "ns3/failure-detector.h"

#include <cmath>
#include <cstdint>

namespace ns3::detection
{

/** @return a time in milliseconds */
inline Nanos
Ms(double ms)
{
    return Nanos(std::llround(ms * 1e6));
}

/** @return a heartbeat; the peer's clock is the observer's less 3 ms unless told */
inline PeerArrival
Heartbeat(uint64_t sequence, Nanos arrived)
{
    PeerArrival arrival;
    arrival.peer = 2;
    arrival.sequence = sequence;
    arrival.arrived = arrived;
    arrival.peerClock = arrived - Ms(3);
    return arrival;
}

} // namespace ns3::detection

#endif /* DETECTION_TEST_SUPPORT_H */
