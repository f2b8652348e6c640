#include "raft-message-check.h"

#include "raft-log.h"
#include "raft-membership.h"

namespace ns3::raft
{

namespace
{

/** A position in a log is either (0, 0) or has both an index and a term. */
bool
IsPosition(Index index, Term term)
{
    return (index == 0) == (term == 0) && index <= MAX_INDEX;
}

const char*
FindFault(Term term, const RequestVote& vote)
{
    if (!IsPosition(vote.lastLogIndex, vote.lastLogTerm))
    {
        return "the candidate's last index and last term do not fit together";
    }
    if (vote.lastLogTerm >= term)
    {
        // Nothing can be appended in a term before its leader is elected (section 5.2).
        return "the candidate's log holds entries of the term it only stands for";
    }
    if (vote.preVote && vote.disruptLeader)
    {
        return "a pre-vote at the leader's own wish, who wants an election at once";
    }
    return nullptr;
}

const char*
FindFault(Term /* term */, const RequestVoteReply& /* reply */)
{
    return nullptr;
}

const char*
FindFault(Term /* term */, const TimeoutNow& /* request */)
{
    return nullptr;
}

const char*
FindFault(Term term, const AppendEntries& append)
{
    if (!IsPosition(append.prevLogIndex, append.prevLogTerm) ||
        append.entries.size() > MAX_INDEX - append.prevLogIndex)
    {
        return "prevLogIndex and prevLogTerm do not fit together or are out of range";
    }
    if (append.prevLogTerm > term)
    {
        return "prevLogTerm is above the leader's term";
    }
    Term previous = append.prevLogTerm;
    for (const Entry& entry : append.entries)
    {
        if (!IsWellFormed(entry))
        {
            return "an entry has no term, an unknown type or a command that does not fit its type";
        }
        if (entry.term < previous)
        {
            return "the entries' terms decrease";
        }
        if (entry.term > term)
        {
            return "an entry's term is above the leader's term";
        }
        previous = entry.term;
    }
    return nullptr;
}

const char*
FindFault(Term term, const AppendEntriesReply& reply)
{
    if (reply.success)
    {
        if (reply.matchIndex > MAX_INDEX)
        {
            return "a success that acknowledges an index out of range";
        }
        if (reply.conflictIndex != 0 || reply.conflictTerm != 0)
        {
            return "a success with a conflict";
        }
        return nullptr;
    }
    if (reply.matchIndex != 0)
    {
        return "a failure that acknowledges entries";
    }
    if (reply.conflictIndex > reply.prevLogIndex || reply.conflictTerm > term ||
        (reply.conflictIndex == 0 && reply.conflictTerm != 0))
    {
        return "a conflict beyond what was asked or above the follower's term";
    }
    return nullptr;
}

const char*
FindFault(Term term, const InstallSnapshot& chunk)
{
    if (chunk.lastIndex == 0 || !IsPosition(chunk.lastIndex, chunk.lastTerm) ||
        chunk.lastTerm > term)
    {
        return "the snapshot's last index and last term do not fit together or are out of range";
    }
    if (!chunk.membership || !Membership::Decode(*chunk.membership))
    {
        return "the snapshot says nothing sensible about who belongs to the cluster";
    }
    if (!chunk.data || (chunk.data->empty() && !chunk.done))
    {
        return "a chunk of a snapshot without data";
    }
    if (chunk.offset > MAX_SNAPSHOT_BYTES || chunk.data->size() > MAX_SNAPSHOT_BYTES - chunk.offset)
    {
        return "a snapshot of more than 1 GiB";
    }
    return nullptr;
}

const char*
FindFault(Term /* term */, const InstallSnapshotReply& reply)
{
    if (reply.lastIndex == 0 || reply.lastIndex > MAX_INDEX || reply.offset > MAX_SNAPSHOT_BYTES)
    {
        return "an answer to a snapshot that is out of range";
    }
    return nullptr;
}

} // namespace

const char*
FindFault(const Message& message, ServerId self)
{
    if (message.to != self)
    {
        return "addressed to another server";
    }
    if (message.from == self || message.from == NO_SERVER || message.from > MAX_SERVER_ID)
    {
        return "the sender is no other server";
    }
    if (message.term == 0 || message.term > MAX_TERM)
    {
        return "the term is out of range";
    }
    return std::visit([&](const auto& body) { return FindFault(message.term, body); },
                      message.body);
}

} // namespace ns3::raft
