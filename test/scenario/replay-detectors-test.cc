#include "csv-rows.h"
#include "program-runner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace nctest;

namespace
{

const std::string FIXED_COLUMNS =
    "observer,target,detector,parameters,hours,heartbeats,mistakes,mistakes_per_hour,t_mr_mean_s,"
    "t_m_mean_s,p_a,t_d_mean_s,t_d_p50_s,t_d_p99_s,t_d_max_s,";

/** Heartbeats every second, each 10 ms under way; 4 is lost and 8 is late. */
const std::string BY_HAND = "seq,sent_s,arrived_s\n"
                            "1,0,0.01\n2,1,1.01\n3,2,2.01\n4,3,\n5,4,4.01\n"
                            "6,5,5.01\n7,6,6.01\n8,7,7.91\n9,8,8.01\n10,9,9.01\n";

/** One pair of a random recording with losses and jitter, shifted clocks and all. */
std::string
RandomRows(uint32_t observer, uint32_t target, double shift)
{
    std::mt19937_64 random(observer * 100 + target);
    std::lognormal_distribution<double> delay(std::log(0.02), 1);
    std::bernoulli_distribution lost(0.1);
    std::string rows;
    for (int i = 1; i <= 2000; ++i)
    {
        const double sent = 5 + 0.1 * i + 0.0001 * observer;
        char row[128];
        const double arrived = sent + delay(random);
        std::snprintf(row,
                      sizeof(row),
                      "%u,%u,%d,%.9f,%.9f",
                      observer,
                      target,
                      i,
                      sent,
                      arrived + shift);
        std::string text = row;
        rows += (lost(random) ? text.substr(0, text.rfind(',') + 1) : text) + "\n";
    }
    return rows;
}

class ReplayDetectors : public testing::Test
{
  protected:
    std::string Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(m_folder / name, std::ios::binary) << text;
        return m_folder / name;
    }

    /** Runs the program on a trace and returns the rows of its table of quality of service. */
    std::vector<Row> Qos(const std::string& trace, const std::string& arguments) const
    {
        const auto result =
            RunProgramLine("replay-detectors --quiet --trace=" + Write("trace.csv", trace) +
                           " --qos=" + (m_folder / "qos.csv") + " " + arguments);
        EXPECT_EQ(result.status, 0) << result.errors;
        EXPECT_EQ(result.output, "");
        EXPECT_EQ(result.errors, "");
        return ReadCsv(ReadAll(m_folder / "qos.csv"));
    }

    void ExpectRefused(const std::string& arguments, const std::string& message) const
    {
        const auto before = ReadFolder(m_folder.path);
        const auto result = RunProgramLine("replay-detectors " + arguments);
        EXPECT_EQ(result.status, 2) << arguments;
        EXPECT_EQ(result.output, "") << arguments;
        EXPECT_NE(result.errors.find(message), std::string::npos) << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
        EXPECT_EQ(ReadFolder(m_folder.path), before) << arguments << ": nothing is written";
    }

    const TemporaryFolder m_folder;
};

/** A column of a row by its name. */
std::string
Field(const std::vector<Row>& rows, std::size_t row, const std::string& column)
{
    const auto at = std::find(rows[0].begin(), rows[0].end(), column);
    EXPECT_NE(at, rows[0].end()) << column;
    return rows.at(row).at(static_cast<std::size_t>(at - rows[0].begin()));
}

} // namespace

TEST_F(ReplayDetectors, MeasuresARecordingThatCanBeDoneByHand)
{
    const auto rows =
        Qos(BY_HAND, "--detector=fixed-timeout:timeout=1.5s --crash-phase=after-send");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(ReadAll(m_folder / "qos.csv").find(FIXED_COLUMNS), 0U);
    // Suspected from 3.51 to 4.01 and from 7.51 to 7.91, between 0.01 and 9.01.
    const std::map<std::string, std::string> expected = {
        {"observer", ""},
        {"target", ""},
        {"detector", "fixed-timeout"},
        {"parameters", "timeout=1.5s"},
        {"hours", "0.0025"},
        {"heartbeats", "10"},
        {"mistakes", "2"},
        {"mistakes_per_hour", "800"},
        {"t_mr_mean_s", "4.000000000"},
        {"t_m_mean_s", "0.450000000"},
        {"p_a", "0.9"},
        // After each sending 1.51 s, but 0.51 s where it was lost and 2.41 s where it was late.
        {"t_d_mean_s", "1.500000000"},
        {"t_d_p50_s", "1.510000000"},
        {"t_d_p99_s", "2.329000000"},
        {"t_d_max_s", "2.410000000"},
        {"t_mr_max_s", "4.000000000"},
        {"t_m_p50_s", "0.450000000"},
        {"t_m_max_s", "0.500000000"},
        {"t_g_mean_s", "3.500000000"},
        {"t_fg_mean_s", "1.750000000"},
        {"mistakes_per_hour_bound", ""},
        {"recurrences", "1"},
        {"crashes", "10"},
        {"detected", "10"}};
    for (const auto& [column, value] : expected)
    {
        EXPECT_EQ(Field(rows, 1, column), value) << column;
    }
}

