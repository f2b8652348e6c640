#include "raft-app-cluster.h"
#include "raft-raw-client.h"

#include "ns3/raft-bytes.h"

#include <gtest/gtest.h>
#include <memory>
#include <set>

using namespace ns3;
using namespace nctest;

namespace
{

/** Asks soon again, so that answers that are late or lost bring repeated requests. */
AppClusterOptions
Impatient()
{
    AppClusterOptions options;
    options.clients = 2;
    options.clientAttributes = {{"Rate", "100"}, {"RetryTimeout", "20ms"}, {"Keys", "4"}};
    return options;
}

} // namespace

TEST(RaftClientSession, ARequestWhoseAnswerIsLostIsRepeatedAndAppliedOnce)
{
    std::size_t repeated = 0;
    for (uint32_t seed = 1; seed <= 10; ++seed)
    {
        auto options = Impatient();
        options.seed = seed;
        options.impairment.loss = 0.15;
        options.impairment.jitter = MilliSeconds(4);
        AppCluster cluster(options);
        cluster.RunUntil(Seconds(10));
        cluster.Settle(Seconds(2));
        EXPECT_EQ(cluster.MostApplications(), 1U) << "seed " << seed;
        EXPECT_EQ(cluster.Violation(), "") << "seed " << seed;
        EXPECT_GT(cluster.Answered(Seconds(0), Seconds(10)), 500U) << "seed " << seed;
        repeated += cluster.RepeatedRequests();
    }
    EXPECT_GT(repeated, 200U);
}

TEST(RaftClientSession, ARequestIsAppliedOnceAlsoWhenItsLeaderCrashesBeforeItAnswers)
{
    std::size_t repeated = 0;
    for (uint32_t seed = 1; seed <= 10; ++seed)
    {
        auto options = Impatient();
        options.servers = 5;
        options.seed = seed;
        options.tcp = seed % 2 == 0;
        options.impairment.loss = options.tcp ? 0.01 : 0.05;
        AppCluster cluster(options);
        for (uint32_t second = 4; second < 20; second += 4)
        {
            auto victim = std::make_shared<uint32_t>(0);
            cluster.At(Seconds(second), [&cluster, victim] {
                *victim = cluster.Leader();
                if (*victim != 0)
                {
                    cluster.Crash(*victim);
                }
            });
            cluster.At(Seconds(second + 2), [&cluster, victim] {
                if (*victim != 0)
                {
                    cluster.Restart(*victim);
                }
            });
        }
        cluster.RunUntil(Seconds(24));
        cluster.Settle(Seconds(3));
        EXPECT_EQ(cluster.MostApplications(), 1U) << "seed " << seed;
        EXPECT_EQ(cluster.Violation(), "") << "seed " << seed;
        EXPECT_GT(cluster.Answered(Seconds(0), Seconds(24)), 1000U) << "seed " << seed;
        repeated += cluster.RepeatedRequests();
        const auto& store = cluster.Server(cluster.Leader())->GetStore();
        for (uint32_t id = 1; id <= cluster.ServerCount(); ++id)
        {
            EXPECT_EQ(cluster.Server(id)->GetStore(), store) << "seed " << seed;
        }
    }
    EXPECT_GT(repeated, 100U);
}

TEST(RaftClientSession, ARepeatedRequestGetsTheAnswerOfTheFirstTime)
{
    AppClusterOptions options;
    options.clients = 0;
    options.spareHosts = 1;
    options.serverAttributes = {{"ReadMode", "log"}};
    AppCluster cluster(options);
    RawClient client(cluster, 4);
    cluster.RunUntil(Seconds(5));
    const uint32_t leader = cluster.Leader();
    ASSERT_NE(leader, 0U);
    client.Ask(leader, RegisterCommand());
    cluster.RunUntil(Seconds(6));
    ASSERT_EQ(client.replies.size(), 1U);
    raft::ByteReader in(client.replies[0].value);
    const auto session = in.Number<uint64_t>();
    ASSERT_TRUE(in.AtEnd());

    const raft::Command first{0, session, 1, 1, raft::CommandOp::PUT, "k", "a"};
    const raft::Command read{0, session, 2, 1, raft::CommandOp::GET, "k", ""};
    const raft::Command second{0, session, 3, 1, raft::CommandOp::PUT, "k", "b"};
    Time at = Seconds(6);
    for (const auto& command : {first, read, second, read, first})
    {
        client.Ask(leader, command);
        cluster.RunUntil(at += Seconds(1));
    }
    ASSERT_EQ(client.replies.size(), 6U);
    EXPECT_EQ(client.replies[2].value, "a");
    EXPECT_EQ(client.replies[4].value, "a") << "the read was answered before the second write";
    EXPECT_EQ(client.replies[5].status, RaftClientReply::Status::OK);
    EXPECT_EQ(cluster.Server(leader)->GetStore().Get("k"), "b");
}

