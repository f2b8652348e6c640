// How diverged logs are brought together: figure 7 and figure 8 of the extended paper.

#include "raft-cluster.h"
#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

using Terms = std::vector<Term>;

/** The leader's log of figure 7; it leads term 8. */
const Terms FIGURE7{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};

/** The message to a server in an update, which has one only. */
Message
OnlyMessage(const Update& update, ServerId to)
{
    std::vector<Message> found;
    for (const Outgoing& outgoing : update.messages)
    {
        if (outgoing.message.to == to)
        {
            found.push_back(outgoing.message);
        }
    }
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? Message{} : found[0];
}

} // namespace

struct Figure7Case
{
    const char* name;
    Terms log;
    Terms matched;               //!< follower's log when the no-op of term 8 has arrived
    std::vector<Index> attempts; //!< prevLogIndex of each AppendEntries until one matches
};

class RaftFigure7 : public testing::TestWithParam<Figure7Case>
{
};

TEST_P(RaftFigure7, FollowerIsRepairedATermARoundTrip)
{
    const Figure7Case& c = GetParam();
    Driver leader(3, MakeDurable(7, NO_SERVER, FIGURE7));
    leader.Tick(Ms(1000));
    leader.Persist();
    RaftCore follower(MakeConfig(2, 3), MakeDurable(7, NO_SERVER, c.log));
    follower.Step(Event{Ms(0), 0, Tick{}});

    Message message = OnlyMessage(leader.Receive(3, 8, RequestVoteReply{true}), 2);
    std::vector<Index> attempts;
    for (bool matched = false; !matched && attempts.size() < 20;)
    {
        attempts.push_back(std::get<AppendEntries>(message.body).prevLogIndex);
        const Message reply = OnlyMessage(follower.Step(Event{Ms(0), 0, Receive{message}}), 1);
        const auto body = std::get<AppendEntriesReply>(reply.body);
        const Update& update = leader.Receive(2, reply.term, body);
        matched = body.success;
        if (!matched)
        {
            message = OnlyMessage(update, 2);
        }
    }
    EXPECT_EQ(attempts, c.attempts);
    EXPECT_EQ(TermsOf(follower), c.matched);
}

const Terms REPAIRED{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8};

INSTANTIATE_TEST_SUITE_P(
    Paper,
    RaftFigure7,
    testing::Values(
        Figure7Case{"A", {1, 1, 1, 4, 4, 5, 5, 6, 6}, REPAIRED, {10, 9}},
        Figure7Case{"B", {1, 1, 1, 4}, REPAIRED, {10, 4}},
        Figure7Case{"C", {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}, REPAIRED, {10}},
        Figure7Case{"D", {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}, REPAIRED, {10}},
        Figure7Case{"E", {1, 1, 1, 4, 4, 4, 4}, REPAIRED, {10, 7, 5}},
        Figure7Case{"F", {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}, REPAIRED, {10, 6, 3}},
        Figure7Case{"Empty", {}, REPAIRED, {10, 0}},
        Figure7Case{"NothingInCommon", {2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3}, REPAIRED, {10, 4, 0}}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftConflict, AHintIsFollowedOnceAndLateRefusalsAreNot)
{
    Driver leader = Driver::AsLeader(3, 8, FIGURE7);
    AppendEntriesReply refusal;
    refusal.prevLogIndex = 10;
    refusal.conflictIndex = 5;
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(leader.Receive(2, 8, refusal), 2).prevLogIndex, 4U);
    const Update& repeated = leader.Receive(2, 8, refusal);
    EXPECT_TRUE(repeated.messages.empty());
    EXPECT_EQ(ReasonIn(repeated), "a late refusal of AppendEntries");

    AppendEntriesReply success;
    success.success = true;
    success.prevLogIndex = 4;
    success.matchIndex = 11;
    leader.Receive(2, 8, success);
    refusal.prevLogIndex = 4;
    refusal.conflictIndex = 1;
    EXPECT_EQ(ReasonIn(leader.Receive(2, 8, refusal)), "a late refusal of AppendEntries");
}

