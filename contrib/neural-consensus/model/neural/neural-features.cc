#include "neural-features.h"

#include <algorithm>
#include <cmath>

namespace ns3::neural
{

namespace
{

using detection::Nanos;
using Kind = PeerHistory::Kind;

constexpr double LONGEST_SECONDS = 5; //!< bound of every time among the features
constexpr double MOST_MISSED = 20;    //!< bound of missed_heartbeats
constexpr double TERM_SCALE = 1;      //!< lag at which term_freshness is -1/2
constexpr double INDEX_SCALE = 16;    //!< the same for log and commit progress

double
ToSeconds(Nanos span)
{
    return static_cast<double>(span.count()) * 1e-9;
}

double
BoundedSeconds(double seconds)
{
    return std::clamp(seconds, 0.0, LONGEST_SECONDS);
}

/** @return a - b for a not below b, both of any size, s */
double
OffsetSeconds(int64_t a, int64_t b)
{
    return static_cast<double>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)) * 1e-9;
}

/** @return how far `a` is ahead of `b`, from -1 to 1 */
double
Ahead(uint64_t a, uint64_t b, double scale)
{
    const double x = a >= b ? static_cast<double>(a - b) : -static_cast<double>(b - a);
    return x / (scale + std::abs(x));
}

} // namespace

FeatureExtractor::FeatureExtractor(const FeatureSettings& settings)
    : m_settings(settings),
      m_history(settings)
{
}

void
FeatureExtractor::Start(Nanos now)
{
    m_start = now;
    m_history.Start(now);
    m_lastArrival.reset();
    m_lastHeartbeat.reset();
    m_status.reset();
}

void
FeatureExtractor::OnArrival(const detection::PeerArrival& arrival)
{
    if (arrival.arrived < m_lastArrival.value_or(m_start))
    {
        Start(arrival.arrived);
    }
    const Kind kind = m_history.Add(arrival);
    m_lastArrival = arrival.arrived;
    if (kind == Kind::HEARTBEAT)
    {
        m_lastHeartbeat = arrival.arrived;
    }
    // A reply may be overtaken, too; among messages of one process the peer's clock tells.
    const bool newest =
        kind == Kind::HEARTBEAT || (kind == Kind::REPLY && arrival.peerClock >= m_statusClock);
    if (!m_status || newest)
    {
        m_status = arrival.status;
        m_statusClock = arrival.peerClock;
    }
}

void
FeatureExtractor::OnSent(uint64_t sequence, Nanos now)
{
    m_history.AddSent(sequence, now);
}

FeatureRow
FeatureExtractor::Tick(Nanos now, const detection::PeerStatus& known) const
{
    now = std::max(now, m_lastArrival.value_or(m_start));
    const std::size_t count = m_history.CountSince(now - m_settings.horizon);
    const PeerHistory::Minima minima = m_history.FindMinima(now);
    FeatureRow row{};
    FillLatency(count, minima, row);
    FillArrivals(now, count, row);
    row[DROP_RATE] = static_cast<float>(m_history.MissingShare(count));
    row[RESPONSE_RATE] = static_cast<float>(ResponseRate(now, minima));
    FillStatus(known, row);

    const double interval = ToSeconds(m_settings.interval);
    const double silence = std::max<double>(row[TIME_SINCE_LAST], interval);
    row[HEALTH_SCORE] = static_cast<float>(
        std::min<double>(1, row[MESSAGE_RATE]) * (1 - row[DROP_RATE]) * row[RESPONSE_RATE] *
        (1 + row[HEARTBEAT_REGULARITY]) / 2 * std::min(1.0, 2 * interval / silence));
    return row;
}

const std::optional<detection::PeerStatus>&
FeatureExtractor::Status() const
{
    return m_status;
}

std::optional<Nanos>
FeatureExtractor::LastArrival() const
{
    return m_lastArrival;
}

std::optional<Nanos>
FeatureExtractor::LastHeartbeat() const
{
    return m_lastHeartbeat;
}

FeatureExtractor::Intervals
FeatureExtractor::HeartbeatIntervals(Nanos now) const
{
    Intervals result;
    double sum = 0;
    double squares = 0;
    std::optional<Nanos> later;
    const double reference = ToSeconds(m_settings.interval);
    const std::size_t count = m_history.CountSince(now - m_settings.horizon);
    for (std::size_t i = 0; i < count; ++i)
    {
        const PeerHistory::Arrival& arrival = m_history.FromNewest(i);
        if (arrival.kind != Kind::HEARTBEAT)
        {
            continue;
        }
        if (later)
        {
            const double deviation = ToSeconds(*later - arrival.at) - reference;
            sum += deviation;
            squares += deviation * deviation;
            ++result.count;
        }
        later = arrival.at;
    }
    if (result.count > 0)
    {
        const double n = static_cast<double>(result.count);
        const double mean = sum / n;
        result.meanSeconds = reference + mean;
        result.deviationSeconds = std::sqrt(std::max(squares / n - mean * mean, 0.0));
    }
    return result;
}

