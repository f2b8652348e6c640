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
Require(bool holds, const char* what)
{
    if (!holds)
    {
        throw std::invalid_argument(std::string("raft: ") + what);
    }
}

bool
Contains(const std::vector<ServerId>& servers, ServerId id)
{
    return std::find(servers.begin(), servers.end(), id) != servers.end();
}

void
CheckConfig(const Config& config)
{
    Require(!Contains(config.servers, NO_SERVER), "servers: 0 is no server");
    Require(Contains(config.servers, config.id), "id: must be one of servers");
    std::vector<ServerId> sorted = config.servers;
    std::sort(sorted.begin(), sorted.end());
    Require(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
            "servers: each may stand there once");
    Require(config.heartbeatInterval > Duration::zero(), "heartbeatInterval: must be above 0");
    Require(config.heartbeatInterval < config.electionTimeoutMin,
            "heartbeatInterval: must be below electionTimeoutMin");
    Require(config.electionTimeoutMin <= config.electionTimeoutMax,
            "electionTimeoutMax: must not be below electionTimeoutMin");
    Require(config.maxBatchEntries > 0, "maxBatchEntries: must be above 0");
}

} // namespace

void
Update::Clear()
{
    persist.reset();
    messages.clear();
    applied.clear();
    roleChanges.clear();
    rejections.clear();
    proposal.reset();
    commitAdvanced = false;
    deadline = TimePoint{};
}

RaftCore::RaftCore(Config config, DurableState durable)
    : m_config(std::move(config)),
      m_term(durable.hardState.term),
      m_vote(durable.hardState.vote),
      m_log(std::move(durable.log)),
      m_durableIndex(m_log.GetLastIndex())
{
    CheckConfig(m_config);
    Require(m_term <= MAX_TERM, "durable term: out of range");
    Require(m_log.GetLastTerm() <= m_term, "durable term: must not be below the last entry's");
    Require(m_vote == NO_SERVER || Contains(m_config.servers, m_vote),
            "durable vote: must be one of servers");
    for (const ServerId id : m_config.servers)
    {
        if (id != m_config.id)
        {
            m_peers.push_back(Peer{});
            m_peers.back().id = id;
        }
    }
}

const Update&
RaftCore::Step(const Event& event)
{
    Recycle();
    m_update.Clear();
    m_now = m_started ? std::max(m_now, event.now) : event.now;
    m_random = event.random >= 0 && event.random < 1 ? event.random : 0;
    if (!m_started)
    {
        m_started = true;
        ResetElectionTimer();
    }
    if (const auto* receive = std::get_if<Receive>(&event.what))
    {
        OnReceive(receive->message);
    }
    else if (const auto* propose = std::get_if<Propose>(&event.what))
    {
        OnPropose(propose->command);
    }
    else if (const auto* persisted = std::get_if<Persisted>(&event.what))
    {
        OnPersisted(persisted->ticket);
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
            SendHeartbeats();
        }
    }
    else if (m_now >= m_electionDeadline)
    {
        StartElection();
    }
    else if (m_role == Role::CANDIDATE && m_now >= m_voteRetryDeadline)
    {
        RequestVotes();
    }
}

void
RaftCore::OnReceive(const Message& message)
{
    // A message that no correct server can have sent changes nothing, not even the term.
    const char* fault = FindFault(message, m_config.id, m_config.servers);
    if (!fault)
    {
        fault = FindContradiction(message);
    }
    if (fault)
    {
        Reject(message.from, fault);
        return;
    }
    const auto* append = std::get_if<AppendEntries>(&message.body);
    if (message.term > m_term)
    {
        // Figure 2, rules for all servers.
        BecomeFollower(message.term,
                       append ? message.from : NO_SERVER,
                       append ? "AppendEntries of a higher term (5.1)"
                              : "a message of a higher term (5.1)");
    }
    if (append)
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
}

const char*
RaftCore::FindContradiction(const Message& message) const
{
    const auto* append = std::get_if<AppendEntries>(&message.body);
    // An earlier term's leader may well contradict us; it is told so by the reply.
    return append && message.term >= m_term ? FindContradiction(message, *append) : nullptr;
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
    Outgoing& outgoing = m_update.messages.emplace_back();
    outgoing.message = Message{m_config.id, to, m_term, std::move(body)};
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

RaftCore::Peer&
RaftCore::FindPeer(ServerId id)
{
    // FindFault() has let members through only, so that there is always one.
    return *std::find_if(m_peers.begin(), m_peers.end(), [&](const Peer& p) { return p.id == id; });
}

std::size_t
RaftCore::QuorumSize() const
{
    return m_config.servers.size() / 2 + 1;
}

TimePoint
RaftCore::NextDeadline() const
{
    switch (m_role)
    {
    case Role::LEADER:
        return m_heartbeatDeadline;
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
