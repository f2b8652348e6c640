#include "fault-cluster.h"

using namespace nctest;
using namespace std::chrono_literals;
using Kind = Seen::Kind;

namespace
{

constexpr double PATH = 0.01;

ClusterRun
Play(std::vector<std::string> faults)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    return RunCluster(options);
}

/** @return whether anything came from one to the other while the cut (8 s to 12 s) lasted */
bool
Passed(const ClusterRun& run, uint32_t from, uint32_t to)
{
    return !run.From(from, to, 8 + PATH, 12).empty();
}

} // namespace

TEST(Partition, LosesAllInOneDirectionAndHeals)
{
    const ClusterRun run = Play({"partition@8+4:cut=1>2,exact=1"});
    EXPECT_FALSE(Passed(run, 1, 2));
    EXPECT_EQ(run.From(2, 1, 8 + PATH, 12, Kind::REPLY).size(), 0u) << "nothing to answer";
    EXPECT_GT(run.From(2, 1, 8, 12, Kind::HEARTBEAT).size(), 35u);
    EXPECT_GT(run.From(1, 2, 12 + PATH, 13, Kind::HEARTBEAT).size(), 7u);
}

TEST(Partition, LeavesPairsThatAreNotCutAsTheyWere)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"partition@8+4:cut=1-2,exact=1"});
    EXPECT_FALSE(Passed(run, 1, 2));
    EXPECT_FALSE(Passed(run, 2, 1));
    for (uint32_t from = 1; from <= 5; ++from)
    {
        for (uint32_t to = 1; to <= 5; ++to)
        {
            if (from != to && from + to != 3)
            {
                EXPECT_TRUE(SameHeartbeats(quiet, run, from, to));
            }
        }
    }
}

TEST(Partition, SeparatesGroupsFromEachOtherAndNotWithin)
{
    const ClusterRun run = Play({"partition@8+4:groups=1.2|3.4,exact=1"});
    for (uint32_t from = 1; from <= 5; ++from)
    {
        for (uint32_t to = 1; to <= 5; ++to)
        {
            if (from != to)
            {
                const bool apart = from != 5 && to != 5 && (from <= 2) != (to <= 2);
                EXPECT_EQ(Passed(run, from, to), !apart) << from << ">" << to;
            }
        }
    }
}

TEST(Partition, IsolatesANodeInTheDirectionAsked)
{
    const ClusterRun deaf = Play({"partition@8+4:node=3,direction=in,exact=1"});
    const ClusterRun mute = Play({"partition@8+4:node=3,direction=out,exact=1"});
    const ClusterRun alone = Play({"partition@8+4:node=3,exact=1"});
    for (const uint32_t peer : {1u, 2u, 4u, 5u})
    {
        EXPECT_TRUE(Passed(deaf, 3, peer));
        EXPECT_FALSE(Passed(deaf, peer, 3));
        EXPECT_FALSE(Passed(mute, 3, peer));
        EXPECT_TRUE(Passed(mute, peer, 3));
        EXPECT_FALSE(Passed(alone, 3, peer) || Passed(alone, peer, 3));
    }
    EXPECT_EQ(alone.log.faults.at(0).target, "3");
}

TEST(Partition, KeepsACutThatAnotherOneStillHolds)
{
    const ClusterRun run =
        Play({"partition@6+4:cut=1>2/1>3,exact=1", "partition@8+6:cut=1>2,exact=1"});
    EXPECT_EQ(run.From(1, 2, 6 + PATH, 14).size(), 0u);
    EXPECT_EQ(run.From(1, 3, 6 + PATH, 10).size(), 0u);
    EXPECT_GT(run.From(1, 3, 10 + PATH, 11, Kind::HEARTBEAT).size(), 7u);
    EXPECT_GT(run.From(1, 2, 14 + PATH, 15, Kind::HEARTBEAT).size(), 7u);

    ASSERT_EQ(run.log.cuts.size(), 2u) << "one span for each direction, not for each fault";
    EXPECT_EQ(run.log.cuts[0].span.end, 14s);
    EXPECT_EQ(run.log.cuts[1].span.end, 10s);
}

TEST(Flapping, CutsAndMendsInItsRhythm)
{
    const ClusterRun run = Play({"flapping@6+9:cut=1>2,period=3s,duty=0.5,exact=1"});
    for (const double cut : {6.0, 9.0, 12.0})
    {
        EXPECT_EQ(run.From(1, 2, cut + PATH, cut + 1.5).size(), 0u) << cut;
        EXPECT_GT(run.From(1, 2, cut + 1.5 + PATH, cut + 3, Kind::HEARTBEAT).size(), 12u) << cut;
    }
    EXPECT_GT(run.From(1, 2, 15, 20, Kind::HEARTBEAT).size(), 45u) << "healed for good";
    EXPECT_EQ(run.log.cuts.size(), 3u);
}

TEST(Flapping, EndsMendedInTheMiddleOfACut)
{
    const ClusterRun run = Play({"flapping@6+3.5:cut=1>2,period=3s,duty=0.5,exact=1"});
    EXPECT_EQ(run.From(1, 2, 9 + PATH, 9.5).size(), 0u);
    EXPECT_GT(run.From(1, 2, 9.5 + PATH, 10.5, Kind::HEARTBEAT).size(), 7u);
    ASSERT_EQ(run.log.cuts.size(), 2u);
    EXPECT_EQ(run.log.cuts[1].span.end, 9500ms);
}
