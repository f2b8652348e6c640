// Whole elections and replications in virtual time, as transcripts. One way takes 15 ms, a write
// none, and server i's election timeout is 1000 ms + 200 (i - 1) ms unless a test says otherwise.

#include "raft-cluster.h"
#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

using Lines = std::vector<std::string>;

Cluster
MakeCluster(uint32_t n, World world = {}, std::vector<DurableState> disks = {})
{
    std::vector<Config> configs;
    for (ServerId id = 1; id <= n; ++id)
    {
        configs.push_back(MakeConfig(id, n));
    }
    Cluster cluster(std::move(configs), world, 1, std::move(disks));
    for (ServerId id = 1; id <= n; ++id)
    {
        cluster.FixRandom(id, 0.2 * (id - 1));
    }
    return cluster;
}

/** What the transcript says from a line on. */
Lines
Since(const Cluster& cluster, std::size_t mark)
{
    const Lines& all = cluster.GetTranscript();
    return Lines(all.begin() + static_cast<std::ptrdiff_t>(mark), all.end());
}

} // namespace

TEST(RaftTimeline, FirstTimeoutWinsTheElection)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(1130));
    EXPECT_EQ(cluster.GetTranscript(),
              (Lines{"1000 ms: 1 is candidate in term 1",
                     "1015 ms: 2 is follower in term 1",
                     "1015 ms: 3 is follower in term 1",
                     "1015 ms: 2 votes for 1 in term 1",
                     "1015 ms: 3 votes for 1 in term 1",
                     "1030 ms: 1 is leader in term 1",
                     "1045 ms: 2 is follower in term 1 of 1",
                     "1045 ms: 3 is follower in term 1 of 1",
                     "1060 ms: 1 commits 1"}));
}

TEST(RaftTimeline, FollowersLearnOfACommitWithTheNextHeartbeat)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(1100));
    const std::size_t mark = cluster.GetTranscript().size();
    cluster.RunUntil(Ms(1150));
    EXPECT_EQ(Since(cluster, mark), (Lines{"1145 ms: 2 commits 1", "1145 ms: 3 commits 1"}));
}

TEST(RaftTimeline, EveryMessageWaitsForItsWrite)
{
    World world;
    world.writeMin = world.writeMax = Ms(4); // and a report of up to 1 ms
    Cluster cluster = MakeCluster(3, world);
    cluster.Start();
    cluster.RunUntil(Ms(1004));
    EXPECT_EQ(cluster.GetTranscript(), (Lines{"1000 ms: 1 is candidate in term 1"}));
    cluster.RunUntil(Ms(1018.9));
    EXPECT_EQ(cluster.GetCore(2).GetTerm(), 0U) << "the vote request left before its write";
    cluster.RunUntil(Ms(1020));
    EXPECT_EQ(cluster.GetCore(2).GetTerm(), 1U);
    EXPECT_EQ(cluster.GetCore(2).GetVote(), 1U);
    cluster.RunUntil(Ms(1037.9));
    EXPECT_EQ(cluster.FindLeader(), NO_SERVER) << "a vote left before its write";
    cluster.RunUntil(Ms(1040));
    EXPECT_EQ(cluster.FindLeader(), 1U);
    cluster.RunUntil(Ms(1071.9));
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 0U) << "entries acknowledged before their write";
    cluster.RunUntil(Ms(1075));
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
}

TEST(RaftTimeline, ACommandCommitsAfterOneRoundTrip)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(1990)); // heartbeats at 2030, 2130, ...
    const std::size_t mark = cluster.GetTranscript().size();
    const ProposalResult result = cluster.Propose(1, "x");
    EXPECT_TRUE(result.accepted);
    EXPECT_EQ(result.index, 2U);
    EXPECT_EQ(result.term, 1U);
    cluster.RunUntil(Ms(2050));
    EXPECT_EQ(Since(cluster, mark),
              (Lines{"2020 ms: 1 commits 2", "2045 ms: 2 commits 2", "2045 ms: 3 commits 2"}));
}

TEST(RaftTimeline, LosingTheLeaderCostsOneElectionTimeout)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(1990)); // last heartbeat sent at 1930, arrived at 1945
    cluster.Crash(1);
    const std::size_t mark = cluster.GetTranscript().size();
    cluster.RunUntil(Ms(3400));
    EXPECT_EQ(Since(cluster, mark),
              (Lines{"3145 ms: 2 is candidate in term 2",
                     "3160 ms: 3 is follower in term 2",
                     "3160 ms: 3 votes for 2 in term 2",
                     "3175 ms: 2 is leader in term 2",
                     "3190 ms: 3 is follower in term 2 of 2",
                     "3205 ms: 2 commits 2",
                     "3290 ms: 3 commits 2"}));
}

TEST(RaftTimeline, ASplitVoteIsSettledByTheNextTimeout)
{
    Cluster cluster = MakeCluster(4);
    cluster.FixRandom(1, 0);
    cluster.FixRandom(2, 0);
    // Each candidate reaches one voter only.
    cluster.SetCut(1, 4, true);
    cluster.SetCut(2, 3, true);
    cluster.Start();
    cluster.RunUntil(Ms(1500));
    EXPECT_EQ(cluster.FindLeader(), NO_SERVER);
    EXPECT_EQ(cluster.GetCore(3).GetVote(), 1U);
    EXPECT_EQ(cluster.GetCore(4).GetVote(), 2U);
    cluster.HealAll();
    cluster.FixRandom(1, 0.9);
    const std::size_t mark = cluster.GetTranscript().size();
    cluster.RunUntil(Ms(2040));
    EXPECT_EQ(Since(cluster, mark),
              (Lines{"2000 ms: 1 is candidate in term 2",
                     "2000 ms: 2 is candidate in term 2",
                     "2015 ms: 3 is follower in term 2",
                     "2015 ms: 4 is follower in term 2",
                     "2015 ms: 3 votes for 1 in term 2",
                     "2015 ms: 4 votes for 1 in term 2",
                     "2030 ms: 1 is leader in term 2"}));
}

