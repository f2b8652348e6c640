#include "net-fixture.h"

#include "ns3/netem-outages.h"
#include "ns3/netem-slots.h"
#include "ns3/netem-wander.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

using namespace ns3;

namespace nctest
{
namespace
{

/** @return delays in milliseconds, one a step */
std::vector<double>
Sample(NetemProcess& process, Time step, int count)
{
    std::vector<double> delays;
    for (int i = 0; i < count; ++i)
    {
        delays.push_back(process.Meet(i * step).delay.GetSeconds() * 1e3);
    }
    return delays;
}

double
Mean(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / values.size();
}

double
Covariance(const std::vector<double>& values, std::size_t lag)
{
    const double mean = Mean(values);
    double sum = 0.0;
    for (std::size_t i = lag; i < values.size(); ++i)
    {
        sum += (values[i] - mean) * (values[i - lag] - mean);
    }
    return sum / (values.size() - lag);
}

double
Quantile(std::vector<double> values, double share)
{
    auto at = values.begin() + static_cast<std::ptrdiff_t>(share * (values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

class NetemProcesses : public testing::Test
{
  protected:
    void SetUp() override
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
    }
};

NetemWanderParameters
WanderExample()
{
    NetemWanderParameters parameters;
    parameters.median = MilliSeconds(40);
    parameters.sigma = 0.7;
    parameters.correlation = MilliSeconds(200);
    parameters.step = MilliSeconds(50);
    return parameters;
}

TEST_F(NetemProcesses, AWanderingDelayHasTheStatedQuantilesAndMoments)
{
    NetemWander wander(WanderExample());
    wander.AssignStreams(10);
    const auto delays = Sample(wander, MilliSeconds(50), 400000);
    // The estimates' own deviations are below 1 %, for about 1 in 8 samples is independent.
    EXPECT_NEAR(Quantile(delays, 0.05), 40 * std::exp(-0.7 * 1.6449), 40 * 0.02);
    EXPECT_NEAR(Quantile(delays, 0.50), 40, 40 * 0.02);
    EXPECT_NEAR(Quantile(delays, 0.95), 40 * std::exp(0.7 * 1.6449), 127 * 0.02);
    EXPECT_NEAR(Quantile(delays, 0.99) / (wander.Bound(0.01).GetSeconds() * 1e3), 1.0, 0.03);
    EXPECT_NEAR(Mean(delays), 40 * std::exp(0.245), 51 * 0.02);
    EXPECT_NEAR(std::sqrt(Covariance(delays, 0)) / (wander.Deviation().GetSeconds() * 1e3),
                1.0,
                0.04);
}

TEST_F(NetemProcesses, AWanderingDelayHasTheStatedAutocorrelation)
{
    NetemWander wander(WanderExample());
    EXPECT_EQ(wander.Loss(), 0.0);
    wander.AssignStreams(20);
    const auto delays = Sample(wander, MilliSeconds(50), 400000);
    const double variance = Covariance(delays, 0);
    for (const int lag : {1, 2, 4, 8})
    {
        const double log = std::exp(-lag * 50.0 / 200.0);
        const double expected = std::expm1(0.49 * log) / std::expm1(0.49);
        EXPECT_NEAR(Covariance(delays, lag) / variance, expected, 0.02) << "lag " << lag;
    }
}

TEST_F(NetemProcesses, SlotsAreUniformAndIndependentAndConstantWithin)
{
    NetemSlotsParameters parameters;
    parameters.period = Seconds(15);
    parameters.phase = Seconds(12);
    parameters.spread = MilliSeconds(6);
    NetemSlots slots(parameters);
    slots.AssignStreams(30);
    std::vector<double> levels{slots.Meet(Seconds(0)).delay.GetSeconds() * 1e3};
    for (int slot = 0; slot < 50000; ++slot)
    {
        const Time begin = Seconds(12) + slot * Seconds(15);
        EXPECT_EQ(slots.Meet(begin - NanoSeconds(1)).delay.GetSeconds() * 1e3, levels.back());
        levels.push_back(slots.Meet(begin).delay.GetSeconds() * 1e3);
        EXPECT_NE(levels.back(), levels[levels.size() - 2]);
    }
    EXPECT_NEAR(Mean(levels), 3.0, 0.03);
    EXPECT_NEAR(std::sqrt(Covariance(levels, 0)), slots.Deviation().GetSeconds() * 1e3, 0.02);
    EXPECT_NEAR(Covariance(levels, 1) / Covariance(levels, 0), 0.0, 0.02);
    EXPECT_LE(*std::max_element(levels.begin(), levels.end()), 6.0);
    EXPECT_NEAR(Quantile(levels, 0.9), slots.Bound(0.1).GetSeconds() * 1e3, 0.1);
}

TEST_F(NetemProcesses, SlotsLosePacketsAtTheirBeginAlone)
{
    NetemSlotsParameters parameters;
    parameters.phase = Seconds(2);
    parameters.edge = MilliSeconds(300);
    parameters.edgeLoss = 0.25;
    NetemSlots slots(parameters);
    slots.AssignStreams(40);
    int lost = 0;
    constexpr int PACKETS = 1500000;
    for (int i = 0; i < PACKETS; ++i)
    {
        const Time now = i * MilliSeconds(10);
        if (slots.Meet(now).lost)
        {
            ++lost;
            const Time inSlot = Rem(now + Seconds(13), Seconds(15));
            ASSERT_LT(inSlot, MilliSeconds(300)) << "at " << now.GetSeconds() << " s";
        }
    }
    EXPECT_NEAR(lost / (0.25 * 0.3 / 15 * PACKETS), 1.0, 0.04);
    EXPECT_NEAR(slots.Loss(), 0.25 * 0.3 / 15, 1e-12);
}

TEST_F(NetemProcesses, OutagesLoseTheStatedShareInBurstsOfTheStatedLength)
{
    NetemOutagesParameters parameters;
    parameters.meanGap = Seconds(3);
    parameters.shortest = MilliSeconds(100);
    parameters.longest = MilliSeconds(500);
    parameters.lost = 0.8;
    NetemOutages outages(parameters);
    outages.AssignStreams(50);
    int lost = 0;
    int inOutage = 0;
    int bursts = 0;
    bool before = false;
    int run = 0;
    constexpr int PACKETS = 4000000;
    for (int i = 0; i < PACKETS; ++i)
    {
        const auto effect = outages.Meet(i * MilliSeconds(5));
        const bool now = effect.lost || effect.delay.IsStrictlyPositive();
        lost += effect.lost;
        inOutage += now;
        bursts += now && !before;
        if (before && !now)
        {
            ASSERT_GE(run, 19);
        }
        run = now ? run + 1 : 0;
        before = now;
    }
    EXPECT_NEAR(static_cast<double>(lost) / inOutage, 0.8, 0.01);
    EXPECT_NEAR(static_cast<double>(lost) / PACKETS, 0.8 * 0.3 / 3.3, 0.003);
    EXPECT_NEAR(outages.Loss(), 0.8 * 0.3 / 3.3, 1e-12);
    EXPECT_NEAR(5.0 * inOutage / bursts, 300.0, 6.0);
    EXPECT_EQ(outages.Bound(0.02), Time(0)) << "a fifth of 9 % waits";
}

TEST_F(NetemProcesses, OutagesWithoutLossHoldPacketsUntilTheirEnd)
{
    NetemOutagesParameters parameters;
    parameters.meanGap = Seconds(2);
    parameters.shortest = MilliSeconds(50);
    parameters.longest = MilliSeconds(300);
    parameters.lost = 0.0;
    NetemOutages outages(parameters);
    outages.AssignStreams(60);
    std::vector<double> delays;
    Time end;
    for (int i = 0; i < 4000000; ++i)
    {
        const Time now = i * MilliSeconds(5);
        const auto effect = outages.Meet(now);
        ASSERT_FALSE(effect.lost);
        if (now < end)
        {
            ASSERT_EQ(now + effect.delay, end) << "the end of an outage moved";
        }
        end = now + effect.delay;
        delays.push_back(effect.delay.GetSeconds() * 1e3);
    }
    for (const double share : {0.05, 0.01, 0.001})
    {
        const double bound = outages.Bound(share).GetSeconds() * 1e3;
        const auto above = std::count_if(delays.begin(), delays.end(), [&](double delay) {
            return delay > bound;
        });
        EXPECT_NEAR(above / (share * delays.size()), 1.0, 0.08) << share;
    }
    EXPECT_EQ(outages.Bound(0.1), Time(0)) << "less than a tenth of all packets wait";
    const double square = (50.0 * 50 + 50 * 300 + 300.0 * 300) / 3;
    EXPECT_NEAR(Mean(delays) / (square / 2 / (2000 + 175)), 1.0, 0.03);
    EXPECT_NEAR(std::sqrt(Covariance(delays, 0)) / (outages.Deviation().GetSeconds() * 1e3),
                1.0,
                0.03);
}

struct ProcessCase
{
    std::string name;
    std::function<Ptr<NetemProcess>()> make;
};

class EveryProcess : public NetemProcesses, public testing::WithParamInterface<ProcessCase>
{
};

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    EveryProcess,
    testing::Values(ProcessCase{"Wander",
                                [] {
                                    return Ptr<NetemProcess>(Create<NetemWander>(WanderExample()));
                                }},
                    ProcessCase{"Slots",
                                [] {
                                    NetemSlotsParameters parameters;
                                    parameters.spread = MilliSeconds(5);
                                    return Ptr<NetemProcess>(Create<NetemSlots>(parameters));
                                }},
                    ProcessCase{"Outages",
                                [] {
                                    NetemOutagesParameters parameters;
                                    parameters.lost = 0.0;
                                    return Ptr<NetemProcess>(Create<NetemOutages>(parameters));
                                }}),
    [](const auto& info) { return info.param.name; });

TEST_P(EveryProcess, TakesTheSameCourseHoweverOftenItIsAsked)
{
    auto often = GetParam().make();
    auto seldom = GetParam().make();
    auto other = GetParam().make();
    often->AssignStreams(70);
    seldom->AssignStreams(70);
    other->AssignStreams(170);
    bool differs = false;
    for (int i = 0; i < 20000; ++i)
    {
        const Time now = i * MilliSeconds(13);
        const Time delay = often->Meet(now).delay;
        if (i % 7 == 3)
        {
            EXPECT_EQ(seldom->Meet(now).delay, delay);
        }
        differs = differs || other->Meet(now).delay != delay;
    }
    EXPECT_TRUE(differs) << "another stream, the same course";
}

TEST_F(NetTest, ProcessesKeepTheOrderOfPacketsAndOthersFreeOfThem)
{
    TopologyOptions options;
    options.name = "star";
    options.servers = 3;
    options.clients = 0;
    Build(options);
    NetemWanderParameters parameters = WanderExample();
    parameters.step = MilliSeconds(1);
    parameters.correlation = MilliSeconds(3);
    Ptr<NetemProcess> wander = Create<NetemWander>(parameters);
    wander->AssignStreams(80);
    Network(1)->GetDiscs()[0]->AddProcess(Network(1)->AddressOf(2), wander);
    End(1).SendTrain(Seconds(1), MilliSeconds(1), 2000, 2);
    End(1).SendTrain(Seconds(1), MilliSeconds(1), 2000, 3);
    RunUntil(Seconds(10));
    ASSERT_EQ(End(2).arrivals.size(), 2000U);
    ASSERT_EQ(End(3).arrivals.size(), 2000U);
    for (uint32_t i = 0; i < 2000; ++i)
    {
        EXPECT_EQ(End(2).arrivals[i].number, i);
        const Time there = End(3).arrivals[i].at - Seconds(1) - i * MilliSeconds(1);
        EXPECT_LT(there, MicroSeconds(2100));
    }
    EXPECT_GT(End(2).arrivals[1000].at, Seconds(2) + MilliSeconds(5));
}

TEST_F(NetTest, PacketsLostInAnOutageAreToldAsThat)
{
    BuildPair({});
    NetemOutagesParameters parameters;
    parameters.meanGap = MilliSeconds(100);
    Ptr<NetemProcess> outages = Create<NetemOutages>(parameters);
    outages->AssignStreams(90);
    Network(1)->GetDiscs()[0]->AddProcess(Network(1)->AddressOf(2), outages);
    uint32_t told = 0;
    Network(1)->TraceConnectWithoutContext(
        "Lost",
        Callback<void, uint32_t, uint32_t, Ptr<const QueueDiscItem>, const char*>(
            [&](uint32_t, uint32_t to, Ptr<const QueueDiscItem>, const char* reason) {
                told += to == 2 && reason == std::string(NetemQueueDisc::OUTAGE);
            }));
    End(1).SendTrain(Seconds(1), MilliSeconds(10), 500, 2);
    RunUntil(Seconds(10));
    EXPECT_GT(told, 100U);
    EXPECT_EQ(End(2).arrivals.size() + told, 500U);
}

TEST(NetemProcessParameters, OutOfRangeAreRefused)
{
    const auto wander = [](auto change) {
        NetemWanderParameters parameters = WanderExample();
        change(parameters);
        EXPECT_THROW(NetemWander{parameters}, std::invalid_argument);
    };
    wander([](auto& p) { p.median = Time(0); });
    wander([](auto& p) { p.correlation = Seconds(-1); });
    wander([](auto& p) { p.step = Time(0); });
    wander([](auto& p) { p.sigma = 0.0; });
    wander([](auto& p) { p.sigma = std::nan(""); });
    const auto slots = [](auto change) {
        NetemSlotsParameters parameters;
        change(parameters);
        EXPECT_THROW(NetemSlots{parameters}, std::invalid_argument);
    };
    slots([](auto& p) { p.period = Time(0); });
    slots([](auto& p) { p.phase = Seconds(16); });
    slots([](auto& p) { p.edge = Seconds(-1); });
    slots([](auto& p) { p.edgeLoss = 1.1; });
    const auto outages = [](auto change) {
        NetemOutagesParameters parameters;
        change(parameters);
        EXPECT_THROW(NetemOutages{parameters}, std::invalid_argument);
    };
    outages([](auto& p) { p.meanGap = Time(0); });
    outages([](auto& p) { p.shortest = Seconds(1); });
    outages([](auto& p) { p.lost = -0.1; });
}

} // namespace
} // namespace nctest
