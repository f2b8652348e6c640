// Figure 2, rules for leaders: replication and commitment. Server 1 leads.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

AppendEntriesReply
Success(Index prevLogIndex, Index matchIndex)
{
    AppendEntriesReply reply;
    reply.success = true;
    reply.prevLogIndex = prevLogIndex;
    reply.matchIndex = matchIndex;
    return reply;
}

} // namespace

TEST(RaftLeader, OpensItsTermWithANoOpThatFollowsItsLog)
{
    Driver driver(3, MakeDurable(4, NO_SERVER, {1, 3}));
    driver.Tick(Ms(1000));
    driver.Persist();
    const Update& update = driver.Receive(3, 5, RequestVoteReply{true});
    ASSERT_EQ(update.roleChanges.size(), 1U);
    EXPECT_EQ(update.roleChanges[0].role, Role::LEADER);
    EXPECT_EQ(update.roleChanges[0].leader, 1U);
    for (const ServerId peer : {2U, 3U})
    {
        const auto append = OnlyMessageTo<AppendEntries>(update, peer);
        EXPECT_EQ(append.prevLogIndex, 2U);
        EXPECT_EQ(append.prevLogTerm, 3U);
        EXPECT_EQ(append.commitIndex, 0U);
        EXPECT_EQ(append.entries, std::vector<Entry>{MakeNoop(5)});
    }
    EXPECT_EQ(update.persist.value().firstIndex, 3U);
    EXPECT_EQ(update.persist->entries, std::vector<Entry>{MakeNoop(5)});
    EXPECT_EQ(update.messages[0].afterTicket, 0U) << "sent while its own write is under way";
    EXPECT_EQ(update.deadline, Ms(1100));
}

TEST(RaftLeader, SendsHeartbeatsEachIntervalToEverybody)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Success(0, 1));
    driver.Receive(3, 1, Success(0, 1));
    EXPECT_TRUE(driver.Tick(Ms(1099)).messages.empty());
    for (int i = 1; i <= 3; ++i)
    {
        const Update& update = driver.Tick(Ms(1000 + 100 * i));
        for (const ServerId peer : {2U, 3U})
        {
            const auto append = OnlyMessageTo<AppendEntries>(update, peer);
            EXPECT_TRUE(append.entries.empty());
            EXPECT_EQ(append.prevLogIndex, 1U);
            EXPECT_EQ(append.commitIndex, 1U);
        }
        EXPECT_EQ(update.deadline, Ms(1100 + 100 * i));
    }
}

TEST(RaftLeader, SkipsHeartbeatsThatAreLongOverdue)
{
    Driver driver = Driver::AsLeader(3, 1);
    EXPECT_EQ(driver.Tick(Ms(1130)).deadline, Ms(1200)) << "a little late: the rhythm stays";
    EXPECT_EQ(driver.Tick(Ms(5000)).deadline, Ms(5100)) << "very late: no burst";
}

TEST(RaftLeader, ProbesWithOneBatchAndSendsTheRestWhenItIsAnswered)
{
    Driver driver = Driver::AsLeader(3, 1); // the no-op is in flight
    EXPECT_TRUE(driver.Propose("a").messages.empty());
    EXPECT_TRUE(driver.Propose("b").messages.empty());
    const auto append = OnlyMessageTo<AppendEntries>(driver.Receive(2, 1, Success(0, 1)), 2);
    EXPECT_EQ(append.prevLogIndex, 1U);
    EXPECT_EQ(append.entries, (std::vector<Entry>{MakeCommand(1, "a"), MakeCommand(1, "b")}));
    EXPECT_TRUE(driver.Receive(2, 1, Success(0, 1)).messages.empty()) << "a repeated answer";
    EXPECT_TRUE(driver.Receive(2, 1, Success(1, 3)).messages.empty()) << "nothing is left to send";
}

TEST(RaftLeader, FindsALostBatchByAHeartbeatOnceItIsAnIntervalOldAndSendsItAgain)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Success(0, 1));
    driver.now = Ms(1050);
    driver.Propose("a");
    const auto early = OnlyMessageTo<AppendEntries>(driver.Tick(Ms(1100)), 2);
    EXPECT_TRUE(early.entries.empty());
    EXPECT_EQ(early.prevLogIndex, 1U) << "the batch may still be on its way";
    const auto late = OnlyMessageTo<AppendEntries>(driver.Tick(Ms(1200)), 2);
    EXPECT_TRUE(late.entries.empty());
    EXPECT_EQ(late.prevLogIndex, 2U) << "asks whether the batch has arrived";
    const AppendEntriesReply refusal{false, 2, 0, 2, 0, 0};
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(driver.Receive(2, 1, refusal), 2).entries,
              std::vector<Entry>{MakeCommand(1, "a")});
}

struct BatchCase
{
    const char* name;
    uint32_t maxEntries;
    uint32_t maxBytes;
    std::vector<std::size_t> commandBytes;
    std::vector<std::size_t> batches; //!< entries in each, after the no-op
};

class RaftBatch : public testing::TestWithParam<BatchCase>
{
};

