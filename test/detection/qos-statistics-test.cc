#include "detection-test-support.h"

#include "ns3/qos-metrics.h"
#include "ns3/qos-statistics.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns3::detection
{

namespace
{

/** What MistakeMeter makes of changes between begin and end. */
QosStatistics
Follow(const std::vector<SuspicionChange>& changes, Nanos begin, Nanos end)
{
    QosStatistics qos;
    MistakeMeter meter;
    bool suspected = false;
    for (const SuspicionChange& change : changes)
    {
        if (change.time >= end)
        {
            break;
        }
        if (!meter.Begun() && change.time >= begin)
        {
            meter.Begin(begin, suspected);
        }
        meter.Change(change.time, change.suspected, qos);
        suspected = change.suspected;
    }
    if (!meter.Begun())
    {
        meter.Begin(begin, suspected);
    }
    meter.End(end, qos);
    return qos;
}

/** Changes at whole milliseconds, many of them at the same time or to the same mind. */
std::vector<SuspicionChange>
RandomChanges(std::mt19937_64& random)
{
    std::uniform_int_distribution<int> step(0, 3);
    std::bernoulli_distribution suspected(0.5);
    std::vector<SuspicionChange> changes;
    Nanos time{};
    for (int i = 0; i < 40; ++i)
    {
        time += Ms(step(random));
        changes.push_back({time, suspected(random)});
    }
    return changes;
}

void
ExpectSame(const SpanStatistics& a, const SpanStatistics& b)
{
    EXPECT_EQ(a.Count(), b.Count());
    EXPECT_DOUBLE_EQ(a.SumSeconds(), b.SumSeconds());
    EXPECT_DOUBLE_EQ(a.SumOfSquares(), b.SumOfSquares());
    EXPECT_EQ(a.MaxSeconds(), b.MaxSeconds());
    EXPECT_EQ(a.QuantileSeconds(0.5), b.QuantileSeconds(0.5));
}

} // namespace

TEST(MistakeMeter, FindsWhatMeasureQosFindsInAnyChanges)
{
    std::mt19937_64 random(5);
    for (int round = 0; round < 2000; ++round)
    {
        const auto changes = RandomChanges(random);
        const Nanos begin = Ms(round % 20);
        const Nanos end = begin + Ms(round % 70);
        const QosStatistics streamed = Follow(changes, begin, end);
        const QosStatistics listed = MeasureQos(changes, {}, begin, end).Statistics();
        SCOPED_TRACE(round);
        EXPECT_EQ(streamed.exposure, listed.exposure);
        ExpectSame(streamed.mistakes, listed.mistakes);
        ExpectSame(streamed.recurrences, listed.recurrences);
        ExpectSame(streamed.goodPeriods, listed.goodPeriods);
        if (testing::Test::HasFailure())
        {
            return;
        }
    }
}

TEST(MistakeMeter, CountsNothingBeforeItBeginsOrAfterItEnds)
{
    QosStatistics qos;
    MistakeMeter meter;
    meter.Change(Ms(1), true, qos);
    meter.Change(Ms(2), false, qos);
    meter.End(Ms(3), qos);
    EXPECT_EQ(qos.mistakes.Count(), 0U);
    EXPECT_EQ(qos.exposure, Nanos(0));
    meter.Begin(Ms(4), false);
    meter.End(Ms(5), qos);
    meter.Change(Ms(6), true, qos);
    EXPECT_EQ(qos.mistakes.Count(), 0U);
    EXPECT_EQ(qos.exposure, Ms(1));
}

TEST(QosStatistics, MergedPairsAddTheirExposureAndTheirMistakes)
{
    QosStatistics all = Follow({{Ms(1000), true}, {Ms(2000), false}}, Ms(0), Ms(3600e3));
    EXPECT_DOUBLE_EQ(*all.MistakesPerHour(), 1);
    EXPECT_FALSE(all.MistakesPerHourBound().has_value());
    all.Merge(Follow({}, Ms(0), Ms(3 * 3600e3)));
    EXPECT_DOUBLE_EQ(all.Hours(), 4);
    EXPECT_DOUBLE_EQ(*all.MistakesPerHour(), 0.25);
    EXPECT_DOUBLE_EQ(*all.QueryAccuracy(), 1 - 1 / (4 * 3600.0));
}

TEST(QosStatistics, NoMistakeBoundsTheRateOfAllPairsTogether)
{
    QosStatistics all = Follow({}, Ms(0), Ms(3600e3));
    all.Merge(Follow({}, Ms(0), Ms(3600e3)));
    EXPECT_DOUBLE_EQ(*all.MistakesPerHourBound(), 1.5);
    EXPECT_DOUBLE_EQ(*all.MistakesPerHour(), 0);
}

TEST(QosStatistics, WithoutExposureThereIsNoRate)
{
    const QosStatistics none;
    EXPECT_FALSE(none.MistakesPerHour().has_value());
    EXPECT_FALSE(none.MistakesPerHourBound().has_value());
    EXPECT_FALSE(none.QueryAccuracy().has_value());
    EXPECT_FALSE(none.ForwardGoodSeconds().has_value());
}

} // namespace ns3::detection
