// Construction, dispatch of events and messages, roles and terms.

#include "raft-core.h"

#include "raft-message-check.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace ns3::raft
{

namespace
{

void
RequireDurable(bool holds, const char* what)
{
    if (!holds)
    {
        throw std::invalid_argument(std::string("raft: ") + what);
    }
}

Membership
InitialMembership(const Config& config, const Snapshot& snapshot)
{
    if (snapshot.lastIndex > 0)
    {
        return snapshot.membership;
    }
    Membership membership;
    for (const ServerId id : config.servers)
    {
        membership.AddVoter(id);
    }
    return membership;
}

/** Whether a message of a higher term changes the receiver's own (9.6: pre-votes do not). */
bool
CarriesItsTerm(const MessageBody& body)
{
    if (const auto* request = std::get_if<RequestVote>(&body))
    {
        return !request->preVote;
    }
    const auto* reply = std::get_if<RequestVoteReply>(&body);
    return !reply || !reply->preVote || !reply->granted;
}

/** Whether only the leader of the message's term sends such a message. */
bool
ComesFromLeader(const MessageBody& body)
{
    return std::holds_alternative<AppendEntries>(body) ||
           std::holds_alternative<InstallSnapshot>(body) ||
           std::holds_alternative<TimeoutNow>(body);
}

} // namespace

RaftCore::RaftCore(Config config, DurableState durable)
    : m_config(std::move(config)),
      m_term(durable.hardState.term),
      m_vote(durable.hardState.vote),
      m_log(std::move(durable.log), durable.snapshot.lastIndex, durable.snapshot.lastTerm),
      m_snapshot(std::make_shared<const Snapshot>(std::move(durable.snapshot))),
      m_commitIndex(m_snapshot->lastIndex),
      m_lastApplied(m_snapshot->lastIndex),
      m_durableIndex(m_log.GetLastIndex())
{
    CheckConfig(m_config);
    RequireDurable(m_term <= MAX_TERM, "durable term: out of range");
    RequireDurable(m_log.GetLastTerm() <= m_term,
                   "durable term: must not be below the last entry's");
    RequireDurable(m_vote <= MAX_SERVER_ID, "durable vote: must be a server");
    RequireDurable((m_snapshot->lastIndex == 0) == (m_snapshot->data == nullptr),
                   "durable snapshot: must have data exactly if it stands for entries");
    m_memberships.push_back({m_snapshot->lastIndex, InitialMembership(m_config, *m_snapshot)});
    for (Index index = m_log.GetFirstIndex(); index <= m_log.GetLastIndex(); ++index)
    {
        const Entry& entry = m_log.GetEntry(index);
        if (entry.type == EntryType::MEMBERSHIP)
        {
            m_memberships.push_back({index, *Membership::Decode(*entry.command)});
        }
    }
    UpdatePeers();
}

const Update&
RaftCore::Step(const Event& event)
{
    Recycle();
    m_update.Clear();
    m_clockBehind = m_started && event.now < m_now;
    if (m_clockBehind)
    {
        m_leaseRevoked = true; // a clock that runs backwards is none to hold a lease by
    }
    m_now = m_started ? std::max(m_now, event.now) : event.now;
    m_random = event.random >= 0 && event.random < 1 ? event.random : 0;
    if (!m_started)
    {
        m_started = true;
        ResetElectionTimer();
        // It may have answered a leader just before it died, who holds a lease by that answer.
        m_stickyUntil =
            m_config.readMode == ReadMode::LEASE ? m_now + m_config.electionTimeoutMin : m_now;
    }
    if (const auto* receive = std::get_if<Receive>(&event.what))
    {
        OnReceive(receive->message);
    }
    else if (const auto* propose = std::get_if<Propose>(&event.what))
    {
        OnPropose(propose->command);
    }
    else if (const auto* read = std::get_if<Read>(&event.what))
    {
        OnRead(read->context);
    }
    else if (const auto* persisted = std::get_if<Persisted>(&event.what))
    {
        OnPersisted(persisted->ticket);
    }
    else if (const auto* compact = std::get_if<Compact>(&event.what))
    {
        OnCompact(*compact);
    }
    else if (const auto* change = std::get_if<ChangeMembership>(&event.what))
    {
        OnChangeMembership(*change);
    }
    else if (const auto* transfer = std::get_if<TransferLeadership>(&event.what))
    {
        OnTransfer(transfer->target);
    }
    else
    {
        OnTick();
    }
    CompleteWrite();
    DeliverCommitted();
    m_update.deadline = NextDeadline();
    return m_update;
}

void
RaftCore::OnTick()
{
    if (m_role == Role::LEADER)
    {
        if (m_now >= m_heartbeatDeadline)
        {
            OnHeartbeatTimeout();
        }
    }
    else if (m_now >= m_electionDeadline)
    {
        OnElectionTimeout();
    }
    else if (m_role != Role::FOLLOWER && m_now >= m_voteRetryDeadline)
    {
        RequestVotes();
    }
}

void
RaftCore::OnReceive(const Message& message)
{
    // A message that no correct server can have sent changes nothing, not even the term.
    const char* fault = FindFault(message, m_config.id);
    if (!fault && message.term == m_term && ComesFromLeader(message.body) &&
        m_leader != NO_SERVER && m_leader != message.from)
    {
        fault = "a second leader in one term (election safety, 5.2)";
    }
    if (!fault && message.term >= m_term)
    {
        // An earlier term's leader may well contradict us; it is told so by the reply.
        fault = FindContradiction(message.body);
    }
    if (!fault)
    {
        fault = WhyIgnore(message);
    }
    if (fault)
    {
        Reject(message.from, fault);
        return;
    }
    if (message.term > m_term && CarriesItsTerm(message.body))
    {
        // Figure 2, rules for all servers.
        const bool fromLeader = ComesFromLeader(message.body);
        BecomeFollower(message.term,
                       fromLeader ? message.from : NO_SERVER,
                       fromLeader ? "a leader of a higher term (5.1)"
                                  : "a message of a higher term (5.1)");
    }
    Dispatch(message);
}

void
RaftCore::Dispatch(const Message& message)
{
    if (const auto* append = std::get_if<AppendEntries>(&message.body))
    {
        OnAppendEntries(message, *append);
    }
    else if (const auto* accepted = std::get_if<AppendEntriesReply>(&message.body))
    {
        OnAppendEntriesReply(message, *accepted);
    }
    else if (const auto* request = std::get_if<RequestVote>(&message.body))
    {
        OnRequestVote(message, *request);
    }
    else if (const auto* reply = std::get_if<RequestVoteReply>(&message.body))
    {
        OnRequestVoteReply(message, *reply);
    }
    else if (const auto* chunk = std::get_if<InstallSnapshot>(&message.body))
    {
        OnInstallSnapshot(message, *chunk);
    }
    else if (const auto* installed = std::get_if<InstallSnapshotReply>(&message.body))
    {
        OnInstallSnapshotReply(message, *installed);
    }
    else
    {
        OnTimeoutNow(message);
    }
}

void
RaftCore::AdoptTerm(Term term)
{
    m_term = term;
    m_vote = NO_SERVER;
    MarkHardState();
}

void
RaftCore::BecomeFollower(Term term, ServerId leader, const char* reason)
{
    if (term > m_term)
    {
        AdoptTerm(term);
    }
    if (m_role == Role::LEADER)
    {
        ResetElectionTimer(); // a leader has none running
    }
    m_role = Role::FOLLOWER;
    m_leader = leader;
    m_transferee = NO_SERVER;
    FailReads();
    RecordRole(reason);
}

void
RaftCore::RecordRole(const char* reason)
{
    m_update.roleChanges.push_back({m_role, m_term, m_leader, reason});
}

void
RaftCore::Reject(ServerId from, const char* reason)
{
    m_update.rejections.push_back({from, reason});
}

void
RaftCore::Send(ServerId to, MessageBody body, Index durableUpTo)
{
    SendInTerm(to, m_term, std::move(body), durableUpTo);
}

void
RaftCore::SendInTerm(ServerId to, Term term, MessageBody body, Index durableUpTo)
{
    Outgoing& outgoing = m_update.messages.emplace_back();
    outgoing.message = Message{m_config.id, to, term, std::move(body)};
    outgoing.afterTicket = TicketFor(durableUpTo);
}

void
RaftCore::DeliverCommitted()
{
    while (m_lastApplied < m_commitIndex)
    {
        ++m_lastApplied;
        m_update.applied.push_back({m_lastApplied, m_log.GetEntry(m_lastApplied)});
    }
}

void
RaftCore::Recycle()
{
    if (m_update.persist)
    {
        m_spareWrite = std::move(m_update.persist->entries);
        m_spareWrite.clear();
    }
    for (Outgoing& outgoing : m_update.messages)
    {
        auto* append = std::get_if<AppendEntries>(&outgoing.message.body);
        if (append && append->entries.capacity() > 0 && m_spareBatches.size() < m_peers.size())
        {
            append->entries.clear();
            m_spareBatches.push_back(std::move(append->entries));
        }
    }
}

Peer*
RaftCore::FindPeer(ServerId id)
{
    const auto found =
        std::lower_bound(m_peers.begin(), m_peers.end(), id, [](const Peer& p, ServerId i) {
            return p.id < i;
        });
    return found != m_peers.end() && found->id == id ? &*found : nullptr;
}

const Peer*
RaftCore::FindPeer(ServerId id) const
{
    return const_cast<RaftCore*>(this)->FindPeer(id);
}

TimePoint
RaftCore::NextDeadline() const
{
    switch (m_role)
    {
    case Role::LEADER:
        return m_heartbeatDeadline;
    case Role::PRE_CANDIDATE:
    case Role::CANDIDATE:
        return std::min(m_electionDeadline, m_voteRetryDeadline);
    case Role::FOLLOWER:
        break;
    }
    return m_electionDeadline;
}

Role
RaftCore::GetRole() const
{
    return m_role;
}

Term
RaftCore::GetTerm() const
{
    return m_term;
}

ServerId
RaftCore::GetVote() const
{
    return m_vote;
}

ServerId
RaftCore::GetLeader() const
{
    return m_leader;
}

ServerId
RaftCore::GetId() const
{
    return m_config.id;
}

Index
RaftCore::GetCommitIndex() const
{
    return m_commitIndex;
}

Index
RaftCore::GetLastIndex() const
{
    return m_log.GetLastIndex();
}

const RaftLog&
RaftCore::GetLog() const
{
    return m_log;
}

const Config&
RaftCore::GetConfig() const
{
    return m_config;
}

const Membership&
RaftCore::GetMembership() const
{
    return m_memberships.back().membership;
}

Index
RaftCore::GetMembershipIndex() const
{
    return m_memberships.back().index;
}

bool
RaftCore::HasCaughtUp(ServerId learner) const
{
    const Peer* peer = m_role == Role::LEADER ? FindPeer(learner) : nullptr;
    const bool heard = peer && m_now - peer->heardAt < m_config.electionTimeoutMin;
    return heard && !peer->voter && peer->caughtUp;
}

bool
RaftCore::IsTransferring() const
{
    return m_transferee != NO_SERVER;
}

uint64_t
RaftCore::GetDurableTicket() const
{
    return m_durableTicket;
}

Index
RaftCore::GetDurableIndex() const
{
    return m_durableIndex;
}

} // namespace ns3::raft
