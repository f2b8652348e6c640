#include "arrival-estimator.h"

#include <algorithm>

namespace ns3::detection
{

ArrivalEstimator::ArrivalEstimator(std::size_t window, Nanos period)
    : m_period(period),
      m_offsets(window)
{
}

void
ArrivalEstimator::Add(uint64_t sequence, Nanos arrived)
{
    if (!m_any)
    {
        m_any = true;
        m_first = sequence;
    }
    m_offsets.Add(arrived - SinceFirst(sequence));
}

Nanos
ArrivalEstimator::Expected(uint64_t sequence) const
{
    return m_offsets.RoundedMean() + SinceFirst(sequence);
}

Nanos
ArrivalEstimator::ExpectedAfter(uint64_t sequence) const
{
    return Expected(sequence) + m_period;
}

double
ArrivalEstimator::DeviationNs() const
{
    return m_offsets.StandardDeviation();
}

void
ArrivalEstimator::Clear()
{
    m_any = false;
    m_offsets.Clear();
}

/** @return how long after the first heartbeat one is sent, held to 2^61 ns (73 years) whatever
 * number a peer may claim */
Nanos
ArrivalEstimator::SinceFirst(uint64_t sequence) const
{
    constexpr int64_t LONGEST = int64_t{1} << 61;
    const auto most = static_cast<uint64_t>(LONGEST / m_period.count());
    return static_cast<int64_t>(std::min(sequence - m_first, most)) * m_period;
}

} // namespace ns3::detection
