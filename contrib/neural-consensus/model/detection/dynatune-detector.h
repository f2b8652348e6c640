#ifndef DYNATUNE_DETECTOR_H
#define DYNATUNE_DETECTOR_H

#include "arrival-estimator.h"
#include "expected-arrival-detector.h"

namespace ns3::detection
{

/** Settings of DynatuneDetector. */
struct DynatuneSettings
{
    double safety{2};                             //!< s: deviations added, above 0
    double reliability{0.999};                    //!< x: chance to hear one of K, above 0, below 1
    std::size_t window{1000};                     //!< heartbeats measured, at least 2
    Nanos period{std::chrono::milliseconds(100)}; //!< between two heartbeats, above 0
};

/**
 * In the style of Dynatune (2025), which tunes Raft's election timeout to each link: the timeout
 * covers the measured delay, mean + s sigma, and K heartbeats, K being the least number of which at
 * least one arrives with probability x where a share p is lost, K = ceil(ln(1 - x) / ln p).
 *
 * Dynatune measures round trips and sets the heartbeat rate to K per timeout. Here the heartbeats
 * are everyone's, so it is the timeout that covers K periods, and the delay is measured on the same
 * arrivals as for all detectors: the peer is suspected K - 1 periods + s sigma after the expected
 * arrival (ArrivalEstimator), where sigma is the deviation of the arrivals from their schedule and
 * p the share of numbers missing in the window. Before there are two arrivals, sigma is a period.
 */
class DynatuneDetector : public ExpectedArrivalDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit DynatuneDetector(const DynatuneSettings& settings);

    /** @return heartbeats that the timeout covers, K, for a share p of them lost, 1 to 1000 */
    static unsigned Heartbeats(double loss, double reliability);

  protected:
    Expectation Expect(Nanos now) const override;
    Expectation Learn(const PeerArrival& heartbeat, bool restarted) override;

  private:
    DynatuneSettings m_settings;  //!< as given
    ArrivalEstimator m_estimator; //!< EA and sigma
    IntervalWindow m_steps;       //!< from one number to the next, 1 where nothing was lost
    uint64_t m_last{0};           //!< highest number so far, 0 for none
};

} // namespace ns3::detection

#endif /* DYNATUNE_DETECTOR_H */
