// Pipelining: dissertation 10.2.1, with a state and a window for each follower. Server 1 leads.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

AppendEntriesReply
Success(Index prevLogIndex, Index matchIndex)
{
    return AppendEntriesReply{true, prevLogIndex, matchIndex, 0, 0, 0};
}

AppendEntriesReply
Refusal(Index prevLogIndex, Index conflictIndex)
{
    return AppendEntriesReply{false, prevLogIndex, 0, conflictIndex, 0, 0};
}

/** Server 1 of 2 leads term 1 and server 2 has its no-op, so that it is in replicate state. */
Driver
MakeLeader(uint32_t messages, uint64_t bytes)
{
    Config config = MakeConfig(1, 2);
    config.maxInFlightMessages = messages;
    config.maxInFlightBytes = bytes;
    Driver driver(config);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 1, RequestVoteReply{true});
    driver.Receive(2, 1, Success(0, 1));
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    return driver;
}

/** "1+2 3+1": two entries after index 1, one after index 3. */
std::string
Sent(const Update& update)
{
    std::string sent;
    for (const Outgoing& outgoing : update.messages)
    {
        const auto& append = std::get<AppendEntries>(outgoing.message.body);
        sent += (sent.empty() ? "" : " ") + std::to_string(append.prevLogIndex) + "+" +
                std::to_string(append.entries.size());
    }
    return sent;
}

} // namespace

TEST(RaftPipeline, EntriesLeaveWithoutWaitingForAnswers)
{
    Driver driver = MakeLeader(64, 1000);
    EXPECT_EQ(Sent(driver.Propose("a")), "1+1");
    EXPECT_EQ(Sent(driver.Propose("b")), "2+1");
    EXPECT_EQ(Sent(driver.Propose("c")), "3+1");
}

TEST(RaftPipeline, AFullWindowHoldsEntriesBackUntilAnAnswerFreesIt)
{
    Driver driver = MakeLeader(2, 1000);
    EXPECT_EQ(Sent(driver.Propose("a")), "1+1");
    EXPECT_EQ(Sent(driver.Propose("b")), "2+1");
    EXPECT_EQ(Sent(driver.Propose("c")), "");
    EXPECT_EQ(Sent(driver.Propose("d")), "");
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(1, 2))), "3+2") << "what has waited goes at once";
    EXPECT_EQ(Sent(driver.Propose("e")), "");
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(1, 2))), "") << "a repeated answer frees nothing";
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(3, 5))), "5+1") << "one answer for both";
}

TEST(RaftPipeline, TheWindowIsFullFromItsBytesOn)
{
    Driver driver = MakeLeader(64, 100);
    EXPECT_EQ(Sent(driver.Propose(std::string(60, 'a'))), "1+1");
    EXPECT_EQ(Sent(driver.Propose(std::string(60, 'b'))), "2+1");
    EXPECT_EQ(Sent(driver.Propose("c")), "");
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(1, 2))), "3+1");
    Driver tight = MakeLeader(64, 0);
    EXPECT_EQ(Sent(tight.Propose("a")), "1+1") << "one message always fits";
    EXPECT_EQ(Sent(tight.Propose("b")), "");
}

TEST(RaftPipeline, AHeartbeatsAnswerFreesWhatIsDurableAndNoMore)
{
    Driver driver = MakeLeader(2, 1000);
    driver.Propose("a");
    driver.Propose("b");
    driver.Propose("c");
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(3, 1))), "") << "its disk is slow";
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(3, 2))), "3+1");
}

TEST(RaftPipeline, OfABrokenPipelineOnlyTheFirstRefusalCounts)
{
    Driver driver = MakeLeader(64, 1000);
    for (const char* text : {"a", "b", "c", "d"})
    {
        driver.Propose(text);
    }
    // The first of four was lost: the other three are refused.
    const Update& first = driver.Receive(2, 1, Refusal(2, 2));
    EXPECT_EQ(Sent(first), "1+4");
    for (const Index late : {3U, 4U})
    {
        const Update& update = driver.Receive(2, 1, Refusal(late, 2));
        EXPECT_EQ(Sent(update), "") << late;
        EXPECT_EQ(ReasonIn(update), "a late refusal of AppendEntries") << late;
    }
    EXPECT_EQ(Sent(driver.Propose("e")), "") << "probing: one message at a time";
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(1, 5))), "5+1") << "and on as before";
    EXPECT_EQ(Sent(driver.Propose("f")), "6+1");
}

TEST(RaftPipeline, ALateSuccessFromBeforeTheBreakDoesNotEndTheProbe)
{
    Driver driver = MakeLeader(64, 1000);
    for (const char* text : {"a", "b", "c", "d"})
    {
        driver.Propose(text);
    }
    driver.Receive(2, 1, Success(1, 2));
    ASSERT_EQ(Sent(driver.Receive(2, 1, Refusal(4, 4))), "3+2");
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(1, 2))), "");
    EXPECT_EQ(Sent(driver.Propose("e")), "") << "still probing";
    EXPECT_EQ(Sent(driver.Receive(2, 1, Success(2, 3))), "3+3") << "all up to 3 agrees";
}

TEST(RaftPipeline, ALostTailIsFoundByTheHeartbeatAfterAnInterval)
{
    Driver driver = MakeLeader(64, 1000);
    driver.now = Ms(1050);
    driver.Propose("a");
    EXPECT_EQ(Sent(driver.Tick(Ms(1100))), "1+0") << "it may still be on its way";
    EXPECT_EQ(Sent(driver.Tick(Ms(1200))), "2+0");
    EXPECT_EQ(Sent(driver.Receive(2, 1, Refusal(2, 2))), "1+1");
    EXPECT_EQ(Sent(driver.Tick(Ms(1300))), "1+1") << "a lost probe is sent again";
}

TEST(RaftPipeline, RefusalsThatWereNeverAskedForAreLate)
{
    Driver driver = MakeLeader(64, 1000);
    driver.Propose("a");
    for (const Index prev : {1U, 3U, 1000U})
    {
        const Update& update = driver.Receive(2, 1, Refusal(prev, 1));
        EXPECT_EQ(Sent(update), "") << prev;
        EXPECT_EQ(ReasonIn(update), "a late refusal of AppendEntries") << prev;
    }
}

TEST(RaftPipeline, ASnapshotUnderWayIsNotEndedByLateAnswersToEntries)
{
    Config config = MakeConfig(1, 3);
    Driver driver(config);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(3, 1, RequestVoteReply{true});
    driver.Persist();
    driver.Propose("a");
    driver.Persist();
    driver.Receive(3, 1, Success(0, 1));
    driver.Receive(3, 1, Success(1, 2));
    ASSERT_EQ(driver.core.GetCommitIndex(), 2U);
    driver.Step(Event{driver.now, 0, Compact{2, std::make_shared<const std::string>("state")}});
    ASSERT_EQ(OnlyMessageTo<InstallSnapshot>(driver.Tick(Ms(1100)), 2).lastIndex, 2U);
    EXPECT_TRUE(driver.Receive(2, 1, Success(0, 1)).messages.empty()) << "of the first probe";
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, Refusal(1, 1))), "a late refusal of AppendEntries");
    EXPECT_EQ(OnlyMessageTo<InstallSnapshot>(driver.Tick(Ms(1200)), 2).lastIndex, 2U);
    driver.Propose("b");
    const Update& update = driver.Receive(2, 1, InstallSnapshotReply{2, 0, true, 0});
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(update, 2).prevLogIndex, 2U);
}

} // namespace ns3::raft::test
