#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>

using namespace nctest;

namespace
{

/** Whether a line of the text is all of the pattern. */
bool
HasLine(const std::string& text, const std::string& pattern)
{
    return std::regex_search(text, std::regex("(^|\n)" + pattern + "\n"));
}

} // namespace

TEST(ScenarioSummary, ARunWithoutDetectorsOrFaultsEndsWithHowTheClusterAndItsClientsFared)
{
    const auto result = RunProgramLine("consensus-scenario --duration=10s");
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_TRUE(HasLine(result.output,
                        "Raft: 1 elections won, highest term 1, [0-9]+ entries committed,"
                        " [12]\\.[0-9]{3} s without a leader"))
        << result.output;
    EXPECT_TRUE(HasLine(result.output,
                        "Clients: [0-9]+ of [0-9]+ operations answered, [0-9.]+/s,"
                        " median [0-9.]+ ms, 99th percentile [0-9.]+ ms, longest [0-9.]+ ms"))
        << result.output;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 2);
    EXPECT_EQ(result.errors, "");
}

TEST(ScenarioSummary, WithoutClientsThereIsNoLineAboutThemAndQuietRunsSayNothing)
{
    const auto result = RunProgramLine("consensus-scenario --duration=5s --clients=0");
    ASSERT_EQ(result.status, 0);
    EXPECT_EQ(result.output.find("Clients"), std::string::npos) << result.output;
    EXPECT_EQ(result.output.rfind("Raft: ", 0), 0U) << result.output;
    EXPECT_EQ(RunProgramLine("consensus-scenario --duration=5s --quiet").output, "");
}

TEST(ScenarioOperator, OperationsAreListedInTheSummaryWithTheTimesAtWhichTheyWereDone)
{
    const TemporaryFolder folder;
    const auto result = RunProgramLine(
        "consensus-scenario --quiet --duration=20s --voters=3 --out=" + (folder / "r") +
        " --operation=transfer@12s:node=5 --operation=add@5s:node=4"
        " --operation=add@5s:node=5 --operation=remove@9s:node=1"
        " --operation=remove@19999ms:node=2 --check-invariants");
    ASSERT_EQ(result.status, 0) << result.errors;
    const auto summary = nlohmann::json::parse(ReadAll(folder / "r/summary.json"));
    EXPECT_EQ(summary["options"]["voters"], "3");
    const auto& operations = summary["operations"];
    ASSERT_EQ(operations.size(), 5U);
    const char* const texts[] = {"add@5.0s:node=4",
                                 "add@5.0s:node=5",
                                 "remove@9.0s:node=1",
                                 "transfer@12.0s:node=5",
                                 "remove@19.999s:node=2"};
    double last = 5;
    for (std::size_t i = 0; i < 5; ++i)
    {
        EXPECT_EQ(operations[i]["operation"], texts[i]);
        if (i < 4)
        {
            EXPECT_GE(operations[i]["done_s"], last) << texts[i];
            last = operations[i]["done_s"];
        }
    }
    EXPECT_LT(last, 15);
    EXPECT_TRUE(operations[4]["done_s"].is_null()) << "there was no time for it";
}
