#include "synthetic-runs.h"

#include "ns3/neural-backend.h"
#include "ns3/neural-evaluation.h"
#include "ns3/neural-model-config.h"
#include "ns3/neural-model-file.h"
#include "ns3/neural-random.h"
#include "ns3/neural-training.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <sstream>

using namespace ns3::neural;
using namespace ns3::neural::test;

namespace
{

/** Trains one small model, which the tests share. */
class NeuralNetwork : public ::testing::Test
{
  protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<TestFolder>();
        WriteSeparableRuns(s_folder->Path("runs"), 5, 40);
        s_report = TrainOn(s_folder->Path("runs"), SmallModel(), ShortTraining(), s_bytes);
        WriteFile(s_folder->Path("model"), s_bytes);
    }

    static void TearDownTestSuite()
    {
        s_folder.reset();
    }

    static std::string Path(const std::string& name)
    {
        return s_folder->Path(name);
    }

    static std::unique_ptr<Model> LoadModel()
    {
        return LoadBackend().Load(Path("model"), "cpu");
    }

    static WindowDataset Dataset()
    {
        return ReadRuns(Path("runs"), SmallModel().window);
    }

    static std::string s_bytes;
    static TrainingReport s_report;

  private:
    static std::unique_ptr<TestFolder> s_folder;
};

std::string NeuralNetwork::s_bytes;
TrainingReport NeuralNetwork::s_report;
std::unique_ptr<TestFolder> NeuralNetwork::s_folder;

std::vector<float>
Concatenate(const WindowDataset& dataset, std::size_t count)
{
    std::vector<float> features;
    const std::size_t step = dataset.Windows().size() / count;
    for (std::size_t i = 0; i < count; ++i)
    {
        const float* first = dataset.Features(dataset.Windows()[i * step]);
        features.insert(features.end(), first, first + dataset.WindowLength() * FEATURE_COUNT);
    }
    return features;
}

std::vector<Scores>
ScoreAll(Model& model, const WindowDataset& dataset)
{
    const std::size_t count = dataset.Windows().size();
    const auto features = Concatenate(dataset, count);
    std::vector<Scores> scores(count);
    model.Forward(features.data(), count, scores.data());
    return scores;
}

std::string
LoadError(const std::string& path)
{
    return ErrorOf([&] { LoadBackend().Load(path, "cpu"); });
}

/** Counts what it is told. */
class CountingObserver : public TrainingObserver
{
  public:
    void OnBatch(std::size_t epoch, std::size_t batch, std::size_t batches, double loss) override
    {
        EXPECT_EQ(epoch, m_epochs + 1);
        EXPECT_LE(batch, batches);
        EXPECT_TRUE(std::isfinite(loss));
        ++m_batches;
    }

    void OnEpoch(const EpochReport& report) override
    {
        EXPECT_EQ(report.epoch, ++m_epochs);
    }

    std::size_t m_batches{0};
    std::size_t m_epochs{0};
};

} // namespace

TEST_F(NeuralNetwork, LearnsClassesThatCanBeToldApart)
{
    const EpochReport& best = s_report.history[s_report.bestEpoch - 1];
    EXPECT_GT(best.validationAccuracy, 0.9);
    EXPECT_LT(best.trainReconstruction, s_report.history.front().trainReconstruction);

    const WindowDataset dataset = Dataset();
    const std::vector<Scores> scores = ScoreAll(*LoadModel(), dataset);
    ConfusionMatrix confusion;
    for (std::size_t i = 0; i < scores.size(); ++i)
    {
        if (dataset.Windows()[i].steady)
        {
            confusion.Add(dataset.Windows()[i].label, MostProbable(scores[i]));
        }
    }
    EXPECT_GT(confusion.Accuracy(), 0.95);
    EXPECT_GT(confusion.MacroF1(), 0.95);
}

TEST_F(NeuralNetwork, CannotLearnLabelsThatAreDrawnByChance)
{
    // Features say nothing of the label, so that accuracy beyond chance would be a leak.
    SplitMix64 random(9);
    for (const std::string run : {"a", "b", "c", "d"})
    {
        WriteRun(Path("noise/" + run), MakePair(1, 2, 0, 400, [&](SyntheticRow& row, std::size_t) {
                     row.label = random.Below(2) == 0 ? "healthy" : "slow";
                     for (float& feature : row.features)
                     {
                         feature = static_cast<float>(random.Below(1000));
                     }
                 }));
    }
    ModelConfig model = SmallModel();
    model.window = 1; // or no window would be steady
    TrainingConfig training = ShortTraining();
    training.epochs = 5;
    training.validationShare = 0.5;
    std::string bytes;
    const TrainingReport report = TrainOn(Path("noise"), model, training, bytes);
    const double accuracy = report.history[report.bestEpoch - 1].validationAccuracy;
    // Five standard deviations of a fair coin over 800 windows.
    EXPECT_NEAR(accuracy, 0.5, 5 * 0.5 / std::sqrt(800.0));
}

