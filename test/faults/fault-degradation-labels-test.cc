#include "ns3/fault-labels.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

constexpr Nanos START = 100s;

/** One degradation of server 2, as the injector logs it. */
FaultLog
LogOf(uint64_t seed, Resource resource, Outcome outcome)
{
    std::mt19937_64 engine(seed);
    DegradationOptions options;
    options.resource = resource;
    options.outcome = outcome;
    options.length = 30s;
    auto process = std::make_shared<const DegradationProcess>(options, [&engine] {
        return static_cast<double>(engine() >> 11) * 0x1p-53;
    });
    FaultLog log;
    log.degradations.push_back({2, START, std::nullopt, process});
    if (process->Onset())
    {
        SymptomSpan symptom;
        symptom.span = {START + *process->Onset(), START + process->End()};
        symptom.node = 2;
        symptom.subtype = ResourceName(resource);
        symptom.cause = 0;
        log.symptoms.push_back(symptom);
    }
    if (process->EndsInCrash())
    {
        log.downs.push_back({{START + process->End(), std::nullopt}, 2, true, 0});
    }
    return log;
}

LabelOptions
Options()
{
    LabelOptions options;
    options.servers = 3;
    return options;
}

} // namespace

TEST(DegradationLabels, GoFromHealthyOverSlowAndPreFailureToCrashed)
{
    for (uint64_t seed = 0; seed < 100; ++seed)
    {
        const FaultLog log = LogOf(seed, Resource::HEAP, Outcome::CRASH);
        const FaultLabeller labels(log, Options());
        const Nanos onset = log.symptoms.at(0).span.start;
        const Nanos crash = log.downs.at(0).span.start;
        for (Nanos t = START; t < crash + 1s; t += 50ms)
        {
            const std::string label = labels.At(t, 1, 2).label;
            const std::string expected = t < onset        ? "healthy"
                                         : t < crash - 5s ? "slow"
                                         : t < crash      ? "pre-failure"
                                                          : "crashed";
            ASSERT_EQ(label, expected) << "seed " << seed << " at " << t.count();
            if (t >= onset && t < crash)
            {
                ASSERT_EQ(labels.At(t, 1, 2).subtype, "heap");
            }
        }
    }
}

TEST(DegradationLabels, CallADecoySlowUntilItIsOver)
{
    for (uint64_t seed = 0; seed < 100; ++seed)
    {
        const FaultLog log = LogOf(seed, Resource::NIC, Outcome::RECOVER);
        const FaultLabeller labels(log, Options());
        for (Nanos t = START; t < START + 45s; t += 50ms)
        {
            const FaultLabel label = labels.At(t, 3, 2);
            const bool sick = !log.symptoms.empty() && log.symptoms[0].span.Contains(t);
            ASSERT_STREQ(label.label, sick ? "slow" : "healthy");
            ASSERT_FALSE(label.predictable);
            ASSERT_FALSE(label.timeToCrash);
        }
    }
}

TEST(DegradationLabels, CallNobodyPreFailureBeforeACrashOfAnotherCause)
{
    FaultLog log = LogOf(1, Resource::HEAP, Outcome::RECOVER);
    const Nanos crash = log.symptoms.at(0).span.start + 2s;
    log.degradations[0].cancelled = crash;
    log.symptoms[0].span.end = crash;
    log.downs.push_back({{crash, std::nullopt}, 2, true, std::nullopt});
    const FaultLabel label = FaultLabeller(log, Options()).At(crash - 1s, 1, 2);
    EXPECT_STREQ(label.label, "slow");
    EXPECT_EQ(label.timeToCrash, 1s);
    EXPECT_FALSE(label.predictable);
}

TEST(DegradationLabels, HaveNoPreFailureBeforeTheFirstSymptom)
{
    FaultLog log = LogOf(1, Resource::HEAP, Outcome::CRASH);
    const Nanos crash = log.downs.at(0).span.start;
    log.symptoms.at(0).span.start = crash - 1s;
    const FaultLabeller labels(log, Options());
    EXPECT_STREQ(labels.At(crash - 1001ms, 1, 2).label, "healthy");
    EXPECT_STREQ(labels.At(crash - 1s, 1, 2).label, "pre-failure");
}

TEST(DegradationLabels, CallACrashPredictableWhereTheOracleSawItASecondBeforeAndSymptomsShowed)
{
    int predictable = 0;
    constexpr int seeds = 300;
    for (uint64_t seed = 0; seed < seeds; ++seed)
    {
        const FaultLog log = LogOf(seed, Resource::HEAP, Outcome::CRASH);
        const FaultLabeller labels(log, Options());
        const Nanos crash = log.downs.at(0).span.start;
        bool seen = false;
        for (Nanos t = crash - 1s; t >= log.symptoms.at(0).span.start; t -= 10ms)
        {
            seen |= labels.CrashProbability(t, 2, 5s) >= 0.5 && labels.At(t, 1, 2).identifiable;
        }
        EXPECT_EQ(labels.At(START, 1, 2).predictable, seen) << "seed " << seed;
        predictable += seen;
    }
    EXPECT_GT(predictable, seeds / 3);
    EXPECT_LT(predictable, seeds) << "some come too early to be foreseen";
}

