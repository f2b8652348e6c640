#include "fault-exposure.h"

#include <algorithm>

namespace ns3::faults
{

using detection::FaultInterval;

namespace
{

/** Puts times in order and joins those that overlap or touch. */
std::vector<FaultInterval>
Merge(std::vector<FaultInterval> times)
{
    std::sort(times.begin(), times.end(), [](const FaultInterval& a, const FaultInterval& b) {
        return a.start < b.start;
    });
    std::vector<FaultInterval> merged;
    for (const FaultInterval& time : times)
    {
        if (merged.empty() || (merged.back().end && *merged.back().end < time.start))
        {
            merged.push_back(time);
        }
        else if (merged.back().end)
        {
            merged.back().end =
                time.end ? std::max(*merged.back().end, *time.end) : std::optional<Nanos>();
        }
    }
    return merged;
}

bool
Overlap(const FaultInterval& a, const Span& b)
{
    return (!a.end || b.start < *a.end) && (!b.end || a.start < *b.end);
}

} // namespace

std::vector<FaultInterval>
ExcusedTimes(const FaultLog& log, uint32_t observer, uint32_t target)
{
    std::vector<FaultInterval> times;
    for (const DownSpan& down : log.downs)
    {
        // While the observer itself is down there is nobody to judge.
        if (down.node == target || down.node == observer)
        {
            times.push_back({down.span.start, down.span.end});
        }
    }
    for (const CutSpan& cut : log.cuts)
    {
        if (cut.cut == Cut{target, observer} || cut.cut == Cut{observer, target})
        {
            times.push_back({cut.span.start, cut.span.end});
        }
    }
    return Merge(std::move(times));
}

std::vector<FaultInterval>
SilentTimes(const FaultLog& log, uint32_t observer, uint32_t target)
{
    std::vector<FaultInterval> times;
    for (const DownSpan& down : log.downs)
    {
        if (down.node == target)
        {
            times.push_back({down.span.start, down.span.end});
        }
    }
    for (const CutSpan& cut : log.cuts)
    {
        if (cut.cut == Cut{target, observer})
        {
            times.push_back({cut.span.start, cut.span.end});
        }
    }
    times = Merge(std::move(times));
    const auto missed = [&](const FaultInterval& time) {
        return std::any_of(log.downs.begin(), log.downs.end(), [&](const DownSpan& down) {
            return down.node == observer && Overlap(time, down.span);
        });
    };
    times.erase(std::remove_if(times.begin(), times.end(), missed), times.end());
    return times;
}

} // namespace ns3::faults
