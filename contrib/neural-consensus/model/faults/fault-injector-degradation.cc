// Degradations as they run: the third part of FaultInjector.
#include "degradation-process.h"
#include "fault-injector-active.h"
#include "fault-injector.h"

#include "ns3/simulator.h"

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

} // namespace

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
