// SWIM groups under whatever may happen, over many seeds, and members that are told anything.
#include "detection-test-support.h"
#include "swim-cluster.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace ns3::detection
{

namespace
{

/** Does something to a group at random. */
void
Torment(SwimCluster& cluster, uint32_t members, std::mt19937_64& random)
{
    const auto any = [&] { return static_cast<uint32_t>(1 + random() % members); };
    switch (random() % 7)
    {
    case 0:
        cluster.Crash(any());
        break;
    case 1:
    case 2:
        cluster.Restart(any());
        break;
    case 3:
        cluster.Pause(any(), Ms(static_cast<double>(random() % 8000)));
        break;
    case 4:
        cluster.Cut(any(), any());
        break;
    case 5:
        cluster.Mend(any(), any());
        break;
    default:
        cluster.SetLoss(static_cast<double>(random() % 5) * 0.1);
        break;
    }
}

} // namespace

TEST(SwimRandom, OnceThingsAreQuietAllBelieveWhatIsTrue)
{
    for (uint64_t seed = 1; seed <= 150; ++seed)
    {
        std::mt19937_64 random(seed);
        const auto members = static_cast<uint32_t>(3 + random() % 6);
        SwimCluster cluster(members, seed);
        // Nobody speaks of an incarnation of a member that it has not announced itself.
        std::map<uint32_t, uint32_t> highest;
        cluster.onSend = [&](uint32_t, const SwimMessage& message) {
            uint32_t& own = highest[message.sender];
            own = std::max(own, cluster.Core(message.sender).GetIncarnation());
            for (const SwimStatement& statement : message.statements)
            {
                EXPECT_LE(statement.incarnation, highest[statement.member]);
                EXPECT_TRUE(statement.member != message.sender ||
                            statement.status == SwimStatus::ALIVE);
            }
        };
        for (int i = 0; i < 60; ++i)
        {
            cluster.At(Ms(static_cast<double>(random() % 120000)),
                       [&] { Torment(cluster, members, random); });
        }
        cluster.At(Ms(120000), [&] {
            cluster.SetLoss(0);
            for (uint32_t a = 1; a <= members; ++a)
            {
                for (uint32_t b = 1; b <= members; ++b)
                {
                    cluster.Mend(a, b);
                }
            }
            cluster.Restart(1);
            cluster.Restart(2);
        });
        // A round of stretched periods at most, the longest timeout, and time for word to get
        // around.
        cluster.RunUntil(Ms(120000) + Ms(9000) * 2 * members + Ms(24000) + Ms(30000));
        for (uint32_t observer = 1; observer <= members; ++observer)
        {
            for (uint32_t member = 1; member <= members; ++member)
            {
                if (observer != member && cluster.IsUp(observer))
                {
                    EXPECT_EQ(cluster.Core(observer).GetStatus(member),
                              cluster.IsUp(member) ? SwimStatus::ALIVE : SwimStatus::DEAD)
                        << observer << " of " << member << ", seed " << seed;
                }
            }
        }
    }
}

TEST(SwimRandom, AMemberThatIsToldAnythingStaysSane)
{
    for (uint64_t seed = 1; seed <= 100; ++seed)
    {
        std::mt19937_64 random(seed);
        SwimConfig config;
        config.self = 1;
        config.others = {2, 3, 4, 5};
        config.maxStatements = 3;
        SwimCore core(
            config,
            [&] { return std::uniform_real_distribution<double>(0, 1)(random); },
            Ms(0));
        Nanos now{0};
        const auto number = [&] { return static_cast<uint32_t>(random() % 8); };
        const auto incarnation = [&] {
            return random() % 8 == 0 ? static_cast<uint32_t>(random()) : number();
        };
        for (int step = 0; step < 3000; ++step)
        {
            now += Ms(static_cast<double>(random() % 400));
            SwimMessage message{static_cast<SwimMessage::Type>(1 + random() % 4),
                                number(),
                                static_cast<uint32_t>(random()),
                                number(),
                                {}};
            for (uint64_t i = random() % 5; i > 0; --i)
            {
                message.statements.push_back(
                    {static_cast<SwimStatus>(random() % 3), number(), incarnation(), number()});
            }
            const uint32_t own = core.GetIncarnation();
            const SwimUpdate& update = core.Receive(now, message);
            EXPECT_GE(core.GetIncarnation(), own);
            EXPECT_LE(core.GetLocalHealth(), 8U);
            for (const SwimUpdate::Send& send : update.messages)
            {
                EXPECT_TRUE(send.to >= 2 && send.to <= 5);
                EXPECT_LE(send.message.statements.size(), 3U);
            }
            core.Tick(now);
            EXPECT_GT(core.Deadline(), now) << "all that is due is done";
        }
    }
}

} // namespace ns3::detection
