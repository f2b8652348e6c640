#include "csv-rows.h"
#include "trained-model.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

using namespace nctest;

namespace
{

class TrainingPrograms : public WithTrainedModel
{
};

using NeuralScenario = TrainingPrograms;

std::string
FirstLine(const std::string& text)
{
    return text.substr(0, text.find('\n'));
}

const std::vector<std::string> CLASSES{"healthy",
                                       "pre-failure",
                                       "crashed",
                                       "byzantine",
                                       "partitioned",
                                       "slow"};

/** Three servers of which one is down for a second, with verdicts. */
std::string
LiveRun(const std::string& model, const std::string& out)
{
    return "consensus-scenario --quiet --nodes=3 --duration=8s --observations"
           " --fault=process-crash@3.05s+1s:node=2,exact=1 --detector=neural --model=" +
           model + " --out=" + out;
}

/**
 * What has a verdict: the rows of observations that end a window of 20 without a gap, by
 * `time,observer,target`.
 */
std::set<std::string>
RowsThatCompleteAWindow(const std::vector<Row>& observations)
{
    std::map<std::pair<std::string, std::string>, std::pair<double, int>> pairs;
    std::set<std::string> complete;
    for (std::size_t i = 1; i < observations.size(); ++i)
    {
        const Row& row = observations[i];
        auto& [last, length] = pairs[{row[1], row[2]}];
        const double time = std::stod(row[0]);
        length = time - last < 0.15 ? length + 1 : 1;
        last = time;
        if (length >= 20)
        {
            complete.insert(row[0] + "," + row[1] + "," + row[2]);
        }
    }
    return complete;
}

} // namespace

TEST_F(TrainingPrograms, TrainingWritesAModelAndARowOfHistoryForEveryEpoch)
{
    const auto result = RunWell(TrainingOf(Runs(), 3) + "--out=" + (m_folder / "a.ncm") +
                                " --history=" + (m_folder / "a.csv"));
    EXPECT_NE(result.output.find(m_folder / "a.ncm"), std::string::npos) << result.output;
    EXPECT_EQ(result.errors, "");
    const auto files = ReadFolder(m_folder.path);
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files.at("a.ncm").rfind("NCMODEL", 0), 0U);
    EXPECT_EQ(FirstLine(files.at("a.csv")),
              "epoch,learning_rate,train_loss,train_reconstruction,train_classification,"
              "validation_loss,validation_reconstruction,validation_classification,"
              "validation_accuracy,validation_macro_f1,best");
    const auto history = ReadCsv(files.at("a.csv"));
    ASSERT_EQ(history.size(), 4U);
    int best = 0;
    for (std::size_t epoch = 1; epoch < history.size(); ++epoch)
    {
        const Row& row = history[epoch];
        ASSERT_EQ(row.size(), 11U);
        EXPECT_EQ(row[0], std::to_string(epoch));
        EXPECT_GT(std::stod(row[2]), 0) << "loss";
        EXPECT_GE(std::stod(row[8]), 0) << "accuracy";
        EXPECT_LE(std::stod(row[8]), 1) << "accuracy";
        best += std::stoi(row[10]);
    }
    EXPECT_EQ(best, 1);
}

TEST_F(TrainingPrograms, TheSameSeedTrainsTheSameBytesAndAnotherSeedDoesNot)
{
    const auto train = [this](const std::string& name, const std::string& seed) {
        RunWell(TrainingOf(Runs()) + "--seed=" + seed + " --out=" + (m_folder / (name + ".ncm")) +
                " --history=" + (m_folder / (name + ".csv")));
    };
    train("a", "7");
    train("b", "7");
    train("c", "8");
    const auto files = ReadFolder(m_folder.path);
    EXPECT_EQ(files.at("a.ncm"), files.at("b.ncm"));
    EXPECT_EQ(files.at("a.csv"), files.at("b.csv"));
    EXPECT_NE(files.at("a.ncm"), files.at("c.ncm"));
    EXPECT_NE(files.at("a.csv"), files.at("c.csv"));
}

