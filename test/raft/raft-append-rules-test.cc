// Figure 2, AppendEntries at a follower, rule by rule. Server 1 is under test, server 2 leads.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

struct AppendCase
{
    const char* name;
    Term term; //!< of server 1, before
    std::vector<Term> log;
    Term leaderTerm;
    Index prevLogIndex;
    Term prevLogTerm;
    std::vector<Term> entries;
    Index leaderCommit;
    const char* refusal; //!< "" if the entries match
    Index conflictIndex;
    Term conflictTerm;
    std::vector<Term> logAfter;
    Index commitAfter;
    Index writtenFrom; //!< 0 if the log is not written
};

class RaftAppendRule : public testing::TestWithParam<AppendCase>
{
};

TEST_P(RaftAppendRule, DecidesWhatTheFollowerDoes)
{
    const AppendCase& c = GetParam();
    Driver driver(3, MakeDurable(c.term, NO_SERVER, c.log));
    AppendEntries append;
    append.prevLogIndex = c.prevLogIndex;
    append.prevLogTerm = c.prevLogTerm;
    append.commitIndex = c.leaderCommit;
    append.entries = EntriesAfter(c.prevLogIndex, c.entries);
    const Update& update = driver.Receive(2, c.leaderTerm, append);
    EXPECT_EQ(ReasonIn(update), c.refusal);

    const bool success = *c.refusal == '\0';
    const auto reply = OnlyMessageTo<AppendEntriesReply>(update, 2);
    EXPECT_EQ(reply.success, success);
    EXPECT_EQ(reply.prevLogIndex, c.prevLogIndex);
    EXPECT_EQ(reply.matchIndex, success ? c.prevLogIndex + c.entries.size() : 0);
    EXPECT_EQ(reply.conflictIndex, c.conflictIndex);
    EXPECT_EQ(reply.conflictTerm, c.conflictTerm);

    EXPECT_EQ(TermsOf(driver.core), c.logAfter);
    EXPECT_EQ(driver.core.GetCommitIndex(), c.commitAfter);
    EXPECT_EQ(update.applied.size(), c.commitAfter);
    EXPECT_EQ(update.persist ? update.persist->firstIndex : 0, c.writtenFrom);
    if (c.writtenFrom != 0)
    {
        const auto written = static_cast<std::ptrdiff_t>(c.writtenFrom - 1);
        const std::vector<Entry> log = LogOf(c.logAfter);
        EXPECT_EQ(update.persist->entries, std::vector<Entry>(log.begin() + written, log.end()));
        EXPECT_EQ(update.messages[0].afterTicket, update.persist->ticket);
    }
}

const char* const BEHIND = "the leader's term is behind (5.1)";
const char* const SHORT = "the log ends before prevLogIndex (5.3)";
const char* const OTHER = "the entry at prevLogIndex has another term (5.3)";
using Terms = std::vector<Term>;

