// Reads that do not go through the log: dissertation 6.4 (ReadIndex) and 6.4.1 (leases).

#include "raft-test-support.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::raft::test
{

namespace
{

Config
LeaseConfig(double drift = 0)
{
    Config config = MakeConfig(1, 3);
    config.readMode = ReadMode::LEASE;
    config.checkQuorum = true;
    config.leaderStickiness = true;
    config.maxClockDrift = drift;
    return config;
}

/** Server 1 leads term 1 and has committed its no-op; its round at 1000 ms is answered. */
Driver
MakeLeader(const Config& config, bool commit = true)
{
    Driver driver(config);
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.Receive(2, 1, RequestVoteReply{true});
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    driver.Persist();
    if (commit)
    {
        driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, 1});
        EXPECT_EQ(driver.core.GetCommitIndex(), 1U);
    }
    return driver;
}

const Update&
ReadAt(Driver& driver, uint64_t context)
{
    return driver.Step(Event{driver.now, 0, Read{context}});
}

uint64_t
RoundTo(const Update& update, ServerId peer)
{
    return OnlyMessageTo<AppendEntries>(update, peer).round;
}

AppendEntriesReply
AnswerTo(uint64_t round, Index match = 1)
{
    return AppendEntriesReply{true, match, match, 0, 0, round};
}

/** "+7 -8": 7 is answered, 8 is refused. */
std::string
Results(const Update& update)
{
    std::string results;
    for (const ReadResult& read : update.reads)
    {
        results += (results.empty() ? "" : " ") + std::string(read.accepted ? "+" : "-") +
                   std::to_string(read.context);
    }
    return results;
}

} // namespace

TEST(RaftRead, IsAnsweredOnceAMajorityHasAnsweredARoundThatBeganAfterIt)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    const Update& asked = ReadAt(driver, 7);
    EXPECT_EQ(Results(asked), "");
    const uint64_t round = RoundTo(asked, 2);
    EXPECT_EQ(RoundTo(asked, 3), round);
    EXPECT_EQ(Results(driver.Receive(3, 1, AnswerTo(round - 1, 0))), "") << "an earlier round";
    EXPECT_EQ(Results(driver.Receive(3, 1, AnswerTo(round, 0))), "+7");
    EXPECT_EQ(Results(driver.Receive(2, 1, AnswerTo(round))), "") << "answered once";
}

TEST(RaftRead, ARefusalOfARoundProvesLeadershipAsWell)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    const uint64_t round = RoundTo(ReadAt(driver, 7), 3);
    EXPECT_EQ(Results(driver.Receive(3, 1, AppendEntriesReply{false, 1, 0, 1, 0, round})), "+7");
}

TEST(RaftRead, IsNotAnsweredBeforeAnEntryOfTheTermIsCommitted)
{
    Driver driver = MakeLeader(MakeConfig(1, 3), false);
    const uint64_t round = RoundTo(ReadAt(driver, 7), 3);
    EXPECT_EQ(Results(driver.Receive(3, 1, AnswerTo(round, 0))), "")
        << "earlier leaders may have committed what this one does not know to be committed";
    const Update& update = driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, round});
    EXPECT_EQ(Results(update), "+7");
    EXPECT_EQ(update.applied.size(), 1U) << "answered from the state after these";
}

TEST(RaftRead, ReadsDuringARoundShareTheNextOne)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    const uint64_t round = RoundTo(ReadAt(driver, 1), 2);
    EXPECT_TRUE(ReadAt(driver, 2).messages.empty());
    EXPECT_TRUE(ReadAt(driver, 3).messages.empty());
    const Update& first = driver.Receive(2, 1, AnswerTo(round));
    EXPECT_EQ(Results(first), "+1") << "2 and 3 came after the round had begun";
    EXPECT_EQ(RoundTo(first, 3), round + 1);
    EXPECT_EQ(Results(driver.Receive(3, 1, AnswerTo(round))), "");
    EXPECT_EQ(Results(driver.Receive(3, 1, AnswerTo(round + 1))), "+2 +3");
}

TEST(RaftRead, ALostRoundIsMadeUpForByTheNextHeartbeat)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    ReadAt(driver, 1);
    const Update& beat = driver.Tick(Ms(1100));
    EXPECT_EQ(Results(driver.Receive(2, 1, AnswerTo(RoundTo(beat, 2)))), "+1");
}

