#include "raft-app-cluster.h"
#include "raft-raw-client.h"

#include "ns3/raft-bytes.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace ns3;
using namespace nctest;

namespace
{

/** Tries of all operations that began in [from, to). */
std::vector<uint32_t>
Tries(const AppCluster& cluster, Time from, Time to)
{
    std::vector<uint32_t> tries;
    for (const auto& operation : cluster.operations)
    {
        if (operation.call >= from && operation.call < to)
        {
            tries.push_back(operation.tries);
        }
    }
    return tries;
}

/** A client whose only server is a host on which the test speaks. */
class AgainstScriptedServer : public testing::Test
{
  protected:
    static AppClusterOptions Options()
    {
        AppClusterOptions options;
        options.servers = 1;
        options.spareHosts = 1;
        options.clientAttributes = {{"Rate", "0"},
                                    {"ClosedLoop", "true"},
                                    {"WriteRatio", "1"},
                                    {"Timeout", "3s"},
                                    {"RetryTimeout", "1s"}};
        return options;
    }

    AgainstScriptedServer()
        : m_cluster(Options()),
          m_server(m_cluster, 3)
    {
        m_cluster.Client()->SetServers({3});
    }

    /** Lets the client have a session. */
    void OpenSession()
    {
        m_cluster.RunUntil(MilliSeconds(500));
        ASSERT_EQ(m_server.commands.size(), 1U);
        EXPECT_EQ(m_server.commands[0].op, raft::CommandOp::REGISTER);
        RaftClientReply reply;
        raft::WriteNumber(reply.value, uint64_t{77});
        m_server.Reply(2, reply);
        m_cluster.RunUntil(MilliSeconds(600));
        ASSERT_EQ(m_server.commands.size(), 2U);
        EXPECT_EQ(m_server.commands[1].session, 77U);
        EXPECT_EQ(m_server.commands[1].request, 1U);
    }

    AppCluster m_cluster; //!< host 1 is a server that nobody asks, host 2 the client
    RawClient m_server;
};

} // namespace

TEST(RaftClientBehaviour, AClientFollowsRedirectsToTheLeaderAtOnce)
{
    for (uint32_t seed = 1; seed <= 8; ++seed)
    {
        AppClusterOptions options;
        options.servers = 5;
        options.seed = seed;
        AppCluster cluster(options);
        cluster.RunUntil(Seconds(6));
        const uint32_t leader = cluster.Leader();
        ASSERT_NE(leader, 0U);
        ASSERT_TRUE(cluster.Server(leader)->TransferLeadership(leader % 5 + 1));
        cluster.RunUntil(Seconds(7));
        ASSERT_EQ(cluster.Leader(), leader % 5 + 1);
        cluster.RunUntil(Seconds(9));
        cluster.Settle(Seconds(1));
        const auto tries = Tries(cluster, Seconds(6), Seconds(9));
        ASSERT_FALSE(tries.empty());
        EXPECT_LE(*std::max_element(tries.begin(), tries.end()), 3U) << "seed " << seed;
        EXPECT_EQ(cluster.Violation(), "");
    }
}

TEST(RaftClientBehaviour, AClientThatFollowsNoRedirectsFindsTheLeaderAllTheSame)
{
    uint32_t most = 0;
    for (uint32_t seed = 1; seed <= 8; ++seed)
    {
        AppClusterOptions options;
        options.servers = 5;
        options.seed = seed;
        options.clientAttributes = {{"FollowRedirects", "false"}};
        AppCluster cluster(options);
        cluster.RunUntil(Seconds(6));
        const uint32_t leader = cluster.Leader();
        ASSERT_NE(leader, 0U);
        // To the one that a client going round tries last.
        ASSERT_TRUE(cluster.Server(leader)->TransferLeadership((leader + 3) % 5 + 1));
        cluster.RunUntil(Seconds(10));
        EXPECT_GT(cluster.Answered(Seconds(8), Seconds(10)), 10U) << "seed " << seed;
        const auto tries = Tries(cluster, Seconds(6), Seconds(7));
        most = std::max(most, *std::max_element(tries.begin(), tries.end()));
        EXPECT_EQ(cluster.Violation(), "");
    }
    EXPECT_EQ(most, 5U) << "one after the other";
}

