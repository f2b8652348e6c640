#include "ns3/consensus-option-values.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

using Texts = std::vector<std::string>;

std::string
Refusal(const std::string& text, const std::string& expected)
{
    return "option --knob: '" + text + "' is not " + expected;
}

/** Expects that each text is refused in one line that names option and text and what is wanted. */
void
ExpectRefused(const std::function<void(const std::string& text)>& read,
              const Texts& texts,
              const std::string& expected)
{
    for (const std::string& text : texts)
    {
        try
        {
            read(text);
            ADD_FAILURE() << "'" << text << "' was taken";
        }
        catch (const std::invalid_argument& e)
        {
            EXPECT_EQ(e.what(), Refusal(text, expected));
        }
    }
}

const Texts NO_NUMBERS{"",     " ",   "five", "nan", "inf", "-inf", "0x10", "1e400",
                       "1..5", "1,5", "5 6",  " 5",  "5 ",  "5x",   "--5",  "+5",
                       "1e",   ".",   "-",    "e5",  "5\n", "1/2",  "1e5e", "\t1"};

} // namespace

TEST(OptionValues, ATimeHasAUnitOrIsInSeconds)
{
    struct Case
    {
        std::string text;
        Time time;
    };

    const std::vector<Case> cases{{"20s", Seconds(20)},
                                  {"150ms", MilliSeconds(150)},
                                  {"2.5", MilliSeconds(2500)},
                                  {"0", Time(0)},
                                  {"0s", Time(0)},
                                  {".5s", MilliSeconds(500)},
                                  {"1e-3", MilliSeconds(1)},
                                  {"1us", MicroSeconds(1)},
                                  {"1ns", NanoSeconds(1)},
                                  {"1.5min", Seconds(90)},
                                  {"2h", Seconds(7200)},
                                  {"1d", Seconds(86400)}};
    for (const Case& each : cases)
    {
        EXPECT_EQ(ReadTimeValue("knob", each.text), each.time) << each.text;
    }
}

TEST(OptionValues, WhatIsNoTimeIsRefused)
{
    const auto read = [](const std::string& text) { ReadTimeValue("knob", text); };
    const std::string expected = "a time such as 20s, 150ms or 2.5 (seconds)";
    ExpectRefused(read, NO_NUMBERS, expected);
    ExpectRefused(
        read,
        {"-1ms", "-1", "s", "5 s", "5S", "5parsec", "5ss", "1s2", "infs", "1e300s", "20000d"},
        expected);
}

TEST(OptionValues, ANumberIsTakenWithinItsRangeWhoseEndsCount)
{
    const auto read = [](const std::string& text) {
        return ReadNumberValue("knob", text, -2, 1000, "a number from -2 to 1000");
    };
    EXPECT_EQ(read("-2"), -2);
    EXPECT_EQ(read("1000"), 1000);
    EXPECT_EQ(read("1e3"), 1000);
    EXPECT_EQ(read("0.25"), 0.25);
    EXPECT_EQ(read("-.5"), -0.5);
    EXPECT_EQ(read("5."), 5);
    ExpectRefused(read, NO_NUMBERS, "a number from -2 to 1000");
    ExpectRefused(read, {"-2.001", "1000.1", "1e4", "-1e9"}, "a number from -2 to 1000");
}

TEST(OptionValues, AShareIsFromZeroToOne)
{
    const auto read = [](const std::string& text) { return ReadShareValue("knob", text); };
    EXPECT_EQ(read("0"), 0);
    EXPECT_EQ(read("0.01"), 0.01);
    EXPECT_EQ(read("1"), 1);
    ExpectRefused(read, NO_NUMBERS, "a share from 0 to 1");
    ExpectRefused(read, {"-0.1", "1.0001", "5%", "100"}, "a share from 0 to 1");
}

TEST(OptionValues, ACountIsWholeAndWithinItsRange)
{
    const uint32_t most = std::numeric_limits<uint32_t>::max();
    const auto read = [](const std::string& text) { return ReadCountValue("knob", text, 1, 200); };
    EXPECT_EQ(read("1"), 1U);
    EXPECT_EQ(read("200"), 200U);
    EXPECT_EQ(ReadCountValue("knob", "0", 0, most), 0U);
    EXPECT_EQ(ReadCountValue("knob", "4294967295", 0, most), most);
    ExpectRefused(read, NO_NUMBERS, "a whole number from 1 to 200");
    ExpectRefused(read, {"0", "201", "-1", "2.5", "1e9"}, "a whole number from 1 to 200");
    ExpectRefused([most](const std::string& text) { ReadCountValue("knob", text, 0, most); },
                  {"4294967296", "-1"},
                  "a whole number from 0 to 4294967295");
}

