// Log replication, the follower's side: extended paper, section 5.3 and figure 2.

#include "raft-core.h"

#include <algorithm>

namespace ns3::raft
{

void
RaftCore::HearFromLeader(ServerId leader, const char* reason)
{
    if (m_leader != leader)
    {
        BecomeFollower(m_term, leader, reason);
    }
    m_stickyUntil = m_now + m_config.electionTimeoutMin;
    ResetElectionTimer();
}

const char*
RaftCore::FindContradiction(const MessageBody& body) const
{
    if (const auto* append = std::get_if<AppendEntries>(&body))
    {
        return FindContradiction(*append);
    }
    const auto* chunk = std::get_if<InstallSnapshot>(&body);
    return chunk ? FindContradiction(*chunk) : nullptr;
}

const char*
RaftCore::FindContradiction(const InstallSnapshot& chunk) const
{
    // Terms never decrease along a log, and the leader's has all that is committed here (5.4).
    const bool beyond = chunk.lastIndex > m_commitIndex;
    const Term known = m_log.GetTerm(beyond ? m_commitIndex : chunk.lastIndex);
    if (known != 0 && (beyond ? chunk.lastTerm < known : chunk.lastTerm != known))
    {
        return "the snapshot contradicts a committed entry (leader completeness, 5.4)";
    }
    return nullptr;
}

const char*
RaftCore::FindContradiction(const AppendEntries& append) const
{
    // Whatever is committed here is in the log of every later leader (leader completeness, 5.4).
    const Index base = m_log.GetBaseIndex();
    if (append.prevLogIndex >= base && append.prevLogIndex <= m_commitIndex &&
        m_log.GetTerm(append.prevLogIndex) != append.prevLogTerm)
    {
        return "prevLogTerm contradicts a committed entry (leader completeness, 5.4)";
    }
    Index index = append.prevLogIndex;
    for (const Entry& entry : append.entries)
    {
        ++index;
        if (index == base && entry.term != m_log.GetTerm(base))
        {
            return "an entry contradicts the snapshot (leader completeness, 5.4)";
        }
        if (!m_log.Holds(index))
        {
            continue;
        }
        const Entry& mine = m_log.GetEntry(index);
        if (mine.term != entry.term)
        {
            if (index <= m_commitIndex)
            {
                return "an entry contradicts a committed one (leader completeness, 5.4)";
            }
            break; // what follows is replaced anyway
        }
        if (mine != entry)
        {
            return "two different entries of the same index and term (log matching, 5.3)";
        }
    }
    return nullptr;
}

void
RaftCore::OnAppendEntries(const Message& message, const AppendEntries& append)
{
    AppendEntriesReply reply;
    reply.prevLogIndex = append.prevLogIndex;
    reply.round = append.round;
    if (message.term < m_term)
    {
        Reject(message.from, "the leader's term is behind (5.1)");
        Send(message.from, reply, 0);
        return;
    }
    HearFromLeader(message.from, "AppendEntries from the leader of the term (5.2)");
    // What the log has compacted away is committed, and so the same in the leader's.
    const bool compacted = append.prevLogIndex < m_log.GetBaseIndex();
    if (!compacted && (append.prevLogIndex > m_log.GetLastIndex() ||
                       m_log.GetTerm(append.prevLogIndex) != append.prevLogTerm))
    {
        ReplyConflict(message, append);
        return;
    }
    StoreEntries(append);
    const Index matched = append.prevLogIndex + append.entries.size();
    // Only what this message has compared may be committed (figure 2, AppendEntries rule 5).
    CommitUpTo(std::min(append.commitIndex, matched));
    reply.success = true;
    if (append.entries.empty())
    {
        // A heartbeat is answered at once, for what is on stable storage, however slow that is.
        reply.matchIndex = std::min(matched, m_durableIndex);
        Send(message.from, reply, reply.matchIndex);
        return;
    }
    reply.matchIndex = matched;
    Send(message.from, reply, matched);
}

void
RaftCore::ReplyConflict(const Message& message, const AppendEntries& append)
{
    AppendEntriesReply reply;
    reply.prevLogIndex = append.prevLogIndex;
    reply.round = append.round;
    if (append.prevLogIndex > m_log.GetLastIndex())
    {
        Reject(message.from, "the log ends before prevLogIndex (5.3)");
        reply.conflictIndex = m_log.GetLastIndex() + 1;
    }
    else
    {
        Reject(message.from, "the entry at prevLogIndex has another term (5.3)");
        reply.conflictTerm = m_log.GetTerm(append.prevLogIndex);
        reply.conflictIndex = m_log.FindFirstNotBelow(reply.conflictTerm);
    }
    Send(message.from, reply, 0);
}

void
RaftCore::StoreEntries(const AppendEntries& append)
{
    // Entries already held are left alone: the message may be an old one, and removing what came
    // after it would take back what has been acknowledged (figure 2, AppendEntries rules 3, 4).
    Index index = append.prevLogIndex;
    for (const Entry& entry : append.entries)
    {
        ++index;
        if (index <= m_log.GetBaseIndex())
        {
            continue;
        }
        if (m_log.Holds(index))
        {
            if (m_log.GetTerm(index) == entry.term)
            {
                continue;
            }
            TruncateLog(index);
        }
        AppendToLog(entry);
    }
}

} // namespace ns3::raft
