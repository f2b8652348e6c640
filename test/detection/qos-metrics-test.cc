#include "detection-test-support.h"

#include "ns3/qos-metrics.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

Nanos
S(double seconds)
{
    return Ms(seconds * 1000);
}

} // namespace

TEST(QosMetrics, FollowAHandMadeExample)
{
    // Mistakes at 10..12, 30..33 and 60..61 of 100 s without a fault.
    const QosReport report = MeasureQos({{S(10), true},
                                         {S(12), false},
                                         {S(30), true},
                                         {S(33), false},
                                         {S(60), true},
                                         {S(61), false}},
                                        {},
                                        S(0),
                                        S(100));
    ASSERT_EQ(report.mistakes.size(), 3U);
    EXPECT_EQ(report.recurrences, (std::vector<Nanos>{S(20), S(30)}));
    EXPECT_EQ(report.goodPeriods, (std::vector<Nanos>{S(18), S(27)}));
    EXPECT_EQ(report.healthyTime, S(100));
    EXPECT_EQ(report.wrongTime, S(6));
    const QosStatistics qos = report.Statistics();
    EXPECT_DOUBLE_EQ(*qos.recurrences.MeanSeconds(), 25);
    EXPECT_DOUBLE_EQ(*qos.mistakes.MeanSeconds(), 2);
    EXPECT_DOUBLE_EQ(*qos.QueryAccuracy(), 0.94);
    EXPECT_DOUBLE_EQ(*qos.MistakesPerHour(), 108);
    EXPECT_DOUBLE_EQ(*qos.ForwardGoodSeconds(), (18.0 * 18 + 27 * 27) / (2 * 45));
    EXPECT_FALSE(qos.MistakesPerHourBound().has_value());
}

TEST(QosMetrics, DetectionRunsFromTheFaultToTheSuspicionThatStays)
{
    // Suspected at 20.5, trusted at 20.7, suspected for good at 21.2.
    const QosReport report =
        MeasureQos({{S(20.5), true}, {S(20.7), false}, {S(21.2), true}, {S(30.3), false}},
                   {{S(20), S(30)}},
                   S(0),
                   S(50),
                   S(0.5));
    ASSERT_EQ(report.detectionTimes.size(), 1U);
    EXPECT_EQ(report.detectionTimes[0], S(1.2));
    EXPECT_TRUE(report.mistakes.empty()) << "trust returned within the grace";
    EXPECT_EQ(report.healthyTime, S(39.5));
}

TEST(QosMetrics, AFaultThatIsTrustedAtItsEndIsMissed)
{
    const QosReport report =
        MeasureQos({{S(21), true}, {S(25), false}}, {{S(20), S(30)}}, S(0), S(50));
    EXPECT_FALSE(report.detectionTimes[0].has_value());
    EXPECT_FALSE(report.Statistics().detections.MeanSeconds().has_value());
    EXPECT_TRUE(report.mistakes.empty());
}

TEST(QosMetrics, AFaultForGoodLastsToTheEndOfTheObservation)
{
    const QosReport report = MeasureQos({{S(21), true}}, {{S(20), std::nullopt}}, S(0), S(50));
    EXPECT_EQ(report.detectionTimes[0], S(1));
    EXPECT_EQ(report.healthyTime, S(20));
}

TEST(QosMetrics, ASuspicionThatWasThereBeforeTheFaultDetectsItAtOnceAndIsAMistake)
{
    const QosReport report =
        MeasureQos({{S(15), true}, {S(31), false}}, {{S(20), S(30)}}, S(0), S(50), S(2));
    EXPECT_EQ(report.detectionTimes[0], S(0));
    ASSERT_EQ(report.mistakes.size(), 1U);
    EXPECT_EQ(report.mistakes[0].start, S(15));
    EXPECT_EQ(report.mistakes[0].duration, S(5));
    EXPECT_TRUE(report.mistakes[0].censored);
}

TEST(QosMetrics, ASuspicionThatLatchesAfterRecoveryIsALongMistake)
{
    const QosReport report = MeasureQos({{S(21), true}}, {{S(20), S(30)}}, S(0), S(50), S(1));
    ASSERT_EQ(report.mistakes.size(), 1U);
    EXPECT_EQ(report.mistakes[0].start, S(31));
    EXPECT_EQ(report.mistakes[0].duration, S(19));
    EXPECT_NEAR(*report.Statistics().QueryAccuracy(), 1 - 19.0 / 39, 1e-12);
}

