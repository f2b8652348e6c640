#ifndef FIXED_TIMEOUT_DETECTOR_H
#define FIXED_TIMEOUT_DETECTOR_H

#include "failure-detector.h"
#include "heartbeat-order.h"

namespace ns3::detection
{

/**
 * Suspects a peer from whom no new heartbeat arrived for a fixed time. The level is the silence in
 * multiples of the timeout; suspicion begins at 1.
 */
class FixedTimeoutDetector : public FailureDetector
{
  public:
    /** @param timeout above 0 */
    explicit FixedTimeoutDetector(Nanos timeout);

    void Start(Nanos now) override;
    void OnArrival(const PeerArrival& arrival) override;
    double Level(Nanos now) const override;
    bool Suspects(Nanos now) const override;
    std::optional<Nanos> Deadline() const override;

  private:
    Nanos m_timeout;             //!< tolerated silence
    HeartbeatOrder m_order;      //!< sorts out latecomers
    std::optional<Nanos> m_last; //!< last new heartbeat, or the start
};

} // namespace ns3::detection

#endif /* FIXED_TIMEOUT_DETECTOR_H */
