#include "ns3/span-statistics.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns3::detection
{

namespace
{

/** The quantile of a sorted list, interpolated as numpy does. */
double
QuantileOf(const std::vector<int64_t>& sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(place);
    const auto high = std::min(low + 1, sorted.size() - 1);
    const double step = static_cast<double>(sorted[high] - sorted[low]);
    return (static_cast<double>(sorted[low]) + (place - static_cast<double>(low)) * step) * 1e-9;
}

/** Log-normal spans over many octaves, from nanoseconds to days, a few of them 0. */
std::vector<int64_t>
RandomSpans(uint64_t seed, std::size_t count)
{
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> span(std::log(2e8), 6);
    std::vector<int64_t> spans;
    for (std::size_t i = 0; i < count; ++i)
    {
        spans.push_back(i % 1000 == 0 ? 0 : static_cast<int64_t>(std::min(span(random), 9e15)));
    }
    return spans;
}

constexpr double SHARES[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.9999, 1};

} // namespace

TEST(SpanStatistics, KnowNothingWithoutSpans)
{
    const SpanStatistics none;
    EXPECT_EQ(none.Count(), 0U);
    EXPECT_FALSE(none.MeanSeconds().has_value());
    EXPECT_FALSE(none.MaxSeconds().has_value());
    EXPECT_FALSE(none.QuantileSeconds(0.5).has_value());
}

TEST(SpanStatistics, InterpolateBetweenTheTwoNextToARank)
{
    SpanStatistics four;
    for (double ns : {4e9, 1e9, 3e9, 2e9})
    {
        four.Add(Nanos(static_cast<int64_t>(ns)));
    }
    EXPECT_DOUBLE_EQ(*four.MeanSeconds(), 2.5);
    EXPECT_DOUBLE_EQ(*four.QuantileSeconds(0.5), 2.5);
    EXPECT_DOUBLE_EQ(*four.QuantileSeconds(0.99), 3.97);
    EXPECT_DOUBLE_EQ(*four.QuantileSeconds(0), 1);
    EXPECT_DOUBLE_EQ(*four.QuantileSeconds(1), 4);
    EXPECT_DOUBLE_EQ(*four.MaxSeconds(), 4);
    EXPECT_DOUBLE_EQ(four.SumOfSquares(), 30);
}

TEST(SpanStatistics, AreExactUpToTheirLimit)
{
    std::vector<int64_t> spans = RandomSpans(1, SpanStatistics::EXACT);
    SpanStatistics statistics;
    for (int64_t span : spans)
    {
        statistics.Add(Nanos(span));
    }
    std::sort(spans.begin(), spans.end());
    for (double share : SHARES)
    {
        EXPECT_DOUBLE_EQ(*statistics.QuantileSeconds(share), QuantileOf(spans, share)) << share;
    }
}

TEST(SpanStatistics, AreWithinATenThousandthBeyondIt)
{
    std::vector<int64_t> spans = RandomSpans(2, 3 * SpanStatistics::EXACT);
    SpanStatistics statistics;
    double sum = 0;
    for (int64_t span : spans)
    {
        statistics.Add(Nanos(span));
        sum += static_cast<double>(span) * 1e-9;
    }
    std::sort(spans.begin(), spans.end());
    for (double share : SHARES)
    {
        const double exact = QuantileOf(spans, share);
        EXPECT_NEAR(*statistics.QuantileSeconds(share), exact, 1e-4 * exact) << share;
    }
    EXPECT_DOUBLE_EQ(*statistics.MaxSeconds(), static_cast<double>(spans.back()) * 1e-9);
    EXPECT_EQ(*statistics.QuantileSeconds(1), *statistics.MaxSeconds());
    EXPECT_NEAR(*statistics.MeanSeconds() * static_cast<double>(spans.size()), sum, 1e-9 * sum);
}

TEST(SpanStatistics, MergedAreAsIfAllHadBeenAddedToOne)
{
    for (const auto& [first, second] : {std::pair<std::size_t, std::size_t>{0, 10},
                                        {10, 0},
                                        {1000, 2000},
                                        {40000, 40000},
                                        {70000, 10},
                                        {10, 70000},
                                        {70000, 70000}})
    {
        SpanStatistics all;
        SpanStatistics parts[2];
        const std::size_t sizes[2] = {first, second};
        for (int part = 0; part < 2; ++part)
        {
            for (int64_t span : RandomSpans(static_cast<uint64_t>(part) + 7, sizes[part]))
            {
                all.Add(Nanos(span));
                parts[part].Add(Nanos(span));
            }
        }
        parts[0].Merge(parts[1]);
        EXPECT_EQ(parts[0].Count(), all.Count());
        const double sum = all.SumSeconds();
        const double squares = all.SumOfSquares();
        EXPECT_NEAR(parts[0].SumSeconds(), sum, 1e-12 * sum);
        EXPECT_NEAR(parts[0].SumOfSquares(), squares, 1e-12 * squares);
        EXPECT_EQ(parts[0].MaxSeconds(), all.MaxSeconds());
        for (double share : SHARES)
        {
            EXPECT_EQ(parts[0].QuantileSeconds(share), all.QuantileSeconds(share))
                << first << " " << second << " " << share;
        }
    }
}

TEST(SpanStatistics, TakeEverySpanThereIs)
{
    SpanStatistics statistics;
    for (std::size_t i = 0; i <= SpanStatistics::EXACT; ++i)
    {
        statistics.Add(i % 2 == 0 ? Nanos::max() : Nanos(-5));
    }
    EXPECT_EQ(*statistics.QuantileSeconds(0), 0);
    EXPECT_NEAR(*statistics.QuantileSeconds(1), 9.223372036854775807e9, 1e6);
}

} // namespace ns3::detection
