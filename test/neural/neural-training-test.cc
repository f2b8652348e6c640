#include "synthetic-runs.h"

#include "ns3/neural-backend.h"
#include "ns3/neural-normaliser.h"
#include "ns3/neural-training.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <set>
#include <sstream>

using namespace ns3::neural;
using namespace ns3::neural::test;

namespace
{

std::set<uint32_t>
RunsOf(const WindowDataset& dataset, const std::vector<uint32_t>& windows)
{
    std::set<uint32_t> runs;
    for (const uint32_t index : windows)
    {
        runs.insert(dataset.Windows()[index].run);
    }
    return runs;
}

std::map<FailureClass, std::size_t>
ClassesOf(const WindowDataset& dataset, const std::vector<uint32_t>& windows)
{
    std::map<FailureClass, std::size_t> classes;
    for (const uint32_t index : windows)
    {
        ++classes[dataset.Windows()[index].label];
    }
    return classes;
}

} // namespace

TEST(NeuralSplit, IsByRunAndTheSameForTheSameSeed)
{
    const TestFolder folder;
    WriteSeparableRuns(folder.Path(""), 10, 12);
    const WindowDataset dataset = ReadRuns(folder.Path(""), 8);
    std::set<std::set<uint32_t>> held;
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        const TrainingData data = SplitByRun(dataset, 0.2, seed);
        const auto training = RunsOf(dataset, data.training);
        const auto validation = RunsOf(dataset, data.validation);
        EXPECT_EQ(training.size(), 8U);
        EXPECT_EQ(validation.size(), 2U);
        for (const uint32_t run : validation)
        {
            EXPECT_EQ(training.count(run), 0U);
        }
        EXPECT_EQ(SplitByRun(dataset, 0.2, seed).validation, data.validation);
        held.insert(validation);
    }
    EXPECT_GT(held.size(), 5U) << "other seeds hold out other runs";
}

TEST(NeuralSplit, LeavesOutWhatIsNotLearntFrom)
{
    const TestFolder folder;
    for (const std::string run : {"a", "b"})
    {
        WriteRun(folder.Path(run), MakePair(1, 2, 0, 20, [](SyntheticRow& row, std::size_t i) {
                     row.grace = i == 10;
                     row.identifiable = i != 11;
                 }));
    }
    const WindowDataset dataset = ReadRuns(folder.Path(""), 8);
    const TrainingData data = SplitByRun(dataset, 0.5, 1);
    EXPECT_EQ(dataset.Windows().size(), 26U);
    EXPECT_EQ(data.training.size(), 11U);
    EXPECT_EQ(data.validation.size(), 11U);
}

TEST(NeuralSplit, NeedsTwoRunsWithWindows)
{
    const TestFolder folder;
    WriteSeparableRuns(folder.Path(""), 1, 12);
    EXPECT_NE(ErrorOf([&] { SplitByRun(ReadRuns(folder.Path(""), 8), 0.2, 1); }).find("at least 2"),
              std::string::npos);
    WriteSeparableRuns(folder.Path(""), 2, 12);
    EXPECT_NE(ErrorOf([&] { SplitByRun(ReadRuns(folder.Path(""), 900), 0.2, 1); }).find("900 rows"),
              std::string::npos);
}

TEST(NeuralClassWeights, AreInverseFrequenciesUpToTheCap)
{
    const auto weights = ClassWeights({60, 30, 10, 0, 0, 0}, 2.5);
    EXPECT_FLOAT_EQ(weights[0], 100.0F / (3 * 60));
    EXPECT_FLOAT_EQ(weights[1], 100.0F / (3 * 30));
    EXPECT_FLOAT_EQ(weights[2], 2.5F) << "100 / 30, capped";
    EXPECT_EQ(weights[3], 0.0F);
}

TEST(NeuralSampler, DrawsEveryWindowOnceWhereThereIsRoom)
{
    const TestFolder folder;
    WriteSeparableRuns(folder.Path(""), 2, 12);
    const WindowDataset dataset = ReadRuns(folder.Path(""), 8);
    std::vector<uint32_t> windows(50);
    for (std::size_t i = 0; i < windows.size(); ++i)
    {
        windows[i] = static_cast<uint32_t>(2 * i);
    }
    WindowSampler sampler(dataset, windows, 1000, false, 7);
    auto first = sampler.NextEpoch();
    auto second = sampler.NextEpoch();
    EXPECT_NE(first, second);
    std::sort(first.begin(), first.end());
    EXPECT_EQ(first, windows);

    WindowSampler few(dataset, windows, 10, false, 7);
    const auto drawn = few.NextEpoch();
    EXPECT_EQ(std::set<uint32_t>(drawn.begin(), drawn.end()).size(), 10U);
}

TEST(NeuralSampler, DrawsClassesEquallyWhereBalanced)
{
    const TestFolder folder;
    WriteRun(folder.Path("run"), MakePair(1, 2, 0, 300, [](SyntheticRow& row, std::size_t i) {
                 row.label = i < 280 ? "healthy" : i < 295 ? "slow" : "crashed";
             }));
    const WindowDataset dataset = ReadRuns(folder.Path("run"), 8);
    std::vector<uint32_t> windows(dataset.Windows().size());
    for (std::size_t i = 0; i < windows.size(); ++i)
    {
        windows[i] = static_cast<uint32_t>(i);
    }
    WindowSampler sampler(dataset, windows, 240, true, 7);
    const auto classes = ClassesOf(dataset, sampler.NextEpoch());
    ASSERT_EQ(classes.size(), 3U);
    for (const auto& [label, count] : classes)
    {
        EXPECT_EQ(count, 80U);
    }
}

