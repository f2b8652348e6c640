// Figure 2, RequestVote and the rules for candidates, one by one. Server 1 is under test.

#include "raft-test-support.h"

#include <gtest/gtest.h>
#include <limits>

namespace ns3::raft::test
{

struct VoteCase
{
    const char* name;
    HardState hardState;
    std::vector<Term> log;
    ServerId from;
    Term term;
    RequestVote request;
    const char* refusal; //!< "" if the vote is given
    HardState after;
};

class RaftVoteRule : public testing::TestWithParam<VoteCase>
{
};

TEST_P(RaftVoteRule, DecidesTheVote)
{
    const VoteCase& c = GetParam();
    Driver driver(5, DurableState{c.hardState, LogOf(c.log)});
    const Update& update = driver.Receive(c.from, c.term, c.request);
    EXPECT_EQ(ReasonIn(update), c.refusal);
    EXPECT_EQ(OnlyMessageTo<RequestVoteReply>(update, c.from).granted, *c.refusal == '\0');
    EXPECT_EQ(update.messages.size(), 1U);
    EXPECT_EQ(update.messages[0].message.term, c.after.term);
    EXPECT_EQ(driver.core.GetTerm(), c.after.term);
    EXPECT_EQ(driver.core.GetVote(), c.after.vote);
    const bool changed = !(c.after == c.hardState);
    ASSERT_EQ(update.persist.has_value(), changed);
    if (changed)
    {
        EXPECT_EQ(update.persist->hardState.value(), c.after);
        EXPECT_EQ(update.persist->firstIndex, 0U);
    }
    EXPECT_EQ(update.messages[0].afterTicket, changed ? update.persist->ticket : 0);
}

const char* const BEHIND = "the candidate's term is behind (5.1)";
const char* const TAKEN = "the vote of this term went to another server (5.2)";
const char* const STALE = "the candidate's log is less up to date (5.4.1)";

INSTANTIATE_TEST_SUITE_P(
    Figure2,
    RaftVoteRule,
    testing::Values(
        VoteCase{"EmptyLogs", {0, 0}, {}, 2, 1, {0, 0}, "", {1, 2}},
        VoteCase{"EarlierTerm", {3, 0}, {1}, 2, 2, {1, 1}, BEHIND, {3, 0}},
        VoteCase{"NoVoteYetInTheTerm", {3, 0}, {1}, 2, 3, {1, 1}, "", {3, 2}},
        VoteCase{"SameCandidateAsksAgain", {3, 2}, {1}, 2, 3, {1, 1}, "", {3, 2}},
        VoteCase{"VoteWentElsewhere", {3, 4}, {1}, 2, 3, {1, 1}, TAKEN, {3, 4}},
        VoteCase{"NewTermForgetsTheVote", {3, 4}, {1}, 2, 4, {1, 1}, "", {4, 2}},
        VoteCase{"NewTermStaleLog", {3, 4}, {1, 1}, 2, 4, {1, 1}, STALE, {4, 0}},
        VoteCase{"LowerLastTermLongerLog", {3, 0}, {1, 3}, 2, 4, {9, 2}, STALE, {4, 0}},
        VoteCase{"HigherLastTermShorterLog", {3, 0}, {1, 1, 1}, 2, 4, {1, 2}, "", {4, 2}},
        VoteCase{"SameLastTermLongerLog", {3, 0}, {1, 1}, 2, 4, {3, 1}, "", {4, 2}},
        VoteCase{"EmptyAgainstSome", {3, 0}, {1}, 2, 4, {0, 0}, STALE, {4, 0}}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftElection, AGrantedVoteRestartsTheTimerAndARefusedOneDoesNot)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    driver.now = Ms(900);
    EXPECT_EQ(driver.Receive(2, 2, RequestVote{0, 0}).deadline, Ms(1000));
    EXPECT_EQ(driver.Receive(3, 2, RequestVote{1, 1}).deadline, Ms(1900));
}

TEST(RaftElection, TimeoutsAreDrawnFromTheWholeRange)
{
    for (const double random : {0.0, 0.25, 0.999999})
    {
        Driver driver(3);
        driver.random = random;
        const Update& update = driver.Receive(2, 1, AppendEntries{});
        EXPECT_NEAR(static_cast<double>(update.deadline.count()), 1e9 + random * 1e9, 1.0);
    }
}

TEST(RaftElection, ARandomNumberOutOfRangeStillGivesATimeoutInRange)
{
    for (const double random : {-1.0, 1.0, 1e300, std::numeric_limits<double>::quiet_NaN()})
    {
        Driver driver(3);
        driver.random = random;
        const Duration deadline = driver.Receive(2, 1, AppendEntries{}).deadline;
        EXPECT_GE(deadline, Ms(1000)) << random;
        EXPECT_LE(deadline, Ms(2000)) << random;
    }
}

TEST(RaftElection, ACandidateTakesANewTermVotesForItselfAndAsksEverybody)
{
    Driver driver(3, MakeDurable(4, 2, {1, 3}));
    EXPECT_TRUE(driver.Tick(Ms(999.999)).roleChanges.empty());
    const Update& update = driver.Tick(Ms(1000));
    ASSERT_EQ(update.roleChanges.size(), 1U);
    EXPECT_EQ(update.roleChanges[0].role, Role::CANDIDATE);
    EXPECT_EQ(update.persist.value().hardState.value(), (HardState{5, 1}));
    for (const ServerId peer : {2U, 3U})
    {
        const auto request = OnlyMessageTo<RequestVote>(update, peer);
        EXPECT_EQ(request.lastLogIndex, 2U);
        EXPECT_EQ(request.lastLogTerm, 3U);
    }
    for (const Outgoing& outgoing : update.messages)
    {
        EXPECT_EQ(outgoing.afterTicket, 1U) << "the request waits for the write of the own vote";
        EXPECT_EQ(outgoing.message.term, 5U);
    }
}

TEST(RaftElection, NobodyLeadsBeforeTheOwnVoteIsDurable)
{
    Driver driver(3);
    driver.Tick(Ms(1000));
    driver.Receive(2, 1, RequestVoteReply{true});
    driver.Receive(3, 1, RequestVoteReply{true});
    EXPECT_EQ(driver.core.GetRole(), Role::CANDIDATE);
    driver.Persist();
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
}

TEST(RaftElection, OnlyDifferentVotersCount)
{
    Driver driver(5);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 1, RequestVoteReply{true});
    driver.Receive(2, 1, RequestVoteReply{true});
    driver.Receive(3, 1, RequestVoteReply{false});
    driver.Receive(3, 1, RequestVoteReply{true}); // it has answered already
    EXPECT_EQ(driver.core.GetRole(), Role::CANDIDATE);
    driver.Receive(5, 1, RequestVoteReply{true});
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
}

