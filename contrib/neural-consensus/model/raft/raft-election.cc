// Leader election: extended paper, sections 5.2 and 5.4.1; dissertation 4.2.3 and 9.6.

#include "raft-core.h"
#include "raft-message-check.h"

#include <algorithm>

namespace ns3::raft
{

void
RaftCore::ResetElectionTimer()
{
    // Randomised, so that split votes are rare (section 5.2).
    const auto range = m_config.electionTimeoutMax - m_config.electionTimeoutMin;
    const auto extra = static_cast<Duration::rep>(m_random * static_cast<double>(range.count()));
    m_electionDeadline = m_now + m_config.electionTimeoutMin + Duration(extra);
}

bool
RaftCore::MayStand() const
{
    if (GetMembership().IsVoter(m_config.id))
    {
        return true;
    }
    // A server that is being removed may still be needed until that is committed (4.2.2).
    const bool undecided = m_memberships.size() > 1 && GetMembershipIndex() > m_commitIndex;
    return undecided && m_memberships[m_memberships.size() - 2].membership.IsVoter(m_config.id);
}

void
RaftCore::OnElectionTimeout()
{
    if (!MayStand())
    {
        ResetElectionTimer();
        if (m_leader != NO_SERVER)
        {
            m_leader = NO_SERVER; // clients should ask elsewhere
            RecordRole("the election timeout passed without a leader, and it has no vote (4.2.1)");
        }
        return;
    }
    if (m_role == Role::CANDIDATE && m_hardStateTicket > m_durableTicket)
    {
        // Nobody has heard of this candidacy: another term would only disturb the others later.
        ResetElectionTimer();
        RequestVotes();
        Reject(NO_SERVER, "stands already, with a vote that is not on stable storage");
    }
    else if (m_config.preVote)
    {
        StartPreVote();
    }
    else
    {
        StartElection(m_role == Role::CANDIDATE
                          ? "no majority within the election timeout (5.2)"
                          : "the election timeout passed without a leader (5.2)",
                      false);
    }
}

void
RaftCore::StartPreVote()
{
    BeginCandidacy(Role::PRE_CANDIDATE, "the election timeout passed without a leader (9.6)");
}

void
RaftCore::StartElection(const char* reason, bool disruptLeader)
{
    if (m_term >= MAX_TERM)
    {
        ResetElectionTimer();
        Reject(NO_SERVER, "no term is left for another election");
        return;
    }
    // Figure 2, rules for candidates: a new term, the own vote, a vote request to everybody.
    AdoptTerm(m_term + 1);
    m_vote = m_config.id;
    m_disruptLeader = disruptLeader;
    BeginCandidacy(Role::CANDIDATE, reason);
}

void
RaftCore::BeginCandidacy(Role role, const char* reason)
{
    ResetElectionTimer();
    m_role = role;
    m_leader = NO_SERVER;
    for (Peer& peer : m_peers)
    {
        peer.answered = false;
        peer.granted = false;
    }
    RecordRole(reason);
    RequestVotes();
    CountVotes(); // a pre-vote of a single server is its own
}

void
RaftCore::RequestVotes()
{
    m_voteRetryDeadline = m_now + m_config.heartbeatInterval;
    // Requests are repeated until they are answered (section 5.1), but not before the first ones
    // have left, which is when the own vote is on stable storage.
    const bool first = m_update.persist.has_value();
    if (!first && m_hardStateTicket > m_durableTicket)
    {
        return;
    }
    const bool preVote = m_role == Role::PRE_CANDIDATE;
    RequestVote request;
    request.lastLogIndex = m_log.GetLastIndex();
    request.lastLogTerm = m_log.GetLastTerm();
    request.preVote = preVote;
    request.disruptLeader = !preVote && m_disruptLeader;
    for (const Peer& peer : m_peers)
    {
        if (peer.voter && !peer.answered)
        {
            SendInTerm(peer.id, preVote ? m_term + 1 : m_term, request, 0);
        }
    }
}

void
RaftCore::CountVotes()
{
    if (m_hardStateTicket > m_durableTicket)
    {
        return; // the own vote does not count before it is on stable storage
    }
    auto votes = std::count_if(m_peers.begin(), m_peers.end(), [](const Peer& p) {
        return p.voter && p.granted;
    });
    votes += GetMembership().IsVoter(m_config.id) ? 1 : 0;
    if (static_cast<std::size_t>(votes) < GetMembership().QuorumSize())
    {
        return;
    }
    if (m_role == Role::CANDIDATE)
    {
        BecomeLeader();
    }
    else
    {
        StartElection("a majority would vote for it (9.6)", false);
    }
}

void
RaftCore::BecomeLeader()
{
    m_role = Role::LEADER;
    m_leader = m_config.id;
    m_leaseRevoked = m_clockBehind;
    m_transferee = NO_SERVER;
    m_incoming.reset();
    RecordRole("votes from a majority (5.2)");
    for (Peer& peer : m_peers)
    {
        const ServerId id = peer.id;
        const bool voter = peer.voter;
        InFlightWindow window = std::move(peer.inFlight);
        peer = Peer{};
        peer.id = id;
        peer.voter = voter;
        peer.inFlight = std::move(window);
        peer.inFlight.Reset(m_config.maxInFlightMessages, m_config.maxInFlightBytes);
        peer.nextIndex = m_log.GetLastIndex() + 1;
        peer.heardAt = m_now;
    }
    // Entries of earlier terms commit only under one of this term (section 5.4.2), so there has to
    // be one even if no client asks (section 8; dissertation 6.4).
    m_termStart = AppendToLog(Entry{m_term, EntryType::NOOP, nullptr});
    m_heartbeatDeadline = m_now + m_config.heartbeatInterval;
    m_roundSentAt[++m_round % ROUNDS_KEPT] = m_now;
    ReplicateAll();
}

bool
RaftCore::HasHeardFromLeader() const
{
    return m_role == Role::LEADER || m_now < m_stickyUntil;
}

const char*
RaftCore::WhyIgnore(const Message& message) const
{
    const auto* request = std::get_if<RequestVote>(&message.body);
    // What was promised to a leader outlives its term: another message may have raised the own.
    const bool undecided = request && !request->preVote && message.term == m_term &&
                           m_vote == NO_SERVER && m_leader == NO_SERVER;
    if (!request || (message.term <= m_term && !undecided) || request->disruptLeader ||
        !HasHeardFromLeader())
    {
        return nullptr; // requests of an earlier term are answered, so that they learn of ours
    }
    if (request->preVote || m_config.leaderStickiness)
    {
        return "a leader was heard of within the minimum election timeout (4.2.3)";
    }
    return nullptr;
}

void
RaftCore::OnRequestVote(const Message& message, const RequestVote& request)
{
    if (request.preVote)
    {
        OnPreVote(message, request);
        return;
    }
    const char* refusal = message.term < m_term ? "the candidate's term is behind (5.1)"
                                                : WhyNoVote(message.from, request);
    if (refusal)
    {
        Reject(message.from, refusal);
    }
    else
    {
        if (m_vote != message.from)
        {
            m_vote = message.from;
            MarkHardState();
        }
        ResetElectionTimer(); // figure 2, rules for followers
    }
    Send(message.from, RequestVoteReply{!refusal, false}, 0);
}

void
RaftCore::OnPreVote(const Message& message, const RequestVote& request)
{
    // A refusal carries the own term, without which a server that was away could stay behind for
    // good (etcd #8243, #8501).
    const char* refusal = nullptr;
    if (message.term <= m_term)
    {
        refusal = "the term that it would stand for is not above the own (9.6)";
    }
    else if (!m_log.IsUpToDate(request.lastLogIndex, request.lastLogTerm))
    {
        refusal = "the candidate's log is less up to date (5.4.1)";
    }
    if (refusal)
    {
        Reject(message.from, refusal);
        Send(message.from, RequestVoteReply{false, true}, 0);
        return;
    }
    SendInTerm(message.from, message.term, RequestVoteReply{true, true}, 0);
}

const char*
RaftCore::WhyNoVote(ServerId candidate, const RequestVote& request) const
{
    if (m_vote != NO_SERVER && m_vote != candidate)
    {
        return "the vote of this term went to another server (5.2)";
    }
    if (m_leader != NO_SERVER && m_leader != candidate)
    {
        return "this term has another leader (5.2)";
    }
    if (!m_log.IsUpToDate(request.lastLogIndex, request.lastLogTerm))
    {
        return "the candidate's log is less up to date (5.4.1)";
    }
    return nullptr;
}

void
RaftCore::OnRequestVoteReply(const Message& message, const RequestVoteReply& reply)
{
    const bool preVote = m_role == Role::PRE_CANDIDATE;
    if (message.term < m_term)
    {
        Reject(message.from, "an answer to an election of an earlier term");
        return;
    }
    if ((!preVote && m_role != Role::CANDIDATE) || reply.preVote != preVote ||
        message.term != (preVote && reply.granted ? m_term + 1 : m_term))
    {
        Reject(message.from, "an answer to an election that is over");
        return;
    }
    Peer* peer = FindPeer(message.from);
    if (!peer || peer->answered)
    {
        return; // no member any more, or repeated or contradicting itself: the first answer stands
    }
    peer->answered = true;
    peer->granted = reply.granted;
    CountVotes();
}

} // namespace ns3::raft
