#ifndef NEURAL_TRAINING_H
#define NEURAL_TRAINING_H

#include "neural-random.h"
#include "neural-types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3::neural
{

class WindowDataset; // neural-dataset.h

/** How a model is trained. Weights multiply the two parts of the loss. */
struct TrainingConfig
{
    std::size_t epochs{100};          //!< at most, 1..100000
    std::size_t batchSize{64};        //!< windows, 1..65536
    double learningRate{1e-3};        //!< of Adam, above 0 and at most 1
    double reconstructionWeight{1.0}; //!< of the reconstruction error on healthy windows, 0..1000
    double classificationWeight{1.0}; //!< of the weighted cross-entropy, 0..1000
    double maxClassWeight{10.0}; //!< cap of the weight of a rare class, 1..1000; see ClassWeights()
    double gradientClip{1.0};    //!< largest norm of all gradients together, above 0
    std::size_t patience{10};    //!< epochs without a better validation loss before it stops
    double scheduleFactor{0.5};  //!< the learning rate is multiplied by this, 0.01..1
    std::size_t schedulePatience{5};     //!< epochs without a better validation loss before that
    double validationShare{0.2};         //!< share of the runs held out, above 0 and below 1
    std::size_t windowsPerEpoch{200000}; //!< drawn from the training windows, at most; at least 1
    bool balanced{false};                //!< draw every class equally often
    uint64_t seed{1};                    //!< of initial weights, dropout, the split and the drawing
    int threads{1};                      //!< of LibTorch, 1..64; only 1 gives the same bytes again
    std::string device{"cpu"};           //!< cpu or cuda

    /** @throws std::invalid_argument naming the first value out of its range, and the range */
    void Validate() const;
};

/** Windows to learn from and to validate on: indices into the dataset's Windows(). */
struct TrainingData
{
    const WindowDataset* dataset{nullptr};
    std::vector<uint32_t> training;
    std::vector<uint32_t> validation;
};

/**
 * Splits by run, never by window: windows of one run overlap and share its faults. Runs are taken
 * in an order drawn from the seed; at least one is left on each side. Of a run's windows, those in
 * grace, past the cap of a stretch, or not identifiable are left out (doc/evaluation.md).
 * @param dataset outlives the result
 * @param share of the runs for validation
 * @param seed of the draw
 * @throws std::invalid_argument where there are fewer than two runs, or a side has no window
 */
TrainingData SplitByRun(const WindowDataset& dataset, double share, uint64_t seed);

/**
 * Inverse frequency, so that every class weighs the same in total: n / (k n_c) for k classes that
 * occur, at most `cap`, and 0 for a class that does not occur.
 */
std::array<float, CLASS_COUNT> ClassWeights(const std::array<std::size_t, CLASS_COUNT>& counts,
                                            double cap);

/** The windows of each epoch, drawn without a generator of the standard library's choice. */
class WindowSampler
{
  public:
    /**
     * @param dataset of the windows; asked for their labels only here
     * @param windows to draw from, as indices into the dataset
     * @param perEpoch at most so many are drawn
     * @param balanced draw classes in turn, each with replacement; else draw without replacement
     * @param seed of the draw
     */
    WindowSampler(const WindowDataset& dataset,
                  std::vector<uint32_t> windows,
                  std::size_t perEpoch,
                  bool balanced,
                  uint64_t seed);

    /** @return the windows of the next epoch, in the order of training. */
    const std::vector<uint32_t>& NextEpoch();

  private:
    std::vector<uint32_t> m_windows;
    std::vector<std::vector<uint32_t>> m_byClass; //!< only where balanced; no empty class
    std::size_t m_perEpoch;
    SplitMix64 m_random;
    std::vector<uint32_t> m_epoch;
};

/** One epoch of training. Losses are means per window. */
struct EpochReport
{
    std::size_t epoch{0};          //!< from 1
    double learningRate{0};        //!< used in this epoch
    double trainLoss{0};           //!< the weighted sum of the two that follow
    double trainReconstruction{0}; //!< on healthy windows
    double trainClassification{0};
    double validationLoss{0};
    double validationReconstruction{0}; //!< on healthy windows
    double validationClassification{0};
    double validationAccuracy{0};
    double validationMacroF1{0};
};

struct TrainingReport
{
    std::vector<EpochReport> history;
    std::size_t bestEpoch{0}; //!< whose weights are in the model file
    bool stoppedEarly{false}; //!< by patience
    std::size_t trainingWindows{0};
    std::size_t validationWindows{0};
    double anomalyThreshold{0}; //!< 99th percentile on healthy validation windows
};

/** Told of the progress of a training. */
class TrainingObserver
{
  public:
    virtual ~TrainingObserver() = default;

    /**
     * @param epoch from 1
     * @param batch done, from 1
     * @param batches of this epoch
     * @param meanLoss of this epoch so far
     */
    virtual void OnBatch(std::size_t epoch,
                         std::size_t batch,
                         std::size_t batches,
                         double meanLoss);

    virtual void OnEpoch(const EpochReport& report);
};

/** Follows the validation loss: when to lower the learning rate, and when to stop. */
class PlateauSchedule
{
  public:
    explicit PlateauSchedule(const TrainingConfig& config);

    /**
     * Takes the validation loss of an epoch.
     * @return whether it is the best so far; a loss that is not a number never is
     */
    bool Update(double validationLoss);

    /** @return for the next epoch. */
    double LearningRate() const;

    /** @return whether patience has run out. */
    bool ShouldStop() const;

  private:
    double m_learningRate;
    double m_factor;
    std::size_t m_schedulePatience;
    std::size_t m_patience;
    double m_best;
    std::size_t m_sinceBest{0};
    std::size_t m_sinceLowered{0};
};

} // namespace ns3::neural

#endif /* NEURAL_TRAINING_H */
