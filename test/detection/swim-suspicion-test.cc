#include "detection-test-support.h"

#include "ns3/swim-awareness.h"
#include "ns3/swim-suspicion.h"

#include <gtest/gtest.h>

namespace ns3::detection
{

TEST(SwimSuspicion, FallsWithConfirmationsByTheFormula)
{
    // max - log(C + 1) / log(K + 1) (max - min), by hand.
    struct Row
    {
        uint32_t confirmations;
        uint32_t expected;
        double minMs;
        double maxMs;
        double timeoutMs;
    };

    const std::vector<Row> table{
        {0, 3, 2000, 30000, 30000},
        {1, 3, 2000, 30000, 16000}, // log 2 / log 4 is a half
        {2, 3, 2000, 30000, 30000 - 28000 * std::log(3) / std::log(4)},
        {3, 3, 2000, 30000, 2000},
        {4, 3, 2000, 30000, 2000}, // not below the minimum
        {0, 2, 4000, 24000, 24000},
        {1, 2, 4000, 24000, 11381.404928570852},
        {2, 2, 4000, 24000, 4000},
        {0, 0, 4000, 24000, 4000}, // nobody else to ask
        {0, 2, 4000, 4000, 4000},
    };
    for (const Row& row : table)
    {
        const Nanos timeout =
            SwimSuspicion::Timeout(row.confirmations, row.expected, Ms(row.minMs), Ms(row.maxMs));
        EXPECT_NEAR(static_cast<double>(timeout.count()), row.timeoutMs * 1e6, 1)
            << row.confirmations << " of " << row.expected;
    }
}

TEST(SwimSuspicion, LastsAtLeastAMultipleOfThePeriodThatGrowsWithTheLogarithmOfTheGroup)
{
    EXPECT_EQ(SwimSuspicion::MinTimeout(4, 1, Ms(1000)), Ms(4000));
    EXPECT_EQ(SwimSuspicion::MinTimeout(4, 5, Ms(1000)), Ms(4000));
    EXPECT_EQ(SwimSuspicion::MinTimeout(4, 10, Ms(1000)), Ms(4000));
    EXPECT_EQ(SwimSuspicion::MinTimeout(4, 100, Ms(1000)), Ms(8000));
    EXPECT_EQ(SwimSuspicion::MinTimeout(4, 1000, Ms(200)), Ms(2400));
    EXPECT_EQ(SwimSuspicion::MinTimeout(5, 10, Ms(200)), Ms(1000));
}

TEST(SwimSuspicion, CountsEachMemberOnceAndOnlyAsManyAsExpected)
{
    SwimSuspicion suspicion(7, Ms(100), 2, Ms(4000), Ms(24000));
    EXPECT_EQ(suspicion.Deadline(), Ms(24100));
    EXPECT_FALSE(suspicion.Confirm(7)) << "who suspected first confirms nothing";
    EXPECT_TRUE(suspicion.Confirm(3));
    EXPECT_FALSE(suspicion.Confirm(3));
    EXPECT_EQ(suspicion.GetConfirmations(), 1U);
    EXPECT_TRUE(suspicion.Confirm(4));
    EXPECT_FALSE(suspicion.Confirm(5)) << "two are enough";
    EXPECT_EQ(suspicion.GetConfirmations(), 2U);
    EXPECT_EQ(suspicion.Deadline(), Ms(4100));
}

TEST(SwimAwareness, CountsBetweenZeroAndItsMaximumAndStretchesTime)
{
    SwimAwareness awareness(8);
    awareness.Improve();
    EXPECT_EQ(awareness.GetScore(), 0U);
    EXPECT_EQ(awareness.Scale(Ms(500)), Ms(500));
    awareness.Worsen();
    awareness.Worsen();
    EXPECT_EQ(awareness.Scale(Ms(500)), Ms(1500));
    for (int i = 0; i < 20; ++i)
    {
        awareness.Worsen();
    }
    EXPECT_EQ(awareness.GetScore(), 8U);
    EXPECT_EQ(awareness.Scale(Ms(500)), Ms(4500));
    awareness.Improve();
    EXPECT_EQ(awareness.GetScore(), 7U);
}

TEST(SwimAwareness, WithAMaximumOfZeroNothingStretches)
{
    SwimAwareness off(0);
    off.Worsen();
    EXPECT_EQ(off.GetScore(), 0U);
    EXPECT_EQ(off.Scale(Ms(500)), Ms(500));
}

} // namespace ns3::detection
