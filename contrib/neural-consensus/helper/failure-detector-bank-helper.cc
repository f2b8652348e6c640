#include "failure-detector-bank-helper.h"

#include "heartbeat-monitor-helper.h"

#include "ns3/abort.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"

#include <algorithm>
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
        node->AggregateObject(bank);
        bank->SetUp(monitor->IsUp());
        banks.push_back(bank);
    }
    return banks;
}

} // namespace ns3