TEST_F(ReplayDetectors, BoundsTheRateWhereItSawNoMistake)
{
    const auto rows = Qos(BY_HAND, "--detector=fixed-timeout:timeout=5s");
    EXPECT_EQ(Field(rows, 1, "mistakes_per_hour"), "0");
    EXPECT_EQ(Field(rows, 1, "mistakes_per_hour_bound"), "1200");
    EXPECT_EQ(Field(rows, 1, "t_mr_mean_s"), "");
    EXPECT_EQ(Field(rows, 1, "p_a"), "1");
}

TEST_F(ReplayDetectors, TriesEveryCombinationOfSweptValues)
{
    const auto rows = Qos(BY_HAND,
                          "--detector=fixed-timeout:timeout=1.5s/5s,phi-gaussian"
                          " --detector=chen-nfd-e:window=1/32,alpha=0/0.1/0.2");
    std::vector<std::string> names;
    std::istringstream lines(ReadAll(m_folder / "qos.csv"));
    std::string line;
    for (std::getline(lines, line); std::getline(lines, line);)
    {
        const auto end = line.find(",0.0025,");
        names.push_back(line.substr(2, end - 2));
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"fixed-timeout,timeout=1.5s",
                                        "fixed-timeout,timeout=5s",
                                        "phi-gaussian,",
                                        "chen-nfd-e,\"alpha=0,window=1\"",
                                        "chen-nfd-e,\"alpha=0,window=32\"",
                                        "chen-nfd-e,\"alpha=0.1,window=1\"",
                                        "chen-nfd-e,\"alpha=0.1,window=32\"",
                                        "chen-nfd-e,\"alpha=0.2,window=1\"",
                                        "chen-nfd-e,\"alpha=0.2,window=32\""}));
}

TEST_F(ReplayDetectors, TakesTheMedianIntervalForThePeriod)
{
    // NFD-E with a window of 1: the next arrival is a period after the last one.
    const std::string trace = Write("trace.csv", BY_HAND);
    const std::string at = Write("at", "2.5\r\n9.01\n-3\n1000\n0.01");
    const auto result =
        RunProgramLine("replay-detectors --quiet --detector=chen-nfd-e:window=1,alpha=0.25"
                       " --trace=" +
                       trace + " --at=" + at + " --levels=" + (m_folder / "levels.csv"));
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(ReadAll(m_folder / "levels.csv"),
              "time_s,observer,target,detector,parameters,level,suspected\n"
              "-3.000000000,,,chen-nfd-e,\"alpha=0.25,window=1\",0,0\n"
              "0.010000000,,,chen-nfd-e,\"alpha=0.25,window=1\",-1,0\n"
              "2.500000000,,,chen-nfd-e,\"alpha=0.25,window=1\",-0.51,0\n"
              "9.010000000,,,chen-nfd-e,\"alpha=0.25,window=1\",-1,0\n"
              "1000.000000000,,,chen-nfd-e,\"alpha=0.25,window=1\",989.99,1\n");
}

TEST_F(ReplayDetectors, WritesLevelsByTimeObserverAndTarget)
{
    const std::string trace = Write("trace.csv",
                                    "observer,target,seq,sent_s,arrived_s\n"
                                    "2,1,1,0,0.5\n1,2,1,0.1,0.2\n");
    const auto result = RunProgramLine(
        "replay-detectors --quiet --detector=fixed-timeout:timeout=1s --trace=" + trace +
        " --at=" + Write("at", "1.2\n0.3\n") + " --levels=" + (m_folder / "levels.csv"));
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(ReadAll(m_folder / "levels.csv"),
              "time_s,observer,target,detector,parameters,level,suspected\n"
              "0.300000000,1,2,fixed-timeout,timeout=1s,0.1,0\n"
              "0.300000000,2,1,fixed-timeout,timeout=1s,0,0\n"
              "1.200000000,1,2,fixed-timeout,timeout=1s,1,1\n"
              "1.200000000,2,1,fixed-timeout,timeout=1s,0.7,0\n");
}

