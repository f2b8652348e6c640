// Whole SWIM groups as timelines.
#include "detection-test-support.h"
#include "swim-cluster.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace ns3::detection
{

namespace
{

constexpr auto ALIVE = SwimStatus::ALIVE;
constexpr auto SUSPECT = SwimStatus::SUSPECT;
constexpr auto DEAD = SwimStatus::DEAD;

/** @return how often anybody came to believe this of a member */
std::size_t
CountChanges(const SwimCluster& cluster, uint32_t member, SwimStatus status)
{
    return std::count_if(cluster.Changes().begin(),
                         cluster.Changes().end(),
                         [&](const SwimCluster::Change& change) {
                             return change.member == member && change.status == status;
                         });
}

/** @return when anybody first came to believe this */
Nanos
FirstOfAll(const SwimCluster& cluster, uint32_t member, SwimStatus status)
{
    for (const SwimCluster::Change& change : cluster.Changes())
    {
        if (change.member == member && change.status == status)
        {
            return change.time;
        }
    }
    return Nanos::max();
}

} // namespace

TEST(SwimCluster, WhereNothingFailsNobodyIsSuspected)
{
    SwimCluster cluster(10, 1);
    cluster.SetJitter(Ms(5));
    cluster.RunUntil(Ms(600000));
    EXPECT_TRUE(cluster.Changes().empty());
}

TEST(SwimCluster, ACrashIsSuspectedThenDeclaredWithinTheBoundsOfTheFormula)
{
    for (uint64_t seed = 1; seed <= 50; ++seed)
    {
        constexpr uint32_t COUNT = 5;
        SwimCluster cluster(COUNT, seed);
        cluster.At(Ms(20000), [&] { cluster.Crash(3); });
        cluster.RunUntil(Ms(90000));
        const Nanos suspected = FirstOfAll(cluster, 3, SUSPECT);
        const Nanos declared = FirstOfAll(cluster, 3, DEAD);
        EXPECT_GT(suspected, Ms(20000));
        // Every other member probes it again within 2 (n - 1) - 1 periods, and waits one for help.
        EXPECT_LE(suspected, Ms(20000) + Ms(1000) * (2 * (COUNT - 1) - 1 + 1));
        EXPECT_GE(declared, suspected + Ms(4000)) << "with all confirmations";
        EXPECT_LE(declared, suspected + Ms(24000)) << "with none";
        EXPECT_EQ(cluster.CountBelievers(3, DEAD), COUNT - 1) << "seed " << seed;
        for (uint32_t other : {1U, 2U, 4U, 5U})
        {
            EXPECT_EQ(CountChanges(cluster, other, SUSPECT), 0U) << "seed " << seed;
        }
    }
}

TEST(SwimCluster, ACutBetweenTwoMembersIsBridgedByTheOthersOneWayOrBoth)
{
    for (const bool bothWays : {false, true})
    {
        for (const uint32_t helpers : {3U, 0U})
        {
            std::size_t suspicions = 0;
            for (uint64_t seed = 1; seed <= 10; ++seed)
            {
                SwimConfig config;
                config.indirectProbes = helpers;
                SwimCluster cluster(5, seed, config);
                cluster.Cut(1, 2);
                if (bothWays)
                {
                    cluster.Cut(2, 1);
                }
                cluster.RunUntil(Ms(60000));
                suspicions += cluster.Changes().size();
            }
            EXPECT_EQ(suspicions == 0, helpers > 0) << suspicions << " with " << helpers;
        }
    }
}

TEST(SwimCluster, AMemberThatPausesIsSuspectedAndRefutesInTime)
{
    std::size_t suspicions = 0;
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        SwimCluster cluster(8, seed);
        cluster.At(Ms(10000), [&] { cluster.Pause(4, Ms(3500)); });
        cluster.RunUntil(Ms(60000));
        const std::size_t suspected = CountChanges(cluster, 4, SUSPECT);
        suspicions += suspected;
        EXPECT_EQ(CountChanges(cluster, 4, DEAD), 0U) << "seed " << seed;
        EXPECT_EQ(cluster.CountBelievers(4, ALIVE), 7U) << "seed " << seed;
        EXPECT_EQ(cluster.Core(4).GetIncarnation() > 0, suspected > 0) << "seed " << seed;
    }
    EXPECT_GT(suspicions, 20U) << "about one member in each period probes it";
}

TEST(SwimCluster, ARestartedMemberIsAliveForAllAgainWithAHigherIncarnation)
{
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        SwimCluster cluster(6, seed);
        cluster.At(Ms(10000), [&] { cluster.Crash(2); });
        cluster.RunUntil(Ms(60000));
        ASSERT_EQ(cluster.CountBelievers(2, DEAD), 5U);
        cluster.Restart(2);
        EXPECT_EQ(cluster.Core(2).GetIncarnation(), 0U) << "nothing is remembered";
        cluster.RunUntil(Ms(60000 + 6000));
        EXPECT_EQ(cluster.CountBelievers(2, ALIVE), 5U) << "seed " << seed;
        EXPECT_GT(cluster.Core(2).GetIncarnation(), 0U);
        cluster.RunUntil(Ms(120000));
        EXPECT_EQ(cluster.CountBelievers(2, ALIVE), 5U) << "seed " << seed;
    }
}

