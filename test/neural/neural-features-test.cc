#include "ns3/neural-features.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace ns3::neural
{

namespace
{

using detection::Nanos;
using detection::PeerArrival;
using detection::PeerStatus;

Nanos
Ms(double ms)
{
    return Nanos(std::llround(ms * 1e6));
}

/** A heartbeat that took `latency` ms between clocks that agree. */
PeerArrival
Heartbeat(uint64_t sequence, double arrivedMs, double latencyMs = 2)
{
    PeerArrival arrival;
    arrival.kind = PeerArrival::Kind::HEARTBEAT;
    arrival.peer = 2;
    arrival.sequence = sequence;
    arrival.arrived = Ms(arrivedMs);
    arrival.peerClock = Ms(arrivedMs - latencyMs);
    return arrival;
}

/** A reply that took `latency` ms back and `roundTrip` ms altogether. */
PeerArrival
Reply(uint64_t sequence, double arrivedMs, double roundTripMs, double latencyMs = 2)
{
    PeerArrival arrival = Heartbeat(sequence, arrivedMs, latencyMs);
    arrival.kind = PeerArrival::Kind::REPLY;
    arrival.roundTrip = Ms(roundTripMs);
    return arrival;
}

/** A peer that behaves: a heartbeat and a reply every 100 ms, from `fromMs` on. */
void
Behave(FeatureExtractor& features, uint64_t first, uint64_t last)
{
    for (uint64_t i = first; i <= last; ++i)
    {
        const double t = 100.0 * static_cast<double>(i);
        features.OnArrival(Heartbeat(i, t - 50));
        features.OnSent(i, Ms(t - 24));
        features.OnArrival(Reply(i, t - 20, 4));
    }
}

FeatureRow
At(const FeatureExtractor& features, double nowMs)
{
    return features.Tick(Ms(nowMs), PeerStatus{});
}

} // namespace

TEST(NeuralFeatures, AreDefinedBeforeAnythingArrives)
{
    FeatureExtractor features;
    features.Start(Ms(1000));
    const FeatureRow row = At(features, 1350);
    FeatureRow expected{};
    expected[MISSED_HEARTBEATS] = 3;
    expected[RESPONSE_RATE] = 1;
    expected[TIME_SINCE_LAST] = 0.35F;
    EXPECT_EQ(row, expected);
}

TEST(NeuralFeatures, OfAPeerThatBehavesAreTheNormalOnes)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 30);
    const FeatureRow row = At(features, 3000);
    EXPECT_NEAR(row[LATENCY_MEAN], 0.002, 1e-7);
    EXPECT_NEAR(row[LATENCY_STD], 0, 1e-9);
    EXPECT_NEAR(row[LATENCY_TREND], 0, 1e-9);
    EXPECT_NEAR(row[LATENCY_JITTER], 0, 1e-9);
    EXPECT_NEAR(row[MESSAGE_RATE], 1, 1e-6);
    EXPECT_NEAR(row[DROP_RATE], 0, 1e-9);
    EXPECT_NEAR(row[HEARTBEAT_REGULARITY], 1, 1e-6);
    EXPECT_EQ(row[MISSED_HEARTBEATS], 0);
    EXPECT_EQ(row[RESPONSE_RATE], 1);
    EXPECT_NEAR(row[RESPONSE_TIME], 0.004, 1e-7);
    EXPECT_NEAR(row[TIME_SINCE_LAST], 0.020, 1e-7);
    EXPECT_NEAR(row[HEALTH_SCORE], 1, 1e-6);
}

TEST(NeuralFeatures, LatencyIsTheExcessOverTheFastestMessagePlusHalfTheFastestRoundTrip)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    features.OnArrival(Reply(1, 100, 6, 3));
    for (const auto& [sequence, t, latency] :
         {std::tuple{2, 2100.0, 10.0}, {3, 2200.0, 20.0}, {4, 2300.0, 30.0}, {5, 2400.0, 60.0}})
    {
        features.OnArrival(Heartbeat(static_cast<uint64_t>(sequence), t, latency));
    }
    const FeatureRow row = At(features, 2500);
    // Latencies 10, 20, 30, 60: mean 30, above the fastest (3) by 27, plus half of 6.
    EXPECT_NEAR(row[LATENCY_MEAN], 0.030, 1e-7);
    EXPECT_NEAR(row[LATENCY_STD], std::sqrt((400.0 + 100 + 0 + 900) / 4) * 1e-3, 1e-7);
    EXPECT_NEAR(row[LATENCY_JITTER], 0.050 / 3, 1e-7);
    // x = -150, -50, 50, 150; y = -20, -10, 0, 30: slope 8000 / 50000.
    EXPECT_NEAR(row[LATENCY_TREND], 0.16, 1e-6);
}