TEST_F(ReplayDetectors, MeasuresEachPairAsIfItWereAloneInWhateverOrderTheRowsStand)
{
    const std::string header = "observer,target,seq,sent_s,arrived_s\n";
    const std::string first = RandomRows(1, 2, 0);
    const std::string second = RandomRows(3, 2, -4);
    const std::string detectors = "--detector=fixed-timeout:timeout=0.2,chen-nfd-e,bertier";
    const auto alone = Qos(header + first, detectors);
    const auto other = Qos(header + second, detectors);
    const auto oneAfterTheOther = Qos(header + first + second, detectors);
    std::string mixed = header;
    std::istringstream a(first);
    std::istringstream b(second);
    for (std::string row; std::getline(a, row);)
    {
        mixed += row + "\n";
        std::getline(b, row);
        mixed += row + "\n";
    }
    EXPECT_EQ(Qos(mixed, detectors), oneAfterTheOther);
    ASSERT_EQ(oneAfterTheOther.size(), 7U);
    EXPECT_EQ(std::vector<Row>(oneAfterTheOther.begin(), oneAfterTheOther.begin() + 4), alone);
    EXPECT_EQ(std::vector<Row>(oneAfterTheOther.begin() + 4, oneAfterTheOther.end()),
              std::vector<Row>(other.begin() + 1, other.end()));
}

TEST_F(ReplayDetectors, FindsTheSameMistakesWhateverTheSkewBetweenTheClocksButForNfdS)
{
    const std::string header = "observer,target,seq,sent_s,arrived_s\n";
    const std::string detectors =
        "--detector=fixed-timeout:timeout=0.2,chen-nfd-e:alpha=0.05,bertier,"
        "phi-gaussian:threshold=2,phi-logistic:threshold=2,cassandra:threshold=1,"
        "two-window:margin=0.05,dynatune:reliability=0.5,chen-nfd-s:alpha=0.05";
    const auto straight = Qos(header + RandomRows(1, 2, 0), detectors);
    for (double shift : {-1000.25, -0.5, 3600.0})
    {
        const auto skewed = Qos(header + RandomRows(1, 2, shift), detectors);
        ASSERT_EQ(skewed.size(), straight.size());
        for (std::size_t row = 1; row < straight.size(); ++row)
        {
            const bool nfdS = Field(straight, row, "detector") == "chen-nfd-s";
            EXPECT_GT(std::stoul(Field(straight, row, "mistakes")), 0U) << row;
            for (const char* column : {"mistakes", "t_mr_mean_s", "t_m_mean_s", "p_a", "t_g_max_s"})
            {
                const bool same = Field(skewed, row, column) == Field(straight, row, column);
                EXPECT_NE(same, nfdS) << Field(straight, row, "detector") << " " << column;
            }
        }
        if (shift < 0)
        {
            // An arrival before its sending shows the skew, and detection times come out the same
            // but for the shortest way.
            const double difference = std::stod(Field(straight, 1, "t_d_mean_s")) -
                                      std::stod(Field(skewed, 1, "t_d_mean_s"));
            EXPECT_GT(difference, -1e-9);
            EXPECT_LT(difference, 0.02);
        }
    }
}

TEST_F(ReplayDetectors, PrintsATableOverAllPairs)
{
    const std::string header = "observer,target,seq,sent_s,arrived_s\n";
    const auto result =
        RunProgramLine("replay-detectors --detector=fixed-timeout:timeout=0.2/60 --trace=" +
                       Write("t", header + RandomRows(1, 2, 0) + RandomRows(2, 1, 0)));
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.errors, "") << "no progress where nobody looks";
    std::istringstream lines(result.output);
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line,
              "4000 heartbeats of 2 pairs; times in s, mistakes per hour of a pair (< is 3/H where "
              "none was seen)");
    std::getline(lines, line);
    std::vector<std::vector<std::string>> words;
    while (std::getline(lines, line))
    {
        std::istringstream fields(line);
        words.emplace_back(std::istream_iterator<std::string>(fields),
                           std::istream_iterator<std::string>());
    }
    ASSERT_EQ(words.size(), 3U) << result.output;
    EXPECT_EQ(words[1][1], "timeout=0.2");
    EXPECT_EQ(words[2][3], "0");
    EXPECT_EQ(words[2][4][0], '<');
    EXPECT_EQ(words[2][7], "1.0000000");
}

