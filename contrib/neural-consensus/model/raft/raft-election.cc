// Leader election: extended paper, sections 5.2 and 5.4.1.

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

void
RaftCore::StartElection()
{
    ResetElectionTimer();
    if (m_term >= MAX_TERM)
    {
        Reject(NO_SERVER, "no term is left for another election");
        return;
    }
    // Figure 2, rules for candidates: a new term, the own vote, a vote request to everybody.
    const bool again = m_role == Role::CANDIDATE;
    AdoptTerm(m_term + 1);
    m_vote = m_config.id;
    m_role = Role::CANDIDATE;
    m_leader = NO_SERVER;
    for (Peer& peer : m_peers)
    {
        peer.answered = false;
        peer.granted = false;
    }
    RecordRole(again ? "no majority within the election timeout (5.2)"
                     : "the election timeout passed without a leader (5.2)");
    RequestVotes();
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
    for (const Peer& peer : m_peers)
    {
        if (!peer.answered)
        {
            Send(peer.id, RequestVote{m_log.GetLastIndex(), m_log.GetLastTerm()}, 0);
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
    const auto granted =
        std::count_if(m_peers.begin(), m_peers.end(), [](const Peer& p) { return p.granted; });
    if (static_cast<std::size_t>(granted) + 1 >= QuorumSize())
    {
        BecomeLeader();
    }
}

void
RaftCore::BecomeLeader()
{
    m_role = Role::LEADER;
    m_leader = m_config.id;
    RecordRole("votes from a majority (5.2)");
    for (Peer& peer : m_peers)
    {
        peer.matchIndex = 0;
        peer.nextIndex = m_log.GetLastIndex() + 1;
        peer.sentIndex = 0;
        peer.inFlight = 0;
    }
    // Entries of earlier terms commit only under one of this term (section 5.4.2), so there has to
    // be one even if no client asks (section 8; dissertation 6.4).
    AppendToLog(Entry{m_term, EntryType::NOOP, nullptr});
    m_heartbeatDeadline = m_now + m_config.heartbeatInterval;
    for (Peer& peer : m_peers)
    {
        Replicate(peer);
    }
}

void
RaftCore::OnRequestVote(const Message& message, const RequestVote& request)
{
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
    Send(message.from, RequestVoteReply{!refusal}, 0);
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
    if (message.term < m_term)
    {
        Reject(message.from, "an answer to an election of an earlier term");
        return;
    }
    if (m_role != Role::CANDIDATE)
    {
        Reject(message.from, "an answer to an election that is over");
        return;
    }
    Peer& peer = FindPeer(message.from);
    if (peer.answered)
    {
        return; // repeated, or contradicting itself: the first answer stands
    }
    peer.answered = true;
    peer.granted = reply.granted;
    CountVotes();
}

} // namespace ns3::raft
