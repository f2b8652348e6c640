#include "recorded-heartbeats.h"

#include "ns3/pair-replay.h"
#include "ns3/qos-metrics.h"

#include <gtest/gtest.h>
#include <map>

namespace ns3::detection
{

namespace
{

const char* const DETECTORS[] = {"fixed-timeout:timeout=150ms",
                                 "chen-nfd-s:alpha=60ms",
                                 "chen-nfd-e:alpha=60ms",
                                 "bertier",
                                 "phi-gaussian:threshold=2",
                                 "cassandra:threshold=1",
                                 "two-window:margin=50ms,long=50",
                                 "dynatune:reliability=0.5"};

std::unique_ptr<FailureDetector>
Make(const std::string& specification)
{
    const DetectorSpec spec = ParseDetectorSpec(specification);
    return MakeFailureDetector(spec.name, spec.parameters);
}

QosStatistics
QosOf(const std::string& specification,
      const Recording& recording,
      const PairReplaySettings& settings = {})
{
    PairReplay replay(settings);
    replay.AddDetector(Make(specification));
    Play(recording, replay);
    return replay.Qos(0);
}

/** The share of an interval at which heartbeat k is followed by a crash, to 1e-9. */
double
Phase(std::size_t k)
{
    const long double place = 0.5L + static_cast<long double>(k) * 0.618033988749894848204587L;
    return static_cast<double>(place - std::floor(place));
}

/**
 * T_D by its definition, from a run of its own: the sender crashes after heartbeat k, so that
 * nothing later exists, and all that it sent before arrives as it did.
 */
std::optional<Nanos>
DetectionAfter(const std::string& specification, const Recording& recording, std::size_t k)
{
    const Nanos sent = recording[k].sent;
    const Nanos next = k + 1 < recording.size() ? recording[k + 1].sent : sent + Ms(100);
    const Nanos crash =
        sent + Nanos(std::llround(static_cast<double>((next - sent).count()) * Phase(k)));
    const Recording before(recording.begin(),
                           recording.begin() + static_cast<std::ptrdiff_t>(k) + 1);
    DetectorReplay replay(Make(specification), nullptr);
    for (std::size_t i : ArrivalOrder(before))
    {
        replay.OnArrival(ToArrival(before[i]));
    }
    if (!replay.Standing())
    {
        return std::nullopt;
    }
    return std::max(*replay.Standing() - crash, Nanos(0));
}

} // namespace

TEST(PairReplay, DetectionTimesAreThoseOfRunsThatReallyEndWithEachHeartbeat)
{
    for (uint64_t seed = 1; seed <= 5; ++seed)
    {
        // Delays of up to several periods, losses in a row, and nobody overtakes.
        const Recording recording =
            RandomRecording(seed, 300, {seed == 1 ? 0.0 : 0.3, 60, 1, true});
        for (const char* detector : DETECTORS)
        {
            SpanStatistics expected;
            for (std::size_t k = 0; k < recording.size(); ++k)
            {
                if (const auto time = DetectionAfter(detector, recording, k))
                {
                    expected.Add(*time);
                }
            }
            const QosStatistics qos = QosOf(detector, recording);
            EXPECT_EQ(qos.crashes, expected.Count()) << detector;
            EXPECT_EQ(qos.detections.Count(), expected.Count()) << detector;
            for (double share : {0.0, 0.25, 0.5, 0.75, 0.99, 1.0})
            {
                EXPECT_NEAR(*qos.detections.QuantileSeconds(share),
                            *expected.QuantileSeconds(share),
                            2e-9)
                    << detector << " " << share;
            }
        }
    }
}

TEST(PairReplay, MistakesAreThoseOfTheRecordingFromTheFirstToTheLastArrival)
{
    for (uint64_t seed = 1; seed <= 5; ++seed)
    {
        const Recording recording = RandomRecording(seed, 2000, {0.15, 20, 1.2, false});
        const auto order = ArrivalOrder(recording);
        for (const char* detector : DETECTORS)
        {
            std::vector<SuspicionChange> changes;
            for (const auto& [time, suspected, level] : ChangesOf(detector, recording))
            {
                changes.push_back({time, suspected});
            }
            const QosStatistics expected = MeasureQos(changes,
                                                      {},
                                                      *recording[order.front()].arrived,
                                                      *recording[order.back()].arrived)
                                               .Statistics();
            const QosStatistics qos = QosOf(detector, recording);
            EXPECT_GT(qos.mistakes.Count(), 10U) << detector;
            EXPECT_EQ(qos.mistakes.Count(), expected.mistakes.Count()) << detector;
            EXPECT_EQ(qos.recurrences.Count(), expected.recurrences.Count()) << detector;
            EXPECT_EQ(qos.exposure, expected.exposure) << detector;
            EXPECT_DOUBLE_EQ(*qos.QueryAccuracy(), *expected.QueryAccuracy()) << detector;
            EXPECT_DOUBLE_EQ(*qos.ForwardGoodSeconds(), *expected.ForwardGoodSeconds()) << detector;
        }
    }
}

TEST(PairReplay, AfterSendCrashesAtOnce)
{
    // Timeout 300 ms and way 20 ms: 320 from the sending; the lost one waits for the one before.
    const Recording recording{{1, Ms(0), Ms(20)}, {2, Ms(100), {}}, {3, Ms(200), Ms(220)}};
    PairReplaySettings settings;
    settings.phase = CrashPhase::AFTER_SEND;
    const QosStatistics qos = QosOf("fixed-timeout:timeout=300ms", recording, settings);
    EXPECT_EQ(qos.detections.Count(), 3U);
    EXPECT_DOUBLE_EQ(*qos.detections.QuantileSeconds(0), 0.220);
    EXPECT_DOUBLE_EQ(*qos.detections.QuantileSeconds(0.5), 0.320);
    EXPECT_DOUBLE_EQ(*qos.detections.QuantileSeconds(1), 0.320);
}

TEST(PairReplay, ASuspicionThatStoodBeforeTheCrashTakesNoTime)
{
    // Every other heartbeat comes after the timeout.
    const Recording recording{{1, Ms(0), Ms(10)}, {2, Ms(1000), {}}, {3, Ms(2000), {}}};
    PairReplaySettings settings;
    settings.phase = CrashPhase::AFTER_SEND;
    const QosStatistics qos = QosOf("fixed-timeout:timeout=300ms", recording, settings);
    EXPECT_DOUBLE_EQ(*qos.detections.QuantileSeconds(0.5), 0);
    EXPECT_DOUBLE_EQ(*qos.detections.MaxSeconds(), 0.310);
}

TEST(PairReplay, UniformCrashesSpreadEvenlyOverTheInterval)
{
    Recording recording;
    for (std::size_t i = 0; i < 10000; ++i)
    {
        const double sent = 100 * static_cast<double>(i);
        recording.push_back({i, Ms(sent), Ms(sent + 5)});
    }
    const QosStatistics qos = QosOf("fixed-timeout:timeout=300ms", recording);
    // Uniform over (205, 305] ms.
    EXPECT_NEAR(*qos.detections.MeanSeconds(), 0.255, 1e-5);
    for (double share : {0.01, 0.1, 0.5, 0.9, 0.99})
    {
        EXPECT_NEAR(*qos.detections.QuantileSeconds(share), 0.205 + 0.1 * share, 1e-4);
    }
}

TEST(PairReplay, TheWarmUpIsHeardAndDoesNotCount)
{
    const Recording recording = RandomRecording(8, 500, {0.2, 20, 1, false});
    PairReplaySettings settings;
    settings.warmUp = 300;
    PairReplay replay(settings);
    replay.AddDetector(Make("fixed-timeout:timeout=150ms"));
    Play(recording, replay);
    EXPECT_EQ(replay.Heartbeats(), 200U);
    EXPECT_EQ(replay.Qos(0).crashes, 200U);
    Nanos begin = Nanos::max();
    Nanos end{};
    for (std::size_t i = 0; i < recording.size(); ++i)
    {
        if (recording[i].arrived)
        {
            begin = i >= 300 ? std::min(begin, *recording[i].arrived) : begin;
            end = std::max(end, *recording[i].arrived);
        }
    }
    EXPECT_EQ(replay.Qos(0).exposure, end - begin);
    settings.warmUp = 500;
    PairReplay all(settings);
    all.AddDetector(Make("fixed-timeout"));
    Play(recording, all);
    EXPECT_EQ(all.Heartbeats(), 0U);
    EXPECT_EQ(all.Qos(0).crashes, 0U);
    EXPECT_EQ(all.Qos(0).exposure, Nanos(0));
}

TEST(PairReplay, AfterARestartTheSilenceBeforeIsNoInterval)
{
    // Nothing for 10 s: the crash of heartbeat 2 lies within a period after it.
    const Recording recording{{1, Ms(0), Ms(10)}, {2, Ms(100), Ms(110)}, {1, Ms(10000), Ms(10010)}};
    const QosStatistics qos = QosOf("fixed-timeout:timeout=300ms", recording);
    EXPECT_EQ(qos.detections.Count(), 3U);
    EXPECT_GE(*qos.detections.QuantileSeconds(0), 0.210);
}

TEST(PairReplay, HeartbeatsBeforeTheFirstThatArrivesCountForNothing)
{
    const QosStatistics lost = QosOf("fixed-timeout", {{1, Ms(0), {}}, {2, Ms(100), {}}});
    EXPECT_EQ(lost.crashes, 0U);
    EXPECT_EQ(lost.exposure, Nanos(0));
    const QosStatistics one =
        QosOf("fixed-timeout", {{1, Ms(0), {}}, {2, Ms(100), Ms(110)}, {3, Ms(200), {}}});
    EXPECT_EQ(one.crashes, 2U);
    EXPECT_EQ(one.exposure, Nanos(0));
}

TEST(PairReplay, AnOvertakenHeartbeatIsJudgedByTheLaterOne)
{
    const Recording recording{{1, Ms(0), Ms(10)}, {2, Ms(100), Ms(250)}, {3, Ms(200), Ms(210)}};
    PairReplaySettings settings;
    settings.phase = CrashPhase::AFTER_SEND;
    const QosStatistics qos = QosOf("fixed-timeout:timeout=300ms", recording, settings);
    // 1: 310 - 0; 2: 510 - 100; 3: 510 - 200.
    EXPECT_NEAR(*qos.detections.MeanSeconds(), (0.310 + 0.410 + 0.310) / 3, 1e-12);
}

TEST(PairReplay, AllDetectorsOfAPairAreMeasuredAsIfEachWereAlone)
{
    const Recording recording = RandomRecording(9, 1000, {0.2, 30, 1, false});
    PairReplay together{PairReplaySettings()};
    for (const char* detector : DETECTORS)
    {
        together.AddDetector(Make(detector));
    }
    Play(recording, together);
    for (std::size_t i = 0; i < together.Size(); ++i)
    {
        const QosStatistics alone = QosOf(DETECTORS[i], recording);
        EXPECT_EQ(together.Qos(i).mistakes.Count(), alone.mistakes.Count());
        EXPECT_EQ(together.Qos(i).detections.SumSeconds(), alone.detections.SumSeconds());
    }
}

TEST(PairReplay, MeasuresTheSameHoweverFarSendingsAreReadAhead)
{
    const Recording recording = RandomRecording(10, 1000, {0.2, 30, 1.5, false});
    const QosStatistics ahead = QosOf("chen-nfd-e", recording);
    PairReplay replay{PairReplaySettings()};
    replay.AddDetector(Make("chen-nfd-e"));
    // Each heartbeat is told of just before it, or a later one that overtook it, arrives.
    std::size_t sent = 0;
    std::vector<uint64_t> known;
    for (std::size_t i : ArrivalOrder(recording))
    {
        for (; sent <= i; ++sent)
        {
            known.push_back(replay.OnSent(recording[sent].sequence,
                                          recording[sent].sent,
                                          !recording[sent].arrived));
        }
        replay.OnArrival(known[i], ToArrival(recording[i]));
    }
    for (; sent < recording.size(); ++sent)
    {
        replay.OnSent(recording[sent].sequence, recording[sent].sent, true);
    }
    replay.Finish();
    EXPECT_EQ(replay.Qos(0).crashes, ahead.crashes);
    EXPECT_DOUBLE_EQ(replay.Qos(0).detections.SumSeconds(), ahead.detections.SumSeconds());
    EXPECT_EQ(replay.Qos(0).mistakes.Count(), ahead.mistakes.Count());
}

} // namespace ns3::detection
