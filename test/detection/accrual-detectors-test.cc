// The accrual detectors beside published figures: what implementations compute, not what they mean.
#include "detection-test-support.h"

#include "ns3/failure-detector.h"
#include "ns3/gaussian-tail.h"
#include "ns3/logistic-tail.h"

#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

constexpr double LN10 = 2.302585092994045684;

/** Akka's two cases, as they are written there. */
double
AsImplemented(double y)
{
    const double e = std::exp(-y * (1.5976 + 0.070566 * y * y));
    return y > 0 ? -std::log10(e / (1 + e)) : -std::log10(1 - 1 / (1 + e));
}

} // namespace

TEST(LogisticPhi, IsWhatImplementationsCompute)
{
    for (double y = -8; y <= 15; y += 0.01)
    {
        EXPECT_NEAR(LogisticPhi(y), AsImplemented(y), 1e-9 * std::max(1.0, LogisticPhi(y))) << y;
    }
}

TEST(LogisticPhi, HasTheKnownValues)
{
    // Mean 1000 ms, deviation 100 ms, silence of 1000, 1200, 1400, 1600 ms.
    EXPECT_NEAR(LogisticPhi(0), 0.301, 1e-3);
    EXPECT_NEAR(LogisticPhi(2), 1.6, 0.05);
    EXPECT_NEAR(LogisticPhi(4), 4.7, 0.05);
    EXPECT_NEAR(LogisticPhi(6), 10.783, 1e-3);
    EXPECT_NEAR(GaussianPhi(6), 9.006, 1e-3);
}

TEST(LogisticPhi, RisesAndIsInverted)
{
    double before = -1;
    for (double y = -20; y < 1000; y += 0.37)
    {
        const double phi = LogisticPhi(y);
        ASSERT_GT(phi, before);
        ASSERT_TRUE(std::isfinite(phi));
        ASSERT_NEAR(LogisticPhi(InverseLogisticPhi(phi)), phi, 1e-9 * std::max(1.0, phi));
        before = phi;
    }
    EXPECT_THROW(InverseLogisticPhi(0), std::invalid_argument);
    EXPECT_THROW(InverseLogisticPhi(INFINITY), std::invalid_argument);
}

TEST(PhiLogistic, SuspectsBeforeTheExactTailDoes)
{
    const DetectorParameters parameters{{"first", "1s"}, {"threshold", "8"}};
    auto logistic = MakeFailureDetector("phi-logistic", parameters);
    auto exact = MakeFailureDetector("phi-gaussian", parameters);
    logistic->Start(Nanos(0));
    exact->Start(Nanos(0));
    EXPECT_LT(*logistic->Deadline(), *exact->Deadline());
    // Seeds of 750 and 1250 ms: mean 1000, deviation 250.
    EXPECT_NEAR(logistic->Level(Ms(2500)), 10.783, 1e-3);
    EXPECT_NEAR(exact->Level(Ms(2500)), 9.006, 1e-3);
}

TEST(Cassandra, ConvictsAboveEightTimesLnTenMeans)
{
    auto detector = MakeFailureDetector("cassandra", {{"period", "1s"}, {"window", "4"}});
    for (uint64_t i = 0; i < 10; ++i)
    {
        detector->OnArrival(Heartbeat(i + 1, Ms(1000.0 * static_cast<double>(i))));
    }
    EXPECT_NEAR(detector->Level(Ms(9000 + 5000)), 5, 1e-9);
    const double convicted = 9000 + 8 * LN10 * 1000;
    EXPECT_FALSE(detector->Suspects(Ms(convicted - 0.001)));
    EXPECT_TRUE(detector->Suspects(Ms(convicted + 0.001)));
    EXPECT_NEAR(static_cast<double>(detector->Deadline()->count()), convicted * 1e6, 2);
}