TEST_P(RaftBatch, RespectsTheLimits)
{
    const BatchCase& c = GetParam();
    Config config = MakeConfig(1, 2);
    config.maxBatchEntries = c.maxEntries;
    config.maxBatchBytes = c.maxBytes;
    Driver driver(config);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 1, RequestVoteReply{true});
    for (const std::size_t bytes : c.commandBytes)
    {
        driver.Propose(std::string(bytes, 'x'));
    }
    Index sent = 1;
    const Update& update = driver.Receive(2, 1, Success(0, 1)); // all may go, one after the other
    std::vector<std::size_t> batches;
    for (const Outgoing& outgoing : update.messages)
    {
        const auto& append = std::get<AppendEntries>(outgoing.message.body);
        ASSERT_EQ(append.prevLogIndex, sent);
        batches.push_back(append.entries.size());
        sent += batches.back();
    }
    EXPECT_EQ(batches, c.batches);
    EXPECT_EQ(sent, driver.core.GetLastIndex());
    EXPECT_TRUE(driver.Receive(2, 1, Success(sent - batches.back(), sent)).messages.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Limits,
    RaftBatch,
    testing::Values(BatchCase{"ByEntries", 3, 1000, {1, 1, 1, 1, 1, 1, 1}, {3, 3, 1}},
                    BatchCase{"ByBytes", 9, 100, {40, 40, 40, 20, 60}, {2, 2, 1}},
                    BatchCase{"OneLargeEntryAlwaysFits", 9, 100, {500, 500, 10}, {1, 1, 1}},
                    BatchCase{"EmptyCommands", 9, 1, {0, 0, 5, 0}, {2, 1, 1}}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftLeader, CommitsWhatAMajorityHasAndTellsItWithTheNextMessage)
{
    Driver driver = Driver::AsLeader(5, 1);
    driver.Propose("a");
    driver.Persist();
    EXPECT_FALSE(driver.Receive(2, 1, Success(0, 1)).commitAdvanced) << "2 of 5";
    EXPECT_FALSE(driver.Receive(2, 1, Success(1, 2)).commitAdvanced) << "2 of 5";
    const Update& update = driver.Receive(3, 1, Success(0, 1));
    EXPECT_TRUE(update.commitAdvanced) << "3 of 5 have the no-op";
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U);
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(update, 3).commitIndex, 1U);
    driver.Receive(3, 1, Success(1, 2));
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);
}

TEST(RaftLeader, CountsItselfOnlyForWhatIsDurable)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Success(0, 1));
    ASSERT_EQ(driver.core.GetCommitIndex(), 1U);
    driver.Propose("a");
    driver.Receive(2, 1, Success(1, 2));
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U) << "2 has it, 1 does not yet";
    EXPECT_TRUE(driver.Persist().commitAdvanced);
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);
}

TEST(RaftLeader, CommitsOnItsFollowersAloneIfTheyAreAMajority)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Success(0, 1));
    driver.Receive(3, 1, Success(0, 1));
    driver.Propose("a");
    driver.Receive(2, 1, Success(1, 2));
    driver.Receive(3, 1, Success(1, 2)); // dissertation 10.2.1
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);
    EXPECT_EQ(driver.core.GetDurableIndex(), 1U);
}

TEST(RaftLeader, IgnoresLateAnswersThatAcknowledgeLess)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Propose("a");
    driver.Persist();
    driver.Receive(2, 1, Success(0, 1));
    driver.Receive(2, 1, Success(1, 2));
    ASSERT_EQ(driver.core.GetCommitIndex(), 2U);
    const auto append = OnlyMessageTo<AppendEntries>(driver.Propose("b"), 2);
    EXPECT_EQ(append.prevLogIndex, 2U);
    EXPECT_TRUE(driver.Receive(2, 1, Success(0, 1)).messages.empty());
    EXPECT_TRUE(driver.Receive(2, 1, Success(0, 0)).messages.empty());
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);
    const auto next = OnlyMessageTo<AppendEntries>(driver.Propose("c"), 2);
    EXPECT_EQ(next.prevLogIndex, 3U) << "the late answers took nothing back";
    EXPECT_EQ(next.entries.size(), 1U);
}

TEST(RaftLeader, RefusesAcknowledgementsOfWhatItNeverSent)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Propose("a"); // waits behind the no-op
    driver.Persist();
    const Update& update = driver.Receive(2, 1, Success(0, 2));
    EXPECT_EQ(ReasonIn(update), "acknowledges entries that were never sent to it");
    EXPECT_EQ(driver.core.GetCommitIndex(), 0U);
}

TEST(RaftLeader, IgnoresAnswersMeantForAnEarlierTermOrAnotherRole)
{
    Driver driver = Driver::AsLeader(3, 2, {1});
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, Success(1, 2))),
              "an answer to a leader of an earlier term");
    EXPECT_EQ(driver.core.GetCommitIndex(), 0U);
    driver.Receive(3, 3, AppendEntries{});
    EXPECT_EQ(ReasonIn(driver.Receive(2, 3, Success(1, 2))),
              "an answer to a leader, but this server does not lead");
}

TEST(RaftLeader, ForgetsWhatItKnewOfItsFollowersWhenItIsElectedAgain)
{
    Driver driver = Driver::AsLeader(3, 2, {1});
    driver.Receive(2, 2, Success(1, 2));
    driver.Receive(3, 3, RequestVoteReply{false});
    ASSERT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    driver.Tick(Ms(2000));
    driver.Persist();
    driver.Receive(3, 4, RequestVoteReply{true});
    ASSERT_EQ(driver.core.GetRole(), Role::LEADER);
    const AppendEntriesReply refusal{false, 2, 0, 1, 0};
    const auto append = OnlyMessageTo<AppendEntries>(driver.Receive(2, 4, refusal), 2);
    EXPECT_EQ(append.prevLogIndex, 0U);
    EXPECT_EQ(append.entries.size(), 3U);
}

TEST(RaftLeader, TakesNoProposalWithoutACommand)
{
    Driver driver = Driver::AsLeader(3, 1);
    const Update& update = driver.Step(Event{driver.now, 0, Propose{nullptr}});
    EXPECT_FALSE(update.proposal.value().accepted);
    EXPECT_EQ(ReasonIn(update), "a proposal without a command");
    EXPECT_EQ(driver.core.GetLastIndex(), 1U);
}

} // namespace ns3::raft::test
