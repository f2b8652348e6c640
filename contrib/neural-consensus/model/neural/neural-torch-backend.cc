#include "neural-backend.h"
#include "neural-torch-network.h"
#include "neural-torch-trainer.h"

#include <algorithm>
#include <ostream>
#include <stdexcept>
#include <torch/torch.h>

namespace ns3::neural
{

namespace
{

/** Larger batches gain nothing and cost memory. */
constexpr std::size_t MAX_BATCH = 1024;

class TorchModel : public Model
{
  public:
    TorchModel(StoredModel stored, const torch::Device& device)
        : m_stored(std::move(stored)),
          m_device(device),
          m_network(m_stored.config, m_device)
    {
        RestoreParameters(m_network.Modules(), m_stored.tensors);
        m_stored.tensors.clear();
        m_network.Modules().eval();
    }

    std::size_t WindowLength() const override
    {
        return m_stored.config.window;
    }

    const ModelConfig& Config() const override
    {
        return m_stored.config;
    }

    double AnomalyThreshold() const override
    {
        return m_stored.anomalyThreshold;
    }

    void Forward(const float* windows, std::size_t count, Scores* scores) override
    {
        Score(windows, count, scores, true);
    }

    void Classify(const float* windows, std::size_t count, Scores* scores) override
    {
        Score(windows, count, scores, false);
    }

  private:
    void Score(const float* windows, std::size_t count, Scores* scores, bool withAnomaly)
    {
        const std::size_t size = WindowLength() * FEATURE_COUNT;
        WithTorchErrors([&] {
            for (std::size_t first = 0; first < count; first += MAX_BATCH)
            {
                const std::size_t batch = std::min(MAX_BATCH, count - first);
                m_windows.clear();
                for (std::size_t i = 0; i < batch; ++i)
                {
                    m_windows.push_back(windows + (first + i) * size);
                }
                ScoreBatch(scores + first, withAnomaly);
            }
        });
    }

    void ScoreBatch(Scores* scores, bool withAnomaly)
    {
        const c10::InferenceMode inference;
        const auto batch = MakeBatch(m_windows, WindowLength(), m_stored.normaliser, m_device);
        const auto latent = m_network.Encode(batch);
        const auto probabilities = m_network.Classify(latent).softmax(1).cpu().contiguous();
        const float* probability = probabilities.data_ptr<float>();
        for (std::size_t i = 0; i < m_windows.size(); ++i)
        {
            std::copy_n(probability + i * CLASS_COUNT, CLASS_COUNT, scores[i].probability.begin());
            scores[i].anomaly = 0;
        }
        if (withAnomaly)
        {
            const auto errors =
                ReconstructionError(batch, m_network.Decode(latent)).cpu().contiguous();
            for (std::size_t i = 0; i < m_windows.size(); ++i)
            {
                scores[i].anomaly = errors.data_ptr<float>()[i];
            }
        }
    }

    StoredModel m_stored; //!< without tensors: they are in the network
    torch::Device m_device;
    Network m_network;
    std::vector<const float*> m_windows; //!< of the current batch
};

class TorchBackend : public Backend
{
  public:
    std::unique_ptr<Model> Load(const std::string& path, const std::string& device) override
    {
        // Two pools of threads on few cores are slower than one thread; processes run in parallel.
        at::set_num_threads(1);
        StoredModel stored = ReadModelFile(path);
        return WithTorchErrors([&]() -> std::unique_ptr<Model> {
            const torch::Device found = FindDevice(device);
            try
            {
                return std::make_unique<TorchModel>(std::move(stored), found);
            }
            catch (const std::invalid_argument& e)
            {
                throw std::runtime_error("model file " + path + ": malformed, " + e.what());
            }
        });
    }

    TrainingReport Train(const ModelConfig& model,
                         const TrainingConfig& training,
                         const TrainingData& data,
                         std::ostream& out,
                         TrainingObserver& observer) override
    {
        TrainingReport report;
        const StoredModel trained =
            WithTorchErrors([&] { return TrainNetwork(model, training, data, observer, report); });
        out << EncodeModelFile(trained);
        return report;
    }
};

} // namespace

} // namespace ns3::neural

extern "C" uint32_t
NeuralConsensusTorchAbi()
{
    return ns3::neural::BACKEND_ABI;
}

extern "C" ns3::neural::Backend*
NeuralConsensusTorchBackend()
{
    static ns3::neural::TorchBackend backend;
    return &backend;
}
