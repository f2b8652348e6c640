#include "ns3/neural-features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ns3::neural
{

namespace
{

using detection::Nanos;
using detection::PeerArrival;
using detection::PeerStatus;

constexpr std::array<std::pair<float, float>, FEATURE_COUNT> RANGES{{{0, 5},
                                                                     {0, 5},
                                                                     {-1, 1},
                                                                     {0, 5},
                                                                     {0, 2},
                                                                     {0, 1},
                                                                     {0, 1},
                                                                     {0, 20},
                                                                     {0, 1},
                                                                     {0, 5},
                                                                     {-1, 1},
                                                                     {-1, 1},
                                                                     {-1, 1},
                                                                     {-1, 1},
                                                                     {0, 5},
                                                                     {0, 1}}};

void
ExpectInRange(const FeatureRow& row)
{
    for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
    {
        ASSERT_TRUE(std::isfinite(row[i])) << FeatureNames()[i];
        ASSERT_GE(row[i], RANGES[i].first) << FeatureNames()[i];
        ASSERT_LE(row[i], RANGES[i].second) << FeatureNames()[i];
    }
}

/** What an observer does in a run: messages in and out, and ticks. */
struct Step
{
    enum
    {
        ARRIVE,
        SEND,
        TICK
    } what;

    Nanos now;
    PeerArrival arrival;
};

/** A lossy, jittery, reordering, restarting peer, seen for 30 s. */
std::vector<Step>
RandomRun(uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> jitter(1 / 0.03);
    std::uniform_real_distribution<double> chance(0, 1);
    std::vector<Step> steps;
    uint64_t sequence = 0;
    for (int64_t i = 1; i < 300; ++i)
    {
        const Nanos base(i * 100000000);
        steps.push_back({Step::TICK, base, {}});
        steps.push_back({Step::SEND, base + Nanos(1000), {}});
        steps.back().arrival.sequence = static_cast<uint64_t>(i);
        sequence = chance(random) < 0.02 ? 1 : sequence + 1;
        for (bool reply : {false, true})
        {
            if (chance(random) < 0.2)
            {
                continue;
            }
            Step step{Step::ARRIVE, base + Nanos(std::llround(jitter(random) * 1e9)), {}};
            step.arrival.kind = reply ? PeerArrival::Kind::REPLY : PeerArrival::Kind::HEARTBEAT;
            step.arrival.sequence = reply ? static_cast<uint64_t>(i) : sequence;
            step.arrival.arrived = step.now;
            step.arrival.peerClock = base;
            step.arrival.roundTrip = reply ? step.now - base : Nanos(0);
            step.arrival.status = {1 + sequence / 50, sequence, sequence / 2, sequence % 60 < 20};
            steps.push_back(step);
        }
    }
    std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
        return a.now < b.now;
    });
    return steps;
}

/** @return the rows of all ticks, with the observer's and the peer's clock shifted */
std::vector<FeatureRow>
Replay(const std::vector<Step>& steps, Nanos own, Nanos peer)
{
    FeatureExtractor features;
    features.Start(own);
    std::vector<FeatureRow> rows;
    for (Step step : steps)
    {
        switch (step.what)
        {
        case Step::TICK:
            rows.push_back(features.Tick(step.now + own, {2, 100, 50, false}));
            break;
        case Step::SEND:
            features.OnSent(step.arrival.sequence, step.now + own);
            break;
        case Step::ARRIVE:
            step.arrival.arrived += own;
            step.arrival.peerClock += peer;
            features.OnArrival(step.arrival);
            break;
        }
    }
    return rows;
}

} // namespace

TEST(NeuralFeaturesRobustness, ShiftingEitherClockChangesNothing)
{
    using std::chrono::hours;
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        const std::vector<Step> steps = RandomRun(seed);
        const std::vector<FeatureRow> rows = Replay(steps, Nanos(0), Nanos(0));
        ASSERT_GT(rows.size(), 250U);
        EXPECT_NE(rows[100], rows[200]);
        // Not EXPECT_EQ: that would print some hundred rows.
        EXPECT_TRUE(rows == Replay(steps, hours(-7) + Nanos(13), hours(-7) + Nanos(13)));
        EXPECT_TRUE(rows == Replay(steps, hours(5) + Nanos(1), hours(-3)));
        EXPECT_TRUE(rows == Replay(steps, Nanos(0), hours(24 * 365 * 50)));
        EXPECT_TRUE(rows == Replay(steps, hours(24 * 365 * 60), Nanos(0)));
    }
}

