// Log compaction: extended paper, section 7 and figure 13; dissertation chapter 5.

#include "raft-core.h"

#include <algorithm>
#include <utility>

namespace ns3::raft
{

void
RaftCore::OnCompact(const Compact& compact)
{
    if (!compact.data || compact.index <= m_log.GetBaseIndex() || compact.index > m_lastApplied)
    {
        Reject(NO_SERVER, "a snapshot without data, or of entries not applied or already gone");
        return;
    }
    Snapshot snapshot;
    snapshot.lastIndex = compact.index;
    snapshot.lastTerm = m_log.GetTerm(compact.index);
    const auto after = std::find_if(m_memberships.begin(), m_memberships.end(), [&](const auto& m) {
        return m.index > compact.index;
    });
    snapshot.membership = std::prev(after)->membership; // the first stands at the base
    if (snapshot.membership == Membership{})
    {
        Reject(NO_SERVER, "a snapshot from before this server knew who belongs to the cluster");
        return;
    }
    snapshot.data = compact.data;
    OpenWrite();
    m_log.CompactTo(compact.index);
    m_snapshot = std::make_shared<const Snapshot>(snapshot);
    m_update.persist->snapshot = std::move(snapshot);
    RebaseMemberships();
}

void
RaftCore::SendSnapshot(Peer& peer)
{
    peer.state = ProgressState::SNAPSHOT;
    peer.snapshot = m_snapshot;
    peer.snapshotOffset = 0;
    peer.inFlight.Clear();
    SendChunk(peer);
}

void
RaftCore::SendChunk(Peer& peer)
{
    const Snapshot& snapshot = *peer.snapshot;
    const std::string& data = *snapshot.data;
    const uint64_t size =
        std::min<uint64_t>(m_config.maxBatchBytes, data.size() - peer.snapshotOffset);
    InstallSnapshot chunk;
    chunk.lastIndex = snapshot.lastIndex;
    chunk.lastTerm = snapshot.lastTerm;
    chunk.membership = std::make_shared<const std::string>(snapshot.membership.Encode());
    chunk.offset = peer.snapshotOffset;
    chunk.data = std::make_shared<const std::string>(data, peer.snapshotOffset, size);
    chunk.done = peer.snapshotOffset + size == data.size();
    chunk.round = m_round;
    peer.waiting = true;
    peer.waitingSince = m_now;
    peer.sentIndex = std::max(peer.sentIndex, snapshot.lastIndex);
    Send(peer.id, std::move(chunk), 0);
}

void
RaftCore::OnInstallSnapshot(const Message& message, const InstallSnapshot& chunk)
{
    InstallSnapshotReply reply;
    reply.lastIndex = chunk.lastIndex;
    reply.round = chunk.round;
    if (message.term < m_term)
    {
        Reject(message.from, "the leader's term is behind (5.1)");
        Send(message.from, reply, 0);
        return;
    }
    HearFromLeader(message.from, "InstallSnapshot from the leader of the term (7)");
    if (chunk.lastIndex <= m_commitIndex)
    {
        if (m_incoming && m_incoming->lastIndex <= m_commitIndex)
        {
            m_incoming.reset(); // of no use any more
        }
    }
    else
    {
        const bool same =
            m_incoming && m_incoming->from == message.from && m_incoming->term == message.term &&
            m_incoming->lastIndex == chunk.lastIndex && m_incoming->lastTerm == chunk.lastTerm;
        if (!same)
        {
            m_incoming =
                IncomingSnapshot{message.from, message.term, chunk.lastIndex, chunk.lastTerm, {}};
        }
        std::string& data = m_incoming->data;
        if (chunk.offset == data.size())
        {
            data += *chunk.data;
            if (chunk.done)
            {
                Install(chunk);
            }
        }
        reply.offset = m_incoming ? m_incoming->data.size() : 0;
    }
    reply.installed = chunk.lastIndex <= m_commitIndex;
    Send(message.from, reply, reply.installed ? chunk.lastIndex : 0);
}

void
RaftCore::Install(const InstallSnapshot& chunk)
{
    Snapshot snapshot;
    snapshot.lastIndex = chunk.lastIndex;
    snapshot.lastTerm = chunk.lastTerm;
    snapshot.membership = *Membership::Decode(*chunk.membership);
    snapshot.data = std::make_shared<const std::string>(std::move(m_incoming->data));
    m_incoming.reset();
    if (m_log.GetTerm(snapshot.lastIndex) == snapshot.lastTerm && m_log.Holds(snapshot.lastIndex))
    {
        m_log.CompactTo(snapshot.lastIndex); // figure 13, rule 6: what follows is kept
    }
    else
    {
        m_log.Reset(snapshot.lastIndex, snapshot.lastTerm); // rule 7
        // What older writes hold beyond the commit index may be of another history.
        ForgetWritesAfter(m_commitIndex);
        DropMembershipsFrom(m_commitIndex + 1);
    }
    OpenWrite().lastIndex = m_log.GetLastIndex();
    m_commitIndex = snapshot.lastIndex;
    m_lastApplied = snapshot.lastIndex;
    m_update.commitAdvanced = true;
    m_snapshot = std::make_shared<const Snapshot>(snapshot);
    m_update.restore = snapshot;
    m_update.persist->snapshot = std::move(snapshot);
    RebaseMemberships();
}

void
RaftCore::OnInstallSnapshotReply(const Message& message, const InstallSnapshotReply& reply)
{
    Peer* peer = FindAnsweringPeer(message, reply.round);
    if (!peer)
    {
        return;
    }
    if (peer->state != ProgressState::SNAPSHOT || reply.lastIndex != peer->snapshot->lastIndex)
    {
        Reject(message.from, "an answer to a snapshot that is not being sent");
    }
    else if (reply.offset > peer->snapshot->data->size())
    {
        Reject(message.from, "acknowledges more of the snapshot than there is");
    }
    else if (reply.installed)
    {
        peer->state = ProgressState::REPLICATE; // its log agrees up to the snapshot's end
        peer->waiting = false;
        peer->nextIndex = std::max(peer->snapshot->lastIndex, peer->matchIndex) + 1;
        peer->snapshot.reset();
        RaiseMatch(*peer, reply.lastIndex);
        if (m_role == Role::LEADER)
        {
            Replicate(*peer);
        }
    }
    else if (reply.offset > peer->snapshotOffset)
    {
        peer->snapshotOffset = reply.offset;
        SendChunk(*peer);
    }
    else
    {
        // It has lost what it had, or this is late: the next heartbeat sends what is missing.
        peer->snapshotOffset = reply.offset;
    }
    AnswerReads();
}

} // namespace ns3::raft
