#include "program-runner.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace nctest;

namespace
{

const std::string PUT_A =
    R"({"client":1,"op":"put","key":"k","value":"a","call":1.000000000,"ret":2.000000000})"
    "\n";
const std::string PUT_B = R"({"client":2,"op":"put","key":"k","value":"b","call":3,"ret":4})"
                          "\n";
const std::string GET_A = R"({"client":3,"op":"get","key":"k","value":"a","call":5.5,"ret":6})"
                          "\n";
const std::string UNKNOWN = R"({"client":4,"op":"get","key":"k","value":"","call":7,"ret":-1})"
                            "\n";

class CheckHistory : public testing::Test
{
  protected:
    std::string Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(m_folder / name, std::ios::binary) << text;
        return m_folder / name;
    }

    void ExpectRefused(const std::string& arguments, const std::string& message) const
    {
        const auto result = RunProgramLine("check-history " + arguments);
        EXPECT_EQ(result.status, 2) << arguments;
        EXPECT_EQ(result.errors, "check-history: " + message + "\n");
        EXPECT_EQ(result.output, "") << arguments;
    }

    const TemporaryFolder m_folder;
};

/** A line that is no operation, and what is said about it. */
struct BadLine
{
    std::string line;
    std::string message;
};

/** A good line in which one thing is something else. */
std::string
With(const std::string& from, const std::string& to)
{
    std::string line = PUT_B;
    const auto at = line.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return line.replace(at, from.size(), to);
}

} // namespace

TEST_F(CheckHistory, PrintsForEachFileItsSizeAndItsVerdict)
{
    const std::string good = Write("good", PUT_A + PUT_B + UNKNOWN);
    const std::string noEnd = Write("no-end", PUT_A + GET_A.substr(0, GET_A.size() - 1));
    const std::string empty = Write("empty", "");
    const auto result = RunProgramLine("check-history " + good + " " + noEnd + " " + empty);
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.output,
              good + ": 3 operations, 1 of unknown outcome: linearizable\n" + noEnd +
                  ": 2 operations, 0 of unknown outcome: linearizable\n" + empty +
                  ": 0 operations, 0 of unknown outcome: linearizable\n");
    EXPECT_EQ(result.errors, "");
}

TEST_F(CheckHistory, NamesTheLineThatGaveAViolationAwayAndChecksTheFilesAfterIt)
{
    const std::string bad = Write("bad", PUT_A + PUT_B + UNKNOWN + GET_A);
    const std::string good = Write("good", PUT_A);
    const auto result = RunProgramLine("check-history " + bad + " " + good);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(
        result.output,
        bad + ": 4 operations, 1 of unknown outcome: not linearizable\n" + bad +
            ":4: key \"k\": client 3's get from 5.5 s to 6 s read \"a\", which had been there "
            "by 2 s (client 1's put), but \"b\" came in between (client 2's put from 3 s to 4 "
            "s)\n" +
            good + ": 1 operation, 0 of unknown outcome: linearizable\n");
    EXPECT_EQ(result.errors, "");
}

TEST_F(CheckHistory, TellsNanosecondsApartAfterHoursOfSimulatedTime)
{
    const auto line = [](const std::string& op, const std::string& times) {
        return R"({"client":1,"key":"k","value":"a","op":")" + op + "\"," + times + "}\n";
    };
    const std::string put =
        line("put", R"("call":2345678.000000001,"ret":2345679,"note":"fields of others pass")");
    const std::string touches = line("get", R"("call":2345677,"ret":2345678.000000001)");
    const std::string before = line("get", R"("call":2345677,"ret":2345678.000000000)");
    EXPECT_EQ(RunProgramLine("check-history " + Write("a", put + touches)).status, 0);
    EXPECT_EQ(RunProgramLine("check-history " + Write("b", put + before)).status, 1);
}

