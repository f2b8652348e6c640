#include "swim-header.h"

#include "wire-reader.h"

#include "ns3/abort.h"
#include "ns3/packet.h"

#include <utility>

namespace ns3
{

using detection::SwimMessage;
using detection::SwimStatement;
using detection::SwimStatus;

NS_OBJECT_ENSURE_REGISTERED(SwimHeader);

namespace
{

bool
IsKnown(SwimMessage::Type type)
{
    return type >= SwimMessage::Type::PING && type <= SwimMessage::Type::NACK;
}

bool
IsValid(const SwimStatement& statement)
{
    return statement.status <= SwimStatus::DEAD && statement.member != 0 && statement.from != 0;
}

const char*
NameOf(SwimMessage::Type type)
{
    switch (type)
    {
    case SwimMessage::Type::PING:
        return "ping";
    case SwimMessage::Type::PING_REQ:
        return "ping-req";
    case SwimMessage::Type::ACK:
        return "ack";
    case SwimMessage::Type::NACK:
        return "nack";
    }
    return "unknown";
}

} // namespace

TypeId
SwimHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SwimHeader")
                            .SetParent<Header>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<SwimHeader>();
    return tid;
}

SwimHeader::SwimHeader(SwimMessage message)
    : m_message(std::move(message))
{
    NS_ABORT_MSG_IF(m_message.statements.size() > MAX_STATEMENTS,
                    "a SWIM message has room for " << MAX_STATEMENTS << " statements, not "
                                                   << m_message.statements.size());
}

std::optional<SwimMessage>
SwimHeader::Parse(Ptr<const Packet> packet)
{
    SwimHeader header;
    if (packet->PeekHeader(header) != packet->GetSize() || !header.m_valid)
    {
        return std::nullopt;
    }
    return std::move(header.m_message);
}

TypeId
SwimHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
SwimHeader::GetSerializedSize() const
{
    return SIZE + STATEMENT_SIZE * static_cast<uint32_t>(m_message.statements.size());
}

void
SwimHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(MAGIC);
    start.WriteU8(VERSION);
    start.WriteU8(static_cast<uint8_t>(m_message.type));
    start.WriteU8(static_cast<uint8_t>(m_message.statements.size()));
    start.WriteHtonU32(m_message.sender);
    start.WriteHtonU32(m_message.sequence);
    start.WriteHtonU32(m_message.subject);
    for (const SwimStatement& statement : m_message.statements)
    {
        start.WriteU8(static_cast<uint8_t>(statement.status));
        start.WriteHtonU32(statement.member);
        start.WriteHtonU32(statement.incarnation);
        start.WriteHtonU32(statement.from);
    }
}

uint32_t
SwimHeader::Deserialize(Buffer::Iterator start)
{
    WireReader in(start);
    const uint8_t magic = in.U8();
    const uint8_t version = in.U8();
    m_message.type = static_cast<SwimMessage::Type>(in.U8());
    const uint8_t count = in.U8();
    m_message.sender = in.U32();
    m_message.sequence = in.U32();
    m_message.subject = in.U32();
    m_valid = magic == MAGIC && version == VERSION && IsKnown(m_message.type) &&
              m_message.sender != 0 && m_message.subject != 0;
    m_message.statements.clear();
    for (uint8_t i = 0; i < count && m_valid && in.Ok(); ++i)
    {
        SwimStatement statement;
        statement.status = static_cast<SwimStatus>(in.U8());
        statement.member = in.U32();
        statement.incarnation = in.U32();
        statement.from = in.U32();
        m_valid = IsValid(statement);
        m_message.statements.push_back(statement);
    }
    m_valid = m_valid && in.Ok();
    return in.Distance(start);
}

void
SwimHeader::Print(std::ostream& os) const
{
    os << NameOf(m_message.type) << " from=" << m_message.sender << " seq=" << m_message.sequence
       << " subject=" << m_message.subject << " statements=" << m_message.statements.size();
}

} // namespace ns3
