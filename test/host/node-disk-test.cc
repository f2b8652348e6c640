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

/** Disks that are slow in bouts: each write takes 1 ms, in a bout 40 ms. */
class NodeDiskBoutTest : public NodeDiskTest
{
  protected:
    struct Result
    {
        int64_t writes{0};
        int64_t slow{0};
        int64_t bouts{0};
        std::vector<Time> latencies;
    };

    /** Writes every 100 ms for some time. */
    Result Play(uint32_t run, Time length, Time every = MilliSeconds(100))
    {
        RngSeedManager::SetRun(run);
        m_disk = CreateObject<NodeDisk>();
        m_disk->AssignStreams(1);
        MakeExact(MilliSeconds(1));
        m_disk->SetAttribute("BoutFactor", DoubleValue(40));
        m_disk->SetAttribute("MeanBout", TimeValue(Seconds(5)));
        m_disk->SetAttribute("MeanGap", TimeValue(Seconds(15)));
        Result result;
        bool wasSlow = false;
        const Time start = Simulator::Now();
        for (Time at = start; at < start + length; at += every)
        {
            At(at, [&, at]() {
                m_disk->Write(0, [&, at]() {
                    const Time took = Simulator::Now() - at;
                    const bool isSlow = took > MilliSeconds(1);
                    ++result.writes;
                    result.slow += isSlow;
                    result.bouts += isSlow && !wasSlow;
                    wasSlow = isSlow;
                    result.latencies.push_back(took);
                });
            });
        }
        RunUntil(start + length + Seconds(1));
        return result;
    }
};

TEST_F(NodeDiskBoutTest, IsSlowForItsShareOfTheTimeAndByTheFactor)
{
    Result all;
    for (uint32_t run = 1; run <= 100; ++run)
    {
        const Result one = Play(run, Seconds(200));
        all.writes += one.writes;
        all.slow += one.slow;
        all.bouts += one.bouts;
        for (const Time& took : one.latencies)
        {
            ASSERT_TRUE(took == MilliSeconds(1) || took == MilliSeconds(40)) << took;
        }
    }
    EXPECT_EQ(all.writes, 100 * 2000);
    // 20000 s with a bout and a gap every 20 s on average: 1000 bouts, which take a quarter of the
    // time. The deviation of that share is about .25 * .75 * sqrt(2 / 1000) = .0084.
    EXPECT_NEAR(static_cast<double>(all.slow) / static_cast<double>(all.writes), 0.25, 0.03);
    EXPECT_NEAR(static_cast<double>(all.bouts), 1000, 120);
}

TEST_F(NodeDiskBoutTest, IsFoundInABoutAsOftenAsItIsInOne)
{
    // The very first write of each disk.
    int64_t slow = 0;
    for (uint32_t run = 1; run <= 1000; ++run)
    {
        slow += Play(run, MilliSeconds(100)).slow;
    }
    EXPECT_NEAR(static_cast<double>(slow), 250, 60);
}

TEST_F(NodeDiskBoutTest, ABoutDoesNotDependOnWhatIsWritten)
{
    const Result often = Play(3, Seconds(200));
    const Result seldom = Play(3, Seconds(200), Seconds(1));
    ASSERT_EQ(seldom.latencies.size(), 200U);
    for (std::size_t i = 0; i < seldom.latencies.size(); ++i)
    {
        EXPECT_EQ(seldom.latencies[i], often.latencies[10 * i]) << "second " << i;
    }
    EXPECT_GT(seldom.slow, 0);
    EXPECT_LT(seldom.slow, 200);
}

TEST_F(NodeDiskBoutTest, KeepsTheOrderOfWritesAcrossBouts)
{
    MakeExact(MilliSeconds(1));
    m_disk->SetAttribute("BoutFactor", DoubleValue(1000));
    m_disk->SetAttribute("MeanBout", TimeValue(MilliSeconds(20)));
    m_disk->SetAttribute("MeanGap", TimeValue(MilliSeconds(20)));
    for (int i = 0; i < 500; ++i)
    {
        At(MilliSeconds(i), [this, i]() { Write(i); });
    }
    RunUntil(Seconds(1000));
    ASSERT_EQ(m_done.size(), 500U);
    for (int i = 0; i < 500; ++i)
    {
        EXPECT_EQ(m_done[i].first, i);
    }
    EXPECT_GT(m_done.back().second, Seconds(100)) << "some were slow";
}

TEST_F(NodeDiskBoutTest, AddsToASlowdownAndSurvivesACrash)
{
    MakeExact(MilliSeconds(1));
    m_disk->SetAttribute("BoutFactor", DoubleValue(10));
    m_disk->SetAttribute("MeanBout", TimeValue(Hours(1000)));
    m_disk->SetAttribute("MeanGap", TimeValue(MilliSeconds(1)));
    m_disk->SetSlowdown(5);
    Write(1);
    At(MilliSeconds(70), [this]() {
        Write(2);
        m_disk->DropPending();
        m_disk->SetSlowdown(1);
        Write(3);
    });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(50)}, {3, MilliSeconds(80)}}));
    EXPECT_TRUE(m_disk->IsInBout());
}

TEST_F(NodeDiskTest, WithoutBoutsItsLatenciesAreThoseOfTheNoiseAlone)
{
    std::vector<Time> latencies[2];
    for (const int bouts : {0, 1})
    {
        m_disk = CreateObject<NodeDisk>();
        EXPECT_EQ(m_disk->AssignStreams(1), 2);
        m_disk->SetAttribute("BoutFactor", DoubleValue(bouts == 0 ? 1 : 100));
        m_disk->SetAttribute("MeanGap", TimeValue(Hours(1000)));
        const Time start = Simulator::Now();
        for (int i = 0; i < 100; ++i)
        {
            At(start + Seconds(i), [&, bouts]() {
                m_disk->Write(0, [&, bouts, at = Simulator::Now()]() {
                    latencies[bouts].push_back(Simulator::Now() - at);
                });
            });
        }
        RunUntil(start + Seconds(101));
    }
    EXPECT_EQ(latencies[0].size(), 100U);
    EXPECT_EQ(latencies[0], latencies[1]);
}

} // namespace ns3
