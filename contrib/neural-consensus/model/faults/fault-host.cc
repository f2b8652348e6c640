#include "fault-host.h"

#include "ns3/abort.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/message-interceptor.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/node-disk.h"
#include "ns3/raft-application.h"
#include "ns3/simulator.h"
#include "ns3/swim-application.h"

#include <algorithm>
#include <utility>

namespace ns3
{

namespace
{

/** All interceptors of a host, one after the other; the first that withholds ends it. */
class InterceptorChain : public MessageInterceptor
{
  public:
    explicit InterceptorChain(std::vector<std::shared_ptr<MessageInterceptor>> links)
        : m_links(std::move(links))
    {
    }

    bool OnRaftMessage(raft::Message& message) override
    {
        return std::all_of(m_links.begin(), m_links.end(), [&](const auto& link) {
            return link->OnRaftMessage(message);
        });
    }

    bool OnHeartbeat(HeartbeatHeader& header, uint32_t to) override
    {
        return std::all_of(m_links.begin(), m_links.end(), [&](const auto& link) {
            return link->OnHeartbeat(header, to);
        });
    }

    bool OnRaftArrival(const raft::Message& message) override
    {
        return std::all_of(m_links.begin(), m_links.end(), [&](const auto& link) {
            return link->OnRaftArrival(message);
        });
    }

