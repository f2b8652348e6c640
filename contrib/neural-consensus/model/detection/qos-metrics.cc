#include "qos-metrics.h"

#include <algorithm>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

/** A span of time, [start, end). */
struct Span
{
    Nanos start;
    Nanos end;
};

/** @return the spans of suspicion within the observation, none touching another */
std::vector<Span>
SuspectedSpans(const std::vector<SuspicionChange>& changes, Nanos begin, Nanos end)
{
    std::vector<Span> spans;
    std::optional<Nanos> since;
    const auto close = [&](Nanos until) {
        const Span span{std::max(*since, begin), std::min(until, end)};
        since.reset();
        if (span.start >= span.end)
        {
            return;
        }
        if (!spans.empty() && spans.back().end == span.start)
        {
            spans.back().end = span.end;
        }
        else
        {
            spans.push_back(span);
        }
    };
    for (std::size_t i = 0; i < changes.size(); ++i)
    {
        if (i > 0 && changes[i].time < changes[i - 1].time)
        {
            throw std::invalid_argument("changes of suspicion must be in order of time");
        }
        if (changes[i].suspected && !since)
        {
            since = changes[i].time;
        }
        else if (!changes[i].suspected && since)
        {
            close(changes[i].time);
        }
    }
    if (since)
    {
        close(end);
    }
    return spans;
}

void
Check(const std::vector<FaultInterval>& faults, Nanos begin, Nanos end, Nanos grace)
{
    if (end < begin || grace < Nanos(0))
    {
        throw std::invalid_argument("an observation must not end before it begins, nor a grace be "
                                    "negative");
    }
    for (std::size_t i = 0; i < faults.size(); ++i)
    {
        const bool lasts = !faults[i].end;
        if ((!lasts && *faults[i].end < faults[i].start) ||
            (i + 1 < faults.size() && (lasts || faults[i + 1].start < *faults[i].end)))
        {
            throw std::invalid_argument("faults must be in order of time and must not overlap");
        }
    }
}

/** @return the stretches in which suspicion is wrong */
std::vector<Span>
HealthySpans(const std::vector<FaultInterval>& faults, Nanos begin, Nanos end, Nanos grace)
{
    std::vector<Span> spans;
    Nanos from = begin;
    for (const FaultInterval& fault : faults)
    {
        if (std::min(fault.start, end) > from)
        {
            spans.push_back({from, std::min(fault.start, end)});
        }
        from = fault.end ? std::max(from, *fault.end + grace) : end;
    }
    if (end > from)
    {
        spans.push_back({from, end});
    }
    return spans;
}

/** @return T_D of one fault */
std::optional<Nanos>
DetectionTime(const FaultInterval& fault,
              const std::vector<Span>& suspected,
              Nanos begin,
              Nanos end)
{
    const Nanos start = std::max(fault.start, begin);
    const Nanos last = fault.end ? std::min(*fault.end, end) : end;
    for (const Span& span : suspected)
    {
        if (span.start < last && span.end >= last && start < last)
        {
            return std::max(span.start - fault.start, Nanos(0));
        }
    }
    return std::nullopt;
}

void
AddMistakes(const Span& healthy, const std::vector<Span>& suspected, QosReport& report)
{
    bool first = true;
    for (const Span& span : suspected)
    {
        const Nanos start = std::max(span.start, healthy.start);
        const Nanos end = std::min(span.end, healthy.end);
        if (start >= end)
        {
            continue;
        }
        if (!first)
        {
            const Mistake& before = report.mistakes.back();
            report.recurrences.push_back(start - before.start);
            report.goodPeriods.push_back(start - (before.start + before.duration));
        }
        first = false;
        report.mistakes.push_back({start, end - start, end == healthy.end});
        report.wrongTime += end - start;
    }
}

} // namespace

QosStatistics
QosReport::Statistics() const
{
    QosStatistics qos;
    qos.crashes = detectionTimes.size();
    qos.exposure = healthyTime;
    for (const std::optional<Nanos>& time : detectionTimes)
    {
        if (time)
        {
            qos.detections.Add(*time);
        }
    }
    for (const Mistake& mistake : mistakes)
    {
        qos.mistakes.Add(mistake.duration);
    }
    for (Nanos span : recurrences)
    {
        qos.recurrences.Add(span);
    }
    for (Nanos span : goodPeriods)
    {
        qos.goodPeriods.Add(span);
    }
    return qos;
}

QosReport
MeasureQos(const std::vector<SuspicionChange>& changes,
           const std::vector<FaultInterval>& faults,
           Nanos begin,
           Nanos end,
           Nanos grace)
{
    Check(faults, begin, end, grace);
    const std::vector<Span> suspected = SuspectedSpans(changes, begin, end);
    QosReport report;
    for (const FaultInterval& fault : faults)
    {
        report.detectionTimes.push_back(DetectionTime(fault, suspected, begin, end));
    }
    for (const Span& healthy : HealthySpans(faults, begin, end, grace))
    {
        report.healthyTime += healthy.end - healthy.start;
        AddMistakes(healthy, suspected, report);
    }
    return report;
}

std::optional<Nanos>
TimeToTrust(const std::vector<SuspicionChange>& changes, Nanos from, Nanos end)
{
    bool suspected = false;
    for (const SuspicionChange& change : changes)
    {
        const bool later = change.time > from;
        if (change.time >= end || (later && !suspected))
        {
            break;
        }
        suspected = change.suspected;
        if (later && !suspected)
        {
            return change.time - from;
        }
    }
    return suspected ? std::nullopt : std::make_optional(Nanos(0));
}

} // namespace ns3::detection
