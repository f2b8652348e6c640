#include "neural-features.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::neural
{

namespace
{

using detection::Nanos;

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

/** @return a - b, both kept within what an int64 difference of differences can hold: b is not ours
 */
int64_t
Difference(Nanos a, Nanos b)
{
    constexpr int64_t LIMIT = int64_t{1} << 60;
    return std::clamp(a.count(), -LIMIT, LIMIT) - std::clamp(b.count(), -LIMIT, LIMIT);
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
    : m_settings(settings)
{
    if (settings.interval <= Nanos(0) || settings.horizon < settings.interval ||
        settings.baseHorizon < settings.horizon ||
        settings.baseHorizon < Nanos(static_cast<int64_t>(BUCKETS)) ||
        settings.horizon / settings.interval > 10000)
    {
        throw std::invalid_argument("features: expected 0 < interval <= horizon <= base horizon "
                                    "and at most 10000 intervals in the horizon");
    }
    // Twice what should come within the horizon; for own heartbeats what may still be answered.
    const auto expected = static_cast<std::size_t>(settings.horizon / settings.interval);
    m_arrivals.resize(std::max<std::size_t>(64, 4 * expected));
    m_sent.resize(std::max<std::size_t>(64, 3 * expected));
}

void
FeatureExtractor::Start(Nanos now)
{
    m_start = now;
    m_arrivalCount = 0;
    m_forgotten = 0;
    std::fill(m_sent.begin(), m_sent.end(), Sent());
    m_buckets.fill(Bucket());
    m_order = detection::HeartbeatOrder();
    m_life = 0;
    m_lastArrival.reset();
    m_lastHeartbeat.reset();
    m_status.reset();
}

void
FeatureExtractor::OnArrival(const detection::PeerArrival& arrival)
{
    if (m_lastArrival && arrival.arrived < *m_lastArrival)
    {
        Start(arrival.arrived);
    }
    Arrival entry;
    entry.at = arrival.arrived;
    entry.offset = Difference(arrival.arrived, arrival.peerClock);
    if (arrival.kind == detection::PeerArrival::Kind::REPLY)
    {
        entry.kind = Kind::REPLY;
        entry.roundTrip = arrival.roundTrip;
        Sent& sent = m_sent[arrival.sequence % m_sent.size()];
        sent.answered = sent.answered || sent.sequence == arrival.sequence;
    }
    else
    {
        entry.kind = Classify(arrival);
        entry.sequence = arrival.sequence;
        if (entry.kind == Kind::HEARTBEAT)
        {
            m_lastHeartbeat = arrival.arrived;
        }
    }
    entry.life = m_life;
    Append(entry);
    UpdateMinima(entry);
    m_lastArrival = arrival.arrived;
    const bool overtaken = entry.kind == Kind::LATE || entry.kind == Kind::DUPLICATE ||
                           (entry.kind == Kind::REPLY && arrival.peerClock < m_statusClock);
    if (!m_status || !overtaken)
    {
        m_status = arrival.status;
        m_statusClock = arrival.peerClock;
    }
}

void
FeatureExtractor::OnSent(uint64_t sequence, Nanos now)
{
    m_sent[sequence % m_sent.size()] = Sent{sequence, now, false};
}

FeatureRow
FeatureExtractor::Tick(Nanos now, const detection::PeerStatus& known) const
{
    now = std::max(now, m_lastArrival.value_or(m_start));
    const std::size_t count = CountSince(now - m_settings.horizon);
    const Minima minima = FindMinima(now);
    FeatureRow row{};
    FillLatency(count, minima, row);
    FillArrivals(now, count, row);
    row[DROP_RATE] = static_cast<float>(DropRate(count));
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
    const std::size_t count = CountSince(now - m_settings.horizon);
    for (std::size_t i = 0; i < count; ++i)
    {
        const Arrival& arrival = FromNewest(i);
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

const FeatureExtractor::Arrival&
FeatureExtractor::FromNewest(std::size_t i) const
{
    return m_arrivals[(m_arrivalCount - 1 - i) % m_arrivals.size()];
}

std::size_t
FeatureExtractor::CountSince(Nanos moment) const
{
    const auto stored =
        static_cast<std::size_t>(std::min<uint64_t>(m_arrivalCount, m_arrivals.size()));
    std::size_t count = 0;
    while (count < stored && FromNewest(count).at > moment)
    {
        ++count;
    }
    return count;
}

FeatureExtractor::Kind
FeatureExtractor::Classify(const detection::PeerArrival& heartbeat)
{
    switch (m_order.Take(heartbeat))
    {
    case detection::HeartbeatOrder::Verdict::NEXT:
        return Kind::HEARTBEAT;
    case detection::HeartbeatOrder::Verdict::RESTART:
        ++m_life;
        m_forgotten = 0;
        return Kind::HEARTBEAT;
    case detection::HeartbeatOrder::Verdict::LATE:
        break;
    }
    const std::size_t stored = CountSince(Nanos::min());
    for (std::size_t i = 0; i < stored; ++i)
    {
        const Arrival& before = FromNewest(i);
        if (before.kind != Kind::REPLY && before.life == m_life &&
            before.sequence == heartbeat.sequence)
        {
            return Kind::DUPLICATE;
        }
    }
    return Kind::LATE;
}

void
FeatureExtractor::Append(const Arrival& arrival)
{
    Arrival& slot = m_arrivals[m_arrivalCount % m_arrivals.size()];
    if (m_arrivalCount >= m_arrivals.size() && slot.kind == Kind::HEARTBEAT && slot.life == m_life)
    {
        m_forgotten = slot.sequence;
    }
    slot = arrival;
    ++m_arrivalCount;
}

void
FeatureExtractor::UpdateMinima(const Arrival& arrival)
{
    const Nanos length = m_settings.baseHorizon / static_cast<int64_t>(BUCKETS);
    const int64_t piece = (arrival.at - m_start) / length;
    Bucket& bucket = m_buckets[static_cast<std::size_t>(piece) % BUCKETS];
    if (bucket.piece != piece)
    {
        bucket = Bucket{piece, arrival.offset, Nanos(0), false};
    }
    bucket.offset = std::min(bucket.offset, arrival.offset);
    if (arrival.kind == Kind::REPLY)
    {
        bucket.roundTrip =
            bucket.anyReply ? std::min(bucket.roundTrip, arrival.roundTrip) : arrival.roundTrip;
        bucket.anyReply = true;
    }
}

FeatureExtractor::Minima
FeatureExtractor::FindMinima(Nanos now) const
{
    const Nanos length = m_settings.baseHorizon / static_cast<int64_t>(BUCKETS);
    const int64_t oldest = (now - m_start) / length - static_cast<int64_t>(BUCKETS) + 1;
    Minima minima;
    bool any = false;
    bool anyReply = false;
    for (const Bucket& bucket : m_buckets)
    {
        if (bucket.piece < 0 || bucket.piece < oldest)
        {
            continue;
        }
        minima.offset = any ? std::min(minima.offset, bucket.offset) : bucket.offset;
        any = true;
        if (bucket.anyReply)
        {
            minima.roundTrip =
                anyReply ? std::min(minima.roundTrip, bucket.roundTrip) : bucket.roundTrip;
            anyReply = true;
        }
    }
    return minima;
}

void
FeatureExtractor::FillLatency(std::size_t count, const Minima& minima, FeatureRow& row) const
{
    if (count == 0)
    {
        return;
    }
    // x: arrival time, y: d above the fastest message of the base horizon.
    const double n = static_cast<double>(count);
    const Nanos newest = FromNewest(0).at;
    double sumX = 0;
    double sumY = 0;
    double jitter = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const Arrival& arrival = FromNewest(i);
        sumX += ToSeconds(arrival.at - newest);
        sumY += static_cast<double>(arrival.offset - minima.offset) * 1e-9;
        if (i + 1 < count)
        {
            const int64_t change = arrival.offset - FromNewest(i + 1).offset;
            jitter += std::abs(static_cast<double>(change)) * 1e-9;
        }
    }
    const double meanX = sumX / n;
    const double meanY = sumY / n;
    double varianceX = 0;
    double varianceY = 0;
    double covariance = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const Arrival& arrival = FromNewest(i);
        const double x = ToSeconds(arrival.at - newest) - meanX;
        const double y = static_cast<double>(arrival.offset - minima.offset) * 1e-9 - meanY;
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
        const Arrival& arrival = FromNewest(i);
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
FeatureExtractor::DropRate(std::size_t count) const
{
    // New heartbeats rise within a life, so the last one before the horizon is where counting
    // begins, and the first one within it where nothing came before.
    const auto stored =
        static_cast<std::size_t>(std::min<uint64_t>(m_arrivalCount, m_arrivals.size()));
    uint64_t base = m_forgotten;
    for (std::size_t i = count; i < stored; ++i)
    {
        const Arrival& arrival = FromNewest(i);
        if (arrival.kind == Kind::HEARTBEAT && arrival.life == m_life)
        {
            base = arrival.sequence;
            break;
        }
    }
    uint64_t newest = 0;
    uint64_t first = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const Arrival& arrival = FromNewest(i);
        if (arrival.kind == Kind::HEARTBEAT && arrival.life == m_life)
        {
            newest = std::max(newest, arrival.sequence);
            first = arrival.sequence;
        }
    }
    if (newest == 0)
    {
        return 0;
    }
    if (base == 0)
    {
        base = first > 0 ? first - 1 : 0;
    }
    std::size_t received = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const Arrival& arrival = FromNewest(i);
        const bool counts = arrival.kind == Kind::HEARTBEAT || arrival.kind == Kind::LATE;
        received += counts && arrival.life == m_life && arrival.sequence > base ? 1 : 0;
    }
    const double sent = static_cast<double>(newest - base);
    return std::clamp(1 - static_cast<double>(received) / sent, 0.0, 1.0);
}

double
FeatureExtractor::ResponseRate(Nanos now, const Minima& minima) const
{
    const Nanos settled = std::clamp(2 * minima.roundTrip, m_settings.interval, m_settings.horizon);
    std::size_t sent = 0;
    std::size_t answered = 0;
    for (const Sent& heartbeat : m_sent)
    {
        const Nanos age = now - heartbeat.at;
        if (heartbeat.sequence != 0 && age >= settled && age < settled + m_settings.horizon)
        {
            ++sent;
            answered += heartbeat.answered ? 1 : 0;
        }
    }
    return sent == 0 ? 1 : static_cast<double>(answered) / static_cast<double>(sent);
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
