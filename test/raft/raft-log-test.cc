#include "raft-test-support.h"

#include "ns3/raft-log.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::raft::test
{

TEST(RaftLog, IsEmptyBeforeTheFirstEntry)
{
    const RaftLog log;
    EXPECT_EQ(log.GetFirstIndex(), 1U);
    EXPECT_EQ(log.GetLastIndex(), 0U);
    EXPECT_EQ(log.GetLastTerm(), 0U);
    EXPECT_EQ(log.GetTerm(0), 0U);
    EXPECT_EQ(log.GetTerm(1), 0U);
    EXPECT_FALSE(log.Holds(0));
    EXPECT_FALSE(log.Holds(1));
    EXPECT_EQ(log.FindFirstNotBelow(1), 1U);
    EXPECT_EQ(log.FindLastNotAbove(9, 9), 0U);
}

TEST(RaftLog, KnowsTheTermOfEachEntryAndOfNoOther)
{
    const RaftLog log(LogOf({1, 1, 3}));
    EXPECT_EQ(log.GetLastIndex(), 3U);
    EXPECT_EQ(log.GetLastTerm(), 3U);
    EXPECT_EQ(log.GetTerm(0), 0U);
    EXPECT_EQ(log.GetTerm(2), 1U);
    EXPECT_EQ(log.GetTerm(3), 3U);
    EXPECT_EQ(log.GetTerm(4), 0U);
    EXPECT_EQ(log.GetTerm(~Index{0}), 0U);
    EXPECT_EQ(*log.GetEntry(3).command, "3/3");
    EXPECT_THROW(log.GetEntry(0), std::out_of_range);
    EXPECT_THROW(log.GetEntry(4), std::out_of_range);
}

TEST(RaftLog, FindsWhereATermBeginsAndEnds)
{
    const RaftLog log(LogOf({1, 1, 3, 3, 3, 6}));

    struct
    {
        Term term;
        Index firstNotBelow;
        Index lastNotAbove;
    } const cases[] = {{0, 1, 0}, {1, 1, 2}, {2, 3, 2}, {3, 3, 5}, {5, 6, 5}, {6, 6, 6}, {7, 7, 6}};

    for (const auto& c : cases)
    {
        EXPECT_EQ(log.FindFirstNotBelow(c.term), c.firstNotBelow) << c.term;
        EXPECT_EQ(log.FindLastNotAbove(c.term, 100), c.lastNotAbove) << c.term;
    }
    EXPECT_EQ(log.FindLastNotAbove(6, 4), 4U) << "the bound holds";
    EXPECT_EQ(log.FindLastNotAbove(1, 4), 2U);
    EXPECT_EQ(log.FindLastNotAbove(6, 0), 0U);
}

TEST(RaftLog, ComparesLogsByLastTermThenByLength)
{
    const RaftLog log(LogOf({1, 2, 2}));
    EXPECT_TRUE(log.IsUpToDate(3, 2));
    EXPECT_TRUE(log.IsUpToDate(4, 2));
    EXPECT_TRUE(log.IsUpToDate(1, 3));
    EXPECT_FALSE(log.IsUpToDate(2, 2));
    EXPECT_FALSE(log.IsUpToDate(9, 1));
    EXPECT_FALSE(log.IsUpToDate(0, 0));
}

TEST(RaftLog, AppendsTruncatesAndCopies)
{
    RaftLog log(LogOf({1, 1, 2}));
    EXPECT_EQ(log.Append(MakeNoop(4)), 4U);
    log.TruncateFrom(5);
    EXPECT_EQ(log.GetLastIndex(), 4U) << "nothing is there";
    log.TruncateFrom(3);
    EXPECT_EQ(log.GetLastIndex(), 2U);
    EXPECT_EQ(log.Append(MakeNoop(5)), 3U);
    std::vector<Entry> copy;
    log.CopyTo(2, 3, copy);
    EXPECT_EQ(copy, (std::vector<Entry>{MakeCommand(1, "1/2"), MakeNoop(5)}));
    log.CopyTo(3, 2, copy);
    EXPECT_EQ(copy.size(), 2U);
    EXPECT_THROW(log.CopyTo(0, 1, copy), std::out_of_range);
    EXPECT_THROW(log.CopyTo(3, 4, copy), std::out_of_range);
    EXPECT_THROW(log.TruncateFrom(0), std::out_of_range);
    log.TruncateFrom(1);
    EXPECT_EQ(log.GetLastIndex(), 0U);
}

TEST(RaftLog, CannotBeMadeFromWhatNoLeaderCreated)
{
    EXPECT_THROW(RaftLog(LogOf({2, 1})), std::invalid_argument);
    EXPECT_THROW(RaftLog(LogOf({0})), std::invalid_argument);
    EXPECT_THROW(RaftLog({Entry{1, EntryType::COMMAND, nullptr}}), std::invalid_argument);
}

} // namespace ns3::raft::test