  private:
    std::vector<std::shared_ptr<MessageInterceptor>> m_links;
};

/** Calls f with each application of type T on the node. */
template <typename T, typename F>
void
ForEach(Ptr<Node> node, F&& f)
{
    for (uint32_t i = 0; i < node->GetNApplications(); ++i)
    {
        if (Ptr<T> application = DynamicCast<T>(node->GetApplication(i)))
        {
            f(application);
        }
    }
}

Ptr<HostNetwork>
NetworkOf(Ptr<Node> node)
{
    Ptr<HostNetwork> network = node->GetObject<HostNetwork>();
    NS_ABORT_MSG_IF(!network, "a host without HostNetwork can have no faults");
    return network;
}

NetemParameters
Combine(const NetemParameters& a, const NetemParameters& b)
{
    NetemParameters both;
    both.delay = a.delay + b.delay;
    both.jitter = a.jitter + b.jitter;
    both.loss = 1 - (1 - a.loss) * (1 - b.loss);
    return both;
}

} // namespace

FaultHost::FaultHost(Ptr<Node> node)
    : m_node(std::move(node))
{
}

Ptr<RaftApplication>
FaultHost::GetServer() const
{
    Ptr<RaftApplication> server;
    ForEach<RaftApplication>(m_node, [&](auto application) { server = application; });
    return server;
}

bool
FaultHost::IsUp() const
{
    return m_crashes.empty();
}

bool
FaultHost::IsHostDown() const
{
    return std::any_of(m_crashes.begin(), m_crashes.end(), [](const auto& crash) {
        return crash.second;
    });
}

void
FaultHost::Crash(Key key, bool host)
{
    const bool wasUp = IsUp();
    m_crashes[key] = host;
    if (host)
    {
        NetworkOf(m_node)->SetDown(true);
    }
    if (wasUp)
    {
        NodeCpu::Of(m_node)->Halt();
        NodeDisk::Of(m_node)->DropPending();
        ForEach<RaftApplication>(m_node, [](auto application) { application->Crash(); });
        ForEach<HeartbeatMonitor>(m_node, [](auto application) { application->Crash(); });
        ForEach<SwimApplication>(m_node, [](auto application) { application->Crash(); });
    }
}

void
FaultHost::Restart(Key key)
{
    m_crashes.erase(key);
    if (!IsHostDown())
    {
        NetworkOf(m_node)->SetDown(false);
    }
    if (IsUp())
    {
        NodeCpu::Of(m_node)->Resume();
        if (m_diskStalledUntil > Simulator::Now())
        {
            NodeDisk::Of(m_node)->StallFor(m_diskStalledUntil - Simulator::Now());
        }
        ForEach<RaftApplication>(m_node, [](auto application) { application->Restart(); });
        ForEach<HeartbeatMonitor>(m_node, [](auto application) { application->Restart(); });
        ForEach<SwimApplication>(m_node, [](auto application) { application->Restart(); });
    }
}

void
FaultHost::Slow(Key key, double factor, Time schedulingLatency)
{
    m_slow[key] = {factor, schedulingLatency};
    ApplySlow();
}

void
FaultHost::ClearSlow(Key key)
{
    if (m_slow.erase(key) > 0)
    {
        ApplySlow();
    }
}

void
FaultHost::ApplySlow()
{
    Slowness all{1, Time(0)};
    for (const auto& [key, slow] : m_slow)
    {
        all.factor *= slow.factor;
        all.latency += slow.latency;
    }
    NodeCpu::Of(m_node)->SetSlowdown(all.factor, all.latency);
}

void
FaultHost::Pause(Time span)
{
    if (IsUp())
    {
        NodeCpu::Of(m_node)->PauseFor(span);
    }
}

void
FaultHost::SlowDisk(Key key, double factor)
{
    m_slowDisk[key] = factor;
    ApplySlowDisk();
}

void
FaultHost::ClearSlowDisk(Key key)
{
    if (m_slowDisk.erase(key) > 0)
    {
        ApplySlowDisk();
    }
}

void
FaultHost::ApplySlowDisk()
{
    double all = 1;
    for (const auto& [key, factor] : m_slowDisk)
    {
        all *= factor;
    }
    NodeDisk::Of(m_node)->SetSlowdown(all);
}

void
FaultHost::StallDisk(Time span)
{
    m_diskStalledUntil = std::max(m_diskStalledUntil, Simulator::Now() + span);
    if (IsUp())
    {
        NodeDisk::Of(m_node)->StallFor(span);
    }
}

void
FaultHost::Impair(Key key, const std::vector<uint32_t>& to, const NetemParameters& parameters)
{
    m_impairments[key] = {to, parameters};
    ApplyImpairments(to);
}

void
FaultHost::ClearImpair(Key key)
{
    const auto known = m_impairments.find(key);
    if (known != m_impairments.end())
    {
        const std::vector<uint32_t> touched = known->second.to;
        m_impairments.erase(known);
        ApplyImpairments(touched);
    }
}

void
FaultHost::ApplyImpairments(const std::vector<uint32_t>& touched)
{
    // HostNetwork takes the rule for one receiver in place of that for all: each gets its sum.
    NetemParameters all;
    std::map<uint32_t, NetemParameters> sums;
    for (const auto& [key, impairment] : m_impairments)
    {
        for (const uint32_t to : impairment.to)
        {
            sums[to] = Combine(sums[to], impairment.parameters);
        }
        if (impairment.to.empty())
        {
            all = Combine(all, impairment.parameters);
        }
    }
    Ptr<HostNetwork> network = NetworkOf(m_node);
    if (all.IsNeutral())
    {
        network->ClearImpairment(0);
    }
    else
    {
        network->SetImpairment(0, all);
    }
    for (const auto& [to, sum] : sums)
    {
        network->SetImpairment(to, Combine(all, sum));
    }
    for (const uint32_t to : touched)
    {
        if (sums.count(to) == 0)
        {
            network->ClearImpairment(to);
        }
    }
}

bool
FaultHost::Cut(uint32_t to)
{
    if (m_cuts[to]++ > 0)
    {
        return false;
    }
    NetworkOf(m_node)->SetCut(to, true);
    return true;
}

bool
FaultHost::Mend(uint32_t to)
{
    NS_ABORT_MSG_IF(m_cuts[to] == 0, "a cut to server " << to << " is mended that isn't there");
    if (--m_cuts[to] > 0)
    {
        return false;
    }
    NetworkOf(m_node)->SetCut(to, false);
    return true;
}

void
FaultHost::Skew(Key key, Time offset, double driftPpm)
{
    m_skews[key] = {offset, driftPpm};
    Ptr<NodeClock> clock = NodeClock::Of(m_node);
    clock->SetOffset(clock->GetOffset() + offset);
    clock->SetDrift(clock->GetDrift() + driftPpm);
}

void
FaultHost::ClearSkew(Key key)
{
    const auto known = m_skews.find(key);
    if (known != m_skews.end())
    {
        Ptr<NodeClock> clock = NodeClock::Of(m_node);
        clock->SetOffset(clock->GetOffset() - known->second.offset);
        clock->SetDrift(clock->GetDrift() - known->second.driftPpm);
        m_skews.erase(known);
    }
}

void
FaultHost::Intercept(Key key, std::shared_ptr<MessageInterceptor> interceptor)
{
    m_interceptors[key] = std::move(interceptor);
    ApplyIntercept();
}

void
FaultHost::ClearIntercept(Key key)
{
    if (m_interceptors.erase(key) > 0)
    {
        ApplyIntercept();
    }
}

void
FaultHost::ApplyIntercept()
{
    std::shared_ptr<MessageInterceptor> chain;
    if (!m_interceptors.empty())
    {
        std::vector<std::shared_ptr<MessageInterceptor>> links;
        for (const auto& [key, interceptor] : m_interceptors)
        {
            links.push_back(interceptor);
        }
        chain = std::make_shared<InterceptorChain>(std::move(links));
    }
    ForEach<RaftApplication>(m_node, [&](auto application) { application->SetInterceptor(chain); });
    ForEach<HeartbeatMonitor>(m_node,
                              [&](auto application) { application->SetInterceptor(chain); });
}

Time
FaultHost::DiskLatency(double factor) const
{
    TimeValue median;
    NodeDisk::Of(m_node)->GetAttribute("MedianLatency", median);
    return NanoSeconds(static_cast<double>(median.Get().GetNanoSeconds()) * (factor - 1));
}

Time
FaultHost::CpuLatency(double factor, Time schedulingLatency) const
{
    TimeValue cost;
    NodeCpu::Of(m_node)->GetAttribute("MessageCost", cost);
    return NanoSeconds(static_cast<double>(cost.Get().GetNanoSeconds()) * (factor - 1)) +
           schedulingLatency;
}

} // namespace ns3
