#include "ns3/consensus-topology.h"
#include "ns3/host-network.h"
#include "ns3/raft-helper.h"
#include "ns3/raft-operator.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using namespace ns3;

namespace
{

const char* const FORM = " is not add@TIME:node=ID, remove@TIME:node=ID or transfer@TIME[:node=ID]";
const char* const TIME = " is not a time such as 20s, 150ms or 2.5 (seconds)";
const char* const ID = " is not a whole number from 1 to 5";

class OperationText
    : public testing::TestWithParam<std::tuple<const char*, const char*, const char*>>
{
};

INSTANTIATE_TEST_SUITE_P(
    RaftOperation,
    OperationText,
    testing::Values(std::make_tuple("", "", FORM),
                    std::make_tuple("add", "add", FORM),
                    std::make_tuple("@5s", "@5s", FORM),
                    std::make_tuple("grow@5s:node=1", "grow@5s:node=1", FORM),
                    std::make_tuple("Add@5s:node=1", "Add@5s:node=1", FORM),
                    std::make_tuple("add@5s", "add@5s", FORM),
                    std::make_tuple("remove@5s", "remove@5s", FORM),
                    std::make_tuple("add:node=1@5s", "add:node=1@5s", FORM),
                    std::make_tuple("add@5s:id=1", "add@5s:id=1", FORM),
                    std::make_tuple("add@5s:", "add@5s:", FORM),
                    std::make_tuple("transfer@5s:node", "transfer@5s:node", FORM),
                    std::make_tuple("add@:node=1", "", TIME),
                    std::make_tuple("transfer@", "", TIME),
                    std::make_tuple("transfer@soon", "soon", TIME),
                    std::make_tuple("transfer@-1s", "-1s", TIME),
                    std::make_tuple("transfer@ 5s", " 5s", TIME),
                    std::make_tuple("transfer@5 parsec", "5 parsec", TIME),
                    std::make_tuple("transfer@5s@6s", "5s@6s", TIME),
                    std::make_tuple("add@5s:node=", "", ID),
                    std::make_tuple("add@5s:node=0", "0", ID),
                    std::make_tuple("add@5s:node=6", "6", ID),
                    std::make_tuple("add@5s:node=-1", "-1", ID),
                    std::make_tuple("add@5s:node=1.5", "1.5", ID),
                    std::make_tuple("add@5s:node=leader", "leader", ID),
                    std::make_tuple("add@5s:node=1,exact=1", "1,exact=1", ID),
                    std::make_tuple("add@5s:node=1:node=2", "1:node=2", ID)));

/** A cluster of which the first few servers are voters, and an operator. */
class OperatedCluster
{
  public:
    OperatedCluster(uint32_t voters, const std::vector<std::string>& operations, uint32_t seed = 1)
    {
        RngSeedManager::SetSeed(seed);
        TopologyOptions network;
        network.servers = 5;
        network.clients = 1;
        network.impairment.loss = seed == 1 ? 0 : 0.03;
        m_topology = BuildTopology(network);
        m_topology.AssignStreams(1);
        RaftHelper helper;
        m_servers = helper.InstallServers(m_topology.Servers(), voters);
        m_clients = helper.InstallClients(m_topology.Clients(), m_topology.Servers());
        RaftHelper::AssignStreams(m_servers, 1000);
        RaftHelper::AssignStreams(m_clients, 2000);
        std::vector<RaftOperation> parsed;
        for (const auto& text : operations)
        {
            parsed.push_back(ParseRaftOperation(text, 5));
        }
        m_operator = std::make_unique<RaftOperator>(m_servers, parsed);
    }

    ~OperatedCluster()
    {
        m_operator.reset();
        Simulator::Destroy();
    }

    Ptr<RaftApplication> Server(uint32_t id) const
    {
        return DynamicCast<RaftApplication>(m_servers.Get(id - 1));
    }

    uint32_t Leader() const
    {
        uint32_t leader = 0;
        for (uint32_t id = 1; id <= 5; ++id)
        {
            const auto* core = Server(id)->GetCore();
            if (core && core->GetRole() == raft::Role::LEADER &&
                (leader == 0 || core->GetTerm() > Server(leader)->GetCore()->GetTerm()))
            {
                leader = id;
            }
        }
        return leader;
    }

    std::vector<uint32_t> Voters() const
    {
        return Server(Leader())->GetCore()->GetMembership().voters;
    }

    void RunUntil(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
    }

    void SetUp(uint32_t server, bool up)
    {
        m_topology.Host(server)->GetObject<HostNetwork>()->SetDown(!up);
        up ? Server(server)->Restart() : Server(server)->Crash();
    }

    /** Each operation was done, not before its start and not before the one before. */
    void ExpectAllDoneInOrder() const
    {
        Time last;
        for (const auto& [operation, done] : m_operator->GetOperations())
        {
            ASSERT_TRUE(done) << ToString(operation);
            EXPECT_GE(*done, operation.start) << ToString(operation);
            EXPECT_GE(*done, last) << ToString(operation);
            last = *done;
        }
    }

    std::size_t Done() const
    {
        std::size_t count = 0;
        for (const auto& [operation, done] : m_operator->GetOperations())
        {
            count += done.has_value();
        }
        return count;
    }

  private:
    ConsensusTopology m_topology;
    ApplicationContainer m_servers;
    ApplicationContainer m_clients;
    std::unique_ptr<RaftOperator> m_operator;
};

using Ids = std::vector<uint32_t>;

} // namespace