TEST(RaftTimeline, ALostVoteRequestIsRepeatedWithTheHeartbeatInterval)
{
    Cluster cluster = MakeCluster(3);
    cluster.SetCut(1, 2, true);
    cluster.SetCut(1, 3, true);
    cluster.Start();
    cluster.RunUntil(Ms(1050));
    cluster.HealAll();
    cluster.RunUntil(Ms(1130));
    EXPECT_EQ(cluster.GetTranscript().back(), "1130 ms: 1 is leader in term 1");
}

TEST(RaftTimeline, ALostBatchIsMissedByAHeartbeatAndSentAgain)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(2000)); // heartbeats at 2030, 2130, ...
    cluster.SetCut(1, 2, true);
    cluster.SetCut(1, 3, true);
    cluster.Propose(1, "x");
    cluster.RunUntil(Ms(2001));
    cluster.HealAll();
    cluster.RunUntil(Ms(2189)); // missed by the heartbeat of 2130, sent again at 2160
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
    cluster.RunUntil(Ms(2190));
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 2U);
}

TEST(RaftTimeline, ALeaderInAMinorityCommitsNothingAndGivesUpItsEntriesLater)
{
    Cluster cluster = MakeCluster(5);
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    for (const ServerId inside : {1U, 2U})
    {
        for (const ServerId outside : {3U, 4U, 5U})
        {
            cluster.SetCut(inside, outside, true);
            cluster.SetCut(outside, inside, true);
        }
    }
    cluster.Propose(1, "lost");
    cluster.RunUntil(Ms(4000));
    EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::LEADER);
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
    EXPECT_EQ(cluster.FindLeader(), 3U);
    EXPECT_TRUE(cluster.Propose(3, "kept").accepted);
    cluster.RunUntil(Ms(4200));
    cluster.HealAll();
    cluster.RunUntil(Ms(4600));
    for (ServerId id = 1; id <= 5; ++id)
    {
        ASSERT_EQ(TermsOf(cluster.GetCore(id)), (std::vector<Term>{1, 2, 2})) << id;
        EXPECT_EQ(*cluster.GetCore(id).GetLog().GetEntry(3).command, "kept") << id;
        EXPECT_EQ(cluster.GetCore(id).GetCommitIndex(), 3U) << id;
    }
}

TEST(RaftTimeline, ARestartedServerCatchesUpAndForgetsNothingWritten)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    cluster.Crash(3);
    for (int i = 0; i < 200; ++i)
    {
        cluster.Propose(1, "command " + std::to_string(i));
    }
    cluster.RunUntil(Ms(2500));
    cluster.Restart(3);
    EXPECT_EQ(cluster.GetCore(3).GetCommitIndex(), 0U);
    EXPECT_EQ(cluster.GetCore(3).GetTerm(), 1U);
    EXPECT_EQ(cluster.GetCore(3).GetVote(), 1U);
    EXPECT_EQ(cluster.GetCore(3).GetLastIndex(), 1U);
    cluster.RunUntil(Ms(3000));
    EXPECT_EQ(cluster.GetCore(3).GetCommitIndex(), 201U);
    EXPECT_EQ(cluster.GetDisk(3).log, cluster.GetDisk(1).log);
}

TEST(RaftTimeline, AServerThatOnlySendsForcesOneNewTermAndThenFollows)
{
    Cluster cluster = MakeCluster(3);
    cluster.Start();
    cluster.RunUntil(Ms(2000));
    cluster.SetCut(1, 3, true); // one way: 3 hears nothing of the leader
    cluster.RunUntil(Ms(4000));
    EXPECT_GT(cluster.GetCore(1).GetTerm(), 1U);
    cluster.HealAll();
    cluster.RunUntil(Ms(8000));
    const ServerId leader = cluster.FindLeader();
    ASSERT_NE(leader, NO_SERVER);
    for (ServerId id = 1; id <= 3; ++id)
    {
        EXPECT_EQ(cluster.GetCore(id).GetLeader(), leader) << id;
    }
}

TEST(RaftTimeline, ASingleServerLeadsAndCommitsOnceItsWritesAreDone)
{
    World world;
    world.writeMin = world.writeMax = Ms(8); // and a report of up to 2 ms
    Cluster cluster = MakeCluster(1, world);
    cluster.Start();
    cluster.RunUntil(Ms(1007));
    EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::CANDIDATE);
    cluster.RunUntil(Ms(1010));
    EXPECT_EQ(cluster.GetCore(1).GetRole(), Role::LEADER);
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 0U);
    cluster.RunUntil(Ms(1020));
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
    cluster.Propose(1, "x");
    cluster.RunUntil(Ms(1027));
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 1U);
    cluster.RunUntil(Ms(1030));
    EXPECT_EQ(cluster.GetCore(1).GetCommitIndex(), 2U);
}

} // namespace ns3::raft::test
