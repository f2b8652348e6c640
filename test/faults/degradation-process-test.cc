#include "ns3/degradation-process.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

constexpr uint64_t SEEDS = 2000;
constexpr Resource RESOURCES[] = {Resource::HEAP,
                                  Resource::CPU,
                                  Resource::NIC,
                                  Resource::DISK,
                                  Resource::QUEUE};

DegradationProcess
Draw(uint64_t seed, const DegradationOptions& options = {})
{
    std::mt19937_64 engine(seed);
    return DegradationProcess(options,
                              [&engine] { return static_cast<double>(engine() >> 11) * 0x1p-53; });
}

DegradationOptions
Options(Resource resource, Outcome outcome = Outcome::RANDOM, double severity = 0.5)
{
    DegradationOptions options;
    options.resource = resource;
    options.outcome = outcome;
    options.severity = severity;
    return options;
}

/** How much a moment of it hurts, next to a moment of pause. */
double
Weight(const Symptom& symptom)
{
    return symptom.IsPause() ? 1
                             : symptom.loss + symptom.delay.count() * 1e-9 + symptom.diskFactor - 1;
}

/** Seconds of pause (of other symptoms: weighted) in [from, to). */
double
Weakness(const DegradationProcess& process, Nanos from, Nanos to)
{
    double sum = 0;
    for (const Symptom& symptom : process.Symptoms())
    {
        const Nanos inside = std::min(symptom.at + symptom.length, to) - std::max(symptom.at, from);
        sum += std::max(Nanos{}, inside).count() * 1e-9 * Weight(symptom);
    }
    return sum;
}

} // namespace

TEST(DegradationProcess, RepeatsItsPathForTheSameNumbers)
{
    for (const Resource resource : RESOURCES)
    {
        const DegradationProcess a = Draw(5, Options(resource));
        const DegradationProcess b = Draw(5, Options(resource));
        EXPECT_EQ(a.End(), b.End());
        ASSERT_EQ(a.Symptoms().size(), b.Symptoms().size());
        for (std::size_t i = 0; i < a.Symptoms().size(); ++i)
        {
            EXPECT_EQ(a.Symptoms()[i].at, b.Symptoms()[i].at);
            EXPECT_EQ(a.Symptoms()[i].length, b.Symptoms()[i].length);
            EXPECT_EQ(Weight(a.Symptoms()[i]), Weight(b.Symptoms()[i]));
        }
        EXPECT_NE(a.End(), Draw(6, Options(resource)).End());
    }
}

TEST(DegradationProcess, CrashesInLessThanHalfOfAllPaths)
{
    EXPECT_NEAR(DegradationProcess::CrashShare(), 0.45, 0.01);
    int crashes = 0;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        crashes += Draw(seed).EndsInCrash();
    }
    EXPECT_NEAR(static_cast<double>(crashes) / SEEDS, DegradationProcess::CrashShare(), 0.04);
}

TEST(DegradationProcess, EndsAsThePlanAsks)
{
    for (uint64_t seed = 0; seed < 100; ++seed)
    {
        for (const Resource resource : RESOURCES)
        {
            EXPECT_TRUE(Draw(seed, Options(resource, Outcome::CRASH)).EndsInCrash());
            EXPECT_FALSE(Draw(seed, Options(resource, Outcome::RECOVER)).EndsInCrash());
        }
    }
}

TEST(DegradationProcess, RisesToTheTurningPointAndFallsToNothingAfterIt)
{
    for (uint64_t seed = 0; seed < 200; ++seed)
    {
        const DegradationProcess process = Draw(seed, Options(Resource::HEAP));
        double before = 0;
        for (Nanos t{}; t <= process.TurningPoint(); t += 100ms)
        {
            EXPECT_GE(process.State(t), before);
            EXPECT_LE(process.State(t), 1);
            before = process.State(t);
        }
        if (process.EndsInCrash())
        {
            EXPECT_EQ(process.End(), process.TurningPoint());
            continue;
        }
        EXPECT_GT(process.End(), process.TurningPoint());
        before = process.State(process.TurningPoint());
        for (Nanos t = process.TurningPoint(); t <= process.End(); t += 100ms)
        {
            EXPECT_LE(process.State(t), before);
            before = process.State(t);
        }
        EXPECT_EQ(process.State(process.End()), 0);
        EXPECT_EQ(process.State(-1s), 0);
    }
}

