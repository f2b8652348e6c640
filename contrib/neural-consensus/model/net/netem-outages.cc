#include "netem-outages.h"

#include <cmath>
#include <stdexcept>

namespace ns3
{

NetemOutages::NetemOutages(const NetemOutagesParameters& parameters)
    : m_parameters(parameters),
      m_gap(CreateObject<ExponentialRandomVariable>()),
      m_length(CreateObject<UniformRandomVariable>()),
      m_loss(CreateObject<UniformRandomVariable>())
{
    if (!parameters.meanGap.IsStrictlyPositive() || parameters.shortest.IsStrictlyNegative() ||
        !parameters.longest.IsStrictlyPositive() || parameters.shortest > parameters.longest)
    {
        throw std::invalid_argument("outages: expected a mean gap above 0 s, and a longest outage "
                                    "above 0 s and not below the shortest");
    }
    if (!(parameters.lost >= 0.0 && parameters.lost <= 1.0))
    {
        throw std::invalid_argument("outages: loss is " + std::to_string(parameters.lost) +
                                    ", expected a share from 0 to 1");
    }
}

NetemProcess::Effect
NetemOutages::Meet(Time now)
{
    while (!m_begun || m_end <= now)
    {
        m_begun = true;
        m_start = m_end + Seconds(m_gap->GetValue(m_parameters.meanGap.GetSeconds(), 0.0));
        m_end = m_start + Seconds(m_length->GetValue(m_parameters.shortest.GetSeconds(),
                                                     m_parameters.longest.GetSeconds()));
    }
    if (now < m_start)
    {
        return {};
    }
    return {m_loss->GetValue(0.0, 1.0) < m_parameters.lost, m_end - now};
}

Time
NetemOutages::Deviation() const
{
    const double a = m_parameters.shortest.GetSeconds();
    const double b = m_parameters.longest.GetSeconds();
    const double waits = 1.0 - m_parameters.lost;
    const double cycle = m_parameters.meanGap.GetSeconds() + waits * (a + b) / 2.0;
    // Moments of a length that is uniform from a to b.
    const double square = (a * a + a * b + b * b) / 3.0;
    const double cube = (a + b) * (a * a + b * b) / 4.0;
    const double mean = waits * square / (2.0 * cycle);
    return Seconds(std::sqrt(waits * cube / (3.0 * cycle) - mean * mean));
}

Time
NetemOutages::Bound(double share) const
{
    const double a = m_parameters.shortest.GetSeconds();
    const double b = m_parameters.longest.GetSeconds();
    const double waits = 1.0 - m_parameters.lost;
    const double cycle = m_parameters.meanGap.GetSeconds() + waits * (a + b) / 2.0;
    // A packet waits longer than d with probability w E[max(L - d, 0)] / cycle.
    const double excess = waits > 0.0 ? share * cycle / waits : b;
    if (excess >= (a + b) / 2.0)
    {
        return Time(0);
    }
    const double below = (a + b) / 2.0 - excess;
    return Seconds(below <= a ? below : b - std::sqrt(2.0 * (b - a) * excess));
}

double
NetemOutages::Loss() const
{
    const double length = (m_parameters.shortest + m_parameters.longest).GetSeconds() / 2.0;
    return m_parameters.lost * length / (m_parameters.meanGap.GetSeconds() + length);
}

int64_t
NetemOutages::AssignStreams(int64_t stream)
{
    m_gap->SetStream(stream);
    m_length->SetStream(stream + 1);
    m_loss->SetStream(stream + 2);
    return 3;
}

} // namespace ns3
