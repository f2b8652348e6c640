#include "arrival-estimator.h"

#include <algorithm>

namespace ns3::detection
{

namespace
{

/** @return sequence * period, held to 2^61 ns (73 years) whatever number a peer may claim */
Nanos
Multiple(uint64_t sequence, Nanos period)
{
    constexpr int64_t LONGEST = int64_t{1} << 61;
    const auto most = static_cast<uint64_t>(LONGEST / period.count());
    return Nanos(static_cast<int64_t>(std::min(sequence, most)) * period.count());
}

} // namespace

ArrivalEstimator::ArrivalEstimator(std::size_t window, Nanos period)
    : m_period(period),
      m_offsets(window)
{
}

void
ArrivalEstimator::Add(uint64_t sequence, Nanos arrived)
{
    m_offsets.Add(arrived - Multiple(sequence, m_period));
}

Nanos
ArrivalEstimator::Expected(uint64_t sequence) const
{
    return m_offsets.RoundedMean() + Multiple(sequence, m_period);
}

double
ArrivalEstimator::DeviationNs() const
{
    return m_offsets.StandardDeviation();
}

void
ArrivalEstimator::Clear()
{
    m_offsets.Clear();
}

} // namespace ns3::detection