TEST_P(OperationText, ThatIsWrongIsNamedInOneLineWithWhatWasExpected)
{
    const auto [text, named, expected] = GetParam();
    try
    {
        ParseRaftOperation(text, 5);
        FAIL() << text;
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_EQ(error.what(), "option --operation: '" + std::string(named) + "'" + expected);
    }
}

TEST(RaftOperation, AnOperationReadsBackFromItsText)
{
    const std::pair<const char*, const char*> texts[] = {
        {"add@5s:node=4", "add@5.0s:node=4"},
        {"remove@1500ms:node=1", "remove@1.5s:node=1"},
        {"transfer@2.5:node=5", "transfer@2.5s:node=5"},
        {"transfer@1min", "transfer@60.0s"},
        {"transfer@0", "transfer@0.0s"},
        {"transfer@1234567.123456789s", "transfer@1234567.123456789s"},
        {"transfer@1us", "transfer@0.000001s"}};
    for (const auto& [text, canonical] : texts)
    {
        const RaftOperation operation = ParseRaftOperation(text, 5);
        EXPECT_EQ(ToString(operation), canonical);
        const RaftOperation again = ParseRaftOperation(canonical, 5);
        EXPECT_EQ(again.kind, operation.kind);
        EXPECT_EQ(again.start, operation.start);
        EXPECT_EQ(again.server, operation.server);
    }
}

TEST(RaftOperator, AddsRemovesAndTransfersInOrderOfTheStarts)
{
    OperatedCluster cluster(
        3,
        {"transfer@12s:node=5", "add@5s:node=4", "remove@9s:node=1", "add@5s:node=5"});
    cluster.RunUntil(Seconds(4.9));
    EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3}));
    cluster.RunUntil(Seconds(8.9));
    EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3, 4, 5}));
    cluster.RunUntil(Seconds(11.9));
    EXPECT_EQ(cluster.Voters(), (Ids{2, 3, 4, 5}));
    cluster.RunUntil(Seconds(15));
    EXPECT_EQ(cluster.Leader(), 5U);
    cluster.ExpectAllDoneInOrder();
    for (uint32_t id = 2; id <= 5; ++id)
    {
        EXPECT_EQ(cluster.Server(id)->GetCore()->GetMembership().voters, (Ids{2, 3, 4, 5})) << id;
    }
}

TEST(RaftOperator, GetsEverythingDoneThoughTheLeaderDiesAgainAndAgain)
{
    for (uint32_t seed = 2; seed <= 7; ++seed)
    {
        OperatedCluster cluster(
            3,
            {"add@5s:node=4", "add@5s:node=5", "transfer@5s", "remove@6s:node=2", "add@6s:node=2"},
            seed);
        for (uint32_t round = 0; round < 6; ++round)
        {
            // Between two looks of the operator: a change is asked for, and its leader dies.
            cluster.RunUntil(Seconds(5 + 4 * round) + MilliSeconds(30 + 17 * seed));
            const uint32_t victim = cluster.Leader();
            if (victim != 0)
            {
                cluster.SetUp(victim, false);
                cluster.RunUntil(Seconds(7 + 4 * round));
                cluster.SetUp(victim, true);
            }
        }
        cluster.RunUntil(Seconds(50));
        cluster.ExpectAllDoneInOrder();
        ASSERT_NE(cluster.Leader(), 0U);
        EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3, 4, 5})) << "seed " << seed;
    }
}

TEST(RaftOperator, TakesTheLeaderOutWhichStepsDown)
{
    const uint32_t leader = [] {
        OperatedCluster same(5, {});
        same.RunUntil(Seconds(5));
        return same.Leader();
    }();
    OperatedCluster cluster(5, {"remove@5s:node=" + std::to_string(leader)});
    cluster.RunUntil(Seconds(12));
    cluster.ExpectAllDoneInOrder();
    EXPECT_NE(cluster.Leader(), leader);
    EXPECT_NE(cluster.Leader(), 0U);
    EXPECT_EQ(cluster.Voters().size(), 4U);
}

TEST(RaftOperator, WaitsForAServerThatIsDownAndKeepsLaterOperationsWaiting)
{
    OperatedCluster cluster(3, {"add@5s:node=4", "transfer@6s:node=2"});
    cluster.RunUntil(Seconds(1));
    cluster.SetUp(4, false);
    cluster.RunUntil(Seconds(15));
    EXPECT_EQ(cluster.Done(), 0U);
    EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3})) << "a learner that is silent is not promoted";
    cluster.SetUp(4, true);
    cluster.RunUntil(Seconds(20));
    cluster.ExpectAllDoneInOrder();
    EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3, 4}));
    EXPECT_EQ(cluster.Leader(), 2U);
}

TEST(RaftOperator, DoesNothingWithoutAMajorityAndGoesOnWhenThereIsOneAgain)
{
    OperatedCluster cluster(3, {"add@6s:node=4"});
    cluster.RunUntil(Seconds(5));
    const uint32_t leader = cluster.Leader();
    cluster.SetUp(leader % 3 + 1, false);
    cluster.SetUp((leader + 1) % 3 + 1, false);
    cluster.RunUntil(Seconds(15));
    EXPECT_EQ(cluster.Done(), 0U);
    cluster.SetUp(leader % 3 + 1, true);
    cluster.RunUntil(Seconds(25));
    cluster.ExpectAllDoneInOrder();
    EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3, 4}));
}

TEST(RaftOperator, WhatIsSoAlreadyIsDoneAtOnce)
{
    OperatedCluster cluster(3, {"add@5s:node=1", "remove@5s:node=4"});
    cluster.RunUntil(Seconds(6));
    cluster.ExpectAllDoneInOrder();
    EXPECT_EQ(cluster.Voters(), (Ids{1, 2, 3}));
}