TEST(NeuralFeatures, TheFastestMessageIsForgottenAfterTheBaseHorizon)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    features.OnArrival(Reply(1, 100, 6, 3));
    features.OnArrival(Heartbeat(2, 9000, 50));
    EXPECT_NEAR(At(features, 9000)[LATENCY_MEAN], 0.050, 1e-6);
    features.OnArrival(Heartbeat(3, 10600, 50));
    features.OnArrival(Reply(9, 10700, 100, 50));
    EXPECT_NEAR(At(features, 10700)[LATENCY_MEAN], 0.050, 1e-6) << "half of the new round trip";
}

TEST(NeuralFeatures, MessageRateIsTheShareOfTheMessagesThatShouldCome)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 5);
    EXPECT_NEAR(At(features, 500)[MESSAGE_RATE], 1, 1e-6) << "over the age of the observation";
    EXPECT_NEAR(At(features, 1000)[MESSAGE_RATE], 0.5, 1e-6);
    // Those of (0.6, 1.6]: none.
    EXPECT_EQ(At(features, 1600)[MESSAGE_RATE], 0);
    // A flood is bounded.
    for (uint64_t i = 0; i < 200; ++i)
    {
        features.OnArrival(Heartbeat(6 + i, 1700 + static_cast<double>(i)));
    }
    EXPECT_EQ(At(features, 1900)[MESSAGE_RATE], 2);
}

TEST(NeuralFeatures, DropRateCountsTheNumbersThatAreMissing)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 10);
    // Of 11..20 four are lost.
    for (uint64_t i : {11, 12, 15, 16, 19, 20})
    {
        features.OnArrival(Heartbeat(i, 100.0 * static_cast<double>(i) - 50));
    }
    EXPECT_NEAR(At(features, 2000)[DROP_RATE], 0.4, 1e-6);
    // Number 13 arrives late after all, 15 a second time.
    PeerArrival late = Heartbeat(13, 2010, 700);
    features.OnArrival(late);
    PeerArrival twice = Heartbeat(15, 2020);
    twice.peerClock = Ms(1448);
    features.OnArrival(twice);
    EXPECT_NEAR(At(features, 2020)[DROP_RATE], 0.3, 1e-6);
}

TEST(NeuralFeatures, DropRateBeginsAnewWhenThePeerDoes)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 10);
    features.OnArrival(Heartbeat(1, 1150));
    features.OnArrival(Heartbeat(2, 1250));
    features.OnArrival(Heartbeat(4, 1450));
    EXPECT_NEAR(At(features, 1500)[DROP_RATE], 0.25, 1e-6);
}

TEST(NeuralFeatures, ALongGapShowsAsLossWhenItEnds)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 10);
    EXPECT_EQ(At(features, 20900)[DROP_RATE], 0) << "nothing arrived, nothing is known";
    features.OnArrival(Heartbeat(210, 20950));
    EXPECT_NEAR(At(features, 21000)[DROP_RATE], 1 - 1.0 / 200, 1e-6);
}

TEST(NeuralFeatures, RegularityFallsWithTheSpreadOfTheIntervals)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    double t = 1000;
    uint64_t sequence = 0;
    for (double interval : {0.0, 50.0, 150.0, 50.0, 150.0})
    {
        t += interval;
        features.OnArrival(Heartbeat(++sequence, t));
    }
    EXPECT_NEAR(At(features, t)[HEARTBEAT_REGULARITY], 1 / 1.5, 1e-6); // sd 50, mean 100
    EXPECT_EQ(At(features, t + 900)[HEARTBEAT_REGULARITY], 0) << "a single heartbeat is left";
}

TEST(NeuralFeatures, MissedHeartbeatsAreWholePeriodsOfSilence)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    features.OnArrival(Heartbeat(1, 1000));
    EXPECT_EQ(At(features, 1099)[MISSED_HEARTBEATS], 0);
    EXPECT_EQ(At(features, 1100)[MISSED_HEARTBEATS], 1);
    EXPECT_EQ(At(features, 1799)[MISSED_HEARTBEATS], 7);
    features.OnArrival(Reply(1, 1750, 5));
    EXPECT_EQ(At(features, 1799)[MISSED_HEARTBEATS], 7) << "a reply is no heartbeat";
    EXPECT_EQ(At(features, 99999)[MISSED_HEARTBEATS], 20);
}

TEST(NeuralFeatures, ResponseRateLooksAtHeartbeatsOldEnoughToBeAnswered)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    // The fastest round trip is 80 ms, so G is 160 ms: at 2000 those of (840, 1840] count.
    for (uint64_t i = 1; i <= 20; ++i)
    {
        features.OnSent(i, Ms(100.0 * static_cast<double>(i) - 10));
    }
    for (uint64_t i : {9, 10, 11, 14, 15, 18})
    {
        features.OnArrival(Reply(i, 100.0 * static_cast<double>(i) + 70, 80));
    }
    // Sent in time: 9..18, sent at 890..1790; six of ten answered.
    EXPECT_NEAR(At(features, 2000)[RESPONSE_RATE], 0.6, 1e-6);
    EXPECT_EQ(At(features, 9000)[RESPONSE_RATE], 1) << "none sent, none unanswered";
}

