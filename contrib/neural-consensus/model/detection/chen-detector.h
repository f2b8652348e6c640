#ifndef CHEN_DETECTOR_H
#define CHEN_DETECTOR_H

#include "arrival-estimator.h"
#include "expected-arrival-detector.h"

namespace ns3::detection
{

/** Settings of both detectors of Chen, Toueg & Aguilera. */
struct ChenSettings
{
    Nanos alpha{std::chrono::milliseconds(200)};  //!< safety margin, at least 0
    Nanos period{std::chrono::milliseconds(100)}; //!< eta: between two heartbeats, above 0
    std::size_t window{32};                       //!< n of NFD-E: heartbeats that count, at least 1
};

/**
 * NFD-S of Chen, Toueg & Aguilera (IEEE Trans. Computers 51(5), 2002, section 4): the peer is
 * trusted in [tau_i, tau_(i+1)) if a heartbeat i or later has arrived, with the freshness points
 * tau_i = sigma_i + delta, sigma_i being when heartbeat i is sent. Here delta = alpha: a heartbeat
 * may be under way for so long.
 *
 * The paper assumes synchronised clocks, and so the peer's stamp is believed: the one detector here
 * whose results depend on the skew between sender and receiver. For independent delay and loss no
 * detector with the same heartbeats and the same bound on the detection time, delta + eta, makes
 * fewer mistakes (theorem 6).
 */
class ChenNfdSDetector : public ExpectedArrivalDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit ChenNfdSDetector(const ChenSettings& settings);

  protected:
    Expectation Expect(Nanos now) const override;
    Expectation Learn(const PeerArrival& heartbeat, bool restarted) override;

  private:
    Nanos m_alpha; //!< delta
};

/**
 * NFD-E of the same paper (section 6.3), for clocks that are not synchronised: the next arrival is
 * estimated from those of the last n heartbeats (ArrivalEstimator), and the peer is suspected alpha
 * after it.
 */
class ChenNfdEDetector : public ExpectedArrivalDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit ChenNfdEDetector(const ChenSettings& settings);

  protected:
    Expectation Expect(Nanos now) const override;
    Expectation Learn(const PeerArrival& heartbeat, bool restarted) override;

  private:
    Nanos m_alpha;                //!< margin
    ArrivalEstimator m_estimator; //!< EA
};

} // namespace ns3::detection

#endif /* CHEN_DETECTOR_H */
