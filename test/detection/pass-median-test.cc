#include "ns3/pass-median.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns3::detection
{

namespace
{

/** @return the median, and the passes that it took */
std::pair<int64_t, int>
MedianOf(const std::vector<int64_t>& values)
{
    PassMedian median;
    int passes = 0;
    do
    {
        for (int64_t value : values)
        {
            median.Add(Nanos(value));
        }
        ++passes;
    } while (median.EndPass() && passes < 100);
    return {median.Median().count(), passes};
}

int64_t
Expected(std::vector<int64_t> values)
{
    std::sort(values.begin(), values.end());
    const int64_t lower = values[(values.size() - 1) / 2];
    return lower + (values[values.size() / 2] - lower) / 2;
}

} // namespace

TEST(PassMedian, IsTheMiddleOrTheMeanOfBothInTheMiddle)
{
    EXPECT_EQ(MedianOf({7}).first, 7);
    EXPECT_EQ(MedianOf({9, 1, 5}).first, 5);
    EXPECT_EQ(MedianOf({9, 1, 5, 6}).first, 5);
    EXPECT_EQ(MedianOf({4, 8}).first, 6);
    EXPECT_EQ(MedianOf({3, 3, 3, 3}).first, 3);
    EXPECT_EQ(MedianOf({}), std::make_pair(int64_t{0}, 1));
}

TEST(PassMedian, TakesOnePassForFewAndThreeForManyHeartbeats)
{
    std::mt19937_64 random(3);
    std::uniform_int_distribution<int64_t> interval(99000000, 101000000);
    std::vector<int64_t> values(4096);
    std::generate(values.begin(), values.end(), [&] { return interval(random); });
    EXPECT_EQ(MedianOf(values), std::make_pair(Expected(values), 1));
    values.resize(50000);
    std::generate(values.begin(), values.end(), [&] { return interval(random); });
    const auto [median, passes] = MedianOf(values);
    EXPECT_EQ(median, Expected(values));
    EXPECT_LE(passes, 3);
}

TEST(PassMedian, IsExactWhateverTheValuesAre)
{
    std::mt19937_64 random(4);
    for (int kind = 0; kind < 8; ++kind)
    {
        for (std::size_t count : {5000U, 5001U, 20000U})
        {
            std::vector<int64_t> values(count);
            for (std::size_t i = 0; i < count; ++i)
            {
                const auto number = static_cast<int64_t>(random() >> 1);
                const int64_t choices[] = {
                    100000000,                                         // all alike
                    number,                                            // over the whole range
                    number >> (i % 63),                                // over all magnitudes
                    i < 4100 ? 1 : number,                             // a beginning that misleads
                    i < 4100 ? number : 1,                             // likewise
                    static_cast<int64_t>(i % 2) * 1000000000,          // two heaps
                    100000000 + number % 3,                            // nanoseconds apart
                    i == 0 ? INT64_MAX - 1 : static_cast<int64_t>(i)}; // in order, one far off
                values[i] = choices[kind];
            }
            const auto [median, passes] = MedianOf(values);
            EXPECT_EQ(median, Expected(values)) << "kind " << kind << ", " << count;
            EXPECT_LT(passes, 12) << "kind " << kind;
        }
    }
}

} // namespace ns3::detection
