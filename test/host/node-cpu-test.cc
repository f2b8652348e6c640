#include "simulation-test.h"

#include "ns3/node-cpu.h"
#include "ns3/node.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace ns3
{

/** Records which piece of work ran when. */
class NodeCpuTest : public SimulationTest
{
  protected:
    void SetUp() override
    {
        SimulationTest::SetUp();
        m_cpu = CreateObject<NodeCpu>();
        m_cpu->AssignStreams(1);
    }

    void Submit(int id)
    {
        m_cpu->Execute([this, id]() { m_done.emplace_back(id, Simulator::Now()); });
    }

    using Log = std::vector<std::pair<int, Time>>;

    Ptr<NodeCpu> m_cpu;
    Log m_done;
};

TEST_F(NodeCpuTest, RunsWorkOnTheSpotWhenHealthy)
{
    Submit(1);
    EXPECT_EQ(m_done, (Log{{1, Time(0)}}));
    EXPECT_TRUE(Simulator::IsFinished()) << "no event was needed";
}

TEST_F(NodeCpuTest, TakesMessageCostForEachPieceInOrder)
{
    m_cpu->SetAttribute("MessageCost", TimeValue(MilliSeconds(2)));
    Submit(1);
    Submit(2);
    At(MilliSeconds(10), [this]() { Submit(3); });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(2)}, {2, MilliSeconds(4)}, {3, MilliSeconds(12)}}));
}

TEST_F(NodeCpuTest, MultipliesTheCostWhenSlow)
{
    m_cpu->SetAttribute("MessageCost", TimeValue(MilliSeconds(2)));
    m_cpu->SetSlowdown(5, Time(0));
    Submit(1);
    Submit(2);
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(10)}, {2, MilliSeconds(20)}}));
}

TEST_F(NodeCpuTest, WaitsForTheSchedulerWithTheGivenMeanAndKeepsTheOrder)
{
    m_cpu->SetSlowdown(1, MilliSeconds(20));
    double total = 0;
    int last = 0;
    bool ordered = true;
    constexpr int COUNT = 5000;
    for (int i = 1; i <= COUNT; ++i)
    {
        // Far apart, so that nobody waits for the one before.
        At(Seconds(i), [&, i]() {
            m_cpu->Execute([&, i]() {
                total += (Simulator::Now() - Seconds(i)).GetSeconds();
                ordered = ordered && i == last + 1;
                last = i;
            });
        });
    }
    RunUntil(Seconds(COUNT + 100));
    EXPECT_EQ(last, COUNT);
    EXPECT_TRUE(ordered);
    EXPECT_NEAR(total / COUNT, 0.020, 0.0012); // four standard errors
}

TEST_F(NodeCpuTest, LetsTheWaitsOfABurstOverlap)
{
    m_cpu->SetSlowdown(1, MilliSeconds(20));
    for (int i = 0; i < 100; ++i)
    {
        Submit(i);
    }
    RunUntil(Seconds(10));
    ASSERT_EQ(m_done.size(), 100U);
    EXPECT_TRUE(std::is_sorted(m_done.begin(), m_done.end()));
    // In a row they would take 2 s; together as long as the longest of 100 waits, about 5 means.
    EXPECT_LT(m_done.back().second, MilliSeconds(300));
}

TEST_F(NodeCpuTest, DoesNothingDuringAPauseAndCatchesUpInOrder)
{
    At(MilliSeconds(10), [this]() { m_cpu->PauseFor(MilliSeconds(100)); });
    for (int i = 1; i <= 3; ++i)
    {
        At(MilliSeconds(20 * i), [this, i]() { Submit(i); });
    }
    At(MilliSeconds(50), [this]() { EXPECT_TRUE(m_cpu->IsPaused()); });
    RunUntil(Seconds(1));
    EXPECT_FALSE(m_cpu->IsPaused());
    EXPECT_EQ(m_done,
              (Log{{1, MilliSeconds(110)}, {2, MilliSeconds(110)}, {3, MilliSeconds(110)}}));
}

TEST_F(NodeCpuTest, AWorkInProgressGoesOnAfterThePause)
{
    m_cpu->SetAttribute("MessageCost", TimeValue(MilliSeconds(10)));
    Submit(1);
    Submit(2);
    At(MilliSeconds(4), [this]() { m_cpu->PauseFor(MilliSeconds(50)); });
    At(MilliSeconds(30), [this]() { m_cpu->PauseFor(MilliSeconds(40)); }); // until 70, not 94
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(76)}, {2, MilliSeconds(86)}}));
}

TEST_F(NodeCpuTest, AShorterPauseWithinALongerOneChangesNothing)
{
    m_cpu->PauseFor(MilliSeconds(100));
    Submit(1);
    At(MilliSeconds(10), [this]() { m_cpu->PauseFor(MilliSeconds(20)); });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(100)}}));
}

TEST_F(NodeCpuTest, LosesWaitingWorkWhenHaltedAndIgnoresNewWork)
{
    m_cpu->SetAttribute("MessageCost", TimeValue(MilliSeconds(10)));
    Submit(1);
    Submit(2);
    At(MilliSeconds(15), [this]() {
        m_cpu->Halt();
        Submit(3);
    });
    At(MilliSeconds(40), [this]() {
        EXPECT_TRUE(m_cpu->IsHalted());
        EXPECT_EQ(m_cpu->GetBacklog(), 0U);
        m_cpu->Resume();
        Submit(4);
    });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(10)}, {4, MilliSeconds(50)}}));
}

TEST_F(NodeCpuTest, HaltEndsAPause)
{
    m_cpu->PauseFor(Seconds(100));
    m_cpu->Halt();
    m_cpu->Resume();
    Submit(1);
    EXPECT_EQ(m_done, (Log{{1, Time(0)}}));
}

TEST_F(NodeCpuTest, LetsWorkSubmitWorkBehindWhatWaits)
{
    m_cpu->SetAttribute("MessageCost", TimeValue(MilliSeconds(1)));
    m_cpu->Execute([this]() {
        m_done.emplace_back(1, Simulator::Now());
        Submit(3);
    });
    Submit(2);
    RunUntil(Seconds(1));
    EXPECT_EQ(m_done, (Log{{1, MilliSeconds(1)}, {2, MilliSeconds(2)}, {3, MilliSeconds(3)}}));
}

TEST_F(NodeCpuTest, LetsWorkHaltTheCpuItRunsOn)
{
    m_cpu->SetAttribute("MessageCost", TimeValue(MilliSeconds(1)));
    m_cpu->Execute([this]() { m_cpu->Halt(); });
    Submit(2);
    RunUntil(Seconds(1));
    EXPECT_TRUE(m_done.empty());
}

TEST_F(NodeCpuTest, RecoversFromASlowdown)
{
    m_cpu->SetSlowdown(100, MilliSeconds(50));
    m_cpu->SetSlowdown(1, Time(0));
    Submit(1);
    EXPECT_EQ(m_done, (Log{{1, Time(0)}}));
}

} // namespace ns3
