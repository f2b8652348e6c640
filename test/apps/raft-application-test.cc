#include "ns3/boolean.h"
#include "ns3/consensus-topology.h"
#include "ns3/double.h"
#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/raft-application.h"
#include "ns3/raft-client-application.h"
#include "ns3/raft-header.h"
#include "ns3/raft-helper.h"
#include "ns3/raft-invariants.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <vector>

using namespace ns3;

namespace
{

/** A cluster with one client on a LAN; every step is checked against Raft's safety properties. */
class Cluster
{
  public:
    struct Options
    {
        uint32_t servers{3};
        std::string sockets{"ns3::UdpSocketFactory"};
        double rate{50};
        uint32_t seed{1};
        NetemParameters impairment{};
    };

    explicit Cluster(const Options& options)
    {
        RngSeedManager::SetSeed(options.seed);
        TopologyOptions network;
        network.servers = options.servers;
        network.clients = 1;
        network.impairment = options.impairment;
        m_topology = BuildTopology(network);
        m_topology.AssignStreams(1);
        RaftHelper helper;
        helper.SetServerAttribute("SocketFactory", StringValue(options.sockets));
        helper.SetClientAttribute("SocketFactory", StringValue(options.sockets));
        helper.SetClientAttribute("Rate", DoubleValue(options.rate));
        m_apps = helper.InstallServers(m_topology.Servers());
        const auto clients = helper.InstallClients(m_topology.Clients(), m_topology.Servers());
        m_client = DynamicCast<RaftClientApplication>(clients.Get(0));
        RaftHelper::AssignStreams(m_apps, 1000);
        RaftHelper::AssignStreams(clients, 2000);
        m_client->TraceConnectWithoutContext("Operation",
                                             MakeCallback(&Cluster::OnOperation, this));
        for (uint32_t id = 1; id <= options.servers; ++id)
        {
            Server(id)->TraceConnectWithoutContext("Step", MakeCallback(&Cluster::OnStep, this));
            Server(id)->TraceConnectWithoutContext("Life", MakeCallback(&Cluster::OnLife, this));
        }
    }

    ~Cluster()
    {
        Simulator::Destroy();
    }

    Ptr<RaftApplication> Server(uint32_t id)
    {
        return DynamicCast<RaftApplication>(m_apps.Get(id - 1));
    }

    Ptr<HostNetwork> Network(uint32_t id)
    {
        return m_topology.Host(id)->GetObject<HostNetwork>();
    }

