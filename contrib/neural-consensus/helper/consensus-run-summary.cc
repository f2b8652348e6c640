#include "consensus-run-summary.h"

#include "ns3/fault-exposure.h"
#include "ns3/fault-keys.h"
#include "ns3/fault-spec.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

namespace ns3
{

using detection::SuspicionChange;
using faults::FaultKind;

namespace
{

detection::Nanos
ToNanos(Time time)
{
    return detection::Nanos(time.GetNanoSeconds());
}

Time
ToTime(faults::Nanos time)
{
    return NanoSeconds(time.count());
}

/** The class that evaluation asks for; empty where the fault has none. */
std::string
ClassOf(FaultKind kind)
{
    switch (kind)
    {
    case FaultKind::HOST_CRASH:
    case FaultKind::PROCESS_CRASH:
    case FaultKind::MINORITY_CRASH:
    case FaultKind::CASCADE:
        return "crashed";
    case FaultKind::PARTITION:
    case FaultKind::FLAPPING:
        return "partitioned";
    case FaultKind::DEGRADE:
        return "pre-failure";
    case FaultKind::SLOW_CPU:
    case FaultKind::SLOW_DISK:
    case FaultKind::DISK_STALL:
    case FaultKind::SLOW_LINK:
    case FaultKind::OMISSION:
        return "slow";
    default:
        return faults::IsByzantine(kind) ? "byzantine" : "";
    }
}

/** Whether suspicion is right while the fault lasts, and so has to stay. */
bool
MakesUnreachable(FaultKind kind)
{
    return kind == FaultKind::HOST_CRASH || kind == FaultKind::PROCESS_CRASH ||
           kind == FaultKind::PARTITION;
}

/** Whether a fault's target, a server or a list of cuts as 1>2/3-4, covers a cut. */
bool
NamesCut(const std::string& target, const faults::Cut& cut)
{
    if (target.find_first_of(">-") == std::string::npos)
    {
        const uint32_t node = std::strtoul(target.c_str(), nullptr, 10);
        return cut.from == node || cut.to == node;
    }
    std::istringstream parts(target);
    std::string part;
    while (std::getline(parts, part, '/'))
    {
        const auto sign = part.find_first_of(">-");
        const faults::Cut named{static_cast<uint32_t>(std::stoul(part)),
                                static_cast<uint32_t>(std::stoul(part.substr(sign + 1)))};
        if (cut == named || (part[sign] == '-' && cut == faults::Cut{named.to, named.from}))
        {
            return true;
        }
    }
    return false;
}

FaultNotice
Summarise(std::vector<Time> times, std::size_t observers)
{
    FaultNotice notice;
    notice.observers = observers;
    notice.noticed = times.size();
    if (!times.empty())
    {
        std::sort(times.begin(), times.end());
        notice.first = times.front();
        notice.median = times[(times.size() - 1) / 2];
    }
    return notice;
}

} // namespace

ConsensusRunSummary::ConsensusRunSummary(const ConsensusRunRecorder& recorder,
                                         const faults::FaultLog& log,
                                         std::vector<Pair> pairs,
                                         std::vector<std::string> detectors,
                                         const RunSpan& span)
    : m_recorder(recorder),
      m_log(log),
      m_pairs(std::move(pairs)),
      m_detectorNames(std::move(detectors)),
      m_span(span)
{
    for (const auto& record : m_recorder.GetSuspicions())
    {
        m_changes[record.detector][{record.observer, record.target}].push_back(
            {ToNanos(record.time), record.suspected});
    }
    for (const auto& fault : m_log.faults)
    {
        JudgeFault(fault);
    }
    for (const auto& detector : m_detectorNames)
    {
        m_detectors[detector] = JudgeDetector(detector);
    }
}

const std::vector<FaultOutcome>&
ConsensusRunSummary::GetFaults() const
{
    return m_faults;
}

const std::map<std::string, DetectorOutcome>&
ConsensusRunSummary::GetDetectors() const
{
    return m_detectors;
}

void
ConsensusRunSummary::JudgeFault(const faults::FaultRecord& fault)
{
    FaultOutcome outcome;
    outcome.fault = fault;
    outcome.expectedClass = ClassOf(fault.kind);
    // A cut concerns both of its ends, whichever way it goes; other faults those who watch the
    // node.
    const bool isCut = fault.kind == FaultKind::PARTITION || fault.kind == FaultKind::FLAPPING;
    std::set<Pair> ends;
    for (const auto& cut : m_log.cuts)
    {
        if (isCut && cut.span.start >= fault.span.start &&
            (!fault.span.end || cut.span.start < *fault.span.end) &&
            NamesCut(fault.target, cut.cut))
        {
            ends.insert({cut.cut.from, cut.cut.to});
            ends.insert({cut.cut.to, cut.cut.from});
        }
    }
    const uint32_t node = isCut ? 0 : std::strtoul(fault.target.c_str(), nullptr, 10);
    for (const auto& pair : m_pairs)
    {
        if (isCut ? ends.count(pair) > 0 : pair.second == node)
        {
            outcome.pairs.push_back(pair);
        }
    }
    for (const auto& detector : m_detectorNames)
    {
        outcome.suspected[detector] = Notice(outcome, detector);
        if (fault.span.end && *fault.span.end < ToNanos(m_span.end))
        {
            outcome.trusted[detector] = NoticeOfEnd(outcome, detector);
        }
        if (detector == "neural" && !outcome.expectedClass.empty())
        {
            outcome.named = NoticeByClass(outcome);
        }
    }
    m_faults.push_back(std::move(outcome));
}

const std::vector<SuspicionChange>&
ConsensusRunSummary::MindOf(const std::string& detector, Pair pair) const
{
    static const std::vector<SuspicionChange> trust;
    const auto changes = m_changes.find(detector);
    if (changes == m_changes.end())
    {
        return trust;
    }
    const auto mind = changes->second.find(pair);
    return mind == changes->second.end() ? trust : mind->second;
}

std::optional<detection::Nanos>
ConsensusRunSummary::TimeToSuspicion(const faults::FaultRecord& fault,
                                     const std::vector<SuspicionChange>& mind) const
{
    const auto start = fault.span.start;
    const auto end = std::min(fault.span.end.value_or(ToNanos(m_span.end)), ToNanos(m_span.end));
    if (end < start)
    {
        return std::nullopt;
    }
    if (MakesUnreachable(fault.kind))
    {
        const auto qos = detection::MeasureQos(mind, {{start, end}}, detection::Nanos(0), end);
        return qos.detectionTimes.empty() ? std::nullopt : qos.detectionTimes.front();
    }
    const auto first = std::find_if(mind.begin(), mind.end(), [&](const SuspicionChange& change) {
        return change.suspected && change.time >= start && change.time < end;
    });
    return first == mind.end() ? std::nullopt : std::make_optional(first->time - start);
}

FaultNotice
ConsensusRunSummary::Notice(const FaultOutcome& outcome, const std::string& detector) const
{
    std::vector<Time> times;
    for (const auto& pair : outcome.pairs)
    {
        if (const auto time = TimeToSuspicion(outcome.fault, MindOf(detector, pair)))
        {
            times.push_back(ToTime(*time));
        }
    }
    return Summarise(std::move(times), outcome.pairs.size());
}

/** @return when the pair is next kept from seeing each other, `from` where it is so then */
detection::Nanos
ConsensusRunSummary::UndisturbedUntil(Pair pair, detection::Nanos from) const
{
    for (const auto& excused : faults::ExcusedTimes(m_log, pair.first, pair.second))
    {
        if (!excused.end || *excused.end > from)
        {
            return std::clamp(excused.start, from, ToNanos(m_span.end));
        }
    }
    return ToNanos(m_span.end);
}

FaultNotice
ConsensusRunSummary::NoticeOfEnd(const FaultOutcome& outcome, const std::string& detector) const
{
    const auto end = *outcome.fault.span.end;
    std::vector<Time> times;
    std::size_t observers = 0;
    for (const auto& pair : outcome.pairs)
    {
        const auto& mind = MindOf(detector, pair);
        const auto until = UndisturbedUntil(pair, end);
        if (until <= end || !TimeToSuspicion(outcome.fault, mind))
        {
            continue; // something else is wrong still, or nothing was ever noticed
        }
        ++observers;
        if (const auto time = detection::TimeToTrust(mind, end, until))
        {
            times.push_back(ToTime(*time));
        }
    }
    return Summarise(std::move(times), observers);
}

FaultNotice
ConsensusRunSummary::NoticeByClass(const FaultOutcome& outcome) const
{
    const auto& span = outcome.fault.span;
    const Time start = ToTime(span.start);
    const Time end = span.end ? std::min(ToTime(*span.end), m_span.end) : m_span.end;
    std::map<Pair, Time> first;
    for (const auto& record : m_recorder.GetClasses())
    {
        const Pair pair{record.observer, record.target};
        const auto& name =
            neural::FailureClassNames()[static_cast<std::size_t>(record.failureClass)];
        if (record.time >= start && record.time < end && name == outcome.expectedClass &&
            std::find(outcome.pairs.begin(), outcome.pairs.end(), pair) != outcome.pairs.end())
        {
            first.try_emplace(pair, record.time - start);
        }
    }
    std::vector<Time> times;
    times.reserve(first.size());
    for (const auto& [pair, time] : first)
    {
        times.push_back(time);
    }
    return Summarise(std::move(times), outcome.pairs.size());
}

DetectorOutcome
ConsensusRunSummary::JudgeDetector(const std::string& detector) const
{
    constexpr double NANOS_PER_HOUR = 3600e9;
    DetectorOutcome outcome;
    for (const auto& pair : m_pairs)
    {
        const auto qos = detection::MeasureQos(MindOf(detector, pair),
                                               faults::ExcusedTimes(m_log, pair.first, pair.second),
                                               ToNanos(m_span.begin),
                                               ToNanos(m_span.end),
                                               ToNanos(m_span.grace));
        outcome.pairHours += static_cast<double>(qos.healthyTime.count()) / NANOS_PER_HOUR;
        outcome.wrongHours += static_cast<double>(qos.wrongTime.count()) / NANOS_PER_HOUR;
        outcome.mistakes += qos.mistakes.size();
    }
    return outcome;
}

} // namespace ns3
