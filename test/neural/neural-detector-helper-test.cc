#include "fake-model.h"
#include "host/simulation-test.h"

#include "ns3/consensus-topology.h"
#include "ns3/heartbeat-monitor-helper.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/neural-failure-detector-helper.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ns3
{

/** Four servers on a star, each with monitor, observer and detector; windows of five rows. */
class NeuralDetectorHelperTest : public SimulationTest
{
  protected:
    void SetUp() override
    {
        SimulationTest::SetUp();
        TopologyOptions options;
        options.name = "star";
        options.servers = 4;
        options.clients = 0;
        m_topology = BuildTopology(options);
        m_topology.AssignStreams(1000);
        HeartbeatMonitorHelper monitors;
        monitors.SetRingStream(1);
        monitors.Install(m_topology.Servers()).Start(Time(0));
        HeartbeatMonitorHelper::AssignStreams(m_topology.Servers(), 100);
    }

    void Install()
    {
        m_detectors = m_helper.Install(m_topology.Servers(),
                                       std::make_unique<neural::FakeModel>(5, m_record));
        for (Ptr<NeuralFailureDetector> detector : m_detectors)
        {
            detector->TraceConnectWithoutContext(
                "Suspicion",
                MakeCallback(&NeuralDetectorHelperTest::OnSuspicion, this));
        }
    }

    void OnSuspicion(Time time, uint32_t observer, uint32_t target, bool suspected, double)
    {
        m_changes[{observer, target}].emplace_back(time, suspected);
    }

    ConsensusTopology m_topology;
    NeuralFailureDetectorHelper m_helper;
    neural::FakeModel::Record m_record;
    std::vector<Ptr<NeuralFailureDetector>> m_detectors;
    std::map<std::pair<uint32_t, uint32_t>, std::vector<std::pair<Time, bool>>> m_changes;
};

TEST_F(NeuralDetectorHelperTest, ScoresTheWindowsOfAllNodesTogether)
{
    Install();
    RunUntil(MilliSeconds(1050));
    std::size_t ticks = 0;
    for (const auto& [time, windows] : m_record.batches)
    {
        if ((time - MilliSeconds(2)).GetMicroSeconds() % 100000 == 0)
        {
            EXPECT_EQ(windows, 12U) << "four nodes, three peers each";
            ++ticks;
        }
    }
    EXPECT_EQ(ticks, 6U) << "0.5 s to 1 s";
    EXPECT_TRUE(m_changes.empty());
}

TEST_F(NeuralDetectorHelperTest, EveryNodeNoticesACrashAndTheReturn)
{
    Install();
    At(Seconds(3), [this]() {
        HeartbeatMonitorHelper::MonitorOf(m_topology.Host(2))->Crash();
        m_topology.Host(2)->GetObject<HostNetwork>()->SetDown(true);
    });
    At(Seconds(6), [this]() {
        m_topology.Host(2)->GetObject<HostNetwork>()->SetDown(false);
        HeartbeatMonitorHelper::MonitorOf(m_topology.Host(2))->Restart();
    });
    RunUntil(Seconds(9));
    ASSERT_EQ(m_changes.size(), 3U);
    for (uint32_t observer : {1U, 3U, 4U})
    {
        const auto& changes = m_changes[{observer, 2}];
        ASSERT_EQ(changes.size(), 2U);
        EXPECT_TRUE(changes[0].second);
        EXPECT_GE(changes[0].first, Seconds(3) + MilliSeconds(90));
        EXPECT_LE(changes[0].first, Seconds(3) + MilliSeconds(240)) << "200 ms and a look";
        EXPECT_FALSE(changes[1].second);
        EXPECT_LE(changes[1].first, Seconds(6) + MilliSeconds(120));
        EXPECT_TRUE(m_detectors[observer - 1]->GetVerdict(2).has_value());
    }
}

TEST_F(NeuralDetectorHelperTest, ObserversComeAloneAndOncePerNode)
{
    const std::vector<Ptr<NeuralObserver>> observers =
        m_helper.InstallObservers(m_topology.Servers());
    EXPECT_EQ(m_helper.InstallObservers(m_topology.Servers()), observers);
    RunUntil(Seconds(5));
    for (uint32_t i = 0; i < 4; ++i)
    {
        EXPECT_EQ(observers[i]->GetObserver(), i + 1);
        EXPECT_EQ(observers[i]->GetRowCount(), 20U);
        for (uint32_t peer : observers[i]->GetWatched())
        {
            std::vector<neural::FeatureRow> window(20);
            ASSERT_TRUE(observers[i]->CopyWindow(peer, window[0].data()));
            EXPECT_NEAR(window[19][neural::LATENCY_MEAN], 0.002, 1e-4);
            EXPECT_NEAR(window[19][neural::RESPONSE_TIME], 0.004, 1e-4);
            EXPECT_NEAR(window[19][neural::MESSAGE_RATE], 1, 0.11);
            EXPECT_EQ(window[19][neural::RESPONSE_RATE], 1);
            EXPECT_EQ(window[19][neural::DROP_RATE], 0);
        }
    }
}

TEST_F(NeuralDetectorHelperTest, RefusesAModelThatIsNotThere)
{
    EXPECT_THROW(m_helper.Install(m_topology.Servers(), "no/such/model.pt"), std::runtime_error);
}

} // namespace ns3