TEST(SwimCluster, ARestartedMemberThatKnowsOldIncarnationsOnlyIsSetRight)
{
    uint64_t outdated = 0;
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        SwimCluster cluster(5, seed);
        // Member 4 has to refute; then 2 forgets about it, and suspects 4 in incarnation 0.
        cluster.At(Ms(10000), [&] { cluster.Pause(4, Ms(3900)); });
        cluster.At(Ms(40000), [&] { cluster.Crash(2); });
        cluster.At(Ms(40100), [&] { cluster.Restart(2); });
        cluster.At(Ms(40200), [&] { cluster.Pause(4, Ms(3900)); });
        cluster.onSend = [&](uint32_t, const SwimMessage& message) {
            for (const SwimStatement& statement : message.statements)
            {
                outdated += statement.status == SUSPECT && statement.member == 4 &&
                                    cluster.Now() > Ms(40100) &&
                                    statement.incarnation < cluster.Core(4).GetIncarnation()
                                ? 1
                                : 0;
            }
        };
        cluster.RunUntil(Ms(100000));
        for (uint32_t id = 1; id <= 5; ++id)
        {
            EXPECT_EQ(cluster.CountBelievers(id, ALIVE), 4U) << id << ", seed " << seed;
            EXPECT_EQ(CountChanges(cluster, id, DEAD), 0U) << id << ", seed " << seed;
        }
    }
    EXPECT_GT(outdated, 20U) << "or else nothing was put to the test";
}

TEST(SwimCluster, AfterAPartitionBothSidesFindEachOtherAgain)
{
    for (uint64_t seed = 1; seed <= 10; ++seed)
    {
        SwimCluster cluster(5, seed);
        const auto eachPair = [](const std::function<void(uint32_t, uint32_t)>& what) {
            for (uint32_t a : {1U, 2U})
            {
                for (uint32_t b : {3U, 4U, 5U})
                {
                    what(a, b);
                    what(b, a);
                }
            }
        };
        eachPair([&](uint32_t a, uint32_t b) { cluster.Cut(a, b); });
        cluster.RunUntil(Ms(120000));
        EXPECT_EQ(cluster.CountBelievers(1, DEAD), 3U);
        EXPECT_EQ(cluster.CountBelievers(4, DEAD), 2U);
        EXPECT_EQ(cluster.Core(1).GetStatus(2), ALIVE);
        EXPECT_EQ(cluster.Core(3).GetStatus(5), ALIVE);
        eachPair([&](uint32_t a, uint32_t b) { cluster.Mend(a, b); });
        cluster.RunUntil(Ms(140000));
        for (uint32_t id = 1; id <= 5; ++id)
        {
            EXPECT_EQ(cluster.CountBelievers(id, ALIVE), 4U) << id << ", seed " << seed;
        }
    }
}

TEST(SwimCluster, OfAHundredMembersFiveCrashAndAllOthersAgree)
{
    SwimCluster cluster(100, 1);
    cluster.At(Ms(30000), [&] {
        for (uint32_t id = 20; id <= 100; id += 20)
        {
            cluster.Crash(id);
        }
    });
    cluster.RunUntil(Ms(120000));
    for (uint32_t id = 1; id <= 100; ++id)
    {
        EXPECT_EQ(cluster.CountBelievers(id, id % 20 == 0 ? DEAD : ALIVE), id % 20 == 0 ? 95U : 94U)
            << id;
        EXPECT_EQ(CountChanges(cluster, id, SUSPECT) > 0, id % 20 == 0) << id;
    }
}

TEST(SwimCluster, AMemberSendsAsMuchInAPeriodHoweverManyThereAre)
{
    for (const uint32_t members : {5U, 20U, 80U})
    {
        SwimCluster cluster(members, 1);
        std::size_t messages = 0;
        std::size_t statements = 0;
        cluster.onSend = [&](uint32_t, const SwimMessage& message) {
            ++messages;
            statements += message.statements.size();
        };
        cluster.RunUntil(Ms(100000));
        EXPECT_NEAR(static_cast<double>(messages) / members / 100, 2, 0.03)
            << "a ping and an answer";
        EXPECT_EQ(statements, 0U);
    }
}

TEST(SwimCluster, TheSameSeedGivesTheSameMessagesAndAnotherSeedOthers)
{
    const auto run = [](uint64_t seed) {
        SwimCluster cluster(8, seed);
        cluster.SetLoss(0.2);
        std::vector<std::pair<Nanos, SwimMessage>> messages;
        cluster.onSend = [&](uint32_t, const SwimMessage& message) {
            messages.emplace_back(cluster.Now(), message);
        };
        cluster.At(Ms(5000), [&] { cluster.Crash(3); });
        cluster.RunUntil(Ms(30000));
        return messages;
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

} // namespace ns3::detection
