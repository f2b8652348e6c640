#include "temporary-folder.h"

#include "ns3/consensus-program.h"

#include <boost/program_options.hpp>
#include <gtest/gtest.h>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using nctest::TemporaryFolder;

namespace
{

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

/** What the options below were set to. */
struct Values
{
    uint64_t nodes{0};
    std::string topology;
    Texts faults;
    bool quiet{false};
};

/** Parses `arguments` as a program with five options would. */
Values
Parse(Texts arguments, Texts* unknown = nullptr)
{
    po::options_description described;
    described.add_options()("config", po::value<std::string>())(
        "nodes",
        po::value<WholeNumber>()->default_value({5})->notifier([](const WholeNumber& number) {
            if (number.value > 200)
            {
                throw std::invalid_argument("nodes is " + std::to_string(number.value) +
                                            ": expected 1 to 200");
            }
        }))("topology", po::value<std::string>()->default_value("lan"))(
        "fault",
        po::value<Texts>()->default_value({}, ""))("quiet", po::bool_switch());
    arguments.insert(arguments.begin(), "program");
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
    {
        pointers.push_back(argument.data());
    }
    const po::variables_map values =
        ParseOptions(static_cast<int>(pointers.size()), pointers.data(), described, unknown);
    return {values["nodes"].as<WholeNumber>().value,
            values["topology"].as<std::string>(),
            values["fault"].as<Texts>(),
            values["quiet"].as<bool>()};
}

/** @return the message of what Parse() throws, or nothing */
std::string
Refusal(const Texts& arguments, Texts* unknown = nullptr)
{
    try
    {
        Parse(arguments, unknown);
    }
    catch (const std::exception& e)
    {
        return e.what();
    }
    return {};
}

/** Collects what goes to a stream. */
class Captured
{
  public:
    explicit Captured(std::ostream& stream)
        : m_stream(stream),
          m_before(stream.rdbuf(m_text.rdbuf()))
    {
    }

    ~Captured()
    {
        m_stream.rdbuf(m_before);
    }

    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;

    std::string Text() const
    {
        return m_text.str();
    }

  private:
    std::ostream& m_stream;
    std::ostringstream m_text;
    std::streambuf* m_before;
};

} // namespace

TEST(ParseOptions, GivesDefaultsWhereNothingIsSaid)
{
    const Values values = Parse({});
    EXPECT_EQ(values.nodes, 5U);
    EXPECT_EQ(values.topology, "lan");
    EXPECT_TRUE(values.faults.empty());
    EXPECT_FALSE(values.quiet);
}

TEST(ParseOptions, TakesAValueAfterAnEqualsSignOrASpace)
{
    const Values values = Parse({"--nodes=7", "--topology", "wan", "--quiet"});
    EXPECT_EQ(values.nodes, 7U);
    EXPECT_EQ(values.topology, "wan");
    EXPECT_TRUE(values.quiet);
}

TEST(ParseOptions, CollectsAnOptionThatMayBeGivenSeveralTimes)
{
    EXPECT_EQ(Parse({"--fault=a@1s", "--fault=b@2s"}).faults, (Texts{"a@1s", "b@2s"}));
}

TEST(ParseOptions, TheCommandLineWinsOverTheFileAndTheFileOverDefaults)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "a.ini") << "# a comment\nnodes = 7\ntopology=wan\n\nfault = a@1s\n"
                                       "fault = b@2s\n";
    const Values values = Parse({"--nodes=9", "--config=" + (folder / "a.ini")});
    EXPECT_EQ(values.nodes, 9U);
    EXPECT_EQ(values.topology, "wan");
    EXPECT_EQ(values.faults, (Texts{"a@1s", "b@2s"}));
}

TEST(ParseOptions, HandsOnWhatIsNotDescribedTheFileFirst)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "a.ini") << "RngRun = 3\nnodes = 7\nns3::Raft::Interval = 50ms\n";
    Texts unknown;
    const Values values = Parse(
        {"--RngRun=4", "--nodes=9", "--PrintGlobals", "stray", "--config=" + (folder / "a.ini")},
        &unknown);
    EXPECT_EQ(values.nodes, 9U);
    EXPECT_EQ(unknown,
              (Texts{"--RngRun=3",
                     "--ns3::Raft::Interval=50ms",
                     "--RngRun=4",
                     "--PrintGlobals",
                     "stray"}));
}