TEST(DegradationLabels, CallNoCrashPredictableWhoseSymptomsAreBelowTheNoise)
{
    for (uint64_t seed = 0; seed < 50; ++seed)
    {
        const FaultLog log = LogOf(seed, Resource::HEAP, Outcome::CRASH);
        LabelOptions options = Options();
        options.delayNoise = 1s; // beyond the longest pause
        const FaultLabeller labels(log, options);
        const Nanos crash = log.downs.at(0).span.start;
        EXPECT_FALSE(labels.At(START, 1, 2).predictable);
        EXPECT_STREQ(labels.At(crash - 1s, 1, 2).label, "pre-failure");
        EXPECT_FALSE(labels.At(crash - 1s, 1, 2).identifiable);
    }
}

TEST(DegradationLabels, NeedTwiceTheLossOfANicThatOnlyHearsBadly)
{
    // A one-way loss towards the peer costs answers, one from it costs heartbeats too.
    for (uint64_t seed = 0; seed < 20; ++seed)
    {
        FaultLog log = LogOf(seed, Resource::NIC, Outcome::CRASH);
        const FaultLabeller out(log, Options());
        FaultLog deaf = log;
        deaf.degradations[0].direction = CutDirection::IN;
        const FaultLabeller in(deaf, Options());
        int heard = 0;
        int answered = 0;
        for (Nanos t = log.symptoms.at(0).span.start; t < log.downs.at(0).span.start; t += 50ms)
        {
            heard += out.At(t, 1, 2).identifiable;
            answered += in.At(t, 1, 2).identifiable;
        }
        EXPECT_LE(answered, heard) << "seed " << seed;
        EXPECT_GT(heard, 0) << "seed " << seed;
    }
}

TEST(DegradationLabels, JudgeADiskByTheTimeThatItAddsToAWrite)
{
    FaultLog log = LogOf(1, Resource::DISK, Outcome::CRASH);
    const Nanos crash = log.downs.at(0).span.start;
    log.degradations[0].diskLatency = 200us;
    EXPECT_TRUE(FaultLabeller(log, Options()).At(crash - 1ms, 1, 2).identifiable);
    log.degradations[0].diskLatency = 1us;
    EXPECT_FALSE(FaultLabeller(log, Options()).At(crash - 1ms, 1, 2).identifiable);
}

TEST(DegradationLabels, FollowTheOracleOfTheHiddenStateAndNobodyElses)
{
    const FaultLog log = LogOf(2, Resource::HEAP, Outcome::CRASH);
    const FaultLabeller labels(log, Options());
    const DegradationProcess& process = *log.degradations[0].process;
    const Nanos t = process.End() - 500ms;
    EXPECT_DOUBLE_EQ(labels.CrashProbability(START + t, 2, 5s), process.HazardProbability(t, 5s));
    EXPECT_EQ(labels.CrashProbability(START + t, 1, 5s), 0);
    EXPECT_EQ(labels.CrashProbability(START - 1s, 2, 5s), 0);
}

TEST(DegradationLabels, AreIdentifiableOnceMessagesMustHaveBeenHit)
{
    for (const Resource resource : {Resource::HEAP, Resource::CPU, Resource::NIC})
    {
        const FaultLog log = LogOf(3, resource, Outcome::CRASH);
        const FaultLabeller labels(log, Options());
        const Nanos onset = log.symptoms.at(0).span.start;
        const Nanos crash = log.downs.at(0).span.start;
        EXPECT_FALSE(labels.At(onset, 1, 2).identifiable) << "nothing has been felt yet";
        EXPECT_TRUE(labels.At(crash - 1ms, 1, 2).identifiable) << ResourceName(resource);
    }
}

TEST(DegradationLabels, CountEverySymptomOfTheLastTwoSecondsOnce)
{
    for (const Resource resource : {Resource::HEAP, Resource::CPU, Resource::NIC})
    {
        for (uint64_t seed = 0; seed < 20; ++seed)
        {
            const FaultLog log = LogOf(seed, resource, Outcome::CRASH);
            const FaultLabeller labels(log, Options());
            for (Nanos t = log.symptoms.at(0).span.start; t < log.downs.at(0).span.start; t += 37ms)
            {
                const Nanos now = t - START;
                double messages = 0;
                for (const Symptom& symptom : log.degradations[0].process->Symptoms())
                {
                    const Nanos inside = std::min(symptom.at + symptom.length, now) -
                                         std::max(symptom.at, Nanos(now - 2s));
                    if (inside > 0s && (symptom.loss > 0 || symptom.length >= 5ms))
                    {
                        messages += 2.0 * static_cast<double>(inside.count()) / 1e8 *
                                    (symptom.loss > 0 ? symptom.loss : 1);
                    }
                }
                ASSERT_EQ(labels.At(t, 1, 2).identifiable, messages >= 1)
                    << ResourceName(resource) << ", seed " << seed << ", " << messages;
            }
        }
    }
}
