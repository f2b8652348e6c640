#include "fake-model.h"
#include "host/simulation-test.h"

#include "ns3/double.h"
#include "ns3/neural-failure-detector.h"
#include "ns3/neural-observer.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <memory>
#include <stdexcept>
#include <vector>

namespace ns3
{

/**
 * Node 1 watches 2 and 3, from whom heartbeats come at 50 ms past every 100 ms. The network
 * suspects after 200 ms of silence (FakeModel); windows have three rows, the delay is 2 ms.
 */
class NeuralFailureDetectorTest : public SimulationTest
{
  protected:
    struct Change
    {
        Time time;
        uint32_t target;
        bool suspected;

        bool operator==(const Change& o) const
        {
            return time == o.time && target == o.target && suspected == o.suspected;
        }
    };

    void SetUp() override
    {
        SimulationTest::SetUp();
        m_clock = CreateObject<NodeClock>();
        m_cpu = CreateObject<NodeCpu>();
        m_cpu->AssignStreams(1);
        m_observer = CreateObject<NeuralObserver>();
        m_observer->SetAttribute("WindowLength", UintegerValue(3));
        m_observer->Setup(1, m_clock, {2, 3});
        m_service = CreateObject<NeuralInferenceService>();
        m_service->SetModel(std::make_unique<neural::FakeModel>(3, m_record));
        m_detector = CreateObject<NeuralFailureDetector>();
        m_detector->Setup(m_observer, m_cpu, m_service);
        m_detector->TraceConnectWithoutContext(
            "Verdict",
            MakeCallback(&NeuralFailureDetectorTest::OnVerdict, this));
        m_detector->TraceConnectWithoutContext(
            "Suspicion",
            MakeCallback(&NeuralFailureDetectorTest::OnSuspicion, this));
    }

    void TearDown() override
    {
        m_detector->Dispose();
        m_observer->Dispose();
        m_service->Dispose();
        SimulationTest::TearDown();
    }

    void OnVerdict(const NeuralVerdict& verdict)
    {
        m_verdicts.emplace_back(Simulator::Now(), verdict);
    }

    void OnSuspicion(Time time, uint32_t observer, uint32_t target, bool suspected, double level)
    {
        EXPECT_EQ(time, Simulator::Now());
        EXPECT_EQ(observer, 1U);
        EXPECT_GE(level, 0);
        EXPECT_LE(level, 1 + 1e-6);
        m_changes.push_back({time, target, suspected});
    }

    /** Heartbeats of a peer arrive from `from` on, every 100 ms, the last before `to`. */
    void Beat(uint32_t peer, Time from, Time to)
    {
        for (Time t = from; t < to; t += MilliSeconds(100))
        {
            At(t, [this, peer]() { Receive(peer); });
        }
    }

    /** A heartbeat reaches the host, and the detector once its CPU gets to it. */
    void Receive(uint32_t peer)
    {
        m_cpu->Execute([this, peer]() {
            detection::PeerArrival arrival;
            arrival.peer = peer;
            arrival.sequence = ++m_sequence;
            arrival.arrived = m_clock->Now();
            arrival.peerClock = m_clock->Now();
            m_observer->OnArrival(arrival);
        });
    }

    void Start()
    {
        m_observer->SetUp(true);
    }

    using Changes = std::vector<Change>;

