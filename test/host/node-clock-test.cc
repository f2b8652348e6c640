#include "simulation-test.h"

#include "ns3/double.h"
#include "ns3/node-clock.h"
#include "ns3/node.h"

#include <vector>

namespace ns3
{

using std::chrono::nanoseconds;
using NodeClockTest = SimulationTest;

TEST_F(NodeClockTest, ShowsSimulatedTimeUnlessSetWrong)
{
    Ptr<NodeClock> clock = CreateObject<NodeClock>();
    EXPECT_EQ(clock->Now(), nanoseconds(0));
    RunUntil(Seconds(1000));
    EXPECT_EQ(clock->Now(), nanoseconds(1000000000000));
}

TEST_F(NodeClockTest, AddsOffsetAndDrift)
{
    Ptr<NodeClock> clock = CreateObject<NodeClock>();
    clock->SetAttribute("Offset", TimeValue(MilliSeconds(-300)));
    clock->SetAttribute("Drift", DoubleValue(50));
    EXPECT_EQ(clock->Now(), nanoseconds(-300000000));
    RunUntil(Seconds(100));
    EXPECT_EQ(clock->Now(), nanoseconds(100000000000 + 5000000 - 300000000));
}

TEST_F(NodeClockTest, BendsWithoutAJumpWhenTheDriftChanges)
{
    Ptr<NodeClock> clock = CreateObject<NodeClock>();
    clock->SetDrift(100);
    RunUntil(Seconds(10));
    const nanoseconds before = clock->Now();
    clock->SetDrift(-200);
    EXPECT_EQ(clock->Now(), before);
    RunUntil(Seconds(20));
    EXPECT_EQ(clock->Now(), nanoseconds(20000000000 + 1000000 - 2000000));
}

TEST_F(NodeClockTest, JumpsByTheDifferenceWhenTheOffsetChanges)
{
    Ptr<NodeClock> clock = CreateObject<NodeClock>();
    clock->SetDrift(100);
    clock->SetOffset(Seconds(1));
    RunUntil(Seconds(10));
    const nanoseconds before = clock->Now();
    clock->SetOffset(Seconds(-2));
    EXPECT_EQ(clock->Now(), before - nanoseconds(3000000000));
}

// A timer set for a moment on the clock must not find the clock before that moment.
TEST_F(NodeClockTest, UntilReachesTheMomentAndHardlyMore)
{
    for (double ppm : {0.0, 1.0, -1.0, 33.3, -77.7, 12345.6, -400000.0, 400000.0})
    {
        Ptr<NodeClock> clock = CreateObject<NodeClock>();
        clock->SetDrift(ppm);
        clock->SetOffset(MicroSeconds(17));
        for (int64_t span : {int64_t{1}, int64_t{999}, int64_t{100000007}, int64_t{30000000001}})
        {
            const nanoseconds moment = clock->Now() + nanoseconds(span);
            RunUntil(Simulator::Now() + clock->Until(moment));
            EXPECT_GE(clock->Now(), moment) << ppm << " ppm, " << span << " ns";
            EXPECT_LE(clock->Now() - moment, nanoseconds(4)) << ppm << " ppm, " << span << " ns";
        }
        EXPECT_EQ(clock->Until(clock->Now()), Time(0));
        EXPECT_EQ(clock->Until(clock->Now() - nanoseconds(5)), Time(0));
    }
}

TEST_F(NodeClockTest, IsMadeForANodeThatHasNone)
{
    Ptr<Node> node = CreateObject<Node>();
    Ptr<NodeClock> clock = NodeClock::Of(node);
    EXPECT_EQ(NodeClock::Of(node), clock);
    EXPECT_EQ(node->GetObject<NodeClock>(), clock);
}

} // namespace ns3