TEST(OptionValues, ARateIsAboveZero)
{
    const auto read = [](const std::string& text) { return ReadRateValue("knob", text); };
    EXPECT_EQ(read("100Mbps"), DataRate(100000000));
    EXPECT_EQ(read("1.5Gbps"), DataRate(1500000000));
    EXPECT_EQ(read("64kb/s"), DataRate(64000));
    EXPECT_EQ(read("9600bps"), DataRate(9600));
    EXPECT_EQ(read("9600"), DataRate(9600));
    EXPECT_EQ(read("1000000000000bps"), DataRate(1000000000000));
    EXPECT_EQ(read("2GiB/s"), DataRate(2ULL << 33));
    const std::string expected = "a data rate such as 100Mbps";
    ExpectRefused(read, NO_NUMBERS, expected);
    ExpectRefused(read,
                  {"fast",
                   "0bps",
                   "0",
                   "0.2bps",
                   "Mbps",
                   "-1bps",
                   "5 Mbps",
                   "5Mbps ",
                   "5parsec",
                   "100Mbpss",
                   "1.2.3Mbps",
                   "1e3bps",
                   "99999999999999999999",
                   "99999999999Gbps"},
                  expected);
}

TEST(OptionValues, BurstLossIsAShareAndPossiblyALengthOfBursts)
{
    const GilbertElliottLoss share = ReadBurstLossValue("knob", "0.02");
    EXPECT_EQ(share.meanLoss, 0.02);
    EXPECT_EQ(share.meanBurstLength, GilbertElliottLoss{}.meanBurstLength);
    const GilbertElliottLoss both = ReadBurstLossValue("knob", "0.5:12.5");
    EXPECT_EQ(both.meanLoss, 0.5);
    EXPECT_EQ(both.meanBurstLength, 12.5);
}

TEST(OptionValues, WhatIsNoBurstLossIsRefusedByItsPart)
{
    struct Case
    {
        std::string text;
        std::string message;
    };

    const std::string share = "a share from 0 to 1";
    const std::string length = "a mean burst length of at least 1 packet";
    const std::vector<Case> cases{{"", "'' is not " + share},
                                  {":4", "'' is not " + share},
                                  {"1.5:4", "'1.5' is not " + share},
                                  {"0.1:", "'' is not " + length},
                                  {"0.1:0.5", "'0.5' is not " + length},
                                  {"0.1:nan", "'nan' is not " + length},
                                  {"0.1:1e7", "'1e7' is not " + length},
                                  {"0.1:4:4", "'4:4' is not " + length}};
    for (const Case& each : cases)
    {
        try
        {
            ReadBurstLossValue("knob", each.text);
            ADD_FAILURE() << "'" << each.text << "' was taken";
        }
        catch (const std::invalid_argument& e)
        {
            EXPECT_EQ(e.what(), "option --knob: " + each.message);
        }
    }
}

TEST(OptionValues, FaultWeightsChangeTheKindsThatTheyName)
{
    const auto usual = faults::RandomPlanOptions().weights;
    EXPECT_EQ(ReadFaultWeightsValue("knob", ""), usual);
    auto expected = usual;
    expected[static_cast<std::size_t>(faults::FaultKind::PARTITION)] = 0;
    expected[static_cast<std::size_t>(faults::FaultKind::SLOW_CPU)] = 2.5;
    EXPECT_EQ(ReadFaultWeightsValue("knob", "partition:0,slow-cpu:2.5"), expected);
    ExpectRefused([](const std::string& text) { ReadFaultWeightsValue("knob", text); },
                  {"meteor:1",
                   "partition",
                   "partition:",
                   ":1",
                   "partition:-1",
                   "partition:nan",
                   "partition:1:1",
                   "partition:1e7",
                   "minority-crash:1",
                   "cascade:0.5"},
                  "KIND:WEIGHT with a kind of fault other than minority-crash and cascade, and a "
                  "weight from 0 to 1000000");
}

TEST(OptionValues, FaultWeightsLeaveSomeKindToBeDrawn)
{
    std::string none;
    for (const std::string& kind : faults::FaultKindNames())
    {
        none += (none.empty() ? "" : ",") + kind + ":0";
    }
    ExpectRefused([](const std::string& text) { ReadFaultWeightsValue("knob", text); },
                  {none},
                  "a weight above 0 for some kind");
}
