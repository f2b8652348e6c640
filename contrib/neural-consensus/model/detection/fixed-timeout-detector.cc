#include "fixed-timeout-detector.h"

#include <stdexcept>

namespace ns3::detection
{

FixedTimeoutDetector::FixedTimeoutDetector(Nanos timeout)
    : m_timeout(timeout)
{
    if (timeout <= Nanos(0))
    {
        throw std::invalid_argument("fixed-timeout: the timeout must be above 0");
    }
}

void
FixedTimeoutDetector::Start(Nanos now)
{
    m_last = now;
}

void
FixedTimeoutDetector::OnArrival(const PeerArrival& arrival)
{
    if (arrival.kind == PeerArrival::Kind::HEARTBEAT &&
        m_order.Take(arrival) != HeartbeatOrder::Verdict::LATE)
    {
        m_last = arrival.arrived;
    }
}

double
FixedTimeoutDetector::Level(Nanos now) const
{
    if (!m_last)
    {
        return 0;
    }
    return static_cast<double>((now - *m_last).count()) / static_cast<double>(m_timeout.count());
}

bool
FixedTimeoutDetector::Suspects(Nanos now) const
{
    return m_last && now - *m_last >= m_timeout;
}

std::optional<Nanos>
FixedTimeoutDetector::Deadline() const
{
    return m_last ? std::optional<Nanos>(*m_last + m_timeout) : std::nullopt;
}

} // namespace ns3::detection
