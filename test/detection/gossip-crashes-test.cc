#include "ns3/gossip-crashes.h"

#include <chrono>
#include <gtest/gtest.h>
#include <vector>

namespace ns3::detection
{

namespace
{

using std::chrono::milliseconds;

constexpr int STEPS = 3000;
constexpr milliseconds PERIOD(100);
constexpr milliseconds WAY(1);
constexpr milliseconds TIMEOUT(300);

/** Three servers that all watch each other: after each step server 2 might crash. */
class Recorded
{
  public:
    /** A step of the recording in which something is else than usual. */
    enum class Oddity
    {
        NONE,
        TWO_AT_ONE_TIME, //!< server 2 sends to 1 twice
        DEAF             //!< from then on server 3 hears nothing
    };

    std::vector<Nanos> DetectionTimes(Oddity oddity)
    {
        std::vector<Nanos> times;
        GossipCrashes crashes({2},
                              std::chrono::seconds(1),
                              [&](uint32_t, uint32_t, std::size_t, std::optional<Nanos> time) {
                                  times.push_back(time.value_or(Nanos(-1)));
                              });
        for (int step = 0; step < STEPS; ++step)
        {
            const Nanos sent = step * PERIOD;
            const bool odd = step >= STEPS / 3;
            for (uint32_t from = 1; from <= 3; ++from)
            {
                for (uint32_t to = 1; to <= 3; ++to)
                {
                    const bool twice = oddity == Oddity::TWO_AT_ONE_TIME && step == STEPS / 3 &&
                                       from == 2 && to == 1;
                    const bool lost = oddity == Oddity::DEAF && odd && to == 3;
                    for (int copy = 0; from != to && copy < (twice ? 2 : 1); ++copy)
                    {
                        Send(crashes, from, to, sent, lost);
                    }
                }
            }
            crashes.AddCrash(1, 2, sent + PERIOD / 2);
        }
        crashes.Finish();
        return times;
    }

  private:
    static void Send(GossipCrashes& crashes, uint32_t from, uint32_t to, Nanos sent, bool lost)
    {
        crashes.OnSent(from, to, sent, lost ? std::nullopt : std::optional<Nanos>(sent + WAY));
        if (!lost)
        {
            crashes.OnHandled(from, to, sent, {sent + WAY + TIMEOUT});
        }
    }
};

/** Servers 1 and 3 both suspect after the timeout; 1 hears of it with 3's next heartbeat. */
constexpr Nanos USUAL = TIMEOUT + PERIOD + WAY - PERIOD / 2;

/** What can't be judged any more at the end: the other's vote would come after it. */
constexpr std::size_t OPEN = 14;

} // namespace

TEST(GossipCrashes, AreDetectedWithTheSecondVote)
{
    const auto times = Recorded().DetectionTimes(Recorded::Oddity::NONE);
    EXPECT_GE(times.size(), STEPS - OPEN);
    for (Nanos time : times)
    {
        ASSERT_EQ(time, USUAL);
    }
}

TEST(GossipCrashes, AreAllJudgedWhereTwoHeartbeatsWereSentAtOneTime)
{
    EXPECT_EQ(Recorded().DetectionTimes(Recorded::Oddity::TWO_AT_ONE_TIME),
              Recorded().DetectionTimes(Recorded::Oddity::NONE));
}

TEST(GossipCrashes, AreJudgedByWhatADeafServerHeardLast)
{
    const auto times = Recorded().DetectionTimes(Recorded::Oddity::DEAF);
    EXPECT_GE(times.size(), STEPS - OPEN);
    // Deaf, server 3 has suspected everybody for long: only the own timeout counts.
    EXPECT_EQ(times[times.size() - 1], TIMEOUT + WAY - PERIOD / 2);
}

} // namespace ns3::detection
