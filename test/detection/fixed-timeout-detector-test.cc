#include "detection-test-support.h"

#include "ns3/fixed-timeout-detector.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::detection
{

TEST(FixedTimeoutDetector, SuspectsExactlyAtTheTimeout)
{
    FixedTimeoutDetector detector(Ms(500));
    detector.OnArrival(Heartbeat(1, Ms(1000)));
    EXPECT_FALSE(detector.Suspects(Ms(1500) - Nanos(1)));
    EXPECT_TRUE(detector.Suspects(Ms(1500)));
    EXPECT_EQ(detector.Deadline(), Ms(1500));
}

TEST(FixedTimeoutDetector, MeasuresSilenceInTimeouts)
{
    FixedTimeoutDetector detector(Ms(500));
    detector.OnArrival(Heartbeat(1, Ms(1000)));
    EXPECT_DOUBLE_EQ(detector.Level(Ms(1000)), 0);
    EXPECT_DOUBLE_EQ(detector.Level(Ms(1250)), 0.5);
    EXPECT_DOUBLE_EQ(detector.Level(Ms(2500)), 3);
}

TEST(FixedTimeoutDetector, WithoutAStartTrustsAPeerItNeverHeardOf)
{
    FixedTimeoutDetector detector(Ms(500));
    EXPECT_FALSE(detector.Suspects(Ms(1e6)));
    EXPECT_EQ(detector.Level(Ms(1e6)), 0);
    EXPECT_FALSE(detector.Deadline().has_value());
}

TEST(FixedTimeoutDetector, CountsFromTheStartUntilTheFirstHeartbeat)
{
    FixedTimeoutDetector detector(Ms(500));
    detector.Start(Ms(100));
    EXPECT_EQ(detector.Deadline(), Ms(600));
    detector.OnArrival(Heartbeat(1, Ms(700)));
    EXPECT_EQ(detector.Deadline(), Ms(1200));
}

TEST(FixedTimeoutDetector, IgnoresRepliesAndLatecomersAndDuplicates)
{
    FixedTimeoutDetector detector(Ms(500));
    detector.OnArrival(Heartbeat(5, Ms(1000)));
    PeerArrival late = Heartbeat(4, Ms(1200));
    late.peerClock = Ms(890);
    detector.OnArrival(late);
    PeerArrival duplicate = Heartbeat(5, Ms(1300));
    duplicate.peerClock = Ms(997);
    detector.OnArrival(duplicate);
    PeerArrival reply = Heartbeat(9, Ms(1400));
    reply.kind = PeerArrival::Kind::REPLY;
    detector.OnArrival(reply);
    EXPECT_EQ(detector.Deadline(), Ms(1500));
}

TEST(FixedTimeoutDetector, ListensToAPeerThatCountsFromOneAgain)
{
    FixedTimeoutDetector detector(Ms(500));
    detector.OnArrival(Heartbeat(900, Ms(1000)));
    detector.OnArrival(Heartbeat(1, Ms(4000)));
    EXPECT_EQ(detector.Deadline(), Ms(4500));
    detector.OnArrival(Heartbeat(2, Ms(4100)));
    EXPECT_EQ(detector.Deadline(), Ms(4600));
}

TEST(FixedTimeoutDetector, ListensToAPeerWhoseClockIsSetBack)
{
    FixedTimeoutDetector detector(Ms(500));
    detector.OnArrival(Heartbeat(10, Ms(10000)));
    PeerArrival back = Heartbeat(11, Ms(10100));
    back.peerClock = Ms(-5000);
    detector.OnArrival(back);
    EXPECT_EQ(detector.Deadline(), Ms(10600));
}

TEST(FixedTimeoutDetector, RefusesATimeoutThatIsNotAboveZero)
{
    EXPECT_THROW(FixedTimeoutDetector(Ms(0)), std::invalid_argument);
    EXPECT_THROW(FixedTimeoutDetector(Ms(-1)), std::invalid_argument);
}

} // namespace ns3::detection
