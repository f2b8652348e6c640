#include "raft-header.h"

#include "evidence-wire.h"

namespace ns3
{

using namespace raft;

NS_OBJECT_ENSURE_REGISTERED(RaftHeader);

namespace
{

// Type numbers on the wire are the positions in MessageBody.
enum WireType : uint8_t
{
    REQUEST_VOTE = 0,
    REQUEST_VOTE_REPLY = 1,
    APPEND_ENTRIES = 2,
    APPEND_ENTRIES_REPLY = 3,
    INSTALL_SNAPSHOT = 4,
    INSTALL_SNAPSHOT_REPLY = 5,
    TIMEOUT_NOW = 6
};

// Bits of a vote request and of its answer.
constexpr uint8_t GRANTED = 1;
constexpr uint8_t PRE_VOTE = 2;
constexpr uint8_t DISRUPT_LEADER = 4;

// Bits of the flags in the envelope.
constexpr uint8_t SEALED = 1;

uint32_t
SizeOf(const Payload& bytes)
{
    return bytes ? bytes->size() : 0;
}

void
WriteBytes(Buffer::Iterator& at, const Payload& bytes)
{
    const uint32_t size = SizeOf(bytes);
    at.WriteHtonU32(size);
    if (size > 0)
    {
        at.Write(reinterpret_cast<const uint8_t*>(bytes->data()), size);
    }
}

constexpr uint32_t ENVELOPE_SIZE = 4 + 4 + 4 + 8;

struct BodySize
{
    uint32_t operator()(const RequestVote&) const
    {
        return 16 + 1;
    }

    uint32_t operator()(const RequestVoteReply&) const
    {
        return 1;
    }

    uint32_t operator()(const AppendEntries& m) const
    {
        uint32_t size = RaftHeader::APPEND_SIZE - ENVELOPE_SIZE;
        for (const auto& entry : m.entries)
        {
            size += RaftHeader::ENTRY_SIZE + SizeOf(entry.command);
        }
        return size;
    }

    uint32_t operator()(const AppendEntriesReply&) const
    {
        return 1 + 40;
    }

    uint32_t operator()(const InstallSnapshot& m) const
    {
        return RaftHeader::CHUNK_SIZE - ENVELOPE_SIZE + SizeOf(m.membership) + SizeOf(m.data);
    }

    uint32_t operator()(const InstallSnapshotReply&) const
    {
        return 1 + 24;
    }

    uint32_t operator()(const TimeoutNow&) const
    {
        return 0;
    }
};

struct BodyWriter
{
    Buffer::Iterator& at;

    void operator()(const RequestVote& m)
    {
        at.WriteHtonU64(m.lastLogIndex);
        at.WriteHtonU64(m.lastLogTerm);
        at.WriteU8((m.preVote ? PRE_VOTE : 0) | (m.disruptLeader ? DISRUPT_LEADER : 0));
    }

    void operator()(const RequestVoteReply& m)
    {
        at.WriteU8((m.granted ? GRANTED : 0) | (m.preVote ? PRE_VOTE : 0));
    }

    void operator()(const AppendEntries& m)
    {
        at.WriteHtonU64(m.prevLogIndex);
        at.WriteHtonU64(m.prevLogTerm);
        at.WriteHtonU64(m.commitIndex);
        at.WriteHtonU64(m.round);
        at.WriteHtonU32(m.entries.size());
        for (const auto& entry : m.entries)
        {
            at.WriteHtonU64(entry.term);
            at.WriteU8(static_cast<uint8_t>(entry.type));
            WriteBytes(at, entry.command);
        }
    }

    void operator()(const AppendEntriesReply& m)
    {
        at.WriteU8(m.success ? 1 : 0);
        at.WriteHtonU64(m.prevLogIndex);
        at.WriteHtonU64(m.matchIndex);
        at.WriteHtonU64(m.conflictIndex);
        at.WriteHtonU64(m.conflictTerm);
        at.WriteHtonU64(m.round);
    }

    void operator()(const InstallSnapshot& m)
    {
        at.WriteHtonU64(m.lastIndex);
        at.WriteHtonU64(m.lastTerm);
        at.WriteHtonU64(m.offset);
        at.WriteHtonU64(m.round);
        at.WriteU8(m.done ? 1 : 0);
        WriteBytes(at, m.membership);
        WriteBytes(at, m.data);
    }

    void operator()(const InstallSnapshotReply& m)
    {
        at.WriteU8(m.installed ? 1 : 0);
        at.WriteHtonU64(m.lastIndex);
        at.WriteHtonU64(m.offset);
        at.WriteHtonU64(m.round);
    }