TEST(QosMetrics, MistakesOfDifferentHealthyStretchesDoNotRecur)
{
    const QosReport report =
        MeasureQos({{S(5), true}, {S(6), false}, {S(40), true}, {S(41), false}},
                   {{S(20), S(30)}},
                   S(0),
                   S(50));
    EXPECT_EQ(report.mistakes.size(), 2U);
    EXPECT_TRUE(report.recurrences.empty());
}

TEST(QosMetrics, WhatLiesOutsideTheObservationDoesNotCount)
{
    const QosReport report =
        MeasureQos({{S(1), true}, {S(12), false}, {S(48), true}, {S(60), false}}, {}, S(10), S(50));
    ASSERT_EQ(report.mistakes.size(), 2U);
    EXPECT_EQ(report.mistakes[0].start, S(10));
    EXPECT_EQ(report.mistakes[0].duration, S(2));
    EXPECT_EQ(report.wrongTime, S(4));
}

TEST(QosMetrics, RepeatedChangesToTheSameMindAreOne)
{
    const QosReport report =
        MeasureQos({{S(1), false}, {S(2), true}, {S(3), true}, {S(4), false}, {S(5), false}},
                   {},
                   S(0),
                   S(10));
    ASSERT_EQ(report.mistakes.size(), 1U);
    EXPECT_EQ(report.mistakes[0].duration, S(2));
}

TEST(QosMetrics, NoMistakeInHHoursBoundsTheRateByThreeOverH)
{
    const QosReport report = MeasureQos({}, {}, S(0), S(7200));
    EXPECT_DOUBLE_EQ(*report.Statistics().MistakesPerHour(), 0);
    EXPECT_DOUBLE_EQ(*report.Statistics().MistakesPerHourBound(), 1.5);
    EXPECT_DOUBLE_EQ(*report.Statistics().QueryAccuracy(), 1);
    EXPECT_FALSE(report.Statistics().recurrences.MeanSeconds().has_value());
}

TEST(QosMetrics, WithoutExposureThereIsNoRate)
{
    const QosReport report = MeasureQos({}, {{S(0), std::nullopt}}, S(0), S(10));
    EXPECT_FALSE(report.Statistics().MistakesPerHour().has_value());
    EXPECT_FALSE(report.Statistics().MistakesPerHourBound().has_value());
    EXPECT_FALSE(report.Statistics().QueryAccuracy().has_value());
}

TEST(QosMetrics, TrustComesBackAfterAFaultOrStandsAlready)
{
    const std::vector<SuspicionChange> mind{{S(10), true},
                                            {S(12), false},
                                            {S(20), true},
                                            {S(25), true},
                                            {S(31.5), false},
                                            {S(33), true}};
    const std::optional<Nanos> never;

    const struct
    {
        double from;
        double end;
        std::optional<Nanos> expected;
        const char* why;
    } cases[] = {{5, 50, S(0), "nothing was suspected yet"},
                 {11, 50, S(1), "suspected at the end of the fault"},
                 {12, 50, S(0), "trusted at that very moment"},
                 {15, 50, S(0), "trusted before"},
                 {30, 50, S(1.5), "suspected twice over"},
                 {20, 50, S(11.5), "suspected at that very moment"},
                 {30, 31.5, never, "the observation ends before"},
                 {33, 50, never, "never again"},
                 {19, 50, S(0), "what is suspected later is another matter"}};

    for (const auto& each : cases)
    {
        EXPECT_EQ(TimeToTrust(mind, S(each.from), S(each.end)), each.expected) << each.why;
    }
    EXPECT_EQ(TimeToTrust({}, S(1), S(2)), S(0));
}

TEST(QosMetrics, RefuseWhatIsOutOfOrder)
{
    EXPECT_THROW(MeasureQos({{S(2), true}, {S(1), false}}, {}, S(0), S(9)), std::invalid_argument);
    EXPECT_THROW(MeasureQos({}, {{S(3), S(2)}}, S(0), S(9)), std::invalid_argument);
    EXPECT_THROW(MeasureQos({}, {{S(1), S(3)}, {S(2), S(4)}}, S(0), S(9)), std::invalid_argument);
    EXPECT_THROW(MeasureQos({}, {{S(1), std::nullopt}, {S(2), S(4)}}, S(0), S(9)),
                 std::invalid_argument);
    EXPECT_THROW(MeasureQos({}, {}, S(9), S(0)), std::invalid_argument);
    EXPECT_THROW(MeasureQos({}, {}, S(0), S(9), S(-1)), std::invalid_argument);
}

} // namespace ns3::detection
