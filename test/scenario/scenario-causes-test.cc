#include "csv-rows.h"
#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace nctest;

namespace
{

const std::string PLAN = "consensus-scenario --quiet --duration=45s --fault-gap=3s --random-faults"
                         " --RngRun=4 --fault=slow-disk@20s+20s:node=2,bout=1s,gap=1s"
                         " --fault=byzantine-lying@10s+10s:node=1"
                         " --fault=byzantine-selective@25s+9s:node=3,share=0.5"
                         " --fault=degrade@22s:node=4,resource=queue,down=5s ";

std::string
FileOf(const std::string& options, const char* file)
{
    const TemporaryFolder folder;
    const ProgramResult result = RunProgramLine(options + " --out=" + (folder / "r"));
    EXPECT_EQ(result.status, 0) << result.errors;
    return ReadAll(folder / "r" + "/" + file);
}

} // namespace

// The hazard is exogenous: nothing that a run does to its cluster moves a fault.
TEST(ScenarioCauses, AreTheSameFaultsForEveryDetectorRaftSettingTransportAndLoad)
{
    const std::string usual = FileOf(PLAN, "faults.csv");
    const auto rows = ReadCsv(usual);
    EXPECT_GT(rows.size(), 9U);
    std::set<std::string> kinds;
    for (std::size_t i = 1; i < rows.size(); ++i)
    {
        kinds.insert(rows[i][2]);
    }
    EXPECT_GT(kinds.size(), 6U);
    for (const char* change : {"--detector=fixed-timeout,phi-gaussian --observations",
                               "--ns3::RaftApplication::PreVote=false",
                               "--ns3::RaftApplication::ElectionTimeoutMin=500ms "
                               "--ns3::RaftApplication::ElectionTimeoutMax=1s",
                               "--transport=tcp",
                               "--request-rate=0",
                               "--request-rate=100 --clients=3 --load-shift=5s",
                               "--watch=1",
                               "--node-spread=0.5"})
    {
        EXPECT_EQ(FileOf(PLAN + change, "faults.csv"), usual) << change;
    }
    EXPECT_NE(FileOf(PLAN + "--RngRun=5", "faults.csv"), usual);
}

TEST(ScenarioCauses, ALoadShiftsByAFactorAndOnlyIfAsked)
{
    const std::string run = "consensus-scenario --quiet --duration=120s --request-rate=50 ";
    const auto perTenSeconds = [](const std::string& history) {
        std::vector<int> counts(12);
        std::istringstream lines(history);
        for (std::string line; std::getline(lines, line);)
        {
            const double call = std::stod(line.substr(line.find("\"call\":") + 7));
            ++counts.at(std::min(11, static_cast<int>(call / 10)));
        }
        std::sort(counts.begin(), counts.end());
        return counts;
    };
    const auto steady = perTenSeconds(FileOf(run, "history.ndjson"));
    EXPECT_LT(steady.back(), 1.35 * steady.front()) << "500 each, give or take";
    const auto shifting = perTenSeconds(FileOf(run + "--load-shift=15s", "history.ndjson"));
    EXPECT_GT(shifting.back(), 2 * shifting.front());
    EXPECT_LE(shifting.back(), 4 * 500 * 1.2);
    EXPECT_GE(shifting.front(), 500 / 4 * 0.7);
}

TEST(ScenarioCauses, NodesDifferWhereAsked)
{
    const std::string run = "consensus-scenario --quiet --duration=20s --observations ";
    const auto latency = [](const std::string& observations) {
        std::map<std::string, double> sum; // by target, of response_time
        for (const auto& row : ReadCsv(observations))
        {
            if (row[0] != "time_s" && std::stod(row[0]) > 5)
            {
                sum[row[2]] += std::stod(row[12]);
            }
        }
        std::vector<double> sums;
        for (const auto& [target, value] : sum)
        {
            sums.push_back(value);
        }
        std::sort(sums.begin(), sums.end());
        return sums.back() / sums.front();
    };
    EXPECT_LT(latency(FileOf(run, "observations.csv")), 1.02);
    EXPECT_GT(latency(FileOf(run + "--node-spread=1 --ns3::NodeCpu::MessageCost=100us",
                             "observations.csv")),
              1.2);
}

