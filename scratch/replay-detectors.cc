/**
 * @file
 * Lets failure detectors judge a recording of heartbeats and prints their quality of service.
 * `replay-detectors --help` shows every option, doc/detectors.md what is measured and how.
 */

#include "ns3/consensus-program.h"
#include "ns3/consensus-replay-report.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    return RunProgram("replay-detectors", [&] {
        const ReplayOptions options = ParseReplayOptions(argc, argv);
        if (options.help)
        {
            std::cout << options.helpText;
            return 0;
        }
        ReplayDetectors(options, std::cout);
        return 0;
    });
}
