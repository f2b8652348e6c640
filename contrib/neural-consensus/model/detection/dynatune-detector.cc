#include "dynatune-detector.h"

#include "detection-constants.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

constexpr unsigned MOST_HEARTBEATS = 1000;

/** A jump of the numbers beyond this is no loss that a link could have. */
constexpr uint64_t LONGEST_STEP = 1000000;

} // namespace

DynatuneDetector::DynatuneDetector(const DynatuneSettings& settings)
    : ExpectedArrivalDetector(settings.period),
      m_settings(settings),
      m_estimator(settings.window, settings.period),
      m_steps(settings.window)
{
    if (!(settings.safety > 0) || !(settings.reliability > 0 && settings.reliability < 1) ||
        settings.window < 2)
    {
        throw std::invalid_argument("dynatune: expected safety above 0, reliability above 0 and "
                                    "below 1, and a window of 2 or more");
    }
}

unsigned
DynatuneDetector::Heartbeats(double loss, double reliability)
{
    if (loss <= 0)
    {
        return 1;
    }
    if (loss >= 1)
    {
        return MOST_HEARTBEATS;
    }
    const double count = std::ceil(std::log1p(-reliability) / std::log(loss));
    return static_cast<unsigned>(std::clamp(count, 1.0, double{MOST_HEARTBEATS}));
}

ExpectedArrivalDetector::Expectation
DynatuneDetector::Expect(Nanos now) const
{
    return {now + Period(), Period()};
}

ExpectedArrivalDetector::Expectation
DynatuneDetector::Learn(const PeerArrival& heartbeat, bool restarted)
{
    if (restarted)
    {
        m_estimator.Clear();
        m_steps.Clear();
        m_last = 0;
    }
    if (m_last != 0)
    {
        m_steps.Add(
            Nanos(static_cast<int64_t>(std::min(heartbeat.sequence - m_last, LONGEST_STEP))));
    }
    const bool measured = m_last != 0;
    m_last = heartbeat.sequence;
    m_estimator.Add(heartbeat.sequence, heartbeat.arrived);
    const Nanos expected = m_estimator.ExpectedAfter(heartbeat.sequence);
    if (!measured)
    {
        return {expected, Period()};
    }
    const double loss = 1 - 1 / std::max(m_steps.Mean(), 1.0);
    const unsigned count = Heartbeats(loss, m_settings.reliability);
    const double margin = m_settings.safety * m_estimator.DeviationNs();
    const double periods = (count - 1) * static_cast<double>(Period().count());
    return {expected, RoundedSpan(periods) + RoundedSpan(margin)};
}

} // namespace ns3::detection
