// SWIM as a detector of consensus-scenario.
#include "csv-rows.h"
#include "program-runner.h"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

using namespace nctest;
using Json = nlohmann::json;

namespace
{

const std::string CRASH =
    "consensus-scenario --quiet --duration=80s --fault=host-crash@10s+50s:node=2,exact=1 ";

void
RunWell(const std::string& line)
{
    const auto result = RunProgramLine(line);
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.errors, "");
}

/** A row of suspicions.csv by SWIM. */
struct Judged
{
    double at;
    std::string suspected;
    std::string level;
};

/** @return SWIM's rows by (observer, target) */
std::map<std::pair<std::string, std::string>, std::vector<Judged>>
ReadJudged(const std::string& folder)
{
    std::map<std::pair<std::string, std::string>, std::vector<Judged>> judged;
    for (const Row& row : ReadCsv(ReadAll(folder + "/suspicions.csv")))
    {
        if (row[3] == "swim")
        {
            judged[{row[1], row[2]}].push_back({std::stod(row[0]), row[4], row[5]});
        }
    }
    return judged;
}

} // namespace

TEST(ScenarioSwim, ACrashIsInSuspicionsAndSummaryBesideWhatItCosts)
{
    const TemporaryFolder folder;
    RunWell(CRASH + "--detector=swim,fixed-timeout --out=" + (folder / "r"));
    const auto judged = ReadJudged(folder / "r");
    for (const std::string observer : {"1", "3", "4", "5"})
    {
        const auto& rows = judged.at({observer, "2"});
        ASSERT_EQ(rows.size(), 3U);
        EXPECT_EQ(rows[0].suspected + rows[0].level, "11");
        EXPECT_GT(rows[0].at, 10);
        EXPECT_EQ(rows[1].suspected + rows[1].level, "12");
        EXPECT_LT(rows[1].at, 45);
        EXPECT_EQ(rows[2].suspected + rows[2].level, "00");
        EXPECT_GT(rows[2].at, 60);
    }
    const Json summary = Json::parse(ReadAll(folder / "r/summary.json"));
    const Json& swim = summary["detectors"]["swim"];
    const Json& timeout = summary["detectors"]["fixed-timeout"];
    EXPECT_EQ(summary["faults"][0]["suspected"]["swim"]["noticed"], 4);
    EXPECT_GT(summary["faults"][0]["suspected"]["swim"]["first_s"], 0.5);
    // A ping and an ack of 44 bytes a second, less what the crash takes away and the news that it
    // brings; 4 peers, 10 heartbeats and 10 replies a second of 84 bytes, and digests.
    EXPECT_GT(swim["bytes_per_s"], 70);
    EXPECT_LT(swim["bytes_per_s"], 120);
    EXPECT_GT(timeout["bytes_per_s"], 5000);
    EXPECT_EQ(swim["pair_hours"], timeout["pair_hours"]);
}

TEST(ScenarioSwim, WithoutItNothingSpeaksOfIt)
{
    const TemporaryFolder folder;
    RunWell(CRASH + "--detector=fixed-timeout --out=" + (folder / "r"));
    for (const auto& [name, content] : ReadFolder(folder / "r"))
    {
        EXPECT_EQ(content.find("swim"), std::string::npos) << name;
    }
    const Json summary = Json::parse(ReadAll(folder / "r/summary.json"));
    EXPECT_GT(summary["detectors"]["fixed-timeout"]["bytes_per_s"], 5000);
}

TEST(ScenarioSwim, TheSameSeedGivesTheSameBytes)
{
    const TemporaryFolder folder;
    const std::string line = "consensus-scenario --quiet --duration=40s --loss=0.05 --nodes=7 "
                             "--random-faults --detector=swim --RngRun=3 --out=";
    RunWell(line + (folder / "a"));
    RunWell(line + (folder / "b"));
    const auto files = ReadFolder(folder / "a");
    EXPECT_GT(ReadJudged(folder / "a").size(), 0U);
    EXPECT_EQ(files, ReadFolder(folder / "b"));
}

TEST(ScenarioSwim, ItsAttributesMakeItFaster)
{
    const TemporaryFolder folder;
    RunWell(CRASH +
            "--detector=swim --ns3::SwimApplication::ProbeInterval=200ms "
            "--ns3::SwimApplication::ProbeTimeout=100ms --out=" +
            (folder / "r"));
    for (const auto& [pair, rows] : ReadJudged(folder / "r"))
    {
        EXPECT_EQ(pair.second, "2");
        EXPECT_LT(rows.at(0).at, 10 + 0.2 * 9);
        EXPECT_LT(rows.at(1).at, 10 + 0.2 * 33);
    }
}
