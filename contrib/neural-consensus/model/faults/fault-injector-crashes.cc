// Crashes, of one host or of several: the part of FaultInjector that takes hosts down.
#include "fault-injector-active.h"
#include "fault-injector.h"

#include "ns3/simulator.h"

namespace ns3
{

using namespace faults;

void
FaultInjector::Crash(std::size_t key, uint32_t node, bool host, std::optional<std::size_t> cause)
{
    m_hosts[node - 1]->Crash(key, host);
    for (PauseSpan& pause : m_log.pauses)
    {
        if (pause.node == node && pause.span.end > Now())
        {
            pause.span.end = Now(); // what restarts is not paused any more
        }
    }
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
FaultInjector::CrashNext(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    const std::size_t most = p.count > 0 ? p.count : (m_hosts.size() - 1) / 2;
    const bool together = fault.spec.kind == FaultKind::MINORITY_CRASH;
    while (fault.crashes < most)
    {
        ++fault.crashes;
        CrashOne(index);
        if (!together && fault.crashes < most)
        {
            fault.next = Simulator::Schedule(DrawSpan(*fault.random, p.gap),
                                             &FaultInjector::CrashNext,
                                             this,
                                             index);
            return;
        }
    }
}

void
FaultInjector::CrashOne(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultParameters& p = fault.spec.parameters;
    const std::vector<uint32_t> live = Live();
    // Drawn in any case, so that the times of later crashes don't depend on who is down.
    const double draw = fault.random->GetValue(0, 1);
    const std::size_t down = m_hosts.size() - live.size();
    if (live.empty() || (p.count == 0 && down >= (m_hosts.size() - 1) / 2))
    {
        return; // a majority would be lost that the plan doesn't ask for
    }
    const auto count = static_cast<double>(live.size());
    const uint32_t node = live[static_cast<std::size_t>(std::min(draw * count, count - 1))];
    OpenRecord(fault,
               FaultKind::HOST_CRASH,
               std::to_string(node),
               "cause=" + FaultKindName(fault.spec.kind));
    fault.fallen.push_back({node, fault.record, EventId()});
    if (p.down)
    {
        fault.fallen.back().restart =
            Simulator::Schedule(ToTime(*p.down), &FaultInjector::RestartFallen, this, index, node);
    }
    Crash(index, node, true, std::nullopt);
}

void
FaultInjector::RestartFallen(std::size_t index, uint32_t node)
{
    Active& fault = m_active[index];
    const auto fallen = std::find_if(fault.fallen.begin(), fault.fallen.end(), [&](const auto& f) {
        return f.node == node;
    });
    fallen->restart.Cancel();
    const std::size_t record = fallen->record;
    fault.fallen.erase(fallen);
    Restart(index, node);
    CloseRecord(record);
}

void
FaultInjector::RestartAllFallen(std::size_t index)
{
    while (!m_active[index].fallen.empty())
    {
        RestartFallen(index, m_active[index].fallen.front().node);
    }
}

} // namespace ns3
