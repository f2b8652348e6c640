#include "detection-test-support.h"

#include "ns3/detector-parameter-reader.h"
#include "ns3/failure-detector.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <tuple>

namespace ns3::detection
{

namespace
{

std::string
ErrorOf(const std::string& name, const DetectorParameters& parameters)
{
    try
    {
        MakeFailureDetector(name, parameters);
    }
    catch (const std::invalid_argument& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

TEST(MakeFailureDetector, MakesEveryDetectorItNames)
{
    for (const std::string& name : FailureDetectorNames())
    {
        EXPECT_NE(MakeFailureDetector(name, {}), nullptr) << name;
    }
}

TEST(MakeFailureDetector, ReadsTimesAsNs3WritesThemAndBareNumbersAsSeconds)
{
    for (const auto& [text, ms] : {std::tuple{"250ms", 250.0},
                                   {"0.25", 250.0},
                                   {"1.5s", 1500.0},
                                   {"2min", 120000.0},
                                   {"1h", 3600000.0},
                                   {"300us", 0.3},
                                   {"7000ns", 0.007}})
    {
        auto detector = MakeFailureDetector("fixed-timeout", {{"timeout", text}});
        detector->Start(Nanos(0));
        EXPECT_EQ(detector->Deadline(), Ms(ms)) << text;
    }
}

TEST(MakeFailureDetector, HasADefaultTimeoutOfHalfASecond)
{
    auto detector = MakeFailureDetector("fixed-timeout", {});
    detector->Start(Nanos(0));
    EXPECT_EQ(detector->Deadline(), Ms(500));
}

TEST(MakeFailureDetector, PassesEveryParameterOfPhiOn)
{
    // first 1 s seeds mean 1000, deviation 250; the floor lifts it to 500; the pause adds 100.
    auto detector = MakeFailureDetector("phi-gaussian",
                                        {{"threshold", "0.3010299956639812"},
                                         {"window", "5"},
                                         {"min-std", "500ms"},
                                         {"pause", "100ms"},
                                         {"first", "1"}});
    detector->Start(Nanos(0));
    EXPECT_NEAR(static_cast<double>(detector->Deadline()->count()), 1100e6, 1e3);
    EXPECT_NEAR(detector->Level(Ms(4100)), 9.006, 1e-3);
}

TEST(MakeFailureDetector, NamesWhatIsWrong)
{
    const auto says = [](const std::string& error, const std::string& part) {
        EXPECT_NE(error.find(part), std::string::npos) << error;
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    };
    says(ErrorOf("phi", {}),
         "unknown detector \"phi\", expected one of fixed-timeout, chen-nfd-s, ");
    says(ErrorOf("fixed-timeout", {{"time", "1"}}), "\"time\", expected one of gossip, timeout");
    says(ErrorOf("phi-gaussian", {{"timeout", "1"}}),
         "expected one of first, gossip, min-std, pause");
    for (const char* bad :
         {"", "abc", "-1s", "0", "0ms", "nan", "inf", "1e300h", "5 ms", "5parsecs"})
    {
        says(ErrorOf("fixed-timeout", {{"timeout", bad}}),
             "timeout=" + std::string(bad) + ", expected a time above 0");
    }
    for (const char* bad : {"", "x", "0", "-8", "8x", "nan", "inf"})
    {
        says(ErrorOf("phi-gaussian", {{"threshold", bad}}), "expected a number above 0");
    }
    for (const char* bad : {"", "1", "-5", "2.5", "1000001", "99999999999999999999"})
    {
        says(ErrorOf("phi-gaussian", {{"window", bad}}),
             "expected a whole number from 2 to 1000000");
    }
    says(ErrorOf("phi-gaussian", {{"pause", "-1ms"}}), "expected a time from 0 up");
}

TEST(ParseDetectorSpec, SplitsNameAndParameters)
{
    EXPECT_EQ(ParseDetectorSpec("phi-gaussian").name, "phi-gaussian");
    EXPECT_TRUE(ParseDetectorSpec("phi-gaussian").parameters.empty());
    const DetectorSpec spec = ParseDetectorSpec("phi-gaussian:threshold=8,min-std=10ms");
    EXPECT_EQ(spec.name, "phi-gaussian");
    EXPECT_EQ(spec.parameters, (DetectorParameters{{"threshold", "8"}, {"min-std", "10ms"}}));
}

TEST(ParseDetectorSpec, RefusesWhatIsNoListOfParameters)
{
    for (const char* bad : {"a:", "a:b", "a:=1", "a:b=1,", "a:b=1,,c=2", "a:b=1,b=2"})
    {
        EXPECT_THROW(ParseDetectorSpec(bad), std::invalid_argument) << bad;
    }
}

TEST(GossipQuorum, IsAKeyOfAnyDetectorAndNoneOfItsBusiness)
{
    for (const std::string& name : FailureDetectorNames())
    {
        EXPECT_EQ(GossipQuorum(ParseDetectorSpec(name)), 0U);
        const DetectorSpec spec = ParseDetectorSpec(name + ":gossip=256");
        EXPECT_EQ(GossipQuorum(spec), 256U) << name;
        const auto detector = MakeFailureDetector(spec.name, spec.parameters);
        const auto plain = MakeFailureDetector(spec.name, {});
        detector->Start(Nanos(0));
        plain->Start(Nanos(0));
        EXPECT_EQ(detector->Deadline(), plain->Deadline());
    }
}

TEST(GossipQuorum, IsANumberOfObservers)
{
    for (const std::string value : {"", "0", "257", "-1", "2.5", "two", "99999999999999999999"})
    {
        const std::string expected =
            "detector cassandra: gossip=" + value + ", expected a whole number from 1 to 256";
        EXPECT_EQ(ErrorOf("cassandra", {{"gossip", value}}), expected);
        EXPECT_THROW(GossipQuorum({"cassandra", {{"gossip", value}}}), std::invalid_argument);
    }
}

} // namespace ns3::detection
