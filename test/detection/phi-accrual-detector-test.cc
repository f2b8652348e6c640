#include "detection-test-support.h"

#include "ns3/gaussian-tail.h"
#include "ns3/phi-accrual-detector.h"

#include <gtest/gtest.h>
#include <random>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

/** Settings under which two alternating intervals of 900 and 1100 ms are all that is remembered. */
PhiAccrualSettings
ThousandHundred()
{
    PhiAccrualSettings settings;
    settings.threshold = 16;
    settings.window = 2;
    return settings;
}

/** @return a detector that has learnt mean 1000 ms, deviation 100 ms and heard at 10 s */
PhiAccrualDetector
Learnt(PhiAccrualSettings settings)
{
    settings.first = Ms(1200); // tolerates the first intervals
    PhiAccrualDetector detector(settings);
    detector.OnArrival(Heartbeat(1, Ms(8000)));
    detector.OnArrival(Heartbeat(2, Ms(8900)));
    detector.OnArrival(Heartbeat(3, Ms(10000)));
    return detector;
}

} // namespace

TEST(PhiAccrualDetector, HasTheExactGaussianLevel)
{
    const PhiAccrualDetector detector = Learnt(ThousandHundred());
    EXPECT_NEAR(detector.Level(Ms(11000)), 0.301, 1e-3);
    EXPECT_NEAR(detector.Level(Ms(11200)), 1.643, 1e-3);
    EXPECT_NEAR(detector.Level(Ms(11400)), 4.499, 1e-3);
    EXPECT_NEAR(detector.Level(Ms(11600)), 9.006, 1e-3); // the logistic approximation says 10.783
}

TEST(PhiAccrualDetector, SuspectsWhenPhiReachesTheThreshold)
{
    PhiAccrualSettings settings = ThousandHundred();
    settings.threshold = GaussianPhi(6);
    const PhiAccrualDetector detector = Learnt(settings);
    ASSERT_TRUE(detector.Deadline().has_value());
    EXPECT_NEAR(static_cast<double>(detector.Deadline()->count()), 11600e6, 2);
    EXPECT_FALSE(detector.Suspects(*detector.Deadline() - Nanos(1)));
    EXPECT_TRUE(detector.Suspects(*detector.Deadline()));
}

TEST(PhiAccrualDetector, AddsThePauseToTheMean)
{
    PhiAccrualSettings settings = ThousandHundred();
    settings.pause = Ms(250);
    EXPECT_NEAR(Learnt(settings).Level(Ms(11250)), 0.301, 1e-3);
}

TEST(PhiAccrualDetector, KeepsTheDeviationAboveItsFloor)
{
    PhiAccrualSettings settings = ThousandHundred();
    settings.minStd = Ms(200);
    EXPECT_NEAR(Learnt(settings).Level(Ms(12200)), 9.006, 1e-3);
}

TEST(PhiAccrualDetector, StartsWithAGuessAroundTheFirstInterval)
{
    // Seeds 75 and 125 ms: mean 100, deviation 25.
    PhiAccrualDetector detector({});
    detector.OnArrival(Heartbeat(1, Ms(1000)));
    EXPECT_NEAR(detector.Level(Ms(1100)), 0.301, 1e-3);
    EXPECT_NEAR(detector.Level(Ms(1250)), 9.006, 1e-3);
}

TEST(PhiAccrualDetector, JudgesAPeerNeverHeardOfFromTheStart)
{
    PhiAccrualDetector detector({});
    EXPECT_FALSE(detector.Deadline().has_value());
    EXPECT_EQ(detector.Level(Ms(1e6)), 0);
    detector.Start(Ms(1000));
    EXPECT_NEAR(detector.Level(Ms(1250)), 9.006, 1e-3);
    EXPECT_TRUE(detector.Suspects(Ms(1250)));
}

