#include "ns3/fault-labels.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

LabelOptions
Options()
{
    LabelOptions options;
    options.servers = 3;
    return options;
}

/** A degradation of server 2 from 0 s on, as the injector logs it. */
FaultLog
Degraded(uint64_t seed, Resource resource, double severity, Outcome outcome = Outcome::RANDOM)
{
    std::mt19937_64 engine(seed);
    DegradationOptions options;
    options.resource = resource;
    options.severity = severity;
    options.outcome = outcome;
    options.length = 20s;
    FaultLog log;
    DegradationRecord record;
    record.node = 2;
    record.diskLatency = 200us;
    record.process = std::make_shared<const DegradationProcess>(options, [&engine] {
        return static_cast<double>(engine() >> 11) * 0x1p-53;
    });
    const DegradationProcess& process = *record.process;
    log.degradations.push_back(record);
    if (process.Onset())
    {
        SymptomSpan symptom;
        symptom.span = {*process.Onset(), process.End()};
        symptom.node = 2;
        symptom.subtype = ResourceName(resource);
        symptom.cause = 0;
        log.symptoms.push_back(symptom);
    }
    if (process.EndsInCrash())
    {
        log.downs.push_back({{process.End(), std::nullopt}, 2, process.TakesHostDown(), 0});
    }
    return log;
}

} // namespace

TEST(FaultOracle, CallsDangerWhatItSeesAndNotWhatComes)
{
    int right = 0;
    int wrong = 0;
    for (uint64_t seed = 0; seed < 300; ++seed)
    {
        const FaultLog log = Degraded(seed, Resource::HEAP, 1);
        const FaultLabeller labels(log, Options());
        const DegradationProcess& process = *log.degradations[0].process;
        for (Nanos t{}; t < process.End(); t += 100ms)
        {
            const std::string says = labels.OracleAt(t, 1, 2);
            const std::string truth = labels.At(t, 1, 2).label;
            const bool visible = truth != "healthy" && labels.At(t, 1, 2).identifiable;
            const bool danger = labels.CrashProbability(t, 2, 5s) >= 0.5;
            ASSERT_EQ(says,
                      !visible ? "healthy"
                      : danger ? "pre-failure"
                               : "slow")
                << "seed " << seed << " at " << t.count();
            right += says == "pre-failure" && truth == "pre-failure";
            wrong += says == "pre-failure" && truth == "slow";
        }
    }
    EXPECT_GT(right, 500);
    EXPECT_GT(wrong, 50) << "not all danger ends badly";
}

// Of all moments at which it says pre-failure at least half are followed by a crash in time.
TEST(FaultOracle, IsRightMoreOftenThanNotForEveryResource)
{
    for (const Resource resource :
         {Resource::HEAP, Resource::CPU, Resource::NIC, Resource::DISK, Resource::QUEUE})
    {
        int alarms = 0;
        int crashes = 0;
        for (uint64_t seed = 0; seed < 1500; ++seed)
        {
            const FaultLog log = Degraded(seed, resource, 1);
            const FaultLabeller labels(log, Options());
            const DegradationProcess& process = *log.degradations[0].process;
            // The first alarm of each path, so that they are independent.
            for (Nanos t{}; t < process.End(); t += 100ms)
            {
                if (std::string(labels.OracleAt(t, 1, 2)) == "pre-failure")
                {
                    ++alarms;
                    crashes += process.EndsInCrash() && process.End() <= t + 5s;
                    break;
                }
            }
        }
        EXPECT_GT(alarms, 100) << ResourceName(resource);
        EXPECT_GT(crashes, alarms * 0.5 - 2 * std::sqrt(0.25 * alarms)) << ResourceName(resource);
        EXPECT_LT(crashes, alarms) << ResourceName(resource);
    }
}

TEST(FaultOracle, TakesTheSilentForCrashedAndTheRestForHealthyWhereNobodyCouldTell)
{
    FaultLog log;
    for (const uint32_t peer : {1u, 3u})
    {
        log.cuts.push_back({{0s, 10s}, {2, peer}});
        log.cuts.push_back({{0s, 10s}, {peer, 2}});
    }
    log.deviations.push_back({20s, 2, 1, FaultKind::BYZANTINE_LYING, false, 3});
    log.deviations.push_back({30s, 2, 1, FaultKind::BYZANTINE_LYING, false, 300});
    const FaultLabeller labels(log, Options());
    EXPECT_STREQ(labels.At(5s, 1, 2).label, "partitioned");
    EXPECT_STREQ(labels.OracleAt(5s, 1, 2), "crashed") << "cut from everybody";
    EXPECT_STREQ(labels.OracleAt(5s, 1, 3), "healthy");
    EXPECT_STREQ(labels.At(21s, 1, 2).label, "byzantine");
    EXPECT_STREQ(labels.OracleAt(21s, 1, 2), "healthy") << "a lie within an honest lag";
    EXPECT_STREQ(labels.OracleAt(31s, 1, 2), "byzantine");
}

TEST(FaultOracle, IsWrittenByTimeObserverAndTarget)
{
    const FaultLog log = Degraded(3, Resource::HEAP, 1, Outcome::CRASH);
    const FaultLabeller labels(log, Options());
    std::ostringstream out;
    WriteOracle(out, labels, {{2s, 1, 2}, {1s, 3, 2}, {1s, 1, 2}});
    std::istringstream lines(out.str());
    std::string line;
    std::vector<std::string> keys;
    while (std::getline(lines, line))
    {
        keys.push_back(line.substr(0, 15));
    }
    EXPECT_EQ(out.str().substr(0, out.str().find('\n')), "time_s,observer,target,class,p_crash");
    EXPECT_EQ(keys.at(1), "1.000000000,1,2");
    EXPECT_EQ(keys.at(2), "1.000000000,3,2");
    EXPECT_EQ(keys.at(3), "2.000000000,1,2");
}

TEST(StateLabels, KnowUpDownAndCutAndNothingElse)
{
    FaultLog log = Degraded(1, Resource::HEAP, 1, Outcome::CRASH);
    const Nanos crash = log.downs.at(0).span.start;
    log.downs[0].span.end = crash + 5s;
    log.cuts.push_back({{100s, 110s}, {1, 2}});
    log.deviations.push_back({120s, 2, 1, FaultKind::BYZANTINE_LYING, false, 300});
    const FaultLabeller labels(log, Options());
    EXPECT_STREQ(labels.StateAt(crash - 1ms, 1, 2), "healthy") << "whatever its heap is like";
    EXPECT_STREQ(labels.StateAt(crash, 1, 2), "crashed");
    EXPECT_STREQ(labels.StateAt(crash, 2, 1), "") << "the dead see nothing";
    EXPECT_STREQ(labels.StateAt(105s, 1, 2), "partitioned");
    EXPECT_STREQ(labels.StateAt(105s, 2, 1), "partitioned");
    EXPECT_STREQ(labels.StateAt(121s, 1, 2), "healthy") << "whatever it says";
    std::ostringstream out;
    WriteStateLabels(out, labels, {{105s, 2, 1}, {105s, 1, 2}});
    EXPECT_EQ(out.str(),
              "time_s,observer,target,label\n105.000000000,1,2,partitioned\n"
              "105.000000000,2,1,partitioned\n");
}
