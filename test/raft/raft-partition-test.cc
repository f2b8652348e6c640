// Partitions, whole and partial, both ways and one way, under every combination of pre-votes, check
// quorum and sticky votes: dissertation 6.2 and 9.6, and the cases known from etcd's tracker.

#include "raft-cluster.h"
#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

struct Switches
{
    bool preVote;
    bool checkQuorum;
    bool stickiness;
};

std::vector<Switches>
AllSwitches()
{
    std::vector<Switches> all;
    for (const bool preVote : {false, true})
    {
        for (const bool checkQuorum : {false, true})
        {
            for (const bool stickiness : {false, true})
            {
                all.push_back({preVote, checkQuorum, stickiness});
            }
        }
    }
    return all;
}

std::string
NameOf(const Switches& s)
{
    const std::string name = std::string(s.preVote ? "PreVote" : "") +
                             (s.checkQuorum ? "CheckQuorum" : "") +
                             (s.stickiness ? "Stickiness" : "");
    return name.empty() ? "Plain" : name;
}

/** n servers; server i's election timeout is 1000 ms + 200 (i - 1) ms. */
Cluster
MakeCluster(uint32_t n, const Switches& switches, std::vector<DurableState> disks = {})
{
    std::vector<Config> configs;
    for (ServerId id = 1; id <= n; ++id)
    {
        configs.push_back(MakeConfig(id, n));
        configs.back().preVote = switches.preVote;
        configs.back().checkQuorum = switches.checkQuorum;
        configs.back().leaderStickiness = switches.stickiness;
    }
    Cluster cluster(std::move(configs), World{}, 1, std::move(disks));
    for (ServerId id = 1; id <= n; ++id)
    {
        cluster.FixRandom(id, 0.2 * (id - 1));
    }
    return cluster;
}

void
CutBothWays(Cluster& cluster, ServerId a, ServerId b)
{
    cluster.SetCut(a, b, true);
    cluster.SetCut(b, a, true);
}

void
Isolate(Cluster& cluster, ServerId id)
{
    for (ServerId other = 1; other <= cluster.GetSize(); ++other)
    {
        if (other != id)
        {
            CutBothWays(cluster, id, other);
        }
    }
}

void
ExpectAgreement(const Cluster& cluster)
{
    const ServerId leader = cluster.FindLeader();
    ASSERT_NE(leader, NO_SERVER);
    const RaftCore& core = cluster.GetCore(leader);
    EXPECT_EQ(core.GetCommitIndex(), core.GetLastIndex());
    for (ServerId id = 1; id <= cluster.GetSize(); ++id)
    {
        EXPECT_EQ(cluster.GetCore(id).GetLeader(), leader) << id;
        EXPECT_EQ(cluster.GetCore(id).GetTerm(), core.GetTerm()) << id;
        EXPECT_EQ(cluster.GetCore(id).GetCommitIndex(), core.GetCommitIndex()) << id;
    }
}

} // namespace

class RaftPartition : public testing::TestWithParam<Switches>
{
};

TEST_P(RaftPartition, AnIsolatedFollowerRaisesItsTermOnlyWithoutPreVotes)
{
    Cluster cluster = MakeCluster(3, GetParam());
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    ASSERT_EQ(cluster.FindLeader(), 1U);
    Isolate(cluster, 3);
    cluster.RunUntil(Ms(20000));
    EXPECT_EQ(cluster.GetCore(3).GetTerm() > 1, !GetParam().preVote);
    EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::LEADER);
    EXPECT_EQ(cluster.GetCore(1).GetTerm(), 1U);
}

/**
 * etcd #9563: a server that comes back with a higher term unseats the leader, unless it had no
 * reason to raise it. Stickiness alone does not help, since its answers carry the term, too.
 */
TEST_P(RaftPartition, AServerThatComesBackDisturbsOnlyWithoutPreVotes)
{
    Cluster cluster = MakeCluster(3, GetParam());
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    Isolate(cluster, 3);
    cluster.RunUntil(Ms(20000));
    cluster.Propose(1, "meanwhile");
    cluster.RunUntil(Ms(20500));
    cluster.HealAll();
    cluster.RunUntil(Ms(28000));
    ExpectAgreement(cluster);
    EXPECT_EQ(cluster.GetCore(1).GetTerm() > 1, !GetParam().preVote);
    EXPECT_GE(cluster.GetCore(3).GetLastIndex(), 2U) << "it has caught up";
}

/**
 * A partial partition: 1 leads, 3 cannot exchange anything with it, and 2 reaches both (as at
 * Cloudflare on 2020-11-02, where etcd had neither pre-votes nor check quorum switched on).
 */
TEST_P(RaftPartition, AServerCutOffFromTheLeaderAloneDisturbsOnlyWithoutPreVotesAndStickiness)
{
    Cluster cluster = MakeCluster(3, GetParam());
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    ASSERT_EQ(cluster.FindLeader(), 1U);
    const std::size_t mark = cluster.GetTranscript().size();
    CutBothWays(cluster, 1, 3);
    cluster.RunUntil(Ms(30000));
    std::size_t changes = 0;
    for (std::size_t i = mark; i < cluster.GetTranscript().size(); ++i)
    {
        changes += cluster.GetTranscript()[i].find("is leader") != std::string::npos ? 1 : 0;
    }
    const bool calm = GetParam().preVote || GetParam().stickiness;
    if (calm)
    {
        EXPECT_EQ(changes, 0U);
        EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::LEADER);
        EXPECT_EQ(cluster.GetCore(2).GetLeader(), 1U);
    }
    else
    {
        EXPECT_GE(changes, 1U);
        EXPECT_EQ(cluster.FindLeader(), 2U) << "calm returns once the one that reaches both leads";
    }
    cluster.HealAll();
    cluster.RunUntil(Ms(40000));
    ExpectAgreement(cluster);
}

