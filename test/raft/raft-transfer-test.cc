// Leadership transfer: dissertation 3.10.

#include "raft-lockstep.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

AppendEntriesReply
Holds(Index index)
{
    return AppendEntriesReply{true, index, index, 0, 0, 0};
}

const Update&
Transfer(Driver& driver, ServerId target)
{
    return driver.Step(Event{driver.now, 0, TransferLeadership{target}});
}

} // namespace

TEST(RaftTransfer, ATargetThatHasEverythingIsAskedToStandAtOnce)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    const Update& update = Transfer(driver, 2);
    OnlyMessageTo<TimeoutNow>(update, 2);
    EXPECT_EQ(update.messages.size(), 1U);
    EXPECT_TRUE(driver.core.IsTransferring());
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER) << "until the target's request arrives";
}

TEST(RaftTransfer, ATargetCatchesUpFirst)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    driver.Propose("a");
    EXPECT_TRUE(Transfer(driver, 2).messages.empty());
    const Update& update = driver.Receive(2, 1, Holds(2));
    OnlyMessageTo<TimeoutNow>(update, 2);
}

TEST(RaftTransfer, ProposalsAndChangesAreRefusedMeanwhileAndTakenAfterItFails)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    Transfer(driver, 2);
    EXPECT_STREQ(driver.Propose("a").proposal.value().reason,
                 "leadership is being handed over (3.10)");
    EXPECT_STREQ(
        driver.Step(Event{driver.now, 0, ChangeMembership{ChangeMembership::Kind::REMOVE, 3}})
            .proposal.value()
            .reason,
        "leadership is being handed over (3.10)");
    EXPECT_EQ(ReasonIn(Transfer(driver, 3)), "leadership is being handed over already (3.10)");
    for (int at = 1100; at <= 1900; at += 100)
    {
        driver.Tick(Ms(at));
        EXPECT_FALSE(driver.Propose("a").proposal.value().accepted) << at;
    }
    driver.Tick(Ms(2000)); // an election timeout later
    EXPECT_FALSE(driver.core.IsTransferring());
    EXPECT_TRUE(driver.Propose("a").proposal.value().accepted);
}

TEST(RaftTransfer, AStreamOfReadsDoesNotKeepItFromFailing)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    Transfer(driver, 2);
    for (int i = 1; i <= 250; ++i)
    {
        driver.now = Ms(1000 + 10 * i);
        const Update& update = driver.Step(Event{driver.now, 0, Read{1}});
        AppendEntriesReply reply = Holds(1);
        for (const Outgoing& outgoing : update.messages)
        {
            const auto* append = std::get_if<AppendEntries>(&outgoing.message.body);
            reply.round = append ? append->round : reply.round;
        }
        const Update& answered = driver.Receive(2, 1, reply);
        if (answered.deadline <= driver.now)
        {
            driver.Tick(driver.now);
        }
    }
    EXPECT_FALSE(driver.core.IsTransferring());
}

TEST(RaftTransfer, WrongTargetsAreRefused)
{
    Driver follower(3);
    EXPECT_EQ(ReasonIn(Transfer(follower, 2)), "this server does not lead and cannot hand over");
    Driver driver = Driver::AsLeader(3, 1);
    for (const ServerId target : {1U, 4U, 99U})
    {
        EXPECT_EQ(ReasonIn(Transfer(driver, target)),
                  "the server to hand over to is no other voter")
            << target;
        EXPECT_FALSE(driver.core.IsTransferring());
    }
    Driver alone = Driver::AsLeader(1, 1);
    EXPECT_EQ(ReasonIn(Transfer(alone, NO_SERVER)), "the server to hand over to is no other voter");
}

