#ifndef NEURAL_MODEL_FILE_H
#define NEURAL_MODEL_FILE_H

#include "neural-model-config.h"
#include "neural-normaliser.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::neural
{

/** One parameter of the network. */
struct StoredTensor
{
    std::string name;
    std::vector<int64_t> shape;
    std::vector<float> values; //!< row-major, as many as the shape says

    /** @return the number of values that a shape holds. */
    static std::size_t Size(const std::vector<int64_t>& shape);
};

/** All that a model file holds: enough to run the model, and to know where it comes from. */
struct StoredModel
{
    ModelConfig config;
    Normaliser normaliser;
    double anomalyThreshold{0};
    uint64_t seed{0};         //!< of the training
    std::size_t bestEpoch{0}; //!< of the training, whose weights these are
    std::vector<StoredTensor> tensors;
};

/** Version of the format written here; files of another version are refused. */
constexpr uint32_t MODEL_FILE_VERSION = 1;

/** @return the bytes of a model file, as doc/model-file.md describes them; the same for the same
 * model. */
std::string EncodeModelFile(const StoredModel& model);

/**
 * Nothing in the bytes is trusted: sizes are checked before they are used, and a checksum covers
 * all.
 * @param bytes of a model file
 * @param name of the file, for messages
 * @throws std::runtime_error in one line that names the file and what was expected
 */
StoredModel DecodeModelFile(const std::string& bytes, const std::string& name);

/**
 * @param path of a model file of at most 256 MiB
 * @throws std::runtime_error as DecodeModelFile(), and where the file cannot be read
 */
StoredModel ReadModelFile(const std::string& path);

} // namespace ns3::neural

#endif /* NEURAL_MODEL_FILE_H */
