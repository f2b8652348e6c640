#include "bertier-detector.h"

#include "detection-constants.h"

#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

BertierDetector::BertierDetector(const BertierSettings& settings)
    : ExpectedArrivalDetector(settings.period),
      m_settings(settings),
      m_estimator(settings.window, settings.period)
{
    if (!(settings.gamma > 0 && settings.gamma <= 1) || !(settings.beta > 0) || !(settings.phi > 0))
    {
        throw std::invalid_argument(
            "bertier: expected gamma above 0 and at most 1, beta and phi above 0");
    }
}

ExpectedArrivalDetector::Expectation
BertierDetector::Expect(Nanos now) const
{
    return {now + Period(), Period()};
}

ExpectedArrivalDetector::Expectation
BertierDetector::Learn(const PeerArrival& heartbeat, bool restarted)
{
    if (restarted)
    {
        m_estimator.Clear(); // the network's delay and its variation are as they were
    }
    if (m_any && !restarted)
    {
        const Nanos late = heartbeat.arrived - m_estimator.Expected(heartbeat.sequence);
        const double error = static_cast<double>(late.count()) - m_delayNs;
        m_delayNs += m_settings.gamma * error;
        m_varNs += m_settings.gamma * (std::abs(error) - m_varNs);
    }
    m_any = true;
    m_estimator.Add(heartbeat.sequence, heartbeat.arrived);
    const double margin =
        HeldSpan(m_settings.beta * m_delayNs) + HeldSpan(m_settings.phi * m_varNs);
    return {m_estimator.ExpectedAfter(heartbeat.sequence), RoundedSpan(margin)};
}

} // namespace ns3::detection