TEST_F(TrainingPrograms, EvaluationWritesItsThreeFilesTheSameBytesEachTime)
{
    const std::string line = "evaluate-detector --model=" + Model() + " --data=" + Runs();
    const auto result = RunWell(line + " --out=" + (m_folder / "a"));
    RunWell(line + " --out=" + (m_folder / "b"));
    const auto files = ReadFolder(m_folder / "a");
    EXPECT_EQ(files, ReadFolder(m_folder / "b"));
    ASSERT_EQ(files.size(), 3U);
    EXPECT_EQ(FirstLine(files.at("metrics.csv")),
              "scope,unit,class,precision,recall,f1,support_windows,episodes,thin");

    const auto confusion = ReadCsv(files.at("confusion_matrix.csv"));
    ASSERT_EQ(confusion.size(), 1 + CLASSES.size());
    ASSERT_EQ(confusion.front().size(), 1 + CLASSES.size());
    int windows = 0;
    for (std::size_t i = 0; i < CLASSES.size(); ++i)
    {
        EXPECT_EQ(confusion.front()[i + 1], CLASSES[i]);
        EXPECT_EQ(confusion[i + 1].front(), CLASSES[i]);
        for (std::size_t k = 1; k < confusion[i + 1].size(); ++k)
        {
            windows += std::stoi(confusion[i + 1][k]);
        }
    }
    const auto evaluation = nlohmann::json::parse(files.at("evaluation.json"));
    EXPECT_EQ(evaluation["runs"], 2);
    EXPECT_EQ(evaluation["identifiable"]["window"]["total"], windows);
    EXPECT_GT(windows, 500);
    for (const std::string& name : CLASSES)
    {
        EXPECT_NE(result.output.find(name), std::string::npos) << name;
    }
}

TEST_F(TrainingPrograms, TheBootstrapMovesItsIntervalAndNothingElse)
{
    const std::string line = "evaluate-detector --model=" + Model() + " --data=" + Runs();
    RunWell(line + " --replicates=0 --out=" + (m_folder / "without"));
    RunWell(line + " --replicates=50 --out=" + (m_folder / "with"));
    const auto read = [this](const std::string& name) {
        return nlohmann::json::parse(
            ReadAll(m_folder / (name + "/evaluation.json")))["identifiable"]["window"];
    };
    EXPECT_TRUE(read("without")["macro_f1_ci95"].is_null());
    EXPECT_LE(read("with")["macro_f1_ci95"][0], read("with")["macro_f1_ci95"][1]);
    EXPECT_EQ(read("without")["macro_f1"], read("with")["macro_f1"]);
    EXPECT_EQ(ReadAll(m_folder / "without/metrics.csv"), ReadAll(m_folder / "with/metrics.csv"));
}

TEST_F(TrainingPrograms, AConfigurationFileSetsWhatTheCommandLineDoesNot)
{
    std::ofstream(m_folder / "t.ini") << "data = " << Runs()
                                      << "\nepochs = 2\nwindows-per-epoch = 200\nhidden = 8\n"
                                         "latent = 4\nclassifier = 8\nquiet = 1\n";
    RunWell("train-detector --config=" + (m_folder / "t.ini") +
            " --epochs=1 --out=" + (m_folder / "a.ncm"));
    EXPECT_EQ(ReadAll(m_folder / "a.ncm"), ReadAll(Model()));
}

TEST_F(NeuralScenario, HasAVerdictForEveryTickAndPairOnceTheWindowIsComplete)
{
    RunWell(LiveRun(Model(), m_folder / "r"));
    const auto verdicts = ReadCsv(ReadAll(m_folder / "r/verdicts.csv"));
    std::set<std::string> judged;
    for (std::size_t i = 1; i < verdicts.size(); ++i)
    {
        const bool isNew =
            judged.insert(verdicts[i][0] + "," + verdicts[i][1] + "," + verdicts[i][2]).second;
        EXPECT_TRUE(isNew) << "row " << i;
    }
    const auto expected =
        RowsThatCompleteAWindow(ReadCsv(ReadAll(m_folder / "r/observations.csv")));
    EXPECT_EQ(judged, expected);
    // Four pairs are observed all the time, two pause for a second and wait for a window again.
    EXPECT_GT(expected.size(), 300U);
    EXPECT_LT(expected.size(), 6U * 60U);
}

