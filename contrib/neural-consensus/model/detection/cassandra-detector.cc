#include "cassandra-detector.h"

#include "detection-constants.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

CassandraDetector::CassandraDetector(const CassandraSettings& settings)
    : m_settings(settings),
      m_intervals(settings.window)
{
    if (!(settings.threshold > 0) || settings.period <= Nanos(0))
    {
        throw std::invalid_argument("cassandra: expected a threshold and a period above 0");
    }
    m_intervals.Add(2 * settings.period);
}

void
CassandraDetector::Start(Nanos now)
{
    m_last = now;
}

void
CassandraDetector::OnArrival(const PeerArrival& arrival)
{
    if (arrival.kind != PeerArrival::Kind::HEARTBEAT)
    {
        return;
    }
    const HeartbeatOrder::Verdict order = m_order.Take(arrival);
    if (order == HeartbeatOrder::Verdict::LATE)
    {
        return;
    }
    if (m_heard && order == HeartbeatOrder::Verdict::NEXT)
    {
        const Nanos interval = std::max(arrival.arrived - *m_last, Nanos(0));
        if (interval <= 2 * m_settings.period)
        {
            m_intervals.Add(interval);
        }
    }
    m_heard = true;
    m_last = arrival.arrived;
}

double
CassandraDetector::Level(Nanos now) const
{
    return m_last ? static_cast<double>((now - *m_last).count()) / std::max(m_intervals.Mean(), 1.0)
                  : 0;
}

Nanos
CassandraDetector::Tolerated() const
{
    // Convicted above the threshold: the first whole nanosecond beyond it.
    const double silence = m_settings.threshold * LN10 * std::max(m_intervals.Mean(), 1.0);
    return Nanos(static_cast<int64_t>(std::floor(std::min(silence, LONGEST_NS))) + 1);
}

bool
CassandraDetector::Suspects(Nanos now) const
{
    return m_last && now >= *m_last + Tolerated();
}

std::optional<Nanos>
CassandraDetector::Deadline() const
{
    return m_last ? std::make_optional(*m_last + Tolerated()) : std::nullopt;
}

} // namespace ns3::detection
