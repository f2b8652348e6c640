#include "fault-cluster.h"

using namespace nctest;
using Kind = Seen::Kind;

namespace
{

constexpr double PATH = 0.01; // what is under way has arrived by then

} // namespace

TEST(HostCrash, IsSilenceAtEveryPeerUntilTheRestart)
{
    for (const bool tcp : {false, true})
    {
        ClusterOptions options;
        options.tcp = tcp;
        options.requestRate = 50;
        options.faults = {"host-crash@8+4:node=2,exact=1"};
        const ClusterRun run = RunCluster(options);
        EXPECT_GT(run.From(2, 1, 7, 8, Kind::HEARTBEAT).size(), 8u);
        EXPECT_EQ(run.From(2, 0, 8 + PATH, 12).size(), 0u) << (tcp ? "TCP" : "UDP");
        for (const Kind kind : {Kind::TCP_FIN, Kind::TCP_RESET, Kind::UNREACHABLE})
        {
            EXPECT_EQ(run.From(2, 0, 8, 12, kind).size(), 0u)
                << "no farewell at the moment of the crash either";
        }
        const auto after = run.From(2, 1, 12, 13, Kind::HEARTBEAT);
        ASSERT_GT(after.size(), 7u);
        EXPECT_EQ(after.front().heartbeat.GetSequence(), 1u) << "a new process counts anew";
    }
}

TEST(HostCrash, HearsNothingWhileItIsDown)
{
    ClusterOptions options;
    options.faults = {"host-crash@8+4:node=2,exact=1"};
    const ClusterRun run = RunCluster(options);
    for (const Seen& seen : run.packets)
    {
        EXPECT_FALSE(seen.to == 2 && seen.at >= 8 && seen.at < 12) << seen.at;
    }
}

TEST(ProcessCrash, LeavesAHostThatAnswersThatNobodyListens)
{
    ClusterOptions options;
    options.faults = {"process-crash@8+4:node=2,exact=1"};
    const ClusterRun run = RunCluster(options);
    for (const uint32_t peer : {1u, 3u, 4u, 5u})
    {
        EXPECT_EQ(run.From(2, peer, 0, 8, Kind::UNREACHABLE).size(), 0u);
        EXPECT_EQ(run.From(2, peer, 8 + PATH, 12, Kind::HEARTBEAT).size(), 0u);
        EXPECT_EQ(run.From(2, peer, 8 + PATH, 12, Kind::REPLY).size(), 0u);
        EXPECT_GT(run.From(2, peer, 8, 12, Kind::UNREACHABLE).size(), 30u)
            << "each heartbeat is answered by ICMP";
        EXPECT_GT(run.From(2, peer, 12, 13, Kind::HEARTBEAT).size(), 7u);
    }
}

TEST(ProcessCrash, ResetsConnectionsOverTcp)
{
    ClusterOptions options;
    options.tcp = true;
    options.requestRate = 50;
    options.faults = {"process-crash@8+4:node=follower,exact=1"};
    const ClusterRun run = RunCluster(options);
    EXPECT_EQ(run.From(run.Target(), 0, 1, 8, Kind::TCP_RESET).size(), 0u);
    EXPECT_GT(run.From(run.Target(), 0, 8, 12, Kind::TCP_RESET).size(), 0u);
}

TEST(Crash, LeavesTheOtherPairsAsTheyWere)
{
    ClusterOptions options;
    const ClusterRun quiet = RunCluster(options);
    options.faults = {"host-crash@8+4:node=2,exact=1"};
    const ClusterRun crashed = RunCluster(options);
    for (const uint32_t from : {1u, 3u, 4u, 5u})
    {
        for (const uint32_t to : {1u, 3u, 4u, 5u})
        {
            if (from != to)
            {
                EXPECT_TRUE(SameHeartbeats(quiet, crashed, from, to));
            }
        }
    }
    EXPECT_FALSE(SameHeartbeats(quiet, crashed, 2, 1));
}

TEST(Crash, LastsUntilTheLastOfTwoThatOverlap)
{
    ClusterOptions options;
    options.faults = {"host-crash@6+4:node=2,exact=1", "process-crash@8+6:node=2,exact=1"};
    const ClusterRun run = RunCluster(options);
    EXPECT_EQ(run.From(2, 0, 6 + PATH, 10).size(), 0u);
    EXPECT_EQ(run.From(2, 0, 10, 14, Kind::HEARTBEAT).size(), 0u);
    EXPECT_GT(run.From(2, 1, 10, 14, Kind::UNREACHABLE).size(), 30u)
        << "the machine is back, the process not yet";
    EXPECT_GT(run.From(2, 1, 14, 15, Kind::HEARTBEAT).size(), 7u);

    ASSERT_EQ(run.log.downs.size(), 2u);
    EXPECT_TRUE(run.log.downs[0].host);
    EXPECT_EQ(run.log.downs[0].span.end, std::chrono::seconds(10));
    EXPECT_FALSE(run.log.downs[1].host);
    EXPECT_EQ(run.log.downs[1].span.end, std::chrono::seconds(14));
}

TEST(Crash, HitsTheLeaderOrAFollowerAsAsked)
{
    for (uint32_t seed = 1; seed <= 4; ++seed)
    {
        ClusterOptions options;
        options.seed = seed;
        options.seconds = 12;
        options.faults = {"host-crash@8.05:node=leader,exact=1"};
        const ClusterRun leader = RunCluster(options);
        ASSERT_NE(leader.leaders.at(8), 0u);
        EXPECT_EQ(leader.Target(), leader.leaders.at(8));
        EXPECT_NE(leader.leaders.at(11), leader.Target()) << "another one takes over";

        options.faults = {"host-crash@8.05:node=follower,exact=1"};
        const ClusterRun follower = RunCluster(options);
        EXPECT_NE(follower.Target(), follower.leaders.at(8));
        EXPECT_EQ(follower.leaders.at(11), follower.leaders.at(8));
    }
}

TEST(Faults, StartLaterByUpToAHeartbeatPeriodUnlessTheyAreExact)
{
    std::set<double> starts;
    for (uint32_t seed = 1; seed <= 8; ++seed)
    {
        ClusterOptions options;
        options.seed = seed;
        options.seconds = 3;
        options.faults = {"host-crash@2", "slow-cpu@2:exact=1"};
        const ClusterRun run = RunCluster(options);
        ASSERT_EQ(run.log.faults.size(), 2u);
        EXPECT_EQ(run.log.faults[0].span.start, std::chrono::seconds(2)) << "the exact one";
        const double start = run.log.faults[1].span.start.count() * 1e-9;
        EXPECT_GE(start, 2);
        EXPECT_LT(start, 2.1);
        starts.insert(start);
    }
    EXPECT_EQ(starts.size(), 8u);
}

TEST(Faults, AreTracedWhenTheyStartAndEnd)
{
    ClusterOptions options;
    options.seconds = 6;
    options.faults = {"host-crash@2+1:node=2,exact=1",
                      "partition@2.5+2:cut=1>3,exact=1",
                      "slow-cpu@5:node=4,exact=1"};
    EXPECT_EQ(RunCluster(options).trace,
              (std::vector<std::string>{"FaultStart host-crash 2 2.000000",
                                        "FaultStart partition 1>3 2.500000",
                                        "FaultEnd host-crash 2 3.000000",
                                        "FaultEnd partition 1>3 4.500000",
                                        "FaultStart slow-cpu 4 5.000000"}));
}
