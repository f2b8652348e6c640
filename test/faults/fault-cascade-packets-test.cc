#include "fault-cluster.h"

#include <algorithm>

using namespace nctest;
using namespace ns3;
using namespace std::chrono_literals;
using ns3::faults::FaultKind;
using ns3::faults::FaultLog;
using ns3::faults::Nanos;
using Kind = Seen::Kind;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, double seconds = 20, uint32_t seed = 1)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    options.seconds = seconds;
    options.seed = seed;
    return RunCluster(options);
}

double
Seconds(Nanos time)
{
    return static_cast<double>(time.count()) * 1e-9;
}

std::size_t
MostDown(const FaultLog& log)
{
    std::size_t most = 0;
    for (const faults::DownSpan& down : log.downs)
    {
        const std::size_t count =
            std::count_if(log.downs.begin(), log.downs.end(), [&](const faults::DownSpan& other) {
                return other.span.Contains(down.span.start);
            });
        most = std::max(most, count);
    }
    return most;
}

} // namespace

TEST(MinorityCrash, SilencesAMinorityTogetherAndRestartsItTogether)
{
    const ClusterRun run = Play({"minority-crash@8+4"});
    ASSERT_EQ(run.log.faults.size(), 2u) << "a row for each crash";
    EXPECT_NE(run.log.faults[0].target, run.log.faults[1].target);
    for (const faults::FaultRecord& crash : run.log.faults)
    {
        const uint32_t node = std::stoul(crash.target);
        const double start = Seconds(crash.span.start);
        EXPECT_EQ(crash.kind, FaultKind::HOST_CRASH);
        EXPECT_EQ(crash.detail, "cause=minority-crash");
        EXPECT_EQ(crash.span.start, run.log.faults[0].span.start);
        EXPECT_EQ(*crash.span.end - crash.span.start, 4s);
        EXPECT_GT(run.From(node, 0, start - 1, start, Kind::HEARTBEAT).size(), 30u);
        EXPECT_TRUE(run.From(node, 0, start + 0.01, start + 4).empty());
        EXPECT_GT(run.From(node, 0, start + 4, start + 5, Kind::HEARTBEAT).size(), 30u);
    }
    EXPECT_NE(run.leaders.at(19), 0u) << "the majority has a leader";
}

TEST(MinorityCrash, CountsThoseThatAreDownAlreadyUnlessItIsToldHowMany)
{
    const ClusterRun careful = Play({"host-crash@6+8:node=3,exact=1", "minority-crash@8+4"});
    EXPECT_EQ(careful.log.faults.size(), 2u);
    EXPECT_EQ(MostDown(careful.log), 2u);
    const ClusterRun told = Play({"host-crash@6+8:node=3,exact=1", "minority-crash@8+4:count=3"});
    EXPECT_EQ(told.log.faults.size(), 4u);
    EXPECT_EQ(MostDown(told.log), 4u);
    const ClusterRun all = Play({"host-crash@6+8:node=3,exact=1", "minority-crash@8+4:count=5"});
    EXPECT_EQ(MostDown(all.log), 5u) << "no more than there are";
}

TEST(Cascade, CrashesOneHostAfterTheOtherAndRestartsAllAtItsEnd)
{
    const ClusterRun run = Play({"cascade@8+9:count=4,gap=1s,exact=1"});
    ASSERT_EQ(run.log.faults.size(), 4u);
    std::set<std::string> targets;
    for (std::size_t i = 0; i < 4; ++i)
    {
        const faults::FaultRecord& crash = run.log.faults[i];
        EXPECT_EQ(crash.detail, "cause=cascade");
        EXPECT_EQ(crash.span.end, 17s);
        EXPECT_TRUE(i == 0 || crash.span.start > run.log.faults[i - 1].span.start);
        const uint32_t node = std::stoul(crash.target);
        EXPECT_TRUE(run.From(node, 0, Seconds(crash.span.start) + 0.01, 17).empty());
        EXPECT_GT(run.From(node, 0, 17, 18, Kind::HEARTBEAT).size(), 7u);
        targets.insert(crash.target);
    }
    EXPECT_EQ(run.log.faults[0].span.start, 8s) << "the first one at once";
    EXPECT_EQ(targets.size(), 4u);
}

TEST(Cascade, HasGapsOfTheMeanThatIsAskedFor)
{
    double sum = 0;
    int gaps = 0;
    for (uint32_t seed = 1; seed <= 12; ++seed)
    {
        const ClusterRun run = Play({"cascade@1:count=5,gap=1s,down=10s"}, 15, seed);
        for (std::size_t i = 1; i < run.log.faults.size(); ++i)
        {
            sum += Seconds(run.log.faults[i].span.start - run.log.faults[i - 1].span.start);
            ++gaps;
        }
    }
    ASSERT_GT(gaps, 40);
    EXPECT_NEAR(sum / gaps, 1, 0.45) << "exponential, mean of 48";
}

TEST(Cascade, RestartsEachHostAfterItsDowntime)
{
    const ClusterRun run = Play({"cascade@6:count=5,gap=500ms,down=2s,exact=1"}, 25);
    ASSERT_EQ(run.log.faults.size(), 5u);
    for (const faults::FaultRecord& crash : run.log.faults)
    {
        EXPECT_EQ(*crash.span.end - crash.span.start, 2s);
    }
}

TEST(Cascade, NeverTakesMoreThanAMinorityUnlessItIsToldTo)
{
    for (uint32_t seed = 1; seed <= 6; ++seed)
    {
        const ClusterRun run = Play({"host-crash@5+8:node=2", "cascade@6+8:gap=400ms"}, 15, seed);
        EXPECT_EQ(MostDown(run.log), 2u) << seed;
    }
}

TEST(Cascade, HasTheSameCourseWhoeverLeadsAndWhateverElseFails)
{
    const auto course = [](std::vector<std::string> others) {
        others.insert(others.begin(), "cascade@6+10:count=3,gap=1s");
        const ClusterRun run = Play(std::move(others));
        std::vector<std::pair<Nanos, std::string>> crashes;
        for (const faults::FaultRecord& fault : run.log.faults)
        {
            if (fault.detail == "cause=cascade")
            {
                crashes.emplace_back(fault.span.start, fault.target);
            }
        }
        return crashes;
    };
    const auto alone = course({});
    EXPECT_EQ(alone.size(), 3u);
    EXPECT_EQ(alone, course({"byzantine-term-inflation@4:node=1", "slow-cpu@5:node=follower"}));
}