TEST(NeuralSchedule, LowersTheRateOnAPlateauAndStopsWhenPatienceRunsOut)
{
    TrainingConfig config;
    config.learningRate = 0.1;
    config.schedulePatience = 2;
    config.patience = 5;
    PlateauSchedule schedule(config);
    EXPECT_TRUE(schedule.Update(1.0));
    EXPECT_TRUE(schedule.Update(0.9));
    EXPECT_FALSE(schedule.Update(0.9));
    EXPECT_FALSE(schedule.Update(0.95));
    EXPECT_DOUBLE_EQ(schedule.LearningRate(), 0.1);
    EXPECT_FALSE(schedule.Update(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_DOUBLE_EQ(schedule.LearningRate(), 0.05);
    EXPECT_FALSE(schedule.Update(2.0));
    EXPECT_FALSE(schedule.ShouldStop());
    EXPECT_FALSE(schedule.Update(2.0));
    EXPECT_TRUE(schedule.ShouldStop());
}

TEST(NeuralNormaliser, TakesMeanAndDeviationFromSteadyHealthyWindows)
{
    const TestFolder folder;
    WriteRun(folder.Path("run"), MakePair(1, 2, 0, 60, [](SyntheticRow& row, std::size_t i) {
                 row.label = i < 40 ? "healthy" : "slow";
                 row.features[0] = i >= 40 ? 1000.0F : i % 2 == 0 ? 9.0F : 11.0F;
                 row.features[1] = i >= 40 ? 100.0F : 5.0F; // constant in health
                 row.features[2] = 3.0F;                    // constant everywhere
             }));
    const WindowDataset dataset = ReadRuns(folder.Path("run"), 1);
    std::vector<uint32_t> windows(60);
    for (uint32_t i = 0; i < 60; ++i)
    {
        windows[i] = i;
    }
    const Normaliser normaliser = Normaliser::Fit(dataset, windows);
    EXPECT_FLOAT_EQ(normaliser.Mean()[0], 10.0F);
    EXPECT_FLOAT_EQ(normaliser.Mean()[1], 5.0F);
    // 1 % of the deviation over all, which is 95 sqrt(2/9).
    EXPECT_NEAR(normaliser.Scale()[1], 0.95 * std::sqrt(2.0 / 9.0), 1e-5);
    EXPECT_FLOAT_EQ(normaliser.Scale()[2], 1e-6F);
    // 1 % of the deviation of feature 0 over all is 4.7, more than its 1.0 in health.
    EXPECT_GT(normaliser.Scale()[0], 4.0F);
}

TEST(NeuralNormaliser, IsLinearNearTheMeanAndBoundedFarFromIt)
{
    FeatureRow mean{};
    FeatureRow scale;
    scale.fill(2.0F);
    mean[0] = 10.0F;
    const Normaliser normaliser(mean, scale);
    FeatureRow row{};
    row[0] = 10.2F;
    row[1] = -2.0F;
    row[2] = std::numeric_limits<float>::max();
    row[3] = std::numeric_limits<float>::lowest();
    FeatureRow out{};
    normaliser.Apply(row.data(), out.data(), 1);
    EXPECT_NEAR(out[0], 0.1F, 1e-3);
    EXPECT_FLOAT_EQ(out[1], std::asinh(-1.0F));
    EXPECT_EQ(out[2], Normaliser::CLIP);
    EXPECT_EQ(out[3], -Normaliser::CLIP);
}

TEST(NeuralNormaliser, RefusesAScaleThatIsNotAboveZero)
{
    for (const float bad : {0.0F, -1.0F, std::nanf(""), std::numeric_limits<float>::infinity()})
    {
        FeatureRow scale;
        scale.fill(1.0F);
        scale[4] = bad;
        EXPECT_THROW(Normaliser(FeatureRow{}, scale), std::invalid_argument);
    }
}

TEST(NeuralConfig, NamesWhatIsOutOfRangeAndTheRange)
{
    const auto model = [](auto change) {
        return ErrorOf([&] {
            ModelConfig config;
            change(config);
            config.Validate();
        });
    };
    const auto training = [](auto change) {
        return ErrorOf([&] {
            TrainingConfig config;
            change(config);
            config.Validate();
        });
    };
    EXPECT_EQ(model([](auto&) {}), "");
    EXPECT_EQ(training([](auto&) {}), "");
    EXPECT_EQ(model([](auto& c) { c.window = 0; }), "window is 0: expected 1 to 1000");
    EXPECT_EQ(model([](auto& c) { c.dropout = 1.0; }), "dropout is 1: expected 0 to 0.9");
    EXPECT_NE(model([](auto& c) { c.dropout = std::nan(""); }), "");
    EXPECT_NE(model([](auto& c) { c.classifier = {64, 0}; }), "");
    EXPECT_EQ(training([](auto& c) { c.epochs = 0; }), "epochs is 0: expected 1 to 100000");
    EXPECT_NE(training([](auto& c) { c.learningRate = 0; }), "");
    EXPECT_NE(training([](auto& c) { c.learningRate = std::nan(""); }), "");
    EXPECT_NE(training([](auto& c) { c.validationShare = 1.0; }), "");
    EXPECT_EQ(training([](auto& c) { c.device = "tpu"; }), "device is 'tpu': expected cpu or cuda");
    EXPECT_NE(training([](auto& c) { c.reconstructionWeight = c.classificationWeight = 0; }), "");
}