TEST(RaftConflict, ARefusalWithoutAHintIsIgnored)
{
    Driver leader = Driver::AsLeader(3, 8, FIGURE7);
    AppendEntriesReply refusal;
    refusal.prevLogIndex = 10;
    EXPECT_EQ(ReasonIn(leader.Receive(2, 8, refusal)),
              "a refusal that does not say where the logs conflict");
}

TEST(RaftFigure8, EntriesOfEarlierTermsAreNotCommittedByCounting)
{
    Config config = MakeConfig(1, 5);
    config.maxBatchEntries = 1;
    Driver leader(config, MakeDurable(3, NO_SERVER, {1, 2}));
    leader.Tick(Ms(1000));
    leader.Persist();
    leader.Receive(2, 4, RequestVoteReply{true});
    leader.Receive(3, 4, RequestVoteReply{true});
    leader.Persist();

    AppendEntriesReply reply;
    for (const ServerId follower : {2U, 3U, 4U, 5U})
    {
        reply = {};
        reply.prevLogIndex = 2;
        reply.conflictIndex = 2;
        leader.Receive(follower, 4, reply);
        reply = {};
        reply.success = true;
        reply.prevLogIndex = 1;
        reply.matchIndex = 2;
        leader.Receive(follower, 4, reply);
        EXPECT_EQ(leader.core.GetCommitIndex(), 0U) << "all up to " << follower << " have it";
    }
    reply.prevLogIndex = 2;
    reply.matchIndex = 3;
    leader.Receive(2, 4, reply);
    EXPECT_EQ(leader.core.GetCommitIndex(), 0U);
    const Update& update = leader.Receive(3, 4, reply);
    EXPECT_EQ(leader.core.GetCommitIndex(), 3U) << "the entry of this term takes them along";
    EXPECT_EQ(update.applied.size(), 3U);
}

TEST(RaftFigure8, AnUncommittedEntryOfAMajorityMayBeReplaced)
{
    std::vector<Config> configs;
    for (ServerId id = 1; id <= 5; ++id)
    {
        configs.push_back(MakeConfig(id, 5));
        configs.back().maxBatchEntries = 1;
    }
    configs[4].electionTimeoutMin = Ms(300); // so that 5 is the first to notice
    configs[4].electionTimeoutMax = Ms(600);
    Cluster cluster(configs,
                    World{},
                    1,
                    {MakeDurable(3, NO_SERVER, {1, 2}),
                     MakeDurable(3, NO_SERVER, {1, 2}),
                     MakeDurable(3, NO_SERVER, {1}),
                     MakeDurable(3, NO_SERVER, {1}),
                     MakeDurable(3, 5, {1, 3})});
    cluster.FixRandom(1, 0);
    cluster.FixRandom(5, 0);
    for (const ServerId slow : {2U, 3U, 4U})
    {
        cluster.FixRandom(slow, 0.99);
    }

    // (c): 1 leads term 4 and brings its entry of term 2 to 3, a majority, but not its no-op.
    for (const ServerId id : {1U, 2U, 3U, 4U})
    {
        cluster.Restart(id);
    }
    cluster.RunUntil(Ms(1040));
    ASSERT_EQ(cluster.FindLeader(), 1U);
    cluster.SetCut(1, 4, true);
    cluster.RunUntil(Ms(1080));
    cluster.SetCut(1, 3, true);
    cluster.RunUntil(Ms(1095));
    for (const ServerId id : {1U, 2U, 3U})
    {
        ASSERT_EQ(cluster.GetCore(id).GetLog().GetTerm(2), 2U) << id;
    }
    ASSERT_EQ(cluster.GetCore(1).GetCommitIndex(), 0U);
    ASSERT_EQ(cluster.GetCore(3).GetLastIndex(), 2U);
    cluster.Crash(1);

    // (d): 5, with its entry of term 3, is elected by 3 and 4 and replaces it.
    cluster.Restart(5);
    cluster.RunUntil(Ms(2500));
    ASSERT_EQ(cluster.FindLeader(), 5U);
    cluster.Restart(1);
    cluster.RunUntil(Ms(3500));
    for (ServerId id = 1; id <= 5; ++id)
    {
        EXPECT_EQ(TermsOf(cluster.GetCore(id)), (Terms{1, 3, 5})) << id;
        EXPECT_EQ(cluster.GetCore(id).GetCommitIndex(), 3U) << id;
    }
}

} // namespace ns3::raft::test