    Ptr<NodeClock> m_clock;
    Ptr<NodeCpu> m_cpu;
    Ptr<NeuralObserver> m_observer;
    Ptr<NeuralInferenceService> m_service;
    Ptr<NeuralFailureDetector> m_detector;
    neural::FakeModel::Record m_record;
    uint64_t m_sequence{0};
    std::vector<std::pair<Time, NeuralVerdict>> m_verdicts;
    Changes m_changes;
};

TEST_F(NeuralFailureDetectorTest, JudgesEveryPeerAtEveryTickOnceItsWindowIsComplete)
{
    Start();
    Beat(2, MilliSeconds(50), Seconds(1));
    Beat(3, MilliSeconds(50), Seconds(1));
    RunUntil(MilliSeconds(550));
    ASSERT_EQ(m_verdicts.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i)
    {
        const auto& [now, verdict] = m_verdicts[i];
        EXPECT_EQ(verdict.time, MilliSeconds(300 + 100 * (i / 2)));
        EXPECT_EQ(now, verdict.time + MilliSeconds(2));
        EXPECT_EQ(verdict.observer, 1U);
        EXPECT_EQ(verdict.target, 2 + i % 2);
        EXPECT_EQ(verdict.failureClass, neural::FailureClass::HEALTHY);
        EXPECT_NEAR(verdict.confidence, 1 - 0.05 / 0.4, 1e-6);
    }
    EXPECT_EQ(m_record.batches.size(), 3U) << "one pass per tick";
    EXPECT_TRUE(m_changes.empty());
    EXPECT_EQ(m_detector->GetVerdict(2)->time, MilliSeconds(500));
    EXPECT_FALSE(m_detector->GetVerdict(9).has_value());
}

TEST_F(NeuralFailureDetectorTest, SuspectsBetweenTicksWhenAHeartbeatIsOverdue)
{
    Start();
    Beat(2, MilliSeconds(50), Seconds(5));
    Beat(3, MilliSeconds(50), Seconds(2)); // the last one at 1.95 s
    RunUntil(Seconds(3));
    // Overdue at 2.10; looked at there and every 25 ms: silence of 200 ms is seen at 2.15.
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(2152), 3, true}}));
    EXPECT_TRUE(m_detector->IsSuspected(3));
    EXPECT_FALSE(m_detector->IsSuspected(2));
    EXPECT_GE(m_detector->GetLevel(3), 0.5);
    EXPECT_LT(m_detector->GetLevel(2), 0.5);
}

TEST_F(NeuralFailureDetectorTest, GivesItsClassAtTicksOnly)
{
    Start();
    Beat(2, MilliSeconds(50), Seconds(2));
    RunUntil(Seconds(3));
    for (const auto& [now, verdict] : m_verdicts)
    {
        EXPECT_EQ(verdict.time.GetMilliSeconds() % 100, 0);
    }
    EXPECT_EQ(m_detector->GetVerdict(2)->failureClass, neural::FailureClass::CRASHED);
}

TEST_F(NeuralFailureDetectorTest, TrustsAgainSoonAfterAnArrival)
{
    Start();
    Beat(2, MilliSeconds(50), Seconds(1));
    Beat(2, MilliSeconds(1530), Seconds(3));
    Beat(3, MilliSeconds(50), Seconds(3));
    RunUntil(MilliSeconds(2500));
    ASSERT_EQ(m_changes.size(), 2U);
    EXPECT_EQ(m_changes[0], (Change{MilliSeconds(1152), 2, true}));
    EXPECT_EQ(m_changes[1], (Change{MilliSeconds(1532), 2, false})) << "not only at the next tick";
}

TEST_F(NeuralFailureDetectorTest, PassesOverAResultThatAnArrivalHasOvertaken)
{
    Start();
    Beat(3, MilliSeconds(50), Seconds(3));
    Beat(2, MilliSeconds(50), Seconds(1));
    // The window of 1.150 says suspected, but at 1.151 the heartbeat is there.
    At(MilliSeconds(1151), [this]() { Receive(2); });
    Beat(2, MilliSeconds(1240), Seconds(3));
    RunUntil(MilliSeconds(2500));
    EXPECT_TRUE(m_changes.empty());
}

TEST_F(NeuralFailureDetectorTest, SuspectsAtTheHardTimeoutWhateverTheNetworkSays)
{
    m_detector->SetAttribute("SuspectClasses", StringValue("byzantine")); // never said here
    Start();
    Beat(2, MilliSeconds(50), Seconds(1));
    Beat(3, MilliSeconds(50), Seconds(9));
    At(MilliSeconds(4321), [this]() { Receive(2); });
    RunUntil(Seconds(6));
    EXPECT_EQ(m_changes,
              (Changes{{MilliSeconds(2950), 2, true}, // silent since 950 ms
                       {MilliSeconds(4323), 2, false}}));
}

