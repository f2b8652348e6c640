#include "fault-cluster.h"

#include "ns3/config.h"
#include "ns3/double.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

using namespace nctest;
using namespace ns3;
using namespace std::chrono_literals;
using Kind = Seen::Kind;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, uint32_t seed = 1, double seconds = 40)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    options.seed = seed;
    options.seconds = seconds;
    return RunCluster(options);
}

double
InSeconds(faults::Nanos time)
{
    return time.count() * 1e-9;
}

} // namespace

TEST(Degradation, EndsItsPauseWithACrashOfAnotherCause)
{
    int cutShort = 0;
    for (uint32_t seed = 1; seed <= 6; ++seed)
    {
        const ClusterRun run = Play({"degrade@1s+10s:node=3,resource=cpu,severity=1,outcome=crash",
                                     "process-crash@9s+20ms:node=3"},
                                    seed,
                                    15);
        for (const faults::PauseSpan& pause : run.log.pauses)
        {
            for (const faults::DownSpan& down : run.log.downs)
            {
                EXPECT_FALSE(pause.span.start<down.span.start&& * pause.span.end> down.span.start)
                    << seed;
                cutShort += *pause.span.end == down.span.start;
            }
        }
    }
    EXPECT_GT(cutShort, 0) << "no crash met a pause: the test shows nothing";
}

TEST(Degradation, OfTheHeapStopsAllTrafficInItsPausesAndEndsInTheProcessesDeath)
{
    int felt = 0;
    for (uint32_t seed = 1; seed <= 3; ++seed)
    {
        const ClusterRun run =
            Play({"degrade@5+20s:node=2,resource=heap,outcome=crash,severity=1,exact=1"}, seed, 30);
        ASSERT_EQ(run.log.downs.size(), 1u);
        EXPECT_FALSE(run.log.downs[0].host);
        const double crash = InSeconds(run.log.downs[0].span.start);
        EXPECT_GT(run.From(2, 1, crash + 0.01, 40, Kind::UNREACHABLE).size(), 0u);
        EXPECT_EQ(run.From(2, 0, crash + 0.01, 40, Kind::HEARTBEAT).size(), 0u);
        for (const faults::PauseSpan& pause : run.log.pauses)
        {
            const double start = InSeconds(pause.span.start);
            const double end = InSeconds(*pause.span.end);
            if (end - start > 0.02 && end < crash)
            {
                ++felt;
                EXPECT_EQ(run.From(2, 0, start + 0.01, end, Kind::HEARTBEAT).size(), 0u) << start;
                EXPECT_EQ(run.From(2, 0, start + 0.01, end, Kind::REPLY).size(), 0u) << start;
            }
        }
    }
    EXPECT_GT(felt, 30);
}

TEST(Degradation, OfTheCpuMakesAnswersLateAndTakesTheMachineWithIt)
{
    double slowest = 0;
    for (uint32_t seed = 1; seed <= 3; ++seed)
    {
        const ClusterRun run =
            Play({"degrade@5+20s:node=2,resource=cpu,outcome=crash,severity=1,exact=1"}, seed, 30);
        ASSERT_EQ(run.log.downs.size(), 1u);
        EXPECT_TRUE(run.log.downs[0].host);
        ASSERT_EQ(run.log.symptoms.size(), 1u);
        const double onset = InSeconds(run.log.symptoms[0].span.start);
        const double crash = InSeconds(run.log.downs[0].span.start);
        EXPECT_NEAR(run.MeanRoundTrip(1, 2, 1, onset), 0.004, 0.001);
        EXPECT_EQ(run.From(2, 0, crash + 0.01, 40).size(), 0u);
        slowest = std::max(slowest, run.MeanRoundTrip(1, 2, onset, crash));
    }
    EXPECT_GT(slowest, 0.015);
}