TEST(ParseOptions, RefusesInOneLineThatNamesTheThing)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "line.ini") << "nodes = 5\nthis is no line\n";
    std::ofstream(folder / "name.ini") << "knots = 5\n";
    std::ofstream(folder / "value.ini") << "nodes = five\n";

    struct Case
    {
        Texts arguments;
        std::string named;
    };

    const std::vector<Case> cases{
        {{"--bogus"}, "--bogus"},
        {{"--bogus=1"}, "--bogus"},
        {{"stray"}, "positional"},
        {{"--node=5"}, "--node"}, // names are not guessed from a prefix
        {{"--nodes"}, "--nodes"},
        {{"--nodes="}, "--nodes"},
        {{"--nodes=five"}, "five"},
        {{"--nodes=-1"}, "-1"},
        {{"--nodes=5", "--nodes=6"}, "--nodes"},
        {{"--nodes=201"}, "201"}, // from the notifier, unchanged
        {{"--quiet=1"}, "--quiet"},
        {{"--config=/no/such.ini"}, "/no/such.ini"},
        {{"--config=" + folder.path}, folder.path},
        {{"--config=" + (folder / "line.ini")}, "line.ini"},
        {{"--config=" + (folder / "name.ini")}, "knots"},
        {{"--config=" + (folder / "value.ini")}, "five"},
    };
    for (const Case& each : cases)
    {
        const std::string message = Refusal(each.arguments);
        EXPECT_NE(message.find(each.named), std::string::npos)
            << each.arguments.front() << " gives '" << message << "'";
        EXPECT_NE(message.find("expected"), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}

TEST(ParseOptions, ABadValueIsRefusedWhereUnknownOptionsAreHandedOnToo)
{
    Texts unknown;
    EXPECT_NE(Refusal({"--bogus", "--nodes=five"}, &unknown).find("five"), std::string::npos);
}

TEST(WholeNumber, ReadsDigitsAndNothingElse)
{
    struct Case
    {
        std::string text;
        bool good;
        uint64_t value;
    };

    const uint64_t most = std::numeric_limits<uint64_t>::max();
    const std::vector<Case> cases{{"0", true, 0},
                                  {"7", true, 7},
                                  {"007", true, 7},
                                  {"18446744073709551615", true, most},
                                  {"18446744073709551616", false, 0},
                                  {"-1", false, 0},
                                  {"-0", false, 0},
                                  {"+1", false, 0},
                                  {"1.0", false, 0},
                                  {"1e3", false, 0},
                                  {"0x10", false, 0},
                                  {"5k", false, 0},
                                  {"", false, 0},
                                  {"five", false, 0}};
    for (const Case& each : cases)
    {
        std::istringstream in(each.text);
        WholeNumber number;
        in >> number;
        EXPECT_EQ(!in.fail(), each.good) << "'" << each.text << "'";
        if (each.good)
        {
            EXPECT_EQ(number.value, each.value) << each.text;
        }
    }
    std::ostringstream out;
    out << WholeNumber{most};
    EXPECT_EQ(out.str(), "18446744073709551615");
}

TEST(RunProgram, ReturnsWhatTheBodyReturnsAndSaysNothing)
{
    const Captured errors(std::cerr);
    for (const int status : {0, 1, 7})
    {
        EXPECT_EQ(RunProgram("program", [status] { return status; }), status);
    }
    EXPECT_EQ(errors.Text(), "");
}

TEST(RunProgram, TurnsAnExceptionIntoOneLineAndStatusTwo)
{
    const std::vector<std::function<int()>> bodies{
        [&]() -> int { throw std::runtime_error("cannot read x:\nexpected\n\ty"); },
        [&]() -> int { throw std::invalid_argument("cannot read x:\nexpected\n\ty"); },
        [&]() -> int { throw std::logic_error("cannot read x:\nexpected\n\ty"); }};
    for (const auto& body : bodies)
    {
        const Captured errors(std::cerr);
        EXPECT_EQ(RunProgram("program", body), EXIT_USER_ERROR);
        EXPECT_EQ(errors.Text(), "program: cannot read x: expected \ty\n");
    }
    EXPECT_EQ(EXIT_USER_ERROR, 2);
}
