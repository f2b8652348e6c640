#ifndef NEURAL_BACKEND_H
#define NEURAL_BACKEND_H

#include "neural-types.h"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

namespace ns3::neural
{

struct ModelConfig;     // neural-model-config.h
struct TrainingConfig;  // neural-training.h
struct TrainingData;    // neural-training.h
struct TrainingReport;  // neural-training.h
class TrainingObserver; // neural-training.h

/** A trained model, ready to score windows. Not for use from several threads at once. */
class Model
{
  public:
    virtual ~Model() = default;

    /** @return rows of a window; feature columns are always FEATURE_COUNT. */
    virtual std::size_t WindowLength() const = 0;

    /** @return sizes and settings the model was trained with. */
    virtual const ModelConfig& Config() const = 0;

    /**
     * Scores a batch of windows in one forward pass. Normalisation is part of the model.
     * @param windows count x WindowLength() x FEATURE_COUNT raw features, row-major, oldest
     *        row first
     * @param count number of windows
     * @param scores count results, in the same order
     */
    virtual void Forward(const float* windows, std::size_t count, Scores* scores) = 0;

    /**
     * As Forward(), but may leave the anomaly at 0, which saves the decoder. By default it is
     * Forward().
     */
    virtual void Classify(const float* windows, std::size_t count, Scores* scores);

    /**
     * @return the 99th percentile of the anomaly on healthy windows that were held out; infinity
     *         where a model knows none
     */
    virtual double AnomalyThreshold() const;
};

/**
 * The one door to LibTorch: implemented in the library neural-consensus-torch, which LoadBackend()
 * loads on first use.
 */
class Backend
{
  public:
    virtual ~Backend() = default;

    /**
     * @param path a model file
     * @param device "cpu" or "cuda"
     * @throws std::runtime_error in one line that names the file and what was expected, where it is
     *         missing, corrupt, not a model of this project or of another version, or the device is
     *         absent
     */
    virtual std::unique_ptr<Model> Load(const std::string& path, const std::string& device) = 0;

    /**
     * Trains a model and writes it as a model file (doc/model-file.md).
     * @param model sizes of the network
     * @param training how to train
     * @param data split by run
     * @param out takes the bytes of the file, once, at the end; binary
     * @param observer told of the progress
     * @throws std::runtime_error or std::invalid_argument in one line
     */
    virtual TrainingReport Train(const ModelConfig& model,
                                 const TrainingConfig& training,
                                 const TrainingData& data,
                                 std::ostream& out,
                                 TrainingObserver& observer) = 0;
};

/** Changes whenever Backend, Model or what they pass changes; both libraries must agree. */
constexpr uint32_t BACKEND_ABI = 1;

/** What the library neural-consensus-torch exports, with C linkage. */
using BackendAbiFunction = uint32_t (*)();
using BackendFunction = Backend* (*)();
constexpr const char* BACKEND_ABI_SYMBOL = "NeuralConsensusTorchAbi";
constexpr const char* BACKEND_SYMBOL = "NeuralConsensusTorchBackend";

/**
 * @return the backend, loaded with dlopen at the first call
 * @throws std::runtime_error where this build has none or the library cannot be loaded
 */
Backend& LoadBackend();

} // namespace ns3::neural

#endif /* NEURAL_BACKEND_H */
