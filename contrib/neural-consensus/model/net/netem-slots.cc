#include "netem-slots.h"

#include <cmath>
#include <stdexcept>

namespace ns3
{

NetemSlots::NetemSlots(const NetemSlotsParameters& parameters)
    : m_parameters(parameters),
      m_until(parameters.phase),
      m_level(CreateObject<UniformRandomVariable>()),
      m_loss(CreateObject<UniformRandomVariable>())
{
    const auto inPeriod = [&](Time time) {
        return !time.IsStrictlyNegative() && time <= parameters.period;
    };
    if (!parameters.period.IsStrictlyPositive() || !inPeriod(parameters.phase) ||
        !inPeriod(parameters.edge) || parameters.spread.IsStrictlyNegative())
    {
        throw std::invalid_argument("slots: expected a period above 0 s, phase and edge within it, "
                                    "and a spread of at least 0 s");
    }
    if (!(parameters.edgeLoss >= 0.0 && parameters.edgeLoss <= 1.0))
    {
        throw std::invalid_argument("slots: loss is " + std::to_string(parameters.edgeLoss) +
                                    ", expected a share from 0 to 1");
    }
}

NetemProcess::Effect
NetemSlots::Meet(Time now)
{
    while (!m_begun || m_until <= now)
    {
        m_until += m_begun ? m_parameters.period : Time(0);
        m_begun = true;
        m_delay = Seconds(m_level->GetValue(0.0, 1.0) * m_parameters.spread.GetSeconds());
    }
    // The slot in force began a period before the next; the very first is cut short at its begin.
    const bool inDanger = now - (m_until - m_parameters.period) < m_parameters.edge;
    return {inDanger && m_loss->GetValue(0.0, 1.0) < m_parameters.edgeLoss, m_delay};
}

Time
NetemSlots::Deviation() const
{
    return Seconds(m_parameters.spread.GetSeconds() / std::sqrt(12.0));
}

Time
NetemSlots::Bound(double share) const
{
    return Seconds(m_parameters.spread.GetSeconds() * (1.0 - share));
}

double
NetemSlots::Loss() const
{
    return m_parameters.edgeLoss * m_parameters.edge.GetSeconds() /
           m_parameters.period.GetSeconds();
}

int64_t
NetemSlots::AssignStreams(int64_t stream)
{
    m_level->SetStream(stream);
    m_loss->SetStream(stream + 1);
    return 2;
}

} // namespace ns3
