#include "heartbeat-header.h"

#include "evidence-wire.h"

#include "ns3/packet.h"

#include <array>
#include <utility>

namespace ns3
{

namespace
{

constexpr uint8_t MAGIC = 0x4e;
constexpr uint8_t VERSION = 2;
constexpr uint8_t FLAG_LEADER = 0x01;

} // namespace

NS_OBJECT_ENSURE_REGISTERED(HeartbeatHeader);

HeartbeatHeader::HeartbeatHeader() = default;
HeartbeatHeader::~HeartbeatHeader() = default;

std::optional<HeartbeatHeader>
HeartbeatHeader::Parse(Ptr<const Packet> packet)
{
    HeartbeatHeader header;
    if (packet->PeekHeader(header) != packet->GetSize() || !header.IsValid())
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

void
HeartbeatHeader::SetDigest(evidence::Digest digest)
{
    m_digest = std::move(digest);
}

void
HeartbeatHeader::SwapDigest(evidence::Digest& digest)
{
    std::swap(m_digest, digest);
}

const evidence::Digest&
HeartbeatHeader::GetDigest() const
{
    return m_digest;
}

bool
HeartbeatHeader::operator==(const HeartbeatHeader& other) const
{
    return m_type == other.m_type && m_sender == other.m_sender && m_sequence == other.m_sequence &&
           m_sentAt == other.m_sentAt && m_echoedAt == other.m_echoedAt &&
           m_status.term == other.m_status.term && m_status.lastIndex == other.m_status.lastIndex &&
           m_status.commitIndex == other.m_status.commitIndex &&
           m_status.leader == other.m_status.leader && m_digest == other.m_digest;
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
    return SIZE + m_digest.GetSize();
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
    WriteDigest(start, m_digest);
}

uint32_t
HeartbeatHeader::Deserialize(Buffer::Iterator start)
{
    m_valid = false;
    WireReader in(start);
    const uint8_t magic = in.U8();
    const uint8_t version = in.U8();
    const uint8_t type = in.U8();
    const uint8_t flags = in.U8();
    m_sender = in.U32();
    m_sequence = in.U64();
    m_sentAt = std::chrono::nanoseconds(static_cast<int64_t>(in.U64()));
    m_echoedAt = std::chrono::nanoseconds(static_cast<int64_t>(in.U64()));
    m_status.term = in.U64();
    m_status.lastIndex = in.U64();
    m_status.commitIndex = in.U64();
    if (!in.Ok())
    {
        return 0;
    }
    m_status.leader = (flags & FLAG_LEADER) != 0;

    const bool knownType = type == HEARTBEAT || type == REPLY;
    if (knownType)
    {
        m_type = static_cast<Type>(type);
    }
    m_valid = magic == MAGIC && version == VERSION && knownType && (flags & ~FLAG_LEADER) == 0 &&
              m_sender != 0 && m_sequence != 0;
    m_digest.Clear();
    if (m_valid && in.Remaining() > 0)
    {
        m_digest = ReadDigest(in);
        m_valid = in.Ok() && m_type == HEARTBEAT;
    }
    return in.Distance(start);
}

void
HeartbeatHeader::Print(std::ostream& os) const
{
    os << (m_type == REPLY ? "reply" : "heartbeat") << " from=" << m_sender << " seq=" << m_sequence
       << " sent=" << m_sentAt.count() << "ns term=" << m_status.term
       << " last=" << m_status.lastIndex << " commit=" << m_status.commitIndex
       << (m_status.leader ? " leader" : "") << " told=" << m_digest.GetStatements().size();
}

} // namespace ns3
