#ifndef RAFT_MESSAGE_CHECK_H
#define RAFT_MESSAGE_CHECK_H

#include "raft-types.h"

#include <limits>

namespace ns3::raft
{

/** Highest term a server takes part in; what is above leaves no room for an election. */
constexpr Term MAX_TERM = std::numeric_limits<int64_t>::max();
/** Highest index a log can reach. */
constexpr Index MAX_INDEX = std::numeric_limits<int64_t>::max();

/** Most bytes of a snapshot's data: 1 GiB. */
constexpr uint64_t MAX_SNAPSHOT_BYTES = uint64_t{1} << 30;

/**
 * Looks for what no correct server would ever send, whatever the state of the cluster.
 * @param message a message as it came from the network
 * @param self the server that received it
 * @return a literal sentence that names the fault, or null if the message is plausible
 */
const char* FindFault(const Message& message, ServerId self);

} // namespace ns3::raft

#endif /* RAFT_MESSAGE_CHECK_H */
