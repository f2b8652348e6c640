#ifndef RAFT_CONFIG_H
#define RAFT_CONFIG_H

#include "raft-types.h"

#include <vector>

namespace ns3::raft
{

/** How a leader answers reads that do not go through the log (dissertation 6.4). */
enum class ReadMode : uint8_t
{
    INDEX = 0, //!< after a round of heartbeats that a majority answered
    LEASE = 1  //!< at once while a majority answered recently; needs clocks of bounded drift
};

/** Settings of one server. */
struct Config
{
    ServerId id{NO_SERVER}; //!< this server

    /**
     * Voting members of a new cluster, without duplicates; in force until the log or a snapshot
     * says otherwise. Without this server in it, or empty, the server waits to be added.
     */
    std::vector<ServerId> servers;

    // Elections
    Duration electionTimeoutMin{}; //!< lower end of the randomised election timeout
    Duration electionTimeoutMax{}; //!< upper end, above or equal to the lower
    Duration heartbeatInterval{};  //!< above 0 and below electionTimeoutMin
    bool preVote{false};           //!< ask before raising the term (dissertation 9.6)
    /** A leader without a majority's answers for electionTimeoutMin steps down (6.2). */
    bool checkQuorum{false};
    /** No votes for electionTimeoutMin after hearing from a leader (4.2.3). */
    bool leaderStickiness{false};

    // Reads
    ReadMode readMode{ReadMode::INDEX}; //!< LEASE needs checkQuorum and leaderStickiness
    double maxClockDrift{0};            //!< of any two clocks from true time, in [0, 0.5)

    // Replication
    uint32_t maxBatchEntries{64};     //!< entries in one AppendEntries at most, above 0
    uint32_t maxBatchBytes{32768};    //!< command bytes in one AppendEntries, and snapshot bytes in
                                      //!< one chunk, at most; one entry always fits; above 0
    uint32_t maxInFlightMessages{64}; //!< unanswered AppendEntries with entries, above 0
    uint64_t maxInFlightBytes{uint64_t{1} << 20}; //!< no more of them from this many bytes on

    // Stable storage
    /** Entries leave for followers only once the leader itself has written them. */
    bool leaderWritesFirst{false};
    /**
     * A leader steps down once a write has been open for longer than this, and writes at least one
     * record a heartbeat to find out; 0 to let heartbeats go on whatever the disk does.
     */
    Duration maxWriteSilence{};
};

/**
 * Checks settings.
 * @param config settings
 * @throws std::invalid_argument naming the setting that is out of range
 */
void CheckConfig(const Config& config);

} // namespace ns3::raft

#endif /* RAFT_CONFIG_H */
