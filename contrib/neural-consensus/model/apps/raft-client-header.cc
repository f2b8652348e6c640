#include "raft-client-header.h"

#include "wire-reader.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RaftRequestHeader);
NS_OBJECT_ENSURE_REGISTERED(RaftReplyHeader);

TypeId
RaftRequestHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::RaftRequestHeader")
                            .SetParent<Header>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<RaftRequestHeader>();
    return tid;
}

RaftRequestHeader::RaftRequestHeader(std::string command)
    : m_command(std::move(command))
{
}

std::optional<std::string>
RaftRequestHeader::Parse(Ptr<const Packet> packet)
{
    RaftRequestHeader header;
    const uint32_t size = packet->PeekHeader(header);
    if (!header.m_valid || size != packet->GetSize())
    {
        return std::nullopt;
    }
    return std::move(header.m_command);
}

TypeId
RaftRequestHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
RaftRequestHeader::GetSerializedSize() const
{
    return 2 + 4 + m_command.size();
}

void
RaftRequestHeader::Serialize(Buffer::Iterator at) const
{
    at.WriteU8(MAGIC);
    at.WriteU8(VERSION);
    at.WriteHtonU32(m_command.size());
    at.Write(reinterpret_cast<const uint8_t*>(m_command.data()), m_command.size());
}

uint32_t
RaftRequestHeader::Deserialize(Buffer::Iterator start)
{
    WireReader in(start);
    const uint8_t magic = in.U8();
    const uint8_t version = in.U8();
    m_command = in.Bytes();
    m_valid = in.Ok() && magic == MAGIC && version == VERSION;
    return m_valid ? in.Distance(start) : 0;
}

void
RaftRequestHeader::Print(std::ostream& os) const
{
    os << "request of " << m_command.size() << " bytes";
}

TypeId
RaftReplyHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::RaftReplyHeader")
                            .SetParent<Header>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<RaftReplyHeader>();
    return tid;
}

RaftReplyHeader::RaftReplyHeader(RaftClientReply reply)
    : m_reply(std::move(reply))
{
}

std::optional<RaftClientReply>
RaftReplyHeader::Parse(Ptr<const Packet> packet)
{
    RaftReplyHeader header;
    const uint32_t size = packet->PeekHeader(header);
    if (!header.m_valid || size != packet->GetSize())
    {
        return std::nullopt;
    }
    return std::move(header.m_reply);
}

TypeId
RaftReplyHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
RaftReplyHeader::GetSerializedSize() const
{
    return 3 + 8 + 4 + 4 + m_reply.value.size();
}

void
RaftReplyHeader::Serialize(Buffer::Iterator at) const
{
    at.WriteU8(MAGIC);
    at.WriteU8(VERSION);
    at.WriteU8(static_cast<uint8_t>(m_reply.status));
    at.WriteHtonU64(m_reply.request);
    at.WriteHtonU32(m_reply.leader);
    at.WriteHtonU32(m_reply.value.size());
    at.Write(reinterpret_cast<const uint8_t*>(m_reply.value.data()), m_reply.value.size());
}

uint32_t
RaftReplyHeader::Deserialize(Buffer::Iterator start)
{
    WireReader in(start);
    const uint8_t magic = in.U8();
    const uint8_t version = in.U8();
    const uint8_t status = in.U8();
    m_reply.request = in.U64();
    m_reply.leader = in.U32();
    m_reply.value = in.Bytes();
    m_valid = in.Ok() && magic == MAGIC && version == VERSION && status <= 2;
    m_reply.status = static_cast<RaftClientReply::Status>(status);
    return m_valid ? in.Distance(start) : 0;
}

void
RaftReplyHeader::Print(std::ostream& os) const
{
    static const char* const names[] = {"ok", "not leader", "session expired"};
    os << "reply " << m_reply.request << " " << names[static_cast<uint8_t>(m_reply.status)];
}

} // namespace ns3
