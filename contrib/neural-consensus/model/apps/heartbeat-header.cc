#include "heartbeat-header.h"

#include "ns3/packet.h"

#include <array>

namespace ns3
{

namespace
{

constexpr uint8_t MAGIC = 0x4e;
constexpr uint8_t VERSION = 1;
constexpr uint8_t FLAG_LEADER = 0x01;

} // namespace

NS_OBJECT_ENSURE_REGISTERED(HeartbeatHeader);

HeartbeatHeader::HeartbeatHeader() = default;
HeartbeatHeader::~HeartbeatHeader() = default;

std::optional<HeartbeatHeader>
HeartbeatHeader::Parse(Ptr<const Packet> packet)
{
    if (packet->GetSize() != SIZE)
    {
        return std::nullopt;
    }
    HeartbeatHeader header;
    packet->PeekHeader(header);
    if (!header.IsValid())
    {
        return std::nullopt;
    }
    return header;
}

bool
HeartbeatHeader::IsValid() const
{
    return m_valid;
}

void
HeartbeatHeader::SetType(Type type)
{
    m_type = type;
}

HeartbeatHeader::Type
HeartbeatHeader::GetType() const
{
    return m_type;
}

void
HeartbeatHeader::SetSender(uint32_t sender)
{
    m_sender = sender;
}

uint32_t
HeartbeatHeader::GetSender() const
{
    return m_sender;
}

void
HeartbeatHeader::SetSequence(uint64_t sequence)
{
    m_sequence = sequence;
}

uint64_t
HeartbeatHeader::GetSequence() const
{
    return m_sequence;
}

void
HeartbeatHeader::SetSentAt(std::chrono::nanoseconds clock)
{
    m_sentAt = clock;
}

std::chrono::nanoseconds
HeartbeatHeader::GetSentAt() const
{
    return m_sentAt;
}

void
HeartbeatHeader::SetEchoedAt(std::chrono::nanoseconds clock)
{
    m_echoedAt = clock;
}

std::chrono::nanoseconds
HeartbeatHeader::GetEchoedAt() const
{
    return m_echoedAt;
}

void
HeartbeatHeader::SetStatus(const detection::PeerStatus& status)
{
    m_status = status;
}

const detection::PeerStatus&
HeartbeatHeader::GetStatus() const
{
    return m_status;
}

bool
HeartbeatHeader::operator==(const HeartbeatHeader& other) const
{
    return m_type == other.m_type && m_sender == other.m_sender && m_sequence == other.m_sequence &&
           m_sentAt == other.m_sentAt && m_echoedAt == other.m_echoedAt &&
           m_status.term == other.m_status.term && m_status.lastIndex == other.m_status.lastIndex &&
           m_status.commitIndex == other.m_status.commitIndex &&
           m_status.leader == other.m_status.leader;
}

TypeId
HeartbeatHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::HeartbeatHeader")
                            .SetParent<Header>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<HeartbeatHeader>();
    return tid;
}

TypeId
HeartbeatHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
HeartbeatHeader::GetSerializedSize() const
{
    return SIZE;
}

void
HeartbeatHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(MAGIC);
    start.WriteU8(VERSION);
    start.WriteU8(m_type);
    start.WriteU8(m_status.leader ? FLAG_LEADER : 0);
    start.WriteHtonU32(m_sender);
    start.WriteHtonU64(m_sequence);
    start.WriteHtonU64(static_cast<uint64_t>(m_sentAt.count()));
    start.WriteHtonU64(static_cast<uint64_t>(m_echoedAt.count()));
    start.WriteHtonU64(m_status.term);
    start.WriteHtonU64(m_status.lastIndex);
    start.WriteHtonU64(m_status.commitIndex);
}

uint32_t
HeartbeatHeader::Deserialize(Buffer::Iterator start)
{
    m_valid = false;
    if (start.GetRemainingSize() < SIZE)
    {
        return 0;
    }
    const uint8_t magic = start.ReadU8();
    const uint8_t version = start.ReadU8();
    const uint8_t type = start.ReadU8();
    const uint8_t flags = start.ReadU8();
    m_sender = start.ReadNtohU32();
    m_sequence = start.ReadNtohU64();
    m_sentAt = std::chrono::nanoseconds(static_cast<int64_t>(start.ReadNtohU64()));
    m_echoedAt = std::chrono::nanoseconds(static_cast<int64_t>(start.ReadNtohU64()));
    m_status.term = start.ReadNtohU64();
    m_status.lastIndex = start.ReadNtohU64();
    m_status.commitIndex = start.ReadNtohU64();
    m_status.leader = (flags & FLAG_LEADER) != 0;

    const bool knownType = type == HEARTBEAT || type == REPLY;
    if (knownType)
    {
        m_type = static_cast<Type>(type);
    }
    m_valid = magic == MAGIC && version == VERSION && knownType && (flags & ~FLAG_LEADER) == 0 &&
              m_sender != 0 && m_sequence != 0;
    return SIZE;
}

void
HeartbeatHeader::Print(std::ostream& os) const
{
    os << (m_type == REPLY ? "reply" : "heartbeat") << " from=" << m_sender << " seq=" << m_sequence
       << " sent=" << m_sentAt.count() << "ns term=" << m_status.term
       << " last=" << m_status.lastIndex << " commit=" << m_status.commitIndex
       << (m_status.leader ? " leader" : "");
}

} // namespace ns3
