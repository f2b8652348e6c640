#ifndef NEURAL_TORCH_NETWORK_H
#define NEURAL_TORCH_NETWORK_H

#include "neural-model-file.h"

#include <memory>
#include <string>
#include <vector>

namespace at
{
class Tensor;
}

namespace c10
{
struct Device;
}

namespace torch::nn
{
class Module;
}

namespace ns3::neural
{

/**
 * LSTM autoencoder with a classifier on its latent vector. Windows are time-major,
 * [rows, windows, features], which saves the LSTM a transposition a step.
 */
class Network
{
  public:
    /**
     * @param config sizes
     * @param device to put the parameters on
     */
    Network(const ModelConfig& config, const c10::Device& device);

    /** @return latent vectors, [windows, latent], of normalised windows. */
    at::Tensor Encode(const at::Tensor& windows);

    /** @return logits, [windows, classes]. */
    at::Tensor Classify(const at::Tensor& latent);

    /** @return windows as reconstructed, [rows, windows, features]. */
    at::Tensor Decode(const at::Tensor& latent);

    /** @return what holds the parameters, and switches between training and scoring. */
    torch::nn::Module& Modules();

  private:
    class Layers;
    std::shared_ptr<Layers> m_layers; //!< shared, as LibTorch wants its modules
};

/** @return mean squared difference of each window, [windows]. */
at::Tensor ReconstructionError(const at::Tensor& windows, const at::Tensor& reconstructed);

/**
 * Normalises windows and lays them out time-major.
 * @param windows pointers to the features of each window, oldest row first
 * @param rows of a window
 * @param normaliser of the model
 * @param device to put them on
 */
at::Tensor MakeBatch(const std::vector<const float*>& windows,
                     std::size_t rows,
                     const Normaliser& normaliser,
                     const c10::Device& device);

/** @return the parameters, in the order of the network. */
std::vector<StoredTensor> StoreParameters(const torch::nn::Module& network);

/** @throws std::invalid_argument where names or shapes are not those of the network */
void RestoreParameters(torch::nn::Module& network, const std::vector<StoredTensor>& tensors);

/**
 * @param name cpu or cuda
 * @throws std::invalid_argument for another name
 * @throws std::runtime_error where LibTorch finds no such device
 */
c10::Device FindDevice(const std::string& name);

/** To be called in a handler: throws what WithTorchErrors() shall throw. */
[[noreturn]] void RethrowInOneLine();

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
    catch (...)
    {
        RethrowInOneLine();
    }
}

} // namespace ns3::neural

#endif /* NEURAL_TORCH_NETWORK_H */
