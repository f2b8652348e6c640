#ifndef CONSENSUS_ELECTION_TRIALS_H
#define CONSENSUS_ELECTION_TRIALS_H

#include "consensus-election-trials-options.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{

/** One crash of a leader, and what came of it. */
struct ElectionTrial
{
    Time start;              ///< simulated time of the crash
    uint32_t oldLeader{0};   ///< who crashed
    Time phase;              ///< from its last heartbeat to the crash
    uint32_t candidacies{0}; ///< elections that any server started
    uint32_t terms{0};       ///< election terms used up; all but the last brought no leader
    uint32_t newLeader{0};   ///< who won; 0 where the trial was given up
    Time elected;            ///< from the crash to the new leader's election
    Time known;              ///< from the crash until all others had heard of the new leader
    Time silence;            ///< from the last arrival of an old heartbeat to the election
};

/**
 * Runs the trials, one after the other in one cluster, of which each begins when all servers are
 * up, follow one leader and hold the same log.
 *
 * A trial (dissertation 9.4): if asked for, the logs are made to differ, by keeping the last
 * entries from some followers. The leader sends a heartbeat to all followers at once and its
 * process dies at the asked-for moment. The trial ends when all running servers follow the same new
 * leader, or after `giveUp`; then the dead processes are restarted.
 *
 * Writes the CSV file and the closing table as the options say.
 *
 * @param options checked ones
 * @return all trials
 * @throws std::runtime_error if the cluster does not get ready for a trial in 100 times `giveUp`
 */
std::vector<ElectionTrial> RunElectionTrials(const ElectionTrialsOptions& options);

} // namespace ns3

#endif /* CONSENSUS_ELECTION_TRIALS_H */