TEST(NeuralFeaturesRobustness, AllStayInTheirRanges)
{
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        for (const FeatureRow& row : Replay(RandomRun(seed), Nanos(0), Nanos(0)))
        {
            ExpectInRange(row);
        }
    }
}

TEST(NeuralFeaturesRobustness, NothingThatAPeerSaysTakesThemOutOfTheirRanges)
{
    std::mt19937_64 random(3);
    const std::array<uint64_t, 5> extremes{0,
                                           1,
                                           std::numeric_limits<uint64_t>::max(),
                                           uint64_t{1} << 63,
                                           (uint64_t{1} << 63) - 1};
    const auto wild = [&]() {
        return random() % 3 == 0 ? extremes[random() % extremes.size()] : random();
    };
    for (int run = 0; run < 50; ++run)
    {
        FeatureExtractor features;
        int64_t now = 1000000000;
        features.Start(Nanos(now));
        for (int i = 0; i < 500; ++i)
        {
            now += static_cast<int64_t>(random() % 20000000);
            PeerArrival arrival;
            arrival.kind = random() % 2 ? PeerArrival::Kind::REPLY : PeerArrival::Kind::HEARTBEAT;
            arrival.sequence = wild();
            arrival.arrived = Nanos(now);
            arrival.peerClock = Nanos(static_cast<int64_t>(wild()));
            arrival.roundTrip = Nanos(static_cast<int64_t>(random() % 10000000000));
            arrival.status = {wild(), wild(), wild(), random() % 2 == 0};
            features.OnArrival(arrival);
            ExpectInRange(features.Tick(Nanos(now), {wild(), wild(), wild(), random() % 2 == 0}));
        }
    }
}

TEST(NeuralFeaturesRobustness, DriftAddsLittleToTheLatency)
{
    FeatureExtractor features;
    features.Start(Nanos(0));
    for (int64_t i = 1; i <= 600; ++i)
    {
        PeerArrival arrival;
        arrival.sequence = static_cast<uint64_t>(i);
        arrival.arrived = Nanos(i * 100000000);
        // 50 ppm slow: 5 us more apparent latency with each heartbeat.
        arrival.peerClock = arrival.arrived - Nanos(200000 + i * 5000);
        features.OnArrival(arrival);
        EXPECT_LE(features.Tick(arrival.arrived, {})[LATENCY_MEAN], 0.0005);
    }
}

TEST(NeuralFeaturesRobustness, AClockThatIsSetBackBeginsTheObservationAnew)
{
    FeatureExtractor features;
    features.Start(Nanos(0));
    for (int64_t i = 1; i <= 50; ++i)
    {
        PeerArrival arrival;
        arrival.sequence = static_cast<uint64_t>(i);
        arrival.arrived = Nanos((i <= 40 ? i : i - 30) * 100000000);
        arrival.peerClock = Nanos(i * 100000000);
        features.OnArrival(arrival);
        ExpectInRange(features.Tick(arrival.arrived, {}));
    }
    const FeatureRow row = features.Tick(Nanos(2000000000), {});
    EXPECT_EQ(row[TIME_SINCE_LAST], 0);
    EXPECT_EQ(row[LATENCY_MEAN], 0);
    EXPECT_EQ(row[DROP_RATE], 0);
}

TEST(NeuralFeaturesRobustness, FastHeartbeatsFitIntoTheHorizon)
{
    FeatureSettings settings;
    settings.interval = std::chrono::milliseconds(5);
    FeatureExtractor features(settings);
    features.Start(Nanos(0));
    for (int64_t i = 1; i <= 1000; ++i)
    {
        PeerArrival arrival;
        arrival.sequence = static_cast<uint64_t>(i);
        arrival.arrived = Nanos(i * 5000000);
        features.OnArrival(arrival);
        arrival.kind = PeerArrival::Kind::REPLY;
        features.OnArrival(arrival);
    }
    EXPECT_NEAR(features.Tick(Nanos(5000000000), {})[MESSAGE_RATE], 1, 1e-6);
}

TEST(NeuralFeaturesRobustness, SettingsOutOfRangeAreRefused)
{
    const auto refuses = [](auto change) {
        FeatureSettings settings;
        change(settings);
        EXPECT_THROW(FeatureExtractor{settings}, std::invalid_argument);
    };
    refuses([](auto& s) { s.interval = Nanos(0); });
    refuses([](auto& s) { s.horizon = s.interval - Nanos(1); });
    refuses([](auto& s) { s.baseHorizon = s.horizon - Nanos(1); });
    refuses([](auto& s) { s.interval = Nanos(10); });
}

} // namespace ns3::neural
