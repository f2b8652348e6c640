// What is written, what waits for it, and what is left after a crash.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

AppendEntries
Append(Index prevLogIndex, Term prevLogTerm, const std::vector<Term>& terms)
{
    return AppendEntries{prevLogIndex, prevLogTerm, 0, EntriesAfter(prevLogIndex, terms)};
}

uint64_t
TicketOfReply(const Update& update)
{
    EXPECT_EQ(update.messages.size(), 1U);
    return update.messages.empty() ? 0 : update.messages[0].afterTicket;
}

} // namespace

TEST(RaftPersistence, AStepWritesOnceTermVoteAndEntriesTogether)
{
    Driver driver(3, MakeDurable(1, 3, {1}));
    const Update& update = driver.Receive(2, 4, Append(1, 1, {2, 4}));
    ASSERT_TRUE(update.persist);
    EXPECT_EQ(update.persist->ticket, 1U);
    EXPECT_EQ(update.persist->hardState.value(), (HardState{4, NO_SERVER}));
    EXPECT_EQ(update.persist->firstIndex, 2U);
    EXPECT_EQ(update.persist->entries, EntriesAfter(1, {2, 4}));
}

TEST(RaftPersistence, HeartbeatsWriteNothing)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    EXPECT_FALSE(driver.Receive(2, 1, Append(1, 1, {})).persist);
    EXPECT_FALSE(driver.Receive(2, 1, Append(0, 0, {1})).persist);
}

TEST(RaftPersistence, RepeatedEntriesAreAcknowledgedNoSoonerThanTheFirstTime)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {}));
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(0, 0, {1}))), 1U);
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(0, 0, {1}))), 1U) << "still being written";
    driver.Persist();
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(0, 0, {1}))), 0U);
}

TEST(RaftPersistence, AnAcknowledgementWaitsForItsOwnWriteOnly)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {}));
    driver.Receive(2, 1, Append(0, 0, {1}));
    driver.Receive(2, 1, Append(1, 1, {1}));
    driver.Receive(2, 1, Append(2, 1, {1}));
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(0, 0, {1}))), 1U);
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(1, 1, {1}))), 2U);
    driver.Persist(2);
    EXPECT_EQ(driver.core.GetDurableIndex(), 2U);
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(1, 1, {1}))), 0U);
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 1, Append(2, 1, {1}))), 3U);
}

TEST(RaftPersistence, AHeartbeatIsAnsweredAtOnceButOnlyForWhatIsDurable)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    driver.Receive(2, 1, Append(1, 1, {1}));
    driver.Receive(2, 1, Append(2, 1, {1}));
    for (const Index durable : {1U, 2U, 3U})
    {
        driver.Persist(durable - 1);
        const Update& update = driver.Receive(2, 1, Append(3, 1, {}));
        EXPECT_EQ(TicketOfReply(update), 0U);
        EXPECT_TRUE(OnlyMessageTo<AppendEntriesReply>(update, 2).success);
        EXPECT_EQ(OnlyMessageTo<AppendEntriesReply>(update, 2).matchIndex, durable);
    }
    EXPECT_EQ(
        OnlyMessageTo<AppendEntriesReply>(driver.Receive(2, 1, Append(2, 1, {})), 2).matchIndex,
        2U)
        << "the heartbeat has compared no more";
}

TEST(RaftPersistence, NobodyHearsOfATermBeforeItIsWritten)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1, 1}));
    const Update& refused = driver.Receive(2, 5, RequestVote{1, 1});
    EXPECT_FALSE(OnlyMessageTo<RequestVoteReply>(refused, 2).granted);
    EXPECT_EQ(TicketOfReply(refused), 1U);
    EXPECT_EQ(TicketOfReply(driver.Receive(3, 5, AppendEntries{2, 1, 0, {}})), 1U);
    driver.Persist();
    EXPECT_EQ(TicketOfReply(driver.Receive(3, 5, AppendEntries{2, 1, 0, {}})), 0U);
}

TEST(RaftPersistence, AWriteFromBeforeATruncationDoesNotVouchForWhatReplacedIt)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    driver.Receive(2, 1, Append(1, 1, {1, 1, 1})); // ticket 1: entries 2 to 4
    const Update& update = driver.Receive(3, 2, Append(2, 1, {2, 2}));
    EXPECT_EQ(update.persist.value().firstIndex, 3U);
    EXPECT_EQ(TicketOfReply(update), 2U);
    driver.Persist(1);
    EXPECT_EQ(driver.core.GetDurableIndex(), 2U) << "3 and 4 of ticket 1 are no longer in the log";
    EXPECT_EQ(TicketOfReply(driver.Receive(3, 2, Append(4, 2, {}))), 2U);
    driver.Persist(2);
    EXPECT_EQ(driver.core.GetDurableIndex(), 4U);
}

TEST(RaftPersistence, ReplacingDurableEntriesTakesTheirDurabilityBack)
{
    Driver driver(3, MakeDurable(2, NO_SERVER, {1, 1, 1}));
    EXPECT_EQ(driver.core.GetDurableIndex(), 3U);
    EXPECT_EQ(TicketOfReply(driver.Receive(2, 2, Append(1, 1, {2}))), 1U);
    EXPECT_EQ(driver.core.GetDurableIndex(), 1U);
    EXPECT_EQ(TermsOf(driver.core), (std::vector<Term>{1, 2}));
}

TEST(RaftPersistence, ReportsMayComeLateTwiceOrFoldedIntoOne)
{
    Driver driver(3);
    driver.Receive(2, 1, Append(0, 0, {1}));
    driver.Receive(2, 1, Append(1, 1, {1}));
    driver.Persist(2);
    EXPECT_EQ(driver.core.GetDurableTicket(), 2U);
    EXPECT_EQ(driver.core.GetDurableIndex(), 2U);
    driver.Persist(1);
    driver.Persist(2);
    EXPECT_EQ(driver.core.GetDurableTicket(), 2U);
    EXPECT_EQ(driver.core.GetDurableIndex(), 2U);
    EXPECT_EQ(ReasonIn(driver.Persist(3)), "a write that was never asked for");
    EXPECT_EQ(driver.core.GetDurableTicket(), 2U);
}

TEST(RaftPersistence, ARestartKeepsWhatWasWrittenAndNothingElse)
{
    Driver before = Driver::AsLeader(3, 3, {1, 2});
    AppendEntriesReply reply;
    reply.success = true;
    reply.prevLogIndex = 2;
    reply.matchIndex = 3;
    before.Receive(2, 3, reply);
    ASSERT_EQ(before.core.GetCommitIndex(), 3U);

    Driver after(3, DurableState{HardState{3, 1}, {before.core.GetLog().GetEntry(1)}});
    EXPECT_EQ(after.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(after.core.GetTerm(), 3U);
    EXPECT_EQ(after.core.GetVote(), 1U);
    EXPECT_EQ(after.core.GetLeader(), NO_SERVER);
    EXPECT_EQ(after.core.GetCommitIndex(), 0U);
    EXPECT_EQ(after.core.GetLastIndex(), 1U);
    EXPECT_FALSE(OnlyMessageTo<RequestVoteReply>(after.Receive(2, 3, RequestVote{9, 2}), 2).granted)
        << "the vote of term 3 is remembered";
}

} // namespace ns3::raft::test