TEST(RaftClientSession, WithoutASessionARepeatedRequestIsAppliedTwice)
{
    // What sessions are for, and that MostApplications() can tell.
    AppClusterOptions options;
    options.clients = 0;
    options.spareHosts = 1;
    AppCluster cluster(options);
    RawClient client(cluster, 4);
    cluster.RunUntil(Seconds(5));
    Time at = Seconds(5);
    for (const char* value : {"a", "b", "a"})
    {
        client.Ask(cluster.Leader(), {0, 0, 1, 1, raft::CommandOp::PUT, "k", value});
        cluster.RunUntil(at += Seconds(1));
    }
    EXPECT_EQ(cluster.Server(cluster.Leader())->GetStore().Get("k"), "a");
    EXPECT_EQ(cluster.MostApplications(), 2U);
}

TEST(RaftClientSession, AClientWhoseSessionHasEndedOpensAnotherAndGoesOn)
{
    AppClusterOptions options;
    options.spareHosts = 1;
    options.clientAttributes = {{"Rate", "20"}, {"WriteRatio", "1"}};
    AppCluster cluster(options);
    RawClient others(cluster, 5);
    cluster.RunUntil(Seconds(5));
    ASSERT_EQ(cluster.Server(cluster.Leader())->GetStore().GetSessionCount(), 1U);
    // As many others within less time than the client pauses on average, again and again.
    for (uint32_t burst = 0; burst < 5; ++burst)
    {
        cluster.At(Seconds(6 + burst), [&] {
            for (std::size_t i = 0; i < raft::KeyValueStore::DEFAULT_MAX_SESSIONS; ++i)
            {
                others.Ask(cluster.Leader(), RegisterCommand());
            }
        });
    }
    cluster.RunUntil(Seconds(15));
    const auto& store = cluster.Server(cluster.Leader())->GetStore();
    EXPECT_EQ(store.GetSessionCount(), raft::KeyValueStore::DEFAULT_MAX_SESSIONS);
    std::set<uint64_t> sessions;
    for (const auto& [index, bytes] : cluster.applied)
    {
        const auto command = raft::Command::Decode(bytes);
        if (command->client == 4 && command->session != 0)
        {
            sessions.insert(command->session);
        }
    }
    EXPECT_GT(sessions.size(), 1U) << "the first one was pushed out";
    EXPECT_GT(cluster.Answered(Seconds(11), Seconds(15)), 50U);
    EXPECT_EQ(cluster.MostApplications(), 1U);
    EXPECT_EQ(cluster.Violation(), "");
    for (const auto& operation : cluster.operations)
    {
        EXPECT_TRUE(operation.known || operation.tries > 1)
            << "an only try that found no session was done in the next";
    }
}

TEST(RaftClientSession, ARequestIsRepeatedInTheSessionThatItBeganInAndEndsUnknownIfThatIsGone)
{
    // All the client's answers are lost for a while in which others push its session out.
    AppClusterOptions options;
    options.spareHosts = 1;
    options.clientAttributes = {{"Rate", "20"},
                                {"WriteRatio", "1"},
                                {"RetryTimeout", "500ms"},
                                {"Timeout", "20s"}};
    AppCluster cluster(options);
    RawClient others(cluster, 5);
    cluster.RunUntil(Seconds(5));
    for (uint32_t id = 1; id <= 3; ++id)
    {
        cluster.Network(id)->SetCut(4, true);
    }
    cluster.RunUntil(Seconds(6));
    for (uint32_t id = 1; id <= 3; ++id)
    {
        cluster.Network(4)->SetCut(id, true);
    }
    for (std::size_t i = 0; i < raft::KeyValueStore::DEFAULT_MAX_SESSIONS; ++i)
    {
        others.Ask(cluster.Leader(), RegisterCommand());
    }
    cluster.RunUntil(Seconds(7));
    for (uint32_t id = 1; id <= 3; ++id)
    {
        cluster.Network(id)->SetCut(4, false);
        cluster.Network(4)->SetCut(id, false);
    }
    cluster.RunUntil(Seconds(12));
    cluster.Settle(Seconds(1));
    std::size_t lost = 0;
    for (const auto& operation : cluster.operations)
    {
        lost += !operation.known && operation.tries > 1;
    }
    EXPECT_GT(lost, 5U) << "tried in the old session: nobody can tell whether it was applied";
    EXPECT_GT(cluster.Answered(Seconds(8), Seconds(12)), 40U);
    EXPECT_EQ(cluster.MostApplications(), 1U);
    EXPECT_EQ(cluster.Violation(), "");
}
