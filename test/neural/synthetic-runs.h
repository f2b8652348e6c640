#ifndef SYNTHETIC_RUNS_H
#define SYNTHETIC_RUNS_H

#include "ns3/neural-dataset.h"
#include "ns3/neural-model-config.h"
#include "ns3/neural-training.h"
#include "ns3/neural-types.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3::neural::test
{

/** A folder of its own for the files of a test, removed at the end. */
class TestFolder
{
  public:
    TestFolder();
    ~TestFolder();

    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    std::string Path(const std::string& name) const;

  private:
    std::string m_path;
};

/** One row of both files of a run; the label may be empty. */
struct SyntheticRow
{
    double time{0};
    uint32_t observer{1};
    uint32_t target{2};
    std::string label{"healthy"};
    bool identifiable{true};
    bool grace{false};
    FeatureRow features{};
};

/** Rows of one pair, a tick apart from `start` on, as `fill` changes them (row, index). */
std::vector<SyntheticRow> MakePair(uint32_t observer,
                                   uint32_t target,
                                   double start,
                                   std::size_t rows,
                                   const std::function<void(SyntheticRow&, std::size_t)>& fill);

/** Writes observations.csv and labels.csv into the folder, in the order of their format. */
void WriteRun(const std::string& folder, std::vector<SyntheticRow> rows);

/**
 * Writes runs in which every class has a signature of its own: the targets of one run go through
 * all classes for `ticksEach` ticks, each, with noise.
 */
void WriteSeparableRuns(const std::string& folder, std::size_t runs, std::size_t ticksEach);

/** Reads all runs below the folder. */
WindowDataset ReadRuns(const std::string& folder, std::size_t window);

/** A network that learns WriteSeparableRuns() within a second or two. */
ModelConfig SmallModel();
TrainingConfig ShortTraining();

/** Trains on the runs below the folder. */
TrainingReport TrainOn(const std::string& folder,
                       const ModelConfig& model,
                       const TrainingConfig& training,
                       std::string& bytes);

/** Replaces the content of a file. */
void WriteFile(const std::string& path, const std::string& content);
std::string ReadFile(const std::string& path);

/** @return the message of the exception that `work` throws; empty where it throws none */
std::string ErrorOf(const std::function<void()>& work);

} // namespace ns3::neural::test

#endif /* SYNTHETIC_RUNS_H */
