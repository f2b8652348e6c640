#include "raft-app-cluster.h"

#include "ns3/raft-command.h"
#include "ns3/raft-helper.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

namespace nctest
{

using namespace ns3;

AppCluster::AppCluster(const AppClusterOptions& options)
{
    RngSeedManager::SetSeed(options.seed);
    TopologyOptions network;
    network.servers = options.servers;
    network.clients = options.clients + options.spareHosts;
    network.impairment = options.impairment;
    m_topology = BuildTopology(network);
    m_topology.AssignStreams(1);

    RaftHelper helper;
    const StringValue sockets(options.tcp ? "ns3::TcpSocketFactory" : "ns3::UdpSocketFactory");
    helper.SetServerAttribute("SocketFactory", sockets);
    helper.SetClientAttribute("SocketFactory", sockets);
    for (const auto& [name, text] : options.serverAttributes)
    {
        helper.SetServerAttribute(name, StringValue(text));
    }
    for (const auto& [name, text] : options.clientAttributes)
    {
        helper.SetClientAttribute(name, StringValue(text));
    }
    NodeContainer clients;
    for (uint32_t i = 0; i < options.clients; ++i)
    {
        clients.Add(m_topology.Clients().Get(i));
    }
    if (options.evidence)
    {
        helper.EnableEvidence();
    }
    m_servers = helper.InstallServers(m_topology.Servers(), options.voters);
    m_clients = helper.InstallClients(clients, m_topology.Servers());
    RaftHelper::AssignStreams(m_servers, 1000);
    RaftHelper::AssignStreams(m_clients, 2000);

    for (uint32_t i = 0; i < options.clients; ++i)
    {
        Client(i)->TraceConnectWithoutContext("Operation",
                                              MakeCallback(&AppCluster::OnOperation, this));
        Client(i)->TraceConnectWithoutContext("Malformed",
                                              MakeCallback(&AppCluster::OnComplaint, this));
    }
    for (uint32_t id = 1; id <= options.servers; ++id)
    {
        Server(id)->TraceConnectWithoutContext("Step", MakeCallback(&AppCluster::OnStep, this));
        Server(id)->TraceConnectWithoutContext("Life", MakeCallback(&AppCluster::OnLife, this));
        Server(id)->TraceConnectWithoutContext("Apply", MakeCallback(&AppCluster::OnApply, this));
    }
}

AppCluster::~AppCluster()
{
    Simulator::Destroy();
}

Ptr<RaftApplication>
AppCluster::Server(uint32_t id) const
{
    return DynamicCast<RaftApplication>(m_servers.Get(id - 1));
}

Ptr<RaftClientApplication>
AppCluster::Client(uint32_t index) const
{
    return DynamicCast<RaftClientApplication>(m_clients.Get(index));
}

Ptr<HostNetwork>
AppCluster::Network(uint32_t host) const
{
    return Host(host)->GetObject<HostNetwork>();
}

Ptr<Node>
AppCluster::Host(uint32_t host) const
{
    return m_topology.Host(host);
}

ApplicationContainer
AppCluster::Servers() const
{
    return m_servers;
}

uint32_t
AppCluster::ServerCount() const
{
    return m_servers.GetN();
}

uint32_t
AppCluster::Leader() const
{
    uint32_t leader = 0;
    uint64_t term = 0;
    for (uint32_t id = 1; id <= ServerCount(); ++id)
    {
        const auto* core = Server(id)->GetCore();
        if (core && core->GetRole() == raft::Role::LEADER && core->GetTerm() > term)
        {
            leader = id;
            term = core->GetTerm();
        }
    }
    return leader;
}

uint32_t
AppCluster::Follower() const
{
    for (uint32_t id = 1; id <= ServerCount(); ++id)
    {
        const auto* core = Server(id)->GetCore();
        if (core && core->GetRole() == raft::Role::FOLLOWER)
        {
            return id;
        }
    }
    return 0;
}

void
AppCluster::At(Time time, std::function<void()> what)
{
    Simulator::Schedule(time - Simulator::Now(), [what = std::move(what)] { what(); });
}

void
AppCluster::RunUntil(Time time)
{
    Simulator::Stop(time - Simulator::Now());
    Simulator::Run();
}

void
AppCluster::Crash(uint32_t server)
{
    Network(server)->SetDown(true);
    Server(server)->Crash();
}

void
AppCluster::Restart(uint32_t server)
{
    Network(server)->SetDown(false);
    Server(server)->Restart();
}

void
AppCluster::Isolate(uint32_t host, bool cut)
{
    for (uint32_t other = 1; other <= ServerCount(); ++other)
    {
        if (other != host)
        {
            Network(host)->SetCut(other, cut);
            Network(other)->SetCut(host, cut);
        }
    }
}

void
AppCluster::Settle(Time span)
{
    for (uint32_t i = 0; i < m_clients.GetN(); ++i)
    {
        Client(i)->Finish();
    }
    RunUntil(Simulator::Now() + span);
    const uint32_t leader = Leader();
    std::set<std::string> keys;
    for (const auto& operation : operations)
    {
        keys.insert(operation.key);
    }
    for (const std::string& key : keys)
    {
        RaftClientApplication::Operation read;
        read.key = key;
        read.value = leader == 0 ? "no leader" : Server(leader)->GetStore().Get(key);
        read.call = read.ret = Simulator::Now();
        read.known = true;
        m_finalReads.push_back(read);
    }
}

std::size_t
AppCluster::Answered(Time from, Time to) const
{
    return std::count_if(operations.begin(), operations.end(), [&](const auto& operation) {
        return operation.known && operation.ret >= from && operation.ret < to;
    });
}

std::string
AppCluster::Violation() const
{
    const auto moment = [](Time time) { return std::chrono::nanoseconds(time.GetNanoSeconds()); };
    std::vector<raft::HistoryOperation> history;
    auto all = operations;
    all.insert(all.end(), m_finalReads.begin(), m_finalReads.end());
    for (const auto& operation : all)
    {
        raft::HistoryOperation seen;
        seen.client = operation.client;
        seen.put = operation.put;
        seen.key = operation.key;
        seen.value = operation.value;
        seen.call = moment(operation.call);
        if (operation.known)
        {
            seen.ret = moment(operation.ret);
        }
        history.push_back(seen);
    }
    const auto verdict = raft::CheckLinearizability(history);
    return verdict.violation ? verdict.violation->explanation : "";
}

std::size_t
AppCluster::MostApplications() const
{
    return m_most;
}

std::size_t
AppCluster::RepeatedRequests() const
{
    std::set<std::tuple<uint32_t, uint64_t, uint64_t>> seen;
    std::size_t repeated = 0;
    for (const auto& [index, bytes] : applied)
    {
        const auto command = raft::Command::Decode(bytes);
        if (command && command->session != 0)
        {
            repeated += !seen.emplace(command->client, command->session, command->request).second;
        }
    }
    return repeated;
}

void
AppCluster::OnOperation(const RaftClientApplication::Operation& operation)
{
    operations.push_back(operation);
}

void
AppCluster::OnComplaint(uint32_t /* client */, const char* reason)
{
    complaints.emplace_back(reason);
}

void
AppCluster::OnStep(const raft::RaftCore& core, const raft::Update& update)
{
    m_checker.AfterStep(core, update);
}

void
AppCluster::OnLife(uint32_t server, bool up)
{
    if (up)
    {
        m_checker.AfterRestart(*Server(server)->GetCore());
    }
    m_stores[server] = {};
}

void
AppCluster::OnApply(uint32_t server, const raft::Applied& entry)
{
    if (entry.entry.type != raft::EntryType::COMMAND)
    {
        return;
    }
    applied.emplace(entry.index, *entry.entry.command);
    const auto command = raft::Command::Decode(*entry.entry.command);
    if (!command || command->op != raft::CommandOp::PUT)
    {
        return;
    }
    StoreWatch& watch = m_stores[server];
    const std::string now = Server(server)->GetStore().Get(command->key);
    const std::string before = std::exchange(watch.values[command->key], now);
    if (now == command->value && now != before)
    {
        m_most = std::max(m_most, ++watch.arrived[now]);
    }
}

} // namespace nctest
