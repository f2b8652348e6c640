#include "netem-wander.h"

#include <cmath>
#include <stdexcept>

namespace ns3
{

namespace
{

/** @return what a standard normal variable exceeds with this probability */
double
NormalBound(double share)
{
    double low = -10.0;
    double high = 10.0;
    for (int halving = 0; halving < 60; ++halving)
    {
        const double middle = (low + high) / 2.0;
        const double above = std::erfc(middle / std::sqrt(2.0)) / 2.0;
        (above > share ? low : high) = middle;
    }
    return high;
}

} // namespace

NetemWander::NetemWander(const NetemWanderParameters& parameters)
    : m_parameters(parameters),
      m_normal(CreateObject<NormalRandomVariable>())
{
    if (!parameters.median.IsStrictlyPositive() || !parameters.correlation.IsStrictlyPositive() ||
        !parameters.step.IsStrictlyPositive())
    {
        throw std::invalid_argument(
            "wandering delay: expected a median, a correlation time and a step above 0 s");
    }
    if (!(parameters.sigma > 0.0 && parameters.sigma <= 3.0))
    {
        throw std::invalid_argument("wandering delay: sigma is " +
                                    std::to_string(parameters.sigma) +
                                    ", expected more than 0 and at most 3");
    }
    m_keep = std::exp(-parameters.step.GetSeconds() / parameters.correlation.GetSeconds());
    m_renew = std::sqrt(1.0 - m_keep * m_keep);
}

NetemProcess::Effect
NetemWander::Meet(Time now)
{
    if (m_until <= now)
    {
        if (m_until.IsZero())
        {
            m_x = m_normal->GetValue();
            m_until = m_parameters.step;
        }
        while (m_until <= now)
        {
            m_x = m_keep * m_x + m_renew * m_normal->GetValue();
            m_until += m_parameters.step;
        }
        m_delay = Seconds(m_parameters.median.GetSeconds() * std::exp(m_parameters.sigma * m_x));
    }
    return {false, m_delay};
}

Time
NetemWander::Deviation() const
{
    const double variance = m_parameters.sigma * m_parameters.sigma;
    return Seconds(m_parameters.median.GetSeconds() * std::exp(variance / 2.0) *
                   std::sqrt(std::expm1(variance)));
}

Time
NetemWander::Bound(double share) const
{
    return Seconds(m_parameters.median.GetSeconds() *
                   std::exp(m_parameters.sigma * NormalBound(share)));
}

double
NetemWander::Loss() const
{
    return 0.0;
}

int64_t
NetemWander::AssignStreams(int64_t stream)
{
    m_normal->SetStream(stream);
    return 1;
}

} // namespace ns3
