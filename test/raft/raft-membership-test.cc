// Who belongs to the cluster: dissertation chapter 4, one server at a time, with learners.

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

const Update&
Change(Driver& driver, Kind kind, ServerId server)
{
    return driver.Step(Event{driver.now, 0, ChangeMembership{kind, server}});
}

AppendEntriesReply
Holds(Index index)
{
    return AppendEntriesReply{true, index, index, 0, 0, 0};
}

Config
Joiner(ServerId id)
{
    Config config = MakeConfig(id, 0);
    EXPECT_TRUE(config.servers.empty());
    return config;
}

/** Adds a server, lets it catch up and makes it a voter. */
void
Join(Lockstep& servers, ServerId leader, ServerId id)
{
    servers.Start(Joiner(id));
    ASSERT_TRUE(servers.Change(leader, Kind::ADD_LEARNER, id).accepted);
    servers.Pass(Ms(300));
    ASSERT_TRUE(servers.Core(leader).HasCaughtUp(id));
    ASSERT_TRUE(servers.Change(leader, Kind::PROMOTE, id).accepted);
    servers.Pass(Ms(300));
    ASSERT_TRUE(servers.Core(id).GetMembership().IsVoter(id));
}

} // namespace

TEST(RaftMembership, ComesBackFromItsBytesAsItWas)
{
    for (const Membership& membership :
         {Membership{{1}, {}}, Membership{{1, 2, 3}, {}}, Membership{{2, 9}, {1, 65536}}})
    {
        const std::string bytes = membership.Encode();
        EXPECT_EQ(bytes.size(), 4 + 4 * (membership.voters.size() + membership.learners.size()));
        EXPECT_EQ(Membership::Decode(bytes), membership);
        for (std::size_t size = 0; size < bytes.size(); ++size)
        {
            EXPECT_FALSE(Membership::Decode(bytes.substr(0, size))) << size;
        }
        EXPECT_FALSE(Membership::Decode(bytes + '\0'));
    }
    EXPECT_EQ((Membership{{258}, {3}}).Encode(), std::string("\0\1\0\1\0\0\1\2\0\0\0\3", 12));
}

TEST(RaftMembership, IsRefusedWithListsThatMakeNoSense)
{
    struct
    {
        const char* what;
        Membership membership;
    } const cases[] = {{"no voter", {{}, {1, 2}}},
                       {"nobody", {{}, {}}},
                       {"server 0", {{0, 1}, {}}},
                       {"id out of range", {{1, MAX_SERVER_ID + 1}, {}}},
                       {"learner out of range", {{1}, {~ServerId{0}}}},
                       {"a voter twice", {{1, 1}, {}}},
                       {"voters out of order", {{2, 1}, {}}},
                       {"learners out of order", {{1}, {4, 3}}},
                       {"voter and learner", {{1, 2}, {2}}}};

    for (const auto& c : cases)
    {
        EXPECT_FALSE(Membership::Decode(c.membership.Encode())) << c.what;
    }
}

TEST(RaftMembership, MajoritiesAreOfVoters)
{
    EXPECT_EQ((Membership{{1}, {2, 3, 4}}).QuorumSize(), 1U);
    EXPECT_EQ((Membership{{1, 2}, {}}).QuorumSize(), 2U);
    EXPECT_EQ((Membership{{1, 2, 3}, {4}}).QuorumSize(), 2U);
    EXPECT_EQ((Membership{{1, 2, 3, 4}, {}}).QuorumSize(), 3U);
}

TEST(RaftMembership, AChangeIsInForceFromTheMomentItIsAppended)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    const Update& update = Change(driver, Kind::ADD_LEARNER, 4);
    ASSERT_TRUE(update.proposal.value().accepted);
    EXPECT_EQ(update.proposal->index, 2U);
    EXPECT_TRUE(update.membershipChanged);
    EXPECT_EQ(driver.core.GetMembership(), (Membership{{1, 2, 3}, {4}}));
    EXPECT_EQ(driver.core.GetMembershipIndex(), 2U);
    EXPECT_EQ(OnlyMessageTo<AppendEntries>(driver.Tick(Ms(1100)), 4).prevLogIndex, 2U);
}

struct RefusedChange
{
    const char* name;
    Kind kind;
    ServerId server;
    const char* reason;
};

class RaftRefusedChange : public testing::TestWithParam<RefusedChange>
{
};

