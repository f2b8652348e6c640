#include "ns3/fault-exposure.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace ns3::faults
{

namespace
{

using detection::FaultInterval;

Nanos
S(double seconds)
{
    return Nanos(static_cast<int64_t>(seconds * 1e9));
}

DownSpan
Down(uint32_t node, double start, std::optional<double> end)
{
    DownSpan down;
    down.node = node;
    down.span = {S(start), end ? std::make_optional(S(*end)) : std::nullopt};
    return down;
}

CutSpan
CutFrom(uint32_t from, uint32_t to, double start, std::optional<double> end)
{
    return {{S(start), end ? std::make_optional(S(*end)) : std::nullopt}, {from, to}};
}

/** Intervals as 1-2 5-, in seconds. */
std::string
ToText(const std::vector<FaultInterval>& times)
{
    std::string text;
    for (const FaultInterval& time : times)
    {
        const auto seconds = [](Nanos t) { return std::to_string(t.count() / 1000000000); };
        text += (text.empty() ? "" : " ") + seconds(time.start) + "-" +
                (time.end ? seconds(*time.end) : "");
    }
    return text;
}

} // namespace

TEST(ExcusedTimes, AreThoseInWhichEitherIsDownOrAnyDirectionIsCut)
{
    FaultLog log;
    log.downs = {Down(1, 10, 12), Down(2, 20, 22), Down(3, 0, 99)};
    log.cuts = {CutFrom(1, 2, 30, 32), CutFrom(2, 1, 40, 42), CutFrom(1, 3, 0, 99)};
    EXPECT_EQ(ToText(ExcusedTimes(log, 1, 2)), "10-12 20-22 30-32 40-42");
    EXPECT_EQ(ToText(ExcusedTimes(log, 2, 1)), "10-12 20-22 30-32 40-42");
    EXPECT_EQ(ToText(ExcusedTimes(log, 4, 5)), "");
}

TEST(ExcusedTimes, AreJoinedWhereTheyOverlapOrTouch)
{
    FaultLog log;
    log.downs = {Down(2, 10, 20), Down(1, 15, 17), Down(1, 20, 25), Down(2, 50, {})};
    log.cuts = {CutFrom(1, 2, 24, 30), CutFrom(2, 1, 60, 70)};
    EXPECT_EQ(ToText(ExcusedTimes(log, 1, 2)), "10-30 50-");
}

TEST(SilentTimes, AreThoseInWhichNothingOfTheTargetsArrives)
{
    FaultLog log;
    log.downs = {Down(2, 20, 22), Down(3, 0, 99)};
    log.cuts = {CutFrom(1, 2, 30, 32), CutFrom(2, 1, 40, 42), CutFrom(2, 1, 21, 25)};
    EXPECT_EQ(ToText(SilentTimes(log, 1, 2)), "20-25 40-42");
    EXPECT_EQ(ToText(SilentTimes(log, 2, 1)), "30-32");
}

TEST(SilentTimes, ThatTheObserverMissedAreLeftOut)
{
    FaultLog log;
    log.downs = {Down(2, 10, 20), Down(2, 30, 40), Down(2, 50, {}), Down(1, 19, 21)};
    EXPECT_EQ(ToText(SilentTimes(log, 1, 2)), "30-40 50-");
    log.downs.push_back(Down(1, 90, {}));
    EXPECT_EQ(ToText(SilentTimes(log, 1, 2)), "30-40");
    log.downs.push_back(Down(1, 20.5, 30));
    EXPECT_EQ(ToText(SilentTimes(log, 1, 2)), "30-40") << "up again in time";
}

} // namespace ns3::faults
