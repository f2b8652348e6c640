// What the papers say of many runs: detection time, dissemination, completeness, and what Lifeguard
// is worth.
#include "detection-test-support.h"
#include "swim-cluster.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace ns3::detection
{

TEST(SwimStatistics, TheFirstSuspicionTakesAboutEOverEMinusOnePeriods)
{
    // Das, Gupta & Motivala 2002, section 3.1: with probability 1 - 1/e somebody picks the crashed
    // member in a period. All periods begin together; the crash is just before one.
    constexpr int RUNS = 400;
    double sum = 0;
    double squares = 0;
    for (uint64_t seed = 1; seed <= RUNS; ++seed)
    {
        SwimCluster cluster(40, seed, {}, true);
        cluster.At(Ms(7900), [&] { cluster.Crash(1); });
        Nanos end = Ms(8000);
        while (cluster.Changes().empty())
        {
            end += Ms(1000);
            cluster.RunUntil(end);
        }
        EXPECT_EQ(cluster.Changes().front().time, end) << "at the end of a period";
        const double periods = static_cast<double>((end - Ms(8000)) / Ms(1000));
        sum += periods;
        squares += periods * periods;
    }
    const double mean = sum / RUNS;
    const double deviation = std::sqrt(squares / RUNS - mean * mean);
    const double e = std::exp(1.0);
    EXPECT_NEAR(mean, e / (e - 1), 1.96 * deviation / std::sqrt(RUNS));
}

TEST(SwimStatistics, EveryMemberIsProbedByEveryOtherWithinTwoRoundsLessAPeriod)
{
    constexpr uint32_t COUNT = 9;
    SwimCluster cluster(COUNT, 5);
    std::map<std::pair<uint32_t, uint32_t>, Nanos> last;
    Nanos longest{0};
    cluster.onSend = [&](uint32_t to, const SwimMessage& message) {
        if (message.type == SwimMessage::Type::PING)
        {
            const auto [at, first] = last.try_emplace({message.sender, to}, cluster.Now());
            longest = std::max(longest, cluster.Now() - at->second);
            at->second = cluster.Now();
        }
    };
    cluster.RunUntil(Ms(1000000));
    EXPECT_EQ(last.size(), COUNT * (COUNT - 1));
    EXPECT_LE(longest, Ms(1000) * (2 * (COUNT - 1) - 1));
    EXPECT_GE(longest, Ms(1000) * (COUNT + 2)) << "which is not the same order again and again";
}

TEST(SwimStatistics, WordGetsAroundInAMultipleOfTheLogarithmOfTheGroup)
{
    // Section 4.1: n - n^-(2 lambda - 2) members have heard after lambda log n periods. Lambda is
    // 3: less than one member in n^4 has not.
    for (const uint32_t members : {8U, 16U, 32U, 64U, 128U})
    {
        const Nanos most = Ms(3000 * std::log(members));
        for (uint64_t seed = 1; seed <= 10; ++seed)
        {
            SwimConfig config;
            config.suspicionMaxMultiplier = 1; // so that nobody declares anything meanwhile
            SwimCluster cluster(members, seed, config);
            cluster.At(Ms(5000), [&] { cluster.Crash(1); });
            Nanos begin = Nanos::max();
            while (begin == Nanos::max())
            {
                cluster.RunUntil(cluster.Now() + Ms(100));
                begin = cluster.Changes().empty() ? begin : cluster.Changes().front().time;
            }
            Nanos end{0};
            cluster.RunUntil(begin + most);
            for (uint32_t id = 2; id <= members; ++id)
            {
                end = std::max(end, cluster.FirstTime(id, 1, SwimStatus::SUSPECT, Nanos(0)));
            }
            EXPECT_LE(end - begin, most) << members << " members, seed " << seed;
        }
    }
}

namespace
{

/** What a member that pauses again and again makes of seven healthy ones. */
struct Injustice
{
    uint64_t accusations{0}; //!< that it came to itself or believed
    uint64_t deaths{0};      //!< declared by anybody
};

/** Pauses member 1 of 8 for 1 s to 6 s at a time, over 5 minutes and many seeds. */
Injustice
PauseAgainAndAgain(const SwimConfig& config, Nanos longestGap)
{
    Injustice injustice;
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        SwimCluster cluster(8, seed, config);
        cluster.SetJitter(Ms(50)); // a round trip of 100 ms in the mean
        std::mt19937_64 random(seed);
        const auto between = [&](Nanos from, Nanos to) {
            const double share = std::uniform_real_distribution<double>(0, 1)(random);
            return from + Nanos(std::llround(share * static_cast<double>((to - from).count())));
        };
        for (Nanos at = Ms(10000); at < Ms(300000);)
        {
            const Nanos span = between(Ms(1000), Ms(6000));
            cluster.At(at, [&cluster, span] { cluster.Pause(1, span); });
            at += span + between(longestGap / 10, longestGap);
        }
        cluster.RunUntil(Ms(310000));
        for (const SwimCluster::Change& change : cluster.Changes())
        {
            const bool isAccusation = change.observer == 1 && change.status == SwimStatus::SUSPECT;
            const bool isDeath = change.member != 1 && change.status == SwimStatus::DEAD;
            injustice.accusations += isAccusation ? 1 : 0;
            injustice.deaths += isDeath ? 1 : 0;
        }
    }
    return injustice;
}

SwimConfig
WithoutLifeguard()
{
    SwimConfig config;
    config.maxLocalHealth = 0;
    config.suspicionMaxMultiplier = 1;
    return config;
}

} // namespace

TEST(SwimStatistics, AMemberThatHardlyRunsAccusesAFewOthersWithLifeguardAndManyWithout)
{
    // Dadgar, Phillips & Currey 2018, section V: it runs for less than a round trip at a time.
    const Injustice with = PauseAgainAndAgain({}, Ms(100));
    const Injustice without = PauseAgainAndAgain(WithoutLifeguard(), Ms(100));
    EXPECT_GT(without.accusations, 500U);
    EXPECT_LT(with.accusations, without.accusations / 10);
    EXPECT_GT(without.deaths, 100U);
    EXPECT_EQ(with.deaths, 0U);
}

TEST(SwimStatistics, AMemberThatPausesNowAndThenAccusesFewerWithLifeguardThanWithout)
{
    const Injustice with = PauseAgainAndAgain({}, Ms(2000));
    const Injustice without = PauseAgainAndAgain(WithoutLifeguard(), Ms(2000));
    EXPECT_LT(with.accusations, without.accusations);
    EXPECT_GT(without.deaths, 0U);
    EXPECT_EQ(with.deaths, 0U);
}

} // namespace ns3::detection