TEST_F(NeuralFailureDetectorTest, HasOnlyTheHardTimeoutUntilTheWindowIsComplete)
{
    m_detector->SetAttribute("HardTimeout", TimeValue(MilliSeconds(250)));
    Start();
    At(MilliSeconds(10), [this]() { Receive(3); });
    RunUntil(MilliSeconds(290));
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(250), 2, true}, {MilliSeconds(260), 3, true}}));
    EXPECT_TRUE(m_verdicts.empty());
    At(MilliSeconds(295), [this]() { Receive(2); });
    RunUntil(MilliSeconds(299));
    EXPECT_FALSE(m_detector->IsSuspected(2)) << "an arrival is all there is to go by";
}

TEST_F(NeuralFailureDetectorTest, CountsTheNamedClassesAgainstTheThreshold)
{
    m_detector->SetAttribute("SuspectClasses", StringValue("crashed,partitioned,slow"));
    m_detector->SetAttribute("SuspicionThreshold", DoubleValue(0.75)); // 300 ms of silence
    EXPECT_EQ(m_detector->GetSuspectClasses(), "crashed,partitioned,slow");
    Start();
    Beat(2, MilliSeconds(50), Seconds(1));
    Beat(3, MilliSeconds(50), Seconds(3));
    RunUntil(Seconds(2));
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(1252), 2, true}}));
}

TEST_F(NeuralFailureDetectorTest, RefusesAClassThatDoesNotExist)
{
    EXPECT_THROW(m_detector->SetSuspectClasses("crashed,broken"), std::invalid_argument);
    EXPECT_EQ(m_detector->GetSuspectClasses(), "crashed,partitioned");
}

TEST_F(NeuralFailureDetectorTest, IsSilentWhileDownAndStartsWithTrust)
{
    Start();
    Beat(2, MilliSeconds(50), Seconds(1));
    Beat(3, MilliSeconds(50), Seconds(9));
    At(MilliSeconds(1501), [this]() { m_observer->SetUp(false); }); // a window is on its way
    At(MilliSeconds(3010), [this]() { m_observer->SetUp(true); });
    RunUntil(MilliSeconds(3150));
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(1152), 2, true}, {MilliSeconds(3010), 2, false}}));
    EXPECT_EQ(m_verdicts.back().first, MilliSeconds(1402));
    RunUntil(MilliSeconds(3350));
    EXPECT_EQ(m_verdicts.back().second.time, MilliSeconds(3300)) << "three ticks later";
}

TEST_F(NeuralFailureDetectorTest, AHostThatPausedReadsBeforeItJudges)
{
    Start();
    Beat(2, MilliSeconds(50), Seconds(9));
    Beat(3, MilliSeconds(50), Seconds(9));
    At(MilliSeconds(1010), [this]() { m_cpu->PauseFor(MilliSeconds(2900)); });
    RunUntil(Seconds(5));
    EXPECT_TRUE(m_changes.empty());
}

TEST_F(NeuralFailureDetectorTest, LooksLaterAtAPeerWhoseHeartbeatsAreIrregular)
{
    m_detector->SetAttribute("OverdueDeviations", DoubleValue(100));
    Start();
    Beat(3, MilliSeconds(50), Seconds(9));
    // Intervals of 80 and 120 ms: overdue 150 ms + 100 x 20 ms after the last one.
    for (Time t = MilliSeconds(50); t < Seconds(2); t += MilliSeconds(200))
    {
        At(t, [this]() { Receive(2); });
        At(t + MilliSeconds(80), [this]() { Receive(2); });
    }
    RunUntil(MilliSeconds(2600));
    // The last one came at 1.93 s; ticks find 200 ms of silence at 2.2 s.
    EXPECT_EQ(m_changes, (Changes{{MilliSeconds(2202), 2, true}}));
}

} // namespace ns3