INSTANTIATE_TEST_SUITE_P(
    Figure2,
    RaftAppendRule,
    testing::Values(
        // Rule 1: an earlier term is refused, whatever it says.
        AppendCase{"EarlierTerm", 3, {1}, 2, 1, 1, {2}, 1, BEHIND, 0, 0, {1}, 0, 0},
        // Rule 2: the entry before must be there with the same term.
        AppendCase{"LogTooShort", 2, {1}, 2, 3, 1, {2}, 3, SHORT, 2, 0, {1}, 0, 0},
        AppendCase{"EmptyLogTooShort", 2, {}, 2, 3, 1, {2}, 3, SHORT, 1, 0, {}, 0, 0},
        AppendCase{"OtherTerm", 3, {1, 2, 2}, 3, 3, 1, {3}, 0, OTHER, 2, 2, {1, 2, 2}, 0, 0},
        // Rule 3: a conflicting entry goes, and all that follow it.
        AppendCase{"Conflict", 4, {1, 2, 2, 2}, 4, 1, 1, {3}, 0, "", 0, 0, {1, 3}, 0, 2},
        AppendCase{"ConflictLater", 4, {1, 2, 2}, 4, 1, 1, {2, 4}, 0, "", 0, 0, {1, 2, 4}, 0, 3},
        // Rule 4: what is not there yet is appended, and nothing else is touched.
        AppendCase{"FirstEntries", 1, {}, 1, 0, 0, {1, 1}, 0, "", 0, 0, {1, 1}, 0, 1},
        AppendCase{"Append", 2, {1}, 2, 1, 1, {1, 2}, 0, "", 0, 0, {1, 1, 2}, 0, 2},
        AppendCase{"Overlap", 2, {1, 1}, 2, 0, 0, {1, 1, 2}, 0, "", 0, 0, {1, 1, 2}, 0, 3},
        AppendCase{"Repeated", 2, {1, 1}, 2, 0, 0, {1, 1}, 0, "", 0, 0, {1, 1}, 0, 0},
        AppendCase{"OldMessage", 2, {1, 1, 2}, 2, 0, 0, {1}, 0, "", 0, 0, {1, 1, 2}, 0, 0},
        AppendCase{"Heartbeat", 2, {1, 1, 2}, 2, 1, 1, {}, 0, "", 0, 0, {1, 1, 2}, 0, 0},
        // Rule 5: the commit index follows the leader's, up to the last entry compared.
        AppendCase{"Commit", 2, {1, 1}, 2, 2, 1, {2}, 2, "", 0, 0, {1, 1, 2}, 2, 3},
        AppendCase{"CommitOfMore", 2, {1, 1}, 2, 2, 1, {2}, 9, "", 0, 0, {1, 1, 2}, 3, 3},
        AppendCase{"CommitCompared", 3, {1, 2, 2}, 3, 1, 1, {}, 3, "", 0, 0, {1, 2, 2}, 1, 0}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftFollower, LearnsItsLeaderAndRestartsItsTimerEvenIfTheLogsConflict)
{
    Driver driver(3, MakeDurable(2, NO_SERVER, {1}));
    driver.now = Ms(700);
    const Update& update = driver.Receive(2, 2, AppendEntries{5, 1, 0, {}});
    EXPECT_EQ(driver.core.GetLeader(), 2U);
    EXPECT_EQ(update.deadline, Ms(1700));
}

TEST(RaftFollower, AnEarlierLeaderNeitherRestartsTheTimerNorIsBelieved)
{
    Driver driver(3, MakeDurable(3, NO_SERVER, {1}));
    driver.now = Ms(700);
    const Update& update = driver.Receive(2, 2, AppendEntries{1, 1, 1, {}});
    EXPECT_EQ(update.deadline, Ms(1000));
    EXPECT_EQ(driver.core.GetLeader(), NO_SERVER);
    EXPECT_EQ(update.messages.at(0).message.term, 3U) << "it is told of the later term";
}

TEST(RaftFollower, CommitIndexNeverGoesBack)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1, 1, 1}));
    driver.Receive(2, 1, AppendEntries{3, 1, 3, {}});
    ASSERT_EQ(driver.core.GetCommitIndex(), 3U);
    const Update& update = driver.Receive(2, 1, AppendEntries{3, 1, 1, {}});
    EXPECT_EQ(driver.core.GetCommitIndex(), 3U);
    EXPECT_FALSE(update.commitAdvanced);
    EXPECT_TRUE(update.applied.empty());
}

TEST(RaftFollower, AppliesEachCommittedEntryOnceAndInOrder)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1, 1, 1}));
    const Update& first = driver.Receive(2, 1, AppendEntries{3, 1, 2, {}});
    ASSERT_EQ(first.applied.size(), 2U);
    EXPECT_EQ(first.applied[0].index, 1U);
    EXPECT_EQ(*first.applied[1].entry.command, "1/2");
    const Update& second = driver.Receive(2, 1, AppendEntries{3, 1, 3, {}});
    ASSERT_EQ(second.applied.size(), 1U);
    EXPECT_EQ(second.applied[0].index, 3U);
}

TEST(RaftFollower, SendsClientsToItsLeader)
{
    Driver driver(3);
    const ProposalResult unknown = driver.Propose("x").proposal.value();
    EXPECT_FALSE(unknown.accepted);
    EXPECT_EQ(unknown.leader, NO_SERVER);
    driver.Receive(3, 1, AppendEntries{});
    const ProposalResult known = driver.Propose("x").proposal.value();
    EXPECT_FALSE(known.accepted);
    EXPECT_EQ(known.leader, 3U);
    EXPECT_EQ(driver.core.GetLastIndex(), 0U);
}

} // namespace ns3::raft::test