void
FeatureExtractor::FillLatency(std::size_t count,
                              const PeerHistory::Minima& minima,
                              FeatureRow& row) const
{
    if (count == 0)
    {
        return;
    }
    // x: arrival time, y: d above the fastest message of the base horizon.
    const double n = static_cast<double>(count);
    const Nanos newest = m_history.FromNewest(0).at;
    double sumX = 0;
    double sumY = 0;
    double jitter = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const PeerHistory::Arrival& arrival = m_history.FromNewest(i);
        sumX += ToSeconds(arrival.at - newest);
        sumY += OffsetSeconds(arrival.offset, minima.offset);
        if (i + 1 < count)
        {
            const auto [low, high] =
                std::minmax(arrival.offset, m_history.FromNewest(i + 1).offset);
            jitter += OffsetSeconds(high, low);
        }
    }
    const double meanX = sumX / n;
    const double meanY = sumY / n;
    double varianceX = 0;
    double varianceY = 0;
    double covariance = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const PeerHistory::Arrival& arrival = m_history.FromNewest(i);
        const double x = ToSeconds(arrival.at - newest) - meanX;
        const double y = OffsetSeconds(arrival.offset, minima.offset) - meanY;
        varianceX += x * x;
        varianceY += y * y;
        covariance += x * y;
    }
    row[LATENCY_MEAN] = static_cast<float>(BoundedSeconds(meanY + ToSeconds(minima.roundTrip) / 2));
    if (count >= 2)
    {
        row[LATENCY_STD] = static_cast<float>(BoundedSeconds(std::sqrt(varianceY / n)));
        row[LATENCY_JITTER] = static_cast<float>(BoundedSeconds(jitter / (n - 1)));
    }
    if (count >= 3 && varianceX > 0)
    {
        row[LATENCY_TREND] = static_cast<float>(std::clamp(covariance / varianceX, -1.0, 1.0));
    }
}

void
FeatureExtractor::FillArrivals(Nanos now, std::size_t count, FeatureRow& row) const
{
    const Nanos observed = std::clamp(now - m_start, m_settings.interval, m_settings.horizon);
    const double expected = 2 * ToSeconds(observed) / ToSeconds(m_settings.interval);
    row[MESSAGE_RATE] = static_cast<float>(std::min(2.0, static_cast<double>(count) / expected));

    const Intervals intervals = HeartbeatIntervals(now);
    if (intervals.count >= 2 && intervals.meanSeconds > 0)
    {
        row[HEARTBEAT_REGULARITY] =
            static_cast<float>(1 / (1 + intervals.deviationSeconds / intervals.meanSeconds));
    }
    const int64_t missed = (now - m_lastHeartbeat.value_or(m_start)) / m_settings.interval;
    row[MISSED_HEARTBEATS] =
        static_cast<float>(std::clamp(static_cast<double>(missed), 0.0, MOST_MISSED));
    row[TIME_SINCE_LAST] =
        static_cast<float>(BoundedSeconds(ToSeconds(now - m_lastArrival.value_or(m_start))));

    double sum = 0;
    std::size_t replies = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const PeerHistory::Arrival& arrival = m_history.FromNewest(i);
        if (arrival.kind == Kind::REPLY)
        {
            sum += BoundedSeconds(ToSeconds(arrival.roundTrip));
            ++replies;
        }
    }
    if (replies > 0)
    {
        row[RESPONSE_TIME] = static_cast<float>(sum / static_cast<double>(replies));
    }
}

double
FeatureExtractor::ResponseRate(Nanos now, const PeerHistory::Minima& minima) const
{
    const Nanos settled = std::clamp(2 * minima.roundTrip, m_settings.interval, m_settings.horizon);
    const PeerHistory::Answers answers =
        m_history.CountAnswers(now - settled - m_settings.horizon, now - settled);
    return answers.sent == 0
               ? 1
               : static_cast<double>(answers.answered) / static_cast<double>(answers.sent);
}

void
FeatureExtractor::FillStatus(const detection::PeerStatus& known, FeatureRow& row) const
{
    if (!m_status)
    {
        return;
    }
    row[TERM_FRESHNESS] = static_cast<float>(Ahead(m_status->term, known.term, TERM_SCALE));
    row[LOG_PROGRESS] =
        static_cast<float>(Ahead(m_status->lastIndex, known.lastIndex, INDEX_SCALE));
    row[COMMIT_PROGRESS] =
        static_cast<float>(Ahead(m_status->commitIndex, known.commitIndex, INDEX_SCALE));
    if (m_status->leader)
    {
        row[LEADER_STATUS] = known.leader ? -1.0F : 1.0F;
    }
}

} // namespace ns3::neural
