#include "two-window-detector.h"

#include <algorithm>
#include <stdexcept>

namespace ns3::detection
{

TwoWindowDetector::TwoWindowDetector(const TwoWindowSettings& settings)
    : ExpectedArrivalDetector(settings.period),
      m_margin(settings.margin),
      m_short(settings.shortWindow, settings.period),
      m_long(settings.longWindow, settings.period)
{
    if (settings.margin < Nanos(0) || settings.longWindow < settings.shortWindow)
    {
        throw std::invalid_argument("two-window: expected a margin from 0 up and a long window "
                                    "that is not below the short one");
    }
}

ExpectedArrivalDetector::Expectation
TwoWindowDetector::Expect(Nanos now) const
{
    return {now + Period(), m_margin};
}

ExpectedArrivalDetector::Expectation
TwoWindowDetector::Learn(const PeerArrival& heartbeat, bool restarted)
{
    if (restarted)
    {
        m_short.Clear();
        m_long.Clear();
    }
    m_short.Add(heartbeat.sequence, heartbeat.arrived);
    m_long.Add(heartbeat.sequence, heartbeat.arrived);
    const uint64_t last = heartbeat.sequence;
    return {std::max(m_short.ExpectedAfter(last), m_long.ExpectedAfter(last)), m_margin};
}

} // namespace ns3::detection
