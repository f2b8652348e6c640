#include "simulation-test.h"

#include "ns3/double.h"
#include "ns3/node-disk.h"
#include "ns3/node.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{

/** Records which write was done when. */
class NodeDiskTest : public SimulationTest
{
  protected:
    void SetUp() override
    {
        SimulationTest::SetUp();
        m_disk = CreateObject<NodeDisk>();
        m_disk->AssignStreams(1);
    }

    /** Takes noise and transfer away: every write takes exactly `latency`. */
    void MakeExact(Time latency)
    {
        m_disk->SetAttribute("MedianLatency", TimeValue(latency));
        m_disk->SetAttribute("Sigma", DoubleValue(0));
    }

    void Write(int id, uint32_t bytes = 0)
    {
        m_disk->Write(bytes, [this, id]() { m_done.emplace_back(id, Simulator::Now()); });
    }

    using Log = std::vector<std::pair<int, Time>>;

    Ptr<NodeDisk> m_disk;
    Log m_done;
};

TEST_F(NodeDiskTest, CompletesOnTheSpotWithoutLatency)
{
    MakeExact(Time(0));
    Write(1, 100000);
    EXPECT_EQ(m_done, (Log{{1, Time(0)}}));
    EXPECT_TRUE(Simulator::IsFinished());
}

TEST_F(NodeDiskTest, WritesOneAfterTheOther)
{
    MakeExact(MilliSeconds(1));
    Write(1);
    Write(2);
    Write(3);
    EXPECT_EQ(m_disk->GetBacklog(), 3U);
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(1)}, {2, MilliSeconds(2)}, {3, MilliSeconds(3)}}));
}

TEST_F(NodeDiskTest, TakesTimeForTheBytes)
{
    MakeExact(MilliSeconds(1));
    m_disk->SetAttribute("Throughput", DataRateValue(DataRate("8Mb/s")));
    Write(1, 5000);
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(6)}}));
}

TEST_F(NodeDiskTest, HasTheMedianAndTheTailOfALogNormal)
{
    // By default: median 200 us, sigma .4; the 84th percentile is e^.4 times the median.
    std::vector<double> latencies;
    for (int i = 0; i < 4000; ++i)
    {
        At(Seconds(i), [this, &latencies, i]() {
            m_disk->Write(0, [&latencies, i]() {
                latencies.push_back((Simulator::Now() - Seconds(i)).GetSeconds());
            });
        });
    }
    RunUntil(Seconds(5000));
    ASSERT_EQ(latencies.size(), 4000U);
    std::sort(latencies.begin(), latencies.end());
    EXPECT_NEAR(latencies[2000], 200e-6, 10e-6);
    EXPECT_NEAR(latencies[3365], 200e-6 * 1.4918, 20e-6);
}

TEST_F(NodeDiskTest, IsSlowerByTheFactor)
{
    MakeExact(MilliSeconds(1));
    m_disk->SetSlowdown(50);
    Write(1);
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(50)}}));
}

TEST_F(NodeDiskTest, MakesNoProgressDuringAStall)
{
    MakeExact(MilliSeconds(10));
    Write(1);
    At(MilliSeconds(5), [this]() {
        m_disk->StallFor(MilliSeconds(200));
        Write(2);
    });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(210)}, {2, MilliSeconds(220)}}));
}

TEST_F(NodeDiskTest, AnInstantaneousDiskStallsToo)
{
    MakeExact(Time(0));
    m_disk->StallFor(MilliSeconds(30));
    Write(1);
    Write(2);
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(30)}, {2, MilliSeconds(30)}}));
}

TEST_F(NodeDiskTest, LosesUnfinishedWritesWhenTheyAreDropped)
{
    MakeExact(MilliSeconds(10));
    Write(1);
    Write(2);
    Write(3);
    At(MilliSeconds(15), [this]() { m_disk->DropPending(); });
    At(MilliSeconds(40), [this]() { Write(4); });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(10)}, {4, MilliSeconds(50)}}));
}

} // namespace ns3
