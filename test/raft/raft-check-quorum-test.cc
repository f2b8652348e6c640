// A leader that a majority no longer answers steps down: dissertation 6.2. Server 1 leads.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

Driver
MakeLeader(uint32_t n, bool checkQuorum = true)
{
    Config config = MakeConfig(1, n);
    config.checkQuorum = checkQuorum;
    Driver driver(config);
    driver.Tick(Ms(1000));
    driver.Persist();
    for (ServerId voter = 2; driver.core.GetRole() != Role::LEADER && voter <= n; ++voter)
    {
        driver.Receive(voter, 1, RequestVoteReply{true});
    }
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    driver.Persist();
    return driver;
}

AppendEntriesReply
Heard(bool success)
{
    AppendEntriesReply reply;
    reply.success = success;
    return reply;
}

} // namespace

TEST(RaftCheckQuorum, ALeaderWithoutAnswersStepsDownInItsTermAndStandsAgainLater)
{
    Driver driver = MakeLeader(3);
    EXPECT_EQ(driver.Tick(Ms(1999)).roleChanges.size(), 0U);
    const Update& update = driver.Tick(Ms(2099));
    ASSERT_EQ(update.roleChanges.size(), 1U);
    EXPECT_STREQ(update.roleChanges[0].reason, "no answers from a majority (6.2)");
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(driver.core.GetTerm(), 1U) << "that is no reason for a new term";
    EXPECT_EQ(driver.core.GetVote(), 1U);
    EXPECT_EQ(driver.core.GetLeader(), NO_SERVER);
    EXPECT_TRUE(update.messages.empty());
    EXPECT_EQ(update.deadline, Ms(3099));
}

TEST(RaftCheckQuorum, WithoutItALeaderStays)
{
    Driver driver = MakeLeader(3, false);
    for (int at = 1100; at < 60000; at += 100)
    {
        driver.Tick(Ms(at));
    }
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
}

struct QuorumCase
{
    const char* name;
    uint32_t n;
    std::vector<ServerId> heard; //!< those who answer at 1500 ms
    Duration staysAt;            //!< the last heartbeat that it still sends
};

class RaftQuorumRule : public testing::TestWithParam<QuorumCase>
{
};

TEST_P(RaftQuorumRule, CountsVotersHeardOfWithinTheMinimumTimeout)
{
    const QuorumCase& c = GetParam();
    Driver driver = MakeLeader(c.n);
    Duration last{};
    for (int at = 1100; at <= 3000; at += 100)
    {
        driver.Tick(Ms(at));
        if (driver.core.GetRole() != Role::LEADER)
        {
            break;
        }
        last = Ms(at);
        for (const ServerId peer : at == 1500 ? c.heard : std::vector<ServerId>{})
        {
            driver.Receive(peer, 1, Heard(true));
        }
    }
    EXPECT_EQ(last, c.staysAt);
}

INSTANTIATE_TEST_SUITE_P(Majorities,
                         RaftQuorumRule,
                         testing::Values(QuorumCase{"Nobody", 3, {}, Ms(1900)},
                                         QuorumCase{"OneOfThree", 3, {3}, Ms(2400)},
                                         QuorumCase{"OneOfFour", 4, {2}, Ms(1900)},
                                         QuorumCase{"TwoOfFour", 4, {2, 3}, Ms(2400)},
                                         QuorumCase{"OneOfFive", 5, {2}, Ms(1900)},
                                         QuorumCase{"TwiceTheSame", 5, {2, 2}, Ms(1900)},
                                         QuorumCase{"TwoOfFive", 5, {2, 5}, Ms(2400)},
                                         QuorumCase{"Alone", 1, {}, Ms(3000)}),
                         [](const auto& tested) { return tested.param.name; });

TEST(RaftCheckQuorum, ARefusalIsAnAnswerAndALateOneOfAnEarlierTermIsNot)
{
    Driver refused = MakeLeader(3);
    Driver stale = MakeLeader(3);
    for (int at = 1100; at <= 2000; at += 100)
    {
        refused.Tick(Ms(at));
        stale.Tick(Ms(at));
        AppendEntriesReply refusal = Heard(false);
        refusal.conflictIndex = 0;
        if (refused.core.GetRole() == Role::LEADER)
        {
            refused.Receive(2, 1, refusal);
        }
    }
    EXPECT_EQ(refused.core.GetRole(), Role::LEADER);
    EXPECT_EQ(stale.core.GetRole(), Role::FOLLOWER);

    Config config = MakeConfig(1, 3);
    config.checkQuorum = true;
    Driver second(config, MakeDurable(4, NO_SERVER, {}));
    second.Tick(Ms(1000));
    second.Persist();
    second.Receive(2, 5, RequestVoteReply{true});
    ASSERT_EQ(second.core.GetRole(), Role::LEADER);
    second.now = Ms(1900);
    second.Receive(2, 4, Heard(true));
    second.Receive(3, 4, Heard(true));
    second.Tick(Ms(2000));
    EXPECT_EQ(second.core.GetRole(), Role::FOLLOWER);
}

TEST(RaftCheckQuorum, LearnersDoNotCount)
{
    Config config = MakeConfig(1, 3);
    config.checkQuorum = true;
    DurableState durable = MakeDurable(1, NO_SERVER, {1});
    durable.snapshot =
        Snapshot{1, 1, {{1, 2, 3}, {4, 5}}, std::make_shared<const std::string>("state")};
    durable.log.clear();
    Driver driver(config, durable);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 2, RequestVoteReply{true});
    ASSERT_EQ(driver.core.GetRole(), Role::LEADER);
    for (int at = 1100; at <= 2000; at += 100)
    {
        driver.Tick(Ms(at));
        if (driver.core.GetRole() == Role::LEADER)
        {
            driver.Receive(4, 2, Heard(true));
            driver.Receive(5, 2, Heard(true));
        }
    }
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
}

} // namespace ns3::raft::test