TEST_F(NeuralScenario, AVerdictNamesTheMostProbableOfSixClassesWhoseProbabilitiesSumToOne)
{
    RunWell(LiveRun(Model(), m_folder / "r"));
    const std::string text = ReadAll(m_folder / "r/verdicts.csv");
    EXPECT_EQ(FirstLine(text),
              "time_s,observer,target,class,confidence,anomaly,p_healthy,p_pre_failure,p_crashed,"
              "p_byzantine,p_partitioned,p_slow");
    const auto verdicts = ReadCsv(text);
    for (std::size_t i = 1; i < verdicts.size(); ++i)
    {
        const Row& row = verdicts[i];
        ASSERT_EQ(row.size(), 12U) << "row " << i;
        std::vector<double> probabilities;
        double sum = 0;
        for (std::size_t k = 6; k < row.size(); ++k)
        {
            probabilities.push_back(std::stod(row[k]));
            EXPECT_GE(probabilities.back(), 0) << "row " << i;
            sum += probabilities.back();
        }
        EXPECT_NEAR(sum, 1, 1e-5) << "row " << i;
        const auto most = std::max_element(probabilities.begin(), probabilities.end());
        EXPECT_EQ(row[3], CLASSES[most - probabilities.begin()]) << "row " << i;
        EXPECT_EQ(std::stod(row[4]), *most) << "row " << i;
        EXPECT_GE(std::stod(row[5]), 0) << "row " << i;
    }
}

TEST_F(NeuralScenario, TheSameSeedAndModelGiveTheSameBytesInEveryFile)
{
    RunWell(LiveRun(Model(), m_folder / "a"));
    RunWell(LiveRun(Model(), m_folder / "b"));
    const auto files = ReadFolder(m_folder / "a");
    EXPECT_EQ(files.count("verdicts.csv"), 1U);
    EXPECT_EQ(files, ReadFolder(m_folder / "b"));
}

TEST_F(NeuralScenario, IsSummedUpBesideAClassicalDetectorWhoseSuspicionsItLeavesAsTheyWere)
{
    const std::string run = "consensus-scenario --quiet --nodes=3 --duration=8s"
                            " --fault=host-crash@4s:node=2 --out=";
    RunWell(run + (m_folder / "a") + " --detector=fixed-timeout,neural --model=" + Model());
    RunWell(run + (m_folder / "b") + " --detector=fixed-timeout");
    const auto summary = nlohmann::json::parse(ReadAll(m_folder / "a/summary.json"));
    EXPECT_TRUE(summary["detectors"].contains("neural"));
    const auto classical = [this](const std::string& name) {
        std::vector<Row> rows = ReadCsv(ReadAll(m_folder / (name + "/suspicions.csv")));
        rows.erase(std::remove_if(rows.begin(),
                                  rows.end(),
                                  [](const Row& row) { return row[3] == "neural"; }),
                   rows.end());
        return rows;
    };
    EXPECT_GT(classical("b").size(), 1U);
    EXPECT_EQ(classical("a"), classical("b"));
}

TEST_F(NeuralScenario, LoadsLibTorchWhereTheNeuralDetectorIsAskedForAndNowhereElse)
{
    struct Case
    {
        std::string line;
        bool loads;
    };

    const std::string run = "consensus-scenario --quiet --nodes=3 --duration=3s";
    for (const Case& each : {Case{run + " --detector=fixed-timeout,phi-gaussian", false},
                             Case{run + " --observations --out=" + (m_folder / "r"), false},
                             Case{"train-detector --help", false},
                             Case{"evaluate-detector --help", false},
                             Case{run + " --detector=neural --model=" + Model(), true}})
    {
        // The loader tells of every library that it maps.
        const auto result = RunProgramLine(each.line, "LD_DEBUG=files");
        EXPECT_EQ(result.status, 0) << each.line;
        EXPECT_NE(result.errors.find("libneural-consensus.so"), std::string::npos) << each.line;
        EXPECT_EQ(result.errors.find("libtorch") != std::string::npos, each.loads) << each.line;
    }
}
