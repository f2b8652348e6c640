#ifndef NEURAL_MODEL_CONFIG_H
#define NEURAL_MODEL_CONFIG_H

#include <cstddef>
#include <vector>

namespace ns3::neural
{

/**
 * Sizes of the network: an LSTM encoder to a latent vector, an LSTM decoder that reconstructs the
 * window from it, and a classifier on the latent vector. Inputs are FEATURE_COUNT features, outputs
 * CLASS_COUNT classes; both are fixed by neural-types.h.
 */
struct ModelConfig
{
    std::size_t window{20};                      //!< rows of a window, 1..1000
    std::size_t hidden{64};                      //!< units of an LSTM layer, 1..1024
    std::size_t layers{2};                       //!< LSTM layers of encoder and decoder, 1..8
    std::size_t latent{32};                      //!< size of the latent vector, 1..1024
    std::vector<std::size_t> classifier{64, 32}; //!< hidden layers, at most 8, of 1..4096 units
    double dropout{0.2};                         //!< share dropped in training, 0..0.9

    /** @throws std::invalid_argument naming the first value out of its range, and the range */
    void Validate() const;
};

bool operator==(const ModelConfig& a, const ModelConfig& b);

} // namespace ns3::neural

#endif /* NEURAL_MODEL_CONFIG_H */
