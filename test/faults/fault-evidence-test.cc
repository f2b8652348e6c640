// What is proven against a byzantine server, and that nobody else is convicted, in whole runs.

#include "fault-cluster.h"

#include <set>

using namespace nctest;
using namespace ns3;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, uint32_t seed = 1)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    options.requestRate = 30;
    options.seed = seed;
    options.evidence = true;
    return RunCluster(options);
}

/** Who found a proof by a rule against a server in [start, end). */
std::set<uint32_t>
Finders(const ClusterRun& run, evidence::Rule rule, uint32_t accused, double start, double end)
{
    std::set<uint32_t> finders;
    for (const SeenProof& seen : run.proofs)
    {
        if (seen.proof.rule == rule && seen.proof.accused == accused && seen.at >= start &&
            seen.at < end)
        {
            finders.insert(seen.observer);
        }
    }
    return finders;
}

/** Everybody who was convicted of anything. */
std::set<uint32_t>
Convicted(const ClusterRun& run)
{
    std::set<uint32_t> convicted;
    for (const SeenProof& seen : run.proofs)
    {
        convicted.insert(seen.proof.accused);
    }
    return convicted;
}

} // namespace

TEST(FaultEvidence, AnEquivocatingLeaderIsConvictedByEverybodyWithinASecond)
{
    const ClusterRun run = Play({"byzantine-equivocating@8:node=leader,exact=1"});
    const uint32_t liar = run.Target();
    EXPECT_EQ(Finders(run, evidence::Rule::TWO_ENTRIES, liar, 8, 9),
              (std::set<uint32_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(Convicted(run), std::set<uint32_t>{liar});
}

TEST(FaultEvidence, AFollowerThatAcknowledgesAheadIsConvictedByEverybodyWithinASecond)
{
    std::size_t ahead = 0;
    for (uint32_t seed = 1; seed <= 4; ++seed)
    {
        const ClusterRun run = Play({"byzantine-lying@8:node=follower,magnitude=4,exact=1"}, seed);
        const uint32_t liar = run.Target();
        const auto finders = Finders(run, evidence::Rule::FALSE_ACK, liar, 8, 9);
        ahead += finders.size() == 5 ? 1 : 0;
        EXPECT_TRUE(Convicted(run).empty() || Convicted(run) == std::set<uint32_t>{liar});
    }
    EXPECT_GE(ahead, 1U) << "half of the liars claim more than they have, the others less";
}

TEST(FaultEvidence, SilenceSlownessAndCrashesConvictNobody)
{
    for (const char* fault : {"byzantine-selective@6+8:node=leader",
                              "slow-disk@6+8:node=leader,factor=500",
                              "process-crash@6+3:node=leader",
                              "host-crash@6+3:node=leader",
                              "partition@6+6:node=leader",
                              "omission@6+8:node=leader,loss=0.5",
                              "clock-skew@6+8:node=leader,offset=3s"})
    {
        EXPECT_TRUE(Play({fault}).proofs.empty()) << fault;
    }
}

TEST(FaultEvidence, ALyingWitnessConvictsNobodyButItselfThroughCrashesOfOthers)
{
    std::size_t lies = 0;
    for (uint32_t seed = 1; seed <= 4; ++seed)
    {
        const ClusterRun run = Play({"byzantine-lying@4:node=2,exact=1",
                                     "process-crash@7+2:node=3",
                                     "host-crash@11+3:node=4"},
                                    seed);
        for (const Seen& seen : run.packets)
        {
            lies += seen.from == 2 && !seen.heartbeat.GetDigest().GetStatements().empty() ? 1 : 0;
        }
        const auto convicted = Convicted(run);
        EXPECT_TRUE(convicted.empty() || convicted == std::set<uint32_t>{2}) << "seed " << seed;
    }
    EXPECT_GT(lies, 200U) << "where it leads it hears little to lie about";
}

TEST(FaultEvidence, HeartbeatsOfAnIdleClusterTellNothing)
{
    ClusterOptions options;
    options.evidence = true;
    const ClusterRun run = RunCluster(options);
    for (const Seen& seen : run.From(0, 0, 10, 20))
    {
        EXPECT_TRUE(seen.heartbeat.GetDigest().GetStatements().empty());
    }
}
