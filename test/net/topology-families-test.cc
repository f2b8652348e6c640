#include "net-fixture.h"
#include "topology-test-name.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

using namespace ns3;

namespace nctest
{
namespace
{

using Pair = std::pair<uint32_t, uint32_t>;

class EverySize : public NetTest,
                  public testing::WithParamInterface<std::tuple<std::string, uint32_t>>
{
};

/** Every family with few and many servers. Of 100 on one channel of wifi some are never heard. */
std::vector<std::tuple<std::string, uint32_t>>
FamiliesAndSizes()
{
    std::vector<std::tuple<std::string, uint32_t>> all;
    for (const std::string& name : TopologyNames())
    {
        for (const uint32_t servers : {3U, 5U, 50U, 100U})
        {
            if (name != "wifi" || servers < 100)
            {
                all.emplace_back(name, servers);
            }
        }
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Families,
                         EverySize,
                         testing::ValuesIn(FamiliesAndSizes()),
                         [](const auto& info) {
                             return TopologyTestName(std::get<0>(info.param)) + "_" +
                                    std::to_string(std::get<1>(info.param));
                         });

TEST_P(EverySize, LetsEveryServerReachEveryOther)
{
    const auto [name, servers] = GetParam();
    TopologyOptions options;
    options.name = name;
    options.servers = servers;
    options.clients = 1;
    // Every station hears every frame, so that many take long: there each reaches its neighbour.
    const bool ring = name == "wifi" && servers > 5;
    if (ring)
    {
        options.backgroundLoad = 0.0;
    }
    Build(options);
    std::set<Pair> missing;
    for (uint32_t from = 1; from <= servers; ++from)
    {
        for (uint32_t to = 1; to <= servers; ++to)
        {
            if (from != to && (!ring || to == from % servers + 1))
            {
                missing.insert({from, to});
            }
        }
    }
    // Some families lose packets: what did not arrive is sent again.
    for (int round = 0; round < 5 && !missing.empty(); ++round)
    {
        const Time start = Simulator::Now() + topology.WarmUp() + MilliSeconds(100);
        int sent = 0;
        for (const auto& [from, to] : missing)
        {
            End(from).SendAt(start + sent++ * MicroSeconds(400), to, 1, 20);
        }
        RunUntil(start + Seconds(6));
        for (const auto& [from, to] : std::set<Pair>(missing))
        {
            for (const auto& arrival : End(to).arrivals)
            {
                missing.erase({arrival.from, to});
            }
        }
    }
    EXPECT_EQ(missing, std::set<Pair>());
}

/** One-way delays of probes from server 1 to others. */
class Delays : public NetTest
{
  protected:
    std::vector<double> Probe(const TopologyOptions& options, uint32_t seed, uint32_t probes)
    {
        Build(options, seed);
        const Time start = topology.WarmUp() + Seconds(1);
        const Time gap = MilliSeconds(100);
        for (uint32_t to = 2; to <= options.servers; ++to)
        {
            End(1).SendTrain(start + MilliSeconds(to), gap, probes, to);
        }
        latency = topology.PathLatency();
        jitter = topology.Jitter();
        loss = topology.Loss();
        RunUntil(start + probes * gap + Seconds(5));
        std::vector<double> delays;
        for (uint32_t to = 2; to <= options.servers; ++to)
        {
            for (const auto& arrival : End(to).arrivals)
            {
                const Time sent = start + MilliSeconds(to) + arrival.number * gap;
                delays.push_back((arrival.at - sent).GetSeconds());
            }
        }
        Clear();
        return delays;
    }

    Time latency;
    Time jitter;
    double loss{0.0};
};

class PathLatency : public Delays, public testing::WithParamInterface<std::string>
{
};

INSTANTIATE_TEST_SUITE_P(Families,
                         PathLatency,
                         testing::ValuesIn(TopologyNames()),
                         [](const auto& info) { return TopologyTestName(info.param); });

TEST_P(PathLatency, IsExceededByAtMostOnePacketInAHundred)
{
    TopologyOptions options;
    options.name = GetParam();
    options.servers = 6;
    options.random = true;
    std::size_t late = 0;
    std::size_t all = 0;
    for (uint32_t seed = 1; seed <= 4; ++seed)
    {
        // The traffic of others takes long to simulate.
        const bool busy = GetParam() == "leaf-spine" || GetParam() == "wifi";
        for (const double delay : Probe(options, seed, busy ? 40 : 200))
        {
            // Besides, the packet takes its time on the wire, at 5 Mbit/s or more.
            late += delay > latency.GetSeconds() + 1e-3;
            ++all;
        }
    }
    EXPECT_GT(all, 700U);
    EXPECT_LE(late, all / 100);
}

TEST_P(PathLatency, ComesWithAJitterOfTheMeasuredSize)
{
    TopologyOptions options;
    options.name = GetParam();
    options.servers = 2;
    double variance = 0.0;
    constexpr uint32_t SEEDS = 4;
    // What varies by the packets of others shows soon; slots and handovers need minutes.
    const bool busy = GetParam() == "leaf-spine" || GetParam() == "wifi";
    const uint32_t probes = busy ? 150 : 3000;
    for (uint32_t seed = 1; seed <= SEEDS; ++seed)
    {
        const auto delays = Probe(options, seed, probes);
        double sum = 0.0;
        double squares = 0.0;
        for (const double delay : delays)
        {
            sum += delay;
            squares += delay * delay;
        }
        const double mean = sum / delays.size();
        variance += std::max(squares / delays.size() - mean * mean, 0.0) / SEEDS;
    }
    const double measured = std::sqrt(variance);
    // Five minutes hold but 20 slots and about as many handovers.
    EXPECT_LT(measured, 1.6 * jitter.GetSeconds() + 5e-4);
    EXPECT_GT(measured, 0.4 * jitter.GetSeconds() - 1e-9);
}

TEST_F(Delays, OfAWirelessChannelGrowWithItsLoadAndItsStations)
{
    TopologyOptions options;
    options.name = "wifi";
    Time before;
    Time jitterBefore;
    for (const auto& [servers, load] :
         std::vector<std::pair<uint32_t, double>>{{3, 0.0}, {5, 0.2}, {10, 0.5}, {10, 0.7}})
    {
        options.servers = servers;
        options.backgroundLoad = load;
        Build(options);
        EXPECT_GT(topology.PathLatency(), before);
        EXPECT_GT(topology.Jitter(), jitterBefore);
        before = topology.PathLatency();
        jitterBefore = topology.Jitter();
        Clear();
    }
    options.servers = 100;
    options.backgroundLoad = 1.0;
    Build(options);
    EXPECT_EQ(topology.PathLatency(), Seconds(1)) << "what waits longer is dropped";
}

TEST_F(Delays, OfABusyWirelessChannelStayWithinItsBound)
{
    TopologyOptions options;
    options.name = "wifi";
    options.servers = 5;
    options.backgroundLoad = 0.7;
    std::vector<double> delays;
    for (uint32_t seed = 1; seed <= 2; ++seed)
    {
        for (const double delay : Probe(options, seed, 150))
        {
            delays.push_back(delay);
        }
    }
    EXPECT_GT(delays.size(), 1100U);
    const auto late = std::count_if(delays.begin(), delays.end(), [&](double delay) {
        return delay > latency.GetSeconds();
    });
    EXPECT_LE(static_cast<std::size_t>(late), delays.size() / 100);
}

class Losses : public Delays, public testing::WithParamInterface<std::string>
{
};

INSTANTIATE_TEST_SUITE_P(Families,
                         Losses,
                         testing::Values("lan", "internet", "starlink", "lte"),
                         [](const auto& info) { return TopologyTestName(info.param); });

TEST_P(Losses, AreOfTheStatedShare)
{
    TopologyOptions options;
    options.name = GetParam();
    options.servers = 2;
    constexpr uint32_t SEEDS = 8;
    constexpr uint32_t PROBES = 3000;
    double lost = 0.0;
    for (uint32_t seed = 1; seed <= SEEDS; ++seed)
    {
        lost += 1.0 - static_cast<double>(Probe(options, seed, PROBES).size()) / PROBES;
    }
    lost /= SEEDS;
    // There are about 40 bursts in the 40 minutes; dishes change their satellites together.
    EXPECT_LE(lost, 1.5 * loss);
    EXPECT_GE(lost, 0.6 * loss);
    EXPECT_EQ(loss > 0.0, GetParam() != "lan");
}

TEST_F(Delays, OfNetworksThatLosePacketsComeWithImpairmentsOnTop)
{
    TopologyOptions options;
    options.name = "internet";
    options.servers = 2;
    Probe(options, 1, 1);
    const double own = loss;
    EXPECT_NEAR(own, 0.21 / 60.21, 1e-9);
    options.impairment.loss = 0.2;
    options.impairment.burstLoss.meanLoss = 0.3;
    Probe(options, 1, 1);
    EXPECT_NEAR(loss, 1.0 - 0.5 * (1.0 - own), 1e-9);
}

TEST_F(Delays, OfTheInternetStayMuchTheSameFromOnePacketToTheNext)
{
    TopologyOptions options;
    options.name = "internet";
    options.servers = 2;
    const auto delays = Probe(options, 1, 20000);
    double mean = 0.0;
    for (const double delay : delays)
    {
        mean += delay / delays.size();
    }
    double variance = 0.0;
    double covariance = 0.0;
    for (std::size_t i = 1; i < delays.size(); ++i)
    {
        variance += std::pow(delays[i] - mean, 2);
        covariance += (delays[i] - mean) * (delays[i - 1] - mean);
    }
    EXPECT_GT(covariance / variance, 0.93);
}

} // namespace
} // namespace nctest
