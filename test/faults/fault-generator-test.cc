#include "ns3/degradation-process.h"
#include "ns3/fault-generator.h"
#include "ns3/fault-plan.h"

#include <cmath>
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

/** @return whether this degradation ends in a crash, by a draw of its own */
bool
Crashes(const FaultSpec& fault, uint64_t seed)
{
    std::mt19937_64 engine(seed);
    DegradationOptions options;
    options.resource = fault.parameters.resource;
    options.outcome = fault.parameters.outcome;
    options.severity = fault.parameters.severity;
    options.length = *fault.duration;
    return DegradationProcess(options,
                              [&engine] { return static_cast<double>(engine() >> 11) * 0x1p-53; })
        .EndsInCrash();
}

} // namespace

TEST(FaultGenerator, GivesTheSamePlanForTheSameNumbersAndAnotherForOthers)
{
    EXPECT_EQ(PlanOf(1), PlanOf(1));
    EXPECT_NE(PlanOf(1), PlanOf(2));
}

TEST(FaultGenerator, KeepsAtMostAMinorityDownOrCutAtOneTimeAndEachByOneFault)
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
                    if (!IsMild(other.kind) && other.start <= fault.start &&
                        fault.start < *LatestEnd(other))
                    {
                        const bool fresh = faulty.insert(FaultyServer(other)).second;
                        EXPECT_TRUE(fresh) << "two such faults at one server, seed " << seed;
                    }
                }
                EXPECT_LE(faulty.size(), (servers - 1) / 2) << "seed " << seed;
            }
        }
    }
}

TEST(FaultGenerator, LetsMildFaultsOverlapOthersOnOneServerAndInTime)
{
    int onOneServer = 0;
    int inTime = 0;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        const FaultPlan plan = PlanOf(seed);
        for (const FaultSpec& fault : plan)
        {
            for (const FaultSpec& other : plan)
            {
                if (!(other == fault) && other.start <= fault.start &&
                    fault.start < *LatestEnd(other))
                {
                    ++inTime;
                    onOneServer += FaultyServer(fault) == FaultyServer(other);
                }
            }
        }
    }
    EXPECT_GT(inTime, static_cast<int>(SEEDS) * 4);
    EXPECT_GT(onOneServer, static_cast<int>(SEEDS) / 4);
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

// The plan leaves the end open; what comes of it is drawn here as the injector does.
TEST(FaultGenerator, LetsAtLeastHalfOfTheDegradationsRecoverWithTheSameSeverities)
{
    std::vector<double> crash;
    std::vector<double> recover;
    std::map<Resource, int> resources;
    std::map<CutDirection, int> directions;
    for (uint64_t seed = 0; seed < 4 * SEEDS; ++seed)
    {
        for (const FaultSpec& fault : PlanOf(seed))
        {
            if (fault.kind == FaultKind::DEGRADE)
            {
                EXPECT_EQ(fault.parameters.outcome, Outcome::RANDOM);
                ++resources[fault.parameters.resource];
                directions[fault.parameters.direction] +=
                    fault.parameters.resource == Resource::NIC;
                (Crashes(fault, crash.size() + recover.size()) ? crash : recover)
                    .push_back(std::log(fault.parameters.severity));
            }
        }
    }
    const double total = crash.size() + recover.size();
    ASSERT_GT(total, 2000);
    EXPECT_LE(crash.size(), recover.size());
    EXPECT_GT(crash.size(), 0.4 * total);
    std::sort(crash.begin(), crash.end());
    std::sort(recover.begin(), recover.end());
    for (const double quantile : {0.1, 0.5, 0.9})
    {
        // Over 3.5 units; the standard error of the median is about 0.05.
        EXPECT_NEAR(crash[quantile * crash.size()], recover[quantile * recover.size()], 0.2);
    }
    EXPECT_EQ(resources.size(), RESOURCE_COUNT);
    EXPECT_EQ(directions.size(), 3u);
}