TEST(RaftRead, AnAnswerToARoundThatHasNotBegunIsRefused)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    const uint64_t round = RoundTo(ReadAt(driver, 1), 2);
    const Update& update = driver.Receive(2, 1, AnswerTo(round + 1));
    EXPECT_EQ(ReasonIn(update), "answers a round of heartbeats that has not begun");
    EXPECT_EQ(Results(update), "");
}

TEST(RaftRead, AnAnswerOfAnEarlierTermDoesNotCount)
{
    Driver driver = Driver::AsLeader(3, 3, {1});
    driver.Receive(2, 3, AppendEntriesReply{true, 1, 2, 0, 0, 1});
    const uint64_t round = RoundTo(ReadAt(driver, 1), 2);
    EXPECT_EQ(Results(driver.Receive(2, 2, AnswerTo(round))), "");
}

TEST(RaftRead, SteppingDownRefusesAllThatWait)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    ReadAt(driver, 1);
    ReadAt(driver, 2);
    const Update& update = driver.Receive(3, 2, AppendEntries{});
    EXPECT_EQ(Results(update), "-1 -2");
    EXPECT_EQ(update.reads[0].leader, 3U) << "whom to ask instead";
    const Update& late = ReadAt(driver, 3);
    EXPECT_EQ(Results(late), "-3");
    EXPECT_EQ(late.reads[0].leader, 3U);
}

TEST(RaftRead, ALeaderInAMinorityNeverAnswers)
{
    Config config = MakeConfig(1, 3);
    for (const bool checkQuorum : {false, true})
    {
        config.checkQuorum = checkQuorum;
        Driver driver = MakeLeader(config);
        EXPECT_EQ(Results(ReadAt(driver, 1)), "");
        std::string results;
        for (int at = 1100; at < 5000; at += 100)
        {
            results += Results(driver.Tick(Ms(at)));
        }
        EXPECT_EQ(results, checkQuorum ? "-1" : "");
    }
}

TEST(RaftRead, ASingleServerAnswersAtOnce)
{
    Driver driver = Driver::AsLeader(1, 1);
    ASSERT_EQ(driver.core.GetCommitIndex(), 1U);
    EXPECT_EQ(Results(ReadAt(driver, 1)), "+1");
}

TEST(RaftRead, AStreamOfReadsDoesNotDelayHeartbeats)
{
    Driver driver = MakeLeader(MakeConfig(1, 3));
    TimePoint deadline{};
    for (int i = 1; i <= 9; ++i)
    {
        driver.now = Ms(1000 + 10 * i);
        const Update& update = ReadAt(driver, i);
        const uint64_t round = RoundTo(update, 2);
        deadline = driver.Receive(2, 1, AnswerTo(round)).deadline;
    }
    EXPECT_EQ(deadline, Ms(1100)) << "what is checked with each heartbeat would never be";
}

TEST(RaftLease, NeedsCheckQuorumAndStickiness)
{
    for (const bool checkQuorum : {false, true})
    {
        for (const bool stickiness : {false, true})
        {
            Config config = LeaseConfig();
            config.checkQuorum = checkQuorum;
            config.leaderStickiness = stickiness;
            if (checkQuorum && stickiness)
            {
                EXPECT_NO_THROW(CheckConfig(config));
            }
            else
            {
                EXPECT_THROW(CheckConfig(config), std::invalid_argument);
            }
        }
    }
}

struct LeaseCase
{
    const char* name;
    double drift;
    Duration until; //!< end of the lease of the round at 1000 ms
};

class RaftLeaseLength : public testing::TestWithParam<LeaseCase>
{
};

TEST_P(RaftLeaseLength, EndsBeforeAVotersPromiseOnAnyTwoClocks)
{
    const LeaseCase& c = GetParam();
    Driver within = MakeLeader(LeaseConfig(c.drift));
    within.now = c.until - Duration(10);
    EXPECT_EQ(Results(ReadAt(within, 1)), "+1");
    Driver beyond = MakeLeader(LeaseConfig(c.drift));
    beyond.now = c.until + Duration(10);
    const Update& update = ReadAt(beyond, 1);
    EXPECT_EQ(Results(update), "") << "a round is needed";
    EXPECT_EQ(Results(beyond.Receive(2, 1, AnswerTo(RoundTo(update, 2)))), "+1");
}

INSTANTIATE_TEST_SUITE_P(Drifts,
                         RaftLeaseLength,
                         testing::Values(LeaseCase{"None", 0, Ms(2000)},
                                         LeaseCase{"TenPercent", 0.1, Ms(1000 + 1000 * 0.9 / 1.1)},
                                         LeaseCase{"AThird", 1.0 / 3, Ms(1500)}),
                         [](const auto& tested) { return tested.param.name; });

