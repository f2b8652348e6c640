#include "swim-suspicion.h"

#include <algorithm>
#include <cmath>

namespace ns3::detection
{

namespace
{

Nanos
Times(double factor, Nanos span)
{
    return Nanos(std::llround(factor * static_cast<double>(span.count())));
}

} // namespace

SwimSuspicion::SwimSuspicion(uint32_t from, Nanos start, uint32_t expected, Nanos min, Nanos max)
    : m_accusers{from},
      m_start(start),
      m_expected(expected),
      m_min(min),
      m_max(max)
{
}

bool
SwimSuspicion::Confirm(uint32_t from)
{
    if (GetConfirmations() >= m_expected ||
        std::find(m_accusers.begin(), m_accusers.end(), from) != m_accusers.end())
    {
        return false;
    }
    m_accusers.push_back(from);
    return true;
}

uint32_t
SwimSuspicion::GetConfirmations() const
{
    return static_cast<uint32_t>(m_accusers.size() - 1);
}

Nanos
SwimSuspicion::Deadline() const
{
    return m_start + Timeout(GetConfirmations(), m_expected, m_min, m_max);
}

Nanos
SwimSuspicion::Timeout(uint32_t confirmations, uint32_t expected, Nanos min, Nanos max)
{
    if (expected == 0)
    {
        return min;
    }
    const double fallen = std::log(confirmations + 1.0) / std::log(expected + 1.0);
    return std::max(min, max - Times(fallen, max - min));
}

Nanos
SwimSuspicion::MinTimeout(uint32_t multiplier, std::size_t members, Nanos probeInterval)
{
    const double scale = std::max(1.0, std::log10(static_cast<double>(members)));
    return Times(multiplier * scale, probeInterval);
}

} // namespace ns3::detection
