#include "expected-arrival-detector.h"

#include <stdexcept>

namespace ns3::detection
{

ExpectedArrivalDetector::ExpectedArrivalDetector(Nanos period)
    : m_period(period)
{
    if (period <= Nanos(0))
    {
        throw std::invalid_argument("the period of heartbeats must be above 0");
    }
}

void
ExpectedArrivalDetector::Start(Nanos now)
{
    m_next = Expect(now);
}

void
ExpectedArrivalDetector::OnArrival(const PeerArrival& arrival)
{
    if (arrival.kind != PeerArrival::Kind::HEARTBEAT)
    {
        return;
    }
    const HeartbeatOrder::Verdict order = m_order.Take(arrival);
    if (order != HeartbeatOrder::Verdict::LATE)
    {
        m_next = Learn(arrival, order == HeartbeatOrder::Verdict::RESTART);
    }
}

double
ExpectedArrivalDetector::Level(Nanos now) const
{
    return m_next ? std::chrono::duration<double>(now - m_next->arrival).count() : 0;
}

bool
ExpectedArrivalDetector::Suspects(Nanos now) const
{
    return m_next && now >= m_next->arrival + m_next->margin;
}

std::optional<Nanos>
ExpectedArrivalDetector::Deadline() const
{
    return m_next ? std::make_optional(m_next->arrival + m_next->margin) : std::nullopt;
}

Nanos
ExpectedArrivalDetector::Period() const
{
    return m_period;
}

} // namespace ns3::detection