TEST_F(CheckHistory, RefusesALineThatIsNoOperationNamingFileLineAndWhatWasExpected)
{
    const std::string object = "this is no operation: expected a JSON object with client, op, key, "
                               "value, call and ret";
    const std::string client = ": expected a whole number from 1 to 4294967295";
    const std::string call = ": expected seconds from 0 to 4000000";
    const std::string ret = ": expected seconds from call to 4000000, or -1 where it is unknown";
    const std::string unique = ": expected unique values, none of them empty (a missing key reads "
                               "as \"\")";
    const std::vector<BadLine> cases{
        {"\n", object},
        {"nonsense\n", object},
        {"[1,2]\n", object},
        {"42\n", object},
        {PUT_B.substr(0, 30), object},
        {PUT_B.substr(0, PUT_B.size() - 1) + PUT_B, object},
        {With("\"k\"", "\"\xff\""), object},
        {With("\"k\"", std::string("\"\0\"", 3)), object},
        {std::string(100000, '[') + "\n", object},
        {"{}\n", "client is missing" + client},
        {With("2", "0"), "client is 0" + client},
        {With("2", "-1"), "client is -1" + client},
        {With("2", "1.5"), "client is 1.5" + client},
        {With("2", "4294967296"), "client is 4294967296" + client},
        {With("2", "\"2\""), "client is \"2\"" + client},
        {With("\"op\"", "\"do\""), R"(op is missing: expected "put" or "get")"},
        {With("put", "delete"), R"(op is "delete": expected "put" or "get")"},
        {With("\"put\"", "null"), R"(op is null: expected "put" or "get")"},
        {With("\"key\"", "\"Key\""), "key is missing: expected text"},
        {With("\"k\"", "7"), "key is 7: expected text"},
        {With("\"value\"", "\"val\""), "value is missing: expected text"},
        {With("\"b\"", "{\"b\":[]}"), "value is {\"b\":[]}: expected text"},
        {With("\"b\"", "[\"" + std::string(50, 'x') + "\"]"),
         "value is [\"" + std::string(38, 'x') + "...: expected text"},
        {With("\"call\"", "\"at\""), "call is missing" + call},
        {With("3", "\"3\""), "call is \"3\"" + call},
        {With("3", "-3"), "call is -3" + call},
        {With("3", "4000000.1"), "call is 4000000.1" + call},
        {With("3", "1e999"), object},
        {With("\"ret\"", "\"end\""), "ret is missing" + ret},
        {With("4", "null"), "ret is null" + ret},
        {With("4", "2.999999999"), "ret is 2.999999999" + ret},
        {With("4", "-0.5"), "ret is -0.5" + ret},
        {With("4", "1e300"), "ret is 1e+300" + ret},
        {With("\"b\"", "\"\""), "value is \"\"" + unique},
        {With("\"b\"", "\"a\""),
         "value is \"a\"" + unique + ", but line 1 puts it to the same key"},
    };
    for (std::size_t i = 0; i < cases.size(); ++i)
    {
        const std::string path = Write(std::to_string(i), PUT_A + cases[i].line + GET_A);
        ExpectRefused(path, std::string(path).append(":2: ").append(cases[i].message));
    }
}

TEST_F(CheckHistory, RefusesALineThatDoesNotEnd)
{
    const std::string path = Write("long", PUT_A + "{\"client\":" + std::string(3000000, ' '));
    ExpectRefused(path, path + ":2: this line is too long: expected 1 MiB at most");
}

TEST_F(CheckHistory, TakesTheSameValueOfTwoKeysAndReadsOfAnyValue)
{
    const std::string path =
        Write("keys",
              PUT_A + With("\"k\",\"value\":\"b\"", "\"l\",\"value\":\"a\"") + GET_A + GET_A);
    EXPECT_EQ(RunProgramLine("check-history " + path).status, 0);
}

TEST_F(CheckHistory, RefusesArgumentsThatAreNoFilesAndPrintsItsHelp)
{
    const std::string folder = m_folder.path;
    ExpectRefused("", "no file given: expected one history.ndjson at least, see --help");
    ExpectRefused("--fast", "unrecognised option '--fast': expected files, see --help");
    ExpectRefused(folder, "cannot read " + folder + ": expected a history.ndjson");
    ExpectRefused("/no/such.ndjson", "cannot read /no/such.ndjson: expected a history.ndjson");
    for (const char* option : {"--help", "-h"})
    {
        const auto help = RunProgramLine(std::string("check-history ") + option);
        EXPECT_EQ(help.status, 0);
        for (const char* part : {"Usage: check-history FILE...", "Exit status", "--help"})
        {
            EXPECT_NE(help.output.find(part), std::string::npos) << part;
        }
    }
}

TEST_F(CheckHistory, WhatClientsSeeOfAClusterUnderFaultsIsLinearizable)
{
    std::string files;
    for (const char* network : {"--loss=0.02", "--transport=tcp"})
    {
        for (int seed = 1; seed <= 2; ++seed)
        {
            const std::string out = m_folder / (network + std::to_string(seed));
            const auto run = RunProgramLine(
                "consensus-scenario --quiet --duration=30s --clients=4 --request-rate=200"
                " --fault=process-crash@3s+2s:node=leader --fault=partition@7s+3s:node=leader"
                " --fault=omission@12s+3s:node=leader --fault=disk-stall@16s+2s:node=leader"
                " --fault=flapping@20s+3s:node=leader --fault=host-crash@24s+3s:node=leader"
                " --ns3::RaftClientApplication::Timeout=1s --RngRun=" +
                std::to_string(seed) + " " + network + " --out=" + out);
            ASSERT_EQ(run.status, 0) << run.errors;
            files += " " + out + "/history.ndjson";
        }
    }
    const auto result = RunProgramLine("check-history" + files);
    EXPECT_EQ(result.status, 0) << result.output << result.errors;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 4);
    EXPECT_EQ(result.output.find(", 0 of unknown outcome"), std::string::npos)
        << "nothing went wrong, so little was checked:\n"
        << result.output;
}

TEST_F(CheckHistory, AValueThatARunNeverReturnedIsNoticedInItsHistory)
{
    const std::string out = m_folder / "run";
    ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --duration=5s --out=" + out).status, 0);
    std::string history = ReadAll(out + "/history.ndjson");
    // The last line that reads a value: an answer from before the first put.
    const std::string read = "\"op\":\"get\"";
    const auto last = history.rfind(read);
    ASSERT_NE(last, std::string::npos);
    const auto value = history.find("\"value\":\"c", last);
    ASSERT_NE(value, std::string::npos);
    history.replace(value + 9, history.find('"', value + 9) - value - 9, "c0-0");
    const auto result = RunProgramLine("check-history " + Write("changed", history));
    EXPECT_EQ(result.status, 1) << result.errors;
    EXPECT_NE(result.output.find("read \"c0-0\", but nobody ever put it"), std::string::npos)
        << result.output;
}
