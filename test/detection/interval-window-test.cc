#include "ns3/interval-window.h"

#include <cmath>
#include <deque>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>

namespace ns3::detection
{

TEST(IntervalWindow, IsZeroBeforeTheFirstInterval)
{
    const IntervalWindow window(3);
    EXPECT_EQ(window.Size(), 0U);
    EXPECT_EQ(window.Mean(), 0);
    EXPECT_EQ(window.StandardDeviation(), 0);
}

TEST(IntervalWindow, UsesPopulationVariance)
{
    IntervalWindow window(10);
    for (int64_t x : {2, 4, 4, 4, 5, 5, 7, 9})
    {
        window.Add(Nanos(x));
    }
    EXPECT_DOUBLE_EQ(window.Mean(), 5);
    EXPECT_DOUBLE_EQ(window.StandardDeviation(), 2);
}

TEST(IntervalWindow, ForgetsTheOldestWhenFull)
{
    IntervalWindow window(2);
    window.Add(Nanos(1000000));
    window.Add(Nanos(10));
    window.Add(Nanos(30));
    EXPECT_EQ(window.Size(), 2U);
    EXPECT_DOUBLE_EQ(window.Mean(), 20);
    EXPECT_DOUBLE_EQ(window.StandardDeviation(), 10);
}

TEST(IntervalWindow, RefusesToHoldNothing)
{
    EXPECT_THROW(IntervalWindow(0), std::invalid_argument);
}

// Hours around a tiny spread: the case in which sums of squares of the raw values lose everything.
TEST(IntervalWindow, StaysExactOverManyRoundsAndLargeMeans)
{
    std::mt19937_64 random(7);
    std::uniform_int_distribution<int64_t> spread(-5, 5);
    IntervalWindow window(100);
    std::deque<int64_t> reference;
    for (int i = 0; i < 100000; ++i)
    {
        const bool outlier = i % 1777 == 0;
        const int64_t x = (outlier ? int64_t{3600} : int64_t{60}) * 1000000000 + spread(random);
        window.Add(Nanos(x));
        reference.push_back(x);
        if (reference.size() > 100)
        {
            reference.pop_front();
        }
    }
    double mean = 0;
    for (int64_t x : reference)
    {
        mean += static_cast<double>(x - reference.front()) / 100;
    }
    double variance = 0;
    for (int64_t x : reference)
    {
        const double d = static_cast<double>(x - reference.front()) - mean;
        variance += d * d / 100;
    }
    EXPECT_NEAR(window.Mean(), static_cast<double>(reference.front()) + mean, 1e-3);
    EXPECT_NEAR(window.StandardDeviation(), std::sqrt(variance), 1e-3);
}

} // namespace ns3::detection
