#include "csv-rows.h"
#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <vector>

using namespace nctest;

namespace
{

nlohmann::json
SummaryOf(const std::string& folder)
{
    return nlohmann::json::parse(ReadAll(folder + "/summary.json"));
}

const char* const EVERYTHING =
    " --quiet --duration=12s --observations --heartbeat-trace --pcap --ascii --flowmon"
    " --detector=fixed-timeout,phi-gaussian --fault=host-crash@5s+3s:node=leader"
    " --fault=byzantine-lying@9s+2s:node=follower ";

} // namespace

TEST(Scenario, TheSameSeedGivesTheSameBytesInEveryFileAndAnotherSeedDoesNot)
{
    const TemporaryFolder folder;
    for (const char* name : {"a", "b"})
    {
        ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / name) + EVERYTHING).status,
                  0);
    }
    ASSERT_EQ(
        RunProgramLine("consensus-scenario --RngRun=2 --out=" + (folder / "c") + EVERYTHING).status,
        0);
    const auto a = ReadFolder(folder / "a");
    const auto b = ReadFolder(folder / "b");
    EXPECT_GT(a.size(), 15U);
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [name, content] : a)
    {
        EXPECT_EQ(content, b.at(name)) << name;
    }
    EXPECT_NE(a.at("history.ndjson"), ReadAll(folder / "c/history.ndjson"));
}

TEST(Scenario, TheBytesDependNeitherOnTheFolderNorOnWhatElseIsWrittenOverEitherTransport)
{
    // Names of different length move everything in memory: an order by address would show.
    const std::string longName(120, 'x');
    for (const char* transport : {"udp", "tcp"})
    {
        const TemporaryFolder folder;
        const std::string run = "consensus-scenario --quiet --duration=40s --nodes=7 --clients=3"
                                " --request-rate=100 --random-faults --fault-gap=4s"
                                " --detector=phi-gaussian --RngRun=3"
                                " --fault=process-crash@10s+3s:node=leader"
                                " --fault=partition@20s+3s:node=leader --transport=" +
                                std::string(transport) + " --out=";
        ASSERT_EQ(RunProgramLine(run + (folder / "a")).status, 0);
        ASSERT_EQ(RunProgramLine(run + (folder / longName)).status, 0);
        ASSERT_EQ(RunProgramLine(run + (folder / "o") + " --observations").status, 0);
        for (const auto& [name, content] : ReadFolder(folder / "a"))
        {
            EXPECT_EQ(content, ReadAll((folder / longName) + "/" + name)) << name << transport;
            if (name != "summary.json") // it names the options
            {
                EXPECT_EQ(content, ReadAll((folder / "o/") + name)) << name << transport;
            }
        }
    }
}

TEST(Scenario, AFolderThatIsUsedAgainKeepsNoFileOfTheEarlierRun)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / "r") + EVERYTHING).status, 0);
    ASSERT_EQ(
        RunProgramLine("consensus-scenario --quiet --duration=1s --out=" + (folder / "r")).status,
        0);
    for (const auto& [name, content] : ReadFolder(folder / "r"))
    {
        EXPECT_TRUE(name == "summary.json" || name == "faults.csv" || name == "labels.csv" ||
                    name == "roles.csv" || name == "suspicions.csv" || name == "history.ndjson" ||
                    name == "proofs.csv")
            << name;
    }
}

TEST(Scenario, LabelsFollowTheTicksOfTheObservers)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --duration=3s --observations"
                             " --ns3::NeuralObserver::TickInterval=50ms --out=" +
                             (folder / "r"))
                  .status,
              0);
    EXPECT_EQ(ReadCsv(ReadAll(folder / "r/labels.csv")).size(), 1U + 20 * 60);
}

TEST(Scenario, TheFilesHaveTheColumnsThatAreDocumented)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / "r") + EVERYTHING).status, 0);
    const std::map<std::string, std::string> headers = {
        {"faults.csv", "start_s,end_s,kind,target,detail"},
        {"suspicions.csv", "time_s,observer,target,detector,suspected,level"},
        {"labels.csv",
         "time_s,observer,target,label,subtype,seconds_to_crash,predictable,identifiable,grace"},
        {"heartbeats.csv", "observer,target,seq,sent_s,arrived_s"},
        {"proofs.csv", "time_s,observer,accused,rule,term,index,witness"},
        {"roles.csv", "time_s,server,role,term"}};
    for (const auto& [name, header] : headers)
    {
        const std::string text = ReadAll((folder / "r/") + name);
        EXPECT_EQ(text.substr(0, text.find('\n')), header) << name;
    }
    const auto observations = ReadCsv(ReadAll(folder / "r/observations.csv"));
    EXPECT_EQ(observations.front().size(), 3U + 16U);
}

