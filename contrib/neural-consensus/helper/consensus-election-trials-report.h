#ifndef CONSENSUS_ELECTION_TRIALS_REPORT_H
#define CONSENSUS_ELECTION_TRIALS_REPORT_H

#include "consensus-election-trials.h"

#include <iosfwd>
#include <vector>

namespace ns3
{

/**
 * Writes one row per trial, `trial,start_s,old_leader,phase_s,candidacies,terms,new_leader,
 * elected_s,known_s,silence_s`; the last four are empty where a trial was given up.
 */
void WriteElectionTrials(const std::vector<ElectionTrial>& trials, std::ostream& out);

/** Prints the time without a leader and the terms that it took, for people. */
void PrintElectionTrials(const std::vector<ElectionTrial>& trials, std::ostream& out);

} // namespace ns3

#endif /* CONSENSUS_ELECTION_TRIALS_REPORT_H */
