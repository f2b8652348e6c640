/**
 * @file
 * Runs one scenario: a Raft cluster on a simulated network, under faults, watched by failure
 * detectors. `consensus-scenario --help` shows every option, doc/formats.md every file.
 */

#include "ns3/consensus-scenario.h"

#include "ns3/consensus-program.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    return RunProgram("consensus-scenario", [&] {
        const ScenarioOptions options = ParseScenarioOptions(argc, argv);
        if (options.help)
        {
            std::cout << options.helpText;
            return 0;
        }
        RunScenario(options);
        return 0;
    });
}
