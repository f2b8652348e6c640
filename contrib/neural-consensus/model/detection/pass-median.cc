#include "pass-median.h"

#include <algorithm>

namespace ns3::detection
{

namespace
{

constexpr std::size_t MOST_VALUES = 4096;
constexpr std::size_t BUCKETS = 16384;

} // namespace

void
PassMedian::Add(Nanos span)
{
    const int64_t value = span.count();
    m_count += m_first ? 1 : 0;
    if (value < m_low)
    {
        return;
    }
    if (value >= m_end)
    {
        m_above = std::min(m_above, value);
    }
    else if (!m_buckets.empty())
    {
        ++m_buckets[static_cast<std::size_t>((value - m_low) >> m_shift)];
    }
    else
    {
        m_values.push_back(value);
        if (m_values.size() > MOST_VALUES)
        {
            Spill();
        }
    }
}

void
PassMedian::Spill()
{
    if (m_end == INT64_MAX)
    {
        // Where nothing bounds the median from above, twice the median so far is a good guess.
        const auto middle = m_values.begin() + static_cast<std::ptrdiff_t>(m_values.size() / 2);
        std::nth_element(m_values.begin(), middle, m_values.end());
        m_end = *middle < INT64_MAX / 2 ? 2 * *middle + 1 : INT64_MAX;
    }
    m_shift = 0;
    while (static_cast<uint64_t>(m_end - 1 - m_low) >> m_shift >= BUCKETS)
    {
        ++m_shift;
    }
    std::vector<int64_t> values;
    values.swap(m_values);
    m_buckets.assign(BUCKETS, 0);
    for (int64_t value : values)
    {
        if (value >= m_end)
        {
            m_above = std::min(m_above, value);
        }
        else
        {
            ++m_buckets[static_cast<std::size_t>((value - m_low) >> m_shift)];
        }
    }
}

bool
PassMedian::EndPass()
{
    m_first = false;
    if (m_count == 0)
    {
        return false;
    }
    if (m_buckets.empty())
    {
        return EndPassOfValues();
    }
    const uint64_t rank = (m_count - 1) / 2;
    uint64_t before = m_below;
    for (std::size_t bucket = 0; bucket < BUCKETS; ++bucket)
    {
        const uint64_t inside = m_buckets[bucket];
        if (before + inside > rank)
        {
            const int64_t low = m_low + (static_cast<int64_t>(bucket) << m_shift);
            if (m_shift > 0)
            {
                m_below = before;
                Narrow(low, std::min(low + (int64_t{1} << m_shift), m_end));
                return true;
            }
            m_lower = low;
            m_upper = before + inside > m_count / 2 ? low : NextOccupied(bucket + 1);
            m_buckets = {};
            return false;
        }
        before += inside;
    }
    m_below = before;
    Narrow(m_end, INT64_MAX);
    return true;
}

bool
PassMedian::EndPassOfValues()
{
    std::sort(m_values.begin(), m_values.end());
    const uint64_t lower = (m_count - 1) / 2 - m_below;
    const uint64_t upper = m_count / 2 - m_below;
    m_lower = m_values[lower];
    m_upper = upper < m_values.size() ? m_values[upper] : m_above;
    m_values = {};
    return false;
}

void
PassMedian::Narrow(int64_t low, int64_t end)
{
    m_low = low;
    m_end = end;
    m_above = INT64_MAX;
    m_buckets = {};
}

int64_t
PassMedian::NextOccupied(std::size_t bucket) const
{
    for (; bucket < BUCKETS; ++bucket)
    {
        if (m_buckets[bucket] > 0)
        {
            return m_low + static_cast<int64_t>(bucket);
        }
    }
    return m_above;
}

Nanos
PassMedian::Median() const
{
    return Nanos(m_lower + (m_upper - m_lower) / 2);
}

} // namespace ns3::detection
