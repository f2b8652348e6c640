#include "ns3/degradation-process.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

constexpr Resource RESOURCES[] = {Resource::HEAP,
                                  Resource::CPU,
                                  Resource::NIC,
                                  Resource::DISK,
                                  Resource::QUEUE};

DegradationProcess
Draw(uint64_t seed, Resource resource, double severity = 0.5, Nanos length = 30s)
{
    std::mt19937_64 engine(seed);
    DegradationOptions options;
    options.resource = resource;
    options.severity = severity;
    options.length = length;
    return DegradationProcess(options,
                              [&engine] { return static_cast<double>(engine() >> 11) * 0x1p-53; });
}

/** Largest distance between the distributions of two samples (Kolmogorov and Smirnov). */
double
Distance(std::vector<double> a, std::vector<double> b)
{
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    double most = 0;
    for (const double at : a)
    {
        const auto share = [at](const std::vector<double>& sample) {
            const auto below = std::upper_bound(sample.begin(), sample.end(), at) - sample.begin();
            return static_cast<double>(below) / static_cast<double>(sample.size());
        };
        most = std::max(most, std::abs(share(a) - share(b)));
    }
    return most;
}

} // namespace

TEST(DegradationResource, LetsAtLeastHalfOfTheNodesRecoverWhateverRunsOut)
{
    constexpr int seeds = 3000;
    for (const Resource resource : RESOURCES)
    {
        int crashes = 0;
        for (uint64_t seed = 0; seed < seeds; ++seed)
        {
            crashes += Draw(seed, resource).EndsInCrash();
        }
        EXPECT_LE(crashes, seeds / 2) << ResourceName(resource);
        EXPECT_GT(crashes, seeds / 3) << ResourceName(resource);
    }
}

// Two-sample test at the level of one in a thousand: c = 1.95.
TEST(DegradationResource, HasTheSameSeveritiesInPathsThatCrashAndInThoseThatRecover)
{
    std::mt19937_64 engine(11);
    std::uniform_real_distribution<double> severities(0.03, 1);
    for (const Resource resource : RESOURCES)
    {
        std::vector<double> crash;
        std::vector<double> recover;
        for (uint64_t seed = 0; seed < 2000; ++seed)
        {
            const double severity = severities(engine);
            (Draw(seed, resource, severity).EndsInCrash() ? crash : recover).push_back(severity);
        }
        const double n = crash.size();
        const double m = recover.size();
        EXPECT_LT(Distance(crash, recover), 1.95 * std::sqrt((n + m) / (n * m)))
            << ResourceName(resource);
    }
}

TEST(DegradationResource, TellsOfEachResourceByAKindOfSymptomOfItsOwn)
{
    for (uint64_t seed = 0; seed < 50; ++seed)
    {
        for (const Resource resource : RESOURCES)
        {
            const DegradationProcess process = Draw(seed, resource); // outlives its symptoms
            for (const Symptom& symptom : process.Symptoms())
            {
                EXPECT_EQ(symptom.loss > 0, resource == Resource::NIC);
                EXPECT_EQ(symptom.delay > 0ns, resource == Resource::QUEUE);
                EXPECT_EQ(symptom.diskFactor > 1, resource == Resource::DISK);
                EXPECT_EQ(symptom.IsPause(),
                          resource == Resource::HEAP || resource == Resource::CPU);
            }
        }
    }
}

TEST(DegradationResource, MakesAQueueWaitByItsLoadWithoutABreak)
{
    for (uint64_t seed = 0; seed < 50; ++seed)
    {
        const DegradationProcess process = Draw(seed, Resource::QUEUE, 1, 15s);
        const std::vector<Symptom>& symptoms = process.Symptoms();
        for (std::size_t i = 0; i < symptoms.size(); ++i)
        {
            const double load = process.State(symptoms[i].at);
            EXPECT_GE(load, 0.5);
            const double wait = symptoms[i].delay.count() * 1e-9;
            EXPECT_NEAR(wait, 0.004 / std::max(1 - load, 0.01), 1e-8);
            if (i + 1 < symptoms.size())
            {
                EXPECT_EQ(symptoms[i].at + symptoms[i].length, symptoms[i + 1].at);
            }
        }
    }
}

TEST(DegradationResource, GivesAQueueSecondsOfWarningOnly)
{
    int crashes = 0;
    for (uint64_t seed = 0; seed < 300; ++seed)
    {
        const DegradationProcess process =
            Draw(seed, Resource::QUEUE, 1, DegradationLength(Resource::QUEUE, 60));
        if (process.EndsInCrash() && process.Onset())
        {
            ++crashes;
            EXPECT_LT(process.End() - *process.Onset(), 12s);
        }
    }
    EXPECT_GT(crashes, 90);
}

TEST(DegradationResource, StretchesTheWritesOfADiskByOrdersOfMagnitudeInBouts)
{
    double mildest = 1e9;
    double worst = 0;
    for (uint64_t seed = 0; seed < 50; ++seed)
    {
        const std::vector<Symptom> symptoms = Draw(seed, Resource::DISK, 1).Symptoms();
        for (std::size_t i = 0; i < symptoms.size(); ++i)
        {
            mildest = std::min(mildest, symptoms[i].diskFactor);
            worst = std::max(worst, symptoms[i].diskFactor);
            if (i > 0)
            {
                EXPECT_GE(symptoms[i].at - symptoms[i - 1].at - symptoms[i - 1].length, 100ms);
            }
        }
    }
    EXPECT_LT(mildest, 50);
    EXPECT_GT(worst, 1000);
    EXPECT_LT(worst, 6000) << "a second or so for a write of 200 us";
}

TEST(DegradationResource, TakesTheProcessOrTheMachineByItsKind)
{
    int disks = 0;
    constexpr int seeds = 400;
    for (uint64_t seed = 0; seed < seeds; ++seed)
    {
        EXPECT_FALSE(Draw(seed, Resource::HEAP).TakesHostDown());
        EXPECT_FALSE(Draw(seed, Resource::QUEUE).TakesHostDown());
        EXPECT_TRUE(Draw(seed, Resource::CPU).TakesHostDown());
        EXPECT_TRUE(Draw(seed, Resource::NIC).TakesHostDown());
        disks += Draw(seed, Resource::DISK).TakesHostDown();
    }
    EXPECT_NEAR(static_cast<double>(disks) / seeds, 0.5, 0.1);
}

TEST(DegradationResource, ShortensWhatIsSlowInTheFieldByTheDeclaredFactor)
{
    EXPECT_EQ(DegradationLength(Resource::HEAP, DEFAULT_TIME_COMPRESSION), 30s);
    EXPECT_EQ(DegradationLength(Resource::HEAP, 1), 30min);
    EXPECT_EQ(DegradationLength(Resource::DISK, 120), 30s);
    EXPECT_EQ(DegradationLength(Resource::QUEUE, 1), DegradationLength(Resource::QUEUE, 60))
        << "it takes seconds anyway";
}
