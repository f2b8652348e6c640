#ifndef NEURAL_DATASET_H
#define NEURAL_DATASET_H

#include "neural-corpus.h"
#include "neural-types.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3::neural
{

/** How windows are made of rows, and which of them count (doc/evaluation.md). */
struct DatasetOptions
{
    std::size_t window{20};                             //!< rows of a window, 1..1000
    std::chrono::nanoseconds tick{100'000'000};         //!< time between the rows of a pair
    std::chrono::nanoseconds stretchCap{5'000'000'000}; //!< of one crash or partition
    std::size_t maxRows{12'000'000};                    //!< of all runs; bounds memory to 1.5 GB
};

/** A window of consecutive rows of one (observer, target) pair; it carries its last row's label. */
struct LabelledWindow
{
    std::chrono::nanoseconds time{}; //!< of the last row
    uint32_t run{0};                 //!< index of the run in the dataset
    uint32_t lastRow{0};             //!< index of the last row in the run's rows
    uint32_t observer{0};
    uint32_t target{0};
    FailureClass label{FailureClass::HEALTHY};
    bool identifiable{false};
    bool predictable{false};
    bool grace{false};   //!< the fault or heal cannot have been noticed yet
    bool pastCap{false}; //!< in a stretch of a crash or partition, later than the cap
    bool steady{false};  //!< all rows carry the same label
    /** What one would say who knows the hidden state; in a run without oracle.csv the label. */
    FailureClass oracle{FailureClass::HEALTHY};
    float weight{1}; //!< windows that it stands for, where healthy stretches were thinned

    /** @return whether it counts in classification scores; identifiable is another question. */
    bool IsScored() const
    {
        return !grace && !pastCap;
    }

    /** @return whether it is learnt from: scored, and some observer could tell its class. */
    bool IsForTraining() const
    {
        return IsScored() && identifiable;
    }
};

/**
 * The observations of any number of runs, joined with their labels. Rows are held once; windows
 * point into them.
 *
 * A window ends at every labelled row that has enough rows before it without a gap: where a pair's
 * rows are more than 1.5 ticks apart (the observer was down), no window reaches across. A row whose
 * label is empty ends no window, and may be inside one.
 */
class WindowDataset
{
  public:
    explicit WindowDataset(const DatasetOptions& options);

    /**
     * Reads observations.csv, labels.csv and, where there is one, oracle.csv of a run. All are
     * ordered by time, observer, target; every observation has a label row of the same key, every
     * labelled one a row of the oracle, and rows of these without an observation are ignored.
     * @param folder of the run
     * @throws std::runtime_error in one line naming file and line and what was expected: a missing
     *         file or column, a column that is not known, a malformed or infinite number, an
     * unknown class, rows out of order, an observation without label, too many rows
     */
    void AddRun(const std::string& folder);

    /**
     * Takes a run of the corpus.
     * @param run with its rows by observer, target and time
     * @throws std::runtime_error where there are too many rows
     */
    void AddRun(const CorpusRun& run);

    std::size_t WindowLength() const;
    std::size_t RunCount() const;

    /** @return whether there are runs, and each of them has an oracle */
    bool HasOracle() const;

    /** @return every window of every run, by run, observer, target and time. */
    const std::vector<LabelledWindow>& Windows() const;

    /** @return WindowLength() x FEATURE_COUNT raw features, oldest row first. */
    const float* Features(const LabelledWindow& window) const;

  private:
    struct Row
    {
        std::chrono::nanoseconds time{};
        uint32_t observer{0};
        uint32_t target{0};
        bool labelled{false};
        FailureClass label{FailureClass::HEALTHY};
        bool predictable{false};
        bool identifiable{false};
        bool grace{false};
        FailureClass oracle{FailureClass::HEALTHY};
        float weight{1};
        FeatureRow features{};
    };

    class LabelReader;

    std::vector<Row> ReadRows(const std::string& folder) const;
    void AddRows(const std::vector<Row>& rows);
    static void ReadOracle(const std::string& path, std::vector<Row>& rows);
    void AddWindows(const std::vector<Row>& rows, const std::vector<uint32_t>& order);

    DatasetOptions m_options;
    std::vector<std::vector<float>> m_runs; //!< rows of each run, by observer, target and time
    std::size_t m_rowCount{0};
    std::size_t m_oracles{0}; //!< runs that have one
    std::vector<LabelledWindow> m_windows;
};

/**
 * @param folders each a run (it holds observations.csv) or a folder of runs
 * @return the run folders; those found in a folder are sorted by name
 * @throws std::runtime_error naming a folder that is neither
 */
std::vector<std::string> FindRuns(const std::vector<std::string>& folders);

} // namespace ns3::neural

#endif /* NEURAL_DATASET_H */
