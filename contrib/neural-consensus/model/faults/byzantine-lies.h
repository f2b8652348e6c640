#ifndef BYZANTINE_LIES_H
#define BYZANTINE_LIES_H

#include "byzantine-behaviour.h"

namespace ns3::faults
{

/** What to change in a message, whatever its type. */
struct Distortion
{
    /** What becomes of a vote. */
    enum class Vote : uint8_t
    {
        HONEST,
        FLIPPED,
        GRANTED,
        REFUSED
    };

    int64_t entries{0};        //!< added to indices of the log; none falls below 0
    int64_t terms{0};          //!< added to terms that a lie may concern
    Vote vote{Vote::HONEST};   //!< a vote that is given
    bool otherCommands{false}; //!< entries carry other commands under the same term and index
};

/**
 * Changes what the message claims:
 * - RequestVote: last index and, with `terms`, the last term;
 * - its reply: the vote;
 * - AppendEntries: the commit index, and with `otherCommands` the commands;
 * - its reply: on success the matching index, otherwise the conflict hint; with `terms` the term.
 * The term of requests stays, or the lie would be a new election and nothing else.
 */
void DistortMessage(raft::Message& message, const Distortion& distortion);

/** Changes last index, commit index (never above the last) and, with `terms`, the term. */
void DistortHeartbeat(HeartbeatHeader& header, const Distortion& distortion);

} // namespace ns3::faults

#endif /* BYZANTINE_LIES_H */