TEST(Degradation, OfTheNicLosesWhatItSendsInBursts)
{
    double most = 0;
    for (uint32_t seed = 1; seed <= 3; ++seed)
    {
        const ClusterRun quiet = Play({}, seed);
        const ClusterRun run =
            Play({"degrade@5+20s:node=2,resource=nic,outcome=recover,severity=1,exact=1"}, seed);
        ASSERT_EQ(run.log.symptoms.size(), 1u);
        const double onset = InSeconds(run.log.symptoms[0].span.start);
        const double end = InSeconds(*run.log.symptoms[0].span.end);
        const auto lost = [&](double from, double to) {
            const double all = quiet.From(2, 1, from, to, Kind::HEARTBEAT).size();
            return 1 - run.From(2, 1, from, to, Kind::HEARTBEAT).size() / all;
        };
        EXPECT_EQ(lost(0, onset), 0);
        EXPECT_NEAR(lost(end + 0.1, 40), 0, 0.01) << "recovered";
        EXPECT_TRUE(run.log.downs.empty());
        EXPECT_TRUE(SameHeartbeats(quiet, run, 1, 2)) << "it receives as ever";
        most = std::max(most, lost(onset, end));
    }
    EXPECT_GT(most, 0.05);
}

TEST(Degradation, OfTheNicMayHitOnlyWhatItReceives)
{
    std::map<std::string, std::size_t> heard;
    std::map<std::string, std::size_t> answered;
    for (uint32_t seed = 1; seed <= 3; ++seed)
    {
        const ClusterRun quiet = Play({}, seed);
        const ClusterRun run = Play({"degrade@5+20s:node=2,resource=nic,direction=in,"
                                     "outcome=recover,severity=1,exact=1"},
                                    seed);
        ASSERT_EQ(run.log.symptoms.size(), 1u);
        const double onset = InSeconds(run.log.symptoms[0].span.start);
        const double end = InSeconds(*run.log.symptoms[0].span.end);
        for (const auto& [name, some] : {std::pair{"quiet", &quiet}, std::pair{"deaf", &run}})
        {
            heard[name] += some->From(1, 2, onset, end, Kind::HEARTBEAT).size();
            answered[name] += some->From(2, 1, onset, end, Kind::REPLY).size();
        }
        EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 1)) << "it sends as ever";
        EXPECT_TRUE(SameHeartbeats(quiet, run, 1, 3)) << "others hear as ever";
        EXPECT_EQ(run.From(1, 2, end + 0.1, 40, Kind::HEARTBEAT).size(),
                  quiet.From(1, 2, end + 0.1, 40, Kind::HEARTBEAT).size())
            << "recovered";
    }
    EXPECT_LT(heard["deaf"], 0.95 * heard["quiet"]);
    EXPECT_LT(answered["deaf"], 0.95 * answered["quiet"]) << "it answers only what it heard";
}

TEST(Degradation, OfTheDiskDelaysAcknowledgementsButNotHeartbeats)
{
    ClusterOptions options;
    options.seconds = 40;
    options.requestRate = 50;
    options.seed = 2;
    const ClusterRun quiet = RunCluster(options);
    const uint32_t follower = quiet.leaders[5] == 2 ? 3 : 2;
    options.faults = {"degrade@5+34s:node=" + std::to_string(follower) +
                      ",resource=disk,outcome=crash,severity=1,exact=1"};
    const ClusterRun run = RunCluster(options);
    ASSERT_EQ(run.log.symptoms.size(), 1u);
    const double onset = InSeconds(run.log.symptoms[0].span.start);
    const double end = InSeconds(*run.log.symptoms[0].span.end);
    EXPECT_EQ(run.From(follower, 1, onset, end, Kind::HEARTBEAT).size(),
              quiet.From(follower, 1, onset, end, Kind::HEARTBEAT).size())
        << "heartbeats don't touch the disk";
    EXPECT_NEAR(run.MeanRoundTrip(1, follower, onset, end), 0.004, 0.0005);
    EXPECT_LT(MeanAppendTime(quiet, follower, onset, end), 0.002);
    int bouts = 0;
    for (const faults::Symptom& bout : run.log.degradations.at(0).process->Symptoms())
    {
        const double start = 5 + InSeconds(bout.at);
        if (bout.length > 200ms && start + 0.2 < end)
        {
            ++bouts;
            // A write takes 200 us in the median.
            EXPECT_GT(MeanAppendTime(run, follower, start, start + InSeconds(bout.length)),
                      0.5 * bout.diskFactor * 200e-6)
                << "entries wait for the disk from " << start;
        }
    }
    EXPECT_GT(bouts, 2);
}