TEST(DegradationProcess, LastsNoLongerThanItsLengthAndItsRecovery)
{
    for (const Nanos length : {Nanos(1s), Nanos(20s), Nanos(5min)})
    {
        for (uint64_t seed = 0; seed < 200; ++seed)
        {
            DegradationOptions options;
            options.length = length;
            const DegradationProcess process = Draw(seed, options);
            EXPECT_LE(process.TurningPoint(), length);
            EXPECT_LE(process.End(), length * 7 / 5);
        }
    }
}

TEST(DegradationProcess, ShowsSymptomsBeforeItCrashesAndNoneBeforeTheirLevel)
{
    for (const Resource resource : RESOURCES)
    {
        int silent = 0;
        for (uint64_t seed = 0; seed < 500; ++seed)
        {
            const DegradationProcess process = Draw(seed, Options(resource, Outcome::CRASH));
            silent += !process.Onset();
            Nanos last{};
            for (const Symptom& symptom : process.Symptoms())
            {
                EXPECT_GE(process.State(symptom.at + symptom.length),
                          DegradationProcess::OnsetLevel(resource) - 1e-9);
                EXPECT_GE(symptom.at, last) << "symptoms overlap";
                EXPECT_GT(symptom.length, Nanos{});
                EXPECT_LE(symptom.at + symptom.length, process.End());
                EXPECT_LE(symptom.loss, 0.95);
                last = symptom.at + symptom.length;
            }
            if (process.Onset())
            {
                EXPECT_LT(*process.Onset(), process.End());
                EXPECT_EQ(*process.Onset(), process.Symptoms().front().at);
            }
        }
        EXPECT_LT(silent, 5) << ResourceName(resource);
    }
}

TEST(DegradationProcess, GetsWorseAsItGoesOn)
{
    for (const Resource resource : RESOURCES)
    {
        double early = 0;
        double late = 0;
        for (uint64_t seed = 0; seed < 300; ++seed)
        {
            const DegradationProcess process = Draw(seed, Options(resource, Outcome::CRASH));
            const Nanos onset = process.Onset().value_or(process.End());
            const Nanos middle = onset + (process.End() - onset) / 2;
            early += Weakness(process, onset, middle);
            late += Weakness(process, middle, process.End());
        }
        EXPECT_GT(late, 1.3 * early) << ResourceName(resource);
    }
}

TEST(DegradationProcess, GrowsItsSymptomsWithSeverity)
{
    for (const Resource resource : RESOURCES)
    {
        double mild = 0;
        double severe = 0;
        for (uint64_t seed = 0; seed < 100; ++seed)
        {
            mild += Weakness(Draw(seed, Options(resource, Outcome::CRASH, 0.2)), 0s, 1h);
            severe += Weakness(Draw(seed, Options(resource, Outcome::CRASH, 1)), 0s, 1h);
        }
        EXPECT_GT(severe, 2 * mild) << ResourceName(resource);
    }
}

TEST(DegradationProcess, KeepsTheTimeOfItsEndWhateverTheSeverity)
{
    for (uint64_t seed = 0; seed < 100; ++seed)
    {
        EXPECT_EQ(Draw(seed, Options(Resource::HEAP, Outcome::RANDOM, 0.1)).End(),
                  Draw(seed, Options(Resource::HEAP, Outcome::RANDOM, 1)).End());
    }
}

TEST(DegradationProcess, ThrottlesTheCpuForWholePeriodsOf100Ms)
{
    const DegradationProcess process = Draw(3, Options(Resource::CPU, Outcome::CRASH));
    ASSERT_GT(process.Symptoms().size(), 3u);
    for (std::size_t i = 0; i + 1 < process.Symptoms().size(); ++i)
    {
        const Symptom& pause = process.Symptoms()[i];
        EXPECT_EQ(pause.at % 100ms, 0ns);
        EXPECT_EQ(pause.length % 100ms, 0ns);
        EXPECT_TRUE(pause.IsPause());
        EXPECT_LT(pause.at + pause.length, process.Symptoms()[i + 1].at) << "in a row is one";
    }
}

