// Log replication and commitment, the leader's side: extended paper, sections 5.3 and 5.4.2;
// pipelining as in dissertation 10.2.2, with a state and a window for each follower.

#include "raft-core.h"

#include <algorithm>
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
        result.reason = "a proposal without a command";
        result.leader = m_leader;
        return;
    }
    if (m_role != Role::LEADER)
    {
        result.reason = "this server does not lead";
        result.leader = m_leader; // clients are redirected (section 8)
        return;
    }
    if (IsTransferring())
    {
        result.reason = "leadership is being handed over (3.10)";
        return; // whom to ask is not decided yet
    }
    result.accepted = true;
    result.index = AppendToLog(Entry{m_term, EntryType::COMMAND, command});
    result.term = m_term;
    ReplicateAll();
}

void
RaftCore::OnHeartbeatTimeout()
{
    if (m_config.checkQuorum && HasLostQuorum())
    {
        BecomeFollower(m_term, NO_SERVER, "no answers from a majority (6.2)");
        return;
    }
    if (m_config.maxWriteSilence > Duration::zero())
    {
        if (m_pendingWrites.empty())
        {
            OpenWrite(); // an idle leader, too, has to know whether its disk works
        }
        else if (m_now - m_pendingWrites.front().since > m_config.maxWriteSilence)
        {
            BecomeFollower(m_term, NO_SERVER, "stable storage has not answered for too long");
            return;
        }
    }
    if (IsTransferring() && m_now >= m_transferDeadline)
    {
        m_transferee = NO_SERVER; // it has failed: take proposals again (3.10)
    }
    m_heartbeatDeadline += m_config.heartbeatInterval;
    if (m_heartbeatDeadline <= m_now)
    {
        m_heartbeatDeadline = m_now + m_config.heartbeatInterval; // late: don't burst
    }
    StartRound();
}

void
RaftCore::StartRound()
{
    // Rounds for reads leave the rhythm of heartbeats alone: other checks go with it.
    m_roundSentAt[++m_round % ROUNDS_KEPT] = m_now;
    for (Peer& peer : m_peers)
    {
        Beat(peer);
    }
}

void
RaftCore::Beat(Peer& peer)
{
    if (peer.state != ProgressState::SNAPSHOT && peer.nextIndex < m_log.GetFirstIndex())
    {
        SendSnapshot(peer);
        return;
    }
    const bool overdue = peer.waiting && m_now - peer.waitingSince >= m_config.heartbeatInterval;
    switch (peer.state)
    {
    case ProgressState::PROBE:
        if (overdue && peer.nextIndex <= LastToSend())
        {
            SendEntries(peer);
        }
        else
        {
            SendHeartbeat(peer, peer.nextIndex - 1);
        }
        break;
    case ProgressState::REPLICATE: {
        // The end of what was sent shows whether something got lost on the way, but not before it
        // had the time to arrive: a heartbeat may overtake entries.
        const bool recent = !peer.inFlight.IsEmpty() &&
                            m_now - peer.inFlight.GetOldest() < m_config.heartbeatInterval;
        const bool known = peer.matchIndex >= m_log.GetBaseIndex();
        SendHeartbeat(peer, recent && known ? peer.matchIndex : peer.nextIndex - 1);
        break;
    }
    case ProgressState::SNAPSHOT:
        if (overdue)
        {
            SendChunk(peer);
        }
        else
        {
            SendHeartbeat(peer, 0);
        }
        break;
    }
}

void
RaftCore::SendHeartbeat(Peer& peer, Index previous)
{
    AppendEntries append;
    append.prevLogIndex = previous;
    append.prevLogTerm = m_log.GetTerm(previous);
    append.commitIndex = m_commitIndex;
    append.round = m_round;
    peer.sentIndex = std::max(peer.sentIndex, previous);
    Send(peer.id, std::move(append), 0);
}

void
RaftCore::SendEntries(Peer& peer)
{
    AppendEntries append;
    append.prevLogIndex = peer.nextIndex - 1;
    append.prevLogTerm = m_log.GetTerm(append.prevLogIndex);
    append.commitIndex = m_commitIndex;
    append.round = m_round;
    if (!m_spareBatches.empty())
    {
        append.entries = std::move(m_spareBatches.back());
        m_spareBatches.pop_back();
    }
    std::size_t bytes = 0;
    const Index end = LastToSend();
    for (Index index = peer.nextIndex; index <= end; ++index)
    {
        const Entry& entry = m_log.GetEntry(index);
        const std::size_t more = entry.command ? entry.command->size() : 0;
        const bool full = append.entries.size() >= m_config.maxBatchEntries ||
                          bytes + more > m_config.maxBatchBytes;
        if (full && !append.entries.empty())
        {
            break;
        }
        bytes += more;
        append.entries.push_back(entry);
    }
    const Index last = append.prevLogIndex + append.entries.size();
    peer.sentIndex = std::max(peer.sentIndex, last);
    if (peer.state == ProgressState::REPLICATE)
    {
        peer.nextIndex = last + 1;
        peer.inFlight.Add(last, bytes, m_now);
    }
    else
    {
        peer.waiting = true;
        peer.waitingSince = m_now;
    }
    Send(peer.id, std::move(append), 0);
}

