// Checks what clients saw of the key-value store for linearizability: whether every answer could
// have come from one store that takes one operation after the other.
//
//   check-history results/first/history.ndjson

#include "ns3/consensus-history-reader.h"
#include "ns3/consensus-program.h"
#include "ns3/raft-linearizability.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
namespace po = boost::program_options;

constexpr int EXIT_VIOLATION = 1;

po::options_description
Describe()
{
    po::options_description all(
        "Usage: check-history FILE...\n"
        "Checks for each FILE, a history.ndjson of consensus-scenario, whether what the clients\n"
        "saw is linearizable: whether every read returned what was written last if each operation\n"
        "took effect at one moment between its call and its return. A put of unknown outcome may\n"
        "take effect at any later moment or never. Prints for each file the number of operations,\n"
        "how many of them have an unknown outcome, and the verdict; for a violation also\n"
        "FILE:LINE of the read that gave it away, and the operations in conflict.\n\n"
        "A line of FILE is one operation:\n"
        "  {\"client\":1,\"op\":\"put\",\"key\":\"k\",\"value\":\"v\",\"call\":1.25,\"ret\":1.31}\n"
        "op is put or get; call and ret are seconds, ret is -1 where the outcome is unknown; no\n"
        "value is put to a key twice, and none is empty, since a missing key reads as \"\".\n\n"
        "Exit status: 0 where all files are linearizable, 1 where one is not, 2 for bad input\n\n"
        "Options",
        100);
    all.add_options()("help,h", "show this and leave");
    return all;
}

void
CheckNames(const std::vector<std::string>& files)
{
    for (const std::string& file : files)
    {
        if (file.rfind('-', 0) == 0)
        {
            throw std::invalid_argument("unrecognised option '" + file +
                                        "': expected files, see --help");
        }
    }
    if (files.empty())
    {
        throw std::invalid_argument("no file given: expected one history.ndjson at least, see "
                                    "--help");
    }
}

/** Prints the verdict on one file and returns whether it is a good one. */
bool
CheckFile(const std::string& path)
{
    const std::vector<raft::HistoryOperation> history = ReadConsensusHistory(path);
    const auto unknown = std::count_if(history.begin(), history.end(), [](const auto& operation) {
        return !operation.ret;
    });
    const auto violation = raft::CheckLinearizability(history).violation;
    std::cout << path << ": " << history.size()
              << (history.size() == 1 ? " operation, " : " operations, ") << unknown
              << " of unknown outcome: " << (violation ? "not linearizable" : "linearizable")
              << std::endl;
    if (violation)
    {
        std::cout << path << ":" << violation->operation + 1 << ": " << violation->explanation
                  << std::endl;
    }
    return !violation;
}

int
CheckHistory(int argc, char* argv[])
{
    const po::options_description described = Describe();
    std::vector<std::string> files;
    if (ParseOptions(argc, argv, described, &files).count("help"))
    {
        std::cout << described;
        return 0;
    }
    CheckNames(files);
    bool good = true;
    for (const std::string& file : files)
    {
        good = CheckFile(file) && good;
    }
    return good ? 0 : EXIT_VIOLATION;
}

} // namespace

int
main(int argc, char* argv[])
{
    return ns3::RunProgram("check-history", [&] { return CheckHistory(argc, argv); });
}