TEST(Degradation, OfTheQueueMakesItsWorkWaitUntilItsProcessDies)
{
    const ClusterRun run =
        Play({"degrade@5+15s:node=2,resource=queue,outcome=crash,severity=1,exact=1"}, 1, 30);
    ASSERT_EQ(run.log.downs.size(), 1u);
    EXPECT_FALSE(run.log.downs[0].host);
    const double onset = InSeconds(run.log.symptoms.at(0).span.start);
    const double crash = InSeconds(run.log.downs[0].span.start);
    const double middle = (onset + crash) / 2;
    EXPECT_NEAR(run.MeanRoundTrip(1, 2, 1, onset), 0.004, 0.0005);
    EXPECT_GT(run.MeanRoundTrip(1, 2, onset, middle), 0.01) << "4 ms / (1 - load) on average";
    EXPECT_GT(run.MeanRoundTrip(1, 2, middle, crash), run.MeanRoundTrip(1, 2, onset, middle));
    EXPECT_NEAR(run.MeanRoundTrip(1, 3, onset, crash), 0.004, 0.0005) << "others are as ever";
}

TEST(Degradation, LastsByItsResourceAndTheCompressionWhereThePlanDoesntSay)
{
    const auto end = [](const char* fault) {
        return Play({fault}, 1, 2).log.degradations.at(0).process->TurningPoint();
    };
    const double heap = end("degrade@1:node=2,exact=1").count();
    EXPECT_EQ(heap, end("degrade@1+30s:node=2,exact=1").count());
    Config::SetDefault("ns3::FaultInjector::TimeCompression", DoubleValue(120));
    const double faster = end("degrade@1:node=2,exact=1").count();
    Config::Reset();
    EXPECT_NEAR(faster, heap / 2, 1);
}

TEST(Degradation, ReportsHowItEndedAndTheCrashAsAFaultOfItsOwn)
{
    const ClusterRun run =
        Play({"degrade@5+10s:node=2,resource=heap,outcome=crash,down=4s,exact=1"});
    ASSERT_EQ(run.log.faults.size(), 2u);
    EXPECT_NE(run.log.faults[0].detail.find("ended=crash"), std::string::npos);
    EXPECT_EQ(run.log.faults[1].kind, faults::FaultKind::PROCESS_CRASH);
    EXPECT_EQ(run.log.faults[1].span.start, *run.log.faults[0].span.end);
    EXPECT_EQ(*run.log.faults[1].span.end - run.log.faults[1].span.start, 4s);
    const double restart = InSeconds(*run.log.faults[1].span.end);
    EXPECT_EQ(run.From(2, 0, restart - 3.9, restart, Kind::HEARTBEAT).size(), 0u);
    EXPECT_GT(run.From(2, 1, restart, restart + 1, Kind::HEARTBEAT).size(), 7u);
}

TEST(Degradation, EndsWithACrashOfAnotherCause)
{
    const ClusterRun run = Play({"degrade@5+30s:node=2,resource=heap,outcome=crash,exact=1",
                                 "host-crash@15+3:node=2,exact=1"});
    ASSERT_EQ(run.log.degradations.size(), 1u);
    EXPECT_EQ(run.log.degradations[0].cancelled, 15s);
    ASSERT_EQ(run.log.downs.size(), 1u);
    EXPECT_FALSE(run.log.downs[0].cause);
    EXPECT_NEAR(run.MeanRoundTrip(1, 2, 20, 40), 0.004, 0.0005) << "it starts with a fresh heap";
    EXPECT_NE(run.log.faults[0].detail.find("ended=other-crash"), std::string::npos);
}

TEST(Degradation, DependsNeitherOnTrafficNorOnOtherFaults)
{
    ClusterOptions options;
    options.seconds = 30;
    options.faults = {"degrade@5+20s:node=2,resource=heap,exact=1"};
    const ClusterRun alone = RunCluster(options);
    options.requestRate = 100;
    options.faults.emplace_back("degrade@5+20s:node=3,resource=nic,exact=1");
    const ClusterRun loaded = RunCluster(options);
    EXPECT_EQ(alone.log.degradations.at(0).process->End(),
              loaded.log.degradations.at(0).process->End());
    EXPECT_EQ(alone.log.pauses.size(), loaded.log.pauses.size());
}

TEST(Degradation, DiffersFromSeedToSeed)
{
    std::set<faults::Nanos> ends;
    for (uint32_t seed = 1; seed <= 4; ++seed)
    {
        const ClusterRun run = Play({"degrade@1+10s:node=2,exact=1"}, seed, 2);
        ends.insert(run.log.degradations.at(0).process->End());
    }
    EXPECT_EQ(ends.size(), 4u);
}
