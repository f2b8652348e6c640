#include "raft-config.h"

#include "raft-membership.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3::raft
{

namespace
{

void
Require(bool holds, const char* what)
{
    if (!holds)
    {
        throw std::invalid_argument(std::string("raft: ") + what);
    }
}

void
CheckServers(const Config& config)
{
    Require(config.id != NO_SERVER && config.id <= MAX_SERVER_ID, "id: must be 1 to 65536");
    std::vector<ServerId> sorted = config.servers;
    std::sort(sorted.begin(), sorted.end());
    Require(sorted.empty() || (sorted.front() != NO_SERVER && sorted.back() <= MAX_SERVER_ID),
            "servers: ids must be 1 to 65536");
    Require(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
            "servers: each may stand there once");
}

} // namespace

void
CheckConfig(const Config& config)
{
    CheckServers(config);
    Require(config.heartbeatInterval > Duration::zero(), "heartbeatInterval: must be above 0");
    Require(config.heartbeatInterval < config.electionTimeoutMin,
            "heartbeatInterval: must be below electionTimeoutMin");
    Require(config.electionTimeoutMin <= config.electionTimeoutMax,
            "electionTimeoutMax: must not be below electionTimeoutMin");
    Require(config.maxBatchEntries > 0, "maxBatchEntries: must be above 0");
    Require(config.maxBatchBytes > 0, "maxBatchBytes: must be above 0");
    Require(config.maxInFlightMessages > 0, "maxInFlightMessages: must be above 0");
    Require(config.maxClockDrift >= 0 && config.maxClockDrift < 0.5,
            "maxClockDrift: must be at least 0 and below 0.5");
    Require(config.readMode != ReadMode::LEASE || (config.checkQuorum && config.leaderStickiness),
            "readMode: leases need checkQuorum and leaderStickiness (dissertation 6.4.1)");
    Require(config.maxWriteSilence >= Duration::zero(), "maxWriteSilence: must be at least 0");
}

} // namespace ns3::raft
