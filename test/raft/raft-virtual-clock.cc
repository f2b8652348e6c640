#include "raft-virtual-clock.h"

#include <cmath>

namespace ns3::raft::test
{

TimePoint
VirtualClock::Read(TimePoint trueNow) const
{
    const auto span = static_cast<double>((trueNow - m_trueSince).count());
    return m_shownThen + Duration(static_cast<Duration::rep>(std::floor(span * m_rate)));
}

TimePoint
VirtualClock::When(TimePoint reading) const
{
    const auto span = static_cast<double>((reading - m_shownThen).count());
    TimePoint at = m_trueSince + Duration(static_cast<Duration::rep>(std::ceil(span / m_rate)));
    while (Read(at) < reading)
    {
        ++at; // rounding
    }
    return at;
}

void
VirtualClock::SetRate(TimePoint trueNow, double rate)
{
    m_shownThen = Read(trueNow);
    m_trueSince = trueNow;
    m_rate = rate;
}

void
VirtualClock::Jump(TimePoint trueNow, Duration by)
{
    m_shownThen = Read(trueNow) + by;
    m_trueSince = trueNow;
}

} // namespace ns3::raft::test
