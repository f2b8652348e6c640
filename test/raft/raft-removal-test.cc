// Servers that are taken out of the cluster: dissertation 4.2.2 and 4.2.3.

#include "raft-lockstep.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

using Kind = ChangeMembership::Kind;

Entry
MembershipEntry(Term term, const Membership& membership)
{
    return Entry{term,
                 EntryType::MEMBERSHIP,
                 std::make_shared<const std::string>(membership.Encode())};
}

Lockstep
MakeServers(uint32_t n, bool preVote, bool stickiness)
{
    std::vector<Config> configs;
    for (ServerId id = 1; id <= n; ++id)
    {
        configs.push_back(MakeConfig(id, n));
        configs.back().preVote = preVote;
        configs.back().leaderStickiness = stickiness;
    }
    Lockstep servers(configs);
    servers.Elect(1);
    servers.Pass(Ms(250));
    return servers;
}

} // namespace

TEST(RaftRemoval, ALeaderRemovesItselfLastsUntilThatIsCommittedAndDoesNotCountItself)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Receive(3, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Step(Event{driver.now, 0, ChangeMembership{Kind::REMOVE, 1}});
    driver.Persist();
    driver.Receive(2, 1, AppendEntriesReply{true, 1, 2, 0, 0, 0});
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U) << "1 of the 2 that remain has it";
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    const Update& update = driver.Receive(3, 1, AppendEntriesReply{true, 1, 2, 0, 0, 0});
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    OnlyMessageTo<TimeoutNow>(update, 2);
    driver.Tick(Ms(9000));
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER) << "it has no vote any more";
}

TEST(RaftRemoval, TheClusterGoesOnWithoutALeaderThatRemovedItself)
{
    Lockstep servers = MakeServers(3, true, true);
    const Term term = servers.Core(1).GetTerm();
    ASSERT_TRUE(servers.Change(1, Kind::REMOVE, 1).accepted);
    servers.Deliver();
    EXPECT_NE(servers.Core(1).GetRole(), Role::LEADER);
    EXPECT_EQ(servers.Core(2).GetRole(), Role::LEADER) << "handed over, without a timeout";
    servers.Pass(Ms(5000));
    EXPECT_EQ(servers.Core(2).GetTerm(), term + 1);
    EXPECT_EQ(servers.Core(3).GetLeader(), 2U);
    EXPECT_EQ(servers.Core(3).GetMembership(), (Membership{{2, 3}, {}}));
}

/** A removed server hears no more of the leader and does not know why (4.2.3). */
TEST(RaftRemoval, ARemovedServerDisturbsOnlyWithoutPreVotesAndStickiness)
{
    for (const bool preVote : {false, true})
    {
        for (const bool stickiness : {false, true})
        {
            Lockstep servers = MakeServers(4, preVote, stickiness);
            const Term term = servers.Core(1).GetTerm();
            ASSERT_TRUE(servers.Change(1, Kind::REMOVE, 4).accepted);
            servers.Deliver();
            ASSERT_EQ(servers.Core(4).GetMembership(), (Membership{{1, 2, 3, 4}, {}}))
                << "the change is not sent to it";
            servers.Pass(Ms(6000));
            EXPECT_EQ(servers.Core(1).GetTerm() > term, !preVote && !stickiness)
                << preVote << stickiness;
            EXPECT_EQ(servers.Core(4).GetTerm() > term, !preVote) << preVote << stickiness;
            EXPECT_FALSE(servers.Core(1).GetMembership().Contains(4));
        }
    }
}

TEST(RaftRemoval, AServerWhoseRemovalIsUndecidedStillStands)
{
    DurableState durable = MakeDurable(1, NO_SERVER, {1});
    durable.log.push_back(MembershipEntry(1, {{2, 3}, {}}));
    Driver undecided(3, durable);
    EXPECT_EQ(undecided.Tick(Ms(1000)).messages.size(), 2U);
    undecided.Persist();
    EXPECT_EQ(undecided.core.GetRole(), Role::CANDIDATE);
    undecided.Receive(2, 2, RequestVoteReply{true});
    EXPECT_EQ(undecided.core.GetRole(), Role::CANDIDATE) << "its own vote does not count";
    undecided.Receive(3, 2, RequestVoteReply{true});
    EXPECT_EQ(undecided.core.GetRole(), Role::LEADER);

    Driver decided(3, durable);
    decided.Receive(2, 1, AppendEntries{2, 1, 2, {}, 0});
    decided.Tick(Ms(5000));
    EXPECT_EQ(decided.core.GetRole(), Role::FOLLOWER);
}

TEST(RaftRemoval, AnUncommittedRemovalThatIsReplacedLeavesTheServerIn)
{
    Lockstep servers = MakeServers(3, false, false);
    ASSERT_TRUE(servers.Change(1, Kind::REMOVE, 3).accepted);
    servers.Deliver([](const Message& message) { return message.from == 1; });
    ASSERT_EQ(servers.Core(1).GetMembership(), (Membership{{1, 2}, {}}));
    servers.Crash(1);
    servers.Pass(Ms(6000)); // 2 and 3, who know nothing of it, elect one of them
    servers.Restart(1);
    servers.Pass(Ms(2000));
    for (ServerId id = 1; id <= 3; ++id)
    {
        EXPECT_EQ(servers.Core(id).GetMembership(), (Membership{{1, 2, 3}, {}})) << id;
        EXPECT_EQ(servers.Core(id).GetCommitIndex(), servers.Core(id).GetLastIndex()) << id;
    }
}

TEST(RaftRemoval, LateAnswersOfARemovedServerCommitNothing)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Receive(3, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Persist();
    driver.Step(Event{driver.now, 0, ChangeMembership{Kind::REMOVE, 3}});
    driver.Persist();
    EXPECT_EQ(ReasonIn(driver.Receive(3, 1, AppendEntriesReply{true, 1, 2, 0, 0, 0})),
              "an answer from a server that is no member");
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U);
}

} // namespace ns3::raft::test