TEST_F(NeuralNetwork, GivesProbabilitiesAndAnAnomalyFromZero)
{
    const WindowDataset dataset = Dataset();
    const auto features = Concatenate(dataset, 30);
    std::vector<Scores> scores(30);
    LoadModel()->Forward(features.data(), scores.size(), scores.data());
    for (const Scores& each : scores)
    {
        EXPECT_NEAR(std::accumulate(each.probability.begin(), each.probability.end(), 0.0),
                    1.0,
                    1e-5);
        EXPECT_TRUE(std::all_of(each.probability.begin(), each.probability.end(), [](float p) {
            return p >= 0 && p <= 1;
        }));
        EXPECT_GE(each.anomaly, 0.0F);
    }
}

TEST_F(NeuralNetwork, TheThresholdIsAboveHealthyWindowsHeldOutAndBelowFailingOnes)
{
    const WindowDataset dataset = Dataset();
    const auto model = LoadModel();
    const std::vector<Scores> scores = ScoreAll(*model, dataset);
    const TrainingConfig training = ShortTraining();
    std::size_t healthy = 0;
    std::size_t healthyAbove = 0;
    std::size_t failing = 0;
    std::size_t failingAbove = 0;
    for (const uint32_t i : SplitByRun(dataset, training.validationShare, training.seed).validation)
    {
        const LabelledWindow& window = dataset.Windows()[i];
        const bool above = scores[i].anomaly > model->AnomalyThreshold() + 1e-5;
        const bool isHealthy = window.label == FailureClass::HEALTHY;
        healthy += window.steady && isHealthy ? 1 : 0;
        healthyAbove += window.steady && isHealthy && above ? 1 : 0;
        failing += isHealthy ? 0 : 1;
        failingAbove += !isHealthy && above ? 1 : 0;
    }
    ASSERT_GT(healthy, 20U);
    EXPECT_LE(healthyAbove, healthy / 100);
    EXPECT_GT(static_cast<double>(failingAbove), 0.9 * static_cast<double>(failing));
}

TEST_F(NeuralNetwork, ScoresABatchAsOneByOne)
{
    constexpr std::size_t COUNT = 100;
    const WindowDataset dataset = Dataset();
    const auto features = Concatenate(dataset, COUNT);
    const auto model = LoadModel();
    std::vector<Scores> together(COUNT);
    model->Forward(features.data(), COUNT, together.data());
    for (std::size_t i = 0; i < COUNT; ++i)
    {
        Scores alone;
        model->Forward(features.data() + i * model->WindowLength() * FEATURE_COUNT, 1, &alone);
        EXPECT_NEAR(alone.anomaly, together[i].anomaly, 1e-4F * (1 + alone.anomaly));
        for (std::size_t c = 0; c < CLASS_COUNT; ++c)
        {
            EXPECT_NEAR(alone.probability[c], together[i].probability[c], 1e-4F);
        }
    }
}

TEST_F(NeuralNetwork, ScoresBatchesBeyondItsLargestInTheSameOrder)
{
    constexpr std::size_t COUNT = 1030;
    const WindowDataset dataset = Dataset();
    const auto features = Concatenate(dataset, 103);
    std::vector<float> many;
    for (int i = 0; i < 10; ++i)
    {
        many.insert(many.end(), features.begin(), features.end());
    }
    const auto model = LoadModel();
    std::vector<Scores> scores(COUNT);
    model->Forward(many.data(), COUNT, scores.data());
    for (std::size_t i = 103; i < COUNT; ++i)
    {
        EXPECT_NEAR(scores[i].anomaly, scores[i % 103].anomaly, 1e-4F * (1 + scores[i].anomaly));
    }
}

TEST_F(NeuralNetwork, ClassifiesWithoutTheDecoderAsWithIt)
{
    const WindowDataset dataset = Dataset();
    const auto features = Concatenate(dataset, 20);
    const auto model = LoadModel();
    std::vector<Scores> full(20);
    std::vector<Scores> classes(20);
    model->Forward(features.data(), 20, full.data());
    model->Classify(features.data(), 20, classes.data());
    for (std::size_t i = 0; i < 20; ++i)
    {
        EXPECT_EQ(full[i].probability, classes[i].probability);
    }
}

TEST_F(NeuralNetwork, StaysFiniteOnTheLargestFeatures)
{
    const auto model = LoadModel();
    for (const float extreme :
         {std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(), 0.0F})
    {
        const std::vector<float> window(model->WindowLength() * FEATURE_COUNT, extreme);
        Scores scores;
        model->Forward(window.data(), 1, &scores);
        EXPECT_TRUE(std::isfinite(scores.anomaly));
        EXPECT_TRUE(std::isfinite(scores.probability[0]));
    }
}

