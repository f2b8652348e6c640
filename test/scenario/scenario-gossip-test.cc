#include "csv-rows.h"
#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <vector>

using namespace nctest;

namespace
{

const std::string RUN = "consensus-scenario --quiet --duration=20s"
                        " --detector=fixed-timeout,fixed-timeout:gossip=2 ";

/** @return rows of suspicions.csv of one detector about one target: time, observer, suspected */
std::vector<Row>
Suspicions(const std::string& options, const std::string& detector, const std::string& target)
{
    const TemporaryFolder folder;
    const ProgramResult result = RunProgramLine(options + " --out=" + (folder / "r"));
    EXPECT_EQ(result.status, 0) << result.errors;
    std::vector<Row> rows;
    for (const Row& row : ReadCsv(ReadAll(folder / "r/suspicions.csv")))
    {
        if (row[2] == target && row[3] == detector)
        {
            rows.push_back({row[0], row[1], row[4], row[5]});
        }
    }
    return rows;
}

} // namespace

TEST(ScenarioGossip, TwoWitnessesAreNotDeceivedByTheOneWhoIsCutOff)
{
    const std::string cut = RUN + "'--fault=partition@5s+5s:cut=2>1'";
    EXPECT_TRUE(Suspicions(cut, "fixed-timeout:gossip=2", "2").empty());
    const std::vector<Row> alone = Suspicions(cut, "fixed-timeout", "2");
    ASSERT_EQ(alone.size(), 2U);
    EXPECT_EQ(alone[0][1], "1");
    EXPECT_EQ(alone[0][2], "1");
    EXPECT_EQ(alone[1][2], "0");
}

TEST(ScenarioGossip, ACrashIsSuspectedByAllSoonAfterTheSecondWhoSuspectsIt)
{
    const std::string crash = RUN + "--fault=host-crash@5s:node=2";
    const std::vector<Row> alone = Suspicions(crash, "fixed-timeout", "2");
    const std::vector<Row> combined = Suspicions(crash, "fixed-timeout:gossip=2", "2");
    ASSERT_EQ(alone.size(), 4U);
    ASSERT_EQ(combined.size(), 4U);
    std::set<std::string> observers;
    for (const Row& row : combined)
    {
        EXPECT_EQ(row[2], "1");
        EXPECT_EQ(row[3], "2") << "the level is the number of votes";
        EXPECT_GE(std::stod(row[0]), std::stod(alone[1][0]));
        EXPECT_LE(std::stod(row[0]), std::stod(alone[1][0]) + 0.105);
        observers.insert(row[1]);
    }
    EXPECT_EQ(observers.size(), 4U);
}

TEST(ScenarioGossip, TheSameSeedGivesTheSameBytes)
{
    const TemporaryFolder folder;
    const std::string run = RUN + "--random-faults --fault-gap=2s --heartbeat-trace --pcap"
                                  " --loss=0.05 --RngRun=3 --out=";
    ASSERT_EQ(RunProgramLine(run + (folder / "a")).status, 0);
    ASSERT_EQ(RunProgramLine(run + (folder / "b")).status, 0);
    const auto a = ReadFolder(folder / "a");
    const auto b = ReadFolder(folder / "b");
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [name, content] : a)
    {
        EXPECT_EQ(content, b.at(name)) << name;
    }
}

// On a link on which no byte takes time, what is told besides can be seen to change nothing else.
TEST(ScenarioGossip, ChangesNoFeatureNoProofAndNoOtherDetector)
{
    const TemporaryFolder folder;
    const std::string run = "consensus-scenario --quiet --duration=20s --link-rate=1000000Gbps"
                            " --observations --heartbeat-trace --loss=0.02"
                            " --fault=host-crash@5s+3s:node=2 '--fault=partition@9s+3s:cut=3>1'"
                            " --fault=byzantine-equivocating@14s+4s:node=leader";
    ASSERT_EQ(RunProgramLine(run + " --detector=fixed-timeout --out=" + (folder / "a")).status, 0);
    ASSERT_EQ(RunProgramLine(
                  run + " --detector=fixed-timeout,phi-gaussian:gossip=1 --out=" + (folder / "b"))
                  .status,
              0);
    const auto a = ReadFolder(folder / "a");
    const auto b = ReadFolder(folder / "b");
    for (const char* name : {"observations.csv",
                             "labels.csv",
                             "proofs.csv",
                             "heartbeats.csv",
                             "roles.csv",
                             "history.ndjson"})
    {
        EXPECT_EQ(a.at(name), b.at(name)) << name;
    }
    EXPECT_GT(ReadCsv(a.at("proofs.csv")).size(), 1U);
    std::string others;
    for (const Row& row : ReadCsv(b.at("suspicions.csv")))
    {
        if (row[3] != "phi-gaussian")
        {
            for (std::size_t i = 0; i < row.size(); ++i)
            {
                others += row[i] + (i + 1 < row.size() ? "," : "\n");
            }
        }
    }
    EXPECT_EQ(others, a.at("suspicions.csv"));
    EXPECT_NE(b.at("suspicions.csv"), a.at("suspicions.csv"));
}
