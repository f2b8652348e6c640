// What the faults of each kind do: the second half of FaultInjector.
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

void
FaultInjector::BeginDegradation(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    DegradationOptions options;
    options.resource = p.resource;
    options.outcome = p.outcome;
    options.severity = p.severity;
    options.length = fault.spec.duration.value_or(DEFAULT_DEGRADATION_LENGTH);
    fault.degradation = m_log.degradations.size();
    m_log.degradations.push_back(
        {fault.node,
         Now(),
         std::nullopt,
         std::make_shared<const DegradationProcess>(options, [random = fault.random] {
             return random->GetValue(0, 1);
         })});
    const DegradationProcess& process = *m_log.degradations.back().process;
    fault.turn =
        Simulator::Schedule(ToTime(process.End()), &FaultInjector::TurnDegradation, this, index);
    if (process.Onset())
    {
        fault.next =
            Simulator::Schedule(ToTime(*process.Onset()), &FaultInjector::NextSymptom, this, index);
    }
    if (!m_hosts[fault.node - 1]->IsUp())
    {
        CancelDegradations(fault.node, m_active.size()); // nothing runs that could wear out
    }
}

void
FaultInjector::NextSymptom(std::size_t index)
{
    Active& fault = m_active[index];
    const DegradationRecord& degradation = m_log.degradations[fault.degradation];
    const std::vector<Symptom>& symptoms = degradation.process->Symptoms();
    const Symptom& symptom = symptoms[fault.symptom];
    FaultHost& host = *m_hosts[fault.node - 1];
    if (fault.symptoms.empty())
    {
        fault.symptoms = {
            OpenSymptom(fault, ResourceName(fault.spec.parameters.resource), Time(0), 0)};
        m_log.symptoms[fault.symptoms.front()].cause = fault.degradation;
    }
    if (symptom.loss > 0)
    {
        NetemParameters netem;
        netem.loss = symptom.loss;
        host.Impair(index, {}, netem);
        fault.symptomEnd =
            Simulator::Schedule(ToTime(symptom.length), &FaultInjector::EndSymptom, this, index);
    }
    else
    {
        host.Pause(ToTime(symptom.length));
        m_log.pauses.push_back({{Now(), Now() + symptom.length}, fault.node});
    }
    if (++fault.symptom < symptoms.size())
    {
        fault.next =
            Simulator::Schedule(ToTime(symptoms[fault.symptom].at + degradation.start - Now()),
                                &FaultInjector::NextSymptom,
                                this,
                                index);
    }
}

void
FaultInjector::EndSymptom(std::size_t index)
{
    Active& fault = m_active[index];
    fault.symptomEnd.Cancel();
    m_hosts[fault.node - 1]->ClearImpair(index);
}

void
FaultInjector::TurnDegradation(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    const bool crash = m_log.degradations[fault.degradation].process->EndsInCrash();
    m_log.faults[fault.record].detail += crash ? ",ended=crash" : ",ended=recovery";
    End(index);
    if (!crash)
    {
        return;
    }
    // A process that runs out of memory dies alone; a throttled or deaf machine goes as a whole.
    const bool host = p.resource != Resource::HEAP;
    OpenRecord(fault,
               host ? FaultKind::HOST_CRASH : FaultKind::PROCESS_CRASH,
               std::to_string(fault.node),
               "cause=degrade");
    Crash(index, fault.node, host, fault.degradation);
    if (p.down)
    {
        fault.turn =
            Simulator::Schedule(ToTime(*p.down), &FaultInjector::RestartDegraded, this, index);
    }
}

void
FaultInjector::RestartDegraded(std::size_t index)
{
    const Active& fault = m_active[index];
    Restart(index, fault.node);
    CloseRecord(fault);
}

void
FaultInjector::CancelDegradations(uint32_t node, std::size_t except)
{
    for (std::size_t i = 0; i < m_active.size(); ++i)
    {
        Active& fault = m_active[i];
        if (i == except || !fault.running || fault.node != node ||
            fault.spec.kind != FaultKind::DEGRADE)
        {
            continue;
        }
        m_log.degradations[fault.degradation].cancelled = Now();
        m_log.faults[fault.record].detail += ",ended=other-crash";
        End(i);
    }
}

} // namespace ns3
