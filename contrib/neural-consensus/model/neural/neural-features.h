#ifndef NEURAL_FEATURES_H
#define NEURAL_FEATURES_H

#include "neural-peer-history.h"
#include "neural-types.h"

#include "ns3/peer-arrival.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ns3::neural
{

/** Column of each feature; formulas at FeatureExtractor. */
enum Feature : std::size_t
{
    LATENCY_MEAN,
    LATENCY_STD,
    LATENCY_TREND,
    LATENCY_JITTER,
    MESSAGE_RATE,
    DROP_RATE,
    HEARTBEAT_REGULARITY,
    MISSED_HEARTBEATS,
    RESPONSE_RATE,
    RESPONSE_TIME,
    TERM_FRESHNESS,
    LOG_PROGRESS,
    COMMIT_PROGRESS,
    LEADER_STATUS,
    TIME_SINCE_LAST,
    HEALTH_SCORE
};

/**
 * The features of one peer for one observer, from nothing but the messages that arrived and the
 * observer's own clock. Pure: time comes with the calls.
 *
 * Let H be the horizon (1 s), I the heartbeat period, and the arrivals those handled in (now - H,
 * now]: heartbeats and replies, twice as many as should come at most. d = arrival (observer's
 * clock) - sending (peer's clock) is the one-way latency plus the unknown difference of the clocks.
 * That difference is estimated by the smallest d and the smallest round trip R of the last 10 s:
 * the fastest message is taken to have needed R / 2. Shifting either clock changes nothing; a drift
 * of 50 ppm adds at most 0.5 ms. A latency that rises for good fades from the one-way features
 * within 10 s as far as it is asymmetric, and stays in them (through R) as far as it is symmetric.
 *
 * | column | formula | unit | range | without data |
 * |---|---|---|---|---|
 * | latency_mean | mean(d) - min d + R / 2 | s | 0..5 | 0 |
 * | latency_deviation | population standard deviation of d | s | 0..5 | 0 (below 2) |
 * | latency_trend | least-squares slope of d over arrival time | s/s | -1..1 | 0 (below 3) |
 * | latency_jitter | mean of abs(d - d of the arrival before) | s | 0..5 | 0 (below 2) |
 * | message_rate | arrivals / (2 H / I): per message that should come | 1 | 0..2 | 0 |
 * | drop_rate | numbers missing among the heartbeats' sequence numbers, as share | 1 | 0..1 | 0 |
 * | heartbeat_regularity | 1 / (1 + sd / mean) of the intervals between heartbeats | 1 | 0..1 | 0 |
 * | missed_heartbeats | floor((now - last heartbeat) / I) | heartbeats | 0..20 | since start |
 * | response_rate | answered share of own heartbeats of an age in [G, G + H) | 1 | 0..1 | 1 |
 * | response_time | mean round trip of replies that arrived | s | 0..5 | 0 |
 * | term_freshness | x / (1 + abs(x)), x = peer's term - known term | 1 | -1..1 | 0 |
 * | log_progress | x / (16 + abs(x)), x = peer's last index - known one | 1 | -1..1 | 0 |
 * | commit_progress | x / (16 + abs(x)), x = peer's commit index - known one | 1 | -1..1 | 0 |
 * | leader_status | 1: it says that it leads; -1: so does another in its term | 1 | -1..1 | 0 |
 * | time_since_last_message | now - last arrival of any kind | s | 0..5 | since start |
 * | health_score | below | 1 | 0..1 | by the same formula |
 *
 * While the observation is younger than H, its age (at least I) takes the place of H in
 * message_rate. G is twice R, within [I, H]: younger heartbeats cannot have been answered yet.
 * Duplicates and latecomers count as messages but not as heartbeats; a latecomer is not missing. A
 * restart of the peer begins a new count of sequence numbers. Status comes from the newest message;
 * "known" is what the caller knows from elsewhere.
 *
 * health_score = min(1, message_rate) (1 - drop_rate) response_rate (1 + heartbeat_regularity) / 2
 * min(1, 2 I / max(time_since_last_message, I)).
 *
 * Never part of a feature: absolute clocks, sequence numbers, terms or indices, time since start,
 * identities. Constant memory, constant time per message and per tick.
 */
class FeatureExtractor
{
  public:
    using Nanos = detection::Nanos;

    /** @throws std::invalid_argument where a span is out of its range */
    explicit FeatureExtractor(const FeatureSettings& settings = FeatureSettings());

    /** Forgets everything; the observation begins now. */
    void Start(Nanos now);

    /**
     * Takes a message from the peer, in order of arrival. Where the observer's own clock has been
     * set back since the last one, what was remembered has lost its sense and the observation
     * begins anew.
     */
    void OnArrival(const detection::PeerArrival& arrival);

    /** Takes note of an own heartbeat to the peer. */
    void OnSent(uint64_t sequence, Nanos now);

    /**
     * @param now observer's clock, at or after the last arrival
     * @param known the most advanced status known from elsewhere (the observer's own and its other
     *              peers'); `leader`: whether one of them says that it leads in this peer's term
     * @return the features; finite and within their ranges whatever has arrived
     */
    FeatureRow Tick(Nanos now, const detection::PeerStatus& known) const;

    /** @return the peer's status in its newest message; nothing before the first */
    const std::optional<detection::PeerStatus>& Status() const;

    /** @return when the last message was handled; nothing before the first */
    std::optional<Nanos> LastArrival() const;

    /** @return when the last new heartbeat was handled; nothing before the first */
    std::optional<Nanos> LastHeartbeat() const;

    /** Mean and deviation of the intervals between recent heartbeats. */
    struct Intervals
    {
        std::size_t count{0};       //!< how many
        double meanSeconds{0};      //!< their mean
        double deviationSeconds{0}; //!< their population standard deviation
    };

    /** @return the intervals between the heartbeats of the last H before `now` */
    Intervals HeartbeatIntervals(Nanos now) const;

  private:
    static constexpr std::size_t BUCKETS = 20; //!< pieces of the base horizon

    void FillLatency(std::size_t count, const PeerHistory::Minima& minima, FeatureRow& row) const;
    void FillArrivals(Nanos now, std::size_t count, FeatureRow& row) const;
    double ResponseRate(Nanos now, const PeerHistory::Minima& minima) const;
    void FillStatus(const detection::PeerStatus& known, FeatureRow& row) const;

    FeatureSettings m_settings;                    //!< as given
    PeerHistory m_history;                         //!< what arrived and what was sent
    Nanos m_start{};                               //!< beginning of the observation
    std::optional<Nanos> m_lastArrival;            //!< of any message
    std::optional<Nanos> m_lastHeartbeat;          //!< of a new one
    std::optional<detection::PeerStatus> m_status; //!< in the newest message
    Nanos m_statusClock{};                         //!< its stamp
};

} // namespace ns3::neural

#endif /* NEURAL_FEATURES_H */
