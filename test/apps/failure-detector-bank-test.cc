#include "host/simulation-test.h"

#include "ns3/failure-detector-bank-helper.h"
#include "ns3/failure-detector-bank.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"

#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{

/** Node 1 watches 2 and 3; heartbeats reach it through its CPU. */
class FailureDetectorBankTest : public SimulationTest
{
  protected:
    using Change = std::tuple<Time, uint32_t, std::string, bool>;

    void SetUp() override
    {
        SimulationTest::SetUp();
        m_clock = CreateObject<NodeClock>();
        m_cpu = CreateObject<NodeCpu>();
        m_cpu->AssignStreams(1);
        m_bank = CreateObject<FailureDetectorBank>();
        m_bank->Setup(1, m_clock, m_cpu, {3, 2});
        m_bank->TraceConnectWithoutContext(
            "Suspicion",
            MakeCallback(&FailureDetectorBankTest::OnSuspicion, this));
    }

    void TearDown() override
    {
        m_bank->Dispose();
        SimulationTest::TearDown();
    }

    void OnSuspicion(Time time,
                     uint32_t observer,
                     uint32_t target,
                     const std::string& detector,
                     bool suspected,
                     double level)
    {
        EXPECT_EQ(time, Simulator::Now());
        EXPECT_EQ(observer, 1U);
        m_changes.emplace_back(time, target, detector, suspected);
        m_levels.push_back(level);
    }

    void Add(const std::string& label, const std::string& spec)
    {
        m_bank->AddDetector(label, detection::ParseDetectorSpec(spec));
    }

    void Receive(uint32_t peer)
    {
        m_cpu->Execute([this, peer]() {
            detection::PeerArrival arrival;
            arrival.peer = peer;
            arrival.sequence = ++m_sequence;
            arrival.arrived = m_clock->Now();
            arrival.peerClock = m_clock->Now();
            m_bank->OnArrival(arrival);
        });
    }

    void Beat(uint32_t peer, Time from, Time to)
    {
        for (Time t = from; t < to; t += MilliSeconds(100))
        {
            At(t, [this, peer]() { Receive(peer); });
        }
    }

    using Changes = std::vector<Change>;

    Ptr<NodeClock> m_clock;
    Ptr<NodeCpu> m_cpu;
    Ptr<FailureDetectorBank> m_bank;
    uint64_t m_sequence{0};
    Changes m_changes;
    std::vector<double> m_levels;
};

TEST_F(FailureDetectorBankTest, SuspectsAtTheDeadlineAndTrustsAtTheNextArrival)
{
    Add("fixed", "fixed-timeout:timeout=300ms");
    m_bank->SetUp(true);
    Beat(2, MilliSeconds(33), Seconds(1)); // the last at 933 ms
    At(MilliSeconds(1777), [this]() { Receive(2); });
    Beat(3, MilliSeconds(60), Seconds(3));
    RunUntil(Seconds(2));
    EXPECT_EQ(
        m_changes,
        (Changes{{MilliSeconds(1233), 2, "fixed", true}, {MilliSeconds(1777), 2, "fixed", false}}));
    EXPECT_DOUBLE_EQ(m_levels[0], 1);
    EXPECT_DOUBLE_EQ(m_levels[1], 0);
    EXPECT_FALSE(m_bank->IsSuspected("fixed", 2));
}

TEST_F(FailureDetectorBankTest, ADeadlineAtTheMomentOfAnArrivalComesFirst)
{
    Add("fixed", "fixed-timeout:timeout=300ms");
    m_bank->SetUp(true);
    Beat(3, MilliSeconds(50), Seconds(2));
    // The arrival at 400 ms stands in the event list before the timer that waits for then.
    At(MilliSeconds(100), [this]() { Receive(2); });
    At(MilliSeconds(400), [this]() { Receive(2); });
    RunUntil(MilliSeconds(600));
    EXPECT_EQ(
        m_changes,
        (Changes{{MilliSeconds(400), 2, "fixed", true}, {MilliSeconds(400), 2, "fixed", false}}));
}

