// Pre-votes and sticky votes: dissertation 9.6 and 4.2.3. Server 1 is under test.

#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

Config
PreVoting(ServerId id, uint32_t n)
{
    Config config = MakeConfig(id, n);
    config.preVote = true;
    return config;
}

RequestVote
Ask(Index lastLogIndex, Term lastLogTerm)
{
    return RequestVote{lastLogIndex, lastLogTerm, true, false};
}

} // namespace

TEST(RaftPreVote, ATimeoutAsksForTheNextTermWithoutTakingIt)
{
    Driver driver(PreVoting(1, 3), MakeDurable(4, 2, {1, 3}));
    const Update& update = driver.Tick(Ms(1000));
    EXPECT_EQ(driver.core.GetRole(), Role::PRE_CANDIDATE);
    EXPECT_EQ(driver.core.GetTerm(), 4U);
    EXPECT_EQ(driver.core.GetVote(), 2U);
    EXPECT_FALSE(update.persist) << "nothing has changed that would have to be remembered";
    for (const ServerId peer : {2U, 3U})
    {
        const auto request = OnlyMessageTo<RequestVote>(update, peer);
        EXPECT_TRUE(request.preVote);
        EXPECT_FALSE(request.disruptLeader);
        EXPECT_EQ(request.lastLogIndex, 2U);
        EXPECT_EQ(request.lastLogTerm, 3U);
    }
    EXPECT_EQ(update.messages[0].message.term, 5U);
    EXPECT_EQ(update.messages[0].afterTicket, 0U);
}

TEST(RaftPreVote, AMajorityOfPreVotesStartsTheElection)
{
    Driver driver(PreVoting(1, 5), MakeDurable(4, NO_SERVER, {}));
    driver.Tick(Ms(1000));
    driver.Receive(2, 5, RequestVoteReply{true, true});
    driver.Receive(2, 5, RequestVoteReply{true, true});
    EXPECT_EQ(driver.core.GetRole(), Role::PRE_CANDIDATE) << "2 counts once";
    const Update& update = driver.Receive(3, 5, RequestVoteReply{true, true});
    EXPECT_EQ(driver.core.GetRole(), Role::CANDIDATE);
    EXPECT_EQ(driver.core.GetTerm(), 5U);
    EXPECT_EQ(update.persist.value().hardState.value(), (HardState{5, 1}));
    EXPECT_FALSE(OnlyMessageTo<RequestVote>(update, 2).preVote);
    driver.Persist();
    driver.Receive(4, 5, RequestVoteReply{true, true});
    driver.Receive(5, 5, RequestVoteReply{true, true});
    EXPECT_EQ(driver.core.GetRole(), Role::CANDIDATE) << "late pre-votes are no votes";
    driver.Receive(4, 5, RequestVoteReply{true, false});
    driver.Receive(5, 5, RequestVoteReply{true, false});
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
}

TEST(RaftPreVote, VotesAreNoPreVotes)
{
    Driver driver(PreVoting(1, 3), MakeDurable(4, NO_SERVER, {}));
    driver.Tick(Ms(1000));
    EXPECT_EQ(ReasonIn(driver.Receive(2, 4, RequestVoteReply{true, false})),
              "an answer to an election that is over");
    EXPECT_EQ(driver.core.GetRole(), Role::PRE_CANDIDATE);
}

TEST(RaftPreVote, AnElectionThatFailsBeginsWithPreVotesAgain)
{
    Driver driver(PreVoting(1, 3));
    driver.Tick(Ms(1000));
    driver.Receive(2, 1, RequestVoteReply{true, true});
    ASSERT_EQ(driver.core.GetRole(), Role::CANDIDATE);
    driver.Persist();
    driver.Tick(Ms(2000));
    EXPECT_EQ(driver.core.GetRole(), Role::PRE_CANDIDATE);
    EXPECT_EQ(driver.core.GetTerm(), 1U);
}

TEST(RaftPreVote, UnansweredPreVotesAreAskedForAgain)
{
    Driver driver(PreVoting(1, 3));
    driver.Tick(Ms(1000));
    driver.Receive(2, 1, RequestVoteReply{false, true});
    ASSERT_EQ(driver.core.GetRole(), Role::FOLLOWER) << "term 1 is news";
    driver.Persist();
    driver.Tick(Ms(2000));
    driver.Receive(2, 1, RequestVoteReply{false, true}); // its log is ahead
    const Update& update = driver.Tick(Ms(2100));
    EXPECT_EQ(update.messages.size(), 1U);
    EXPECT_TRUE(OnlyMessageTo<RequestVote>(update, 3).preVote);
}