    void operator()(const TimeoutNow&)
    {
    }
};

/** @return a byte in which no other bits may be set than those allowed */
uint8_t
ReadBits(WireReader& in, uint8_t allowed)
{
    const uint8_t value = in.U8();
    if ((value & ~allowed) != 0)
    {
        in.Fail();
    }
    return value;
}

bool
ReadFlag(WireReader& in)
{
    return ReadBits(in, 1) == 1;
}

Payload
ReadPayload(WireReader& in)
{
    return std::make_shared<const std::string>(in.Bytes());
}

Entry
ReadEntry(WireReader& in)
{
    Entry entry;
    entry.term = in.U64();
    const uint8_t type = in.U8();
    std::string command = in.Bytes();
    if (type > static_cast<uint8_t>(EntryType::MEMBERSHIP))
    {
        in.Fail();
        return entry;
    }
    entry.type = static_cast<EntryType>(type);
    if (entry.type != EntryType::NOOP)
    {
        entry.command = std::make_shared<const std::string>(std::move(command));
    }
    else if (!command.empty())
    {
        in.Fail();
    }
    return entry;
}

AppendEntries
ReadAppendEntries(WireReader& in)
{
    AppendEntries m;
    m.prevLogIndex = in.U64();
    m.prevLogTerm = in.U64();
    m.commitIndex = in.U64();
    m.round = in.U64();
    const uint32_t count = in.U32();
    if (count > in.Remaining() / RaftHeader::ENTRY_SIZE)
    {
        in.Fail(); // before memory is reserved for entries that cannot be there
        return m;
    }
    m.entries.reserve(count);
    for (uint32_t i = 0; i < count && in.Ok(); ++i)
    {
        m.entries.push_back(ReadEntry(in));
    }
    return m;
}

MessageBody
ReadBody(uint8_t type, WireReader& in)
{
    switch (type)
    {
    case REQUEST_VOTE: {
        RequestVote m;
        m.lastLogIndex = in.U64();
        m.lastLogTerm = in.U64();
        const uint8_t bits = ReadBits(in, PRE_VOTE | DISRUPT_LEADER);
        m.preVote = (bits & PRE_VOTE) != 0;
        m.disruptLeader = (bits & DISRUPT_LEADER) != 0;
        return m;
    }
    case REQUEST_VOTE_REPLY: {
        const uint8_t bits = ReadBits(in, GRANTED | PRE_VOTE);
        return RequestVoteReply{(bits & GRANTED) != 0, (bits & PRE_VOTE) != 0};
    }
    case APPEND_ENTRIES:
        return ReadAppendEntries(in);
    case APPEND_ENTRIES_REPLY: {
        AppendEntriesReply m;
        m.success = ReadFlag(in);
        m.prevLogIndex = in.U64();
        m.matchIndex = in.U64();
        m.conflictIndex = in.U64();
        m.conflictTerm = in.U64();
        m.round = in.U64();
        return m;
    }
    case INSTALL_SNAPSHOT: {
        InstallSnapshot m;
        m.lastIndex = in.U64();
        m.lastTerm = in.U64();
        m.offset = in.U64();
        m.round = in.U64();
        m.done = ReadFlag(in);
        m.membership = ReadPayload(in);
        m.data = ReadPayload(in);
        return m;
    }
    case INSTALL_SNAPSHOT_REPLY: {
        InstallSnapshotReply m;
        m.installed = ReadFlag(in);
        m.lastIndex = in.U64();
        m.offset = in.U64();
        m.round = in.U64();
        return m;
    }
    case TIMEOUT_NOW:
        return TimeoutNow{};
    default:
        in.Fail();
        return RequestVote{};
    }
}

} // namespace

TypeId
RaftHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::RaftHeader")
                            .SetParent<Header>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<RaftHeader>();
    return tid;
}

RaftHeader::RaftHeader(Message message, std::optional<evidence::Seal> seal)
    : m_content{std::move(message), std::move(seal)}
{
}

std::optional<RaftHeader::Content>
RaftHeader::Parse(Ptr<const Packet> packet)
{
    RaftHeader header;
    const uint32_t size = packet->PeekHeader(header);
    if (!header.m_valid || size != packet->GetSize())
    {
        return std::nullopt;
    }
    return std::move(header.m_content);
}

const Message&
RaftHeader::GetMessage() const
{
    return m_content.message;
}

bool
RaftHeader::IsValid() const
{
    return m_valid;
}

TypeId
RaftHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
RaftHeader::GetSerializedSize() const
{
    return ENVELOPE_SIZE + std::visit(BodySize{}, m_content.message.body) +
           (m_content.seal ? SealSize(m_content.message) : 0);
}

void
RaftHeader::Serialize(Buffer::Iterator at) const
{
    at.WriteU8(MAGIC);
    at.WriteU8(VERSION);
    const Message& message = m_content.message;
    at.WriteU8(static_cast<uint8_t>(message.body.index()));
    at.WriteU8(m_content.seal ? SEALED : 0);
    at.WriteHtonU32(message.from);
    at.WriteHtonU32(message.to);
    at.WriteHtonU64(message.term);
    std::visit(BodyWriter{at}, message.body);
    if (m_content.seal)
    {
        WriteSeal(at, message, *m_content.seal);
    }
}

uint32_t
RaftHeader::Deserialize(Buffer::Iterator start)
{
    WireReader in(start);
    const uint8_t magic = in.U8();
    const uint8_t version = in.U8();
    const uint8_t type = in.U8();
    const uint8_t flags = in.U8();
    Message& message = m_content.message;
    message.from = in.U32();
    message.to = in.U32();
    message.term = in.U64();
    m_valid = magic == MAGIC && version == VERSION && (flags & ~SEALED) == 0 && in.Ok();
    if (!m_valid)
    {
        return 0;
    }
    message.body = ReadBody(type, in);
    m_content.seal.reset();
    if (flags == SEALED && in.Ok())
    {
        m_content.seal = ReadSeal(in, message);
    }
    m_valid = in.Ok();
    return m_valid ? in.Distance(start) : 0;
}

void
RaftHeader::Print(std::ostream& os) const
{
    static const char* const names[] = {"RequestVote",
                                        "RequestVoteReply",
                                        "AppendEntries",
                                        "AppendEntriesReply",
                                        "InstallSnapshot",
                                        "InstallSnapshotReply",
                                        "TimeoutNow"};
    if (!m_valid)
    {
        os << "malformed";
        return;
    }
    const Message& message = m_content.message;
    os << names[message.body.index()] << " " << message.from << ">" << message.to
       << " term=" << message.term;
    if (const auto* append = std::get_if<AppendEntries>(&message.body))
    {
        os << " prev=" << append->prevLogIndex << " entries=" << append->entries.size()
           << " commit=" << append->commitIndex;
    }
}

} // namespace ns3