TEST(Scenario, RowsAreOrderedByTimeObserverAndTarget)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / "r") + EVERYTHING).status, 0);
    for (const char* name : {"observations.csv", "labels.csv", "suspicions.csv"})
    {
        const auto rows = ReadCsv(ReadAll((folder / "r/") + name));
        ASSERT_GT(rows.size(), 2U) << name;
        for (std::size_t i = 2; i < rows.size(); ++i)
        {
            const auto key = [&](std::size_t row) {
                return std::make_tuple(std::stod(rows[row][0]),
                                       std::stoul(rows[row][1]),
                                       std::stoul(rows[row][2]));
            };
            EXPECT_LE(key(i - 1), key(i)) << name << " row " << i;
        }
    }
}

TEST(Scenario, EveryObservationHasALabelAndNamesNoServerBelowOneOrAboveN)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / "r") + EVERYTHING).status, 0);
    std::set<std::string> labelled;
    for (const auto& row : ReadCsv(ReadAll(folder / "r/labels.csv")))
    {
        labelled.insert(row[0] + "," + row[1] + "," + row[2]);
    }
    for (const auto& row : ReadCsv(ReadAll(folder / "r/observations.csv")))
    {
        EXPECT_TRUE(labelled.count(row[0] + "," + row[1] + "," + row[2])) << row[0];
        if (row[0] != "time_s")
        {
            EXPECT_GE(std::stoul(row[2]), 1U);
            EXPECT_LE(std::stoul(row[2]), 5U);
        }
    }
}

TEST(Scenario, ACrashIsDetectedByAllAndAHealthyRunHasNoSuspicion)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / "r") + EVERYTHING).status, 0);
    const auto summary = SummaryOf(folder / "r");
    const auto& crash = summary["faults"][0];
    EXPECT_EQ(crash["kind"], "host-crash");
    // The timeout counts from the last heartbeat, which was sent at most one period before.
    EXPECT_EQ(crash["suspected"]["fixed-timeout"]["noticed"], 4);
    EXPECT_GT(crash["suspected"]["fixed-timeout"]["first_s"], 0.39);
    EXPECT_LT(crash["suspected"]["fixed-timeout"]["median_s"], 0.51);
    EXPECT_LT(crash["suspected"]["phi-gaussian"]["median_s"],
              crash["suspected"]["fixed-timeout"]["median_s"]);
    EXPECT_EQ(summary["detectors"]["fixed-timeout"]["mistakes"], 0);
    EXPECT_GE(summary["raft"]["elections_won"], 2);

    ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --duration=20s --detector=fixed-timeout"
                             " --check-invariants --out=" +
                             (folder / "healthy"))
                  .status,
              0);
    EXPECT_EQ(ReadCsv(ReadAll(folder / "healthy/suspicions.csv")).size(), 1U);
    EXPECT_EQ(SummaryOf(folder / "healthy")["raft"]["elections_won"], 1);
}

TEST(Scenario, TrustComesBackWithTheFirstHeartbeatAfterAFaultThatWasNoticedAndThatEnds)
{
    const TemporaryFolder folder;
    const auto result = RunProgramLine("consensus-scenario --duration=40s --detector=fixed-timeout"
                                       " --detector=fixed-timeout:timeout=20s"
                                       " --fault=host-crash@5s+4s:node=2,exact=1"
                                       " --fault=partition@15s+4s:cut=3-4,exact=1"
                                       " --fault=host-crash@24s+4s:node=5,exact=1"
                                       " --fault=process-crash@26s+4s:node=1,exact=1"
                                       " --fault=host-crash@35s:node=3,exact=1 --out=" +
                                       (folder / "r"));
    ASSERT_EQ(result.status, 0) << result.errors;
    const auto faults = SummaryOf(folder / "r")["faults"];
    ASSERT_EQ(faults.size(), 5U);
    // A heartbeat comes within a period of the restart, and none was ever more than one away.
    for (const auto& [fault, observers] : {std::pair(0, 4), std::pair(1, 2), std::pair(3, 4)})
    {
        const auto& trusted = faults[fault]["trusted_again"]["fixed-timeout"];
        EXPECT_EQ(trusted["observers"], observers) << fault;
        EXPECT_EQ(trusted["noticed"], observers) << fault;
        EXPECT_GE(trusted["first_s"], 0) << fault;
        EXPECT_GE(trusted["median_s"], trusted["first_s"]) << fault;
        EXPECT_LT(trusted["median_s"], 0.11) << fault;
    }
    EXPECT_EQ(faults[2]["trusted_again"]["fixed-timeout"]["observers"], 3)
        << "server 1 is down itself when server 5 comes back";
    EXPECT_EQ(faults[0]["suspected"]["fixed-timeout:timeout=20s"]["noticed"], 0);
    EXPECT_EQ(faults[0]["trusted_again"]["fixed-timeout:timeout=20s"]["observers"], 0);
    EXPECT_TRUE(faults[0]["trusted_again"]["fixed-timeout:timeout=20s"]["first_s"].is_null());
    EXPECT_TRUE(faults[4]["trusted_again"].is_null()) << "it lasts";

    const auto table = result.output.find("Time from a fault's end to trust again");
    ASSERT_NE(table, std::string::npos) << result.output;
    EXPECT_NE(result.output.find("host-crash     9.000", table), std::string::npos);
    EXPECT_EQ(result.output.find("35.000", table), std::string::npos) << result.output;
}

