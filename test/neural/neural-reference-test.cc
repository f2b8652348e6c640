// The network against the textbook: the same model file, computed in plain loops and in double.

#include "synthetic-runs.h"

#include "ns3/neural-backend.h"
#include "ns3/neural-model-file.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

using namespace ns3::neural;
using namespace ns3::neural::test;

namespace
{

using Vector = std::vector<double>;

double
Sigmoid(double x)
{
    return 1.0 / (1.0 + std::exp(-x));
}

class Reference
{
  public:
    explicit Reference(const StoredModel& model)
        : m_model(model)
    {
        for (const StoredTensor& tensor : model.tensors)
        {
            m_tensors[tensor.name] = &tensor;
        }
    }

    Scores Score(const float* window) const
    {
        const std::size_t rows = m_model.config.window;
        std::vector<float> normalised(rows * FEATURE_COUNT);
        m_model.normaliser.Apply(window, normalised.data(), rows);
        std::vector<Vector> inputs;
        for (std::size_t row = 0; row < rows; ++row)
        {
            const auto first =
                normalised.begin() + static_cast<std::ptrdiff_t>(row * FEATURE_COUNT);
            inputs.emplace_back(first, first + static_cast<std::ptrdiff_t>(FEATURE_COUNT));
        }
        const Vector latent = Linear("to_latent", Lstm("encoder", inputs).back());

        Scores scores;
        const Vector p = Classify(latent);
        std::copy(p.begin(), p.end(), scores.probability.begin());
        double squares = 0;
        const auto decoded = Lstm("decoder", std::vector<Vector>(rows, latent));
        for (std::size_t row = 0; row < rows; ++row)
        {
            const Vector features = Linear("to_features", decoded[row]);
            for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
            {
                squares += std::pow(features[i] - inputs[row][i], 2);
            }
        }
        scores.anomaly = static_cast<float>(squares / static_cast<double>(rows * FEATURE_COUNT));
        return scores;
    }

  private:
    Vector Multiply(const std::string& name, const Vector& x) const
    {
        const StoredTensor& weight = *m_tensors.at(name);
        Vector y(static_cast<std::size_t>(weight.shape[0]), 0.0);
        for (std::size_t row = 0; row < y.size(); ++row)
        {
            for (std::size_t column = 0; column < x.size(); ++column)
            {
                y[row] += static_cast<double>(weight.values[row * x.size() + column]) * x[column];
            }
        }
        return y;
    }

    void Add(Vector& y, const std::string& name) const
    {
        const auto& values = m_tensors.at(name)->values;
        std::transform(y.begin(), y.end(), values.begin(), y.begin(), std::plus<>());
    }

    Vector Linear(const std::string& name, const Vector& x) const
    {
        Vector y = Multiply(name + ".weight", x);
        Add(y, name + ".bias");
        return y;
    }

    /** Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000. */
    std::vector<Vector> Lstm(const std::string& name, std::vector<Vector> inputs) const
    {
        const std::size_t hidden = m_model.config.hidden;
        for (std::size_t layer = 0; layer < m_model.config.layers; ++layer)
        {
            const auto part = [&](const std::string& kind) {
                return name + "." + kind + "_l" + std::to_string(layer);
            };
            Vector h(hidden, 0.0);
            Vector c(hidden, 0.0);
            for (Vector& input : inputs)
            {
                Vector gates = Multiply(part("weight_ih"), input);
                const Vector recurrent = Multiply(part("weight_hh"), h);
                std::transform(gates.begin(),
                               gates.end(),
                               recurrent.begin(),
                               gates.begin(),
                               std::plus<>());
                Add(gates, part("bias_ih"));
                Add(gates, part("bias_hh"));
                for (std::size_t k = 0; k < hidden; ++k)
                {
                    const double in = Sigmoid(gates[k]);
                    const double forget = Sigmoid(gates[hidden + k]);
                    const double cell = std::tanh(gates[2 * hidden + k]);
                    const double out = Sigmoid(gates[3 * hidden + k]);
                    c[k] = forget * c[k] + in * cell;
                    h[k] = out * std::tanh(c[k]);
                }
                input = h;
            }
        }
        return inputs;
    }

    Vector Classify(const Vector& latent) const
    {
        Vector x = latent;
        const std::size_t layers = m_model.config.classifier.size();
        for (std::size_t layer = 0; layer <= layers; ++layer)
        {
            // A hidden layer is three modules: linear, ReLU, dropout.
            x = Linear("classifier." + std::to_string(3 * layer), x);
            for (double& value : x)
            {
                value = layer < layers ? std::max(value, 0.0) : std::exp(value);
            }
        }
        double sum = 0;
        for (const double value : x)
        {
            sum += value;
        }
        for (double& value : x)
        {
            value /= sum;
        }
        return x;
    }

    const StoredModel& m_model;
    std::map<std::string, const StoredTensor*> m_tensors;
};

} // namespace

TEST(NeuralReference, TheNetworkGivesTheScoresOfPlainLoops)
{
    const TestFolder folder;
    WriteSeparableRuns(folder.Path("runs"), 2, 30);
    for (const std::size_t layers : {1U, 3U})
    {
        ModelConfig config = SmallModel();
        config.layers = layers;
        config.classifier = {12, 9};
        TrainingConfig training = ShortTraining();
        training.epochs = 3;
        std::string bytes;
        TrainOn(folder.Path("runs"), config, training, bytes);
        WriteFile(folder.Path("model"), bytes);

        const StoredModel stored = ReadModelFile(folder.Path("model"));
        const Reference reference(stored);
        const auto model = LoadBackend().Load(folder.Path("model"), "cpu");
        const WindowDataset dataset = ReadRuns(folder.Path("runs"), config.window);
        for (std::size_t i = 0; i < dataset.Windows().size(); i += 7)
        {
            const float* window = dataset.Features(dataset.Windows()[i]);
            const Scores expected = reference.Score(window);
            Scores scores;
            model->Forward(window, 1, &scores);
            EXPECT_NEAR(scores.anomaly, expected.anomaly, 1e-5 * (1 + expected.anomaly));
            for (std::size_t c = 0; c < CLASS_COUNT; ++c)
            {
                EXPECT_NEAR(scores.probability[c], expected.probability[c], 1e-5) << layers;
            }
        }
    }
}
