/**
 * @file
 * What features must not depend on. The workflow's target `audit` lists these tests beside the
 * audits of the corpus.
 */

#include "ns3/neural-features.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns3::neural
{

namespace
{

using detection::Nanos;
using detection::PeerArrival;
using detection::PeerStatus;
using std::chrono::milliseconds;
using std::chrono::seconds;

/** By how much everything is moved that a feature must not see. */
struct Shift
{
    Nanos observerClock{0};
    Nanos peerClock{0};
    uint64_t sequence{0};    //!< of the peer's heartbeats
    uint64_t ownSequence{0}; //!< of the observer's heartbeats, which replies repeat
    uint64_t term{0};        //!< of everybody
    uint64_t index{0};       //!< of everybody's log
    uint32_t identity{0};    //!< of the peer
    int64_t earlierTicks{0}; //!< how much longer the same peer has been observed
};

/** What happens in one tick, drawn from the tick's number alone: a lossy, jittery peer. */
struct TickOfPeer
{
    explicit TickOfPeer(uint64_t seed, int64_t tick)
    {
        std::mt19937_64 random(seed * 1000003 + static_cast<uint64_t>(tick));
        std::uniform_real_distribution<double> chance(0, 1);
        heartbeatArrives = chance(random) < 0.9;
        replyArrives = chance(random) < 0.8;
        latency = Nanos(static_cast<int64_t>(1e6 + 3e7 * chance(random)));
        roundTrip = latency + Nanos(static_cast<int64_t>(1e6 + 1e7 * chance(random)));
        leads = tick % 97 < 40;
    }

    bool heartbeatArrives;
    bool replyArrives;
    bool leads;
    Nanos latency;
    Nanos roundTrip;
};

/** @return the rows of the ticks 1 to 300 of a peer, which is observed for `earlierTicks` before */
std::vector<FeatureRow>
Observe(uint64_t seed, const Shift& shift)
{
    constexpr int64_t TICKS = 300;
    constexpr Nanos TICK = milliseconds(100);
    FeatureExtractor features;
    const int64_t first = 1 - shift.earlierTicks;
    features.Start(shift.observerClock + (first - 1) * TICK);
    std::vector<FeatureRow> rows;
    for (int64_t tick = first; tick <= TICKS; ++tick)
    {
        const Nanos now = tick * TICK;
        const TickOfPeer course(seed, tick);
        const auto number = static_cast<uint64_t>(tick - first + 1);
        const auto progress = static_cast<uint64_t>(1000 + tick);
        const PeerStatus status{3 + shift.term,
                                progress + shift.index,
                                progress + shift.index - 4,
                                course.leads};
        const auto arrive = [&](PeerArrival::Kind kind, uint64_t sequence, Nanos at, Nanos sent) {
            PeerArrival arrival;
            arrival.kind = kind;
            arrival.peer = 2 + shift.identity;
            arrival.sequence = sequence;
            arrival.arrived = at + shift.observerClock;
            arrival.peerClock = sent + shift.peerClock;
            arrival.roundTrip = kind == PeerArrival::Kind::REPLY ? course.roundTrip : Nanos(0);
            arrival.status = status;
            features.OnArrival(arrival);
        };
        features.OnSent(number + shift.ownSequence, now - milliseconds(95) + shift.observerClock);
        if (course.heartbeatArrives)
        {
            const Nanos sent = now - milliseconds(90);
            arrive(PeerArrival::Kind::HEARTBEAT,
                   number + shift.sequence,
                   sent + course.latency,
                   sent);
        }
        if (course.replyArrives)
        {
            const Nanos at = now - milliseconds(50);
            arrive(PeerArrival::Kind::REPLY, number + shift.ownSequence, at, at - course.latency);
        }
        const PeerStatus known{3 + shift.term,
                               progress + shift.index + 2,
                               progress + shift.index,
                               false};
        const FeatureRow row = features.Tick(now + shift.observerClock, known);
        if (tick >= 1)
        {
            rows.push_back(row);
        }
    }
    return rows;
}

/** Expects the same features from the same course of things, however it is numbered and dated. */
void
ExpectUnchanged(const Shift& shift)
{
    for (uint64_t seed = 1; seed <= 10; ++seed)
    {
        const std::vector<FeatureRow> rows = Observe(seed, Shift());
        ASSERT_EQ(rows.size(), 300U);
        ASSERT_NE(rows[100], rows[200]);
        ASSERT_NE(rows, Observe(seed + 100, Shift())) << "another course gives other features";
        // Not EXPECT_EQ: that would print some hundred rows.
        EXPECT_TRUE(rows == Observe(seed, shift)) << "seed " << seed;
    }
}

} // namespace

TEST(NeuralFeaturesAudit, NoFeatureSeesTheObserversClock)
{
    Shift shift;
    shift.observerClock = std::chrono::hours(24 * 365 * 50) + Nanos(7);
    ExpectUnchanged(shift);
}

TEST(NeuralFeaturesAudit, NoFeatureSeesThePeersClock)
{
    Shift shift;
    shift.peerClock = -std::chrono::hours(24 * 365 * 30) - Nanos(13);
    ExpectUnchanged(shift);
}

TEST(NeuralFeaturesAudit, NoFeatureSeesSequenceNumbers)
{
    Shift shift;
    shift.sequence = 123456;
    shift.ownSequence = 7654321;
    ExpectUnchanged(shift);
}

TEST(NeuralFeaturesAudit, NoFeatureSeesTermsOrIndices)
{
    Shift shift;
    shift.term = 1000;
    shift.index = 5000000;
    ExpectUnchanged(shift);
}

TEST(NeuralFeaturesAudit, NoFeatureSeesWhoThePeerIs)
{
    Shift shift;
    shift.identity = 97;
    ExpectUnchanged(shift);
}

TEST(NeuralFeaturesAudit, NoFeatureSeesTheTimeSinceTheStart)
{
    // Once the longest horizon (10 s) has passed, nothing of an earlier past is left.
    for (uint64_t seed = 1; seed <= 10; ++seed)
    {
        Shift longer;
        longer.earlierTicks = 4000;
        const std::vector<FeatureRow> young = Observe(seed, Shift());
        const std::vector<FeatureRow> old = Observe(seed, longer);
        ASSERT_EQ(young.size(), old.size());
        for (std::size_t i = 110; i < young.size(); ++i)
        {
            ASSERT_TRUE(young[i] == old[i]) << "seed " << seed << ", tick " << i + 1;
        }
    }
}

TEST(NeuralFeaturesAudit, NothingButTheWrittenWhitelistReachesAFeature)
{
    // All that a feature can be made of: a field more, and these lines no longer compile.
    const auto [kind, peer, sequence, arrived, peerClock, roundTrip, status] = PeerArrival{};
    const auto [term, lastIndex, commitIndex, leader] = status;
    EXPECT_EQ(kind, PeerArrival::Kind::HEARTBEAT);
    EXPECT_EQ(peer + sequence + term + lastIndex + commitIndex, 0U);
    EXPECT_EQ(arrived + peerClock + roundTrip, Nanos(0));
    EXPECT_FALSE(leader);
}

} // namespace ns3::neural