TEST(FaultGenerator, HasNoPrecursorForAtLeastHalfOfAllCrashes)
{
    int foreboded = 0;
    int sudden = 0;
    for (uint64_t seed = 0; seed < 4 * SEEDS; ++seed)
    {
        for (const FaultSpec& fault : PlanOf(seed))
        {
            sudden += fault.kind == FaultKind::HOST_CRASH || fault.kind == FaultKind::PROCESS_CRASH;
            foreboded +=
                fault.kind == FaultKind::DEGRADE && Crashes(fault, foreboded + 7919 * sudden);
        }
    }
    EXPECT_GT(foreboded, 500);
    EXPECT_GE(sudden, foreboded);
}

TEST(FaultGenerator, DrawsSeveritiesFromBelowTheNoiseToFarAboveIt)
{
    for (const Nanos noise : {Nanos(1ms), Nanos(20ms)})
    {
        RandomPlanOptions options;
        options.noise = noise;
        options.loss = 0.03;
        int delays = 0;
        int hidden = 0;
        int plain = 0;
        int losses = 0;
        int few = 0;
        double leastSeverity = 1;
        for (uint64_t seed = 0; seed < SEEDS; ++seed)
        {
            for (const FaultSpec& fault : PlanOf(seed, options))
            {
                const FaultParameters& p = fault.parameters;
                if (fault.kind == FaultKind::SLOW_CPU || fault.kind == FaultKind::SLOW_LINK)
                {
                    EXPECT_GE(p.delay, noise / 10 - 1ns);
                    ++delays;
                    hidden += p.delay < noise;
                    plain += p.delay > 5 * noise;
                }
                if (fault.kind == FaultKind::OMISSION)
                {
                    EXPECT_LE(p.loss, 0.7);
                    ++losses;
                    few += p.loss < options.loss;
                }
                if (fault.kind == FaultKind::DEGRADE)
                {
                    leastSeverity = std::min(leastSeverity, p.severity);
                }
            }
        }
        EXPECT_GT(hidden, delays / 5) << "by the noise of " << noise.count();
        EXPECT_GT(plain, delays / 5);
        EXPECT_GT(few, losses / 5);
        EXPECT_LT(few, losses / 2);
        EXPECT_NEAR(leastSeverity, noise == 1ms ? 0.03 : 0.3, 0.01);
    }
}

TEST(FaultGenerator, MakesSomeDisksSlowInBoutsAndShortensDegradationsByTheCompression)
{
    int bouts = 0;
    int always = 0;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        RandomPlanOptions options;
        options.timeCompression = 120;
        for (const FaultSpec& fault : PlanOf(seed, options))
        {
            if (fault.kind == FaultKind::SLOW_DISK)
            {
                ++(fault.parameters.bout > 0ns ? bouts : always);
            }
            if (fault.kind == FaultKind::DEGRADE)
            {
                const Nanos whole = DegradationLength(fault.parameters.resource, 120);
                EXPECT_GE(*fault.duration, whole * 4 / 10 - 1ns);
                EXPECT_LE(*fault.duration, whole * 2 + 1ns);
            }
        }
    }
    EXPECT_GT(bouts, 50);
    EXPECT_NEAR(bouts, always, 4 * std::sqrt(bouts + always));
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

TEST(FaultGenerator, KeepsAServerUpForAWhileBetweenTwoFaults)
{
    const RandomPlanOptions options;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        std::map<uint32_t, Nanos> until;
        for (const FaultSpec& fault : PlanOf(seed))
        {
            if (IsMild(fault.kind))
            {
                continue; // those come on top, too
            }
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
    EXPECT_NE(complaint([](O& o) { o.noise = -1ms; }).find("noise"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.loss = 2; }).find("loss"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.timeCompression = 0; }).find("time"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.weights.fill(0); }).find("weights"), std::string::npos);
    EXPECT_NE(complaint([](O& o) { o.weights[0] = -1; }).find("weights"), std::string::npos);
}
