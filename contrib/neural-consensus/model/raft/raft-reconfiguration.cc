// Changes of who belongs and who leads: dissertation chapter 4 (one server at a time), with the
// amendment that a leader first commits an entry of its own term (Ongaro, raft-dev, July 2015),
// and 3.10.

#include "raft-core.h"

#include <algorithm>
#include <utility>

namespace ns3::raft
{

void
RaftCore::OnChangeMembership(const ChangeMembership& change)
{
    ProposalResult& result = m_update.proposal.emplace();
    if (const char* refusal = WhyNoChange(change))
    {
        result.reason = refusal;
        result.leader = m_role == Role::LEADER ? NO_SERVER : m_leader;
        return;
    }
    Membership next = GetMembership();
    switch (change.kind)
    {
    case ChangeMembership::Kind::ADD_LEARNER:
        next.AddLearner(change.server);
        break;
    case ChangeMembership::Kind::PROMOTE:
        next.AddVoter(change.server);
        break;
    case ChangeMembership::Kind::REMOVE:
        next.Remove(change.server);
        break;
    }
    result.accepted = true;
    result.term = m_term;
    result.index = AppendToLog(
        Entry{m_term, EntryType::MEMBERSHIP, std::make_shared<const std::string>(next.Encode())});
    ReplicateAll();
}

const char*
RaftCore::WhyNoChange(const ChangeMembership& change) const
{
    using Kind = ChangeMembership::Kind;
    const Membership& now = GetMembership();
    if (m_role != Role::LEADER)
    {
        return "this server does not lead";
    }
    if (IsTransferring())
    {
        return "leadership is being handed over (3.10)";
    }
    if (m_commitIndex < m_termStart)
    {
        return "this leader has not committed an entry of its term";
    }
    if (GetMembershipIndex() > m_commitIndex)
    {
        return "the last change is not committed (4.1)";
    }
    if (change.server == NO_SERVER || change.server > MAX_SERVER_ID)
    {
        return "no such server";
    }
    switch (change.kind)
    {
    case Kind::ADD_LEARNER:
        return now.Contains(change.server) ? "the server is a member already" : nullptr;
    case Kind::PROMOTE:
        if (!now.IsLearner(change.server))
        {
            return "the server is no learner";
        }
        return HasCaughtUp(change.server) ? nullptr : "the learner has not caught up (4.2.1)";
    case Kind::REMOVE:
        if (!now.Contains(change.server))
        {
            return "the server is no member";
        }
        return now.IsVoter(change.server) && now.voters.size() == 1 ? "no voter would be left"
                                                                    : nullptr;
    }
    return "no such change";
}

void
RaftCore::AdoptMembership(Index index, Membership membership)
{
    m_update.membershipChanged = m_update.membershipChanged || membership != GetMembership();
    m_memberships.push_back({index, std::move(membership)});
    UpdatePeers();
}

void
RaftCore::DropMembershipsFrom(Index index)
{
    while (m_memberships.size() > 1 && m_memberships.back().index >= index)
    {
        const Membership dropped = std::move(m_memberships.back().membership);
        m_memberships.pop_back();
        m_update.membershipChanged = m_update.membershipChanged || dropped != GetMembership();
    }
    UpdatePeers();
}

void
RaftCore::RebaseMemberships()
{
    const Membership before = GetMembership();
    const Index base = m_log.GetBaseIndex();
    const auto after = std::find_if(m_memberships.begin(), m_memberships.end(), [&](const auto& m) {
        return m.index > base;
    });
    m_memberships.erase(m_memberships.begin(), after);
    m_memberships.insert(m_memberships.begin(), {base, m_snapshot->membership});
    m_update.membershipChanged = m_update.membershipChanged || before != GetMembership();
    UpdatePeers();
}

void
RaftCore::UpdatePeers()
{
    const Membership& now = GetMembership();
    std::vector<Peer> peers;
    for (const auto* ids : {&now.voters, &now.learners})
    {
        for (const ServerId id : *ids)
        {
            if (id == m_config.id)
            {
                continue;
            }
            Peer* known = FindPeer(id);
            Peer& peer = peers.emplace_back(known ? std::move(*known) : Peer{});
            peer.voter = ids == &now.voters;
            if (!known)
            {
                peer.id = id;
                peer.nextIndex = m_log.GetLastIndex() + 1;
                peer.heardAt = m_now;
                peer.inFlight.Reset(m_config.maxInFlightMessages, m_config.maxInFlightBytes);
            }
        }
    }
    std::sort(peers.begin(), peers.end(), [](const Peer& a, const Peer& b) { return a.id < b.id; });
    m_peers = std::move(peers);
}

void
RaftCore::FollowCatchUp(Peer& peer)
{
    if (peer.voter || peer.caughtUp || peer.matchIndex < peer.catchUpTarget)
    {
        return;
    }
    // Rounds, each of all entries that the leader had at its start (4.2.1).
    const bool first = peer.catchUpTarget == 0;
    peer.caughtUp = !first && m_now - peer.catchUpSince < m_config.electionTimeoutMin;
    peer.catchUpTarget = m_log.GetLastIndex();
    peer.catchUpSince = m_now;
    if (peer.matchIndex >= peer.catchUpTarget)
    {
        peer.caughtUp = true; // it has everything: a round of nothing takes no time
    }
}

void
RaftCore::OnTransfer(ServerId target)
{
    if (m_role == Role::LEADER && target == NO_SERVER)
    {
        target = FindLongestVoter();
    }
    if (const char* refusal = WhyNoTransfer(target))
    {
        Reject(NO_SERVER, refusal);
        return;
    }
    m_transferee = target;
    m_transferDeadline = m_now + m_config.electionTimeoutMin;
    if (FindPeer(target)->matchIndex == m_log.GetLastIndex())
    {
        HandOver(target);
    }
    else
    {
        Replicate(*FindPeer(target));
    }
}

const char*
RaftCore::WhyNoTransfer(ServerId target) const
{
    if (m_role != Role::LEADER)
    {
        return "this server does not lead and cannot hand over";
    }
    if (IsTransferring())
    {
        return "leadership is being handed over already (3.10)";
    }
    const Peer* peer = FindPeer(target);
    return peer && peer->voter ? nullptr : "the server to hand over to is no other voter";
}

ServerId
RaftCore::FindLongestVoter() const
{
    const Peer* best = nullptr;
    for (const Peer& peer : m_peers)
    {
        if (peer.voter && (!best || peer.matchIndex > best->matchIndex))
        {
            best = &peer;
        }
    }
    return best ? best->id : NO_SERVER;
}

void
RaftCore::HandOver(ServerId target)
{
    // The message may arrive at any time in this term, and the election that it starts ignores
    // what voters have promised: no lease holds any more (6.4.1).
    m_leaseRevoked = true;
    Send(target, TimeoutNow{}, 0);
}

void
RaftCore::StepDownIfRemoved()
{
    if (GetMembership().IsVoter(m_config.id) || GetMembershipIndex() > m_commitIndex)
    {
        return;
    }
    // It has managed the cluster until its own removal was committed (4.2.2).
    if (const ServerId heir = FindLongestVoter())
    {
        HandOver(heir);
    }
    BecomeFollower(m_term, NO_SERVER, "its removal from the cluster is committed (4.2.2)");
}

void
RaftCore::OnTimeoutNow(const Message& message)
{
    if (message.term < m_term)
    {
        Reject(message.from, "the leader's term is behind (5.1)");
        return;
    }
    if (m_role == Role::LEADER || !MayStand())
    {
        Reject(message.from, "asked to stand for election, but leads or does not vote");
        return;
    }
    StartElection("the leader hands over (3.10)", true);
}

} // namespace ns3::raft
