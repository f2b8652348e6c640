#include "failure-detector-bank-helper.h"

#include "heartbeat-monitor-helper.h"

#include "ns3/abort.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace ns3
{

namespace
{

void
ForwardLiveness(Ptr<FailureDetectorBank> bank, uint32_t, bool up)
{
    bank->SetUp(up);
}

} // namespace

std::string
FailureDetectorBankHelper::Add(const std::string& specification)
{
    Entry entry;
    entry.spec = detection::ParseDetectorSpec(specification);
    detection::MakeFailureDetector(entry.spec.name, entry.spec.parameters);
    const auto taken = [this](const std::string& label) {
        return std::any_of(m_entries.begin(), m_entries.end(), [&](const Entry& other) {
            return other.label == label;
        });
    };
    entry.label = taken(entry.spec.name) ? specification : entry.spec.name;
    if (taken(entry.label))
    {
        throw std::invalid_argument("detector " + specification + " is asked for twice");
    }
    m_entries.push_back(entry);
    return entry.label;
}

std::vector<Ptr<FailureDetectorBank>>
FailureDetectorBankHelper::Install(const NodeContainer& nodes) const
{
    CheckGossip(nodes);
    std::vector<Ptr<FailureDetectorBank>> banks;
    for (auto it = nodes.Begin(); it != nodes.End(); ++it)
    {
        Ptr<Node> node = *it;
        Ptr<HeartbeatMonitor> monitor = HeartbeatMonitorHelper::MonitorOf(node);
        NS_ABORT_MSG_IF(!monitor, "failure detectors need a HeartbeatMonitor on their node");
        Ptr<FailureDetectorBank> bank = CreateObject<FailureDetectorBank>();
        bank->Setup(node->GetObject<HostNetwork>()->GetHostId(),
                    NodeClock::Of(node),
                    NodeCpu::Of(node),
                    monitor->GetWatched(),
                    detection::Nanos(monitor->GetInterval().GetNanoSeconds()));
        for (const Entry& entry : m_entries)
        {
            bank->AddDetector(entry.label, entry.spec);
        }
        monitor->TraceConnectWithoutContext("Arrival",
                                            MakeCallback(&FailureDetectorBank::OnArrival, bank));
        monitor->TraceConnectWithoutContext("Liveness", MakeBoundCallback(&ForwardLiveness, bank));
        if (bank->Gossips())
        {
            monitor->SetSuspicionExchange(
                [bank](detection::Suspicions& suspicions) { bank->TellSuspicions(suspicions); },
                [bank](const detection::PeerArrival& heartbeat,
                       const detection::Suspicions& suspicions) {
                    bank->HearSuspicions(heartbeat, suspicions);
                });
        }
        node->AggregateObject(bank);
        bank->SetUp(monitor->IsUp());
        banks.push_back(bank);
    }
    return banks;
}

void
FailureDetectorBankHelper::CheckGossip(const NodeContainer& nodes) const
{
    std::map<uint32_t, uint32_t> watchers;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        for (const uint32_t target : HeartbeatMonitorHelper::MonitorOf(*node)->GetWatched())
        {
            ++watchers[target];
        }
    }
    for (const Entry& entry : m_entries)
    {
        const uint32_t quorum = detection::GossipQuorum(entry.spec);
        for (const auto& [target, count] : watchers)
        {
            if (quorum > count)
            {
                throw std::invalid_argument(
                    "detector " + entry.spec.name + ": gossip=" + std::to_string(quorum) +
                    ", expected at most " + std::to_string(count) +
                    ", the number of servers that watch server " + std::to_string(target));
            }
        }
    }
}

} // namespace ns3
