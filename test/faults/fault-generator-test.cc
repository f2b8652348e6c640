#include "ns3/fault-generator.h"
#include "ns3/fault-plan.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

FaultPlan
PlanOf(uint64_t seed, const RandomPlanOptions& options = {})
{
    std::mt19937_64 engine(seed);
    return GenerateRandomPlan(options,
                              [&engine] { return static_cast<double>(engine() >> 11) * 0x1p-53; });
}

constexpr uint64_t SEEDS = 300;

} // namespace

TEST(FaultGenerator, GivesTheSamePlanForTheSameNumbersAndAnotherForOthers)
{
    EXPECT_EQ(PlanOf(1), PlanOf(1));
    EXPECT_NE(PlanOf(1), PlanOf(2));
}

TEST(FaultGenerator, KeepsAtMostAMinorityFaultyAtOneTime)
{
    for (const uint32_t servers : {3u, 4u, 5u, 7u})
    {
        RandomPlanOptions options;
        options.servers = servers;
        for (uint64_t seed = 0; seed < SEEDS; ++seed)
        {
            const FaultPlan plan = PlanOf(seed, options);
            for (const FaultSpec& fault : plan)
            {
                std::set<uint32_t> faulty;
                for (const FaultSpec& other : plan)
                {
                    if (other.start <= fault.start && fault.start < *LatestEnd(other))
                    {
                        const bool fresh = faulty.insert(FaultyServer(other)).second;
                        EXPECT_TRUE(fresh) << "two faults at one server, seed " << seed;
                    }
                }
                EXPECT_LE(faulty.size(), (servers - 1) / 2) << "seed " << seed;
            }
        }
    }
}

TEST(FaultGenerator, PlansOnlyWhatAPlanMaySay)
{
    const RandomPlanOptions options;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        Nanos last{};
        for (const FaultSpec& fault : PlanOf(seed))
        {
            EXPECT_EQ(ParseFault(FormatFault(fault), options.servers), fault) << FormatFault(fault);
            EXPECT_GE(fault.start, options.warmup);
            EXPECT_LT(fault.start, options.duration + options.heartbeatPeriod);
            EXPECT_GE(fault.start, last);
            EXPECT_NE(FaultyServer(fault), 0u) << FormatFault(fault);
            EXPECT_TRUE(fault.parameters.exact);
            last = fault.start;
        }
    }
}

TEST(FaultGenerator, UsesEveryKindAndEveryServer)
{
    std::map<FaultKind, int> kinds;
    std::map<uint32_t, int> servers;
    int faults = 0;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        for (const FaultSpec& fault : PlanOf(seed))
        {
            ++kinds[fault.kind];
            ++servers[FaultyServer(fault)];
            ++faults;
        }
    }
    const auto& weights = RandomPlanOptions{}.weights;
    EXPECT_EQ(static_cast<long>(kinds.size()),
              std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; }))
        << "every kind that has a weight";
    EXPECT_GT(faults, static_cast<int>(SEEDS) * 8) << "several faults a run";
    ASSERT_EQ(servers.size(), 5u);
    for (const auto& [id, count] : servers)
    {
        EXPECT_NEAR(static_cast<double>(count) / faults, 0.2, 0.03) << "server " << id;
    }
}

TEST(FaultGenerator, LeavesOutKindsWithoutWeight)
{
    RandomPlanOptions options;
    options.weights.fill(0);
    options.weights[static_cast<std::size_t>(FaultKind::SLOW_CPU)] = 1;
    const FaultPlan plan = PlanOf(7, options);
    ASSERT_FALSE(plan.empty());
    for (const FaultSpec& fault : plan)
    {
        EXPECT_EQ(fault.kind, FaultKind::SLOW_CPU);
    }
}

TEST(FaultGenerator, LetsHalfOfTheDegradationsRecoverWithTheSameSeverities)
{
    std::map<Outcome, std::vector<double>> severities;
    std::map<Outcome, double> lengths;
    for (uint64_t seed = 0; seed < 4 * SEEDS; ++seed)
    {
        for (const FaultSpec& fault : PlanOf(seed))
        {
            if (fault.kind == FaultKind::DEGRADE)
            {
                severities[fault.parameters.outcome].push_back(fault.parameters.severity);
                lengths[fault.parameters.outcome] += fault.duration->count() * 1e-9;
            }
        }
    }
    auto& crash = severities[Outcome::CRASH];
    auto& recover = severities[Outcome::RECOVER];
    const double total = crash.size() + recover.size();
    ASSERT_GT(total, 2000);
    EXPECT_NEAR(crash.size() / total, 0.5, 0.04);
    EXPECT_EQ(severities.count(Outcome::RANDOM), 0u);
    std::sort(crash.begin(), crash.end());
    std::sort(recover.begin(), recover.end());
    for (const double quantile : {0.1, 0.5, 0.9})
    {
        EXPECT_NEAR(crash[quantile * crash.size()], recover[quantile * recover.size()], 0.05);
    }
    EXPECT_NEAR(lengths[Outcome::CRASH] / crash.size(),
                lengths[Outcome::RECOVER] / recover.size(),
                2);
}

TEST(FaultGenerator, SpreadsPhasesUniformlyOverTheHeartbeatPeriod)
{
    std::array<int, 10> bins{};
    int faults = 0;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        for (const FaultSpec& fault : PlanOf(seed))
        {
            ++bins[(fault.start % 100ms) / 10ms];
            ++faults;
        }
    }
    for (const int count : bins)
    {
        EXPECT_NEAR(static_cast<double>(count) / faults, 0.1, 0.025);
    }
}

TEST(FaultGenerator, HasHealthyStretchesAtAllPositions)
{
    const RandomPlanOptions options;
    std::array<int, 10> healthy{};
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        const FaultPlan plan = PlanOf(seed);
        for (std::size_t i = 0; i < healthy.size(); ++i)
        {
            const Nanos moment = options.duration * (2 * i + 1) / 20;
            healthy[i] += std::none_of(plan.begin(), plan.end(), [&](const FaultSpec& fault) {
                return fault.start <= moment && moment < *LatestEnd(fault);
            });
        }
    }
    for (const int count : healthy)
    {
        EXPECT_GT(count, static_cast<int>(SEEDS) / 20);
    }
}

TEST(FaultGenerator, KeepsAServerHealthyForAWhileBetweenTwoFaults)
{
    const RandomPlanOptions options;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        std::map<uint32_t, Nanos> until;
        for (const FaultSpec& fault : PlanOf(seed))
        {
            const uint32_t server = FaultyServer(fault);
            if (until.count(server) > 0)
            {
                EXPECT_GE(fault.start - until[server], options.meanGap / 10) << "seed " << seed;
            }
            until[server] = *LatestEnd(fault);
        }
    }
}

TEST(FaultGenerator, RefusesOptionsOutOfRange)
{
    const auto complaint = [](auto change) -> std::string {
        RandomPlanOptions options;
        change(options);
        try
        {
            PlanOf(1, options);
        }
        catch (const std::invalid_argument& error)
        {
            return error.what();
        }
        return "accepted";
    };
    using O = RandomPlanOptions;
    EXPECT_NE(complaint([](O& o) { o.servers = 2; }).find("3 servers"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.duration = {}; }).find("a duration"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.warmup = -1s; }).find("warm-up"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.meanGap = {}; }).find("above 0s"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.longGapShare = 2; }).find("0..1"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.weights.fill(0); }).find("weights"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.weights[0] = -1; }).find("weights"), std::string::npos);
}
