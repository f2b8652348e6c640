#include "neural-peer-history.h"

#include <algorithm>
#include <stdexcept>

namespace ns3::neural
{

namespace
{

using detection::Nanos;

/** @return a - b; wraps round where the peer sends a stamp that no clock shows, instead of
 * overflowing */
int64_t
Difference(Nanos a, Nanos b)
{
    return static_cast<int64_t>(static_cast<uint64_t>(a.count()) -
                                static_cast<uint64_t>(b.count()));
}

} // namespace

PeerHistory::PeerHistory(const FeatureSettings& settings)
    : m_bucketLength(settings.baseHorizon / static_cast<int64_t>(BUCKETS))
{
    if (settings.interval <= Nanos(0) || settings.horizon < settings.interval ||
        settings.baseHorizon < settings.horizon || m_bucketLength == Nanos(0) ||
        settings.horizon / settings.interval > 10000)
    {
        throw std::invalid_argument("features: expected 0 < interval <= horizon <= base horizon "
                                    "and at most 10000 intervals in the horizon");
    }
    // Twice what should come within the horizon; of own heartbeats all that are looked at.
    const auto expected = static_cast<std::size_t>(settings.horizon / settings.interval);
    m_arrivals.resize(std::max<std::size_t>(64, 4 * expected));
    m_sent.resize(std::max<std::size_t>(64, 3 * expected));
}

void
PeerHistory::Start(Nanos now)
{
    m_start = now;
    m_arrivalCount = 0;
    m_forgotten = 0;
    std::fill(m_sent.begin(), m_sent.end(), Sent());
    m_buckets.fill(Bucket());
    m_order = detection::HeartbeatOrder();
    m_life = 0;
}

PeerHistory::Kind
PeerHistory::Add(const detection::PeerArrival& message)
{
    Arrival entry;
    entry.at = message.arrived;
    entry.offset = Difference(message.arrived, message.peerClock);
    if (message.kind == detection::PeerArrival::Kind::REPLY)
    {
        entry.kind = Kind::REPLY;
        entry.roundTrip = message.roundTrip;
        Sent& sent = m_sent[message.sequence % m_sent.size()];
        sent.answered = sent.answered || sent.sequence == message.sequence;
    }
    else
    {
        entry.kind = Classify(message);
        entry.sequence = message.sequence;
    }
    entry.life = m_life;
    Append(entry);
    UpdateMinima(entry);
    return entry.kind;
}

void
PeerHistory::AddSent(uint64_t sequence, Nanos now)
{
    m_sent[sequence % m_sent.size()] = Sent{sequence, now, false};
}

std::size_t
PeerHistory::CountSince(Nanos moment) const
{
    const std::size_t stored = Stored();
    std::size_t count = 0;
    while (count < stored && FromNewest(count).at > moment)
    {
        ++count;
    }
    return count;
}

const PeerHistory::Arrival&
PeerHistory::FromNewest(std::size_t i) const
{
    return m_arrivals[(m_arrivalCount - 1 - i) % m_arrivals.size()];
}

double
PeerHistory::MissingShare(std::size_t count) const
{
    const auto isCurrent = [this](const Arrival& arrival) {
        return arrival.kind == Kind::HEARTBEAT && arrival.life == m_life;
    };
    // New heartbeats rise within a life, so the first and the last met are the extremes.
    uint64_t newest = 0;
    uint64_t first = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        if (isCurrent(FromNewest(i)))
        {
            first = FromNewest(i).sequence;
            newest = std::max(newest, first);
        }
    }
    if (newest == 0)
    {
        return 0;
    }
    // Counting begins behind the last one before; where nothing came before, with the first one.
    uint64_t base = m_forgotten;
    for (std::size_t i = count; i < Stored(); ++i)
    {
        if (isCurrent(FromNewest(i)))
        {
            base = FromNewest(i).sequence;
            break;
        }
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

PeerHistory::Answers
PeerHistory::CountAnswers(Nanos from, Nanos to) const
{
    Answers answers;
    for (const Sent& heartbeat : m_sent)
    {
        if (heartbeat.sequence != 0 && heartbeat.at > from && heartbeat.at <= to)
        {
            ++answers.sent;
            answers.answered += heartbeat.answered ? 1 : 0;
        }
    }
    return answers;
}

PeerHistory::Minima
PeerHistory::FindMinima(Nanos now) const
{
    const int64_t oldest = (now - m_start) / m_bucketLength - static_cast<int64_t>(BUCKETS) + 1;
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

PeerHistory::Kind
PeerHistory::Classify(const detection::PeerArrival& heartbeat)
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
    for (std::size_t i = 0; i < Stored(); ++i)
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

std::size_t
PeerHistory::Stored() const
{
    return static_cast<std::size_t>(std::min<uint64_t>(m_arrivalCount, m_arrivals.size()));
}

void
PeerHistory::Append(const Arrival& arrival)
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
PeerHistory::UpdateMinima(const Arrival& arrival)
{
    const int64_t piece = (arrival.at - m_start) / m_bucketLength;
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

} // namespace ns3::neural
