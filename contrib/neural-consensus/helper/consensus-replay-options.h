#ifndef CONSENSUS_REPLAY_OPTIONS_H
#define CONSENSUS_REPLAY_OPTIONS_H

#include "consensus-replay.h"

#include <string>
#include <vector>

namespace ns3
{

/** Options of replay-detectors. */
struct ReplayOptions
{
    bool help{false};     //!< only print `helpText`
    std::string helpText; //!< every option
    std::string trace;    //!< recording to replay
    ReplaySetup setup;    //!< what to replay, and how
    std::string qos;      //!< file to write, empty for none
    std::string levels;   //!< file to write, empty for none
    bool quiet{false};    //!< neither progress nor table
};

/**
 * Reads detectors of which a key may have several values.
 * @param texts each NAME[:key=value[/value...],...][,NAME...]
 * @return every combination of values, the last key changing fastest
 * @throws std::invalid_argument in one line that names what is wrong and what was expected
 */
std::vector<detection::DetectorSpec> ReadSweeps(const std::vector<std::string>& texts);

/**
 * @param argc as in main()
 * @param argv as in main()
 * @throws std::exception in one line that names the option and what was expected
 */
ReplayOptions ParseReplayOptions(int argc, char* argv[]);

} // namespace ns3

#endif /* CONSENSUS_REPLAY_OPTIONS_H */