TEST(PhiAccrualDetector, DoesNotLearnTheIntervalThatEndsASuspicion)
{
    PhiAccrualDetector detector = Learnt(ThousandHundred());
    ASSERT_TRUE(detector.Suspects(Ms(60000)));
    detector.OnArrival(Heartbeat(4, Ms(60000)));
    EXPECT_NEAR(detector.Level(Ms(61000)), 0.301, 1e-3);
    EXPECT_NEAR(detector.Level(Ms(61600)), 9.006, 1e-3);
}

TEST(PhiAccrualDetector, DoesNotLearnFromLatecomersRepliesOrRestarts)
{
    PhiAccrualDetector detector = Learnt(ThousandHundred());
    PeerArrival late = Heartbeat(2, Ms(10100));
    late.peerClock = Ms(8950);
    detector.OnArrival(late);
    PeerArrival reply = Heartbeat(50, Ms(10150));
    reply.kind = PeerArrival::Kind::REPLY;
    detector.OnArrival(reply);
    EXPECT_NEAR(detector.Level(Ms(11600)), 9.006, 1e-3);

    detector.OnArrival(Heartbeat(1, Ms(10200))); // the process is new; 200 ms are no interval
    EXPECT_NEAR(detector.Level(Ms(11800)), 9.006, 1e-3);
}

TEST(PhiAccrualDetector, LevelRisesWithSilence)
{
    const PhiAccrualDetector detector = Learnt(ThousandHundred());
    double before = -1;
    for (double ms = 10000; ms < 100000; ms += 50)
    {
        const double level = detector.Level(Ms(ms));
        ASSERT_GE(level, before);
        ASSERT_TRUE(std::isfinite(level));
        before = level;
    }
    EXPECT_GT(before, 1e5);
}

// Whatever arrives: suspicion, deadline and level say the same at every moment.
TEST(PhiAccrualDetector, DeadlineAgreesWithSuspicionAndLevelOnRandomTraces)
{
    for (uint64_t seed = 1; seed <= 50; ++seed)
    {
        std::mt19937_64 random(seed);
        std::exponential_distribution<double> jitter(1.0 / (5.0 + static_cast<double>(seed)));
        PhiAccrualSettings settings;
        settings.threshold = 0.2 + 0.5 * static_cast<double>(seed);
        settings.window = 2 + seed;
        settings.minStd = Ms(1);
        PhiAccrualDetector detector(settings);
        double now = 0;
        for (uint64_t i = 1; i <= 300; ++i)
        {
            now += 60 + jitter(random);
            detector.OnArrival(Heartbeat(i, Ms(now)));
            const std::optional<Nanos> deadline = detector.Deadline();
            ASSERT_TRUE(deadline.has_value());
            EXPECT_TRUE(detector.Suspects(*deadline));
            EXPECT_FALSE(detector.Suspects(*deadline - Nanos(1)));
            EXPECT_NEAR(detector.Level(*deadline), settings.threshold, 1e-4);
            EXPECT_GE(detector.Level(*deadline + Nanos(1)), settings.threshold);
        }
    }
}

TEST(PhiAccrualDetector, SurvivesAnAbsurdThreshold)
{
    PhiAccrualSettings settings;
    settings.threshold = 1e300;
    PhiAccrualDetector detector(settings);
    detector.OnArrival(Heartbeat(1, Ms(0)));
    EXPECT_FALSE(detector.Suspects(Ms(1e9)));
    EXPECT_GT(*detector.Deadline(), Ms(1e9));
}

TEST(PhiAccrualDetector, RefusesSettingsOutOfRange)
{
    const auto refuses = [](auto change) {
        PhiAccrualSettings settings;
        change(settings);
        EXPECT_THROW(PhiAccrualDetector{settings}, std::invalid_argument);
    };
    refuses([](auto& s) { s.threshold = 0; });
    refuses([](auto& s) { s.window = 1; });
    refuses([](auto& s) { s.minStd = Nanos(0); });
    refuses([](auto& s) { s.pause = Nanos(-1); });
    refuses([](auto& s) { s.first = Nanos(0); });
}

} // namespace ns3::detection
