#ifndef EXPECTED_ARRIVAL_DETECTOR_H
#define EXPECTED_ARRIVAL_DETECTOR_H

#include "failure-detector.h"
#include "heartbeat-order.h"

namespace ns3::detection
{

/**
 * What detectors with freshness points share (Chen, Toueg & Aguilera, IEEE Trans. Computers 51(5),
 * 2002): each new heartbeat yields a time at which the next one is expected and a safety margin,
 * and from their sum on the peer is suspected. Latecomers and duplicates are ignored.
 *
 * Level(): seconds since the next heartbeat was expected, negative before; 0 before the start.
 */
class ExpectedArrivalDetector : public FailureDetector
{
  public:
    void Start(Nanos now) final;
    void OnArrival(const PeerArrival& arrival) final;
    double Level(Nanos now) const final;
    bool Suspects(Nanos now) const final;
    std::optional<Nanos> Deadline() const final;

  protected:
    /** When the next heartbeat is due, and how long after that it may still come. */
    struct Expectation
    {
        Nanos arrival{}; //!< on the observer's clock
        Nanos margin{};  //!< may be negative only where a paper's formula says so
    };

    /** @param period mean time between two heartbeats of the peer, above 0 */
    explicit ExpectedArrivalDetector(Nanos period);

    /** @return what to expect after a start at `now` without any heartbeat yet */
    virtual Expectation Expect(Nanos now) const = 0;

    /**
     * @param heartbeat newer than all before
     * @param restarted whether it is the first of a new life of the peer, numbered anew
     * @return what to expect next
     */
    virtual Expectation Learn(const PeerArrival& heartbeat, bool restarted) = 0;

    /** @return mean time between two heartbeats */
    Nanos Period() const;

  private:
    Nanos m_period;                    //!< between two heartbeats
    HeartbeatOrder m_order;            //!< sorts out latecomers
    std::optional<Expectation> m_next; //!< nothing before the start
};

} // namespace ns3::detection

#endif /* EXPECTED_ARRIVAL_DETECTOR_H */
