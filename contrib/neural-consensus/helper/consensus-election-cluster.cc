#include "consensus-election-cluster.h"

#include "raft-helper.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/host-network.h"
#include "ns3/message-interceptor.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace ns3
{

namespace
{

// Each part of the world draws from streams of its own, so that a change in one leaves the others
// as they were.
constexpr int64_t NETWORK_STREAMS = 0;
constexpr int64_t PROTOCOL_STREAMS = 100000000;
constexpr int64_t LOAD_STREAMS = 200000000;
constexpr int64_t TRIAL_STREAM = 300000000;

/** What leaves a server passes here. */
class Outlet : public MessageInterceptor
{
  public:
    /** Asked for each message; false withholds it. */
    using Filter = std::function<bool(raft::Message& message)>;

    explicit Outlet(Filter filter)
        : m_filter(std::move(filter))
    {
    }

    bool OnRaftMessage(raft::Message& message) override
    {
        return m_filter(message);
    }

  private:
    Filter m_filter;
};

} // namespace

ElectionCluster::ElectionCluster(const ElectionTrialsOptions& options, Watcher watcher)
    : m_options(options),
      m_watcher(std::move(watcher)),
      m_topology(BuildTopology(options.topology)),
      m_random(CreateObject<UniformRandomVariable>())
{
    m_topology.AssignStreams(NETWORK_STREAMS);
    m_random->SetStream(TRIAL_STREAM);
    RaftHelper raft;
    raft.SetServerAttribute("ElectionTimeoutMin", TimeValue(m_options.timeoutMin));
    raft.SetServerAttribute("ElectionTimeoutMax", TimeValue(m_options.timeoutMax));
    raft.SetServerAttribute("HeartbeatInterval", TimeValue(m_options.heartbeat));
    // One write at a time, so that the logs are where they shall be soon.
    raft.SetClientAttribute("ClosedLoop", BooleanValue(true));
    raft.SetClientAttribute("WriteRatio", DoubleValue(1));
    raft.SetClientAttribute("Timeout", TimeValue(m_options.heartbeat));
    const ApplicationContainer servers = raft.InstallServers(m_topology.Servers());
    const ApplicationContainer clients =
        raft.InstallClients(m_topology.Clients(), m_topology.Servers());
    RaftHelper::AssignStreams(servers, PROTOCOL_STREAMS);
    RaftHelper::AssignStreams(clients, LOAD_STREAMS);
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        auto server = DynamicCast<RaftApplication>(servers.Get(i));
        const uint32_t id = server->GetServerId();
        server->SetInterceptor(std::make_shared<Outlet>(
            [this, id](raft::Message& message) { return LetOut(id, message); }));
        server->TraceConnectWithoutContext("Step", MakeCallback(&ElectionCluster::OnStep, this));
        server->TraceConnectWithoutContext("RoleChange",
                                           MakeCallback(&ElectionCluster::OnRole, this));
        server->TraceConnectWithoutContext("RxMessage",
                                           MakeCallback(&ElectionCluster::OnReceive, this));
        server->SetStartTime(m_topology.WarmUp());
        m_servers.push_back(server);
    }
    MuteClient(true);
    Simulator::Schedule(m_topology.WarmUp() + NanoSeconds(1), &ElectionCluster::StartAnew, this, 1);
}

Ptr<RaftApplication>
ElectionCluster::Server(uint32_t id) const
{
    return m_servers.at(id - 1);
}

double
ElectionCluster::Random()
{
    return m_random->GetValue();
}

std::vector<uint32_t>
ElectionCluster::OthersShuffled(uint32_t id)
{
    std::vector<uint32_t> ids;
    for (uint32_t other = 1; other <= m_servers.size(); ++other)
    {
        if (other != id)
        {
            ids.push_back(other);
        }
    }
    for (std::size_t i = ids.size(); i > 1; --i)
    {
        std::swap(ids[i - 1], ids[m_random->GetInteger(0, static_cast<uint32_t>(i - 1))]);
    }
    return ids;
}