TEST(Cassandra, BeginsWithTwoPeriodsAndLearnsNothingLonger)
{
    auto detector = MakeFailureDetector("cassandra", {{"period", "1s"}});
    detector->OnArrival(Heartbeat(1, Ms(0)));
    EXPECT_NEAR(detector->Level(Ms(2000)), 1, 1e-9);
    detector->OnArrival(Heartbeat(2, Ms(1000))); // mean of 2 s and 1 s
    EXPECT_NEAR(detector->Level(Ms(2500)), 1, 1e-9);
    detector->OnArrival(Heartbeat(3, Ms(3001))); // 2.001 s: not learnt
    EXPECT_NEAR(detector->Level(Ms(4501)), 1, 1e-9);
}

// What holds for every detector there is.
class EveryDetector : public ::testing::TestWithParam<std::string>
{
};

TEST_P(EveryDetector, SaysTheSameByDeadlineAndBySuspicion)
{
    for (uint64_t seed = 1; seed <= 10; ++seed)
    {
        auto detector = MakeFailureDetector(GetParam(), {});
        uint64_t state = seed;
        double now = 0;
        for (uint64_t i = 1; i <= 300; ++i)
        {
            state = state * 6364136223846793005U + 1442695040888963407U;
            now += 80 + static_cast<double>(state >> 33) / 2147483648.0 * 40;
            detector->OnArrival(Heartbeat(i, Ms(now)));
            const Nanos deadline = detector->Deadline().value();
            ASSERT_TRUE(detector->Suspects(deadline));
            ASSERT_FALSE(detector->Suspects(deadline - Nanos(1)));
            ASSERT_LE(detector->Level(deadline - Nanos(1)), detector->Level(deadline));
        }
    }
}

TEST_P(EveryDetector, SuspectsASilentPeerFromTheStartOnly)
{
    auto detector = MakeFailureDetector(GetParam(), {});
    EXPECT_FALSE(detector->Suspects(Ms(1e6)));
    EXPECT_FALSE(detector->Deadline().has_value());
    detector->Start(Ms(1000));
    EXPECT_FALSE(detector->Suspects(Ms(1000)));
    EXPECT_TRUE(detector->Suspects(Ms(10000)));
}

TEST_P(EveryDetector, IgnoresRepliesDuplicatesAndLatecomers)
{
    auto detector = MakeFailureDetector(GetParam(), {});
    for (uint64_t i = 1; i <= 50; ++i)
    {
        detector->OnArrival(Heartbeat(i, Ms(100.0 * static_cast<double>(i))));
    }
    const auto before = detector->Deadline();
    PeerArrival late = Heartbeat(40, Ms(5010));
    late.peerClock = Ms(4000);
    detector->OnArrival(late);
    PeerArrival again = Heartbeat(50, Ms(5020));
    again.peerClock = Ms(4997);
    detector->OnArrival(again);
    PeerArrival reply = Heartbeat(51, Ms(5030));
    reply.kind = PeerArrival::Kind::REPLY;
    detector->OnArrival(reply);
    EXPECT_EQ(detector->Deadline(), before);
}

TEST_P(EveryDetector, DoesNotReadTheSendersClockUnlessItsPaperSaysSo)
{
    const auto deadlineWith = [](Nanos skew) {
        auto detector = MakeFailureDetector(GetParam(), {});
        for (uint64_t i = 1; i <= 100; ++i)
        {
            PeerArrival arrival = Heartbeat(i, Ms(97.0 * static_cast<double>(i)));
            arrival.peerClock += skew;
            detector->OnArrival(arrival);
        }
        return *detector->Deadline();
    };
    const bool moved = deadlineWith(Ms(0)) != deadlineWith(Ms(3600e3));
    EXPECT_EQ(moved, GetParam() == "chen-nfd-s"); // synchronised clocks are its assumption
}

INSTANTIATE_TEST_SUITE_P(Names,
                         EveryDetector,
                         ::testing::ValuesIn(FailureDetectorNames()),
                         [](const auto& info) {
                             std::string name = info.param;
                             for (char& c : name)
                             {
                                 c = c == '-' ? '_' : c;
                             }
                             return name;
                         });

} // namespace ns3::detection