    /** The live leader of the highest term, 0 if there is none. */
    uint32_t Leader()
    {
        uint32_t leader = 0;
        uint64_t term = 0;
        for (uint32_t id = 1; id <= m_apps.GetN(); ++id)
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

    void At(Time time, std::function<void()> what)
    {
        Simulator::Schedule(time - Simulator::Now(), [what] { what(); });
    }

    void RunUntil(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
    }

    std::size_t Answered(Time from, Time to) const
    {
        std::size_t count = 0;
        for (const auto& operation : operations)
        {
            count += operation.known && operation.ret >= from && operation.ret < to;
        }
        return count;
    }

    ConsensusTopology m_topology;
    Ptr<RaftClientApplication> m_client;
    std::vector<RaftClientApplication::Operation> operations;

  private:
    void OnOperation(const RaftClientApplication::Operation& operation)
    {
        operations.push_back(operation);
    }

    void OnStep(const raft::RaftCore& core, const raft::Update& update)
    {
        m_checker.AfterStep(core, update);
    }

    void OnLife(uint32_t server, bool up)
    {
        if (up)
        {
            m_checker.AfterRestart(*Server(server)->GetCore());
        }
    }

    ApplicationContainer m_apps;
    raft::InvariantChecker m_checker;
};

class OverBothTransports : public testing::TestWithParam<const char*>
{
  protected:
    Cluster::Options Options() const
    {
        Cluster::Options options;
        options.sockets = GetParam();
        return options;
    }
};

INSTANTIATE_TEST_SUITE_P(RaftApplication,
                         OverBothTransports,
                         testing::Values("ns3::UdpSocketFactory", "ns3::TcpSocketFactory"));

} // namespace

TEST_P(OverBothTransports, AClusterElectsOneLeaderAndServesItsClient)
{
    Cluster cluster(Options());
    cluster.RunUntil(Seconds(10));
    EXPECT_NE(cluster.Leader(), 0U);
    // About 50 operations a second from the election on, which takes at most 2 s or so.
    EXPECT_GT(cluster.Answered(Seconds(4), Seconds(10)), 200U);
    for (const auto& operation : cluster.operations)
    {
        EXPECT_TRUE(operation.known) << "request " << operation.request;
    }
}

TEST_P(OverBothTransports, AReadSeesTheLastWriteThatWasAnsweredBefore)
{
    auto options = Options();
    options.rate = 5; // far apart, so that nothing overlaps
    Cluster cluster(options);
    cluster.RunUntil(Seconds(60));
    std::map<std::string, std::string> written;
    Time lastReturn;
    std::size_t reads = 0;
    for (const auto& operation : cluster.operations)
    {
        if (!operation.known || operation.call < lastReturn)
        {
            written.clear(); // overlapping operations have no order of their own
        }
        lastReturn = std::max(lastReturn, operation.ret);
        if (operation.put)
        {
            written[operation.key] = operation.value;
        }
        else if (auto value = written.find(operation.key); value != written.end())
        {
            EXPECT_EQ(operation.value, value->second) << operation.key;
            ++reads;
        }
    }
    EXPECT_GT(reads, 10U);
}

TEST_P(OverBothTransports, AnotherServerTakesOverWhenTheLeadersHostFallsSilentAndItCatchesUpLater)
{
    Cluster cluster(Options());
    uint32_t first = 0;
    cluster.At(Seconds(5), [&] {
        first = cluster.Leader();
        ASSERT_NE(first, 0U);
        cluster.Network(first)->SetDown(true);
        cluster.Server(first)->Crash();
    });
    cluster.At(Seconds(15), [&] {
        EXPECT_NE(cluster.Leader(), 0U);
        EXPECT_NE(cluster.Leader(), first);
        cluster.Network(first)->SetDown(false);
        cluster.Server(first)->Restart();
    });
    cluster.RunUntil(Seconds(25));
    EXPECT_GT(cluster.Answered(Seconds(9), Seconds(15)), 200U);
    cluster.m_client->Finish();
    cluster.RunUntil(Seconds(27));
    const auto* back = cluster.Server(first)->GetCore();
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->GetCommitIndex(),
              cluster.Server(cluster.Leader())->GetCore()->GetCommitIndex());
    EXPECT_EQ(cluster.Server(first)->GetStore(), cluster.Server(cluster.Leader())->GetStore());
}

TEST_P(OverBothTransports, AProcessThatDiesAndReturnsKeepsItsLogAndTerm)
{
    Cluster cluster(Options());
    uint32_t victim = 0;
    uint64_t durable = 0;
    uint64_t term = 0;
    cluster.At(Seconds(6), [&] {
        victim = cluster.Leader() % 3 + 1; // a follower
        durable = cluster.Server(victim)->GetCore()->GetCommitIndex();
        term = cluster.Server(victim)->GetCore()->GetTerm();
        EXPECT_GT(durable, 0U);
        cluster.Server(victim)->Crash();
        EXPECT_FALSE(cluster.Server(victim)->IsUp());
        cluster.Server(victim)->Restart();
        EXPECT_GE(cluster.Server(victim)->GetCore()->GetLastIndex(), durable);
        EXPECT_EQ(cluster.Server(victim)->GetCore()->GetTerm(), term);
        EXPECT_EQ(cluster.Server(victim)->GetCore()->GetCommitIndex(), 0U);
    });
    cluster.RunUntil(Seconds(12));
    EXPECT_GT(cluster.Server(victim)->GetCore()->GetCommitIndex(), durable);
}

