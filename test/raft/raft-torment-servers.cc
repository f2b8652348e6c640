// What a server does for its clients.

#include "raft-torment-clients.h"

#include "ns3/raft-command.h"

#include <utility>

namespace ns3::raft::test
{

void
Clients::WatchMemberships(std::function<void(Index, Term)> onApplied)
{
    m_onMembership = std::move(onApplied);
}

void
Clients::Serve(ServerId server,
               uint64_t number,
               uint32_t attempt,
               Kind kind,
               const std::string& what)
{
    if (!m_cluster.IsUp(server))
    {
        return;
    }
    if (kind == Kind::READ)
    {
        const uint64_t context = ++m_lastContext;
        m_reads[server].emplace(context, Waiting{number, attempt, 0, what});
        m_contextInHand = context;
        m_cluster.Read(server, context);
        m_contextInHand = 0;
        return;
    }
    const ProposalResult result = m_cluster.Propose(server, what);
    if (!m_cluster.IsUp(server))
    {
        return; // it died of it
    }
    if (result.accepted)
    {
        m_proposed[server][result.index] = Waiting{number, attempt, result.term, {}};
    }
    else
    {
        Answer answer;
        answer.leader = result.leader;
        answer.attempt = attempt;
        Reply(number, answer);
    }
}

void
Clients::Reply(uint64_t number, Answer answer)
{
    m_cluster.SendOutside([this, number, answer = std::move(answer)] { OnAnswer(number, answer); });
}

void
Clients::OnApplied(ServerId server, const Applied& applied, const CommandResult& result)
{
    if (applied.entry.type == EntryType::MEMBERSHIP && m_onMembership)
    {
        m_onMembership(applied.index, applied.entry.term);
    }
    if (applied.entry.type != EntryType::COMMAND)
    {
        return;
    }
    const KeyValueStore& store = m_cluster.GetStore(server);
    const std::optional<Command> command = Command::Decode(*applied.entry.command);
    if (m_order.Apply(server, applied.index, command.value().key, store) &&
        command->op == CommandOp::PUT && result.status == CommandResult::Status::REPEATED)
    {
        ++m_tally.deduplicated;
    }
    std::map<Index, Waiting>& proposed = m_proposed[server];
    const auto found = proposed.find(applied.index);
    if (found != proposed.end() && found->second.term == applied.entry.term)
    {
        Answer answer;
        answer.done = true;
        answer.expired = result.status == CommandResult::Status::EXPIRED;
        answer.attempt = found->second.attempt;
        answer.value = result.value;
        answer.session = result.session;
        Reply(found->second.call, answer);
    }
    // Others up to here were replaced: their clients will ask again.
    proposed.erase(proposed.begin(), proposed.upper_bound(applied.index));
}

void
Clients::OnRestored(ServerId server)
{
    m_order.Restore(server, m_cluster.GetStore(server));
}

void
Clients::OnRead(ServerId server, const ReadResult& result)
{
    const auto found = m_reads[server].find(result.context);
    const Waiting read = std::move(found->second);
    m_reads[server].erase(found);
    Answer answer;
    answer.done = result.accepted;
    answer.attempt = read.attempt;
    answer.leader = result.leader;
    if (result.accepted)
    {
        answer.value = m_cluster.GetStore(server).Get(read.key);
        const RaftCore& core = m_cluster.GetCore(server);
        const bool lease = core.GetConfig().readMode == ReadMode::LEASE &&
                           core.GetMembership().voters.size() > 1 &&
                           result.context == m_contextInHand;
        ++(lease ? m_tally.leaseReads : m_tally.indexReads);
    }
    Reply(read.call, answer);
}

void
Clients::OnCrashed(ServerId server)
{
    m_proposed[server].clear();
    m_reads[server].clear();
    m_order.Restore(server, KeyValueStore{});
}

} // namespace ns3::raft::test
