#include "raft-app-cluster.h"
#include "raft-raw-client.h"

#include "ns3/node-clock.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>

using namespace ns3;
using namespace nctest;

namespace
{

AppClusterOptions
Reading(const std::string& mode)
{
    AppClusterOptions options;
    options.serverAttributes = {{"ReadMode", mode}};
    options.clientAttributes = {{"Rate", "50"}, {"WriteRatio", "0"}};
    return options;
}

/** Median time that reads took, of those answered in [from, to). */
Time
MedianLatency(const AppCluster& cluster, Time from, Time to)
{
    std::vector<Time> latencies;
    for (const auto& operation : cluster.operations)
    {
        if (operation.known && operation.call >= from && operation.ret < to)
        {
            latencies.push_back(operation.ret - operation.call);
        }
    }
    std::sort(latencies.begin(), latencies.end());
    return latencies.at(latencies.size() / 2);
}

/** When the old leader last answered a read after the others could not hear it any more. */
Time
LastStaleRead(const std::string& mode, double driftOfOthers = 0)
{
    auto options = Reading(mode);
    options.clients = 0;
    options.spareHosts = 1;
    AppCluster cluster(options);
    RawClient client(cluster, 4);
    cluster.RunUntil(Seconds(5));
    const uint32_t old = cluster.Leader();
    for (uint32_t id = 1; id <= 3; ++id)
    {
        if (id != old)
        {
            NodeClock::Of(cluster.Host(id))->SetDrift(driftOfOthers);
        }
    }
    cluster.RunUntil(Seconds(10));
    EXPECT_EQ(cluster.Leader(), old);
    cluster.Isolate(old);
    Time last;
    std::size_t answered = 0;
    for (uint32_t i = 1; i <= 500; ++i)
    {
        client.Ask(old, {0, 0, i, 0, raft::CommandOp::GET, "k", ""});
        cluster.RunUntil(Seconds(10) + i * MilliSeconds(10));
        for (const auto& reply : client.replies)
        {
            if (reply.status == RaftClientReply::Status::OK)
            {
                last = Simulator::Now() - Seconds(10);
                ++answered;
            }
        }
        client.replies.clear();
    }
    EXPECT_NE(cluster.Leader(), old);
    EXPECT_EQ(answered == 0, last.IsZero());
    return last;
}

class EveryReadMode : public testing::TestWithParam<const char*>
{
};

INSTANTIATE_TEST_SUITE_P(RaftReadMode, EveryReadMode, testing::Values("log", "index", "lease"));

} // namespace

TEST_P(EveryReadMode, HistoriesAreLinearizableWhileLeadersAreCutOffFromTheOthersButNotFromClients)
{
    std::size_t elections = 0;
    for (uint32_t seed = 1; seed <= 6; ++seed)
    {
        auto options = Reading(GetParam());
        options.servers = 5;
        options.clients = 3;
        options.seed = seed;
        options.impairment.loss = 0.02;
        options.impairment.jitter = MilliSeconds(1);
        options.clientAttributes = {{"Rate", "60"},
                                    {"WriteRatio", "0.4"},
                                    {"Keys", "2"},
                                    {"RetryTimeout", "200ms"}};
        AppCluster cluster(options);
        uint32_t before = 0;
        for (uint32_t round = 0; round < 4; ++round)
        {
            const Time start = Seconds(5 + 6 * round);
            auto cutOff = std::make_shared<uint32_t>(0);
            cluster.At(start, [&, cutOff] {
                *cutOff = cluster.Leader();
                elections += *cutOff != before;
                before = *cutOff;
                cluster.Isolate(std::max(*cutOff, 1U));
            });
            cluster.At(start + Seconds(4),
                       [&, cutOff] { cluster.Isolate(std::max(*cutOff, 1U), false); });
        }
        cluster.RunUntil(Seconds(30));
        cluster.Settle(Seconds(1));
        EXPECT_EQ(cluster.Violation(), "") << GetParam() << ", seed " << seed;
        EXPECT_GT(cluster.Answered(Seconds(4), Seconds(30)), 1000U);
    }
    EXPECT_GT(elections, 12U) << "the leaders changed indeed";
}

TEST_P(EveryReadMode, OnlyReadsThroughTheLogAddEntriesToIt)
{
    AppCluster cluster(Reading(GetParam()));
    cluster.RunUntil(Seconds(5));
    const uint64_t before = cluster.Server(cluster.Leader())->GetCore()->GetLastIndex();
    cluster.RunUntil(Seconds(15));
    const uint64_t after = cluster.Server(cluster.Leader())->GetCore()->GetLastIndex();
    EXPECT_GT(cluster.Answered(Seconds(5), Seconds(15)), 400U);
    if (std::string(GetParam()) == "log")
    {
        EXPECT_GT(after, before + 400);
    }
    else
    {
        EXPECT_EQ(after, before);
    }
}

TEST(RaftReadMode, ALeaseSavesTheRoundOfHeartbeatsAndThatTheWriteOfAnEntry)
{
    const auto latency = [](const char* mode) {
        AppCluster cluster(Reading(mode));
        cluster.RunUntil(Seconds(20));
        return MedianLatency(cluster, Seconds(5), Seconds(20));
    };
    const Time lease = latency("lease");
    const Time index = latency("index");
    EXPECT_LT(1.5 * lease.GetSeconds(), index.GetSeconds());
    EXPECT_LT(index, latency("log"));
}

TEST(RaftReadMode, ALeaderThatIsCutOffAnswersNoReadAfterItsLease)
{
    // The election timeout is 1 s at least; the lease began with a heartbeat before the cut.
    const Time last = LastStaleRead("lease");
    EXPECT_GT(last, Seconds(0.7));
    EXPECT_LT(last, Seconds(1));
}

TEST(RaftReadMode, ALeaseEndsInTimeAlsoIfTheOthersClocksRunFasterByWhatIsAllowed)
{
    EXPECT_LT(LastStaleRead("lease", 1000), Seconds(1));
}

TEST(RaftReadMode, WithoutLeasesALeaderThatIsCutOffAnswersNoReadAtAll)
{
    EXPECT_LE(LastStaleRead("index"), MilliSeconds(10));
    EXPECT_LE(LastStaleRead("log"), MilliSeconds(10));
}

TEST(RaftReadMode, ALeaseIsRefusedWithoutWhatItRestsOn)
{
    for (const char* missing : {"CheckQuorum", "LeaderStickiness"})
    {
        auto options = Reading("lease");
        options.serverAttributes.emplace_back(missing, "false");
        AppCluster cluster(options);
        try
        {
            cluster.RunUntil(Seconds(1));
            FAIL() << "without " << missing;
        }
        catch (const std::invalid_argument& error)
        {
            EXPECT_STREQ(error.what(),
                         "raft: readMode: leases need checkQuorum and leaderStickiness "
                         "(dissertation 6.4.1)");
        }
    }
}

TEST(RaftReadMode, AModeThatThereIsNotIsRefused)
{
    AppCluster cluster(Reading("guess"));
    try
    {
        cluster.RunUntil(Seconds(1));
        FAIL();
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_STREQ(error.what(),
                     "ns3::RaftApplication::ReadMode is \"guess\": expected log, index or lease");
    }
}
