// Log replication and commitment: extended paper, sections 5.3 and 5.4.2.

#include "raft-core.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace ns3::raft
{

void
RaftCore::OnPropose(const Payload& command)
{
    ProposalResult& result = m_update.proposal.emplace();
    if (!command)
    {
        Reject(NO_SERVER, "a proposal without a command");
        result.leader = m_leader;
        return;
    }
    if (m_role != Role::LEADER)
    {
        result.leader = m_leader; // clients are redirected (section 8)
        return;
    }
    result.accepted = true;
    result.index = AppendToLog(Entry{m_term, EntryType::COMMAND, command});
    result.term = m_term;
    // Followers may write the entry while the leader still does (dissertation 10.2.1).
    for (Peer& peer : m_peers)
    {
        Replicate(peer);
    }
}

void
RaftCore::SendHeartbeats()
{
    m_heartbeatDeadline += m_config.heartbeatInterval;
    if (m_heartbeatDeadline <= m_now)
    {
        m_heartbeatDeadline = m_now + m_config.heartbeatInterval; // called late: skip, don't burst
    }
    for (Peer& peer : m_peers)
    {
        const bool unanswered =
            peer.inFlight != 0 && m_now - peer.inFlightSince >= m_config.heartbeatInterval;
        if (unanswered)
        {
            SendEntries(peer);
        }
        else
        {
            SendHeartbeat(peer);
        }
    }
}

void
RaftCore::SendHeartbeat(Peer& peer)
{
    AppendEntries append;
    append.prevLogIndex = peer.nextIndex - 1;
    append.prevLogTerm = m_log.GetTerm(append.prevLogIndex);
    append.commitIndex = m_commitIndex;
    peer.sentIndex = std::max(peer.sentIndex, append.prevLogIndex);
    Send(peer.id, std::move(append), 0);
}

void
RaftCore::SendEntries(Peer& peer)
{
    AppendEntries append;
    append.prevLogIndex = peer.nextIndex - 1;
    append.prevLogTerm = m_log.GetTerm(append.prevLogIndex);
    append.commitIndex = m_commitIndex;
    if (!m_spareBatches.empty())
    {
        append.entries = std::move(m_spareBatches.back());
        m_spareBatches.pop_back();
    }
    std::size_t bytes = 0;
    for (Index index = peer.nextIndex; index <= m_log.GetLastIndex(); ++index)
    {
        const Entry& entry = m_log.GetEntry(index);
        bytes += entry.command ? entry.command->size() : 0;
        const bool full =
            append.entries.size() >= m_config.maxBatchEntries || bytes > m_config.maxBatchBytes;
        if (full && !append.entries.empty())
        {
            break;
        }
        append.entries.push_back(entry);
    }
    const Index last = append.prevLogIndex + append.entries.size();
    peer.sentIndex = std::max(peer.sentIndex, last);
    // One batch at a time: nextIndex stays until the answer. Pipelining would move it here.
    peer.inFlight = last;
    peer.inFlightSince = m_now;
    Send(peer.id, std::move(append), 0);
}

void
RaftCore::Replicate(Peer& peer)
{
    if (peer.inFlight == 0 && peer.nextIndex <= m_log.GetLastIndex())
    {
        SendEntries(peer);
    }
}

const char*
RaftCore::FindContradiction(const Message& message, const AppendEntries& append) const
{
    if (message.term == m_term && m_leader != NO_SERVER && m_leader != message.from)
    {
        return "a second leader in one term (election safety, 5.2)";
    }
    // Whatever is committed here is in the log of every later leader (leader completeness, 5.4).
    if (append.prevLogIndex <= m_commitIndex &&
        m_log.GetTerm(append.prevLogIndex) != append.prevLogTerm)
    {
        return "prevLogTerm contradicts a committed entry (leader completeness, 5.4)";
    }
    Index index = append.prevLogIndex;
    for (const Entry& entry : append.entries)
    {
        ++index;
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
    if (message.term < m_term)
    {
        Reject(message.from, "the leader's term is behind (5.1)");
        AppendEntriesReply reply;
        reply.prevLogIndex = append.prevLogIndex;
        Send(message.from, reply, 0);
        return;
    }
    if (m_leader != message.from)
    {
        BecomeFollower(m_term, message.from, "AppendEntries from the leader of the term (5.2)");
    }
    ResetElectionTimer();
    if (append.prevLogIndex > m_log.GetLastIndex() ||
        m_log.GetTerm(append.prevLogIndex) != append.prevLogTerm)
    {
        ReplyConflict(message, append);
        return;
    }
    StoreEntries(append);
    AppendEntriesReply reply;
    reply.success = true;
    reply.prevLogIndex = append.prevLogIndex;
    reply.matchIndex = append.prevLogIndex + append.entries.size();
    // Only what this message has compared may be committed (figure 2, AppendEntries rule 5).
    CommitUpTo(std::min(append.commitIndex, reply.matchIndex));
    Send(message.from, reply, reply.matchIndex);
}

void
RaftCore::ReplyConflict(const Message& message, const AppendEntries& append)
{
    AppendEntriesReply reply;
    reply.prevLogIndex = append.prevLogIndex;
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

void
RaftCore::OnAppendEntriesReply(const Message& message, const AppendEntriesReply& reply)
{
    if (message.term < m_term)
    {
        Reject(message.from, "an answer to AppendEntries of an earlier term");
        return;
    }
    if (m_role != Role::LEADER)
    {
        Reject(message.from, "an answer to AppendEntries, but this server does not lead");
        return;
    }
    Peer& peer = FindPeer(message.from);
    if (reply.success)
    {
        OnAccepted(peer, reply);
    }
    else
    {
        OnConflict(peer, reply);
    }
}

void
RaftCore::OnAccepted(Peer& peer, const AppendEntriesReply& reply)
{
    if (reply.matchIndex > peer.sentIndex)
    {
        Reject(peer.id, "acknowledges entries that were never sent to it");
        return;
    }
    if (reply.matchIndex > peer.matchIndex)
    {
        peer.matchIndex = reply.matchIndex;
        peer.nextIndex = std::max(peer.nextIndex, peer.matchIndex + 1);
        AdvanceCommit();
    }
    if (peer.inFlight <= peer.matchIndex)
    {
        peer.inFlight = 0;
    }
    Replicate(peer);
}

void
RaftCore::OnConflict(Peer& peer, const AppendEntriesReply& reply)
{
    // Only the refusal of what was sent last says anything new; replies can be late or repeated.
    if (reply.prevLogIndex + 1 != peer.nextIndex || reply.prevLogIndex <= peer.matchIndex)
    {
        Reject(peer.id, "a late refusal of AppendEntries");
        return;
    }
    if (reply.conflictIndex == 0)
    {
        Reject(peer.id, "a refusal that does not say where the logs conflict");
        return;
    }
    peer.nextIndex = NextAfterConflict(peer, reply);
    SendEntries(peer);
}

Index
RaftCore::NextAfterConflict(const Peer& peer, const AppendEntriesReply& reply) const
{
    // Section 5.3, last paragraphs: go back by a term, not by an entry. If this log has the
    // follower's term, the logs can agree up to its end here; if not, none of it is of use.
    Index next = reply.conflictIndex;
    if (reply.conflictTerm != 0)
    {
        const Index last = m_log.FindLastNotAbove(reply.conflictTerm, reply.prevLogIndex - 1);
        if (m_log.GetTerm(last) == reply.conflictTerm)
        {
            next = last + 1;
        }
    }
    return std::clamp(next, peer.matchIndex + 1, reply.prevLogIndex);
}

void
RaftCore::AdvanceCommit()
{
    m_matchScratch.clear();
    m_matchScratch.push_back(m_durableIndex); // the leader, too, counts by what is durable
    for (const Peer& peer : m_peers)
    {
        m_matchScratch.push_back(peer.matchIndex);
    }
    const auto nth = m_matchScratch.begin() + static_cast<std::ptrdiff_t>(QuorumSize() - 1);
    std::nth_element(m_matchScratch.begin(), nth, m_matchScratch.end(), std::greater<>());
    // Entries of earlier terms are never committed by counting (section 5.4.2, figure 8).
    if (m_log.GetTerm(*nth) == m_term)
    {
        CommitUpTo(*nth);
    }
}

void
RaftCore::CommitUpTo(Index index)
{
    if (index > m_commitIndex)
    {
        m_commitIndex = index;
        m_update.commitAdvanced = true;
    }
}

} // namespace ns3::raft
