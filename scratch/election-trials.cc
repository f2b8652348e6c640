/**
 * @file
 * Crashes the leader of a Raft cluster again and again and measures how long the cluster is without
 * one. `election-trials --help` shows every option, doc/thesis-validation.md what it is for.
 */

#include "ns3/consensus-election-trials-report.h"
#include "ns3/consensus-election-trials.h"
#include "ns3/consensus-program.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    return RunProgram("election-trials", [&] {
        const ElectionTrialsOptions options = ParseElectionTrialsOptions(argc, argv);
        if (options.help)
        {
            std::cout << options.helpText;
            return 0;
        }
        const auto trials = RunElectionTrials(options);
        if (!options.quiet)
        {
            PrintElectionTrials(trials, std::cout);
        }
        return 0;
    });
}
