#include "host/simulation-test.h"

#include "ns3/neural-observer.h"
#include "ns3/node-clock.h"
#include "ns3/uinteger.h"

#include <set>
#include <vector>

namespace ns3
{

using detection::PeerArrival;
using neural::FeatureRow;

/** Node 1 watches 2, 3, 4 and 5; windows of three rows. */
class NeuralObserverTest : public SimulationTest
{
  protected:
    struct Row
    {
        Time time;
        uint32_t observer;
        uint32_t target;
        FeatureRow features;
    };

    void SetUp() override
    {
        SimulationTest::SetUp();
        m_clock = CreateObject<NodeClock>();
        m_observer = CreateObject<NeuralObserver>();
        m_observer->SetAttribute("WindowLength", UintegerValue(3));
        m_observer->Setup(1, m_clock, {5, 4, 3, 2});
        m_observer->TraceConnectWithoutContext("Observation",
                                               MakeCallback(&NeuralObserverTest::OnRow, this));
    }

    void TearDown() override
    {
        m_observer->Dispose();
        SimulationTest::TearDown();
    }

    void OnRow(Time time, uint32_t observer, uint32_t target, const FeatureRow& row)
    {
        m_rows.push_back({time, observer, target, row});
    }

    /** A heartbeat arrives now. */
    void Hear(uint32_t peer, const detection::PeerStatus& status)
    {
        PeerArrival arrival;
        arrival.peer = peer;
        arrival.sequence = ++m_sequence;
        arrival.arrived = m_clock->Now();
        arrival.peerClock = arrival.arrived;
        arrival.status = status;
        m_observer->OnArrival(arrival);
    }

    /** @return the rows of one target's window */
    std::vector<FeatureRow> WindowOf(uint32_t target)
    {
        std::vector<FeatureRow> window(3);
        return m_observer->CopyWindow(target, window[0].data()) ? window
                                                                : std::vector<FeatureRow>();
    }

    /** @return the last row of one target */
    FeatureRow LastRow(uint32_t target)
    {
        for (auto row = m_rows.rbegin(); row != m_rows.rend(); ++row)
        {
            if (row->target == target)
            {
                return row->features;
            }
        }
        return {};
    }