TEST_P(RaftRefusedChange, ChangesNothing)
{
    const RefusedChange& c = GetParam();
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    Change(driver, Kind::ADD_LEARNER, 4);
    driver.Receive(2, 1, Holds(2));
    driver.Persist();
    ASSERT_EQ(driver.core.GetCommitIndex(), 2U);
    const Update& update = Change(driver, c.kind, c.server);
    EXPECT_FALSE(update.proposal.value().accepted);
    EXPECT_STREQ(update.proposal->reason, c.reason);
    EXPECT_FALSE(update.membershipChanged);
    EXPECT_EQ(driver.core.GetLastIndex(), 2U);
    EXPECT_EQ(driver.core.GetMembership(), (Membership{{1, 2, 3}, {4}}));
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    RaftRefusedChange,
    testing::Values(
        RefusedChange{"AddNobody", Kind::ADD_LEARNER, 0, "no such server"},
        RefusedChange{"AddTooLarge", Kind::ADD_LEARNER, MAX_SERVER_ID + 1, "no such server"},
        RefusedChange{"AddVoter", Kind::ADD_LEARNER, 2, "the server is a member already"},
        RefusedChange{"AddLearner", Kind::ADD_LEARNER, 4, "the server is a member already"},
        RefusedChange{"PromoteVoter", Kind::PROMOTE, 2, "the server is no learner"},
        RefusedChange{"PromoteStranger", Kind::PROMOTE, 9, "the server is no learner"},
        RefusedChange{"PromoteTooEarly", Kind::PROMOTE, 4, "the learner has not caught up (4.2.1)"},
        RefusedChange{"RemoveStranger", Kind::REMOVE, 9, "the server is no member"},
        RefusedChange{"UnknownKind", static_cast<Kind>(9), 4, "no such change"}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftMembership, TheLastVoterStaysAndFollowersChangeNothing)
{
    Driver alone = Driver::AsLeader(1, 1);
    EXPECT_STREQ(Change(alone, Kind::REMOVE, 1).proposal.value().reason, "no voter would be left");
    Driver follower(3);
    follower.Receive(3, 1, AppendEntries{});
    const Update& update = Change(follower, Kind::REMOVE, 2);
    EXPECT_STREQ(update.proposal.value().reason, "this server does not lead");
    EXPECT_EQ(update.proposal->leader, 3U);
}

/** Ongaro, raft-dev, July 2015: two leaders' changes could otherwise have disjoint majorities. */
TEST(RaftMembership, NoChangeBeforeAnEntryOfTheTermIsCommitted)
{
    Driver driver = Driver::AsLeader(3, 2, {1});
    EXPECT_STREQ(Change(driver, Kind::REMOVE, 3).proposal.value().reason,
                 "this leader has not committed an entry of its term");
    driver.Receive(2, 2, Holds(2));
    EXPECT_TRUE(Change(driver, Kind::REMOVE, 3).proposal.value().accepted);
}

TEST(RaftMembership, OneChangeAtATime)
{
    Driver driver = Driver::AsLeader(5, 1);
    driver.Receive(2, 1, Holds(1));
    driver.Receive(3, 1, Holds(1));
    Change(driver, Kind::REMOVE, 5);
    driver.Persist();
    EXPECT_STREQ(Change(driver, Kind::REMOVE, 4).proposal.value().reason,
                 "the last change is not committed (4.1)");
    driver.Receive(2, 1, Holds(2));
    EXPECT_FALSE(Change(driver, Kind::REMOVE, 4).proposal.value().accepted) << "2 of 4 have it";
    driver.Receive(3, 1, Holds(2));
    EXPECT_TRUE(Change(driver, Kind::REMOVE, 4).proposal.value().accepted);
}

TEST(RaftMembership, LearnersAndStrangersNeitherCommitNorElect)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    Change(driver, Kind::ADD_LEARNER, 4);
    driver.Persist();
    driver.Tick(Ms(1100));
    driver.Receive(4, 1, Holds(2));
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U) << "1 and learner 4 are no majority";
    EXPECT_EQ(ReasonIn(driver.Receive(9, 1, Holds(2))),
              "an answer from a server that is no member");
    EXPECT_EQ(driver.core.GetCommitIndex(), 1U);
    driver.Receive(2, 1, Holds(2));
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);

    DurableState durable = MakeDurable(1, NO_SERVER, {1});
    durable.log.push_back(MembershipEntry(1, {{1, 2, 3}, {4}}));
    Driver candidate(3, durable);
    const Update& update = candidate.Tick(Ms(1000));
    EXPECT_EQ(update.messages.size(), 2U) << "a learner is not asked";
    candidate.Persist();
    candidate.Receive(4, 2, RequestVoteReply{true});
    candidate.Receive(9, 2, RequestVoteReply{true});
    EXPECT_EQ(candidate.core.GetRole(), Role::CANDIDATE);
    candidate.Receive(3, 2, RequestVoteReply{true});
    EXPECT_EQ(candidate.core.GetRole(), Role::LEADER);
}

