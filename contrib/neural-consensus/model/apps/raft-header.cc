#include "raft-header.h"

#include "wire-reader.h"

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
    APPEND_ENTRIES_REPLY = 3
};

constexpr uint32_t ENVELOPE_SIZE = 4 + 4 + 4 + 8;

struct BodySize
{
    uint32_t operator()(const RequestVote&) const
    {
        return 16;
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
            size += RaftHeader::ENTRY_SIZE + (entry.command ? entry.command->size() : 0);
        }
        return size;
    }

    uint32_t operator()(const AppendEntriesReply&) const
    {
        return 1 + 32;
    }
};

struct BodyWriter
{
    Buffer::Iterator& at;

    void operator()(const RequestVote& m)
    {
        at.WriteHtonU64(m.lastLogIndex);
        at.WriteHtonU64(m.lastLogTerm);
    }

    void operator()(const RequestVoteReply& m)
    {
        at.WriteU8(m.granted ? 1 : 0);
    }

    void operator()(const AppendEntries& m)
    {
        at.WriteHtonU64(m.prevLogIndex);
        at.WriteHtonU64(m.prevLogTerm);
        at.WriteHtonU64(m.commitIndex);
        at.WriteHtonU32(m.entries.size());
        for (const auto& entry : m.entries)
        {
            at.WriteHtonU64(entry.term);
            at.WriteU8(static_cast<uint8_t>(entry.type));
            const uint32_t size = entry.command ? entry.command->size() : 0;
            at.WriteHtonU32(size);
            if (size > 0)
            {
                at.Write(reinterpret_cast<const uint8_t*>(entry.command->data()), size);
            }
        }
    }

    void operator()(const AppendEntriesReply& m)
    {
        at.WriteU8(m.success ? 1 : 0);
        at.WriteHtonU64(m.prevLogIndex);
        at.WriteHtonU64(m.matchIndex);
        at.WriteHtonU64(m.conflictIndex);
        at.WriteHtonU64(m.conflictTerm);
    }
};

bool
ReadFlag(WireReader& in)
{
    const uint8_t value = in.U8();
    if (value > 1)
    {
        in.Fail();
    }
    return value == 1;
}

Entry
ReadEntry(WireReader& in)
{
    Entry entry;
    entry.term = in.U64();
    const uint8_t type = in.U8();
    std::string command = in.Bytes();
    if (type == static_cast<uint8_t>(EntryType::COMMAND))
    {
        entry.type = EntryType::COMMAND;
        entry.command = std::make_shared<const std::string>(std::move(command));
    }
    else if (type != static_cast<uint8_t>(EntryType::NOOP) || !command.empty())
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
        return m;
    }
    case REQUEST_VOTE_REPLY:
        return RequestVoteReply{ReadFlag(in)};
    case APPEND_ENTRIES:
        return ReadAppendEntries(in);
    case APPEND_ENTRIES_REPLY: {
        AppendEntriesReply m;
        m.success = ReadFlag(in);
        m.prevLogIndex = in.U64();
        m.matchIndex = in.U64();
        m.conflictIndex = in.U64();
        m.conflictTerm = in.U64();
        return m;
    }
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

RaftHeader::RaftHeader(Message message)
    : m_message(std::move(message))
{
}

std::optional<Message>
RaftHeader::Parse(Ptr<const Packet> packet)
{
    RaftHeader header;
    const uint32_t size = packet->PeekHeader(header);
    if (!header.m_valid || size != packet->GetSize())
    {
        return std::nullopt;
    }
    return std::move(header.m_message);
}

const Message&
RaftHeader::GetMessage() const
{
    return m_message;
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
    return ENVELOPE_SIZE + std::visit(BodySize{}, m_message.body);
}

void
RaftHeader::Serialize(Buffer::Iterator at) const
{
    at.WriteU8(MAGIC);
    at.WriteU8(VERSION);
    at.WriteU8(static_cast<uint8_t>(m_message.body.index()));
    at.WriteU8(0);
    at.WriteHtonU32(m_message.from);
    at.WriteHtonU32(m_message.to);
    at.WriteHtonU64(m_message.term);
    std::visit(BodyWriter{at}, m_message.body);
}

uint32_t
RaftHeader::Deserialize(Buffer::Iterator start)
{
    WireReader in(start);
    const uint8_t magic = in.U8();
    const uint8_t version = in.U8();
    const uint8_t type = in.U8();
    const uint8_t reserved = in.U8();
    m_message.from = in.U32();
    m_message.to = in.U32();
    m_message.term = in.U64();
    m_valid = magic == MAGIC && version == VERSION && reserved == 0 && in.Ok();
    if (!m_valid)
    {
        return 0;
    }
    m_message.body = ReadBody(type, in);
    m_valid = in.Ok();
    return m_valid ? in.Distance(start) : 0;
}

void
RaftHeader::Print(std::ostream& os) const
{
    static const char* const names[] = {"RequestVote",
                                        "RequestVoteReply",
                                        "AppendEntries",
                                        "AppendEntriesReply"};
    if (!m_valid)
    {
        os << "malformed";
        return;
    }
    os << names[m_message.body.index()] << " " << m_message.from << ">" << m_message.to
       << " term=" << m_message.term;
    if (const auto* append = std::get_if<AppendEntries>(&m_message.body))
    {
        os << " prev=" << append->prevLogIndex << " entries=" << append->entries.size()
           << " commit=" << append->commitIndex;
    }
}

} // namespace ns3
