// What the faults of each kind do, degradations apart: the second part of FaultInjector.
#include "byzantine-registry.h"
#include "fault-injector-active.h"
#include "fault-injector.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{

using namespace faults;

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
    symptom.ramp = fault.spec.parameters.ramp;
    m_log.symptoms.push_back(symptom);
    return m_log.symptoms.size() - 1;
}

void
FaultInjector::BeginSlow(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    FaultHost& host = *m_hosts[fault.node - 1];
    const Time added = host.CpuLatency(p.factor, ToTime(p.delay));
    fault.symptoms = {OpenSymptom(fault, "cpu", added, 0)};
    GrowSlow(index);
}

void
FaultInjector::BeginSlowLink(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    const Time latency = ToTime(p.delay + p.jitter); // the jitter's mean is its deviation
    if (fault.node != 0)
    {
        fault.symptoms = {OpenSymptom(fault, "link", latency, 0)};
    }
    for (const Cut& way : p.cuts)
    {
        const std::size_t row = OpenSymptom(fault, "link", latency, 0);
        m_log.symptoms[row].node = way.from;
        m_log.symptoms[row].peers = {way.to};
        m_log.symptoms[row].link = true;
        fault.symptoms.push_back(row);
    }
    GrowSlow(index);
}

void
FaultInjector::GrowSlow(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    const Nanos elapsed = Now() - m_log.symptoms[fault.symptoms.front()].span.start;
    const double strength = RampStrength(elapsed, p.ramp);
    const auto share = [strength](Nanos time) {
        return NanoSeconds(std::llround(strength * static_cast<double>(time.count())));
    };
    if (fault.spec.kind == FaultKind::SLOW_CPU)
    {
        m_hosts[fault.node - 1]->Slow(index, 1 + strength * (p.factor - 1), share(p.delay));
    }
    else
    {
        NetemParameters netem;
        netem.delay = share(p.delay);
        netem.jitter = share(p.jitter);
        for (uint32_t id = 1; id <= m_hosts.size(); ++id)
        {
            std::vector<uint32_t> receivers;
            for (const Cut& way : p.cuts)
            {
                if (way.from == id)
                {
                    receivers.push_back(way.to);
                }
            }
            if (!receivers.empty() || id == fault.node)
            {
                m_hosts[id - 1]->Impair(index, receivers, netem);
            }
        }
    }
    if (strength < 1)
    {
        const auto steps = static_cast<int64_t>(std::lround(strength * 10));
        const Nanos next((steps * p.ramp.count() + 8) / 9); // rounded up: the step is reached
        fault.next =
            Simulator::Schedule(ToTime(next - elapsed), &FaultInjector::GrowSlow, this, index);
    }
}

void
FaultInjector::BeginOmission(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    NetemParameters netem;
    netem.loss = p.loss;
    const bool out = p.direction != CutDirection::IN;
    const bool in = p.direction != CutDirection::OUT;
    if (out)
    {
        m_hosts[fault.node - 1]->Impair(index, p.to, netem);
    }
    for (uint32_t peer = 1; in && peer <= m_hosts.size(); ++peer)
    {
        if (peer != fault.node &&
            (p.to.empty() || std::binary_search(p.to.begin(), p.to.end(), peer)))
        {
            m_hosts[peer - 1]->Impair(index, {fault.node}, netem);
        }
    }
    // What a peer misses, of heartbeats and of answers, which need both ways.
    const double heartbeats = out ? p.loss : 0;
    const double answers = out && in ? 1 - (1 - p.loss) * (1 - p.loss) : p.loss;
    fault.symptoms = {OpenSymptom(fault, "omission", Time(0), (heartbeats + answers) / 2)};
    m_log.symptoms[fault.symptoms.front()].answersOnly = !out;
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
    FaultHost& host = *m_hosts[node - 1];
    ByzantineContext context;
    context.self = node;
    context.servers = m_hosts.size();
    context.elapsed = [this, start = Now()] { return Now() - start; };
    context.report = [this, node, kind](uint32_t to, bool withheld, uint64_t magnitude) {
        m_log.deviations.push_back({Now(), node, to, kind, withheld, magnitude});
    };
    context.server = host.GetServer();
    context.uniform = [random = fault.random] { return random->GetValue(0, 1); };
    host.Intercept(index, MakeByzantine(fault.spec, std::move(context)));
}

} // namespace ns3