TEST(RaftMembership, AServerOutsideTheMembershipIsServedAllTheSame)
{
    Config config = MakeConfig(1, 3);
    config.servers = {1, 2};
    Driver driver(config);
    EXPECT_TRUE(OnlyMessageTo<RequestVoteReply>(driver.Receive(9, 1, RequestVote{}), 9).granted)
        << "the own membership may be the outdated one (4.1)";
    EXPECT_TRUE(
        OnlyMessageTo<AppendEntriesReply>(driver.Receive(9, 1, AppendEntries{}), 9).success);
    EXPECT_EQ(driver.core.GetLeader(), 9U);
}

TEST(RaftMembership, ALearnerNeverStandsAndSaysWhenItLosesItsLeader)
{
    DurableState durable = MakeDurable(1, NO_SERVER, {1});
    durable.log.push_back(MembershipEntry(1, {{2, 3}, {1}}));
    Driver driver(3, durable);
    driver.Receive(2, 1, AppendEntries{2, 1, 2, {}, 0});
    const Update& update = driver.Tick(Ms(1000));
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    EXPECT_EQ(driver.core.GetTerm(), 1U);
    EXPECT_TRUE(update.messages.empty());
    EXPECT_EQ(update.deadline, Ms(2000));
    ASSERT_EQ(update.roleChanges.size(), 1U);
    EXPECT_EQ(update.roleChanges[0].leader, NO_SERVER);
    EXPECT_TRUE(driver.Tick(Ms(2000)).roleChanges.empty()) << "no news";
}

TEST(RaftMembership, AServerNoticesChangesOfItsOwnPart)
{
    DurableState durable = MakeDurable(1, NO_SERVER, {1});
    durable.log.push_back(MembershipEntry(1, {{2, 3}, {1}}));
    Driver driver(3, durable);
    const Membership steps[] = {{{1, 2, 3}, {}}, {{2, 3}, {}}, {{2, 3}, {}}};
    const bool news[] = {true, true, false};
    for (Index i = 0; i < 3; ++i)
    {
        const AppendEntries append{2 + i, 1, 2 + i, {MembershipEntry(1, steps[i])}, 0};
        EXPECT_EQ(driver.Receive(2, 1, append).membershipChanged, news[i]) << i;
        EXPECT_EQ(driver.core.GetMembership(), steps[i]);
    }
}

TEST(RaftMembership, ATruncatedChangeIsTakenBack)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    driver.Receive(2, 1, AppendEntries{1, 1, 1, {MembershipEntry(1, {{1, 2}, {}})}, 0});
    ASSERT_EQ(driver.core.GetMembership(), (Membership{{1, 2}, {}}));
    const Update& update = driver.Receive(3, 2, AppendEntries{1, 1, 1, {MakeNoop(2)}, 0});
    EXPECT_EQ(driver.core.GetMembership(), (Membership{{1, 2, 3}, {}}));
    EXPECT_EQ(driver.core.GetMembershipIndex(), 0U);
    EXPECT_TRUE(update.membershipChanged);
    driver.Persist();
    EXPECT_EQ(driver.Tick(Ms(1000)).messages.size(), 2U) << "3 is asked for its vote again";
}

TEST(RaftMembership, ARestartFindsItInTheLogAndTheSnapshot)
{
    DurableState durable = MakeDurable(2, NO_SERVER, {});
    durable.snapshot = Snapshot{3, 1, {{1, 5}, {}}, std::make_shared<const std::string>("x")};
    durable.log = {MakeNoop(1), MembershipEntry(2, {{1, 5}, {6}}), MakeNoop(2)};
    Driver driver(3, durable);
    EXPECT_EQ(driver.core.GetMembership(), (Membership{{1, 5}, {6}}));
    EXPECT_EQ(driver.core.GetMembershipIndex(), 5U);
    driver.Receive(5, 3, AppendEntries{3, 1, 3, {MakeNoop(3)}, 0}); // another history
    EXPECT_EQ(driver.core.GetMembership(), (Membership{{1, 5}, {}})) << "the snapshot's";
    EXPECT_EQ(driver.core.GetMembershipIndex(), 3U);
}

