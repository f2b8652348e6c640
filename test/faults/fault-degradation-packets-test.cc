#include "fault-cluster.h"

#include <cmath>

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
