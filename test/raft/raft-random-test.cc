// Clusters in a world that loses, repeats, delays and reorders messages, cuts links one way,
// crashes servers at any moment, tears and stalls their writes, sets their clocks, and changes who
// belongs and who leads. For thousands of seeds there is the program raft-torment.

#include "raft-torment.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace ns3::raft::test
{

class RaftRandom : public testing::TestWithParam<uint64_t>
{
};

TEST_P(RaftRandom, StaysSafeInABadWorldAndConvergesInAGoodOne)
{
    constexpr uint64_t SEEDS = 40;
    TormentTally tally;
    for (uint64_t seed = GetParam() * SEEDS; seed < (GetParam() + 1) * SEEDS; ++seed)
    {
        const TormentResult result = RunTorment(seed);
        ASSERT_EQ(result.failure, "") << "seed " << seed << ": " << result.plan;
        tally += result.tally;
    }
    for (const auto& [what, number] : tally.List())
    {
        EXPECT_GT(number, 0U) << "the test means little without " << what;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RaftRandom, testing::Range<uint64_t>(0, 10));

TEST(RaftRandomised, SameSeedSameHistory)
{
    const TormentResult first = RunTorment(3, true);
    const TormentResult second = RunTorment(3, true);
    const TormentResult other = RunTorment(4, true);
    EXPECT_FALSE(first.transcript.empty());
    EXPECT_EQ(first.transcript, second.transcript);
    EXPECT_EQ(first.tally.List(), second.tally.List());
    EXPECT_NE(first.transcript, other.transcript);
}

TEST(RaftRandomised, AllCombinationsOfSwitchesComeUp)
{
    std::set<std::string> seen;
    for (uint64_t seed = 0; seed < 400; ++seed)
    {
        const TormentPlan plan = Torment(seed).GetPlan();
        const Config& config = plan.configs.front();
        const bool lease = config.readMode == ReadMode::LEASE;
        EXPECT_FALSE(lease && plan.clocksJump) << "seed " << seed << ": leases need sane clocks";
        std::string switches;
        for (const bool on : {config.preVote,
                              config.checkQuorum,
                              config.leaderStickiness,
                              lease,
                              config.leaderWritesFirst,
                              config.maxWriteSilence > Duration::zero()})
        {
            switches += on ? '1' : '0';
        }
        seen.insert(switches);
    }
    EXPECT_EQ(seen.size(), 2U * (4 + 1) * 4) << "leases need check-quorum and sticky votes";
}

TEST(RaftRandomised, AClockShowsWhatItsRateAndSettingsMakeOfTrueTime)
{
    using std::chrono::milliseconds;
    VirtualClock clock;
    EXPECT_EQ(clock.Read(milliseconds(70)), milliseconds(70));
    EXPECT_EQ(clock.When(milliseconds(70)), milliseconds(70));
    clock.SetRate(milliseconds(100), 0.5);
    EXPECT_EQ(clock.Read(milliseconds(300)), milliseconds(200));
    EXPECT_EQ(clock.When(milliseconds(200)), milliseconds(300));
    clock.Jump(milliseconds(300), -milliseconds(500));
    EXPECT_EQ(clock.Read(milliseconds(300)), -milliseconds(300));
    clock.SetRate(milliseconds(300), 1.3);
    for (int i = 1; i < 1000; ++i)
    {
        const TimePoint reading = -milliseconds(300) + i * std::chrono::nanoseconds(1234567);
        EXPECT_GE(clock.Read(clock.When(reading)), reading);
        EXPECT_LT(clock.Read(clock.When(reading) - std::chrono::nanoseconds(2)), reading);
    }
}

} // namespace ns3::raft::test
