// Clusters in a world that loses, repeats, delays and reorders messages, cuts links one way and
// crashes servers at any moment. The cluster checks the invariants after every step.

#include "raft-cluster.h"
#include "raft-test-support.h"

#include "ns3/raft-command.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

/** A cluster and the one who torments it, both from one seed. */
class Torment
{
  public:
    explicit Torment(uint64_t seed)
        : m_random(seed * 7919 + 1),
          m_cluster(MakeConfigs(), MakeWorld(), seed)
    {
    }

    void Run()
    {
        m_cluster.Start();
        for (int round = 0; round < 60; ++round)
        {
            Act();
            for (uint64_t i = Below(6); i > 0; --i)
            {
                Put(AnyServer());
            }
            m_cluster.RunFor(Ms(1) * static_cast<int64_t>(1 + Below(120)));
        }
    }

    void Heal()
    {
        World& world = m_cluster.GetWorld();
        world.drop = world.duplicate = world.crashAfterWrite = world.crashWhileSending = 0;
        m_cluster.HealAll();
        for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
        {
            if (!m_cluster.IsUp(id))
            {
                m_cluster.Restart(id);
            }
        }
        m_cluster.RunFor(Ms(6000));
    }

    ProposalResult Put(ServerId server)
    {
        Command command;
        command.request = ++m_requests;
        command.op = CommandOp::PUT;
        command.key = "key " + std::to_string(Below(5));
        command.value = std::to_string(m_requests);
        return m_cluster.Propose(server, command.Encode());
    }

    Cluster& GetCluster()
    {
        return m_cluster;
    }

  private:
    uint64_t Below(uint64_t bound)
    {
        return m_random() % bound;
    }

    ServerId AnyServer()
    {
        return static_cast<ServerId>(1 + Below(m_cluster.GetSize()));
    }

    std::vector<Config> MakeConfigs()
    {
        const uint32_t sizes[] = {1, 2, 3, 3, 4, 5, 5, 7};
        const uint32_t n = sizes[Below(8)];
        std::vector<Config> configs;
        const auto entries = static_cast<uint32_t>(1 + Below(8));
        for (ServerId id = 1; id <= n; ++id)
        {
            configs.push_back(MakeConfig(id, n));
            configs.back().electionTimeoutMin = Ms(150);
            configs.back().electionTimeoutMax = Ms(300);
            configs.back().heartbeatInterval = Ms(50);
            configs.back().maxBatchEntries = entries;
        }
        return configs;
    }

    World MakeWorld()
    {
        World world;
        world.delayMin = Ms(1);
        world.delayMax = Ms(2) * static_cast<int64_t>(1 + Below(20));
        world.drop = 0.05 * static_cast<double>(Below(5));
        world.duplicate = 0.05 * static_cast<double>(Below(5));
        world.writeMax = Ms(1) * static_cast<int64_t>(Below(20));
        world.crashAfterWrite = Below(2) ? 0.004 : 0;
        world.crashWhileSending = Below(2) ? 0.002 : 0;
        return world;
    }

    void Act()
    {
        const ServerId a = AnyServer();
        const ServerId b = AnyServer();
        switch (Below(8))
        {
        case 0:
            m_cluster.Crash(a);
            break;
        case 1:
            if (const ServerId leader = m_cluster.FindLeader())
            {
                m_cluster.Crash(leader);
            }
            break;
        case 2:
        case 3:
            m_cluster.SetCut(a, b, true);
            break;
        case 4:
            m_cluster.HealAll();
            break;
        default:
            for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
            {
                if (!m_cluster.IsUp(id) && Below(2))
                {
                    m_cluster.Restart(id);
                }
            }
        }
    }

    std::mt19937_64 m_random;
    Cluster m_cluster;
    uint64_t m_requests{0};
};

void
ExpectConverged(Torment& torment)
{
    Cluster& cluster = torment.GetCluster();
    const ServerId leader = cluster.FindLeader();
    ASSERT_NE(leader, NO_SERVER) << "no leader after the world was healed";
    const ProposalResult last = torment.Put(leader);
    ASSERT_TRUE(last.accepted);
    cluster.RunFor(Ms(3000));
    const DurableState& expected = cluster.GetDisk(leader);
    ASSERT_GE(cluster.GetCore(leader).GetCommitIndex(), last.index) << "the proposal is stuck";
    for (ServerId id = 1; id <= cluster.GetSize(); ++id)
    {
        ASSERT_TRUE(cluster.IsUp(id));
        EXPECT_EQ(cluster.GetCore(id).GetLeader(), leader) << "server " << id;
        EXPECT_EQ(cluster.GetCore(id).GetCommitIndex(), expected.log.size()) << "server " << id;
        EXPECT_EQ(cluster.GetDisk(id).log, expected.log) << "server " << id;
        EXPECT_TRUE(cluster.GetStore(id) == cluster.GetStore(leader)) << "server " << id;
    }
}

} // namespace

class RaftRandom : public testing::TestWithParam<uint64_t>
{
};

TEST_P(RaftRandom, StaysSafeInABadWorldAndConvergesInAGoodOne)
{
    constexpr uint64_t SEEDS = 40;
    Index committed = 0;
    for (uint64_t seed = GetParam() * SEEDS; seed < (GetParam() + 1) * SEEDS; ++seed)
    {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Torment torment(seed);
        try
        {
            torment.Run();
            torment.Heal();
        }
        catch (const std::exception& e)
        {
            FAIL() << e.what();
        }
        ExpectConverged(torment);
        committed += torment.GetCluster().GetChecker().GetCommittedCount();
        if (HasFailure())
        {
            return;
        }
    }
    EXPECT_GT(committed, 10 * SEEDS) << "too little happened for the test to mean much";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RaftRandom, testing::Range<uint64_t>(0, 10));

TEST(RaftRandomised, SameSeedSameHistory)
{
    Torment first(3);
    Torment second(3);
    Torment other(4);
    first.Run();
    second.Run();
    other.Run();
    EXPECT_EQ(first.GetCluster().GetTranscript(), second.GetCluster().GetTranscript());
    EXPECT_NE(first.GetCluster().GetTranscript(), other.GetCluster().GetTranscript());
}

} // namespace ns3::raft::test
