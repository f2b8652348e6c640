#ifndef CONSENSUS_REPLAY_REPORT_H
#define CONSENSUS_REPLAY_REPORT_H

#include "consensus-replay-options.h"

#include <ostream>

namespace ns3
{

/**
 * Does what replay-detectors does: reads the recording, replays it, writes the files that were
 * asked for, all or none, and prints the table unless told not to.
 * @param options of the program
 * @param out where the table goes
 * @throws std::exception in one line for what a user can put right
 */
void ReplayDetectors(const ReplayOptions& options, std::ostream& out);

} // namespace ns3

#endif /* CONSENSUS_REPLAY_REPORT_H */
