#ifndef CONSENSUS_ELECTION_TRIALS_OPTIONS_H
#define CONSENSUS_ELECTION_TRIALS_OPTIONS_H

#include "consensus-topology.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <string>

namespace ns3
{

/** What `election-trials` is asked to do. */
struct ElectionTrialsOptions
{
    /** When within its heartbeat interval the leader dies. */
    enum class Crash
    {
        UNIFORM,  ///< uniformly within the interval after a heartbeat
        HEARTBEAT ///< right after it has sent a heartbeat, so that all timers are fresh
    };

    bool help{false};     ///< print helpText and do nothing else
    std::string helpText; ///< all options
    std::string out;      ///< CSV file, empty for none
    bool quiet{false};    ///< neither progress nor the closing table

    TopologyOptions topology; ///< one client host where logs differ, none otherwise
    Time latencyRange;        ///< extra one-way delay of each message, uniform from 0 to this

    Time timeoutMin;       ///< lower end of the election timeout
    Time timeoutMax;       ///< upper end
    Time heartbeat;        ///< interval between heartbeats
    uint32_t trials{1000}; ///< crashes of a leader
    uint32_t down{0};      ///< followers that die together with the leader
    Crash crash{Crash::UNIFORM};
    bool differentLogs{false}; ///< whether every server's log ends elsewhere
    Time giveUp;               ///< longest time without a leader that is waited for
};

/**
 * Reads the options of the program from the command line and an INI file.
 * @throws std::exception in one line for what the user can put right
 */
ElectionTrialsOptions ParseElectionTrialsOptions(int argc, char* argv[]);

} // namespace ns3

#endif /* CONSENSUS_ELECTION_TRIALS_OPTIONS_H */
