// What a server does for clients: takes their requests, applies committed entries and answers.

#include "raft-application.h"
#include "raft-client-header.h"
#include "raft-header.h"

#include "ns3/raft-bytes.h"

#include <utility>

namespace ns3
{

using namespace raft;

void
RaftApplication::HandleRequest(uint32_t client, Ptr<Packet> packet)
{
    auto bytes = RaftRequestHeader::Parse(packet);
    auto command = bytes ? Command::Decode(*bytes) : std::nullopt;
    if (!command || command->client != client)
    {
        Complain("client request that is no command of that client");
        return;
    }
    if (RaftHeader::APPEND_SIZE + RaftHeader::ENTRY_SIZE + bytes->size() >
        m_transport->MaxMessageSize())
    {
        Complain("client request that no message between servers can carry");
        return;
    }
    if (command->op == CommandOp::GET && m_readMode != "log")
    {
        const uint64_t context = ++m_lastRead;
        m_waitingReads[context] = {client, command->request, std::move(command->key)};
        Feed({Read{context}});
        return;
    }
    Feed({Propose{std::make_shared<const std::string>(std::move(*bytes))},
          client,
          command->request});
}

void
RaftApplication::AnswerProposal(const ProposalResult& result, const Work& work)
{
    if (work.client == 0)
    {
        m_operatorResult = result;
        return;
    }
    if (result.accepted)
    {
        m_waiting[result.index] = {result.term, work.client, work.request};
        return;
    }
    Refuse(work.client, work.request, result.leader);
}

void
RaftApplication::Refuse(uint32_t client, uint64_t request, ServerId leader)
{
    RaftClientReply reply;
    reply.request = request;
    reply.status = RaftClientReply::Status::NOT_LEADER;
    reply.leader = leader;
    ReplyTo(client, reply);
}

void
RaftApplication::ApplyEntry(const Applied& applied)
{
    CommandResult result;
    if (applied.entry.type == EntryType::COMMAND)
    {
        result = m_store.Apply(applied.index, *applied.entry.command);
    }
    m_applyTrace(m_serverId, applied);
    if (m_snapshotThreshold > 0 && applied.index % m_snapshotThreshold == 0)
    {
        TakeSnapshot(applied.index);
    }
    auto at = m_waiting.find(applied.index);
    if (at == m_waiting.end())
    {
        return;
    }
    const Waiting waiting = at->second;
    m_waiting.erase(at);
    if (applied.entry.term != waiting.term)
    {
        // Another entry was committed in its place, so this one never will be (section 5.4).
        Refuse(waiting.client, waiting.request, m_core->GetLeader());
        return;
    }
    RaftClientReply reply;
    reply.request = waiting.request;
    if (result.status == CommandResult::Status::EXPIRED ||
        result.status == CommandResult::Status::FORGOTTEN)
    {
        reply.status = RaftClientReply::Status::SESSION_EXPIRED;
    }
    else if (result.op == CommandOp::REGISTER)
    {
        WriteNumber(reply.value, result.session);
    }
    else if (result.op == CommandOp::GET)
    {
        reply.value = std::move(result.value);
    }
    ReplyTo(waiting.client, reply);
}

void
RaftApplication::AnswerRead(const ReadResult& result)
{
    const auto at = m_waitingReads.find(result.context);
    const WaitingRead waiting = std::move(at->second);
    m_waitingReads.erase(at);
    if (!result.accepted)
    {
        Refuse(waiting.client, waiting.request, result.leader);
        return;
    }
    RaftClientReply reply;
    reply.request = waiting.request;
    reply.value = m_store.Get(waiting.key);
    ReplyTo(waiting.client, reply);
}

void
RaftApplication::TakeSnapshot(Index index)
{
    // The one before goes to Raft only now, so that a follower that lags a little need not be sent
    // a snapshot at once (dissertation 5.1.3 leaves the choice).
    Compact older =
        std::exchange(m_pendingSnapshot,
                      Compact{index, std::make_shared<const std::string>(m_store.Serialize())});
    if (older.data)
    {
        Feed({std::move(older)});
    }
}

void
RaftApplication::RestoreStore(const Snapshot& snapshot)
{
    m_pendingSnapshot = Compact{};
    m_store = KeyValueStore();
    // Requests that the snapshot decided: their clients ask again.
    m_waiting.erase(m_waiting.begin(), m_waiting.upper_bound(snapshot.lastIndex));
    if (!snapshot.data)
    {
        return;
    }
    if (auto store = KeyValueStore::Restore(*snapshot.data))
    {
        m_store = std::move(*store);
        return;
    }
    Complain("snapshot that is no key-value store"); // of a lying leader: Raft trusts leaders
}

ProposalResult
RaftApplication::ChangeMembership(const raft::ChangeMembership& change)
{
    m_operatorResult = ProposalResult{};
    m_operatorResult.reason = "this server is down or busy";
    if (m_core && !m_stepping)
    {
        Feed({change});
    }
    return m_operatorResult;
}

bool
RaftApplication::TransferLeadership(uint32_t target)
{
    if (!m_core || m_stepping || m_core->IsTransferring())
    {
        return false;
    }
    Feed({raft::TransferLeadership{target}});
    return m_core && m_core->IsTransferring();
}

void
RaftApplication::ReplyTo(uint32_t client, const RaftClientReply& reply)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftReplyHeader(reply));
    m_transport->Send(client, packet);
}

} // namespace ns3
