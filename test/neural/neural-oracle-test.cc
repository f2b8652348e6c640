#include "synthetic-runs.h"

#include "ns3/neural-evaluation-report.h"
#include "ns3/neural-evaluation.h"
#include "ns3/neural-features.h"
#include "ns3/neural-symptom-label.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace ns3::neural;
using namespace ns3::neural::test;

namespace
{

constexpr const char* HEADER = "time_s,observer,target,class,p_crash\n";

/** A run of one pair, half of it slow, and what an oracle says of it. */
WindowDataset
RunOf(const TestFolder& folder, const std::string& oracle)
{
    WriteRun(folder.Path("run"), MakePair(1, 2, 1.0, 4, [](SyntheticRow& row, std::size_t i) {
                 row.label = i < 2 ? "healthy" : "slow";
             }));
    if (!oracle.empty())
    {
        WriteFile(folder.Path("run/oracle.csv"), HEADER + oracle);
    }
    return ReadRuns(folder.Path("run"), 1);
}

constexpr const char* ROWS = "1.000000000,1,2,healthy,0.000000\n"
                             "1.100000000,1,2,slow,0.200000\n"
                             "1.200000000,1,2,slow,0.400000\n"
                             "1.300000000,1,2,pre-failure,0.600000\n";

/** An observation of a peer that is well. */
FeatureRow
Well()
{
    FeatureRow row{};
    row[LATENCY_MEAN] = 0.001F;
    row[MESSAGE_RATE] = 1;
    row[HEARTBEAT_REGULARITY] = 1;
    row[RESPONSE_RATE] = 1;
    row[TIME_SINCE_LAST] = 0.05F;
    return row;
}

} // namespace

TEST(NeuralOracle, IsReadBesideTheLabelsAndScoredLikeAModel)
{
    const TestFolder folder;
    const WindowDataset dataset = RunOf(folder, ROWS);
    ASSERT_TRUE(dataset.HasOracle());
    ASSERT_EQ(dataset.Windows().size(), 4u);
    EXPECT_EQ(dataset.Windows()[1].label, FailureClass::HEALTHY);
    EXPECT_EQ(dataset.Windows()[1].oracle, FailureClass::SLOW);
    const Evaluation oracle = EvaluateOracle(dataset.Windows(), {});
    EXPECT_EQ(oracle.all.windows.confusion.Accuracy(), 0.5);
    EXPECT_EQ(oracle.all.windows.confusion.Count(FailureClass::SLOW, FailureClass::PRE_FAILURE),
              1u);
}

TEST(NeuralOracle, StandsInTheReportsOnlyWhereRunsHaveOne)
{
    const TestFolder folder;
    const WindowDataset with = RunOf(folder, ROWS);
    const std::vector<FailureClass> said(4, FailureClass::SLOW);
    Evaluation evaluation = Evaluate(with.Windows(), said, {});
    std::ostringstream before;
    WriteMetrics(evaluation, before);
    evaluation.oracle = std::make_shared<const Evaluation>(EvaluateOracle(with.Windows(), {}));
    std::ostringstream after;
    WriteMetrics(evaluation, after);
    EXPECT_EQ(after.str().rfind(before.str(), 0), 0u) << "the model's own rows stay as they are";
    EXPECT_NE(after.str().find("\noracle-all,episode,macro,"), std::string::npos);
    std::ostringstream json;
    WriteEvaluationJson(evaluation, json);
    const auto document = nlohmann::json::parse(json.str());
    EXPECT_EQ(document["oracle"]["all"]["window"]["accuracy"], 0.5);

    const TestFolder other;
    EXPECT_FALSE(RunOf(other, "").HasOracle());
}

TEST(NeuralOracle, IsRefusedWhereItSaysNothingOrNonsense)
{
    const std::string rows = ROWS;
    const auto complaint = [](const std::string& oracle) {
        const TestFolder folder;
        return ErrorOf([&] { RunOf(folder, oracle); });
    };
    EXPECT_NE(complaint(rows.substr(0, rows.find("1.3"))).find("a row for every labelled"),
              std::string::npos);
    std::string unknown = rows;
    unknown.replace(unknown.find("pre-failure"), 11, "doomed");
    EXPECT_NE(complaint(unknown).find("oracle.csv"), std::string::npos);
    EXPECT_NE(complaint(unknown).find("doomed"), std::string::npos);
}

TEST(NeuralSymptomLabel, PutsThresholdsOnWhatTheObserverSaw)
{
    EXPECT_EQ(LabelBySymptoms(Well()), FailureClass::HEALTHY);
    FeatureRow row = Well();
    row[LATENCY_MEAN] = 0.06F;
    EXPECT_EQ(LabelBySymptoms(row), FailureClass::SLOW);
    row = Well();
    row[DROP_RATE] = 0.2F;
    EXPECT_EQ(LabelBySymptoms(row), FailureClass::SLOW);
    row[LOG_PROGRESS] = 0.9F;
    EXPECT_EQ(LabelBySymptoms(row), FailureClass::BYZANTINE) << "before slow";
    row[RESPONSE_RATE] = 0.1F;
    EXPECT_EQ(LabelBySymptoms(row), FailureClass::PARTITIONED) << "before byzantine";
    row[TIME_SINCE_LAST] = 0.6F;
    EXPECT_EQ(LabelBySymptoms(row), FailureClass::CRASHED) << "before all else";
}
