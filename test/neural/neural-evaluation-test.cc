#include "synthetic-runs.h"

#include "ns3/neural-evaluation-report.h"
#include "ns3/neural-evaluation.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

using namespace ns3::neural;
using namespace ns3::neural::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

constexpr auto H = FailureClass::HEALTHY;
constexpr auto C = FailureClass::CRASHED;
constexpr auto S = FailureClass::SLOW;

LabelledWindow
Window(uint32_t run, uint32_t observer, uint32_t target, FailureClass label, double time)
{
    LabelledWindow window;
    window.run = run;
    window.observer = observer;
    window.target = target;
    window.label = label;
    window.time = milliseconds(static_cast<long>(time * 1000 + 0.5));
    window.identifiable = true;
    return window;
}

/** Windows of one pair, a tick apart. */
void
AddStretch(std::vector<LabelledWindow>& windows, const LabelledWindow& first, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
    {
        windows.push_back(first);
        windows.back().time += milliseconds(100) * static_cast<long>(i);
    }
}

std::size_t
EpisodesOf(const std::vector<LabelledWindow>& windows)
{
    const auto episodes = AssignEpisodes(windows, {});
    return std::set<uint32_t>(episodes.begin(), episodes.end()).size();
}

std::string
Text(void (*write)(const Evaluation&, std::ostream&), const Evaluation& evaluation)
{
    std::ostringstream out;
    write(evaluation, out);
    return out.str();
}

} // namespace

TEST(NeuralConfusionMatrix, GivesTheNumbersOfAnExampleByHand)
{
    // Truth healthy: 6 right, 2 as slow. Truth crashed: 3 right, 1 as healthy. Slow: predicted
    // only.
    ConfusionMatrix matrix;
    const auto add = [&](FailureClass truth, FailureClass predicted, int times) {
        for (int i = 0; i < times; ++i)
        {
            matrix.Add(truth, predicted);
        }
    };
    add(H, H, 6);
    add(H, S, 2);
    add(C, C, 3);
    add(C, H, 1);

    EXPECT_EQ(matrix.Total(), 12U);
    EXPECT_EQ(matrix.Support(H), 8U);
    EXPECT_DOUBLE_EQ(*matrix.Precision(H), 6.0 / 7.0);
    EXPECT_DOUBLE_EQ(*matrix.Recall(H), 0.75);
    EXPECT_DOUBLE_EQ(*matrix.F1(H), 12.0 / 15.0);
    EXPECT_DOUBLE_EQ(*matrix.Precision(C), 1.0);
    EXPECT_DOUBLE_EQ(*matrix.F1(C), 6.0 / 7.0);
    EXPECT_DOUBLE_EQ(*matrix.Precision(S), 0.0);
    EXPECT_FALSE(matrix.Recall(S).has_value());
    EXPECT_FALSE(matrix.F1(S).has_value());
    EXPECT_FALSE(matrix.Precision(FailureClass::BYZANTINE).has_value());
    EXPECT_DOUBLE_EQ(matrix.Accuracy(), 0.75);
    EXPECT_DOUBLE_EQ(matrix.MacroF1(), (0.8 + 6.0 / 7.0) / 2);
}

TEST(NeuralConfusionMatrix, HasScoresOfZeroWhereItIsEmpty)
{
    const ConfusionMatrix matrix;
    EXPECT_EQ(matrix.Accuracy(), 0.0);
    EXPECT_EQ(matrix.MacroF1(), 0.0);
}

TEST(NeuralEpisodes, ObserversOfOneTargetShareTheEpisode)
{
    std::vector<LabelledWindow> windows;
    for (const uint32_t observer : {1U, 3U, 4U, 5U})
    {
        AddStretch(windows, Window(0, observer, 2, C, 10 + 0.03 * observer), 20);
    }
    EXPECT_EQ(EpisodesOf(windows), 1U);
}

TEST(NeuralEpisodes, TargetsRunsAndClassesAreApart)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 10), 5);
    AddStretch(windows, Window(0, 1, 3, C, 10), 5);
    AddStretch(windows, Window(1, 1, 2, C, 10), 5);
    AddStretch(windows, Window(0, 1, 2, S, 11), 5);
    EXPECT_EQ(EpisodesOf(windows), 4U);
}