TEST(RaftClientBehaviour, WithoutAMajorityEveryOperationEndsAsUnknownAfterItsTimeout)
{
    AppClusterOptions options;
    options.clientAttributes = {{"Timeout", "2s"}, {"RetryTimeout", "300ms"}, {"Rate", "20"}};
    AppCluster cluster(options);
    cluster.RunUntil(Seconds(5));
    cluster.operations.clear();
    const uint32_t leader = cluster.Leader();
    cluster.Crash(leader % 3 + 1);
    cluster.Crash((leader + 1) % 3 + 1);
    std::vector<Time> ends;
    cluster.Client()->TraceConnectWithoutContext(
        "Operation",
        Callback<void, const RaftClientApplication::Operation&>(
            [&](const RaftClientApplication::Operation& operation) {
                if (!operation.known)
                {
                    EXPECT_EQ(Simulator::Now() - operation.call, Seconds(2));
                    ends.push_back(Simulator::Now());
                }
            }));
    cluster.RunUntil(Seconds(15));
    EXPECT_GT(ends.size(), 100U);
    for (const auto& operation : cluster.operations)
    {
        EXPECT_TRUE(!operation.known || operation.call < Seconds(5.1)) << operation.request;
        EXPECT_TRUE(operation.known || operation.tries > 1);
    }
    EXPECT_EQ(cluster.Violation(), "");
}

TEST(RaftClientBehaviour, WithoutARetryTimeoutNothingIsRepeatedButRefusals)
{
    AppClusterOptions options;
    options.impairment.loss = 0.1;
    options.clientAttributes = {{"Timeout", "500ms"}, {"RetryTimeout", "0s"}, {"Rate", "50"}};
    AppCluster cluster(options);
    cluster.RunUntil(Seconds(15));
    cluster.Settle(Seconds(1));
    EXPECT_EQ(cluster.RepeatedRequests(), 0U);
    std::size_t unknown = 0;
    for (const auto& operation : cluster.operations)
    {
        unknown += !operation.known && operation.tries == 1;
    }
    EXPECT_GT(unknown, 20U) << "what was lost stays lost";
    EXPECT_GT(cluster.Answered(Seconds(5), Seconds(15)), 200U);
    EXPECT_EQ(cluster.Violation(), "");
}

TEST_F(AgainstScriptedServer, ASilentServerIsAskedAgainUnderTheSameNumberUntilTheTimeout)
{
    OpenSession();
    m_cluster.RunUntil(MilliSeconds(2900));
    ASSERT_EQ(m_server.commands.size(), 4U);
    EXPECT_EQ(m_server.commands[2], m_server.commands[1]);
    EXPECT_EQ(m_server.commands[3], m_server.commands[1]);
    m_cluster.RunUntil(MilliSeconds(3050));
    ASSERT_EQ(m_cluster.operations.size(), 1U);
    EXPECT_FALSE(m_cluster.operations[0].known);
    EXPECT_EQ(m_cluster.operations[0].tries, 3U);
    // The next one tells the server that nobody waits for the first.
    ASSERT_EQ(m_server.commands.size(), 5U);
    EXPECT_EQ(m_server.commands[4].request, 2U);
    EXPECT_EQ(m_server.commands[4].acknowledged, 2U);
}

TEST_F(AgainstScriptedServer, RepliesThatAreMalformedOrToNobodyAreDropped)
{
    OpenSession();
    m_server.SendBytes(2, "noise");
    m_server.SendBytes(2, "");
    m_server.SendBytes(2, std::string("A\x02\x00\x00", 4));
    RaftClientReply reply;
    reply.request = 99; // never asked
    m_server.Reply(2, reply);
    reply.request = 1;
    reply.status = RaftClientReply::Status::NOT_LEADER;
    reply.leader = 4711; // no server of this client's
    m_server.Reply(2, reply);
    m_cluster.RunUntil(MilliSeconds(700));
    EXPECT_EQ(m_cluster.complaints.size(), 3U);
    EXPECT_TRUE(m_cluster.operations.empty());
    EXPECT_EQ(m_server.commands.size(), 3U) << "asked again after the refusal";

    reply.status = RaftClientReply::Status::OK;
    m_server.Reply(2, reply);
    m_server.Reply(2, reply); // a duplicate
    m_cluster.RunUntil(MilliSeconds(800));
    ASSERT_EQ(m_cluster.operations.size(), 1U);
    EXPECT_TRUE(m_cluster.operations[0].known);
    EXPECT_EQ(m_cluster.complaints.size(), 3U);
}

