#include "chen-detector.h"

#include <stdexcept>

namespace ns3::detection
{

namespace
{

/** @return alpha, if it is good */
Nanos
CheckAlpha(Nanos alpha)
{
    if (alpha < Nanos(0))
    {
        throw std::invalid_argument("chen: alpha must not be below 0");
    }
    return alpha;
}

} // namespace

ChenNfdSDetector::ChenNfdSDetector(const ChenSettings& settings)
    : ExpectedArrivalDetector(settings.period),
      m_alpha(CheckAlpha(settings.alpha))
{
}

ExpectedArrivalDetector::Expectation
ChenNfdSDetector::Expect(Nanos now) const
{
    return {now + Period(), m_alpha};
}

ExpectedArrivalDetector::Expectation
ChenNfdSDetector::Learn(const PeerArrival& heartbeat, bool /* restarted */)
{
    return {heartbeat.peerClock + Period(), m_alpha};
}

ChenNfdEDetector::ChenNfdEDetector(const ChenSettings& settings)
    : ExpectedArrivalDetector(settings.period),
      m_alpha(CheckAlpha(settings.alpha)),
      m_estimator(settings.window, settings.period)
{
}

ExpectedArrivalDetector::Expectation
ChenNfdEDetector::Expect(Nanos now) const
{
    return {now + Period(), m_alpha};
}

ExpectedArrivalDetector::Expectation
ChenNfdEDetector::Learn(const PeerArrival& heartbeat, bool restarted)
{
    if (restarted)
    {
        m_estimator.Clear();
    }
    m_estimator.Add(heartbeat.sequence, heartbeat.arrived);
    return {m_estimator.ExpectedAfter(heartbeat.sequence), m_alpha};
}

} // namespace ns3::detection