TEST(NeuralEpisodes, AFaultThatFlickersIsOneAndAfterFiveSecondsItIsAnother)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, S, 10.0), 11); // to 11.0
    AddStretch(windows, Window(0, 1, 2, S, 16.0), 11); // to 17.0
    EXPECT_EQ(EpisodesOf(windows), 1U);
    AddStretch(windows, Window(0, 1, 2, S, 22.1), 11);
    EXPECT_EQ(EpisodesOf(windows), 2U);
}

TEST(NeuralEpisodes, HealthyStretchesAreCutEverySixtySecondsAndAtFaults)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, H, 0.0), 600); // to 59.9
    EXPECT_EQ(EpisodesOf(windows), 1U);
    AddStretch(windows, Window(0, 1, 2, H, 60.0), 1);
    EXPECT_EQ(EpisodesOf(windows), 2U);
    AddStretch(windows, Window(0, 1, 2, H, 60.3), 10); // a pause of three ticks
    EXPECT_EQ(EpisodesOf(windows), 3U);
}

TEST(NeuralEpisodes, APieceLeftOutOfAThinnedHealthyStretchDoesNotEndIt)
{
    std::vector<LabelledWindow> windows;
    LabelledWindow thinned = Window(0, 1, 2, H, 100);
    thinned.weight = 4;
    AddStretch(windows, thinned, 41);
    thinned.time += seconds(24);
    AddStretch(windows, thinned, 41);
    EXPECT_EQ(EpisodesOf(windows), 1U);
    thinned.time += seconds(61);
    AddStretch(windows, thinned, 41);
    EXPECT_EQ(EpisodesOf(windows), 2U);
}

TEST(NeuralEvaluation, AWindowCountsByItsWeight)
{
    // Ten windows of a crash are found; of ten healthy ones, which stand for forty, two are not.
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 10), 10);
    LabelledWindow thinned = Window(0, 1, 3, H, 10);
    thinned.weight = 4;
    AddStretch(windows, thinned, 10);
    std::vector<FailureClass> predicted(20, C);
    std::fill(predicted.begin() + 12, predicted.end(), H);
    const auto& confusion = Evaluate(windows, predicted, {}).identifiable.windows.confusion;
    EXPECT_DOUBLE_EQ(confusion.Total(), 50);
    EXPECT_DOUBLE_EQ(*confusion.Precision(C), 10.0 / 18);
    EXPECT_DOUBLE_EQ(*confusion.Recall(H), 0.8);
}

TEST(NeuralEvaluation, LeavesOutGraceAndWhatIsPastTheCap)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 1.0), 4);
    windows[0].grace = true;
    windows[3].pastCap = true;
    const Evaluation evaluation = Evaluate(windows, {H, C, H, H}, {});
    EXPECT_EQ(evaluation.all.windows.confusion.Total(), 2U);
    EXPECT_EQ(evaluation.all.windows.confusion.Count(C, C), 1U);
    EXPECT_EQ(evaluation.all.windows.confusion.Count(C, H), 1U);
}

TEST(NeuralEvaluation, HeadlineIsOnIdentifiableWindowsAndAllStandBeside)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 1.0), 3);
    AddStretch(windows, Window(0, 1, 3, S, 1.0), 2);
    windows[3].identifiable = false;
    windows[4].identifiable = false;
    const Evaluation evaluation = Evaluate(windows, {C, C, C, H, H}, {});
    EXPECT_EQ(evaluation.identifiable.windows.confusion.Total(), 3U);
    EXPECT_DOUBLE_EQ(evaluation.identifiable.windows.confusion.MacroF1(), 1.0);
    EXPECT_EQ(evaluation.all.windows.confusion.Total(), 5U);
    EXPECT_DOUBLE_EQ(evaluation.all.windows.confusion.MacroF1(), 0.5);
    EXPECT_EQ(evaluation.identifiable.episodes.confusion.Total(), 1U);
    EXPECT_EQ(evaluation.all.episodes.confusion.Total(), 2U);
}

TEST(NeuralEvaluation, AnEpisodeGetsTheClassOfMostOfItsWindows)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 1.0), 3);
    AddStretch(windows, Window(0, 3, 2, C, 1.0), 2);
    const Evaluation most = Evaluate(windows, {C, H, S, C, H}, {});
    EXPECT_EQ(most.all.episodes.confusion.Count(C, H), 1U) << "a tie goes to the lower number";
    const Evaluation other = Evaluate(windows, {C, H, S, C, S}, {});
    EXPECT_EQ(other.all.episodes.confusion.Count(C, C), 1U);
    EXPECT_EQ(other.all.episodes.confusion.Total(), 1U);
}