TEST_F(NeuralNetwork, AModelFileAloneGivesIdenticalScores)
{
    const WindowDataset dataset = Dataset();
    const auto features = Concatenate(dataset, 30);
    const auto score = [&](const std::string& path) {
        std::vector<Scores> scores(30);
        LoadBackend().Load(path, "cpu")->Forward(features.data(), 30, scores.data());
        return scores;
    };
    // Read and written again, so that nothing is lost on the way.
    WriteFile(Path("copy"), EncodeModelFile(ReadModelFile(Path("model"))));
    const auto first = score(Path("model"));
    const auto second = score(Path("copy"));
    for (std::size_t i = 0; i < first.size(); ++i)
    {
        EXPECT_EQ(first[i].anomaly, second[i].anomaly);
        EXPECT_EQ(first[i].probability, second[i].probability);
    }
    EXPECT_EQ(ReadFile(Path("copy")), s_bytes);
}

TEST_F(NeuralNetwork, SaysWhatItWasTrainedWith)
{
    const auto model = LoadModel();
    EXPECT_EQ(model->WindowLength(), SmallModel().window);
    EXPECT_TRUE(model->Config() == SmallModel());
    EXPECT_GT(model->AnomalyThreshold(), 0.0);
    EXPECT_EQ(model->AnomalyThreshold(), s_report.anomalyThreshold);
    const StoredModel stored = ReadModelFile(Path("model"));
    EXPECT_EQ(stored.seed, ShortTraining().seed);
    EXPECT_EQ(stored.bestEpoch, s_report.bestEpoch);
    EXPECT_NE(stored.normaliser.Mean(), FeatureRow{}) << "of the training runs";
}

TEST_F(NeuralNetwork, SameSeedGivesTheSameBytesAndAnotherSeedOthers)
{
    TrainingConfig training = ShortTraining();
    training.epochs = 2;
    std::string first;
    std::string again;
    std::string other;
    TrainOn(Path("runs"), SmallModel(), training, first);
    TrainOn(Path("runs"), SmallModel(), training, again);
    training.seed = 2;
    TrainOn(Path("runs"), SmallModel(), training, other);
    EXPECT_TRUE(first == again);
    EXPECT_FALSE(first == other);
}

TEST_F(NeuralNetwork, TellsItsObserverOfEveryBatchAndEpoch)
{
    const WindowDataset dataset = Dataset();
    TrainingConfig training = ShortTraining();
    training.epochs = 3;
    training.windowsPerEpoch = 100;
    training.balanced = true;
    const TrainingData data = SplitByRun(dataset, training.validationShare, training.seed);
    CountingObserver observer;
    std::ostringstream out;
    LoadBackend().Train(SmallModel(), training, data, out, observer);
    EXPECT_EQ(observer.m_epochs, 3U);
    EXPECT_EQ(observer.m_batches, 3U * 4U) << "100 windows in batches of 32";
}

TEST_F(NeuralNetwork, StopsEarlyAndKeepsTheBestEpoch)
{
    TrainingConfig training = ShortTraining();
    training.learningRate = 0.3; // too high to keep improving
    training.patience = 2;
    training.epochs = 60;
    std::string bytes;
    const TrainingReport report = TrainOn(Path("runs"), SmallModel(), training, bytes);
    EXPECT_TRUE(report.stoppedEarly);
    EXPECT_EQ(report.history.size(), report.bestEpoch + 2);
    const auto best = std::min_element(
        report.history.begin(),
        report.history.end(),
        [](const auto& a, const auto& b) { return a.validationLoss < b.validationLoss; });
    EXPECT_EQ(best->epoch, report.bestEpoch);
}

TEST_F(NeuralNetwork, NeedsHealthyWindowsToLearnFrom)
{
    for (const std::string run : {"a", "b"})
    {
        WriteRun(Path("sick/" + run),
                 MakePair(1, 2, 0, 30, [](SyntheticRow& row, std::size_t) { row.label = "slow"; }));
    }
    std::string bytes;
    const std::string error =
        ErrorOf([&] { TrainOn(Path("sick"), SmallModel(), ShortTraining(), bytes); });
    EXPECT_NE(error.find("healthy"), std::string::npos) << error;
}

TEST_F(NeuralNetwork, RefusesADeviceThatIsNotThere)
{
    EXPECT_NE(ErrorOf([&] { LoadBackend().Load(Path("model"), "abacus"); }).find("cpu or cuda"),
              std::string::npos);
}

TEST_F(NeuralNetwork, RefusesAModelWhoseTensorsAreNotThoseOfItsSizes)
{
    const auto errorOf = [&](auto change) {
        StoredModel model = ReadModelFile(Path("model"));
        change(model);
        WriteFile(Path("changed"), EncodeModelFile(model));
        return LoadError(Path("changed"));
    };
    EXPECT_EQ(errorOf([](StoredModel&) {}), "");
    const std::vector<std::string> errors{
        errorOf([](StoredModel& m) { m.config.hidden = 17; }),
        errorOf([](StoredModel& m) { m.config.layers = 1; }),
        errorOf([](StoredModel& m) { m.tensors.pop_back(); }),
        errorOf([](StoredModel& m) { m.tensors.front().name = "other"; }),
        errorOf([](StoredModel& m) {
            m.tensors.back().shape = {3, 2};
        }),
    };
    for (const std::string& error : errors)
    {
        EXPECT_NE(error.find("changed"), std::string::npos) << error;
        EXPECT_NE(error.find("tensor"), std::string::npos) << error;
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    }
}