TEST(RaftPreVote, ASingleServerNeedsNobody)
{
    Driver driver(PreVoting(1, 1));
    driver.Tick(Ms(1000));
    driver.Persist();
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    EXPECT_EQ(driver.core.GetTerm(), 1U);
}

TEST(RaftPreVote, ALeaderOfItsTermEndsIt)
{
    Driver driver(PreVoting(1, 3), MakeDurable(4, NO_SERVER, {}));
    driver.Tick(Ms(1000));
    driver.Receive(3, 4, AppendEntries{});
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(driver.core.GetLeader(), 3U);
}

struct PreVoteCase
{
    const char* name;
    Term asked; //!< the term that 2 would stand for
    Index lastLogIndex;
    Term lastLogTerm;
    const char* refusal; //!< "" if the pre-vote is given
    Term replyTerm;
};

class RaftPreVoteRule : public testing::TestWithParam<PreVoteCase>
{
};

/** Server 1 is in term 5, has voted for 3, and holds the log {1, 4}. */
TEST_P(RaftPreVoteRule, DecidesThePreVoteAndChangesNothing)
{
    const PreVoteCase& c = GetParam();
    Driver driver(3, MakeDurable(5, 3, {1, 4}));
    driver.now = Ms(500);
    const Update& update = driver.Receive(2, c.asked, Ask(c.lastLogIndex, c.lastLogTerm));
    EXPECT_EQ(ReasonIn(update), c.refusal);
    const auto reply = OnlyMessageTo<RequestVoteReply>(update, 2);
    EXPECT_TRUE(reply.preVote);
    EXPECT_EQ(reply.granted, *c.refusal == '\0');
    EXPECT_EQ(update.messages[0].message.term, c.replyTerm);
    EXPECT_FALSE(update.persist);
    EXPECT_TRUE(update.roleChanges.empty());
    EXPECT_EQ(update.deadline, Ms(1000)) << "the election timer goes on";
    EXPECT_EQ(driver.core.GetTerm(), 5U);
    EXPECT_EQ(driver.core.GetVote(), 3U);
}

const char* const NOT_ABOVE = "the term that it would stand for is not above the own (9.6)";
const char* const STALE = "the candidate's log is less up to date (5.4.1)";

