#ifndef TWO_WINDOW_DETECTOR_H
#define TWO_WINDOW_DETECTOR_H

#include "arrival-estimator.h"
#include "expected-arrival-detector.h"

namespace ns3::detection
{

/** Settings of TwoWindowDetector. */
struct TwoWindowSettings
{
    Nanos margin{std::chrono::milliseconds(200)}; //!< after the expected arrival, at least 0
    std::size_t shortWindow{1};                   //!< heartbeats of the short window, at least 1
    std::size_t longWindow{1000};                 //!< of the long one, not below the short one
    Nanos period{std::chrono::milliseconds(100)}; //!< between two heartbeats, above 0
};

/**
 * 2W-FD of Tomsic, Sens, Garcia, Arantes & Sopena (DSN 2015): two NFD-E estimates, one of a short
 * window that follows a sudden delay and one of a long window that is steady; the later one holds,
 *
 *     suspected from max(EA_short, EA_long) + margin on.
 */
class TwoWindowDetector : public ExpectedArrivalDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit TwoWindowDetector(const TwoWindowSettings& settings);

  protected:
    Expectation Expect(Nanos now) const override;
    Expectation Learn(const PeerArrival& heartbeat, bool restarted) override;

  private:
    Nanos m_margin;           //!< after the expected arrival
    ArrivalEstimator m_short; //!< EA of the short window
    ArrivalEstimator m_long;  //!< EA of the long one
};

} // namespace ns3::detection

#endif /* TWO_WINDOW_DETECTOR_H */
