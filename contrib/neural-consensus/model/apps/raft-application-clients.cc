// What a server does for clients: takes their requests, applies committed entries and answers.

#include "raft-application.h"
#include "raft-client-header.h"

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
    Feed({Propose{std::make_shared<const std::string>(std::move(*bytes))},
          client,
          command->request});
}

void
RaftApplication::AnswerProposal(const ProposalResult& result, const Work& work)
{
    if (result.accepted)
    {
        m_waiting[result.index] = {result.term, work.client, work.request};
        return;
    }
    RaftClientReply reply;
    reply.request = work.request;
    reply.status = RaftClientReply::Status::NOT_LEADER;
    reply.leader = result.leader;
    ReplyTo(work.client, reply);
}

void
RaftApplication::ApplyEntry(const Applied& applied)
{
    CommandResult result;
    if (applied.entry.type == EntryType::COMMAND)
    {
        result = m_store.Apply(*applied.entry.command);
    }
    m_applyTrace(m_serverId, applied);
    auto at = m_waiting.find(applied.index);
    if (at == m_waiting.end())
    {
        return;
    }
    const Waiting waiting = at->second;
    m_waiting.erase(at);
    RaftClientReply reply;
    reply.request = waiting.request;
    if (applied.entry.term == waiting.term)
    {
        reply.value = result.value;
    }
    else
    {
        // Another entry was committed in its place, so the request never will be (section 5.4).
        reply.status = RaftClientReply::Status::NOT_LEADER;
        reply.leader = m_core->GetLeader();
    }
    ReplyTo(waiting.client, reply);
}

void
RaftApplication::ReplyTo(uint32_t client, const RaftClientReply& reply)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftReplyHeader(reply));
    m_transport->Send(client, packet);
}

} // namespace ns3
