// What a voter has promised to a leader by its answer, and what a joining server must not do.

#include "raft-lockstep.h"
#include "raft-test-support.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

using Kind = ChangeMembership::Kind;

Config
Careful(ServerId id, uint32_t n)
{
    Config config = MakeConfig(id, n);
    config.preVote = config.checkQuorum = config.leaderStickiness = true;
    return config;
}

bool
GrantsIn(const Update& update)
{
    bool granted = false;
    for (const Outgoing& outgoing : update.messages)
    {
        const auto* reply = std::get_if<RequestVoteReply>(&outgoing.message.body);
        granted = granted || (reply && reply->granted);
    }
    return granted;
}

} // namespace

TEST(RaftPromise, OutlivesTheTermInWhichItWasGiven)
{
    Config config = Careful(1, 3);
    config.readMode = ReadMode::LEASE;
    Driver voter(config, MakeDurable(1, NO_SERVER, {1}));
    voter.Tick(Ms(1100));
    ASSERT_EQ(voter.core.GetRole(), Role::PRE_CANDIDATE);
    voter.Receive(2, 1, AppendEntries{1, 1, 0, {}, 7}); // the leader may count on this until 2100
    voter.now = Ms(1110);
    EXPECT_TRUE(voter.Receive(3, 2, RequestVote{1, 1}).messages.empty());
    voter.now = Ms(1120);
    voter.Receive(3, 2, RequestVoteReply{false, true}); // a late refusal raises the term
    voter.Persist();
    ASSERT_EQ(voter.core.GetTerm(), 2U);
    voter.now = Ms(1210);
    EXPECT_FALSE(GrantsIn(voter.Receive(3, 2, RequestVote{1, 1}))) << "110 ms after the leader";
    voter.now = Ms(2110);
    EXPECT_TRUE(GrantsIn(voter.Receive(3, 2, RequestVote{1, 1}))) << "the promise is over";
}

TEST(RaftPromise, OfARestartedVoterHoldsInWhateverTermItIs)
{
    Config config = Careful(1, 3);
    config.readMode = ReadMode::LEASE;
    Driver voter(config, MakeDurable(2, NO_SERVER, {1}));
    voter.Tick(Ms(0));
    voter.now = Ms(500);
    EXPECT_FALSE(GrantsIn(voter.Receive(3, 2, RequestVote{1, 1})));
    voter.now = Ms(1000);
    EXPECT_TRUE(GrantsIn(voter.Receive(3, 2, RequestVote{1, 1})));
}

TEST(RaftJoiner, ALearnerThatNeededOneSlowRoundIsPromotableInAnIdleCluster)
{
    Driver driver = Driver::AsLeader(3, 1);
    const auto holds = [](Index index) { return AppendEntriesReply{true, index, index, 0, 0, 0}; };
    driver.Receive(2, 1, holds(1));
    driver.Step(Event{driver.now, 0, ChangeMembership{Kind::ADD_LEARNER, 4}});
    driver.Persist();
    driver.Receive(2, 1, holds(2));
    driver.Tick(Ms(1100));
    driver.Receive(4, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0}); // a round begins: up to 2
    driver.now = Ms(2150);
    driver.Receive(4, 1, holds(2)); // took 1050 ms, but nothing is left to send
    EXPECT_TRUE(driver.core.HasCaughtUp(4));
}

TEST(RaftJoiner, TakesNoSnapshotFromBeforeItKnewTheMembers)
{
    Lockstep servers(std::vector<Config>{Careful(1, 3), Careful(2, 3), Careful(3, 3)});
    servers.Elect(1);
    servers.Pass(Ms(3500));
    ServerId leader = NO_SERVER;
    for (ServerId id = 1; id <= 3; ++id)
    {
        leader = servers.Core(id).GetRole() == Role::LEADER ? id : leader;
    }
    ASSERT_NE(leader, NO_SERVER);
    for (int i = 0; i < 5; ++i)
    {
        servers.Propose(leader, "x");
    }
    servers.Deliver();
    servers.Start(Careful(4, 0));
    ASSERT_TRUE(servers.Change(leader, Kind::ADD_LEARNER, 4).accepted);
    servers.Pass(Ms(300));
    servers.Do(4, Compact{3, std::make_shared<const std::string>("state")});
    EXPECT_EQ(servers.Disk(4).snapshot.lastIndex, 0U) << "no follower could use it";
    const Index index = servers.Core(4).GetCommitIndex();
    ASSERT_GE(index, servers.Core(4).GetMembershipIndex());
    servers.Do(4, Compact{index, std::make_shared<const std::string>("state")});
    EXPECT_EQ(servers.Disk(4).snapshot.lastIndex, index);
}

} // namespace ns3::raft::test
