// Stable storage that hangs: what goes on, what waits, and what gives up.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

/** Server 1 of 3 leads term 1; its no-op is written and held by 2. */
Driver
MakeLeader(bool leaderWritesFirst, Duration maxWriteSilence)
{
    Config config = MakeConfig(1, 3);
    config.leaderWritesFirst = leaderWritesFirst;
    config.maxWriteSilence = maxWriteSilence;
    Driver driver(config);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 1, RequestVoteReply{true});
    driver.Persist();
    driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U);
    return driver;
}

} // namespace

TEST(RaftStall, ALeadersHeartbeatsGoOnWhileItsDiskHangs)
{
    Driver driver = MakeLeader(false, Ms(0));
    driver.Propose("a"); // never written
    for (int at = 1100; at <= 9000; at += 100)
    {
        const Update& update = driver.Tick(Ms(at));
        ASSERT_EQ(update.messages.size(), 2U) << at;
        for (const Outgoing& outgoing : update.messages)
        {
            ASSERT_EQ(outgoing.afterTicket, 0U) << at;
        }
    }
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
}

TEST(RaftStall, EntriesLeaveAtOnceUnlessTheLeaderIsToWriteThemFirst)
{
    Driver meanwhile = MakeLeader(false, Ms(0));
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(meanwhile.Propose("a"), 2).entries.size(), 1U);

    Driver first = MakeLeader(true, Ms(0));
    EXPECT_TRUE(first.Propose("a").messages.empty());
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(first.Persist(), 2).entries.size(), 1U);
}

TEST(RaftStall, NothingPilesUpBehindAWriteThatHangs)
{
    Driver driver = MakeLeader(true, Ms(0));
    driver.Propose("a"); // never written
    for (int at = 1100; at <= 9000; at += 100)
    {
        const Update& update = driver.Tick(Ms(at));
        ASSERT_EQ(update.messages.size(), 2U) << at;
        for (const Outgoing& outgoing : update.messages)
        {
            ASSERT_EQ(outgoing.afterTicket, 0U) << at;
        }
        const AppendEntriesReply answer{true, 1, 1, 0, 0, 1};
        ASSERT_TRUE(driver.Receive(2, 1, answer).messages.empty()) << at;
    }
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(driver.Persist(), 2).entries.size(), 1U);
}

TEST(RaftStall, ACandidateThatCannotWriteItsVoteRaisesItsTermOnce)
{
    for (const bool preVote : {false, true})
    {
        Config config = MakeConfig(1, 3);
        config.preVote = preVote;
        Driver driver(config);
        driver.Tick(Ms(1000));
        if (preVote)
        {
            driver.Receive(2, 1, RequestVoteReply{true, true});
        }
        ASSERT_EQ(driver.core.GetRole(), Role::CANDIDATE);
        ASSERT_EQ(driver.core.GetTerm(), 1U);
        for (int at = 2000; at <= 30000; at += 500)
        {
            driver.Tick(Ms(at));
        }
        EXPECT_EQ(driver.core.GetTerm(), 1U);
        EXPECT_EQ(driver.core.GetRole(), Role::CANDIDATE);
        driver.Persist();
        driver.Receive(2, 1, RequestVoteReply{true});
        EXPECT_EQ(driver.core.GetRole(), Role::LEADER) << "its disk is back";
    }
}

TEST(RaftStall, AFollowerAnswersHeartbeatsWhileItsDiskHangs)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    driver.Receive(2, 1, AppendEntries{1, 1, 0, EntriesAfter(1, {1}), 0}); // never written
    const Update& update = driver.Receive(2, 1, AppendEntries{2, 1, 0, {}, 5});
    EXPECT_EQ(update.messages.at(0).afterTicket, 0U);
    EXPECT_EQ(OnlyMessageTo<AppendEntriesReply>(update, 2).round, 5U);
    EXPECT_EQ(OnlyMessageTo<AppendEntriesReply>(update, 2).matchIndex, 1U);
}

TEST(RaftStall, ANewTermIsNotSpokenOfBeforeItIsWritten)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    const Update& update = driver.Receive(2, 2, AppendEntries{1, 1, 0, {}, 5});
    EXPECT_EQ(update.messages.at(0).afterTicket, driver.lastTicket);
}

TEST(RaftStall, AnIdleLeaderWritesARecordAHeartbeatToFindOut)
{
    Driver driver = MakeLeader(false, Ms(300));
    for (int at = 1100; at <= 3000; at += 100)
    {
        const Update& update = driver.Tick(Ms(at));
        ASSERT_TRUE(update.persist) << at;
        EXPECT_FALSE(update.persist->hardState);
        EXPECT_EQ(update.persist->firstIndex, 0U);
        EXPECT_FALSE(update.persist->snapshot);
        driver.Persist();
    }
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    Driver without = MakeLeader(false, Ms(0));
    EXPECT_FALSE(without.Tick(Ms(1100)).persist);
}

TEST(RaftStall, ALeaderStepsDownOnceAWriteIsOpenForLongerThanAllowed)
{
    Driver driver = MakeLeader(false, Ms(300));
    driver.Tick(Ms(1100)); // opens a write that never ends
    driver.Tick(Ms(1200));
    driver.Tick(Ms(1300));
    EXPECT_TRUE(driver.Tick(Ms(1400)).roleChanges.empty()) << "300 ms are allowed";
    const Update& update = driver.Tick(Ms(1500));
    ASSERT_EQ(update.roleChanges.size(), 1U);
    EXPECT_STREQ(update.roleChanges[0].reason, "stable storage has not answered for too long");
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_TRUE(update.messages.empty()) << "no more heartbeats";
}

TEST(RaftStall, AStreamOfReadsDoesNotHideAHangingDisk)
{
    Driver driver = MakeLeader(false, Ms(300));
    driver.Propose("a"); // never written
    TimePoint deadline = Ms(1100);
    for (int i = 1; i <= 200 && driver.core.GetRole() == Role::LEADER; ++i)
    {
        driver.now = Ms(1000 + 10 * i);
        if (deadline <= driver.now)
        {
            deadline = driver.Tick(driver.now).deadline;
            continue;
        }
        const Update& update = driver.Step(Event{driver.now, 0, Read{1}});
        deadline = update.deadline;
        if (!update.messages.empty())
        {
            AppendEntriesReply reply{true, 1, 1, 0, 0, 0};
            reply.round = std::get<AppendEntries>(update.messages[0].message.body).round;
            deadline = driver.Receive(2, 1, reply).deadline;
        }
    }
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
}

TEST(RaftStall, ASlowDiskThatStillAnswersIsNoReasonToStepDown)
{
    Driver driver = MakeLeader(false, Ms(300));
    for (int at = 1100; at <= 5000; at += 100)
    {
        driver.Propose("a");
        if (driver.lastTicket > 4)
        {
            driver.Persist(driver.lastTicket - 2); // each takes 200 ms
        }
        driver.Tick(Ms(at));
    }
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
}

} // namespace ns3::raft::test
