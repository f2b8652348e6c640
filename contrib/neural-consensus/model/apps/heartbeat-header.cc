#include "heartbeat-header.h"

#include "evidence-wire.h"

#include "ns3/packet.h"
#include "ns3/suspicion-gossip.h"

#include <utility>

namespace ns3
{

using detection::SuspectSet;
using detection::SuspicionGossip;
using detection::Suspicions;

namespace
{

constexpr uint8_t MAGIC = 0x4e;
constexpr uint8_t VERSION = 2;
constexpr uint8_t VERSION_WITH_SUSPICIONS = 3;
constexpr uint8_t FLAG_LEADER = 0x01;

uint32_t
SuspicionsSize(const Suspicions& suspicions)
{
    uint32_t size = suspicions.empty() ? 0 : 1;
    for (const SuspectSet& suspects : suspicions)
    {
        size += 1 + suspects.CountBytes();
    }
    return size;
}

void
WriteSuspicions(Buffer::Iterator& at, const Suspicions& suspicions)
{
    at.WriteU8(static_cast<uint8_t>(suspicions.size()));
    for (const SuspectSet& suspects : suspicions)
    {
        const uint32_t bytes = suspects.CountBytes();
        at.WriteU8(static_cast<uint8_t>(bytes));
        for (uint32_t i = 0; i < bytes; ++i)
        {
            at.WriteU8(suspects.GetByte(i));
        }
    }
}

/** Reads what WriteSuspicions() wrote. @return good only if in.Ok() afterwards */
Suspicions
ReadSuspicions(WireReader& in)
{
    Suspicions suspicions;
    const uint32_t detectors = in.U8();
    if (detectors == 0 || detectors > SuspicionGossip::MAX_DETECTORS)
    {
        in.Fail();
        return suspicions;
    }
    suspicions.resize(detectors);
    for (SuspectSet& suspects : suspicions)
    {
        const uint32_t bytes = in.U8();
        if (bytes > SuspectSet::MAX_BYTES)
        {
            in.Fail();
            break;
        }
        for (uint32_t i = 0; i < bytes; ++i)
        {
            suspects.AddByte(i, in.U8());
        }
        if (suspects.CountBytes() != bytes)
        {
            in.Fail(); // one set has one spelling
            break;
        }
    }
    return suspicions;
}

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
HeartbeatHeader::SetSuspicions(Suspicions suspicions)
{
    m_suspicions = std::move(suspicions);
}

const Suspicions&
HeartbeatHeader::GetSuspicions() const
{
    return m_suspicions;
}

void
HeartbeatHeader::SwapSuspicions(Suspicions& suspicions)
{
    m_suspicions.swap(suspicions);
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
           m_status.leader == other.m_status.leader && m_suspicions == other.m_suspicions &&
           m_digest == other.m_digest;
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
    return SIZE + SuspicionsSize(m_suspicions) + m_digest.GetSize();
}

void
HeartbeatHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(MAGIC);
    start.WriteU8(m_suspicions.empty() ? VERSION : VERSION_WITH_SUSPICIONS);
    start.WriteU8(m_type);
    start.WriteU8(m_status.leader ? FLAG_LEADER : 0);
    start.WriteHtonU32(m_sender);
    start.WriteHtonU64(m_sequence);
    start.WriteHtonU64(static_cast<uint64_t>(m_sentAt.count()));
    start.WriteHtonU64(static_cast<uint64_t>(m_echoedAt.count()));
    start.WriteHtonU64(m_status.term);
    start.WriteHtonU64(m_status.lastIndex);
    start.WriteHtonU64(m_status.commitIndex);
    if (!m_suspicions.empty())
    {
        WriteSuspicions(start, m_suspicions);
    }
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
    const bool tells = version == VERSION_WITH_SUSPICIONS;
    m_valid = magic == MAGIC && (version == VERSION || tells) && knownType &&
              (flags & ~FLAG_LEADER) == 0 && m_sender != 0 && m_sequence != 0;
    m_suspicions.clear();
    m_digest.Clear();
    if (m_valid && tells)
    {
        m_suspicions = ReadSuspicions(in);
        m_valid = in.Ok() && m_type == HEARTBEAT;
    }
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
    for (const SuspectSet& suspects : m_suspicions)
    {
        os << " suspects=";
        suspects.VisitDifferences({}, [&os](uint32_t server, bool) { os << server << '.'; });
    }
}

} // namespace ns3
