#include "interval-window.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

IntervalWindow::IntervalWindow(std::size_t capacity)
    : m_capacity(capacity)
{
    if (capacity == 0)
    {
        throw std::invalid_argument("an interval window holds at least one interval");
    }
    m_ring.reserve(capacity);
}

void
IntervalWindow::Add(Nanos interval)
{
    if (m_ring.empty())
    {
        m_reference = interval;
    }
    const double deviation = static_cast<double>((interval - m_reference).count());
    if (m_ring.size() < m_capacity)
    {
        m_ring.push_back(interval);
    }
    else
    {
        const double old = static_cast<double>((m_ring[m_next] - m_reference).count());
        m_sum -= old;
        m_squares -= old * old;
        m_ring[m_next] = interval;
        m_next = (m_next + 1) % m_capacity;
    }
    m_sum += deviation;
    m_squares += deviation * deviation;
    if (m_ring.size() == m_capacity && m_next == 0)
    {
        Recompute();
    }
}

void
IntervalWindow::Clear()
{
    m_ring.clear();
    m_next = 0;
    m_sum = 0;
    m_squares = 0;
}

std::size_t
IntervalWindow::Size() const
{
    return m_ring.size();
}

double
IntervalWindow::Mean() const
{
    if (m_ring.empty())
    {
        return 0;
    }
    return static_cast<double>(m_reference.count()) + m_sum / static_cast<double>(m_ring.size());
}

Nanos
IntervalWindow::RoundedMean() const
{
    if (m_ring.empty())
    {
        return Nanos(0);
    }
    return m_reference + Nanos(std::llround(m_sum / static_cast<double>(m_ring.size())));
}

double
IntervalWindow::StandardDeviation() const
{
    if (m_ring.empty())
    {
        return 0;
    }
    const double n = static_cast<double>(m_ring.size());
    const double mean = m_sum / n;
    return std::sqrt(std::max(m_squares / n - mean * mean, 0.0));
}

void
IntervalWindow::Recompute()
{
    m_reference = RoundedMean();
    m_sum = 0;
    m_squares = 0;
    for (Nanos interval : m_ring)
    {
        const double deviation = static_cast<double>((interval - m_reference).count());
        m_sum += deviation;
        m_squares += deviation * deviation;
    }
}

} // namespace ns3::detection
