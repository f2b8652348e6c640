#ifndef RAFT_MESSAGE_CHECK_H
#define RAFT_MESSAGE_CHECK_H

#include "raft-types.h"

#include <limits>
#include <vector>

namespace ns3::raft
{

/** Highest term a server takes part in; what is above leaves no room for an election. */
constexpr Term MAX_TERM = std::numeric_limits<int64_t>::max();
/** Highest index a log can reach. */
constexpr Index MAX_INDEX = std::numeric_limits<int64_t>::max();

/**
 * Looks for what no correct server would ever send, whatever the state of the cluster.
 * @param message a message as it came from the network
 * @param self the server that received it
 * @param servers all members
 * @return a literal sentence that names the fault, or null if the message is plausible
 */
const char* FindFault(const Message& message, ServerId self, const std::vector<ServerId>& servers);

} // namespace ns3::raft

#endif /* RAFT_MESSAGE_CHECK_H */