TEST_F(AgainstScriptedServer, ARegistrationThatIsNoneIsRefusedAndAskedForAgain)
{
    m_cluster.RunUntil(MilliSeconds(100));
    for (const std::string value : {"", "1234567", "123456789"})
    {
        RaftClientReply reply;
        reply.value = value;
        m_server.Reply(2, reply);
    }
    RaftClientReply none;
    raft::WriteNumber(none.value, uint64_t{0});
    m_server.Reply(2, none);
    m_cluster.RunUntil(MilliSeconds(900));
    EXPECT_EQ(m_cluster.complaints.size(), 4U);
    EXPECT_EQ(m_server.commands.size(), 1U) << "no request without a session";
    m_cluster.RunUntil(MilliSeconds(1500));
    ASSERT_EQ(m_server.commands.size(), 2U);
    EXPECT_EQ(m_server.commands[1].op, raft::CommandOp::REGISTER);
}

TEST_F(AgainstScriptedServer, AnExpiredSessionEndsOnlyWhatWasTriedInItMoreThanOnce)
{
    OpenSession();
    RaftClientReply expired;
    expired.request = 1;
    expired.status = RaftClientReply::Status::SESSION_EXPIRED;
    m_server.Reply(2, expired); // to the only try: the request is done in the next session
    m_cluster.RunUntil(MilliSeconds(700));
    EXPECT_TRUE(m_cluster.operations.empty());
    ASSERT_EQ(m_server.commands.size(), 3U);
    EXPECT_EQ(m_server.commands[2].op, raft::CommandOp::REGISTER);
    RaftClientReply session;
    raft::WriteNumber(session.value, uint64_t{88});
    m_server.Reply(2, session);
    m_cluster.RunUntil(MilliSeconds(800));
    ASSERT_EQ(m_server.commands.size(), 4U);
    EXPECT_EQ(m_server.commands[3].session, 88U);
    EXPECT_EQ(m_server.commands[3].request, 1U);
    m_cluster.RunUntil(MilliSeconds(1900)); // a second try
    ASSERT_EQ(m_server.commands.size(), 5U);
    m_server.Reply(2, expired);
    m_cluster.RunUntil(MilliSeconds(2000));
    ASSERT_EQ(m_cluster.operations.size(), 1U);
    EXPECT_FALSE(m_cluster.operations[0].known);
}

TEST(RaftRequestSize, WhatServersCouldNotPassOnIsDroppedAndStopsNobody)
{
    AppClusterOptions options;
    options.clients = 0;
    options.spareHosts = 1;
    AppCluster cluster(options);
    RawClient client(cluster, 4);
    cluster.RunUntil(Seconds(3));
    const uint32_t leader = cluster.Leader();
    ASSERT_NE(leader, 0U);
    // A datagram holds 65507 bytes, of which 56 + 13 go to AppendEntries and its entry.
    const std::size_t longest = 65507 - 56 - 13 - raft::Command::HEADER_BYTES - 1;
    raft::Command command;
    command.op = raft::CommandOp::PUT;
    command.key = "k";
    command.value.assign(longest + 1, 'x');
    command.request = 1;
    client.Ask(leader, command);
    cluster.RunUntil(Seconds(4));
    EXPECT_EQ(cluster.Server(leader)->GetMalformedCount(), 1U);
    command.value.assign(longest, 'y');
    command.request = 2;
    client.Ask(leader, command);
    cluster.RunUntil(Seconds(6));
    ASSERT_EQ(client.replies.size(), 1U);
    EXPECT_EQ(client.replies[0].request, 2U);
    for (uint32_t id = 1; id <= 3; ++id)
    {
        EXPECT_EQ(cluster.Server(id)->GetStore().Get("k"), command.value) << "server " << id;
    }
}