TEST(RaftMembership, ASnapshotCarriesTheMembershipAtItsIndexNotALaterOne)
{
    Driver driver(3, MakeDurable(1, NO_SERVER, {1}));
    driver.Receive(2, 1, AppendEntries{1, 1, 0, {MembershipEntry(1, {{1, 2, 3}, {4}})}, 0});
    driver.Receive(2, 1, AppendEntries{2, 1, 2, {MembershipEntry(1, {{1, 2, 3, 4}, {}})}, 0});
    ASSERT_EQ(driver.core.GetCommitIndex(), 2U);
    const Update& update =
        driver.Step(Event{driver.now, 0, Compact{2, std::make_shared<const std::string>("x")}});
    EXPECT_EQ(update.persist.value().snapshot.value().membership, (Membership{{1, 2, 3}, {4}}));
    EXPECT_EQ(driver.core.GetMembership(), (Membership{{1, 2, 3, 4}, {}}));
    EXPECT_EQ(driver.core.GetMembershipIndex(), 3U);
}

TEST(RaftMembership, AServerThatKnowsNobodyJoinsCatchesUpAndVotes)
{
    Lockstep servers(3);
    servers.Elect(1);
    for (int i = 0; i < 10; ++i)
    {
        servers.Propose(1, "command");
    }
    servers.Deliver();
    Join(servers, 1, 4);
    EXPECT_EQ(servers.Core(4).GetMembership(), (Membership{{1, 2, 3, 4}, {}}));
    EXPECT_EQ(servers.Core(4).GetCommitIndex(), servers.Core(1).GetCommitIndex());
    servers.Crash(2);
    servers.Propose(1, "with 3 of 4");
    servers.Deliver();
    EXPECT_EQ(servers.Core(1).GetCommitIndex(), servers.Core(1).GetLastIndex());
    servers.Crash(3);
    servers.Propose(1, "with 2 of 4");
    servers.Deliver();
    EXPECT_LT(servers.Core(1).GetCommitIndex(), servers.Core(1).GetLastIndex());
}

TEST(RaftMembership, AServerJoinsFromASnapshotOfWhatIsCompactedAway)
{
    Lockstep servers(3);
    servers.Elect(1);
    for (int i = 0; i < 10; ++i)
    {
        servers.Propose(1, "command");
    }
    servers.Deliver();
    servers.Compact(1, "state");
    Join(servers, 1, 4);
    EXPECT_EQ(servers.Restored(4), "state");
    servers.Crash(4);
    servers.Restart(4);
    EXPECT_EQ(servers.Core(4).GetMembership(), (Membership{{1, 2, 3, 4}, {}}));
}

TEST(RaftMembership, ALearnerThatTakesLongerThanATimeoutHasNotCaughtUp)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    Change(driver, Kind::ADD_LEARNER, 4);
    driver.Persist();
    driver.Receive(2, 1, Holds(2));
    driver.Tick(Ms(1100));
    driver.Receive(4, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0}); // a round begins: up to 2
    EXPECT_FALSE(driver.core.HasCaughtUp(4));
    driver.Propose("a");
    driver.now = Ms(2100);
    driver.Receive(4, 1, Holds(2)); // took 1000 ms; the next round is up to 3
    EXPECT_FALSE(driver.core.HasCaughtUp(4));
    driver.now = Ms(3099);
    driver.Receive(4, 1, Holds(3));
    EXPECT_TRUE(driver.core.HasCaughtUp(4));
    EXPECT_TRUE(Change(driver, Kind::PROMOTE, 4).proposal.value().accepted);
}

TEST(RaftMembership, ALearnerThatFellSilentIsNotPromoted)
{
    Driver driver = Driver::AsLeader(3, 1);
    driver.Receive(2, 1, Holds(1));
    Change(driver, Kind::ADD_LEARNER, 4);
    driver.Persist();
    driver.Receive(2, 1, Holds(2));
    driver.Tick(Ms(1100)); // the first heartbeat to 4
    driver.Receive(4, 1, Holds(2));
    ASSERT_TRUE(driver.core.HasCaughtUp(4));
    driver.Tick(driver.now + Ms(999));
    EXPECT_TRUE(driver.core.HasCaughtUp(4));
    driver.Tick(driver.now + Ms(1));
    EXPECT_FALSE(driver.core.HasCaughtUp(4));
    EXPECT_FALSE(Change(driver, Kind::PROMOTE, 4).proposal.value().accepted);
}

} // namespace ns3::raft::test
