#ifndef NEURAL_CORPUS_H
#define NEURAL_CORPUS_H

#include "neural-types.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

/**
 * @file
 * Reading the corpus (doc/corpus.md). What is declared here is in a library of its own,
 * neural-consensus-hdf5, which is built where HDF5 is found.
 */
namespace ns3::neural
{

class WindowDataset;

/** What one observer sees of one peer in one tick, with the truth about it. */
struct CorpusRow
{
    std::chrono::nanoseconds time{};   //!< the tick
    uint32_t observer{0};              //!< server id
    uint32_t target{0};                //!< server id
    std::optional<FailureClass> label; //!< nothing where the observer was down
    uint16_t subtype{0};               //!< index into CorpusRun::subtypes
    float secondsToCrash{std::numeric_limits<float>::quiet_NaN()}; //!< NaN where there is none
    bool predictable{false};
    bool identifiable{false};
    bool grace{false};
    std::optional<FailureClass> oracle; //!< what who knows the hidden state says; see hasOracle
    float weight{0}; //!< windows of the whole run that the one ending here stands for; 0: none ends
    FeatureRow features{};
};

/** A run of the corpus, from one shard. */
struct CorpusRun
{
    std::string part;                  //!< faults or fault-free
    std::string family;                //!< of networks
    std::string split;                 //!< train, validation or test
    uint64_t seed{0};                  //!< RngRun
    uint32_t servers{0};               //!< of the cluster
    std::vector<std::string> subtypes; //!< names
    std::vector<CorpusRow> rows;       //!< by observer, target and time; none if fault-free
    bool hasOracle{false};             //!< whether labelled rows have one
};

/** @return whether the path names a shard: it ends in .h5 */
bool IsCorpusShard(const std::string& path);

/**
 * Reads a shard. Every dataset's type and length is checked before it is used.
 * @param path of the shard
 * @param maxRows most rows to take
 * @return the run
 * @throws std::runtime_error in one line naming the file and what was expected: no HDF5, another
 *         format or version, a dataset that is missing, damaged, or of another type or length, a
 *         number out of range, rows out of order, more rows than allowed
 */
CorpusRun ReadCorpusShard(const std::string& path, std::size_t maxRows = 12'000'000);

/**
 * @param path of a shard, or of a folder with shards in it or in its folders
 * @return the shards, sorted by name; none if there are none
 */
std::vector<std::string> FindCorpusShards(const std::string& path);

/**
 * Fills a data set from runs as they were written and from a corpus.
 * @param dataset to add to
 * @param paths each what FindRuns() takes, or what FindCorpusShards() takes
 * @param split which runs to take of a corpus: train, validation, test or all
 * @throws std::runtime_error naming what is wrong: as AddRun() and ReadCorpusShard(), a path
 *         without any run, a corpus without a run of the split that has rows
 */
void AddRuns(WindowDataset& dataset,
             const std::vector<std::string>& paths,
             const std::string& split);

} // namespace ns3::neural

#endif /* NEURAL_CORPUS_H */