TEST_F(ReplayDetectors, OfNoHeartbeatsMeasuresNothing)
{
    EXPECT_EQ(Qos("seq,sent_s,arrived_s\r\n", "--detector=fixed-timeout").size(), 1U);
    const auto lost = Qos("seq,sent_s,arrived_s\n1,0,\n2,1,\n", "--detector=fixed-timeout");
    EXPECT_EQ(Field(lost, 1, "hours"), "0");
    EXPECT_EQ(Field(lost, 1, "heartbeats"), "2");
    EXPECT_EQ(Field(lost, 1, "crashes"), "0");
    EXPECT_EQ(Field(lost, 1, "p_a"), "");
    EXPECT_EQ(Field(lost, 1, "t_d_mean_s"), "");
}

TEST_F(ReplayDetectors, NamesWhatIsWrongAndWritesNothing)
{
    const std::string good = Write("good.csv", BY_HAND);
    const std::string bad = Write("bad.csv", BY_HAND + "11,10,x\n");
    const std::string times = Write("times", "1\nsoon\n");
    const std::string fixed = " --detector=fixed-timeout";
    const std::string qos = " --qos=" + (m_folder / "q.csv");
    ExpectRefused("--trace=" + bad + fixed + qos,
                  bad + ":12: arrived_s is \"x\": expected a time in seconds");
    ExpectRefused("--trace=" + (m_folder / "none") + fixed + qos, "expected a heartbeats.csv");
    ExpectRefused("--trace=" + Write("empty", "") + fixed + qos,
                  "empty:1: the file is empty: expected the header");
    ExpectRefused(fixed, "option --trace: expected");
    ExpectRefused("--trace=" + good + qos, "option --detector: expected one detector at least");
    ExpectRefused("--trace=" + good + " --detector=neural" + qos,
                  "unknown detector \"neural\", expected one of fixed-timeout");
    ExpectRefused("--trace=" + good + " --detector=fixed-timeout:timeout=1/x" + qos,
                  "timeout=x, expected a time above 0");
    ExpectRefused("--trace=" + good + " --detector=fixed-timeout:timeout=1/" + qos,
                  "timeout=, expected a time above 0");
    ExpectRefused("--trace=" + good + " --detector=fixed-timeout:timeout=1/1" + qos,
                  "given more than once");
    ExpectRefused("--trace=" + good + " --detector=timeout=1" + qos, "option --detector");
    ExpectRefused("--trace=" + good + " --detector=bertier:gossip=2" + qos,
                  "good.csv: no observers and targets: expected them, as a detector gossips");
    ExpectRefused("--trace=" + good + fixed + " --crash-phase=never", "uniform or after-send");
    ExpectRefused("--trace=" + good + fixed + " --warmup=-1", "option --warmup");
    ExpectRefused("--trace=" + good + fixed + " --warmup=1.5", "option --warmup");
    ExpectRefused("--trace=" + good + fixed + " --at=" + times, "expected both or neither");
    ExpectRefused("--trace=" + good + fixed + " --levels=x", "expected both or neither");
    ExpectRefused("--trace=" + good + fixed + qos + " --at=" + times +
                      " --levels=" + (m_folder / "l.csv"),
                  times + ":2: \"soon\" is no time: expected seconds");
    ExpectRefused("--trace=" + good + " --trace=" + good + fixed, "more than once");
    ExpectRefused("--trace=" + good + fixed + " --qos=/nowhere/q.csv", "cannot write /nowhere");
    ExpectRefused("--trace=" + good + fixed + " --qos=" + (m_folder / "./good.csv"),
                  "option --qos: '" + (m_folder / "./good.csv") +
                      "' is not another file than those that are read");
    ExpectRefused("--trace=" + good + fixed + " --bogus", "unrecognised option");
}

TEST_F(ReplayDetectors, HelpNamesEveryOptionAndDetector)
{
    const auto result = RunProgramLine("replay-detectors --help");
    EXPECT_EQ(result.status, 0);
    for (const char* word : {"--trace",
                             "--detector",
                             "--crash-phase",
                             "--warmup",
                             "--qos",
                             "--at",
                             "--levels",
                             "--quiet",
                             "--config",
                             "fixed-timeout",
                             "chen-nfd-s",
                             "chen-nfd-e",
                             "bertier",
                             "phi-gaussian",
                             "phi-logistic",
                             "cassandra",
                             "two-window",
                             "dynatune",
                             "min-std"})
    {
        EXPECT_NE(result.output.find(word), std::string::npos) << word;
    }
}
