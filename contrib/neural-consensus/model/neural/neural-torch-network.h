#ifndef NEURAL_TORCH_NETWORK_H
#define NEURAL_TORCH_NETWORK_H

#include "neural-model-file.h"

#include <torch/torch.h>

namespace ns3::neural
{

/**
 * LSTM autoencoder with a classifier on its latent vector. Windows are time-major,
 * [rows, windows, features], which saves the LSTM a transposition a step.
 */
class NetworkImpl : public torch::nn::Module
{
  public:
    explicit NetworkImpl(const ModelConfig& config);

    /** @return latent vectors, [windows, latent], of normalised windows. */
    torch::Tensor Encode(const torch::Tensor& windows);

    /** @return logits, [windows, classes]. */
    torch::Tensor Classify(const torch::Tensor& latent);

    /** @return windows as reconstructed, [rows, windows, features]. */
    torch::Tensor Decode(const torch::Tensor& latent);

  private:
    int64_t m_rows;
    torch::nn::LSTM m_encoder{nullptr};
    torch::nn::Linear m_toLatent{nullptr};
    torch::nn::LSTM m_decoder{nullptr};
    torch::nn::Linear m_toFeatures{nullptr};
    torch::nn::Sequential m_classifier{nullptr};
};

TORCH_MODULE(Network);

/** @return mean squared difference of each window, [windows]. */
torch::Tensor ReconstructionError(const torch::Tensor& windows, const torch::Tensor& reconstructed);

/**
 * Normalises windows and lays them out time-major.
 * @param windows pointers to the features of each window, oldest row first
 * @param rows of a window
 * @param normaliser of the model
 * @param device to put them on
 */
torch::Tensor MakeBatch(const std::vector<const float*>& windows,
                        std::size_t rows,
                        const Normaliser& normaliser,
                        const torch::Device& device);

/** @return the parameters, in the order of the network. */
std::vector<StoredTensor> StoreParameters(const NetworkImpl& network);

/** @throws std::invalid_argument where names or shapes are not those of the network */
void RestoreParameters(NetworkImpl& network, const std::vector<StoredTensor>& tensors);

/**
 * @param name cpu or cuda
 * @throws std::invalid_argument for another name
 * @throws std::runtime_error where LibTorch finds no such device
 */
torch::Device FindDevice(const std::string& name);

/**
 * Runs `work` and turns an error of LibTorch, whose message has many lines, into a
 * std::runtime_error of one.
 */
template <typename Work>
auto
WithTorchErrors(const Work& work)
{
    try
    {
        return work();
    }
    catch (const c10::Error& e)
    {
        const std::string message = e.what_without_backtrace();
        throw std::runtime_error("LibTorch: " + message.substr(0, message.find('\n')));
    }
}

} // namespace ns3::neural

#endif /* NEURAL_TORCH_NETWORK_H */