TEST(NeuralFeatures, ResponseTimeIsTheMeanRoundTripOfTheHorizon)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    features.OnArrival(Reply(1, 500, 400));
    features.OnArrival(Reply(2, 1600, 10));
    features.OnArrival(Reply(3, 1700, 30));
    EXPECT_NEAR(At(features, 1800)[RESPONSE_TIME], 0.020, 1e-7);
    EXPECT_EQ(At(features, 9000)[RESPONSE_TIME], 0);
}

TEST(NeuralFeatures, ProgressIsRelativeToWhatIsKnownFromElsewhere)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    PeerArrival arrival = Heartbeat(1, 100);
    arrival.status = {7, 100, 84, false};
    features.OnArrival(arrival);

    FeatureRow row = features.Tick(Ms(100), {7, 100, 84, false});
    EXPECT_EQ(row[TERM_FRESHNESS], 0);
    EXPECT_EQ(row[LOG_PROGRESS], 0);
    EXPECT_EQ(row[COMMIT_PROGRESS], 0);

    row = features.Tick(Ms(100), {8, 116, 132, false});
    EXPECT_NEAR(row[TERM_FRESHNESS], -0.5, 1e-6);
    EXPECT_NEAR(row[LOG_PROGRESS], -0.5, 1e-6);
    EXPECT_NEAR(row[COMMIT_PROGRESS], -0.75, 1e-6);

    row = features.Tick(Ms(100), {4, 52, 83, false});
    EXPECT_NEAR(row[TERM_FRESHNESS], 0.75, 1e-6);
    EXPECT_NEAR(row[LOG_PROGRESS], 0.75, 1e-6);
    EXPECT_NEAR(row[COMMIT_PROGRESS], 1.0 / 17, 1e-6);
}

TEST(NeuralFeatures, LeaderStatusTellsAClaimFromAContestedClaim)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    EXPECT_EQ(features.Tick(Ms(1), {1, 0, 0, true})[LEADER_STATUS], 0);
    features.OnArrival(Heartbeat(1, 100));
    EXPECT_EQ(features.Tick(Ms(100), {1, 0, 0, true})[LEADER_STATUS], 0);
    PeerArrival claim = Heartbeat(2, 200);
    claim.status.leader = true;
    features.OnArrival(claim);
    EXPECT_EQ(features.Tick(Ms(200), {1, 0, 0, false})[LEADER_STATUS], 1);
    EXPECT_EQ(features.Tick(Ms(200), {1, 0, 0, true})[LEADER_STATUS], -1);
}

TEST(NeuralFeatures, StatusComesFromTheNewestMessageNotTheLastToArrive)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    PeerArrival newer = Heartbeat(5, 500);
    newer.status.term = 3;
    features.OnArrival(newer);
    PeerArrival late = Heartbeat(4, 510, 112);
    late.status.term = 2;
    features.OnArrival(late);
    PeerArrival lateReply = Reply(9, 520, 200, 100);
    lateReply.status.term = 2;
    features.OnArrival(lateReply);
    EXPECT_EQ(features.Status()->term, 3U);
    PeerArrival reply = Reply(10, 530, 8);
    reply.status.term = 4;
    features.OnArrival(reply);
    EXPECT_EQ(features.Status()->term, 4U);
}

TEST(NeuralFeatures, HealthScoreIsTheDocumentedProduct)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 10);
    // After 380 came the heartbeats at 450..950 and the replies at 480..980.
    const FeatureRow row = At(features, 1380);
    EXPECT_NEAR(row[MESSAGE_RATE], 12.0 / 20, 1e-6);
    EXPECT_EQ(row[RESPONSE_RATE], 1);
    EXPECT_NEAR(row[TIME_SINCE_LAST], 0.4, 1e-6);
    EXPECT_NEAR(row[HEALTH_SCORE], 0.6 * 0.5, 1e-6);
    EXPECT_EQ(At(features, 5000)[HEALTH_SCORE], 0);
}

TEST(NeuralFeatures, OfASilentPeerKeepNothingOfItsPast)
{
    FeatureExtractor features;
    features.Start(Ms(0));
    Behave(features, 1, 10);
    const FeatureRow row = At(features, 30000);
    FeatureRow expected{};
    expected[MISSED_HEARTBEATS] = 20;
    expected[RESPONSE_RATE] = 1;
    expected[TIME_SINCE_LAST] = 5;
    EXPECT_EQ(row, expected);
}

TEST(NeuralFeatures, StartForgetsEverything)
{
    FeatureExtractor used;
    used.Start(Ms(0));
    Behave(used, 1, 37);
    used.Start(Ms(5000));
    FeatureExtractor fresh;
    fresh.Start(Ms(5000));
    for (FeatureExtractor* features : {&used, &fresh})
    {
        features->OnArrival(Heartbeat(3, 5100, 40));
    }
    EXPECT_EQ(At(used, 5200), At(fresh, 5200));
}

} // namespace ns3::neural
