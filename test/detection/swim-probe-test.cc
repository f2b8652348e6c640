// One member's probes and its answers to those of others, message by message.
#include "raft/raft-allocation-count.h"
#include "swim-core-fixture.h"

#include <algorithm>
#include <set>

namespace ns3::detection
{

namespace
{

class SwimProbeTest : public SwimCoreFixture
{
  protected:
    /** Begins the first period. @return the ping */
    SwimUpdate::Send FirstPing()
    {
        const SwimUpdate& update = m_core.Tick(Ms(0));
        EXPECT_EQ(update.messages.size(), 1U);
        return update.messages.front();
    }

    /** @return members 2 to 5 but for one */
    static std::vector<uint32_t> OthersThan(uint32_t target)
    {
        std::vector<uint32_t> others{2, 3, 4, 5};
        others.erase(std::remove(others.begin(), others.end(), target), others.end());
        return others;
    }
};

} // namespace

TEST_F(SwimProbeTest, AnAnsweredProbeIsFollowedByTheNextOneAPeriodLater)
{
    EXPECT_EQ(m_core.Deadline(), Ms(0));
    const auto ping = FirstPing();
    EXPECT_EQ(ping.message.type, Type::PING);
    EXPECT_EQ(ping.message.sender, 1U);
    EXPECT_EQ(ping.message.subject, ping.to);
    EXPECT_TRUE(ping.message.statements.empty());
    EXPECT_EQ(m_core.Deadline(), Ms(500));
    EXPECT_TRUE(Hear(Ms(2), Type::ACK, ping.to, ping.message.sequence, ping.to).empty());
    EXPECT_EQ(m_core.Deadline(), Ms(1000));
    const auto next = PassUntil(Ms(1000));
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next.front().message.type, Type::PING);
    EXPECT_NE(next.front().to, ping.to) << "another one in the same round";
    EXPECT_NE(next.front().message.sequence, ping.message.sequence);
}

TEST_F(SwimProbeTest, AnUnansweredOneIsRepeatedThroughThreeOthersAndThenSuspected)
{
    const auto ping = FirstPing();
    EXPECT_TRUE(PassUntil(Ms(499)).empty());
    const auto requests = PassUntil(Ms(500));
    std::set<uint32_t> asked;
    for (const auto& request : requests)
    {
        EXPECT_EQ(request.message.type, Type::PING_REQ);
        EXPECT_EQ(request.message.subject, ping.to);
        EXPECT_EQ(request.message.sequence, ping.message.sequence);
        asked.insert(request.to);
    }
    const auto others = OthersThan(ping.to);
    EXPECT_EQ(asked, std::set<uint32_t>(others.begin(), others.end()));
    EXPECT_EQ(m_core.Deadline(), Ms(1000));
    EXPECT_EQ(m_core.GetStatus(ping.to), SwimStatus::ALIVE);
    const SwimUpdate& update = m_core.Tick(Ms(1000));
    ASSERT_EQ(update.changes.size(), 1U);
    EXPECT_EQ(update.changes.front().member, ping.to);
    EXPECT_EQ(update.changes.front().status, SwimStatus::SUSPECT);
    // The next probe begins at once, and spreads the word.
    ASSERT_EQ(update.messages.size(), 1U);
    EXPECT_EQ(update.messages.front().message.statements,
              (std::vector<SwimStatement>{{SwimStatus::SUSPECT, ping.to, 0, 1}}));
}

TEST_F(SwimProbeTest, AnAnswerThroughAHelperCounts)
{
    const auto ping = FirstPing();
    const auto requests = PassUntil(Ms(500));
    Hear(Ms(510), Type::ACK, requests[1].to, ping.message.sequence, ping.to);
    PassUntil(Ms(1500));
    EXPECT_EQ(m_core.GetStatus(ping.to), SwimStatus::ALIVE);
    EXPECT_EQ(m_core.GetLocalHealth(), 0U);
}

TEST_F(SwimProbeTest, AnAnswerThatNobodyWaitsForIsNone)
{
    const auto ping = FirstPing();
    const uint32_t sequence = ping.message.sequence;
    const auto others = OthersThan(ping.to);
    Hear(Ms(2), Type::ACK, ping.to, sequence + 1, ping.to);
    Hear(Ms(2), Type::ACK, ping.to, sequence, others[0]);
    Hear(Ms(2), Type::ACK, others[0], sequence, ping.to); // was not asked
    Hear(Ms(2), Type::ACK, 6, sequence, ping.to);         // a stranger
    EXPECT_EQ(m_core.Deadline(), Ms(500));
    PassUntil(Ms(1000));
    EXPECT_EQ(m_core.GetStatus(ping.to), SwimStatus::SUSPECT);
}