TEST_F(FailureDetectorBankTest, RunsManyDetectorsOnTheSameArrivals)
{
    Add("fast", "fixed-timeout:timeout=150ms");
    Add("slow", "fixed-timeout:timeout=600ms");
    Add("phi", "phi-gaussian");
    m_bank->SetUp(true);
    Beat(2, MilliSeconds(50), Seconds(4));
    Beat(3, MilliSeconds(50), Seconds(9));
    RunUntil(Seconds(5));
    ASSERT_EQ(m_changes.size(), 3U);
    EXPECT_EQ(m_changes[0], Change(MilliSeconds(4100), 2, "fast", true));
    EXPECT_EQ(m_changes[2], Change(MilliSeconds(4550), 2, "slow", true));
    // Regular heartbeats: deviation at its floor of 10 ms, so 100 + 5.61 x 10 ms, and the guess of
    // the beginning (deviation 25 ms, weight 2 of 41) adds less than a millisecond.
    EXPECT_EQ(std::get<2>(m_changes[1]), "phi");
    EXPECT_NEAR(std::get<0>(m_changes[1]).GetSeconds(), 3.950 + 0.156, 0.002);
    EXPECT_NEAR(m_levels[1], 8, 1e-3);
    EXPECT_TRUE(m_bank->IsSuspected("phi", 2));
    EXPECT_FALSE(m_bank->IsSuspected("phi", 3));
    EXPECT_FALSE(m_bank->IsSuspected("other", 2));
}

TEST_F(FailureDetectorBankTest, SuspectsAPeerItNeverHeardOf)
{
    Add("fixed", "fixed-timeout");
    At(MilliSeconds(200), [this]() { m_bank->SetUp(true); });
    Beat(3, MilliSeconds(250), Seconds(9));
    RunUntil(Seconds(2));
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(700), 2, "fixed", true}}));
}

TEST_F(FailureDetectorBankTest, MeasuresOnTheHostsOwnClock)
{
    m_clock->SetOffset(Seconds(-50));
    m_clock->SetDrift(100000); // a tenth too fast
    Add("fixed", "fixed-timeout:timeout=1100ms");
    m_bank->SetUp(true);
    RunUntil(Seconds(2));
    ASSERT_EQ(m_changes.size(), 2U);
    EXPECT_NEAR(std::get<0>(m_changes[0]).GetSeconds(), 1, 1e-6);
}

TEST_F(FailureDetectorBankTest, AHostThatPausedReadsBeforeItJudges)
{
    Add("fixed", "fixed-timeout:timeout=300ms");
    m_bank->SetUp(true);
    Beat(2, MilliSeconds(50), Seconds(4));
    Beat(3, MilliSeconds(50), Seconds(9));
    At(MilliSeconds(1010), [this]() { m_cpu->PauseFor(Seconds(2)); });
    RunUntil(Seconds(5));
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(4250), 2, "fixed", true}}));
}

TEST_F(FailureDetectorBankTest, IsSilentWhileDownAndStartsWithTrust)
{
    Add("fixed", "fixed-timeout:timeout=300ms");
    m_bank->SetUp(true);
    Beat(2, MilliSeconds(50), Seconds(1));
    Beat(3, MilliSeconds(50), Seconds(2));
    At(MilliSeconds(1500), [this]() { m_bank->SetUp(false); });
    At(MilliSeconds(4000), [this]() { m_bank->SetUp(true); });
    RunUntil(Seconds(5));
    EXPECT_EQ(m_changes,
              (Changes{{MilliSeconds(1250), 2, "fixed", true},
                       {MilliSeconds(4000), 2, "fixed", false},
                       {MilliSeconds(4300), 2, "fixed", true},
                       {MilliSeconds(4300), 3, "fixed", true}}));
}

TEST_F(FailureDetectorBankTest, IgnoresPeersItDoesNotWatch)
{
    Add("fixed", "fixed-timeout:timeout=300ms");
    m_bank->SetUp(true);
    At(MilliSeconds(100), [this]() { Receive(9); });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_changes.size(), 2U);
}

TEST_F(FailureDetectorBankTest, RefusesDetectorsThatCannotBe)
{
    Add("fixed", "fixed-timeout");
    EXPECT_THROW(Add("fixed", "phi-gaussian"), std::invalid_argument);
    EXPECT_THROW(Add("x", "no-such-detector"), std::invalid_argument);
    EXPECT_THROW(Add("x", "fixed-timeout:timeout=soon"), std::invalid_argument);
}

TEST(FailureDetectorBankHelper, RefusesWhatItCannotInstall)
{
    FailureDetectorBankHelper helper;
    helper.Add("fixed-timeout");
    helper.Add("fixed-timeout:timeout=1s");
    EXPECT_THROW(helper.Add("fixed-timeout:timeout=1s"), std::invalid_argument);
    EXPECT_THROW(helper.Add("neural"), std::invalid_argument);
    EXPECT_THROW(helper.Add(""), std::invalid_argument);
}

} // namespace ns3
