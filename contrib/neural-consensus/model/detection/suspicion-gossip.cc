#include "suspicion-gossip.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace ns3::detection
{

SuspicionGossip::SuspicionGossip(const std::vector<uint32_t>& watched,
                                 std::vector<uint32_t> quorums,
                                 Nanos voteLife)
    : m_quorums(std::move(quorums)),
      m_voteLife(voteLife),
      m_own(m_quorums.size()),
      m_none(m_quorums.size())
{
    uint32_t highest = 0;
    for (const uint32_t target : watched)
    {
        m_watched.Set(target, true);
        if (!m_watched.Has(target))
        {
            throw std::invalid_argument("gossip: server " + std::to_string(target) +
                                        ", expected 1 to " +
                                        std::to_string(SuspectSet::MAX_SERVER));
        }
        highest = std::max(highest, target);
    }
    if (voteLife <= Nanos(0) || std::count(m_quorums.begin(), m_quorums.end(), 0U) > 0)
    {
        throw std::invalid_argument("gossip: expected a vote life and quorums above 0");
    }
    m_votes.resize((highest + 1) * m_quorums.size());
}

void
SuspicionGossip::SetOwn(std::size_t detector, uint32_t target, bool suspected)
{
    if (m_watched.Has(target) && m_own[detector].Has(target) != suspected)
    {
        m_own[detector].Set(target, suspected);
        Count(detector, target, suspected);
    }
}

const Suspicions&
SuspicionGossip::GetOwn() const
{
    return m_own;
}

const std::vector<SuspicionGossip::Change>&
SuspicionGossip::Hear(const PeerArrival& heartbeat, const Suspicions& told)
{
    m_changes.clear();
    const uint32_t voter = heartbeat.peer;
    if (heartbeat.kind != PeerArrival::Kind::HEARTBEAT || voter < 1 ||
        voter > SuspectSet::MAX_SERVER || told.size() != m_quorums.size())
    {
        return m_changes;
    }
    if (voter >= m_opinions.size())
    {
        m_opinions.resize(voter + 1);
    }
    Opinion& opinion = m_opinions[voter];
    if (opinion.order.Take(heartbeat) != HeartbeatOrder::Verdict::LATE)
    {
        opinion.expires = heartbeat.arrived + m_voteLife;
        Adopt(voter, opinion, told);
    }
    return SortChanges();
}

const std::vector<SuspicionGossip::Change>&
SuspicionGossip::Expire(Nanos now)
{
    m_changes.clear();
    for (uint32_t voter = 1; voter < m_opinions.size(); ++voter)
    {
        Opinion& opinion = m_opinions[voter];
        if (opinion.accuses && opinion.expires <= now)
        {
            Adopt(voter, opinion, m_none);
        }
    }
    return SortChanges();
}

std::optional<Nanos>
SuspicionGossip::Deadline() const
{
    std::optional<Nanos> first;
    if (m_accusers == 0)
    {
        return first;
    }
    for (const Opinion& opinion : m_opinions)
    {
        if (opinion.accuses && (!first || opinion.expires < *first))
        {
            first = opinion.expires;
        }
    }
    return first;
}

uint32_t
SuspicionGossip::CountVotes(std::size_t detector, uint32_t target) const
{
    return m_watched.Has(target) ? m_votes[PlaceOf(detector, target)] : 0;
}

bool
SuspicionGossip::Suspects(std::size_t detector, uint32_t target) const
{
    return CountVotes(detector, target) >= m_quorums[detector];
}

/** Puts a voter's new opinions in the place of its old ones. */
void
SuspicionGossip::Adopt(uint32_t voter, Opinion& opinion, const Suspicions& told)
{
    opinion.suspicions.resize(m_quorums.size());
    const bool accused = std::exchange(opinion.accuses, false);
    for (std::size_t detector = 0; detector < m_quorums.size(); ++detector)
    {
        SuspectSet suspects = told[detector] & m_watched;
        suspects.Set(voter, false);
        opinion.accuses = opinion.accuses || !suspects.IsEmpty();
        suspects.VisitDifferences(opinion.suspicions[detector], [&](uint32_t target, bool in) {
            if (Count(detector, target, in))
            {
                m_changes.push_back({target, detector});
            }
        });
        opinion.suspicions[detector] = suspects;
    }
    m_accusers = m_accusers + (opinion.accuses ? 1 : 0) - (accused ? 1 : 0);
}

/** Counts a vote in or out. @return whether that turned the combined opinion */
bool
SuspicionGossip::Count(std::size_t detector, uint32_t target, bool suspected)
{
    const bool before = Suspects(detector, target);
    m_votes[PlaceOf(detector, target)] += suspected ? 1 : -1;
    return Suspects(detector, target) != before;
}

const std::vector<SuspicionGossip::Change>&
SuspicionGossip::SortChanges()
{
    std::sort(m_changes.begin(), m_changes.end(), [](const Change& a, const Change& b) {
        return std::tie(a.target, a.detector) < std::tie(b.target, b.detector);
    });
    return m_changes;
}

std::size_t
SuspicionGossip::PlaceOf(std::size_t detector, uint32_t target) const
{
    return target * m_quorums.size() + detector;
}

} // namespace ns3::detection