/** Keeps entries from followers whose log shall end, and delays what goes out. */
bool
ElectionCluster::LetOut(uint32_t server, raft::Message& message)
{
    if (m_options.latencyRange.IsStrictlyPositive())
    {
        NetemParameters extra;
        extra.delay = m_random->GetValue() * m_options.latencyRange;
        m_topology.Host(server)->GetObject<HostNetwork>()->SetImpairment(message.to, extra);
    }
    auto* append = std::get_if<raft::AppendEntries>(&message.body);
    const auto limit = m_lastIndex.find(message.to);
    if (!append || limit == m_lastIndex.end() || append->entries.empty())
    {
        return true;
    }
    const raft::Index room = std::max(limit->second, append->prevLogIndex) - append->prevLogIndex;
    if (room < append->entries.size())
    {
        append->entries.resize(room);
    }
    // Entries that are sent again take the place of a heartbeat, and remain one without entries.
    return !append->entries.empty() || m_heartbeating;
}

void
ElectionCluster::OnStep(const raft::RaftCore& core, const raft::Update& update)
{
    const auto appends =
        std::count_if(update.messages.begin(), update.messages.end(), [](const auto& outgoing) {
            return std::holds_alternative<raft::AppendEntries>(outgoing.message.body);
        });
    m_heartbeating = core.GetRole() == raft::Role::LEADER && update.roleChanges.empty() &&
                     appends + 1 == static_cast<std::ptrdiff_t>(m_servers.size());
    if (m_heartbeating)
    {
        m_watcher.heartbeat(core);
    }
}

void
ElectionCluster::OnRole(uint32_t server, const raft::RoleChange& change)
{
    m_watcher.role(server, change);
}

void
ElectionCluster::OnReceive(const raft::Message& message, uint64_t)
{
    m_watcher.receive(message);
}

bool
ElectionCluster::IsSettled(const raft::RaftCore& leader) const
{
    return std::all_of(m_servers.begin(), m_servers.end(), [&](const auto& server) {
        const raft::RaftCore* core = server->GetCore();
        return core && core->GetTerm() == leader.GetTerm() && core->GetLeader() == leader.GetId() &&
               core->GetDurableIndex() == leader.GetLastIndex() &&
               core->GetLastIndex() == leader.GetLastIndex() &&
               leader.GetCommitIndex() == leader.GetLastIndex();
    });
}

void
ElectionCluster::Diverge(const raft::RaftCore& leader)
{
    raft::Index last = leader.GetLastIndex();
    for (const uint32_t follower : OthersShuffled(leader.GetId()))
    {
        m_lastIndex[follower] = last++;
    }
    MuteClient(false);
}

bool
ElectionCluster::HasDiverged(const raft::RaftCore& leader) const
{
    return std::all_of(m_lastIndex.begin(), m_lastIndex.end(), [&](const auto& limit) {
        const raft::RaftCore* core = Server(limit.first)->GetCore();
        return core && core->GetLastIndex() == limit.second &&
               core->GetDurableIndex() == limit.second && core->GetLeader() == leader.GetId() &&
               leader.GetLastIndex() >= limit.second;
    });
}

bool
ElectionCluster::HasOvershot() const
{
    return std::any_of(m_lastIndex.begin(), m_lastIndex.end(), [&](const auto& limit) {
        const raft::RaftCore* core = Server(limit.first)->GetCore();
        return core && core->GetLastIndex() > limit.second;
    });
}

void
ElectionCluster::HushClient()
{
    MuteClient(true);
}

void
ElectionCluster::Converge()
{
    m_lastIndex.clear();
    MuteClient(true);
}

void
ElectionCluster::MuteClient(bool mute)
{
    for (uint32_t i = 0; i < m_topology.Clients().GetN(); ++i)
    {
        m_topology.Clients().Get(i)->GetObject<HostNetwork>()->SetDown(mute);
    }
}

void
ElectionCluster::Recover()
{
    for (const auto& server : m_servers)
    {
        server->Restart();
    }
}

void
ElectionCluster::StartAnew(uint32_t first)
{
    for (const auto& server : m_servers)
    {
        server->Crash();
    }
    Server(first)->Restart();
    // It stands when all others listen, and well before any of them.
    Simulator::Schedule(NanoSeconds(m_options.timeoutMin.GetNanoSeconds() / 2),
                        &ElectionCluster::Recover,
                        this);
}

} // namespace ns3
