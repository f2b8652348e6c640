// qos.csv beside the other files of a run.
#include "csv-rows.h"
#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace nctest;

namespace
{

/** Rows of a CSV file by the names of its columns; a field in quotes may hold commas. */
std::vector<std::map<std::string, std::string>>
ReadTable(const std::string& path)
{
    std::istringstream lines(ReadAll(path));
    std::vector<std::map<std::string, std::string>> table;
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);)
    {
        std::vector<std::string> fields(1);
        bool quoted = false;
        for (char c : line)
        {
            quoted = c == '"' ? !quoted : quoted;
            if (c == ',' && !quoted)
            {
                fields.emplace_back();
            }
            else if (c != '"')
            {
                fields.back() += c;
            }
        }
        if (names.empty())
        {
            names = fields;
            continue;
        }
        EXPECT_EQ(fields.size(), names.size()) << line;
        table.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i)
        {
            table.back()[names[i]] = fields.at(i);
        }
    }
    return table;
}

const char* const RUN =
    "consensus-scenario --quiet --duration=60s --loss=0.05 --jitter=20ms"
    " --detector=fixed-timeout:timeout=150ms,phi-gaussian"
    " --detector=fixed-timeout:timeout=2s"
    " --detector=chen-nfd-e:alpha=50ms,window=64 --heartbeat-trace"
    " --fault=host-crash@20s+5s:node=3 --fault='partition@40s+4s:cut=1>2' --out=";

} // namespace

TEST(ScenarioQos, HasARowForEveryPairAndDetectorAndAgreesWithTheSummary)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine(RUN + (folder / "r")).status, 0);
    const auto rows = ReadTable(folder / "r/qos.csv");
    ASSERT_EQ(rows.size(), 20U * 4);
    EXPECT_EQ(rows[0].at("observer") + rows[0].at("target"), "12");
    EXPECT_EQ(rows[0].at("parameters"), "timeout=150ms");
    EXPECT_EQ(rows[1].at("detector") + rows[1].at("parameters"), "phi-gaussian");
    EXPECT_EQ(rows[2].at("parameters"), "timeout=2s");
    EXPECT_EQ(rows[3].at("parameters"), "alpha=50ms,window=64");

    const auto summary = nlohmann::json::parse(ReadAll(folder / "r/summary.json"));
    const char* const labels[] = {"fixed-timeout",
                                  "phi-gaussian",
                                  "fixed-timeout:timeout=2s",
                                  "chen-nfd-e"};
    for (std::size_t detector = 0; detector < 4; ++detector)
    {
        double hours = 0;
        double wrong = 0;
        std::size_t mistakes = 0;
        for (std::size_t row = detector; row < rows.size(); row += 4)
        {
            const double exposure = std::stod(rows[row].at("hours"));
            hours += exposure;
            wrong += exposure * (1 - std::stod(rows[row].at("p_a")));
            mistakes += std::stoul(rows[row].at("mistakes"));
        }
        const auto& expected = summary["detectors"][labels[detector]];
        EXPECT_NEAR(hours, expected["pair_hours"], 1e-9) << labels[detector];
        EXPECT_EQ(mistakes, expected["mistakes"]) << labels[detector];
        EXPECT_NEAR(1 - wrong / hours, expected["p_a"], 1e-9) << labels[detector];
    }
}

TEST(ScenarioQos, CountsHeartbeatsAndTheTimesInWhichAPeerFellSilent)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine(RUN + (folder / "r")).status, 0);
    std::map<std::string, std::size_t> heartbeats;
    for (const auto& row : ReadCsv(ReadAll(folder / "r/heartbeats.csv")))
    {
        ++heartbeats[row[0] + "," + row[1]];
    }
    for (const auto& row : ReadTable(folder / "r/qos.csv"))
    {
        const std::string pair = row.at("observer") + "," + row.at("target");
        EXPECT_EQ(row.at("heartbeats"), std::to_string(heartbeats.at(pair)));
        // All see 3 die but itself, and only 2 hears nothing of 1 while 1 still hears 2.
        const bool silent = row.at("target") == "3" || pair == "2,1";
        EXPECT_EQ(row.at("crashes"), silent ? "1" : "0") << pair;
        EXPECT_EQ(row.at("detected"), row.at("crashes")) << pair << row.at("detector");
        EXPECT_EQ(row.at("t_d_mean_s").empty(), !silent) << pair;
        if (silent && row.at("parameters") == "timeout=2s")
        {
            EXPECT_GT(std::stod(row.at("t_d_max_s")), 1.4) << pair;
            EXPECT_LT(std::stod(row.at("t_d_max_s")), 2.2) << pair;
        }
    }
}

TEST(ScenarioQos, IsNotWrittenWithoutDetectorsNorKeptFromAnEarlierRun)
{
    const TemporaryFolder folder;
    const std::string run = "consensus-scenario --quiet --duration=2s --out=" + (folder / "r");
    ASSERT_EQ(RunProgramLine(run + " --detector=bertier").status, 0);
    EXPECT_EQ(ReadTable(folder / "r/qos.csv").size(), 20U);
    ASSERT_EQ(RunProgramLine(run).status, 0);
    EXPECT_EQ(ReadFolder(folder / "r").count("qos.csv"), 0U);
}
