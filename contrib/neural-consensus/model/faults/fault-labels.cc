#include "fault-labels.h"

#include <algorithm>
#include <stdexcept>

namespace ns3::faults
{

namespace
{

void
Check(bool good, const char* expected)
{
    if (!good)
    {
        throw std::invalid_argument(std::string("labels: ") + expected + " was expected");
    }
}

/** The kind's name without the class in front. */
std::string
ByzantineSubtype(FaultKind kind)
{
    const std::string& name = FaultKindName(kind);
    return name.substr(name.find('-') + 1);
}

} // namespace

FaultLabeller::FaultLabeller(const FaultLog& log, const LabelOptions& options)
    : m_log(log),
      m_options(options)
{
    Check(options.servers >= 1, "at least one server");
    Check(options.heartbeatPeriod > Nanos{} && options.memory > Nanos{} &&
              options.horizon > Nanos{} && options.window > Nanos{},
          "a heartbeat period, memory, horizon and window above 0s");
    Check(options.pathLatency >= Nanos{} && options.delayNoise >= Nanos{},
          "a path latency and a noise of 0s or more");
    for (const DegradationRecord& degradation : log.degradations)
    {
        m_predictable.push_back(IsPredictable(degradation));
    }
    for (const PauseSpan& pause : log.pauses)
    {
        m_pauses[pause.node].push_back(pause.span);
        m_longestPause = std::max(m_longestPause, *pause.span.end - pause.span.start);
    }
    for (const Deviation& deviation : log.deviations)
    {
        const Pair pair{deviation.from, deviation.to};
        auto& known = m_deviations[pair];
        if (known.empty() || deviation.at - known.back()->at > options.memory)
        {
            m_deviationOnsets[pair].push_back(deviation.at);
        }
        known.push_back(&deviation);
    }
}

bool
FaultLabeller::IsPredictable(const DegradationRecord& degradation) const
{
    const DegradationProcess& process = *degradation.process;
    if (!process.EndsInCrash() || degradation.cancelled || !process.Onset())
    {
        return false;
    }
    constexpr Nanos step = std::chrono::milliseconds(10);
    for (Nanos t = process.End() - std::chrono::seconds(1);
         t >= *process.Onset() && process.HazardProbability(t, m_options.horizon) >= 0.5;
         t -= step) // the hazard rises all the way
    {
        if (AffectedMessages(degradation.start + t, degradation) >= 1)
        {
            return true;
        }
    }
    return false;
}

double
FaultLabeller::CrashProbability(Nanos t, uint32_t server, Nanos horizon) const
{
    double survival = 1;
    for (const DegradationRecord& degradation : m_log.degradations)
    {
        if (degradation.node == server && t >= degradation.start &&
            !(degradation.cancelled && t >= *degradation.cancelled))
        {
            survival *= 1 - degradation.process->HazardProbability(t - degradation.start, horizon);
        }
    }
    return 1 - survival;
}

const DownSpan*
FaultLabeller::DownAt(Nanos t, uint32_t node) const
{
    for (const DownSpan& down : m_log.downs)
    {
        if (down.node == node && down.span.Contains(t))
        {
            return &down;
        }
    }
    return nullptr;
}

const DownSpan*
FaultLabeller::NextCrash(Nanos t, uint32_t node) const
{
    const DownSpan* next = nullptr;
    for (const DownSpan& down : m_log.downs)
    {
        if (down.node == node && down.span.start > t &&
            (!next || down.span.start < next->span.start))
        {
            next = &down;
        }
    }
    return next;
}

bool
FaultLabeller::IsPaused(Nanos t, uint32_t node) const
{
    const auto known = m_pauses.find(node);
    if (known == m_pauses.end())
    {
        return false;
    }
    const std::vector<Span>& pauses = known->second;
    auto after = std::upper_bound(pauses.begin(), pauses.end(), t, [](Nanos at, const Span& p) {
        return at < p.start;
    });
    // Pauses of two causes may overlap.
    while (after != pauses.begin() && t - (--after)->start <= m_longestPause)
    {
        if (after->Contains(t))
        {
            return true;
        }
    }
    return false;
}

bool
FaultLabeller::IsCut(Nanos t, uint32_t from, uint32_t to) const
{
    return std::any_of(m_log.cuts.begin(), m_log.cuts.end(), [&](const CutSpan& cut) {
        return cut.cut == Cut{from, to} && cut.span.Contains(t);
    });
}

bool
FaultLabeller::CanReport(Nanos t, uint32_t witness, uint32_t observer) const
{
    return !DownAt(t, witness) && !IsCut(t, witness, observer);
}

FaultLabel
FaultLabeller::At(Nanos t, uint32_t observer, uint32_t target) const
{
    FaultLabel label;
    if (DownAt(t, observer) || IsPaused(t, observer))
    {
        return label;
    }
    if (!DownAt(t, target))
    {
        if (const DownSpan* crash = NextCrash(t, target))
        {
            label.timeToCrash = crash->span.start - t;
            label.predictable = crash->cause && m_predictable.at(*crash->cause);
        }
    }
    label.grace = Grace(t, observer, target);
    if (LabelPartitioned(t, observer, target, label) || LabelCrashed(t, observer, target, label) ||
        LabelByzantine(t, observer, target, label) || LabelPreFailure(t, observer, target, label) ||
        LabelSlow(t, observer, target, label))
    {
        return label;
    }
    label.label = "healthy";
    label.identifiable = true;
    for (const SkewSpan& skew : m_log.skews)
    {
        if (skew.node == target && skew.span.Contains(t))
        {
            label.subtype = "clock-skew";
        }
    }
    return label;
}

bool
FaultLabeller::LabelPartitioned(Nanos t,
                                uint32_t observer,
                                uint32_t target,
                                FaultLabel& label) const
{
    const bool out = IsCut(t, observer, target);
    const bool in = IsCut(t, target, observer);
    if (!out && !in)
    {
        return false;
    }
    label.label = "partitioned";
    label.subtype = out && in ? "both" : out ? "out" : "in";
    if (DownAt(t, target))
    {
        return true; // nobody can tell a dead peer behind a cut from a dead peer
    }
    label.identifiable = !in; // heartbeats arrive, answers don't
    for (uint32_t w = 1; w <= m_options.servers && !label.identifiable; ++w)
    {
        label.identifiable =
            w != observer && w != target && CanReport(t, w, observer) && !IsCut(t, target, w);
    }
    return true;
}

bool
FaultLabeller::LabelCrashed(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const
{
    const DownSpan* down = DownAt(t, target);
    if (!down)
    {
        return false;
    }
    label.label = "crashed";
    label.subtype = down->host ? "host" : "process";
    label.identifiable = !down->host; // its host answers in its place
    for (uint32_t w = 1; w <= m_options.servers && !label.identifiable; ++w)
    {
        label.identifiable =
            w != observer && w != target && CanReport(t, w, observer) && !IsCut(t, target, w);
    }
    return true;
}

bool
FaultLabeller::LabelByzantine(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const
{
    const Deviant own = DeviantAt(t, target, observer);
    if (!own.any)
    {
        return false;
    }
    label.label = "byzantine";
    label.subtype = ByzantineSubtype(own.kind);
    label.identifiable = IsIdentifiable(t, observer, target, own);
    return true;
}

bool
FaultLabeller::LabelPreFailure(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const
{
    const DownSpan* crash = NextCrash(t, target);
    if (!crash || !crash->cause || crash->span.start - t > m_options.horizon)
    {
        return false;
    }
    for (const SymptomSpan& symptom : m_log.symptoms)
    {
        if (symptom.cause == crash->cause && symptom.span.start <= t &&
            Feels(symptom, observer, target))
        {
            label.label = "pre-failure";
            label.subtype = symptom.subtype;
            label.identifiable = IsVisible(t, symptom);
            return true;
        }
    }
    return false;
}

bool
FaultLabeller::LabelSlow(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const
{
    bool slow = false;
    for (const SymptomSpan& symptom : m_log.symptoms)
    {
        if (!symptom.span.Contains(t) || !Feels(symptom, observer, target))
        {
            continue;
        }
        // Of several causes the first visible one gives its name.
        const bool visible = IsVisible(t, symptom);
        if (!slow || (visible && !label.identifiable))
        {
            label.label = "slow";
            label.subtype = symptom.subtype;
            label.identifiable = visible;
        }
        slow = true;
    }
    return slow;
}

void
WriteLabels(std::ostream& out, const FaultLabeller& labels, std::vector<LabelKey> rows)
{
    std::sort(rows.begin(), rows.end());
    out << "time_s,observer,target,label,subtype,seconds_to_crash,predictable,identifiable,grace\n";
    for (const LabelKey& row : rows)
    {
        const FaultLabel label = labels.At(row.at, row.observer, row.target);
        out << FormatSeconds(row.at) << ',' << row.observer << ',' << row.target << ','
            << label.label << ',' << label.subtype << ','
            << (label.timeToCrash ? FormatSeconds(*label.timeToCrash) : "") << ','
            << label.predictable << ',' << label.identifiable << ',' << label.grace << '\n';
    }
}

} // namespace ns3::faults