Index
RaftCore::LastToSend() const
{
    // Followers may write entries while the leader still does (dissertation 10.2.1), or not.
    return m_config.leaderWritesFirst ? m_durableIndex : m_log.GetLastIndex();
}

void
RaftCore::Replicate(Peer& peer)
{
    if (peer.state != ProgressState::SNAPSHOT && peer.nextIndex < m_log.GetFirstIndex())
    {
        SendSnapshot(peer);
        return;
    }
    if (peer.state == ProgressState::PROBE && !peer.waiting && peer.nextIndex <= LastToSend())
    {
        SendEntries(peer);
    }
    while (peer.state == ProgressState::REPLICATE && !peer.inFlight.IsFull() &&
           peer.nextIndex <= LastToSend())
    {
        SendEntries(peer);
    }
}

void
RaftCore::ReplicateAll()
{
    for (Peer& peer : m_peers)
    {
        Replicate(peer);
    }
}

Peer*
RaftCore::FindAnsweringPeer(const Message& message, uint64_t round)
{
    if (message.term < m_term)
    {
        Reject(message.from, "an answer to a leader of an earlier term");
        return nullptr;
    }
    if (m_role != Role::LEADER)
    {
        Reject(message.from, "an answer to a leader, but this server does not lead");
        return nullptr;
    }
    Peer* peer = FindPeer(message.from);
    if (!peer)
    {
        Reject(message.from, "an answer from a server that is no member");
        return nullptr;
    }
    if (round > m_round)
    {
        Reject(message.from, "answers a round of heartbeats that has not begun");
        return nullptr;
    }
    peer->heardAt = m_now;
    peer->ackedRound = std::max(peer->ackedRound, round);
    return peer;
}

void
RaftCore::OnAppendEntriesReply(const Message& message, const AppendEntriesReply& reply)
{
    Peer* peer = FindAnsweringPeer(message, reply.round);
    if (!peer)
    {
        return;
    }
    if (reply.success)
    {
        OnAccepted(*peer, reply);
    }
    else
    {
        OnConflict(*peer, reply);
    }
    AnswerReads();
}

void
RaftCore::OnAccepted(Peer& peer, const AppendEntriesReply& reply)
{
    if (reply.matchIndex > peer.sentIndex)
    {
        Reject(peer.id, "acknowledges entries that were never sent to it");
        return;
    }
    const bool agrees =
        reply.prevLogIndex + 1 >= peer.nextIndex || reply.matchIndex + 1 >= peer.nextIndex;
    if (peer.state == ProgressState::PROBE && agrees)
    {
        peer.state = ProgressState::REPLICATE;
        peer.waiting = false;
        peer.inFlight.Clear();
    }
    RaiseMatch(peer, reply.matchIndex);
    if (m_role == Role::LEADER) // a commit may have taken this server out
    {
        Replicate(peer);
    }
}

void
RaftCore::RaiseMatch(Peer& peer, Index index)
{
    if (index <= peer.matchIndex)
    {
        return;
    }
    peer.matchIndex = index;
    peer.nextIndex = std::max(peer.nextIndex, index + 1);
    peer.inFlight.FreeUpTo(index);
    FollowCatchUp(peer);
    const bool transferDone = peer.id == m_transferee && index == m_log.GetLastIndex();
    AdvanceCommit();
    if (transferDone && m_role == Role::LEADER)
    {
        HandOver(m_transferee);
    }
}

void
RaftCore::OnConflict(Peer& peer, const AppendEntriesReply& reply)
{
    // Replies can be late or repeated; and of a pipeline that broke only the first refusal counts.
    const bool asked = peer.state == ProgressState::REPLICATE
                           ? reply.prevLogIndex < peer.nextIndex
                           : reply.prevLogIndex + 1 == peer.nextIndex;
    if (peer.state == ProgressState::SNAPSHOT || !asked || reply.prevLogIndex <= peer.matchIndex)
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
    peer.state = ProgressState::PROBE;
    peer.waiting = false;
    peer.inFlight.Clear();
    Replicate(peer);
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
    // The leader, too, counts by what is durable.
    const Index reached = ReachedByQuorum(m_durableIndex, &Peer::matchIndex);
    // Entries of earlier terms are never committed by counting (section 5.4.2, figure 8).
    if (m_log.GetTerm(reached) == m_term)
    {
        CommitUpTo(reached);
    }
}

void
RaftCore::CommitUpTo(Index index)
{
    if (index <= m_commitIndex)
    {
        return;
    }
    m_commitIndex = index;
    m_update.commitAdvanced = true;
    if (m_role == Role::LEADER)
    {
        AnswerReads();
        StepDownIfRemoved();
    }
}

} // namespace ns3::raft