TEST(ScenarioCauses, TheOracleSaysWhatIsSoAndForeseesSomeCrashesWithoutKnowingThem)
{
    const TemporaryFolder folder;
    const std::string run = "consensus-scenario --quiet --duration=300s --random-faults"
                            " --fault-gap=4s --oracle --label-strategy=plan,state,symptom"
                            " --observations --out=";
    ASSERT_EQ(RunProgramLine(run + (folder / "r")).status, 0);
    const auto labels = ReadCsv(ReadAll(folder / "r/labels.csv"));
    const auto oracle = ReadCsv(ReadAll(folder / "r/oracle.csv"));
    const auto states = ReadCsv(ReadAll(folder / "r/labels-state.csv"));
    const auto symptoms = ReadCsv(ReadAll(folder / "r/labels-symptom.csv"));
    EXPECT_EQ(symptoms.size(), ReadCsv(ReadAll(folder / "r/observations.csv")).size());
    EXPECT_EQ(oracle.front(), (Row{"time_s", "observer", "target", "class", "p_crash"}));
    EXPECT_EQ(states.front(), (Row{"time_s", "observer", "target", "label"}));
    EXPECT_EQ(symptoms.front(), states.front());
    ASSERT_EQ(labels.size(), oracle.size());
    ASSERT_EQ(labels.size(), states.size());
    std::map<std::string, int> said;
    int early = 0;
    int agree = 0;
    for (std::size_t i = 1; i < labels.size(); ++i)
    {
        const std::string& truth = labels[i][3];
        const std::string& says = oracle[i][3];
        const bool identifiable = labels[i][7] == "1";
        ASSERT_TRUE(std::equal(labels[i].begin(), labels[i].begin() + 3, oracle[i].begin()));
        ++said[says];
        agree += truth == says;
        if (identifiable && truth != "slow" && truth != "pre-failure")
        {
            ASSERT_EQ(says, truth) << "row " << i;
        }
        if (says == "pre-failure")
        {
            ASSERT_GE(std::stod(oracle[i][4]), 0.5);
            early += truth == "slow";
        }
        if (truth == "crashed" || truth == "partitioned")
        {
            ASSERT_EQ(states[i][3], truth);
        }
        else if (!truth.empty())
        {
            ASSERT_EQ(states[i][3], "healthy");
        }
    }
    EXPECT_GT(said["pre-failure"], 20);
    EXPECT_GT(early, 0) << "some of it recovers: an oracle is no prophet";
    EXPECT_GT(agree, 0.8 * labels.size());
}

TEST(ScenarioCauses, TimeCompressionIsOnRecordAndDecidesHowLongDegradationsTake)
{
    const TemporaryFolder folder;
    const std::string run = "consensus-scenario --quiet --duration=40s"
                            " --fault=degrade@1s:node=2,exact=1 --out=";
    ASSERT_EQ(RunProgramLine(run + (folder / "usual")).status, 0);
    ASSERT_EQ(RunProgramLine(run + (folder / "fast") + " --time-compression=120").status, 0);
    const auto end = [&](const char* name) {
        return std::stod(ReadCsv(ReadAll(folder / name + "/faults.csv"))[1][1]) - 1;
    };
    EXPECT_NEAR(end("fast"), end("usual") / 2, 1e-6);
    EXPECT_NE(ReadAll(folder / "usual/summary.json").find("\"time-compression\": \"60\""),
              std::string::npos);
}

TEST(ScenarioCauses, OptionsOutOfRangeAreRefusedInOneLine)
{
    const std::map<std::string, std::string> complaints = {
        {"--time-compression=0", "time-compression"},
        {"--load-shift=-1s", "load-shift"},
        {"--node-spread=9", "node-spread"},
        {"--label-strategy=guess", "plan, state or symptom"},
        {"--label-strategy=state", "plan among them"},
        {"--label-strategy=plan,symptom", "needs --observations"},
        {"--oracle", "--out"},
        {"--ns3::FaultInjector::TimeCompression=3", "use --time-compression"},
    };
    for (const auto& [option, expected] : complaints)
    {
        const ProgramResult result = RunProgramLine("consensus-scenario --quiet " + option);
        EXPECT_EQ(result.status, 2) << option;
        EXPECT_NE(result.errors.find(expected), std::string::npos) << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << option;
    }
}

TEST(ScenarioCauses, AReplayedHeartbeatHasARowOfItsOwnAndLeavesALostOneLost)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --clients=0 --loss=0.1 --duration=20s"
                             " --fault=byzantine-stale-replay@5s:node=3,age=3s --heartbeat-trace"
                             " --out=" +
                             (folder / "run"))
                  .status,
              0);
    std::map<std::vector<std::string>, int> times; // by observer, target and number
    const auto rows = ReadCsv(ReadAll(folder / "run/heartbeats.csv"));
    for (std::size_t i = 1; i < rows.size(); ++i)
    {
        ++times[{rows[i][0], rows[i][1], rows[i][2]}];
        if (!rows[i][4].empty())
        {
            EXPECT_LT(std::stod(rows[i][4]) - std::stod(rows[i][3]), 0.1) << "row " << i;
        }
    }
    int repeated = 0;
    for (const auto& [heartbeat, count] : times)
    {
        repeated += count > 1;
        EXPECT_TRUE(count == 1 || heartbeat[1] == "3") << "only server 3 repeats itself";
    }
    EXPECT_GT(repeated, 50);
}
