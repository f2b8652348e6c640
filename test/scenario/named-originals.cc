#include "named-scenario.h"

#include <gtest/gtest.h>

namespace nctest
{

namespace
{

using Servers = std::set<int>;

/** Every observer that could, suspected the fault's target until the end, the fast one first. */
void
ExpectNoticed(const NamedRun& run, std::size_t fault, int observers)
{
    const auto& suspected = run.summary["faults"].at(fault)["suspected"];
    for (const char* detector : {"fixed-timeout", "phi-gaussian"})
    {
        EXPECT_EQ(suspected[detector]["noticed"], observers) << detector;
    }
    EXPECT_LT(suspected["phi-gaussian"]["first_s"], suspected["fixed-timeout"]["first_s"]);
}

void
ExpectNoMistakes(const NamedRun& run)
{
    for (const char* detector : {"fixed-timeout", "phi-gaussian"})
    {
        EXPECT_EQ(run.summary["detectors"][detector]["mistakes"], 0) << detector;
    }
}

void
ExpectHealthy(const NamedRun& run)
{
    EXPECT_TRUE(run.summary["faults"].empty());
    EXPECT_EQ(run.summary["raft"]["elections_won"], 1);
    EXPECT_EQ(run.summary["clients"]["availability"], 1);
    EXPECT_TRUE(run.AllSuspicions().empty());
    EXPECT_LT(run.LongestSilence(2, 30), 1);
}

void
ExpectSingleCrash(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(run.StartOf(0)).count(run.TargetOf(0)), 0U) << "it hit the leader";
    EXPECT_EQ(run.summary["raft"]["elections_won"], 1);
    EXPECT_EQ(run.summary["clients"]["availability"], 1);
    EXPECT_LT(run.LongestSilence(4, 24), 1);
    ExpectNoticed(run, 0, 4);
    ExpectNoMistakes(run);
}

void
ExpectLeaderCrash(const NamedRun& run)
{
    const double start = run.StartOf(0);
    EXPECT_EQ(run.LeadersAt(start - 0.01), Servers{run.TargetOf(0)});
    // A detector knows long before the followers' timeouts have passed.
    ExpectNoticed(run, 0, 4);
    EXPECT_TRUE(run.Elected(start, start + 0.5).empty());
    EXPECT_EQ(run.Elected(start, start + 3).size(), 1U);
    EXPECT_GT(run.LongestSilence(start, start + 4), 0.5);
    // Its return disturbs nobody.
    EXPECT_TRUE(run.Elected(start + 3, 24).empty());
    EXPECT_TRUE(run.SuspicionsAt(run.EndOf(0) + 2).empty());
    ExpectNoMistakes(run);
}

void
ExpectMinorityCrash(const NamedRun& run)
{
    const Servers dead{run.TargetOf(0), run.TargetOf(1)};
    ASSERT_EQ(dead.size(), 2U);
    const Servers leaders = run.LeadersAt(7.9);
    ASSERT_EQ(leaders.size(), 1U);
    EXPECT_EQ(dead.count(*leaders.begin()), 1U) << "the leader is alive";
    EXPECT_EQ(run.Elected(8, 24).size(), 1U);
    ExpectNoticed(run, 0, 3);
    ExpectNoticed(run, 1, 3);
    ExpectNoMistakes(run);
    EXPECT_GT(run.Answered("put", 12, 24), 50U);
    for (const auto& [observer, target] : run.AllSuspicions())
    {
        EXPECT_EQ(dead.count(target), 1U) << observer << " suspected " << target;
    }
}

void
ExpectCascading(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(run.StartOf(0) - 0.01), Servers{run.TargetOf(0)});
    EXPECT_EQ(run.LeadersAt(run.StartOf(2) - 0.01), Servers{run.TargetOf(2)});
    EXPECT_GT(run.Answered("put", run.StartOf(1) + 0.1, run.StartOf(2)), 10U) << "three are enough";
    EXPECT_EQ(run.Answered("put", run.StartOf(2) + 0.1, run.EndOf(0)), 0U) << "two are not";
    EXPECT_TRUE(run.Elected(run.StartOf(2), run.EndOf(0)).empty());
    EXPECT_EQ(run.Elected(run.EndOf(0), 32).size(), 1U);
    EXPECT_GT(run.Answered("put", run.EndOf(0) + 3, 32), 10U);
}

void
ExpectSlowdown(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{1});
    EXPECT_TRUE(run.Elected(4.5, 28).empty()) << "nobody unseats a slow leader";
    const double before = run.MedianWriteLatency(4.5, 8);
    const double first = run.MedianWriteLatency(8, 14);
    const double second = run.MedianWriteLatency(14, 20);
    EXPECT_GT(first, before + 0.005);
    EXPECT_GT(second, 2 * first);
    EXPECT_LT(run.MedianWriteLatency(21, 28), before + 0.001);
    const auto& detectors = run.summary["detectors"];
    EXPECT_EQ(detectors["fixed-timeout"]["mistakes"], 0);
    EXPECT_GT(detectors["phi-gaussian"]["mistakes"], 10);
    EXPECT_TRUE(run.SuspicionsAt(13.9).empty()) << "the first step";
}

void
ExpectPartitionWithHeal(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{1});
    const Servers leaders = run.LeadersAt(12);
    ASSERT_EQ(leaders.size(), 1U) << "the old leader holds on";
    EXPECT_GE(*leaders.begin(), 3);
    EXPECT_GT(run.Answered("put", 12, 18), 10U);
    EXPECT_TRUE(run.Elected(18, 28).empty()) << "the heal unseats somebody";
    EXPECT_EQ(run.LeadersAt(28), leaders);
    std::set<std::pair<int, int>> across;
    for (const int small : {1, 2})
    {
        for (const int large : {3, 4, 5})
        {
            across.insert({small, large});
            across.insert({large, small});
        }
    }
    EXPECT_EQ(run.SuspicionsAt(15), across);
    EXPECT_EQ(run.AllSuspicions(), across);
    EXPECT_TRUE(run.SuspicionsAt(20).empty());
}

void
ExpectByzantineLying(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(run.StartOf(0)).count(run.TargetOf(0)), 0U) << "it hit the leader";
    EXPECT_TRUE(run.AllSuspicions().empty()) << "a liar is not silent";
    EXPECT_GT(run.Answered("put", 20, 28), 20U);
    EXPECT_EQ(run.LeadersAt(28).size(), 1U);
}

} // namespace

std::vector<NamedScenario>
OriginalScenarios()
{
    return {
        {"healthy", ExpectHealthy},
        {"single-crash", ExpectSingleCrash},
        {"leader-crash", ExpectLeaderCrash},
        {"minority-crash", ExpectMinorityCrash},
        {"cascading", ExpectCascading},
        {"slowdown", ExpectSlowdown},
        {"partition-with-heal", ExpectPartitionWithHeal},
        {"byzantine-lying", ExpectByzantineLying, "", false}, // Raft promises nothing here
    };
}

} // namespace nctest
