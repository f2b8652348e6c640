#ifndef CASSANDRA_DETECTOR_H
#define CASSANDRA_DETECTOR_H

#include "failure-detector.h"
#include "heartbeat-order.h"
#include "interval-window.h"

namespace ns3::detection
{

/** Settings of CassandraDetector. */
struct CassandraSettings
{
    double threshold{8};                          //!< phi_convict_threshold, above 0
    std::size_t window{1000};                     //!< intervals remembered, at least 1
    Nanos period{std::chrono::milliseconds(100)}; //!< between two heartbeats, above 0
};

/**
 * The accrual detector of Apache Cassandra (gms/FailureDetector): intervals taken as exponential,
 * so that phi = silence / mean, and the peer convicted once phi / ln 10 exceeds the threshold. As
 * there, the first interval remembered is twice the period, and intervals longer than that are not
 * learnt.
 *
 * Level(): silence / mean, which is phi before it is divided by ln 10.
 */
class CassandraDetector : public FailureDetector
{
  public:
    /** @throws std::invalid_argument where a setting is out of its range */
    explicit CassandraDetector(const CassandraSettings& settings);

    void Start(Nanos now) override;
    void OnArrival(const PeerArrival& arrival) override;
    double Level(Nanos now) const override;
    bool Suspects(Nanos now) const override;
    std::optional<Nanos> Deadline() const override;

  private:
    Nanos Tolerated() const;

    CassandraSettings m_settings; //!< as given
    HeartbeatOrder m_order;       //!< sorts out latecomers
    IntervalWindow m_intervals;   //!< the latest intervals
    bool m_heard{false};          //!< whether a heartbeat ever arrived
    std::optional<Nanos> m_last;  //!< last new heartbeat, or the start
};

} // namespace ns3::detection

#endif /* CASSANDRA_DETECTOR_H */
