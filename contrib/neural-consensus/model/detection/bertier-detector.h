#ifndef BERTIER_DETECTOR_H
#define BERTIER_DETECTOR_H

#include "arrival-estimator.h"
#include "expected-arrival-detector.h"

namespace ns3::detection
{

/** Settings of BertierDetector. */
struct BertierSettings
{
    double gamma{0.1};                            //!< weight of the newest error, 0 to 1, above 0
    double beta{1};                               //!< weight of the delay in the margin, above 0
    double phi{4};                                //!< weight of the deviation, above 0
    Nanos period{std::chrono::milliseconds(100)}; //!< between two heartbeats, above 0
    std::size_t window{1000};                     //!< heartbeats that count for EA, at least 1
};

/**
 * The adaptable detector of Bertier, Marin & Sens (DSN 2002, section 4): the expected arrival EA of
 * NFD-E with a margin that follows its error as Jacobson's retransmission timer does (SIGCOMM
 * 1988),
 *
 *     error = A - EA - delay
 *     delay += gamma error,  var += gamma (|error| - var),  alpha = beta delay + phi var.
 *
 * Delay and var begin at 0, so that the first heartbeats of a peer are judged strictly; before the
 * first one the peer has a period more.
 */
class BertierDetector : public ExpectedArrivalDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit BertierDetector(const BertierSettings& settings);

  protected:
    Expectation Expect(Nanos now) const override;
    Expectation Learn(const PeerArrival& heartbeat, bool restarted) override;

  private:
    BertierSettings m_settings;   //!< as given
    ArrivalEstimator m_estimator; //!< EA
    bool m_any{false};            //!< whether EA exists
    double m_delayNs{0};          //!< delay
    double m_varNs{0};            //!< var
};

} // namespace ns3::detection

#endif /* BERTIER_DETECTOR_H */
