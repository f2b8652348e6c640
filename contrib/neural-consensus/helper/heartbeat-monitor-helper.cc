#include "heartbeat-monitor-helper.h"

#include "ns3/abort.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/raft-application.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <vector>

namespace ns3
{

namespace
{

uint32_t
HostIdOf(Ptr<Node> node)
{
    Ptr<HostNetwork> network = node->GetObject<HostNetwork>();
    NS_ABORT_MSG_IF(!network, "a heartbeat monitor needs a HostNetwork on its node");
    return network->GetHostId();
}

/** @return the numbers from 0 to n - 1 in a random order */
std::vector<uint32_t>
Shuffle(uint32_t n, int64_t stream)
{
    Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
    if (stream >= 0)
    {
        random->SetStream(stream);
    }
    std::vector<uint32_t> order(n);
    for (uint32_t i = 0; i < n; ++i)
    {
        order[i] = i;
        std::swap(order[i], order[random->GetInteger(0, i)]);
    }
    return order;
}

/** What the node's Raft server says of itself; nothing where there is none or it is down. */
detection::PeerStatus
StatusOf(Ptr<RaftApplication> server)
{
    detection::PeerStatus status;
    if (const raft::RaftCore* core = server->GetCore())
    {
        status.term = core->GetTerm();
        status.lastIndex = core->GetLastIndex();
        status.commitIndex = core->GetCommitIndex();
        status.leader = core->GetRole() == raft::Role::LEADER;
    }
    return status;
}

/** @return the Raft server on a node, null if there is none */
Ptr<RaftApplication>
ServerOf(Ptr<Node> node)
{
    for (uint32_t i = 0; i < node->GetNApplications(); ++i)
    {
        if (auto server = DynamicCast<RaftApplication>(node->GetApplication(i)))
        {
            return server;
        }
    }
    return nullptr;
}

} // namespace

HeartbeatMonitorHelper::HeartbeatMonitorHelper()
{
    m_factory.SetTypeId(HeartbeatMonitor::GetTypeId());
}

void
HeartbeatMonitorHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
HeartbeatMonitorHelper::SetWatch(const std::string& watch)
{
    if (watch == "all")
    {
        m_watchCount = 0;
        return;
    }
    uint32_t count = 0;
    const char* end = watch.data() + watch.size();
    const auto [stop, error] = std::from_chars(watch.data(), end, count);
    if (error != std::errc() || stop != end || count == 0)
    {
        throw std::invalid_argument("watch \"" + watch +
                                    "\", expected all or the number of peers each server watches");
    }
    m_watchCount = count;
}

void
HeartbeatMonitorHelper::SetRingStream(int64_t stream)
{
    m_ringStream = stream;
}

ApplicationContainer
HeartbeatMonitorHelper::Install(const NodeContainer& servers) const
{
    const uint32_t n = servers.GetN();
    if (m_watchCount >= n && m_watchCount > 0)
    {
        throw std::invalid_argument("each of " + std::to_string(n) + " servers cannot watch " +
                                    std::to_string(m_watchCount) + " others");
    }
    const uint32_t count = m_watchCount > 0 ? m_watchCount : (n > 0 ? n - 1 : 0);
    const std::vector<uint32_t> ring = Shuffle(n, m_ringStream);

    std::vector<std::vector<uint32_t>> watched(n);
    std::vector<std::vector<uint32_t>> audience(n);
    for (uint32_t place = 0; place < n; ++place)
    {
        for (uint32_t step = 1; step <= count; ++step)
        {
            const uint32_t watcher = ring[place];
            const uint32_t target = ring[(place + step) % n];
            watched[watcher].push_back(HostIdOf(servers.Get(target)));
            audience[target].push_back(HostIdOf(servers.Get(watcher)));
        }
    }
    ApplicationContainer applications;
    for (uint32_t i = 0; i < n; ++i)
    {
        std::sort(watched[i].begin(), watched[i].end());
        std::sort(audience[i].begin(), audience[i].end());
        Ptr<HeartbeatMonitor> monitor = m_factory.Create<HeartbeatMonitor>();
        monitor->SetWatched(watched[i]);
        monitor->SetAudience(audience[i]);
        if (const auto server = ServerOf(servers.Get(i)))
        {
            monitor->SetStatusSource([server] { return StatusOf(server); });
            monitor->SetDigestExchange(
                [server](uint32_t to, evidence::Digest& digest) { server->TellPeer(to, digest); },
                [server](uint32_t from, const evidence::Digest& digest) {
                    server->ListenToPeer(from, digest);
                });
        }
        servers.Get(i)->AddApplication(monitor);
        applications.Add(monitor);
    }
    return applications;
}

Ptr<HeartbeatMonitor>
HeartbeatMonitorHelper::MonitorOf(Ptr<Node> node)
{
    for (uint32_t i = 0; i < node->GetNApplications(); ++i)
    {
        if (Ptr<HeartbeatMonitor> monitor = DynamicCast<HeartbeatMonitor>(node->GetApplication(i)))
        {
            return monitor;
        }
    }
    return nullptr;
}

int64_t
HeartbeatMonitorHelper::AssignStreams(const NodeContainer& servers, int64_t stream)
{
    int64_t used = 0;
    for (auto node = servers.Begin(); node != servers.End(); ++node)
    {
        if (Ptr<HeartbeatMonitor> monitor = MonitorOf(*node))
        {
            used += monitor->AssignStreams(stream + used);
        }
    }
    return used;
}

} // namespace ns3