TEST(RaftTransfer, WithoutATargetTheLongestLogIsChosen)
{
    Driver driver = Driver::AsLeader(4, 1);
    driver.Propose("a");
    driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Receive(3, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Receive(3, 1, Holds(2));
    OnlyMessageTo<TimeoutNow>(Transfer(driver, NO_SERVER), 3);
}

TEST(RaftTransfer, ALearnerIsNoTarget)
{
    Lockstep servers(3);
    servers.Elect(1);
    servers.Change(1, ChangeMembership::Kind::ADD_LEARNER, 4);
    servers.Deliver();
    const Update update = servers.Do(1, TransferLeadership{4});
    EXPECT_EQ(ReasonIn(update), "the server to hand over to is no other voter");
}

TEST(RaftTransfer, TimeoutNowStartsAnElectionThatNoPromiseHolds)
{
    std::vector<Config> configs;
    for (ServerId id = 1; id <= 3; ++id)
    {
        configs.push_back(MakeConfig(id, 3));
        configs.back().preVote = true;
        configs.back().checkQuorum = true;
        configs.back().leaderStickiness = true;
    }
    Lockstep servers(configs);
    servers.Elect(1);
    servers.Pass(Ms(150)); // all have just heard of the leader
    const Term term = servers.Core(1).GetTerm();
    servers.Do(1, TransferLeadership{3});
    servers.Deliver();
    EXPECT_EQ(servers.Core(3).GetRole(), Role::LEADER);
    EXPECT_EQ(servers.Core(3).GetTerm(), term + 1) << "no pre-vote, no split vote";
    EXPECT_EQ(servers.Core(1).GetLeader(), 3U);
    EXPECT_EQ(servers.Core(2).GetLeader(), 3U);
}

TEST(RaftTransfer, OnlyTheFirstElectionIgnoresPromises)
{
    Config config = MakeConfig(1, 3);
    Driver driver(config, MakeDurable(2, NO_SERVER, {}));
    EXPECT_TRUE(OnlyMessageTo<RequestVote>(driver.Receive(2, 2, TimeoutNow{}), 3).disruptLeader);
    driver.Persist();
    EXPECT_TRUE(OnlyMessageTo<RequestVote>(driver.Tick(Ms(100)), 3).disruptLeader) << "repeated";
    EXPECT_FALSE(OnlyMessageTo<RequestVote>(driver.Tick(Ms(1000)), 3).disruptLeader);
}

TEST(RaftTransfer, ARepeatedOrLateTimeoutNowStartsNothing)
{
    Driver driver(3, MakeDurable(2, NO_SERVER, {}));
    driver.Receive(2, 2, TimeoutNow{});
    ASSERT_EQ(driver.core.GetTerm(), 3U);
    EXPECT_EQ(ReasonIn(driver.Receive(2, 2, TimeoutNow{})), "the leader's term is behind (5.1)");
    EXPECT_EQ(driver.core.GetTerm(), 3U);
}

TEST(RaftTransfer, AServerWithoutAVoteDoesNotStand)
{
    Config config = MakeConfig(1, 3);
    config.servers = {2, 3};
    Driver driver(config);
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, TimeoutNow{})),
              "asked to stand for election, but leads or does not vote");
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(driver.core.GetTerm(), 1U);
}

TEST(RaftTransfer, WhoIsBeingRemovedIsNoTargetAndALeaderThatIsStillHandsOver)
{
    Lockstep servers(4);
    servers.Elect(1);
    ASSERT_TRUE(servers.Change(1, ChangeMembership::Kind::REMOVE, 3).accepted);
    EXPECT_EQ(ReasonIn(servers.Do(1, TransferLeadership{3})),
              "the server to hand over to is no other voter");
    servers.Deliver();
    ASSERT_TRUE(servers.Change(1, ChangeMembership::Kind::REMOVE, 1).accepted);
    servers.Do(1, TransferLeadership{2}); // not committed yet, and 2 does not have it yet
    servers.Deliver();
    EXPECT_EQ(servers.Core(2).GetRole(), Role::LEADER);
    EXPECT_EQ(servers.Core(2).GetMembership(), (Membership{{2, 4}, {}}));
    servers.Pass(Ms(5000));
    EXPECT_EQ(servers.Core(2).GetRole(), Role::LEADER);
    EXPECT_EQ(servers.Core(4).GetLeader(), 2U);
}

} // namespace ns3::raft::test
