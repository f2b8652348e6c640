#include "net-fixture.h"

#include "ns3/netem-queue-disc.h"
#include "ns3/queue-size.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace ns3;

namespace nctest
{
namespace
{

/** A pair of hosts, a datagram of 100 bytes being 130 us on the wire between them. */
class Netem : public NetTest
{
  protected:
    static constexpr uint32_t BYTES = 100;

    Ptr<NetemQueueDisc> Disc() const
    {
        return Network(1)->GetDiscs().at(0);
    }

    /** Sends a train from host 1 to host 2 and waits until the last one is there. */
    const std::vector<Arrival>& Send(Time gap, uint32_t count)
    {
        m_gap = gap;
        End(1).SendTrain(START, gap, count, 2, BYTES);
        RunUntil(START + count * gap + Seconds(10));
        return End(2).arrivals;
    }

    /** @return what the network added to the time on the wire */
    double ExtraSeconds(const Arrival& arrival) const
    {
        return (arrival.at - START - arrival.number * m_gap - WIRE).GetSeconds();
    }

    const Time START = Seconds(1);
    const Time WIRE = PppTime(BYTES, DataRate("8Mbps"));

  private:
    Time m_gap;
};

NetemParameters
With(void (*change)(NetemParameters&))
{
    NetemParameters parameters;
    change(parameters);
    return parameters;
}

TEST_F(Netem, AddsNothingUnlessAsked)
{
    BuildPair({});
    const auto& arrivals = Send(MilliSeconds(1), 100);
    ASSERT_EQ(arrivals.size(), 100U);
    for (const auto& arrival : arrivals)
    {
        EXPECT_EQ(ExtraSeconds(arrival), 0.0);
    }
}

TEST_F(Netem, SchedulesNoEventOfItsOwnUnlessAsked)
{
    const auto events = [this](const NetemParameters& parameters) {
        BuildPair(parameters);
        Send(MilliSeconds(1), 100);
        const uint64_t count = Simulator::GetEventCount();
        Clear();
        return count;
    };
    const uint64_t plain = events({});
    // A loss rate too small to strike draws, but waits for nothing either.
    EXPECT_EQ(events(With([](auto& p) { p.loss = 1e-12; })), plain);
    EXPECT_EQ(events(With([](auto& p) { p.delay = MilliSeconds(5); })), plain + 100);
}

TEST_F(Netem, DelaysEveryPacketByTheSame)
{
    BuildPair(With([](auto& p) { p.delay = MilliSeconds(20); }));
    const auto& arrivals = Send(MilliSeconds(1), 100);
    ASSERT_EQ(arrivals.size(), 100U);
    for (const auto& arrival : arrivals)
    {
        EXPECT_DOUBLE_EQ(ExtraSeconds(arrival), 0.020);
    }
}

TEST_F(Netem, SendsAllThatIsDueAtOnceHoweverSmallTheDevicesQueue)
{
    BuildPair(With([](auto& p) { p.delay = MilliSeconds(20); }));
    // More than a disc's quota of 64, and more than the 1000 packets of the device's queue.
    const auto& arrivals = Send(Time(0), 3000);
    ASSERT_EQ(arrivals.size(), 3000U);
    for (uint32_t i = 0; i < 3000; ++i)
    {
        ASSERT_EQ(arrivals[i].number, i);
        ASSERT_EQ(arrivals[i].at, START + MilliSeconds(20) + (i + 1) * WIRE);
    }
}

TEST_F(Netem, JitterIsLogNormalWithTheDeviationAsked)
{
    BuildPair(With([](auto& p) {
        p.delay = MilliSeconds(5);
        p.jitter = MilliSeconds(10);
    }));
    constexpr uint32_t COUNT = 20000;
    const auto& arrivals = Send(Seconds(1), COUNT);
    ASSERT_EQ(arrivals.size(), COUNT);
    std::vector<double> jitter;
    double sum = 0.0;
    double squares = 0.0;
    for (const auto& arrival : arrivals)
    {
        jitter.push_back(ExtraSeconds(arrival) - 0.005);
        sum += jitter.back();
        squares += jitter.back() * jitter.back();
    }
    const double mean = sum / COUNT;
    EXPECT_NEAR(mean, 0.010, 5 * 0.010 / std::sqrt(COUNT));
    // Its excess kurtosis is 38: the deviation's own standard error is 2.3 %.
    EXPECT_NEAR(std::sqrt(squares / COUNT - mean * mean), 0.010, 0.0010);
    std::sort(jitter.begin(), jitter.end());
    EXPECT_GT(jitter.front(), 0.0);
    // Where mean and deviation are equal the median is their 1/sqrt(2).
    EXPECT_NEAR(jitter[COUNT / 2], 0.010 / std::sqrt(2.0), 0.0003);
}

TEST_F(Netem, JitterKeepsTheOrder)
{
    BuildPair(With([](auto& p) { p.jitter = MilliSeconds(50); }));
    const auto& arrivals = Send(MilliSeconds(1), 2000);
    ASSERT_EQ(arrivals.size(), 2000U);
    for (uint32_t i = 0; i < 2000; ++i)
    {
        ASSERT_EQ(arrivals[i].number, i);
    }
}

TEST_F(Netem, LosesTheShareAskedWithEverySeed)
{
    constexpr double COUNT = 2000;
    for (const double share : {0.01, 0.1, 0.5})
    {
        for (uint32_t run = 1; run <= 10; ++run)
        {
            NetemParameters parameters;
            parameters.loss = share;
            BuildPair(parameters, run);
            const double lost = COUNT - Send(MilliSeconds(1), COUNT).size();
            EXPECT_NEAR(lost, share * COUNT, 4.5 * std::sqrt(COUNT * share * (1 - share)))
                << "run " << run;
            Clear();
        }
    }
}

TEST_F(Netem, LosesAllOrNothingAtTheEndsOfTheScale)
{
    BuildPair(With([](auto& p) { p.loss = 1.0; }));
    EXPECT_EQ(Send(MilliSeconds(1), 100).size(), 0U);
    Clear();
    BuildPair(With([](auto& p) { p.burstLoss = {1.0 - 1e-9, 1e10}; }));
    EXPECT_EQ(Send(MilliSeconds(1), 100).size(), 0U);
}

TEST_F(Netem, DuplicatesTheShareAskedRightBehindTheOriginal)
{
    BuildPair(With([](auto& p) {
        p.delay = MilliSeconds(3);
        p.duplicate = 0.2;
    }));
    constexpr uint32_t COUNT = 5000;
    const auto& arrivals = Send(MilliSeconds(1), COUNT);
    std::map<uint32_t, uint32_t> times;
    for (std::size_t i = 0; i < arrivals.size(); ++i)
    {
        if (++times[arrivals[i].number] == 2)
        {
            EXPECT_EQ(arrivals[i - 1].number, arrivals[i].number);
            EXPECT_EQ(arrivals[i].at - arrivals[i - 1].at, WIRE);
        }
    }
    EXPECT_EQ(times.size(), COUNT);
    const double copies = arrivals.size() - COUNT;
    EXPECT_NEAR(copies, 0.2 * COUNT, 4.5 * std::sqrt(COUNT * 0.2 * 0.8));
    const auto& stats = Disc()->GetStats();
    EXPECT_EQ(stats.nTotalEnqueuedPackets, arrivals.size());
    EXPECT_EQ(stats.nTotalSentPackets, arrivals.size());
}

TEST_F(Netem, DuplicatesWithoutADelayToo)
{
    BuildPair(With([](auto& p) { p.duplicate = 1.0; }));
    EXPECT_EQ(Send(MilliSeconds(1), 50).size(), 100U);
}

TEST_F(Netem, ReordersTheShareAskedWithoutADelay)
{
    BuildPair(With([](auto& p) {
        p.reorder = 0.1;
        p.reorderHold = MilliSeconds(5);
    }));
    constexpr uint32_t COUNT = 5000;
    const auto& arrivals = Send(MilliSeconds(1), COUNT);
    ASSERT_EQ(arrivals.size(), COUNT);
    uint32_t held = 0;
    uint32_t next = 0;
    for (const auto& arrival : arrivals)
    {
        if (arrival.number >= next)
        {
            next = arrival.number + 1;
            EXPECT_LT(ExtraSeconds(arrival), 0.006);
        }
        else
        {
            ++held;
            EXPECT_GE(ExtraSeconds(arrival), 0.005);
            EXPECT_LT(ExtraSeconds(arrival), 0.006);
        }
    }
    EXPECT_NEAR(held, 0.1 * COUNT, 4.5 * std::sqrt(COUNT * 0.1 * 0.9));
}

TEST_F(Netem, AFaultsImpairmentAddsToTheTopologysAndGoesAgain)
{
    BuildPair(With([](auto& p) { p.delay = MilliSeconds(10); }));
    const auto delayAt = [this](Time at, uint32_t number) {
        End(1).SendAt(at, 2, number, BYTES);
        RunUntil(at + Seconds(1));
        EXPECT_EQ(End(2).arrivals.back().number, number);
        return End(2).arrivals.back().at - at - WIRE;
    };
    EXPECT_EQ(delayAt(Seconds(1), 1), MilliSeconds(10));
    Network(1)->SetImpairment(0, With([](auto& p) { p.delay = MilliSeconds(30); }));
    EXPECT_EQ(delayAt(Seconds(3), 2), MilliSeconds(40));
    // The one for the destination takes the place of the one for all.
    Network(1)->SetImpairment(2, With([](auto& p) { p.delay = MilliSeconds(70); }));
    EXPECT_EQ(delayAt(Seconds(5), 3), MilliSeconds(80));
    Network(1)->ClearImpairment(2);
    EXPECT_EQ(delayAt(Seconds(7), 4), MilliSeconds(40));
    Network(1)->ClearImpairment(0);
    EXPECT_EQ(delayAt(Seconds(9), 5), MilliSeconds(10));
}

TEST_F(Netem, APacketThatWaitsIsNotOvertakenWhenItsRuleGoes)
{
    BuildPair({});
    Network(1)->SetImpairment(2, With([](auto& p) { p.delay = MilliSeconds(100); }));
    End(1).SendAt(Seconds(1), 2, 1, BYTES);
    Simulator::Schedule(MilliSeconds(1050), [this] { Network(1)->ClearImpairment(2); });
    End(1).SendAt(MilliSeconds(1060), 2, 2, BYTES);
    End(1).SendAt(MilliSeconds(1300), 2, 3, BYTES);
    RunUntil(Seconds(2));
    const auto& arrivals = End(2).arrivals;
    ASSERT_EQ(arrivals.size(), 3U);
    EXPECT_EQ(arrivals[0].number, 1U);
    EXPECT_EQ(arrivals[0].at, MilliSeconds(1100) + WIRE);
    EXPECT_EQ(arrivals[1].at, MilliSeconds(1100) + 2 * WIRE);
    EXPECT_EQ(arrivals[2].at, MilliSeconds(1300) + WIRE);
}

TEST_F(Netem, AShortDelayIsNotHeldUpByALongOneToAnotherDestination)
{
    Build("star", 3, 0);
    Network(1)->SetImpairment(3, With([](auto& p) { p.delay = MilliSeconds(100); }));
    Network(1)->SetImpairment(2, With([](auto& p) { p.delay = MilliSeconds(10); }));
    End(1).SendAt(Seconds(1), 3, 1, BYTES);
    End(1).SendAt(Seconds(1) + MilliSeconds(1), 2, 1, BYTES);
    RunUntil(Seconds(2));
    const Time way = 2 * (MilliSeconds(1) + PppTime(BYTES, DataRate("1Gbps")));
    EXPECT_EQ(End(2).arrivals.at(0).at, Seconds(1) + MilliSeconds(11) + way);
    EXPECT_EQ(End(3).arrivals.at(0).at, Seconds(1) + MilliSeconds(100) + way);
}

TEST_F(Netem, BoundsWhatWaits)
{
    BuildPair(With([](auto& p) { p.delay = MilliSeconds(20); }));
    Disc()->SetMaxSize(QueueSize("10p"));
    std::map<std::string, int> reasons;
    Network(1)->TraceConnectWithoutContext(
        "Lost",
        Callback<void, uint32_t, uint32_t, Ptr<const QueueDiscItem>, const char*>(
            [&](uint32_t from, uint32_t to, Ptr<const QueueDiscItem>, const char* reason) {
                EXPECT_EQ(from, 1U);
                EXPECT_EQ(to, 2U);
                ++reasons[reason];
            }));
    EXPECT_EQ(Send(Time(0), 25).size(), 10U);
    EXPECT_EQ(reasons, (std::map<std::string, int>{{NetemQueueDisc::LIMIT, 15}}));
}

TEST_F(Netem, TellsWhyAPacketWasLost)
{
    BuildPair({});
    std::vector<std::string> reasons;
    Network(1)->TraceConnectWithoutContext(
        "Lost",
        Callback<void, uint32_t, uint32_t, Ptr<const QueueDiscItem>, const char*>(
            [&](uint32_t, uint32_t, Ptr<const QueueDiscItem>, const char* reason) {
                reasons.emplace_back(reason);
            }));
    const auto sendAt = [this](int second, std::function<void()> change) {
        Simulator::Schedule(Seconds(second), change);
        End(1).SendAt(Seconds(second) + MilliSeconds(1), 2, second, BYTES);
    };
    sendAt(1, [this] { Network(1)->SetImpairment(2, With([](auto& p) { p.loss = 1.0; })); });
    sendAt(2, [this] {
        Network(1)->SetImpairment(2, With([](auto& p) { p.burstLoss = {0.9999, 1e6}; }));
    });
    sendAt(3, [this] { Network(1)->SetCut(2, true); });
    sendAt(4, [this] { Network(1)->SetDown(true); });
    sendAt(5, [this] {
        Network(1)->SetDown(false);
        Network(1)->SetCut(2, false);
        Network(1)->ClearImpairment(2);
    });
    RunUntil(Seconds(6));
    EXPECT_EQ(reasons,
              (std::vector<std::string>{NetemQueueDisc::RANDOM_LOSS,
                                        NetemQueueDisc::BURST_LOSS,
                                        NetemQueueDisc::CUT,
                                        NetemQueueDisc::DOWN}));
    ASSERT_EQ(End(2).arrivals.size(), 1U);
    EXPECT_EQ(End(2).arrivals[0].number, 5U);
}

TEST_F(Netem, ARejectedRuleLeavesTheFormerInPlace)
{
    BuildPair({});
    Network(1)->SetImpairment(2, With([](auto& p) { p.delay = MilliSeconds(7); }));
    EXPECT_THROW(Network(1)->SetImpairment(2, With([](auto& p) { p.loss = -1.0; })),
                 std::invalid_argument);
    const auto& arrivals = Send(MilliSeconds(1), 1);
    ASSERT_EQ(arrivals.size(), 1U);
    EXPECT_DOUBLE_EQ(ExtraSeconds(arrivals[0]), 0.007);
}

TEST_F(Netem, WhatOneDestinationSuffersIsNoConcernOfAnother)
{
    const auto arrivedAtTwo = [this](const NetemParameters& forThree) {
        TopologyOptions options;
        options.servers = 3;
        options.clients = 0;
        options.impairment.loss = 0.3;
        Build(options);
        Network(1)->SetImpairment(3, forThree);
        End(1).SendTrain(Seconds(1), MilliSeconds(2), 500, 2);
        End(1).SendTrain(Seconds(1) + MilliSeconds(1), MilliSeconds(2), 500, 3);
        RunUntil(Seconds(5));
        std::vector<uint32_t> numbers;
        for (const auto& arrival : End(2).arrivals)
        {
            numbers.push_back(arrival.number);
        }
        Clear();
        return numbers;
    };
    const auto undisturbed = arrivedAtTwo({});
    EXPECT_GT(undisturbed.size(), 280U);
    EXPECT_LT(undisturbed.size(), 420U);
    EXPECT_EQ(arrivedAtTwo(With([](auto& p) {
                  p.delay = MilliSeconds(50);
                  p.jitter = MilliSeconds(10);
                  p.loss = 0.5;
                  p.burstLoss = {0.2, 3.0};
                  p.duplicate = 0.3;
                  p.reorder = 0.3;
              })),
              undisturbed);
}

} // namespace
} // namespace nctest