TEST_F(SwimProbeTest, AnAnswerThatIsReadAfterThePeriodIsTooLate)
{
    const auto ping = FirstPing();
    const auto sent = Hear(Ms(1000), Type::ACK, ping.to, ping.message.sequence, ping.to);
    EXPECT_EQ(m_core.GetStatus(ping.to), SwimStatus::SUSPECT);
    ASSERT_EQ(sent.size(), 4U) << "requests to three others, then the next period's ping";
    EXPECT_EQ(m_core.GetLocalHealth(), 2U) << "a failed probe, and nobody had time to say nack";
}

TEST_F(SwimProbeTest, APauseIsNotMadeUpFor)
{
    const auto ping = FirstPing();
    Hear(Ms(2), Type::ACK, ping.to, ping.message.sequence, ping.to);
    const SwimUpdate& update = m_core.Tick(Ms(7300));
    EXPECT_EQ(update.messages.size(), 1U);
    EXPECT_EQ(m_core.Deadline(), Ms(7800));
}

TEST_F(SwimProbeTest, LocalHealthStretchesTimeoutAndPeriodAndComesBack)
{
    const auto ping = FirstPing();
    const auto requests = PassUntil(Ms(500));
    ASSERT_EQ(requests.size(), 3U);
    for (const auto& request : requests)
    {
        Hear(Ms(900), Type::NACK, request.to, ping.message.sequence, ping.to);
    }
    const SwimUpdate::Send second = PassUntil(Ms(1000)).front();
    EXPECT_EQ(m_core.GetLocalHealth(), 1U) << "a failed probe";
    EXPECT_EQ(m_core.Deadline(), Ms(2000)) << "twice the timeout";
    PassUntil(Ms(2000));
    EXPECT_EQ(m_core.Deadline(), Ms(3000)) << "twice the period";
    const SwimUpdate::Send third = PassUntil(Ms(3000)).front();
    EXPECT_EQ(m_core.GetLocalHealth(), 3U) << "a failed probe, and nacks missed";
    Hear(Ms(3001), Type::ACK, third.to, third.message.sequence, third.to);
    EXPECT_EQ(m_core.GetLocalHealth(), 2U) << "a probe that went well";
    EXPECT_EQ(m_core.Deadline(), Ms(7000)) << "this period was begun with 3";
    EXPECT_NE(second.to, third.to);
}

TEST_F(SwimProbeTest, OneMissingNackIsEnoughToDoubtOneself)
{
    const auto ping = FirstPing();
    const auto requests = PassUntil(Ms(500));
    Hear(Ms(900), Type::NACK, requests[0].to, ping.message.sequence, ping.to);
    Hear(Ms(900), Type::NACK, requests[1].to, ping.message.sequence, ping.to);
    Hear(Ms(900), Type::NACK, requests[1].to, ping.message.sequence, ping.to);
    Hear(Ms(900), Type::NACK, requests[2].to, ping.message.sequence + 1, ping.to);
    PassUntil(Ms(1000));
    EXPECT_EQ(m_core.GetLocalHealth(), 2U);
}

TEST_F(SwimProbeTest, APingIsAnsweredUnlessItIsForSomebodyElse)
{
    const auto answer = Hear(Ms(-1), Type::PING, 3, 42, 1);
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(answer.front().to, 3U);
    EXPECT_EQ(answer.front().message, (SwimMessage{Type::ACK, 1, 42, 1, {}}));
    EXPECT_TRUE(Hear(Ms(-1), Type::PING, 3, 42, 2).empty());
    EXPECT_TRUE(Hear(Ms(-1), Type::PING, 6, 42, 1).empty()) << "a stranger";
}

TEST_F(SwimProbeTest, AHelperPingsAndPassesTheAnswerOn)
{
    const auto ping = Hear(Ms(-10), Type::PING_REQ, 3, 42, 5);
    ASSERT_EQ(ping.size(), 1U);
    EXPECT_EQ(ping.front().to, 5U);
    EXPECT_EQ(ping.front().message.type, Type::PING);
    const uint32_t sequence = ping.front().message.sequence;
    EXPECT_TRUE(Hear(Ms(-9), Type::ACK, 4, sequence, 5).empty()) << "not the one that was pinged";
    const auto answer = Hear(Ms(-8), Type::ACK, 5, sequence, 5);
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(answer.front().to, 3U);
    EXPECT_EQ(answer.front().message, (SwimMessage{Type::ACK, 1, 42, 5, {}}));
    EXPECT_TRUE(Hear(Ms(-7), Type::ACK, 5, sequence, 5).empty()) << "once is enough";
}