TEST(DegradationProcess, RaisesTheOraclesChanceUntilTheCrash)
{
    for (uint64_t seed = 0; seed < 200; ++seed)
    {
        DegradationOptions options = Options(Resource::NIC, Outcome::CRASH);
        options.length = 20s;
        const DegradationProcess process = Draw(seed, options);
        double before = 0;
        for (Nanos t{}; t < process.End(); t += 100ms)
        {
            const double now = process.HazardProbability(t, 5s);
            EXPECT_GE(now, 0);
            EXPECT_LE(now, 1);
            EXPECT_GE(now, before - 1e-9) << "seed " << seed << " at " << t.count();
            EXPECT_LE(process.HazardProbability(t, 1s), now + 1e-12) << "a shorter horizon";
            before = now;
        }
        EXPECT_EQ(process.HazardProbability(process.End(), 5s), 0) << "it has happened";
        EXPECT_EQ(process.HazardProbability(1s, 0s), 0);
    }
}

TEST(DegradationProcess, SeesNoDangerInARecovery)
{
    const DegradationProcess process = Draw(4, Options(Resource::HEAP, Outcome::RECOVER));
    EXPECT_EQ(process.HazardProbability(process.TurningPoint() + 1ms, 5s), 0);
}

// The oracle is right as often as it says: of all moments at which it puts the chance at p, a share
// p is followed by a crash within the horizon.
TEST(DegradationProcess, HasACalibratedOracle)
{
    constexpr int bins = 5;
    for (const Resource resource : RESOURCES)
    {
        std::array<double, bins> said{};
        std::array<double, bins> happened{};
        std::array<int, bins> count{};
        for (uint64_t seed = 0; seed < 3 * SEEDS; ++seed)
        {
            const DegradationProcess process = Draw(seed, Options(resource));
            // One moment per path, so that they are independent.
            const Nanos t = Nanos(30s) * (seed % 97) / 97;
            if (t >= process.TurningPoint())
            {
                continue;
            }
            const double chance = process.HazardProbability(t, 5s);
            const auto bin = std::min(static_cast<int>(chance * bins), bins - 1);
            said[bin] += chance;
            happened[bin] += process.EndsInCrash() && process.End() <= t + 5s;
            ++count[bin];
        }
        for (int bin = 0; bin < bins; ++bin)
        {
            ASSERT_GT(count[bin], 30) << ResourceName(resource) << ", bin " << bin;
            const double spread = 3 * 0.5 / std::sqrt(count[bin]);
            EXPECT_NEAR(happened[bin] / count[bin], said[bin] / count[bin], spread)
                << ResourceName(resource) << ", bin " << bin;
        }
    }
}

TEST(DegradationProcess, RecoversAtLevelsAtWhichOthersCrash)
{
    std::vector<double> crash;
    std::vector<double> recover;
    for (uint64_t seed = 0; seed < SEEDS; ++seed)
    {
        const DegradationProcess process = Draw(seed);
        (process.EndsInCrash() ? crash : recover).push_back(process.State(process.TurningPoint()));
    }
    std::sort(crash.begin(), crash.end());
    std::sort(recover.begin(), recover.end());
    EXPECT_GT(recover[recover.size() * 9 / 10], crash[crash.size() / 3]);
    EXPECT_GT(recover[recover.size() / 2], crash[crash.size() / 20]);
}

TEST(DegradationProcess, RefusesOptionsOutOfRange)
{
    DegradationOptions options;
    options.severity = 0;
    EXPECT_THROW(Draw(1, options), std::invalid_argument);
    options.severity = 1.5;
    EXPECT_THROW(Draw(1, options), std::invalid_argument);
    options.severity = 0.5;
    options.length = 0s;
    EXPECT_THROW(Draw(1, options), std::invalid_argument);
}