TEST(RaftApplication, LossDuplicationAndReorderingCostTimeButNotSafety)
{
    for (uint32_t seed = 1; seed <= 5; ++seed)
    {
        Cluster::Options options;
        options.servers = 5;
        options.seed = seed;
        options.impairment.loss = 0.05;
        options.impairment.duplicate = 0.05;
        options.impairment.reorder = 0.05;
        options.impairment.jitter = MilliSeconds(5);
        Cluster cluster(options);
        cluster.RunUntil(Seconds(20));
        EXPECT_GT(cluster.Answered(Seconds(5), Seconds(20)), 400U) << "seed " << seed;
    }
}

TEST(RaftApplication, PacketsThatAreNoMessageAreCountedAndDropped)
{
    Cluster::Options options;
    options.rate = 0;
    Cluster cluster(options);
    std::vector<std::string> reasons;
    cluster.Server(1)->TraceConnectWithoutContext(
        "Malformed",
        Callback<void, uint32_t, const char*>(
            [&](uint32_t, const char* reason) { reasons.emplace_back(reason); }));
    // From the client's host: noise, an empty datagram, and a vote that claims to be server 2's.
    Ptr<Socket> socket =
        Socket::CreateSocket(cluster.m_topology.Host(4), UdpSocketFactory::GetTypeId());
    const InetSocketAddress to(cluster.Network(4)->AddressOf(1), 9000);
    cluster.At(Seconds(4), [&] {
        const uint8_t noise[] = {0x52, 0x01, 0x09, 0x00, 0xff};
        socket->SendTo(Create<Packet>(noise, sizeof(noise)), 0, to);
        socket->SendTo(Create<Packet>(), 0, to);
        Ptr<Packet> forged = Create<Packet>();
        forged->AddHeader(RaftHeader({2, 1, 99, raft::RequestVote{1000, 98}}));
        socket->SendTo(forged, 0, to);
    });
    cluster.RunUntil(Seconds(6));
    EXPECT_EQ(cluster.Server(1)->GetMalformedCount(), 3U);
    EXPECT_EQ(reasons.size(), 3U);
    EXPECT_LT(cluster.Server(1)->GetCore()->GetTerm(), 99U);
}

TEST(RaftApplication, TheSameSeedGivesTheSameHistory)
{
    const auto history = [](uint32_t seed) {
        Cluster::Options options;
        options.seed = seed;
        options.impairment.loss = 0.02;
        Cluster cluster(options);
        cluster.RunUntil(Seconds(8));
        std::vector<int64_t> times;
        for (const auto& operation : cluster.operations)
        {
            times.push_back(operation.call.GetNanoSeconds());
            times.push_back(operation.ret.GetNanoSeconds());
        }
        return times;
    };
    EXPECT_EQ(history(3), history(3));
    EXPECT_NE(history(3), history(4));
}

TEST(RaftApplication, ALoneServerLeadsItself)
{
    Cluster::Options options;
    options.servers = 1;
    Cluster cluster(options);
    cluster.RunUntil(Seconds(5));
    EXPECT_EQ(cluster.Leader(), 1U);
    EXPECT_GT(cluster.Answered(Seconds(3), Seconds(5)), 50U);
}

TEST(RaftClientApplication, AClosedLoopKeepsItsNumberOfOperationsUnderWay)
{
    Cluster::Options options;
    options.rate = 0;
    Cluster cluster(options);
    cluster.m_client->SetAttribute("ClosedLoop", BooleanValue(true));
    cluster.m_client->SetAttribute("Outstanding", UintegerValue(4));
    cluster.m_client->SetAttribute("ThinkTime", TimeValue(MilliSeconds(10)));
    cluster.RunUntil(Seconds(6));
    // Overlaps at any time never exceed four.
    std::vector<std::pair<Time, int>> edges;
    for (const auto& operation : cluster.operations)
    {
        edges.emplace_back(operation.call, 1);
        edges.emplace_back(operation.ret, -1);
    }
    std::sort(edges.begin(), edges.end());
    int underWay = 0;
    for (const auto& [time, change] : edges)
    {
        underWay += change;
        EXPECT_LE(underWay, 4);
    }
    EXPECT_GT(cluster.Answered(Seconds(3), Seconds(6)), 500U);
}