    Ptr<NodeClock> m_clock;
    Ptr<NeuralObserver> m_observer;
    uint64_t m_sequence{0};
    std::vector<Row> m_rows;
};

TEST_F(NeuralObserverTest, TicksAtTheMultiplesOfTheIntervalWheneverItStarts)
{
    At(MilliSeconds(137), [this]() { m_observer->SetUp(true); });
    RunUntil(MilliSeconds(450));
    ASSERT_EQ(m_rows.size(), 12U);
    std::set<Time> times;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
    {
        times.insert(m_rows[i].time);
        EXPECT_EQ(m_rows[i].observer, 1U);
        EXPECT_EQ(m_rows[i].target, 2 + i % 4) << "by id within a tick";
    }
    EXPECT_EQ(times, (std::set<Time>{MilliSeconds(200), MilliSeconds(300), MilliSeconds(400)}));
}

TEST_F(NeuralObserverTest, TicksOnTheCommonGridWhateverItsClockShows)
{
    m_clock->SetOffset(Seconds(-77.7));
    m_clock->SetDrift(300);
    At(MilliSeconds(137), [this]() { m_observer->SetUp(true); });
    RunUntil(MilliSeconds(350));
    ASSERT_EQ(m_rows.size(), 8U);
    EXPECT_EQ(m_rows[0].time, MilliSeconds(200));
    EXPECT_NEAR(m_rows[0].features[neural::TIME_SINCE_LAST], 0.063, 1e-4);
}

TEST_F(NeuralObserverTest, KeepsTheLastRowsOldestFirst)
{
    m_observer->SetUp(true);
    RunUntil(MilliSeconds(250));
    EXPECT_EQ(m_observer->GetRowCount(), 2U);
    EXPECT_TRUE(WindowOf(2).empty()) << "not complete yet";
    RunUntil(MilliSeconds(550));
    EXPECT_EQ(m_observer->GetRowCount(), 3U);
    const std::vector<FeatureRow> window = WindowOf(2);
    ASSERT_EQ(window.size(), 3U);
    EXPECT_NEAR(window[0][neural::TIME_SINCE_LAST], 0.3, 1e-6);
    EXPECT_NEAR(window[1][neural::TIME_SINCE_LAST], 0.4, 1e-6);
    EXPECT_NEAR(window[2][neural::TIME_SINCE_LAST], 0.5, 1e-6);
    EXPECT_TRUE(WindowOf(9).empty()) << "not watched";
}

TEST_F(NeuralObserverTest, AProvisionalWindowEndsWithThisVeryMoment)
{
    m_observer->SetUp(true);
    RunUntil(MilliSeconds(550));
    std::vector<FeatureRow> window(3);
    ASSERT_TRUE(m_observer->CopyProvisionalWindow(2, window[0].data()));
    EXPECT_NEAR(window[1][neural::TIME_SINCE_LAST], 0.4, 1e-6);
    EXPECT_NEAR(window[2][neural::TIME_SINCE_LAST], 0.55, 1e-6);
    EXPECT_NEAR(WindowOf(2)[2][neural::TIME_SINCE_LAST], 0.5, 1e-6) << "and is not kept";
}

TEST_F(NeuralObserverTest, IsSilentAndDeafWhileDownAndStartsAnew)
{
    m_observer->SetUp(true);
    At(MilliSeconds(310), [this]() { Hear(2, {7, 0, 0, false}); });
    At(MilliSeconds(450), [this]() { m_observer->SetUp(false); });
    At(MilliSeconds(700), [this]() { Hear(2, {9, 0, 0, false}); });
    At(MilliSeconds(910), [this]() { m_observer->SetUp(true); });
    RunUntil(MilliSeconds(1050));
    for (const Row& row : m_rows)
    {
        EXPECT_TRUE(row.time <= MilliSeconds(400) || row.time >= MilliSeconds(1000));
    }
    EXPECT_FALSE(m_observer->GetFeatures(2).Status().has_value());
    EXPECT_EQ(m_observer->GetRowCount(), 1U);
    EXPECT_TRUE(WindowOf(2).empty());
    EXPECT_NEAR(LastRow(2)[neural::TIME_SINCE_LAST], 0.09, 1e-6);
}

TEST_F(NeuralObserverTest, ComparesAPeerWithTheObserverAndTheSecondBestOfTheOthers)
{
    m_observer->SetUp(true);
    At(MilliSeconds(50), [this]() {
        Hear(2, {3, 10, 10, false});
        Hear(3, {3, 42, 26, false});
        Hear(4, {3, 26, 26, false});
        Hear(5, {999, 999999, 999999, false}); // claims too much
    });
    RunUntil(MilliSeconds(150));
    // Behind the second best, 42 and 26, by 32 and 16; the liar's term does not count.
    EXPECT_NEAR(LastRow(2)[neural::TERM_FRESHNESS], 0, 1e-6);
    EXPECT_NEAR(LastRow(2)[neural::LOG_PROGRESS], -32.0 / 48, 1e-6);
    EXPECT_NEAR(LastRow(2)[neural::COMMIT_PROGRESS], -0.5, 1e-6);
    EXPECT_NEAR(LastRow(3)[neural::LOG_PROGRESS], 0.5, 1e-6) << "ahead of 26";
    EXPECT_NEAR(LastRow(5)[neural::TERM_FRESHNESS], 996.0 / 997, 1e-6);

    m_observer->SetStatusSource([]() { return detection::PeerStatus{4, 58, 58, false}; });
    RunUntil(MilliSeconds(250));
    EXPECT_NEAR(LastRow(2)[neural::TERM_FRESHNESS], -0.5, 1e-6);
    EXPECT_NEAR(LastRow(2)[neural::LOG_PROGRESS], -0.75, 1e-6);
}

TEST_F(NeuralObserverTest, SeesTwoLeadersOfOneTerm)
{
    m_observer->SetUp(true);
    At(MilliSeconds(50), [this]() {
        Hear(2, {3, 0, 0, true});
        Hear(3, {2, 0, 0, true}); // of an earlier term: stale, no contradiction
        Hear(4, {3, 0, 0, false});
    });
    RunUntil(MilliSeconds(150));
    EXPECT_EQ(LastRow(2)[neural::LEADER_STATUS], 1);
    EXPECT_EQ(LastRow(3)[neural::LEADER_STATUS], 1);
    EXPECT_EQ(LastRow(4)[neural::LEADER_STATUS], 0);
    At(MilliSeconds(160), [this]() { Hear(4, {3, 0, 0, true}); });
    RunUntil(MilliSeconds(250));
    EXPECT_EQ(LastRow(2)[neural::LEADER_STATUS], -1);
    EXPECT_EQ(LastRow(4)[neural::LEADER_STATUS], -1);
    m_observer->SetStatusSource([]() { return detection::PeerStatus{2, 0, 0, true}; });
    RunUntil(MilliSeconds(350));
    EXPECT_EQ(LastRow(3)[neural::LEADER_STATUS], -1) << "the observer leads that term itself";
}

TEST_F(NeuralObserverTest, IgnoresPeersItDoesNotWatch)
{
    m_observer->SetUp(true);
    uint32_t heard = 0;
    m_observer->TraceConnectWithoutContext(
        "Arrival",
        Callback<void, const PeerArrival&>([&heard](const PeerArrival&) { ++heard; }));
    At(MilliSeconds(50), [this]() {
        Hear(9, {});
        m_observer->OnSent(9, 1);
        Hear(2, {});
    });
    RunUntil(MilliSeconds(150));
    EXPECT_EQ(heard, 1U);
    EXPECT_EQ(m_rows.size(), 4U);
}

} // namespace ns3