TEST(RaftElection, VotesOfAnEarlierElectionDoNotCount)
{
    Driver driver(5);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 1, RequestVoteReply{true});
    driver.Tick(Ms(2000)); // election of term 2
    driver.Persist();
    EXPECT_EQ(ReasonIn(driver.Receive(3, 1, RequestVoteReply{true})),
              "an answer to an election of an earlier term");
    driver.Receive(4, 2, RequestVoteReply{true});
    EXPECT_EQ(driver.core.GetRole(), Role::CANDIDATE) << "3's vote of term 1 was counted in term 2";
    driver.Receive(2, 2, RequestVoteReply{true});
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    EXPECT_EQ(ReasonIn(driver.Receive(3, 2, RequestVoteReply{true})),
              "an answer to an election that is over");
}

TEST(RaftElection, ACandidateFollowsTheLeaderOfItsTerm)
{
    Driver driver(3);
    driver.Tick(Ms(1000));
    driver.Persist();
    const Update& update = driver.Receive(2, 1, AppendEntries{});
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(driver.core.GetLeader(), 2U);
    EXPECT_EQ(driver.core.GetVote(), 1U) << "the vote of the term stays given";
    EXPECT_EQ(update.deadline, Ms(2000));
}

TEST(RaftElection, ACandidateAsksOnlyWhoHasNotAnswered)
{
    Driver driver(5);
    driver.Tick(Ms(1000));
    EXPECT_TRUE(driver.Tick(Ms(1100)).messages.empty()) << "the first requests have not left yet";
    driver.Persist();
    driver.Receive(3, 1, RequestVoteReply{false});
    const Update& update = driver.Tick(Ms(1200));
    EXPECT_EQ(update.messages.size(), 3U);
    OnlyMessageTo<RequestVote>(update, 2);
    OnlyMessageTo<RequestVote>(update, 4);
    OnlyMessageTo<RequestVote>(update, 5);
}

TEST(RaftElection, AFollowerWithALeaderRefusesOthersInThatTerm)
{
    Driver driver(3);
    driver.Receive(2, 1, AppendEntries{});
    const Update& update = driver.Receive(3, 1, RequestVote{0, 0});
    EXPECT_EQ(ReasonIn(update), "this term has another leader (5.2)");
    EXPECT_EQ(driver.core.GetVote(), NO_SERVER);
}

TEST(RaftElection, EveryRoleStepsDownForAHigherTerm)
{
    const std::vector<MessageBody> bodies{RequestVote{0, 0},
                                          RequestVoteReply{true},
                                          AppendEntries{},
                                          AppendEntriesReply{}};
    for (const MessageBody& body : bodies)
    {
        Driver leader = Driver::AsLeader(3, 2, {1});
        const Update& update = leader.Receive(2, 7, body);
        EXPECT_EQ(leader.core.GetRole(), Role::FOLLOWER) << body.index();
        EXPECT_EQ(leader.core.GetTerm(), 7U) << body.index();
        EXPECT_EQ(update.persist.value().hardState.value().term, 7U) << body.index();
        EXPECT_EQ(update.deadline, leader.now + Ms(1000)) << "its election timer runs again";
        const bool fromLeader = std::holds_alternative<AppendEntries>(body);
        EXPECT_EQ(leader.core.GetLeader(), fromLeader ? 2U : NO_SERVER) << body.index();

        Driver candidate(3);
        candidate.Tick(Ms(1000));
        candidate.Receive(2, 7, body);
        EXPECT_EQ(candidate.core.GetRole(), Role::FOLLOWER) << body.index();
        EXPECT_EQ(candidate.core.GetTerm(), 7U) << body.index();
    }
}

} // namespace ns3::raft::test