INSTANTIATE_TEST_SUITE_P(
    Dissertation,
    RaftPreVoteRule,
    testing::Values(PreVoteCase{"NextTerm", 6, 2, 4, "", 6},
                    PreVoteCase{"FarAhead", 90, 2, 4, "", 90},
                    PreVoteCase{"LongerLog", 6, 3, 4, "", 6},
                    // Without the term in the refusal they would never learn of it (etcd #8243).
                    PreVoteCase{"OwnTerm", 5, 2, 4, NOT_ABOVE, 5},
                    PreVoteCase{"EarlierTerm", 3, 1, 1, NOT_ABOVE, 5},
                    PreVoteCase{"ShorterLog", 6, 1, 1, STALE, 5},
                    PreVoteCase{"EarlierLastTerm", 6, 9, 3, STALE, 5}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftPreVote, ARefusalTakesTheAskerToTheLaterTerm)
{
    Driver driver(PreVoting(1, 3), MakeDurable(2, NO_SERVER, {1, 1}));
    driver.Tick(Ms(1000));
    const Update& update = driver.Receive(2, 7, RequestVoteReply{false, true});
    EXPECT_EQ(driver.core.GetTerm(), 7U);
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(update.persist.value().hardState.value(), (HardState{7, NO_SERVER}));
    driver.Persist();
    EXPECT_EQ(driver.Tick(Ms(2000)).messages.at(0).message.term, 8U) << "no pre-vote for its next";
}

TEST(RaftPreVote, AGrantOfAnotherTermThanAskedForChangesNoTerm)
{
    Driver driver(PreVoting(1, 3), MakeDurable(2, NO_SERVER, {}));
    driver.Tick(Ms(1000));
    for (const Term term : {9U, 4U})
    {
        EXPECT_EQ(ReasonIn(driver.Receive(2, term, RequestVoteReply{true, true})),
                  "an answer to an election that is over");
        EXPECT_EQ(driver.core.GetTerm(), 2U);
        EXPECT_EQ(driver.core.GetRole(), Role::PRE_CANDIDATE);
    }
}

struct StickyCase
{
    const char* name;
    bool stickiness;
    RequestVote request;
    Duration after; //!< time since the leader was heard of
    bool answered;
};

class RaftSticky : public testing::TestWithParam<StickyCase>
{
};

/** Server 1 follows 2 in term 5; 3 asks for term 6. */
TEST_P(RaftSticky, VotesArePromisedToALeaderForTheMinimumTimeout)
{
    const StickyCase& c = GetParam();
    Config config = MakeConfig(1, 3);
    config.leaderStickiness = c.stickiness;
    Driver driver(config, MakeDurable(5, NO_SERVER, {1}));
    driver.random = 0.9;
    driver.now = Ms(200);
    driver.Receive(2, 5, AppendEntries{1, 1, 0, {}, 0});
    driver.now += c.after;
    const Update& update = driver.Receive(3, 6, c.request);
    if (c.answered)
    {
        EXPECT_TRUE(OnlyMessageTo<RequestVoteReply>(update, 3).granted);
        EXPECT_EQ(driver.core.GetTerm(), c.request.preVote ? 5U : 6U);
        return;
    }
    EXPECT_EQ(ReasonIn(update),
              "a leader was heard of within the minimum election timeout (4.2.3)");
    EXPECT_TRUE(update.messages.empty());
    EXPECT_FALSE(update.persist);
    EXPECT_EQ(driver.core.GetTerm(), 5U);
    EXPECT_EQ(driver.core.GetLeader(), 2U);
}

INSTANTIATE_TEST_SUITE_P(
    Dissertation,
    RaftSticky,
    testing::Values(StickyCase{"VoteWhileSticky", true, {1, 1, false, false}, Ms(999), false},
                    StickyCase{"VoteAfterwards", true, {1, 1, false, false}, Ms(1000), true},
                    StickyCase{"VoteWithoutStickiness", false, {1, 1, false, false}, Ms(1), true},
                    StickyCase{"AtTheLeadersWish", true, {1, 1, false, true}, Ms(1), true},
                    StickyCase{"PreVote", false, {1, 1, true, false}, Ms(999), false},
                    StickyCase{"PreVoteWhileSticky", true, {1, 1, true, false}, Ms(999), false},
                    StickyCase{"PreVoteAfterwards", true, {1, 1, true, false}, Ms(1000), true}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftSticky, ALeaderDoesNotYieldToAPreVoteOrWithStickinessToAVote)
{
    Driver plain = Driver::AsLeader(3, 2, {1});
    EXPECT_TRUE(plain.Receive(3, 9, Ask(9, 8)).messages.empty());
    EXPECT_EQ(plain.core.GetRole(), Role::LEADER);
    plain.Receive(3, 9, RequestVote{9, 8});
    EXPECT_EQ(plain.core.GetRole(), Role::FOLLOWER) << "a vote request of a higher term (5.1)";

    Config config = MakeConfig(1, 3);
    config.leaderStickiness = true;
    Driver sticky(config);
    sticky.Tick(Ms(1000));
    sticky.Persist();
    sticky.Receive(2, 1, RequestVoteReply{true});
    ASSERT_EQ(sticky.core.GetRole(), Role::LEADER);
    sticky.now = Ms(90000);
    EXPECT_TRUE(sticky.Receive(3, 9, RequestVote{9, 8}).messages.empty());
    EXPECT_EQ(sticky.core.GetRole(), Role::LEADER);
    EXPECT_EQ(sticky.core.GetTerm(), 1U);
}

TEST(RaftSticky, ARequestOfAnEarlierTermIsAnsweredAllTheSame)
{
    Config config = MakeConfig(1, 3);
    config.leaderStickiness = true;
    Driver driver(config, MakeDurable(5, NO_SERVER, {1}));
    driver.Receive(2, 5, AppendEntries{1, 1, 0, {}, 0});
    for (const bool preVote : {false, true})
    {
        const Update& update = driver.Receive(3, 4, RequestVote{1, 1, preVote, false});
        EXPECT_FALSE(OnlyMessageTo<RequestVoteReply>(update, 3).granted);
        EXPECT_EQ(update.messages[0].message.term, 5U) << "it has to learn of the term";
    }
}

TEST(RaftSticky, AVoteThatWasGivenIsNoLeaderHeardOf)
{
    Config config = MakeConfig(1, 3);
    config.leaderStickiness = true;
    Driver driver(config);
    ASSERT_TRUE(OnlyMessageTo<RequestVoteReply>(driver.Receive(2, 1, RequestVote{}), 2).granted);
    EXPECT_TRUE(OnlyMessageTo<RequestVoteReply>(driver.Receive(3, 2, RequestVote{}), 3).granted);
}

} // namespace ns3::raft::test