/** One way: the leader is heard and hears nothing. Only check quorum makes it give way. */
TEST_P(RaftPartition, ALeaderThatHearsNobodyGivesWayOnlyWithCheckQuorum)
{
    Cluster cluster = MakeCluster(3, GetParam());
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    ASSERT_EQ(cluster.FindLeader(), 1U);
    cluster.SetCut(2, 1, true);
    cluster.SetCut(3, 1, true);
    cluster.RunUntil(Ms(8000));
    if (!GetParam().checkQuorum)
    {
        EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::LEADER)
            << "it keeps the others from electing";
        EXPECT_EQ(cluster.GetCore(2).GetLeader(), 1U);
        cluster.Propose(1, "never");
        cluster.RunUntil(Ms(12000));
        EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
    }
    else
    {
        EXPECT_NE(cluster.GetCore(1).GetRole(), Role::LEADER);
        // Without pre-votes 1, unheard itself, may still unseat whoever leads.
        if (GetParam().preVote)
        {
            const ServerId leader = cluster.FindLeader();
            ASSERT_TRUE(leader == 2 || leader == 3) << leader;
            EXPECT_GE(cluster.GetCore(leader).GetCommitIndex(), 2U);
        }
    }
    cluster.HealAll();
    cluster.RunUntil(Ms(20000));
    ExpectAgreement(cluster);
}

/** One way: a follower is heard and hears nothing of the leader, but is answered by the other. */
TEST_P(RaftPartition, AFollowerThatHearsAllButTheLeaderDisturbsAsWithACutBothWays)
{
    Cluster cluster = MakeCluster(3, GetParam());
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    cluster.SetCut(1, 3, true);
    cluster.RunUntil(Ms(20000));
    const bool calm = GetParam().preVote || GetParam().stickiness;
    if (GetParam().preVote)
    {
        EXPECT_EQ(cluster.GetCore(1).GetTerm(), 1U);
        EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::LEADER);
    }
    else if (!calm)
    {
        EXPECT_GT(cluster.GetCore(1).GetTerm(), 1U);
    }
    cluster.HealAll();
    cluster.RunUntil(Ms(30000));
    ExpectAgreement(cluster);
}

/** A majority loses the leader at once: somebody of it takes over, whatever the switches. */
TEST_P(RaftPartition, TheMajoritySideElectsAndTheMinoritySideCommitsNothing)
{
    Cluster cluster = MakeCluster(5, GetParam());
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    for (const ServerId inside : {1U, 2U})
    {
        for (const ServerId outside : {3U, 4U, 5U})
        {
            CutBothWays(cluster, inside, outside);
        }
    }
    cluster.Propose(1, "lost");
    cluster.RunUntil(Ms(8000));
    EXPECT_EQ(cluster.GetCore(1).GetRole() == Role::LEADER, !GetParam().checkQuorum);
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
    const ServerId leader = cluster.FindLeader();
    ASSERT_GE(leader, 3U);
    EXPECT_GE(cluster.GetCore(leader).GetCommitIndex(), 2U);
    cluster.HealAll();
    cluster.RunUntil(Ms(20000));
    ExpectAgreement(cluster);
}

/**
 * etcd #8243, #8501: 1 has a higher term and the shorter log, 2 the longer log and a lower term,
 * and 3 is gone. 2 has to learn of 1's term, or neither is ever elected.
 */
TEST_P(RaftPartition, AHigherTermWithAShorterLogDoesNotBlockTheElection)
{
    Cluster cluster = MakeCluster(3,
                                  GetParam(),
                                  {MakeDurable(7, NO_SERVER, {1}),
                                   MakeDurable(2, NO_SERVER, {1, 2}),
                                   MakeDurable(2, NO_SERVER, {1, 2})});
    cluster.Restart(1);
    cluster.Restart(2);
    cluster.RunUntil(Ms(10000));
    EXPECT_EQ(cluster.FindLeader(), 2U);
    EXPECT_EQ(cluster.GetCore(2).GetCommitIndex(), 3U);
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Switches,
                         RaftPartition,
                         testing::ValuesIn(AllSwitches()),
                         [](const auto& tested) { return NameOf(tested.param); });

/**
 * etcd #8129: 3 stood for election while it was cut off, so that its term is above the leader's.
 * With check quorum and sticky votes its requests are ignored, and it does not follow a leader of
 * an earlier term. It tells the leader of the term instead, who steps down, and all is well again.
 */
TEST(RaftPartitionTimeline, AServerWithAHigherTermThatNobodyVotesForIsTakenInAgain)
{
    Cluster cluster = MakeCluster(3, {false, true, true});
    cluster.Start();
    cluster.RunUntil(Ms(2000)); // 1 leads; heartbeats at 2030, 2130, ...
    Isolate(cluster, 3);
    cluster.RunUntil(Ms(3700)); // 3 stood at 1945 + 1400 = 3345
    ASSERT_EQ(cluster.GetCore(3).GetTerm(), 2U);
    const std::size_t mark = cluster.GetTranscript().size();
    cluster.HealAll();
    cluster.RunUntil(Ms(3800));
    const std::vector<std::string>& all = cluster.GetTranscript();
    EXPECT_EQ(std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(mark), all.end()),
              (std::vector<std::string>{"3760 ms: 1 is follower in term 2"}))
        << "heartbeat of 3730 reaches 3 at 3745, whose answer of term 2 reaches 1 at 3760";
    cluster.RunUntil(Ms(8000));
    ExpectAgreement(cluster);
}

} // namespace ns3::raft::test