TEST_F(SwimProbeTest, AHelperSaysNackAfterFourFifthsOfTheTimeAndStillPassesALateAnswerOn)
{
    const auto ping = Hear(Ms(-1000), Type::PING_REQ, 3, 42, 5);
    EXPECT_EQ(m_core.Deadline(), Ms(-600));
    const auto nack = PassUntil(Ms(-600));
    ASSERT_EQ(nack.size(), 1U);
    EXPECT_EQ(nack.front().to, 3U);
    EXPECT_EQ(nack.front().message, (SwimMessage{Type::NACK, 1, 42, 5, {}}));
    EXPECT_EQ(m_core.Deadline(), Ms(0)) << "once";
    const auto late = Hear(Ms(-550), Type::ACK, 5, ping.front().message.sequence, 5);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late.front().message.type, Type::ACK);
}

TEST_F(SwimProbeTest, AHelperServesTheLatestRequestOfEachMember)
{
    Hear(Ms(-1000), Type::PING_REQ, 3, 42, 5);
    Hear(Ms(-1000), Type::PING_REQ, 2, 17, 5);
    Hear(Ms(-900), Type::PING_REQ, 3, 43, 4);
    EXPECT_TRUE(Hear(Ms(-900), Type::PING_REQ, 3, 44, 3).empty()) << "about itself";
    EXPECT_TRUE(Hear(Ms(-900), Type::PING_REQ, 3, 44, 6).empty()) << "about a stranger";
    EXPECT_TRUE(Hear(Ms(-900), Type::PING_REQ, 3, 44, 1).empty()) << "about the helper";
    const auto nacks = PassUntil(Ms(-500));
    ASSERT_EQ(nacks.size(), 2U);
    EXPECT_EQ(nacks[0].message, (SwimMessage{Type::NACK, 1, 17, 5, {}}));
    EXPECT_EQ(nacks[1].message, (SwimMessage{Type::NACK, 1, 43, 4, {}}));
}

TEST_F(SwimProbeTest, WhereNothingFailsAPeriodAllocatesNothing)
{
    SwimMessage ack{Type::ACK, 0, 0, 0, {}};
    const SwimMessage ping{Type::PING, 2, 7, 1, {}};
    std::size_t before = 0;
    for (int period = 0; period < 1000; ++period)
    {
        before = period == 10 ? raft::test::CountAllocations() : before;
        const Nanos now = m_core.Deadline();
        const SwimUpdate::Send& probe = m_core.Tick(now).messages.front();
        ack.sender = ack.subject = probe.to;
        ack.sequence = probe.message.sequence;
        m_core.Receive(now, ack);
        EXPECT_EQ(m_core.Receive(now, ping).messages.size(), 1U);
    }
    EXPECT_EQ(raft::test::CountAllocations(), before);
}

TEST(SwimConfig, RefusesWhatCannotWorkAndNamesIt)
{
    const auto refusal = [](const std::function<void(SwimConfig&)>& spoil) {
        SwimConfig config;
        config.self = 1;
        config.others = {2, 3};
        spoil(config);
        try
        {
            SwimCore(
                config,
                [] { return 0.5; },
                Nanos(0));
        }
        catch (const std::invalid_argument& error)
        {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(refusal([](SwimConfig&) {}), "");
    const std::vector<std::pair<std::function<void(SwimConfig&)>, std::string>> table{
        {[](SwimConfig& c) { c.self = 0; }, "id"},
        {[](SwimConfig& c) {
             c.others = {2, 2};
         },
         "each once"},
        {[](SwimConfig& c) {
             c.others = {2, 1};
         },
         "each once"},
        {[](SwimConfig& c) { c.others = {0}; }, "above 0"},
        {[](SwimConfig& c) { c.probeTimeout = Nanos(0); }, "ProbeTimeout"},
        {[](SwimConfig& c) { c.probeTimeout = c.probeInterval; }, "ProbeTimeout"},
        {[](SwimConfig& c) { c.suspicionMultiplier = 0; }, "SuspicionMultiplier"},
        {[](SwimConfig& c) { c.suspicionMaxMultiplier = 0; }, "SuspicionMaxMultiplier"},
        {[](SwimConfig& c) { c.retransmitMultiplier = 0; }, "RetransmitMultiplier"},
        {[](SwimConfig& c) { c.maxStatements = 0; }, "room"}};
    for (const auto& [spoil, named] : table)
    {
        EXPECT_NE(refusal(spoil).find(named), std::string::npos) << refusal(spoil);
    }
}

} // namespace ns3::detection
