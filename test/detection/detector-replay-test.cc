#include "recorded-heartbeats.h"

#include "ns3/detector-replay.h"

#include <gtest/gtest.h>

namespace ns3::detection
{

namespace
{

/** Heartbeats that arrive at these times, in ms, numbered from 1. */
Recording
ArrivingAt(const std::vector<double>& times)
{
    Recording recording;
    for (double time : times)
    {
        recording.push_back({recording.size() + 1, Ms(time - 3), Ms(time)});
    }
    return recording;
}

using Changes = std::vector<Change>;

/** A detector that is suspicious of every message until the next one. */
class Contrary : public FailureDetector
{
  public:
    void Start(Nanos) override
    {
    }

    void OnArrival(const PeerArrival& arrival) override
    {
        m_odd = !m_odd;
        m_last = arrival.arrived;
    }

    double Level(Nanos now) const override
    {
        return std::chrono::duration<double>(now - m_last).count();
    }

    bool Suspects(Nanos) const override
    {
        return m_odd;
    }

    std::optional<Nanos> Deadline() const override
    {
        return m_odd ? std::make_optional(m_last - Ms(1000)) : std::nullopt;
    }

  private:
    bool m_odd{false};
    Nanos m_last{};
};

} // namespace

TEST(DetectorReplay, SuspectsAtDeadlinesBetweenArrivalsAndTrustsAtArrivals)
{
    EXPECT_EQ(ChangesOf("fixed-timeout:timeout=300ms", ArrivingAt({100, 200, 600, 700, 1500})),
              (Changes{{Ms(500), true, 1},
                       {Ms(600), false, 0},
                       {Ms(1000), true, 1},
                       {Ms(1500), false, 0}}));
}

TEST(DetectorReplay, ADeadlineAtTheMomentOfAnArrivalComesFirst)
{
    EXPECT_EQ(ChangesOf("fixed-timeout:timeout=300ms", ArrivingAt({100, 400, 699.999999})),
              (Changes{{Ms(400), true, 1}, {Ms(400), false, 0}}));
}

TEST(DetectorReplay, ALatecomerEndsNoSuspicion)
{
    // 3 overtakes 2, and 2 comes when the timeout after 3 is over.
    const Recording recording{{1, Ms(0), Ms(10)},
                              {2, Ms(100), Ms(450)},
                              {3, Ms(200), Ms(210)},
                              {4, Ms(500), Ms(520)}};
    EXPECT_EQ(ChangesOf("fixed-timeout:timeout=220ms", recording),
              (Changes{{Ms(430), true, 1}, {Ms(520), false, 0}}));
}

TEST(DetectorReplay, NothingIsSuspectedBeforeTheFirstArrival)
{
    DetectorReplay replay(MakeFailureDetector("fixed-timeout", {}), nullptr);
    replay.AdvanceTo(Ms(1e9));
    EXPECT_FALSE(replay.Suspected());
    EXPECT_FALSE(replay.Standing().has_value());
    EXPECT_EQ(replay.Level(Ms(1e9)), 0);
}

TEST(DetectorReplay, StandingIsTheDeadlineAheadOrTheBeginningOfTheSuspicion)
{
    DetectorReplay replay(MakeFailureDetector("fixed-timeout", {{"timeout", "300ms"}}), nullptr);
    replay.OnArrival(Heartbeat(1, Ms(100)));
    EXPECT_EQ(replay.Standing(), Ms(400));
    replay.AdvanceTo(Ms(399));
    EXPECT_FALSE(replay.Suspected());
    replay.AdvanceTo(Ms(5000));
    EXPECT_TRUE(replay.Suspected());
    EXPECT_EQ(replay.Standing(), Ms(400));
    PeerArrival duplicate = Heartbeat(1, Ms(6000));
    duplicate.peerClock = Ms(97);
    replay.OnArrival(duplicate);
    EXPECT_TRUE(replay.Suspected());
    EXPECT_EQ(replay.Standing(), Ms(400));
}

TEST(DetectorReplay, ASuspicionThatAnArrivalCausesBeginsWithIt)
{
    Changes changes;
    DetectorReplay replay(std::make_unique<Contrary>(),
                          [&](Nanos time, bool suspected, double level) {
                              changes.emplace_back(time, suspected, level);
                          });
    replay.OnArrival(Heartbeat(1, Ms(100)));
    EXPECT_EQ(replay.Standing(), Ms(100));
    replay.OnArrival(Heartbeat(2, Ms(200)));
    EXPECT_FALSE(replay.Standing().has_value());
    EXPECT_EQ(changes, (Changes{{Ms(100), true, 0}, {Ms(200), false, 0}}));
}

TEST(DetectorReplay, AsksADetectorAtItsDeadlineForItsLevel)
{
    Recording recording = ArrivingAt({100, 200, 300, 400, 2000});
    const Changes changes = ChangesOf("phi-gaussian:threshold=3", recording);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_NEAR(std::get<2>(changes[0]), 3, 1e-6);
}

} // namespace ns3::detection