TEST(RaftLease, CountsFromWhenTheRoundWasSentNotAnswered)
{
    Driver driver = MakeLeader(LeaseConfig());
    const uint64_t round = RoundTo(driver.Tick(Ms(1100)), 2);
    driver.now = Ms(1600);
    driver.Receive(2, 1, AnswerTo(round));
    driver.now = Ms(2050);
    EXPECT_EQ(Results(ReadAt(driver, 1)), "+1");
    driver.now = Ms(2100);
    EXPECT_EQ(Results(ReadAt(driver, 2)), "");
}

TEST(RaftLease, IsNoneBeforeAnEntryOfTheTermIsCommitted)
{
    Driver driver = MakeLeader(LeaseConfig(), false);
    driver.Receive(2, 1, AnswerTo(1, 0));
    EXPECT_EQ(Results(ReadAt(driver, 1)), "");
}

TEST(RaftLease, EndsForGoodWhenLeadershipIsHandedOver)
{
    Driver driver = MakeLeader(LeaseConfig());
    ASSERT_EQ(Results(ReadAt(driver, 1)), "+1");
    OnlyMessageTo<TimeoutNow>(driver.Step(Event{driver.now, 0, TransferLeadership{2}}), 2);
    EXPECT_EQ(Results(ReadAt(driver, 2)), "");
    for (int at = 1100; at <= 3000; at += 100)
    {
        driver.Receive(2, 1, AnswerTo(RoundTo(driver.Tick(Ms(at)), 2)));
    }
    ASSERT_FALSE(driver.core.IsTransferring());
    EXPECT_EQ(Results(ReadAt(driver, 3)), "") << "TimeoutNow may still be on its way";
}

TEST(RaftLease, EndsWhenTheClockRunsBackwards)
{
    Driver driver = MakeLeader(LeaseConfig());
    driver.now = Ms(999);
    EXPECT_EQ(Results(ReadAt(driver, 1)), "");
    driver.now = Ms(1001);
    EXPECT_EQ(Results(ReadAt(driver, 2)), "") << "not for this term";
}

/** The moments of a clock that is behind are not those at which rounds were really sent. */
TEST(RaftLease, IsNoneInATermWonWhileTheClockWasBehind)
{
    Driver driver(LeaseConfig());
    driver.Tick(Ms(1000));
    driver.Persist();
    driver.now = Ms(500); // stands still at 1000
    driver.Receive(2, 1, RequestVoteReply{true});
    ASSERT_EQ(driver.core.GetRole(), Role::LEADER);
    driver.now = Ms(1600); // more than a timeout after the no-op was sent
    driver.Persist();
    driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0, 1});
    ASSERT_EQ(driver.core.GetCommitIndex(), 1U);
    EXPECT_EQ(Results(ReadAt(driver, 1)), "");
}

TEST(RaftLease, ARestartedVoterKeepsThePromiseThatItMayHaveGiven)
{
    Driver driver(LeaseConfig(), MakeDurable(3, NO_SERVER, {1}));
    driver.now = Ms(999);
    EXPECT_TRUE(driver.Receive(3, 4, RequestVote{1, 1}).messages.empty());
    EXPECT_EQ(driver.core.GetTerm(), 3U);
    Driver later(LeaseConfig(), MakeDurable(3, NO_SERVER, {1}));
    later.random = 0.9;
    later.now = Ms(1000);
    EXPECT_TRUE(OnlyMessageTo<RequestVoteReply>(later.Receive(3, 4, RequestVote{1, 1}), 3).granted);

    Driver without(MakeConfig(1, 3), MakeDurable(3, NO_SERVER, {1}));
    EXPECT_TRUE(
        OnlyMessageTo<RequestVoteReply>(without.Receive(3, 4, RequestVote{1, 1}), 3).granted);
}

TEST(RaftLease, OfATermOfLongAgoIsNone)
{
    Driver driver = MakeLeader(LeaseConfig());
    // 3 answers so that 1 stays, 100 rounds later, of which nobody has answered the latest.
    for (int i = 0; i < 100; ++i)
    {
        ReadAt(driver, 1000 + i);
        driver.now += Ms(5);
        driver.Receive(3, 1, AnswerTo(1, 0));
        driver.Tick(driver.now);
    }
    driver.now = Ms(2001);
    EXPECT_EQ(Results(ReadAt(driver, 1)), "");
}

} // namespace ns3::raft::test
