#include "recorded-heartbeats.h"

#include "ns3/gossip-replay.h"

#include <gtest/gtest.h>
#include <map>
#include <stdexcept>
#include <tuple>

namespace ns3::detection
{

namespace
{

/** A heartbeat of a recording of a cluster. */
struct Sent
{
    uint32_t observer;
    uint32_t target;
    Recorded heartbeat;
};

using ClusterRecording = std::vector<Sent>; //!< in the order of sending

constexpr Nanos VOTE_LIFE = std::chrono::seconds(1);

/** Servers that all watch each other, each pair in a weather of its own. */
ClusterRecording
RandomCluster(uint64_t seed, uint32_t servers, std::size_t count, const Weather& weather)
{
    ClusterRecording all;
    for (uint32_t observer = 1; observer <= servers; ++observer)
    {
        for (uint32_t target = 1; target <= servers; ++target)
        {
            const uint64_t pair = 100 * observer + target;
            if (observer == target)
            {
                continue;
            }
            for (Recorded heartbeat : RandomRecording(10000 * seed + pair, count, weather))
            {
                const Nanos phase = Ms(static_cast<double>(pair * 37 % 100));
                heartbeat.sent += phase;
                heartbeat.arrived =
                    heartbeat.arrived ? std::optional(*heartbeat.arrived + phase) : std::nullopt;
                all.push_back({observer, target, heartbeat});
            }
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Sent& a, const Sent& b) {
        return a.heartbeat.sent < b.heartbeat.sent;
    });
    return all;
}

GossipReplaySettings
SettingsFor(uint32_t servers, const std::vector<std::string>& detectors)
{
    GossipReplaySettings settings;
    settings.voteLife = VOTE_LIFE;
    for (const std::string& detector : detectors)
    {
        settings.detectors.push_back(ParseDetectorSpec(detector));
    }
    for (uint32_t observer = 1; observer <= servers; ++observer)
    {
        for (uint32_t target = 1; target <= servers; ++target)
        {
            if (observer != target)
            {
                settings.pairs.push_back({observer, target, Ms(100)});
            }
        }
    }
    return settings;
}

void
Play(const ClusterRecording& recording, GossipReplay& replay)
{
    for (const Sent& sent : recording)
    {
        replay.OnSent(sent.observer,
                      sent.target,
                      sent.heartbeat.sequence,
                      sent.heartbeat.sent,
                      sent.heartbeat.arrived);
    }
    replay.Finish();
}

} // namespace

TEST(GossipReplay, OfTwoServersIsEachDetectorAlone)
{
    const ClusterRecording recording = RandomCluster(1, 2, 3000, {});
    const std::vector<std::string> detectors{"fixed-timeout:timeout=250ms",
                                             "phi-gaussian:threshold=2",
                                             "chen-nfd-e:alpha=60ms"};
    std::vector<std::string> gossiping;
    for (const std::string& detector : detectors)
    {
        gossiping.push_back(detector + ",gossip=1");
    }
    GossipReplaySettings settings = SettingsFor(2, gossiping);
    settings.warmUp = 50;
    GossipReplay together(settings, nullptr);
    Play(recording, together);

    PairReplaySettings alone;
    alone.warmUp = 50;
    PairReplay pair(alone);
    for (const std::string& detector : detectors)
    {
        const DetectorSpec spec = ParseDetectorSpec(detector);
        pair.AddDetector(MakeFailureDetector(spec.name, spec.parameters));
    }
    Recording of;
    for (const Sent& sent : recording)
    {
        if (sent.observer == 1)
        {
            of.push_back(sent.heartbeat);
        }
    }
    Play(of, pair);
    for (std::size_t i = 0; i < detectors.size(); ++i)
    {
        const QosStatistics& here = together.Qos(1, 2, i);
        const QosStatistics& there = pair.Qos(i);
        EXPECT_GT(there.mistakes.Count(), 10U) << detectors[i];
        EXPECT_EQ(here.mistakes.Count(), there.mistakes.Count());
        EXPECT_EQ(here.mistakes.SumSeconds(), there.mistakes.SumSeconds());
        EXPECT_EQ(here.recurrences.SumSeconds(), there.recurrences.SumSeconds());
        EXPECT_EQ(here.exposure, there.exposure);
        EXPECT_GT(there.crashes, 2000U);
        EXPECT_EQ(here.crashes, there.crashes);
        EXPECT_DOUBLE_EQ(here.detections.SumSeconds(), there.detections.SumSeconds());
    }
}

TEST(GossipReplay, DetectionTimesAreThoseOfRecordingsThatReallyEndThere)
{
    const std::vector<std::string> detectors{"fixed-timeout:timeout=250ms,gossip=1",
                                             "fixed-timeout:timeout=250ms,gossip=2",
                                             "phi-gaussian:gossip=3",
                                             "chen-nfd-e:alpha=90ms,gossip=2"};
    Weather weather;
    weather.loss = 0.05;
    weather.sigma = 0.5;
    weather.inOrder = true;
    const ClusterRecording recording = RandomCluster(3, 4, 60, weather);
    for (const CrashPhase phase : {CrashPhase::UNIFORM, CrashPhase::AFTER_SEND})
    {
        GossipReplaySettings settings = SettingsFor(4, detectors);
        settings.phase = phase;
        for (const auto& pair : std::vector<std::pair<uint32_t, uint32_t>>{{1, 2}, {4, 3}, {2, 1}})
        {
            const uint32_t observer = pair.first;
            const uint32_t target = pair.second;
            uint64_t judged = 0;
            std::vector<double> sums(detectors.size());
            std::vector<double> expected(detectors.size());
            // All crashes of the pair but those of the first and last heartbeats, one by one.
            for (uint64_t last = 20; last < 40; ++last)
            {
                const auto until = std::find_if(recording.begin(), recording.end(), [&](auto& s) {
                    return s.observer == observer && s.target == target &&
                           s.heartbeat.sequence == last + 1;
                });
                const auto at = std::find_if(recording.begin(), recording.end(), [&](auto& s) {
                    return s.observer == observer && s.target == target &&
                           s.heartbeat.sequence == last;
                });
                const Nanos crash =
                    CrashTime(phase, last - 1, at->heartbeat.sent, until->heartbeat.sent);
                ClusterRecording ended;
                std::copy_if(recording.begin(),
                             recording.end(),
                             std::back_inserter(ended),
                             [&](const Sent& sent) {
                                 return sent.target != target || sent.heartbeat.sent <= crash;
                             });
                std::vector<std::optional<Nanos>> since(detectors.size());
                GossipReplay replay(settings, [&](const GossipReplay::Turn& turn) {
                    if (turn.observer == observer && turn.target == target)
                    {
                        since[turn.detector] =
                            turn.suspected ? std::optional(turn.time) : std::nullopt;
                    }
                });
                Play(ended, replay);
                ++judged;
                for (std::size_t i = 0; i < detectors.size(); ++i)
                {
                    ASSERT_TRUE(since[i]);
                    expected[i] +=
                        std::chrono::duration<double>(std::max(*since[i] - crash, Nanos(0)))
                            .count();
                }
            }
            const auto sumOf = [&](uint64_t warmUp) {
                settings.warmUp = warmUp;
                GossipReplay replay(settings, nullptr);
                Play(recording, replay);
                std::vector<std::pair<uint64_t, double>> all;
                for (std::size_t i = 0; i < detectors.size(); ++i)
                {
                    const QosStatistics& qos = replay.Qos(observer, target, i);
                    all.emplace_back(qos.detections.Count(), qos.detections.SumSeconds());
                }
                return all;
            };
            const auto from = sumOf(19);
            const auto later = sumOf(39);
            for (std::size_t i = 0; i < detectors.size(); ++i)
            {
                EXPECT_EQ(from[i].first - later[i].first, judged) << detectors[i];
                EXPECT_NEAR(from[i].second - later[i].second, expected[i], 1e-9) << detectors[i];
            }
        }
    }
}

TEST(GossipReplay, TheMoreObserversHaveToSuspectTheLaterAndTheSeldomerItIs)
{
    const ClusterRecording recording = RandomCluster(5, 5, 2000, {});
    GossipReplay replay(SettingsFor(5,
                                    {"fixed-timeout:timeout=250ms,gossip=1",
                                     "fixed-timeout:timeout=250ms,gossip=2",
                                     "fixed-timeout:timeout=250ms,gossip=3",
                                     "fixed-timeout:timeout=250ms,gossip=4"}),
                        nullptr);
    Play(recording, replay);
    for (uint32_t target = 2; target <= 5; ++target)
    {
        for (std::size_t i = 1; i < 4; ++i)
        {
            const QosStatistics& fewer = replay.Qos(1, target, i - 1);
            const QosStatistics& more = replay.Qos(1, target, i);
            EXPECT_GT(*more.detections.MeanSeconds(), *fewer.detections.MeanSeconds());
            EXPECT_GE(*more.QueryAccuracy(), *fewer.QueryAccuracy());
        }
        EXPECT_LT(*replay.Qos(1, target, 0).QueryAccuracy(), 1);
    }
}

TEST(GossipReplay, TellsItsOpinionAtAnyTime)
{
    // Server 3 is heard by nobody from 10 s on; 1 and 2 tell each other.
    ClusterRecording recording = RandomCluster(7, 3, 200, {0, 20, 0.1, true});
    recording.erase(std::remove_if(recording.begin(),
                                   recording.end(),
                                   [](const Sent& sent) {
                                       return sent.target == 3 && sent.heartbeat.sent > Ms(10000);
                                   }),
                    recording.end());
    GossipReplay replay(SettingsFor(3, {"fixed-timeout:timeout=300ms,gossip=2"}), nullptr);
    std::vector<uint32_t> votes;
    Nanos look = Ms(9950);
    for (const Sent& sent : recording)
    {
        for (; look < sent.heartbeat.sent && look < Ms(11000); look += Ms(10))
        {
            replay.AdvanceTo(look);
            votes.push_back(replay.Votes(1, 3, 0));
            EXPECT_EQ(replay.Suspected(1, 3, 0), votes.back() == 2);
        }
        replay.OnSent(sent.observer,
                      sent.target,
                      sent.heartbeat.sequence,
                      sent.heartbeat.sent,
                      sent.heartbeat.arrived);
    }
    EXPECT_EQ(votes.front(), 0U);
    EXPECT_EQ(votes.back(), 2U);
    EXPECT_EQ(std::count(votes.begin(), votes.end(), 1U) > 0, true);
    EXPECT_TRUE(std::is_sorted(votes.begin(), votes.end()));
}

TEST(GossipReplay, RefusesToWaitForMoreObserversThanThereAre)
{
    EXPECT_NO_THROW(GossipReplay(SettingsFor(3, {"cassandra:gossip=2"}), nullptr));
    EXPECT_THROW(GossipReplay(SettingsFor(3, {"cassandra:gossip=3"}), nullptr),
                 std::invalid_argument);
    EXPECT_THROW(GossipReplay(SettingsFor(3, {"cassandra:gossip=1,knob=1"}), nullptr),
                 std::invalid_argument);
}

} // namespace ns3::detection
