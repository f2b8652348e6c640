// Each detector with freshness points beside its published formula, computed from the whole
// history.
#include "detection-test-support.h"

#include "ns3/failure-detector.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3::detection
{

namespace
{

constexpr double ETA = 0.1; //!< period, s

/** A heartbeat as the formulas see it. */
struct Sample
{
    uint64_t sequence;
    double arrived; //!< s
};

/** Heartbeats every 100 ms from 3 s on, delayed by 20 ms and an exponential time, one in ten lost,
 * in order. */
std::vector<Sample>
RandomSamples(uint64_t seed, std::size_t count)
{
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> delay(1 / 0.015);
    std::bernoulli_distribution lost(0.1);
    std::vector<Sample> samples;
    double last = 0;
    for (uint64_t i = 1; samples.size() < count; ++i)
    {
        const double arrived = 3 + ETA * static_cast<double>(i) + 0.02 + delay(random);
        if (!lost(random) && arrived > last)
        {
            samples.push_back({i, std::round(arrived * 1e9) / 1e9});
            last = arrived;
        }
    }
    return samples;
}

PeerArrival
ToArrival(const Sample& sample)
{
    PeerArrival arrival = Heartbeat(sample.sequence, Ms(sample.arrived * 1e3));
    arrival.peerClock = Ms((3 + ETA * static_cast<double>(sample.sequence)) * 1e3);
    return arrival;
}

/** EA of the next heartbeat after `last` from the last n samples up to it, s. */
double
ExpectedNext(const std::vector<Sample>& samples, std::size_t last, std::size_t n)
{
    const std::size_t first = last + 1 > n ? last + 1 - n : 0;
    double sum = 0;
    for (std::size_t i = first; i <= last; ++i)
    {
        sum += samples[i].arrived - ETA * static_cast<double>(samples[i].sequence);
    }
    return sum / static_cast<double>(last - first + 1) +
           ETA * static_cast<double>(samples[last].sequence + 1);
}

double
DeadlineSeconds(const FailureDetector& detector)
{
    return std::chrono::duration<double>(detector.Deadline().value()).count();
}

} // namespace

TEST(ChenNfdE, SuspectsAlphaAfterTheMeanOfTheLastArrivals)
{
    for (uint64_t seed = 1; seed <= 5; ++seed)
    {
        const auto samples = RandomSamples(seed, 300);
        auto detector = MakeFailureDetector("chen-nfd-e", {{"alpha", "70ms"}, {"window", "32"}});
        for (std::size_t i = 0; i < samples.size(); ++i)
        {
            detector->OnArrival(ToArrival(samples[i]));
            const double expected = ExpectedNext(samples, i, 32);
            ASSERT_NEAR(DeadlineSeconds(*detector), expected + 0.07, 1e-8) << seed << ' ' << i;
            ASSERT_NEAR(detector->Level(Ms(1e3 * samples[i].arrived)),
                        samples[i].arrived - expected,
                        1e-8);
        }
    }
}

TEST(ChenNfdS, SuspectsAtTheFreshnessPointOfTheNextHeartbeat)
{
    // tau_(i+1) = sigma_(i+1) + delta: what arrives when has no part in it.
    const auto samples = RandomSamples(7, 100);
    auto detector = MakeFailureDetector("chen-nfd-s", {{"alpha", "70ms"}});
    for (const Sample& sample : samples)
    {
        detector->OnArrival(ToArrival(sample));
        ASSERT_NEAR(DeadlineSeconds(*detector),
                    3 + ETA * static_cast<double>(sample.sequence + 1) + 0.07,
                    1e-8);
    }
}

TEST(Bertier, FollowsItsErrorAsTheRetransmissionTimerDoes)
{
    for (uint64_t seed = 1; seed <= 5; ++seed)
    {
        const auto samples = RandomSamples(seed, 300);
        auto detector = MakeFailureDetector(
            "bertier",
            {{"gamma", "0.2"}, {"beta", "1.5"}, {"phi", "3"}, {"window", "50"}});
        double delay = 0;
        double var = 0;
        for (std::size_t i = 0; i < samples.size(); ++i)
        {
            detector->OnArrival(ToArrival(samples[i]));
            if (i > 0)
            {
                // EA of this very heartbeat, from those before it.
                const double next = ExpectedNext(samples, i - 1, 50);
                const auto skipped =
                    static_cast<double>(samples[i].sequence - samples[i - 1].sequence - 1);
                const double error = samples[i].arrived - (next + ETA * skipped) - delay;
                delay += 0.2 * error;
                var += 0.2 * (std::abs(error) - var);
            }
            ASSERT_NEAR(DeadlineSeconds(*detector),
                        ExpectedNext(samples, i, 50) + 1.5 * delay + 3 * var,
                        1e-7)
                << seed << ' ' << i;
        }
    }
}

TEST(TwoWindow, WaitsForTheLaterOfTwoEstimates)
{
    for (uint64_t seed = 1; seed <= 5; ++seed)
    {
        const auto samples = RandomSamples(seed, 300);
        auto detector = MakeFailureDetector("two-window",
                                            {{"margin", "30ms"}, {"short", "1"}, {"long", "100"}});
        int shortHeld = 0;
        for (std::size_t i = 0; i < samples.size(); ++i)
        {
            detector->OnArrival(ToArrival(samples[i]));
            const double brief = ExpectedNext(samples, i, 1);
            const double steady = ExpectedNext(samples, i, 100);
            shortHeld += brief > steady;
            ASSERT_NEAR(DeadlineSeconds(*detector), std::max(brief, steady) + 0.03, 1e-8);
        }
        EXPECT_GT(shortHeld, 30);
        EXPECT_LT(shortHeld, 270);
    }
}

TEST(Dynatune, CoversTheHeartbeatsThatALossAsksFor)
{
    // One in ten lost: (0.1)^3 = 1 - 0.999, so 3 heartbeats; none lost: 1.
    const auto margin = [](bool lossy) {
        auto detector = MakeFailureDetector("dynatune", {{"window", "400"}});
        uint64_t last = 0;
        for (uint64_t i = 1; i <= 2000; ++i)
        {
            if (!lossy || i % 20 > 1) // two in a row of twenty
            {
                detector->OnArrival(ToArrival({i, 3 + ETA * static_cast<double>(i) + 0.01}));
                last = i;
            }
        }
        return DeadlineSeconds(*detector) - (3 + ETA * static_cast<double>(last + 1) + 0.01);
    };
    EXPECT_NEAR(margin(false), 0, 1e-6);
    EXPECT_NEAR(margin(true), 2 * ETA, 0.01);
}

TEST(Dynatune, AddsDeviationsOfTheDelay)
{
    // Delays of 10 and 30 ms in turn deviate by 10 ms.
    for (const double safety : {1.0, 2.0, 6.0})
    {
        auto detector =
            MakeFailureDetector("dynatune",
                                {{"safety", std::to_string(safety)}, {"window", "100"}});
        for (uint64_t i = 1; i <= 500; ++i)
        {
            const double delay = i % 2 == 0 ? 0.01 : 0.03;
            detector->OnArrival(ToArrival({i, 3 + ETA * static_cast<double>(i) + delay}));
        }
        EXPECT_NEAR(DeadlineSeconds(*detector), 3 + ETA * 501 + 0.02 + safety * 0.01, 1e-6);
    }
}

TEST(ExpectedArrivalDetectors, BeginAnewWithAPeersNewLife)
{
    for (const char* name : {"chen-nfd-e", "bertier", "two-window", "dynatune"})
    {
        auto detector = MakeFailureDetector(name, {});
        for (uint64_t i = 1; i <= 100; ++i)
        {
            detector->OnArrival(ToArrival({i, 3 + ETA * static_cast<double>(i)}));
        }
        // Ten seconds later numbers begin at 1, while the clock went on.
        PeerArrival reborn = Heartbeat(1, Ms(23000));
        detector->OnArrival(reborn);
        EXPECT_GT(DeadlineSeconds(*detector), 23.09) << name;
        EXPECT_LT(DeadlineSeconds(*detector), 23.5) << name;
    }
}

TEST(ExpectedArrivalDetectors, SurviveAnyNumberAPeerMayClaim)
{
    for (const std::string& name : FailureDetectorNames())
    {
        auto detector = MakeFailureDetector(name, {});
        detector->Start(Nanos(0));
        for (const uint64_t sequence :
             {uint64_t{1}, uint64_t{2}, uint64_t{1} << 40, uint64_t{1} << 62, ~uint64_t{0}})
        {
            detector->OnArrival(Heartbeat(sequence, Ms(100)));
            detector->OnArrival(Heartbeat(sequence, Ms(101)));
            EXPECT_TRUE(detector->Deadline().has_value()) << name;
            EXPECT_TRUE(std::isfinite(detector->Level(Ms(200)))) << name;
        }
    }
}

TEST(Bertier, NeverSuspectsWhereTheMarginIsBeyondAllTime)
{
    auto detector = MakeFailureDetector("bertier", {{"phi", "1e300"}});
    for (uint64_t sequence = 1; sequence <= 9; ++sequence)
    {
        detector->OnArrival(Heartbeat(sequence, Ms(100.0 * sequence + sequence % 3)));
    }
    EXPECT_FALSE(detector->Suspects(std::chrono::hours(24 * 365)));
}

TEST(ExpectedArrivalDetectors, RefuseSettingsOutOfRange)
{
    using P = DetectorParameters;
    EXPECT_THROW(MakeFailureDetector("bertier", P{{"gamma", "1.1"}}), std::invalid_argument);
    EXPECT_THROW(MakeFailureDetector("two-window", P{{"short", "10"}, {"long", "9"}}),
                 std::invalid_argument);
    EXPECT_THROW(MakeFailureDetector("dynatune", P{{"reliability", "1"}}), std::invalid_argument);
    EXPECT_THROW(MakeFailureDetector("chen-nfd-s", P{{"window", "3"}}), std::invalid_argument);
    EXPECT_THROW(MakeFailureDetector("chen-nfd-e", P{{"alpha", "-1ms"}}), std::invalid_argument);
    EXPECT_THROW(MakeFailureDetector("chen-nfd-e", P{{"period", "0"}}), std::invalid_argument);
}

} // namespace ns3::detection
