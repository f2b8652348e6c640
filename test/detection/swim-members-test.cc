#include "ns3/swim-members.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace ns3::detection
{

namespace
{

std::vector<uint32_t>
Ids(uint32_t count)
{
    std::vector<uint32_t> ids;
    for (uint32_t id = 1; id <= count; ++id)
    {
        ids.push_back(id);
    }
    return ids;
}

/** A source of uniform numbers from a seed. */
SwimRandom
Source(uint64_t seed)
{
    return [random = std::mt19937_64(seed)]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(random);
    };
}

} // namespace

TEST(SwimMembers, AreProbedOnceARoundInAnOrderThatChanges)
{
    SwimMembers members(Ids(20));
    const SwimRandom random = Source(1);
    std::set<std::vector<uint32_t>> orders;
    for (int round = 0; round < 10; ++round)
    {
        std::vector<uint32_t> order;
        for (int i = 0; i < 20; ++i)
        {
            order.push_back(members.Next(random)->id);
        }
        orders.insert(order);
        std::sort(order.begin(), order.end());
        EXPECT_EQ(order, Ids(20));
    }
    EXPECT_EQ(orders.size(), 10U);
}

TEST(SwimMembers, AreEachProbedAgainWithinTwoRoundsLessOne)
{
    for (uint64_t seed = 0; seed < 50; ++seed)
    {
        constexpr int COUNT = 7;
        SwimMembers members(Ids(COUNT));
        const SwimRandom random = Source(seed);
        std::map<uint32_t, int> last;
        for (int period = 1; period <= 500; ++period)
        {
            const uint32_t probed = members.Next(random)->id;
            EXPECT_LE(period - last[probed], 2 * COUNT - 1);
            last[probed] = period;
        }
    }
}

TEST(SwimMembers, EveryPlaceInARoundIsEquallyLikely)
{
    constexpr int COUNT = 5;
    constexpr int ROUNDS = 20000;
    SwimMembers members(Ids(COUNT));
    const SwimRandom random = Source(3);
    std::map<std::pair<int, uint32_t>, int> seen;
    for (int round = 0; round < ROUNDS; ++round)
    {
        for (int place = 0; place < COUNT; ++place)
        {
            ++seen[{place, members.Next(random)->id}];
        }
    }
    // Binomial with mean 4000 and deviation 57: five of them hold for all 25 cells.
    for (const auto& [cell, count] : seen)
    {
        EXPECT_NEAR(count, ROUNDS / COUNT, 5 * 57) << cell.second << " at place " << cell.first;
    }
}

TEST(SwimMembers, TheDeadAreNotProbedButTakeTurnsOfTheirOwn)
{
    SwimMembers members(Ids(6));
    const SwimRandom random = Source(4);
    EXPECT_EQ(members.NextDead(), nullptr);
    members.Find(2)->status = SwimStatus::DEAD;
    members.Find(5)->status = SwimStatus::DEAD;
    members.Find(3)->status = SwimStatus::SUSPECT;
    std::set<uint32_t> probed;
    for (int period = 0; period < 8; ++period)
    {
        probed.insert(members.Next(random)->id);
    }
    EXPECT_EQ(probed, (std::set<uint32_t>{1, 3, 4, 6}));
    EXPECT_EQ(members.NextDead()->id, 2U);
    EXPECT_EQ(members.NextDead()->id, 5U);
    EXPECT_EQ(members.NextDead()->id, 2U);
}

TEST(SwimMembers, NobodyIsProbedWhereAllAreDeadOrThereIsNobody)
{
    SwimMembers nobody({});
    EXPECT_EQ(nobody.Next(Source(5)), nullptr);
    EXPECT_EQ(nobody.NextDead(), nullptr);
    SwimMembers one({4});
    one.Find(4)->status = SwimStatus::DEAD;
    EXPECT_EQ(one.Next(Source(5)), nullptr);
    EXPECT_EQ(one.Find(3), nullptr);
    EXPECT_EQ(one.Find(5), nullptr);
}

TEST(SwimMembers, HelpersAreDistinctAliveAndEquallyLikely)
{
    SwimMembers members(Ids(8));
    const SwimRandom random = Source(6);
    members.Find(7)->status = SwimStatus::DEAD;
    members.Find(8)->status = SwimStatus::SUSPECT;
    std::map<uint32_t, int> chosen;
    std::vector<uint32_t> helpers;
    constexpr int DRAWS = 10000;
    for (int i = 0; i < DRAWS; ++i)
    {
        members.Choose(3, 2, random, helpers);
        ASSERT_EQ(helpers.size(), 3U);
        ASSERT_EQ(std::set<uint32_t>(helpers.begin(), helpers.end()).size(), 3U);
        for (uint32_t helper : helpers)
        {
            ++chosen[helper];
        }
    }
    ASSERT_EQ(chosen.size(), 5U) << "1, 3, 4, 5 and 6";
    EXPECT_EQ(chosen.count(2) + chosen.count(7) + chosen.count(8), 0U);
    // Three of five: binomial with mean 6000 and deviation 49.
    for (const auto& [helper, count] : chosen)
    {
        EXPECT_NEAR(count, DRAWS * 3 / 5, 5 * 49) << helper;
    }
    members.Choose(10, 2, random, helpers);
    EXPECT_EQ(helpers.size(), 5U) << "as many as there are";
}

} // namespace ns3::detection
