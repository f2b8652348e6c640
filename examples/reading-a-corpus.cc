// Reads shards of the corpus (doc/corpus.md) and says what is in them:
//
//   reading-a-corpus results/corpus/faults/lan-100001.h5
//
// A window is 20 rows of one pair, one tick apart; it ends where a row has a weight.

#include "ns3/consensus-program.h"
#include "ns3/neural-corpus.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <stdexcept>

using namespace ns3;
using namespace ns3::neural;

namespace
{

/** Of one class in one run. */
struct Count
{
    std::size_t windows{0};
    double stoodFor{0};       //!< windows of the whole run
    double longestSilence{0}; //!< s, at the end of any of its windows
};

void
Describe(const std::string& path)
{
    const CorpusRun run = ReadCorpusShard(path);
    std::cout << path << ": " << run.servers << " servers, family " << run.family << ", split "
              << run.split << ", " << run.rows.size() << " rows\n";

    const auto& names = FeatureNames();
    const auto silence = static_cast<std::size_t>(
        std::find(names.begin(), names.end(), "time_since_last_message") - names.begin());
    std::map<FailureClass, Count> counts;
    for (const CorpusRow& row : run.rows)
    {
        if (row.weight > 0)
        {
            Count& count = counts[*row.label];
            ++count.windows;
            count.stoodFor += row.weight;
            count.longestSilence =
                std::max(count.longestSilence, static_cast<double>(row.features[silence]));
        }
    }
    for (const auto& [label, count] : counts)
    {
        std::cout << "  " << std::left << std::setw(12)
                  << FailureClassNames()[static_cast<std::size_t>(label)] << std::right
                  << std::setw(8) << count.windows << " windows of " << std::setw(8) << std::fixed
                  << std::setprecision(0) << count.stoodFor << ", silent for up to "
                  << std::setprecision(2) << count.longestSilence << " s\n";
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    return RunProgram("reading-a-corpus", [&] {
        if (argc < 2)
        {
            throw std::invalid_argument("expected a shard of the corpus, or several");
        }
        std::for_each(argv + 1, argv + argc, Describe);
        return 0;
    });
}
