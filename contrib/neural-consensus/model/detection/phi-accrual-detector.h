#ifndef PHI_ACCRUAL_DETECTOR_H
#define PHI_ACCRUAL_DETECTOR_H

#include "failure-detector.h"
#include "heartbeat-order.h"
#include "interval-window.h"

namespace ns3::detection
{

/** How phi is computed from the silence in standard deviations. */
enum class PhiTail : uint8_t
{
    GAUSSIAN, //!< exact, GaussianPhi()
    LOGISTIC  //!< the approximation that implementations share, LogisticPhi()
};

/** Settings of PhiAccrualDetector. */
struct PhiAccrualSettings
{
    PhiTail tail{PhiTail::GAUSSIAN};             //!< two detectors, two names
    double threshold{8};                         //!< suspicion from this phi on, above 0
    std::size_t window{1000};                    //!< intervals remembered, at least 2
    Nanos minStd{std::chrono::milliseconds(10)}; //!< floor of the deviation, above 0
    Nanos pause{0};                              //!< added to the mean, at least 0
    Nanos first{std::chrono::milliseconds(100)}; //!< estimate of the first interval, above 0
};

/**
 * The phi accrual failure detector (Hayashibara, Defago, Yared & Katayama, SRDS 2004): the silence
 * since the last heartbeat is weighed against a normal distribution fitted to the latest intervals,
 * phi = -log10(P(X > silence)). `phi-gaussian` takes the exact tail; `phi-logistic` what Akka,
 * Pekko and Hazelcast do, who approximate it and so suspect earlier: 6 deviations above the mean
 * are a phi of 9.006 exactly and 10.783 there.
 *
 * Of these implementations both have the usual safeguards: a floor of the standard deviation; a
 * pause to add to the mean; two intervals, m - m/4 and m + m/4, to start with; and an interval that
 * ends a suspicion is not learnt. Population variance. Latecomers and duplicates are ignored.
 *
 * phi depends on the silence only through y = (silence - mean - pause) / deviation, so the moment
 * of suspicion is found by inverting the tail once, when the detector is made.
 */
class PhiAccrualDetector : public FailureDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit PhiAccrualDetector(const PhiAccrualSettings& settings);

    void Start(Nanos now) override;
    void OnArrival(const PeerArrival& arrival) override;
    double Level(Nanos now) const override;
    bool Suspects(Nanos now) const override;
    std::optional<Nanos> Deadline() const override;

  private:
    void Fit();

    PhiAccrualSettings m_settings; //!< as given
    double m_criticalY;            //!< y at which phi reaches the threshold
    HeartbeatOrder m_order;        //!< sorts out latecomers
    IntervalWindow m_intervals;    //!< the latest intervals
    bool m_heard{false};           //!< whether a heartbeat ever arrived
    std::optional<Nanos> m_last;   //!< last new heartbeat, or the start
    double m_centre{0};            //!< mean + pause, ns
    double m_deviation{0};         //!< standard deviation with its floor, ns
    Nanos m_tolerated{};           //!< silence from which on the peer is suspected
};

} // namespace ns3::detection

#endif /* PHI_ACCRUAL_DETECTOR_H */