TEST(NeuralEvaluation, BootstrapDrawsRunsAndRepeatsWithItsSeed)
{
    // Half of the runs are all right, half are all wrong, in the one class there is.
    std::vector<LabelledWindow> windows;
    std::vector<FailureClass> predicted;
    for (uint32_t run = 0; run < 20; ++run)
    {
        AddStretch(windows, Window(run, 1, 2, C, 1.0), 5);
        predicted.insert(predicted.end(), 5, run % 2 == 0 ? C : H);
    }
    EvaluationOptions options;
    const Evaluation first = Evaluate(windows, predicted, options);
    const Evaluation again = Evaluate(windows, predicted, options);
    ASSERT_TRUE(first.all.windows.macroF1.has_value());
    const Interval interval = *first.all.windows.macroF1;
    EXPECT_EQ(interval.low, again.all.windows.macroF1->low);
    EXPECT_EQ(interval.high, again.all.windows.macroF1->high);
    // F1 of a recall r and precision 1 is 2r / (1 + r); 95 % of Binomial(20, 1/2) lie in 6 to 14.
    EXPECT_NEAR(interval.low, 2 * 0.3 / 1.3, 0.06);
    EXPECT_NEAR(interval.high, 2 * 0.7 / 1.7, 0.06);
}

TEST(NeuralEvaluation, ASingleRunHasNoInterval)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 1.0), 5);
    EXPECT_FALSE(Evaluate(windows, {C, C, C, C, H}, {}).all.windows.macroF1.has_value());
}

TEST(NeuralEvaluation, RefusesAMismatchAndNothingToScore)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 1.0), 2);
    EXPECT_THROW(Evaluate(windows, {C}, {}), std::invalid_argument);
    windows[0].grace = true;
    windows[1].grace = true;
    EXPECT_THROW(Evaluate(windows, {C, C}, {}), std::invalid_argument);
}

TEST(NeuralEvaluation, WritesItsFilesAsDocumented)
{
    std::vector<LabelledWindow> windows;
    AddStretch(windows, Window(0, 1, 2, C, 1.0), 2);
    AddStretch(windows, Window(1, 1, 2, H, 1.0), 2);
    EvaluationOptions options;
    options.thinBelow = 1;
    const Evaluation evaluation = Evaluate(windows, {C, H, H, H}, options);
    EXPECT_EQ(Text(WriteConfusionMatrix, evaluation),
              "true,healthy,pre-failure,crashed,byzantine,partitioned,slow\n"
              "healthy,2,0,0,0,0,0\n"
              "pre-failure,0,0,0,0,0,0\n"
              "crashed,1,0,1,0,0,0\n"
              "byzantine,0,0,0,0,0,0\n"
              "partitioned,0,0,0,0,0,0\n"
              "slow,0,0,0,0,0,0\n");
    const std::string metrics = Text(WriteMetrics, evaluation);
    for (const std::string line : {
             "scope,unit,class,precision,recall,f1,support_windows,episodes,thin\n",
             "\nidentifiable,window,healthy,0.666667,1.000000,0.800000,2,1,0\n",
             "\nidentifiable,window,crashed,1.000000,0.500000,0.666667,2,1,0\n",
             "\nidentifiable,window,slow,,,,0,0,1\n",
             "\nidentifiable,episode,crashed,,0.000000,0.000000,2,1,0\n",
             "\nall,window,macro,,,0.733333,4,2,1\n",
         })
    {
        EXPECT_NE(metrics.find(line), std::string::npos) << line << "not in\n" << metrics;
    }
    const std::string json = Text(WriteEvaluationJson, evaluation);
    EXPECT_NE(json.find("\"macro_f1_ci95\""), std::string::npos);
    EXPECT_EQ(json, Text(WriteEvaluationJson, evaluation));
    EXPECT_NE(Text(WriteEvaluationTable, evaluation).find("thin"), std::string::npos);
}

TEST(NeuralEvaluation, TheMostProbableClassIsTheFirstOfEquals)
{
    Scores scores;
    scores.probability = {0.1F, 0.4F, 0.1F, 0.4F, 0.0F, 0.0F};
    EXPECT_EQ(MostProbable(scores), FailureClass::PRE_FAILURE);
}
