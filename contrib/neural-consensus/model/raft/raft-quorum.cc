// What a majority has answered, and what a leader may conclude from it: that it still leads
// (dissertation 6.2) and that reads are current (6.4).

#include "raft-core.h"

#include <algorithm>
#include <functional>

namespace ns3::raft
{

uint64_t
RaftCore::ReachedByQuorum(uint64_t own, uint64_t Peer::*of)
{
    m_reachedScratch.clear();
    if (GetMembership().IsVoter(m_config.id))
    {
        m_reachedScratch.push_back(own); // a leader that is being removed does not count (4.2.2)
    }
    for (const Peer& peer : m_peers)
    {
        if (peer.voter)
        {
            m_reachedScratch.push_back(peer.*of);
        }
    }
    const auto nth =
        m_reachedScratch.begin() + static_cast<std::ptrdiff_t>(GetMembership().QuorumSize() - 1);
    std::nth_element(m_reachedScratch.begin(), nth, m_reachedScratch.end(), std::greater<>());
    return *nth;
}

bool
RaftCore::HasLostQuorum() const
{
    auto active = std::count_if(m_peers.begin(), m_peers.end(), [&](const Peer& peer) {
        return peer.voter && m_now - peer.heardAt < m_config.electionTimeoutMin;
    });
    active += GetMembership().IsVoter(m_config.id) ? 1 : 0;
    return static_cast<std::size_t>(active) < GetMembership().QuorumSize();
}

bool
RaftCore::HoldsLease()
{
    if (m_config.readMode != ReadMode::LEASE || m_leaseRevoked)
    {
        return false;
    }
    const uint64_t round = ReachedByQuorum(m_round, &Peer::ackedRound);
    if (round == 0 || m_round - round >= ROUNDS_KEPT)
    {
        return false;
    }
    // A voter that answered refuses candidates for electionTimeoutMin on its clock. On this one the
    // lease is shorter, so that it ends first even if one runs fast and the other slow (6.4.1).
    const double share = (1 - m_config.maxClockDrift) / (1 + m_config.maxClockDrift);
    const double length = share * static_cast<double>(m_config.electionTimeoutMin.count());
    return m_now < m_roundSentAt[round % ROUNDS_KEPT] + Duration(static_cast<int64_t>(length));
}

void
RaftCore::OnRead(uint64_t context)
{
    if (m_role != Role::LEADER)
    {
        m_update.reads.push_back({context, false, m_leader});
        return;
    }
    // All that earlier leaders committed lies below this term's first entry (6.4, step 1).
    const Index index = std::max(m_commitIndex, m_termStart);
    if (index == m_commitIndex && HoldsLease())
    {
        m_update.reads.push_back({context, true, NO_SERVER});
        return;
    }
    const bool first = m_reads.empty() || m_reads.back().round <= m_round;
    m_reads.push_back({context, index, m_round + 1});
    const bool underWay =
        m_reads.size() > 1 && ReachedByQuorum(m_round, &Peer::ackedRound) < m_round;
    if (first && !underWay)
    {
        StartRound();
        AnswerReads(); // a single server is its own majority
    }
}

void
RaftCore::AnswerReads()
{
    if (m_role != Role::LEADER || m_reads.empty())
    {
        return;
    }
    const uint64_t round = ReachedByQuorum(m_round, &Peer::ackedRound);
    const auto open = std::find_if(m_reads.begin(), m_reads.end(), [&](const PendingRead& read) {
        return read.round > round || read.index > m_commitIndex;
    });
    for (auto read = m_reads.begin(); read != open; ++read)
    {
        m_update.reads.push_back({read->context, true, NO_SERVER});
    }
    m_reads.erase(m_reads.begin(), open);
    if (!m_reads.empty() && m_reads.back().round > m_round && round == m_round)
    {
        StartRound(); // for those that came while the last one was under way
    }
}

void
RaftCore::FailReads()
{
    for (const PendingRead& read : m_reads)
    {
        m_update.reads.push_back({read.context, false, m_leader});
    }
    m_reads.clear();
}

} // namespace ns3::raft