TEST(Scenario, AServerThatTellsTwoStoriesIsProvenGuiltyUnlessNobodySigns)
{
    const TemporaryFolder folder;
    const std::string run = "consensus-scenario --quiet --duration=10s"
                            " --fault=byzantine-equivocating@4s:node=leader --out=" +
                            (folder / "r");
    ASSERT_EQ(RunProgramLine(run).status, 0);
    const auto rows = ReadCsv(ReadAll(folder / "r/proofs.csv"));
    const std::string liar = ReadCsv(ReadAll(folder / "r/faults.csv"))[1][3];
    ASSERT_EQ(rows.size(), 1U + 5U) << "every server finds it once";
    for (std::size_t i = 1; i < rows.size(); ++i)
    {
        EXPECT_EQ(rows[i][2], liar);
        EXPECT_EQ(rows[i][3], "two-entries");
        EXPECT_LT(std::stod(rows[i][0]), 5.5);
        EXPECT_GE(std::stod(rows[i][0]),
                  std::stod(rows[i - 1][0] == "time_s" ? "0" : rows[i - 1][0]));
    }
    const auto proofs = SummaryOf(folder / "r")["proofs"];
    EXPECT_EQ(proofs.size(), 1U);
    EXPECT_EQ(proofs[liar]["observers"], 5);
    EXPECT_EQ(proofs[liar]["terms"]["two-entries"], 1);

    ASSERT_EQ(RunProgramLine(run + " --evidence=0").status, 0);
    EXPECT_EQ(ReadFolder(folder / "r").count("proofs.csv"), 0U) << "nor is the earlier one kept";
    EXPECT_TRUE(SummaryOf(folder / "r")["proofs"].is_null());
}

TEST(Scenario, FaultTimesDoNotDependOnDetectorsLoadOrRaftSettings)
{
    const TemporaryFolder folder;
    const std::string same = "consensus-scenario --quiet --duration=60s --random-faults --out=";
    ASSERT_EQ(RunProgramLine(same + (folder / "a")).status, 0);
    ASSERT_EQ(RunProgramLine(same + (folder / "b") +
                             " --detector=phi-gaussian --request-rate=100 --clients=2"
                             " --ns3::RaftApplication::HeartbeatInterval=50ms")
                  .status,
              0);
    EXPECT_EQ(ReadAll(folder / "a/faults.csv"), ReadAll(folder / "b/faults.csv"));
    EXPECT_GT(ReadCsv(ReadAll(folder / "a/faults.csv")).size(), 2U);
}

TEST(Scenario, EveryTopologyCommitsOverEitherTransport)
{
    const TemporaryFolder folder;
    std::vector<std::string> topologies{"lan", "star", "mesh", "dumbbell", "wan", "csma"};
#ifdef NC_HAVE_WIFI
    topologies.emplace_back("wifi");
#endif
    for (const auto& topology : topologies)
    {
        for (const char* transport : {"udp", "tcp"})
        {
            const std::string out = folder / (topology + transport);
            const auto result = RunProgramLine(
                "consensus-scenario --quiet --duration=15s --check-invariants --topology=" +
                topology + " --transport=" + transport + " --out=" + out);
            ASSERT_EQ(result.status, 0) << topology << " " << result.errors;
            EXPECT_GT(SummaryOf(out)["clients"]["answered"], 150) << topology << " " << transport;
        }
    }
}

TEST(Scenario, AConfigurationFileSetsWhatTheCommandLineDoesNot)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "s.ini") << "nodes = 3\nduration = 3s\nRngRun = 7\n"
                                       "fault = host-crash@1s:node=1\n";
    ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --config=" + (folder / "s.ini") +
                             " --duration=4s --out=" + (folder / "r"))
                  .status,
              0);
    const auto summary = SummaryOf(folder / "r");
    EXPECT_EQ(summary["options"]["nodes"], "3");
    EXPECT_EQ(summary["options"]["duration"], "4s");
    EXPECT_EQ(summary["seed"]["RngRun"], 7);
    EXPECT_EQ(summary["faults"].size(), 1U);
}

TEST(Scenario, WritesNothingAboutTheOutputFolder)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --out=" + (folder / "r") + EVERYTHING).status, 0);
    for (const auto& [name, content] : ReadFolder(folder / "r"))
    {
        EXPECT_EQ(content.find(folder.path), std::string::npos) << name;
    }
}

TEST(Scenario, HelpNamesEveryOption)
{
    const auto result = RunProgramLine("consensus-scenario --help");
    EXPECT_EQ(result.status, 0);
    for (const char* option :
         {"config",       "topology", "nodes",           "link-rate", "link-delay",
          "jitter",       "loss",     "burst-loss",      "duplicate", "reorder",
          "duration",     "clients",  "request-rate",    "detector",  "model",
          "watch",        "fault",    "fault-file",      "out",       "random-faults",
          "pcap",         "ascii",    "flowmon",         "transport", "heartbeat-trace",
          "observations", "device",   "check-invariants"})
    {
        EXPECT_NE(result.output.find(std::string("--") + option), std::string::npos) << option;
    }
}
