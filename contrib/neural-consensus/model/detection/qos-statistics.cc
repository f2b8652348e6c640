#include "qos-statistics.h"

#include <algorithm>

namespace ns3::detection
{

namespace
{

constexpr double SECONDS_PER_HOUR = 3600;

} // namespace

void
QosStatistics::Merge(const QosStatistics& other)
{
    crashes += other.crashes;
    detections.Merge(other.detections);
    recurrences.Merge(other.recurrences);
    mistakes.Merge(other.mistakes);
    goodPeriods.Merge(other.goodPeriods);
    exposure += other.exposure;
}

double
QosStatistics::Hours() const
{
    return std::chrono::duration<double>(exposure).count() / SECONDS_PER_HOUR;
}

std::optional<double>
QosStatistics::MistakesPerHour() const
{
    if (exposure <= Nanos(0))
    {
        return std::nullopt;
    }
    return static_cast<double>(mistakes.Count()) / Hours();
}

std::optional<double>
QosStatistics::MistakesPerHourBound() const
{
    if (exposure <= Nanos(0) || mistakes.Count() > 0)
    {
        return std::nullopt;
    }
    return 3 / Hours();
}

std::optional<double>
QosStatistics::QueryAccuracy() const
{
    if (exposure <= Nanos(0))
    {
        return std::nullopt;
    }
    return 1 - mistakes.SumSeconds() / std::chrono::duration<double>(exposure).count();
}

std::optional<double>
QosStatistics::ForwardGoodSeconds() const
{
    const double sum = goodPeriods.SumSeconds();
    return sum > 0 ? std::make_optional(goodPeriods.SumOfSquares() / (2 * sum)) : std::nullopt;
}

void
MistakeMeter::Begin(Nanos time, bool suspected)
{
    m_begin = time;
    if (suspected)
    {
        m_current = Suspicion{time, std::nullopt};
    }
}

bool
MistakeMeter::Begun() const
{
    return m_begin.has_value();
}

void
MistakeMeter::Change(Nanos time, bool suspected, QosStatistics& qos)
{
    if (!m_begin)
    {
        return;
    }
    const bool open = m_current && !m_current->end;
    if (suspected == open)
    {
        return;
    }
    if (!suspected)
    {
        m_current->end = time;
        return;
    }
    if (m_current && *m_current->end == time)
    {
        m_current->end.reset(); // trust had no length
        return;
    }
    if (m_current)
    {
        Count(*m_current->end, qos);
    }
    m_current = Suspicion{time, std::nullopt};
}

void
MistakeMeter::End(Nanos time, QosStatistics& qos)
{
    if (!m_begin)
    {
        return;
    }
    if (m_current)
    {
        Count(std::min(m_current->end.value_or(time), time), qos);
    }
    qos.exposure += std::max(time - *m_begin, Nanos(0));
    *this = MistakeMeter();
}

void
MistakeMeter::Count(Nanos end, QosStatistics& qos)
{
    if (end <= m_current->start)
    {
        return;
    }
    if (m_previous)
    {
        qos.recurrences.Add(m_current->start - m_previous->start);
        qos.goodPeriods.Add(m_current->start - *m_previous->end);
    }
    qos.mistakes.Add(end - m_current->start);
    m_previous = Suspicion{m_current->start, end};
}

} // namespace ns3::detection
