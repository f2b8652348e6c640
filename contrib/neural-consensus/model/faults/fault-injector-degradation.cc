// Degradations as they run: the third part of FaultInjector.
#include "degradation-process.h"
#include "fault-injector-active.h"
#include "fault-injector.h"

#include "ns3/simulator.h"

namespace ns3
{

using namespace faults;

void
FaultInjector::BeginDegradation(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    DegradationOptions options;
    options.resource = p.resource;
    options.outcome = p.outcome;
    options.severity = p.severity;
    options.length = fault.spec.duration.value_or(DegradationLength(p.resource, m_timeCompression));
    fault.degradation = m_log.degradations.size();
    DegradationRecord record;
    record.node = fault.node;
    record.start = Now();
    record.process = std::make_shared<const DegradationProcess>(options, [random = fault.random] {
        return random->GetValue(0, 1);
    });
    record.direction = p.resource == Resource::NIC ? p.direction : CutDirection::OUT;
    // A factor of 2 adds one median write.
    record.diskLatency = Nanos(m_hosts[fault.node - 1]->DiskLatency(2).GetNanoSeconds());
    m_log.degradations.push_back(std::move(record));
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
    if (fault.symptoms.empty())
    {
        fault.symptoms = {
            OpenSymptom(fault, ResourceName(fault.spec.parameters.resource), Time(0), 0)};
        m_log.symptoms[fault.symptoms.front()].cause = fault.degradation;
    }
    if (symptom.IsPause())
    {
        m_hosts[fault.node - 1]->Pause(ToTime(symptom.length));
        m_log.pauses.push_back({{Now(), Now() + symptom.length}, fault.node});
    }
    else
    {
        ApplySymptom(index, symptom);
        fault.symptomEnd =
            Simulator::Schedule(ToTime(symptom.length), &FaultInjector::EndSymptom, this, index);
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
FaultInjector::ApplySymptom(std::size_t index, const Symptom& symptom)
{
    const Active& fault = m_active[index];
    FaultHost& host = *m_hosts[fault.node - 1];
    if (symptom.delay > Nanos{})
    {
        host.Slow(index, 1, ToTime(symptom.delay));
    }
    if (symptom.diskFactor > 1)
    {
        host.SlowDisk(index, symptom.diskFactor);
    }
    if (symptom.loss == 0)
    {
        return;
    }
    NetemParameters netem;
    netem.loss = symptom.loss;
    const CutDirection direction = m_log.degradations[fault.degradation].direction;
    if (direction != CutDirection::IN)
    {
        host.Impair(index, {}, netem);
    }
    for (std::size_t i = 0; direction != CutDirection::OUT && i < m_hosts.size(); ++i)
    {
        if (i + 1 != fault.node)
        {
            m_hosts[i]->Impair(index, {fault.node}, netem); // lost here, as far as anyone can tell
        }
    }
}

void
FaultInjector::EndSymptom(std::size_t index)
{
    Active& fault = m_active[index];
    fault.symptomEnd.Cancel();
    FaultHost& host = *m_hosts[fault.node - 1];
    host.ClearSlow(index);
    host.ClearSlowDisk(index);
    for (const std::unique_ptr<FaultHost>& each : m_hosts)
    {
        each->ClearImpair(index);
    }
}

void
FaultInjector::TurnDegradation(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    const DegradationProcess& process = *m_log.degradations[fault.degradation].process;
    const bool crash = process.EndsInCrash();
    m_log.faults[fault.record].detail += crash ? ",ended=crash" : ",ended=recovery";
    End(index);
    if (!crash)
    {
        return;
    }
    const bool host = process.TakesHostDown();
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
    CloseRecord(fault.record);
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
