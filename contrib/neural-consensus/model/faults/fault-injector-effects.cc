// What the faults of each kind do, degradations apart: the second part of FaultInjector.
#include "byzantine-behaviour.h"
#include "fault-injector-active.h"
#include "fault-injector.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

using namespace faults;

namespace
{

Time
ToTime(Nanos time)
{
    return NanoSeconds(time.count());
}

/** An exponential span of at least a nanosecond. */
Time
DrawSpan(UniformRandomVariable& random, Nanos mean)
{
    const double draw = -std::log1p(-random.GetValue(0, 1));
    return NanoSeconds(
        std::max<int64_t>(1, std::llround(draw * static_cast<double>(mean.count()))));
}

/** "For good", within the range of Time. */
constexpr Nanos FOR_GOOD = std::chrono::hours(24 * 36500);

} // namespace

void
FaultInjector::Crash(std::size_t key, uint32_t node, bool host, std::optional<std::size_t> cause)
{
    m_hosts[node - 1]->Crash(key, host);
    LogLiveness(node, cause);
    CancelDegradations(node, key);
}

void
FaultInjector::Restart(std::size_t key, uint32_t node)
{
    m_hosts[node - 1]->Restart(key);
    LogLiveness(node, std::nullopt);
}

void
FaultInjector::LogLiveness(uint32_t node, std::optional<std::size_t> cause)
{
    const FaultHost& host = *m_hosts[node - 1];
    const auto open = m_openDown.find(node);
    if (open != m_openDown.end())
    {
        DownSpan& down = m_log.downs[open->second];
        if (!host.IsUp() && down.host == host.IsHostDown())
        {
            return;
        }
        down.span.end = Now();
        m_openDown.erase(open);
    }
    if (!host.IsUp())
    {
        m_openDown[node] = m_log.downs.size();
        m_log.downs.push_back({{Now(), std::nullopt}, node, host.IsHostDown(), cause});
    }
}

void
FaultInjector::CutAll(Active& fault, bool cut)
{
    if (fault.cutNow == cut)
    {
        return;
    }
    fault.cutNow = cut;
    for (const Cut& way : fault.cuts)
    {
        FaultHost& host = *m_hosts[way.from - 1];
        if (cut && host.Cut(way.to))
        {
            m_openCut[way] = m_log.cuts.size();
            m_log.cuts.push_back({{Now(), std::nullopt}, way});
        }
        else if (!cut && host.Mend(way.to))
        {
            m_log.cuts[m_openCut.at(way)].span.end = Now();
            m_openCut.erase(way);
        }
    }
}

void
FaultInjector::Flap(std::size_t index, bool cut)
{
    Active& fault = m_active[index];
    CutAll(fault, cut);
    const FaultParameters& p = fault.spec.parameters;
    const double share = cut ? p.duty : 1 - p.duty;
    const Nanos span(
        std::max<int64_t>(1, static_cast<int64_t>(share * static_cast<double>(p.period.count()))));
    fault.next = Simulator::Schedule(ToTime(span), &FaultInjector::Flap, this, index, !cut);
}

std::size_t
FaultInjector::OpenSymptom(const Active& fault, const char* subtype, Time delay, double loss)
{
    SymptomSpan symptom;
    symptom.span.start = Now();
    symptom.node = fault.node;
    symptom.peers = fault.spec.parameters.to;
    symptom.subtype = subtype;
    symptom.delay = Nanos(delay.GetNanoSeconds());
    symptom.loss = loss;
    m_log.symptoms.push_back(symptom);
    return m_log.symptoms.size() - 1;
}

void
FaultInjector::BeginSlow(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    NetemParameters netem;
    netem.delay = ToTime(p.delay);
    netem.jitter = ToTime(p.jitter);
    netem.loss = p.loss;
    const Time latency = ToTime(p.delay + p.jitter); // the jitter's mean is its deviation
    switch (fault.spec.kind)
    {
    case FaultKind::SLOW_CPU: {
        FaultHost& host = *m_hosts[fault.node - 1];
        host.Slow(index, p.factor, ToTime(p.delay));
        const Time added = host.CpuLatency(p.factor, ToTime(p.delay));
        fault.symptoms = {OpenSymptom(fault, "cpu", added, 0)};
        break;
    }
    case FaultKind::SLOW_DISK:
        BeginBout(index);
        break;
    case FaultKind::DISK_STALL: {
        const Time span = ToTime(fault.spec.duration.value_or(FOR_GOOD));
        m_hosts[fault.node - 1]->StallDisk(span);
        fault.symptoms = {OpenSymptom(fault, "disk", span, 0)};
        break;
    }
    case FaultKind::OMISSION:
        m_hosts[fault.node - 1]->Impair(index, p.to, netem);
        fault.symptoms = {OpenSymptom(fault, "omission", Time(0), p.loss)};
        break;
    default: // SLOW_LINK
        if (fault.node != 0)
        {
            m_hosts[fault.node - 1]->Impair(index, {}, netem);
            fault.symptoms = {OpenSymptom(fault, "link", latency, 0)};
        }
        for (std::size_t i = 0; i < m_hosts.size(); ++i)
        {
            std::vector<uint32_t> receivers;
            for (const Cut& way : p.cuts)
            {
                if (way.from == i + 1)
                {
                    receivers.push_back(way.to);
                }
            }
            if (!receivers.empty())
            {
                m_hosts[i]->Impair(index, receivers, netem);
            }
        }
        for (const Cut& way : p.cuts)
        {
            const std::size_t row = OpenSymptom(fault, "link", latency, 0);
            m_log.symptoms[row].node = way.from;
            m_log.symptoms[row].peers = {way.to};
            m_log.symptoms[row].link = true;
            fault.symptoms.push_back(row);
        }
        break;
    }
}

void
FaultInjector::BeginBout(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    FaultHost& host = *m_hosts[fault.node - 1];
    host.SlowDisk(index, p.factor);
    fault.symptoms = {OpenSymptom(fault, "disk", host.DiskLatency(p.factor), 0)};
    if (p.bout > Nanos{})
    {
        const Time span = DrawSpan(*fault.random, p.bout);
        fault.next = Simulator::Schedule(span, &FaultInjector::EndBout, this, index);
    }
}

void
FaultInjector::EndBout(std::size_t index)
{
    Active& fault = m_active[index];
    m_hosts[fault.node - 1]->ClearSlowDisk(index);
    m_log.symptoms[fault.symptoms.front()].span.end = Now();
    fault.symptoms.clear();
    const Time span = DrawSpan(*fault.random, fault.spec.parameters.gap);
    fault.next = Simulator::Schedule(span, &FaultInjector::BeginBout, this, index);
}

void
FaultInjector::BeginByzantine(std::size_t index)
{
    Active& fault = m_active[index];
    const uint32_t node = fault.node;
    const FaultKind kind = fault.spec.kind;
    m_hosts[node - 1]->Intercept(
        index,
        ByzantineBehaviour::Make(
            fault.spec,
            node,
            m_hosts.size(),
            [random = fault.random] { return random->GetValue(0, 1); },
            [this, node, kind](uint32_t to, bool withheld, uint64_t magnitude) {
                m_log.deviations.push_back({Now(), node, to, kind, withheld, magnitude});
            }));
}

} // namespace ns3
