#include "neural-torch-network.h"

#include "neural-torch-lstm.h"

#include <map>
#include <sstream>
#include <stdexcept>
#include <torch/torch.h>

namespace ns3::neural
{

namespace
{

torch::nn::LSTM
MakeLstm(std::size_t inputs, const ModelConfig& config)
{
    // Dropout sits between layers, so that a single one has none.
    const double dropout = config.layers > 1 ? config.dropout : 0.0;
    return torch::nn::LSTM(
        torch::nn::LSTMOptions(static_cast<int64_t>(inputs), static_cast<int64_t>(config.hidden))
            .num_layers(static_cast<int64_t>(config.layers))
            .dropout(dropout));
}

torch::nn::Linear
MakeLinear(std::size_t inputs, std::size_t outputs)
{
    return torch::nn::Linear(static_cast<int64_t>(inputs), static_cast<int64_t>(outputs));
}

} // namespace

class Network::Layers : public torch::nn::Module
{
  public:
    explicit Layers(const ModelConfig& config)
        : rows(static_cast<int64_t>(config.window))
    {
        encoder = register_module("encoder", MakeLstm(FEATURE_COUNT, config));
        toLatent = register_module("to_latent", MakeLinear(config.hidden, config.latent));
        decoder = register_module("decoder", MakeLstm(config.latent, config));
        toFeatures = register_module("to_features", MakeLinear(config.hidden, FEATURE_COUNT));
        classifier = torch::nn::Sequential();
        std::size_t inputs = config.latent;
        for (const std::size_t units : config.classifier)
        {
            classifier->push_back(MakeLinear(inputs, units));
            classifier->push_back(torch::nn::ReLU());
            classifier->push_back(torch::nn::Dropout(config.dropout));
            inputs = units;
        }
        classifier->push_back(MakeLinear(inputs, CLASS_COUNT));
        register_module("classifier", classifier);
    }

    int64_t rows;
    torch::nn::LSTM encoder{nullptr};
    torch::nn::Linear toLatent{nullptr};
    torch::nn::LSTM decoder{nullptr};
    torch::nn::Linear toFeatures{nullptr};
    torch::nn::Sequential classifier{nullptr};
};

Network::Network(const ModelConfig& config, const c10::Device& device)
    : m_layers(std::make_shared<Layers>(config))
{
    m_layers->to(device);
}

torch::Tensor
Network::Encode(const torch::Tensor& windows)
{
    return m_layers->toLatent->forward(RunLstm(m_layers->encoder, windows)[-1]);
}

torch::Tensor
Network::Classify(const torch::Tensor& latent)
{
    return m_layers->classifier->forward(latent);
}

torch::Tensor
Network::Decode(const torch::Tensor& latent)
{
    return m_layers->toFeatures->forward(
        RunLstmOnConstant(m_layers->decoder, latent, m_layers->rows));
}

torch::nn::Module&
Network::Modules()
{
    return *m_layers;
}

torch::Tensor
ReconstructionError(const torch::Tensor& windows, const torch::Tensor& reconstructed)
{
    return (windows - reconstructed).square().mean(at::IntArrayRef({0, 2}));
}

torch::Tensor
MakeBatch(const std::vector<const float*>& windows,
          std::size_t rows,
          const Normaliser& normaliser,
          const torch::Device& device)
{
    const std::size_t count = windows.size();
    auto batch = torch::empty({static_cast<int64_t>(rows),
                               static_cast<int64_t>(count),
                               static_cast<int64_t>(FEATURE_COUNT)});
    float* to = batch.data_ptr<float>();
    for (std::size_t row = 0; row < rows; ++row)
    {
        for (const float* window : windows)
        {
            normaliser.Apply(window + row * FEATURE_COUNT, to, 1);
            to += FEATURE_COUNT;
        }
    }
    return batch.to(device);
}

std::vector<StoredTensor>
StoreParameters(const torch::nn::Module& network)
{
    std::vector<StoredTensor> tensors;
    for (const auto& parameter : network.named_parameters())
    {
        const auto values = parameter.value().detach().cpu().contiguous();
        const float* data = values.data_ptr<float>();
        tensors.push_back({parameter.key(), values.sizes().vec(), {data, data + values.numel()}});
    }
    return tensors;
}

void
RestoreParameters(torch::nn::Module& network, const std::vector<StoredTensor>& tensors)
{
    const torch::NoGradGuard noGrad;
    std::map<std::string, const StoredTensor*> byName;
    for (const StoredTensor& tensor : tensors)
    {
        byName[tensor.name] = &tensor;
    }
    auto parameters = network.named_parameters();
    if (byName.size() != parameters.size())
    {
        throw std::invalid_argument("expected " + std::to_string(parameters.size()) +
                                    " tensors for this configuration");
    }
    for (auto& parameter : parameters)
    {
        const auto found = byName.find(parameter.key());
        if (found == byName.end() || found->second->shape != parameter.value().sizes().vec())
        {
            std::ostringstream shape;
            shape << parameter.value().sizes();
            throw std::invalid_argument("expected a tensor " + parameter.key() + " of shape " +
                                        shape.str());
        }
        auto values = found->second->values;
        parameter.value().copy_(torch::from_blob(values.data(), found->second->shape));
    }
}

torch::Device
FindDevice(const std::string& name)
{
    if (name == "cpu")
    {
        return torch::kCPU;
    }
    if (name != "cuda")
    {
        throw std::invalid_argument("device is '" + name + "': expected cpu or cuda");
    }
    if (!torch::cuda::is_available())
    {
        throw std::runtime_error("device cuda: LibTorch finds none, expected cpu");
    }
    return torch::kCUDA;
}

void
RethrowInOneLine()
{
    try
    {
        throw;
    }
    catch (const c10::Error& e)
    {
        const std::string message = e.what_without_backtrace();
        throw std::runtime_error("LibTorch: " + message.substr(0, message.find('\n')));
    }
}

} // namespace ns3::neural
