#include "raft-app-cluster.h"

#include "ns3/node-disk.h"

#include <gtest/gtest.h>

using namespace ns3;
using namespace nctest;

namespace
{

AppClusterOptions
Writing()
{
    AppClusterOptions options;
    options.clientAttributes = {{"Rate", "50"},
                                {"WriteRatio", "1"},
                                {"RetryTimeout", "500ms"},
                                {"Timeout", "30s"}};
    return options;
}

/** A cluster whose leader's disk stalls from 5 s to 15 s; it has run until just before the end. */
class StalledLeader
{
  public:
    explicit StalledLeader(const AppClusterOptions& options)
        : cluster(options)
    {
        cluster.RunUntil(Seconds(5));
        leader = cluster.Leader();
        term = cluster.Server(leader)->GetCore()->GetTerm();
        NodeDisk::Of(cluster.Host(leader))->StallFor(Seconds(10));
        cluster.RunUntil(Seconds(14.9));
    }

    /** Whether the same server leads in the same term. */
    bool LeadsStill() const
    {
        return cluster.Leader() == leader && cluster.Server(leader)->GetCore()->GetTerm() == term;
    }

    AppCluster cluster;
    uint32_t leader{0};
    uint64_t term{0};
};

} // namespace

TEST(RaftDiskStall, HeartbeatsGoOnAndCommitsGoOnThroughTheFollowers)
{
    StalledLeader run(Writing());
    EXPECT_TRUE(run.LeadsStill());
    EXPECT_GT(run.cluster.Answered(Seconds(5), Seconds(14.9)), 400U);
    const auto& core = *run.cluster.Server(run.leader)->GetCore();
    EXPECT_GT(core.GetCommitIndex(), core.GetDurableIndex() + 400)
        << "the leader has committed what it has not written itself";
    run.cluster.RunUntil(Seconds(20));
    EXPECT_TRUE(run.LeadsStill());
    run.cluster.Settle(Seconds(2));
    EXPECT_GE(core.GetDurableIndex(), core.GetCommitIndex());
    EXPECT_EQ(run.cluster.Violation(), "");
}

TEST(RaftDiskStall, NothingThatWasAnsweredIsLostWhenTheStalledLeaderDies)
{
    StalledLeader run(Writing());
    run.cluster.Crash(run.leader);
    run.cluster.RunUntil(Seconds(20));
    EXPECT_NE(run.cluster.Leader(), 0U);
    EXPECT_NE(run.cluster.Leader(), run.leader);
    run.cluster.Restart(run.leader);
    run.cluster.RunUntil(Seconds(25));
    run.cluster.Settle(Seconds(2));
    EXPECT_EQ(run.cluster.Violation(), "");
    EXPECT_EQ(run.cluster.Server(run.leader)->GetStore(),
              run.cluster.Server(run.cluster.Leader())->GetStore());
}

TEST(RaftDiskStall, WhereTheLeaderWritesFirstHeartbeatsHideThatNothingIsCommitted)
{
    auto options = Writing();
    options.serverAttributes = {{"LeaderWritesFirst", "true"}};
    StalledLeader run(options);
    EXPECT_TRUE(run.LeadsStill()) << "no follower has a reason to stand for election";
    EXPECT_EQ(run.cluster.Answered(Seconds(5.1), Seconds(14.9)), 0U);
    run.cluster.RunUntil(Seconds(20));
    run.cluster.Settle(Seconds(2));
    EXPECT_TRUE(run.LeadsStill());
    EXPECT_GT(run.cluster.Answered(Seconds(15), Seconds(20)), 600U) << "all that waited, too";
    EXPECT_EQ(run.cluster.Violation(), "");
}

TEST(RaftDiskStall, ALeaderThatMayNotBeSilentStepsDownAndAnotherLeads)
{
    for (const char* writesFirst : {"false", "true"})
    {
        auto options = Writing();
        options.serverAttributes = {{"LeaderWritesFirst", writesFirst},
                                    {"MaxWriteSilence", "500ms"}};
        StalledLeader run(options);
        EXPECT_NE(run.cluster.Leader(), run.leader);
        EXPECT_NE(run.cluster.Server(run.leader)->GetCore()->GetRole(), raft::Role::LEADER);
        // 0.5 s of silence, an election timeout of at most 2 s, perhaps a second try.
        EXPECT_GT(run.cluster.Answered(Seconds(9), Seconds(14.9)), 200U);
        run.cluster.RunUntil(Seconds(20));
        run.cluster.Settle(Seconds(2));
        EXPECT_EQ(run.cluster.Violation(), "");
        EXPECT_EQ(run.cluster.Server(run.leader)->GetStore(),
                  run.cluster.Server(run.cluster.Leader())->GetStore());
    }
}

TEST(RaftDiskStall, ALeaderNoticesAStallAlsoWhileNobodyWrites)
{
    auto options = Writing();
    options.serverAttributes = {{"MaxWriteSilence", "500ms"}};
    options.clients = 0;
    StalledLeader run(options);
    EXPECT_NE(run.cluster.Leader(), 0U);
    EXPECT_NE(run.cluster.Leader(), run.leader);
}

TEST(RaftDiskStall, AHealthyDiskIsNeverTakenForAStalledOne)
{
    for (const char* rate : {"0", "200"})
    {
        auto options = Writing();
        options.serverAttributes = {{"MaxWriteSilence", "100ms"}};
        options.clientAttributes[0].second = rate;
        AppCluster cluster(options);
        cluster.RunUntil(Seconds(5));
        const uint32_t leader = cluster.Leader();
        const uint64_t term = cluster.Server(leader)->GetCore()->GetTerm();
        cluster.RunUntil(Seconds(60));
        EXPECT_EQ(cluster.Leader(), leader);
        EXPECT_EQ(cluster.Server(leader)->GetCore()->GetTerm(), term);
    }
}

TEST(RaftDiskStall, AFollowersStalledDiskHoldsNothingUp)
{
    AppCluster cluster(Writing());
    cluster.RunUntil(Seconds(5));
    const uint32_t leader = cluster.Leader();
    const uint32_t follower = cluster.Follower();
    NodeDisk::Of(cluster.Host(follower))->StallFor(Seconds(10));
    cluster.RunUntil(Seconds(14.9));
    EXPECT_EQ(cluster.Leader(), leader);
    EXPECT_GT(cluster.Answered(Seconds(5), Seconds(14.9)), 400U);
    const auto& durable = cluster.Server(follower)->GetDurable();
    EXPECT_LT(durable.log.size() + 400, cluster.Server(leader)->GetDurable().log.size());
    cluster.Settle(Seconds(3));
    EXPECT_EQ(cluster.Server(follower)->GetStore(), cluster.Server(leader)->GetStore());
}

TEST(RaftDiskStall, WithAMajorityOfDisksStalledNothingIsAcknowledged)
{
    AppCluster cluster(Writing());
    cluster.RunUntil(Seconds(5));
    const uint32_t leader = cluster.Leader();
    for (uint32_t id = 1; id <= 3; ++id)
    {
        if (id != leader)
        {
            NodeDisk::Of(cluster.Host(id))->StallFor(Seconds(10));
        }
    }
    cluster.RunUntil(Seconds(14.9));
    EXPECT_EQ(cluster.Answered(Seconds(5.1), Seconds(14.9)), 0U);
    cluster.RunUntil(Seconds(18));
    EXPECT_GT(cluster.Answered(Seconds(15), Seconds(18)), 400U);
}
