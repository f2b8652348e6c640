// What of a fault can be noticed, and from when on: the second half of FaultLabeller.
#include "fault-labels.h"

#include <algorithm>

namespace ns3::faults
{

FaultLabeller::Deviant
FaultLabeller::DeviantAt(Nanos t, uint32_t from, uint32_t to) const
{
    Deviant deviant;
    const auto known = m_deviations.find({from, to});
    if (known == m_deviations.end())
    {
        return deviant;
    }
    const auto& list = known->second;
    auto after = std::upper_bound(list.begin(), list.end(), t, [](Nanos at, const Deviation* d) {
        return at < d->at;
    });
    while (after != list.begin() && t - (*--after)->at <= m_options.memory)
    {
        if (!deviant.any)
        {
            deviant.kind = (*after)->kind;
        }
        deviant.any = true;
        deviant.magnitude = std::max(deviant.magnitude, (*after)->magnitude);
        deviant.withheld += (*after)->withheld;
    }
    return deviant;
}

bool
FaultLabeller::IsIdentifiable(Nanos t, uint32_t observer, uint32_t target, const Deviant& own) const
{
    const auto isWitnessed = [&](const auto& sees) {
        for (uint32_t w = 1; w <= m_options.servers; ++w)
        {
            if (w != observer && w != target && CanReport(t, w, observer) && !IsCut(t, target, w) &&
                sees(DeviantAt(t, target, w)))
            {
                return true;
            }
        }
        return false;
    };
    const bool isBeyondNoise = own.magnitude > m_options.indexNoise;
    switch (own.kind)
    {
    case FaultKind::BYZANTINE_SELECTIVE:
        return isBeyondNoise || (own.withheld >= m_options.withheldNoise &&
                                 isWitnessed([](const Deviant& w) { return w.withheld == 0; }));
    case FaultKind::BYZANTINE_EQUIVOCATING:
        return isBeyondNoise ||
               isWitnessed([this](const Deviant& w) { return w.magnitude > m_options.indexNoise; });
    case FaultKind::BYZANTINE_TWIN:
        // Each twin is consistent in itself: it takes somebody who hears the other one.
        return isBeyondNoise && isWitnessed([](const Deviant& w) { return !w.any; });
    case FaultKind::BYZANTINE_TERM_INFLATION:
        // A term without anybody who stood for it: candidates ask all.
        return own.magnitude > 0 && isWitnessed([](const Deviant&) { return true; });
    case FaultKind::BYZANTINE_STALE_REPLAY:
        return own.magnitude > 0; // a number that it has had before
    case FaultKind::BYZANTINE_VOTE_WITHHOLDING:
        return own.withheld >= m_options.withheldNoise; // while heartbeats of p arrive
    default:
        return isBeyondNoise;
    }
}

bool
FaultLabeller::Feels(const SymptomSpan& symptom, uint32_t observer, uint32_t target)
{
    const auto isPeer = [&](uint32_t id) {
        return symptom.peers.empty() ||
               std::binary_search(symptom.peers.begin(), symptom.peers.end(), id);
    };
    return (symptom.node == target && isPeer(observer)) ||
           (symptom.link && symptom.node == observer && isPeer(target));
}

double
FaultLabeller::AffectedShare(const DegradationRecord& degradation, const Symptom& symptom) const
{
    if (symptom.loss > 0)
    {
        // Of a heartbeat and a reply, each direction hits one or both.
        const double once = symptom.loss;
        const double either = 1 - (1 - once) * (1 - once);
        return degradation.direction == CutDirection::OUT  ? once
               : degradation.direction == CutDirection::IN ? once / 2
                                                           : (once + either) / 2;
    }
    const Nanos added = symptom.IsPause()         ? symptom.length
                        : symptom.delay > Nanos{} ? symptom.delay
                                                  : degradation.diskLatency;
    const double times = symptom.diskFactor > 1 ? symptom.diskFactor - 1 : 1;
    return static_cast<double>(added.count()) * times >=
                   static_cast<double>(m_options.delayNoise.count())
               ? 1
               : 0;
}

double
FaultLabeller::AffectedMessages(Nanos t, const DegradationRecord& degradation) const
{
    const std::vector<Symptom>& symptoms = degradation.process->Symptoms();
    const Nanos now = t - degradation.start;
    const Nanos from = now - m_options.window;
    double affected = 0; // in nanoseconds, weighted by the chance that a message then is affected
    auto at =
        std::upper_bound(symptoms.begin(), symptoms.end(), now, [](Nanos n, const Symptom& s) {
            return n < s.at;
        });
    while (at != symptoms.begin())
    {
        --at;
        const Nanos end = at->at + at->length;
        if (end <= from)
        {
            break; // they don't overlap, so all earlier ones ended earlier
        }
        const Nanos inside = std::min(end, now) - std::max(at->at, from);
        affected += static_cast<double>(inside.count()) * AffectedShare(degradation, *at);
    }
    // A heartbeat and a reply per period.
    return 2 * affected / static_cast<double>(m_options.heartbeatPeriod.count());
}

bool
FaultLabeller::IsVisible(Nanos t, const SymptomSpan& symptom) const
{
    if (symptom.cause)
    {
        return AffectedMessages(t, m_log.degradations.at(*symptom.cause)) >= 1;
    }
    const double strength = RampStrength(t - symptom.span.start, symptom.ramp);
    const double delay = strength * static_cast<double>(symptom.delay.count());
    if (delay >= static_cast<double>(m_options.delayNoise.count()) && delay > 0)
    {
        return true;
    }
    const Nanos felt = std::min(t - symptom.span.start, m_options.window);
    return 2 * symptom.loss * static_cast<double>(felt.count()) >=
           static_cast<double>(m_options.heartbeatPeriod.count());
}

bool
FaultLabeller::JustChanged(Nanos t, const Span& span, int ways) const
{
    const Nanos fresh = ways * m_options.pathLatency + m_options.heartbeatPeriod;
    return (t >= span.start && t < span.start + fresh) ||
           (span.end && t >= *span.end && t < *span.end + fresh);
}

bool
FaultLabeller::Grace(Nanos t, uint32_t observer, uint32_t target) const
{
    for (const DownSpan& down : m_log.downs)
    {
        if ((down.node == target || down.node == observer) && JustChanged(t, down.span, 1))
        {
            return true;
        }
    }
    for (const CutSpan& cut : m_log.cuts)
    {
        // A cut on the way out shows by answers that are missing: a round trip later.
        if ((cut.cut == Cut{target, observer} && JustChanged(t, cut.span, 1)) ||
            (cut.cut == Cut{observer, target} && JustChanged(t, cut.span, 2)))
        {
            return true;
        }
    }
    for (const SymptomSpan& symptom : m_log.symptoms)
    {
        // What the target doesn't hear shows by answers that are missing, too.
        const bool deaf =
            symptom.answersOnly ||
            (symptom.cause && m_log.degradations.at(*symptom.cause).direction == CutDirection::IN);
        if (Feels(symptom, observer, target) &&
            JustChanged(t, symptom.span, symptom.node == target && !deaf ? 1 : 2))
        {
            return true;
        }
    }
    const auto onsets = m_deviationOnsets.find({target, observer});
    if (onsets == m_deviationOnsets.end())
    {
        return false;
    }
    return std::any_of(onsets->second.begin(), onsets->second.end(), [&](Nanos onset) {
        return JustChanged(t, {onset, std::nullopt}, 1);
    });
}

} // namespace ns3::faults
