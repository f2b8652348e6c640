#include "raft-wal.h"

#include "raft-bytes.h"
#include "raft-log.h"
#include "raft-message-check.h"

#include <boost/crc.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>

namespace ns3::raft
{

namespace
{

enum class RecordType : uint8_t
{
    HARD_STATE = 1, // 0 is what unused space reads as
    SNAPSHOT = 2,
    TRUNCATION = 3,
    ENTRY = 4
};

// Bytes of a record: length and checksum in front, then its type, then the fields that each type
// has in any case.
constexpr std::size_t FRAME_BYTES = 8;
constexpr std::size_t TYPE_BYTES = 1;
constexpr std::size_t HARD_STATE_BYTES = 8 + 4;
constexpr std::size_t SNAPSHOT_BYTES = 8 + 8 + 4;
constexpr std::size_t TRUNCATION_BYTES = 8;
constexpr std::size_t ENTRY_BYTES = 8 + 8 + 1;

uint32_t
ChecksumOf(std::string_view bytes)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

/** A record in the making; what is appended up to Close() is its payload. */
class Record
{
  public:
    Record(std::string& out, RecordType type)
        : m_out(out),
          m_start(out.size())
    {
        m_out.append(FRAME_BYTES, '\0');
        WriteNumber(m_out, static_cast<uint8_t>(type));
    }

    void Close()
    {
        const std::string_view body = std::string_view(m_out).substr(m_start + FRAME_BYTES);
        if (body.size() > std::numeric_limits<uint32_t>::max())
        {
            m_out.resize(m_start);
            throw std::length_error("stable storage: a record of 4 GiB or more");
        }
        std::string frame;
        WriteNumber(frame, static_cast<uint32_t>(body.size()));
        WriteNumber(frame, ChecksumOf(body));
        m_out.replace(m_start, FRAME_BYTES, frame);
    }

  private:
    std::string& m_out;
    std::size_t m_start;
};

/** A server that waits to be added may take a snapshot before it knows of any member: no bytes. */
std::string
EncodeMembership(const Membership& membership)
{
    return membership == Membership{} ? std::string() : membership.Encode();
}

std::size_t
SizeOfMembership(const Membership& membership)
{
    return membership == Membership{}
               ? 0
               : 4 + 4 * (membership.voters.size() + membership.learners.size());
}

std::size_t
SizeOfRecord(std::size_t payload)
{
    return FRAME_BYTES + TYPE_BYTES + payload;
}

std::size_t
SizeOf(const Payload& bytes)
{
    return bytes ? bytes->size() : 0;
}

// The readers of each type make a write of a record's payload. They return why a correct server
// cannot have written it after what is there, which leaves the write in pieces, or null.

const char*
ReadHardState(ByteReader& in, const DurableState& durable, PersistRequest& request)
{
    HardState state;
    state.term = in.Number<uint64_t>();
    state.vote = in.Number<uint32_t>();
    if (!in.AtEnd())
    {
        return "a hard state of a length that it never has";
    }
    if (state.term > MAX_TERM || state.vote > MAX_SERVER_ID ||
        (state.term == 0 && state.vote != NO_SERVER))
    {
        return "a hard state whose term or vote is out of range";
    }
    const HardState& before = durable.hardState;
    if (state.term < before.term)
    {
        return "a term below the one before";
    }
    if (state.term == before.term && before.vote != NO_SERVER && state.vote != before.vote)
    {
        return "a second vote in one term";
    }
    request.hardState = state;
    return nullptr;
}

const char*
ReadSnapshot(ByteReader& in, const DurableState& durable, PersistRequest& request)
{
    Snapshot& snapshot = request.snapshot.emplace();
    snapshot.lastIndex = in.Number<uint64_t>();
    snapshot.lastTerm = in.Number<uint64_t>();
    const std::string_view members = in.Bytes(in.Number<uint32_t>());
    const std::string_view data = in.Bytes(in.Remaining());
    if (!in.Ok())
    {
        return "a snapshot of fewer bytes than its members and fields take";
    }
    if (!members.empty())
    {
        std::optional<Membership> membership = Membership::Decode(members);
        if (!membership)
        {
            return "a snapshot that says nothing sensible about who belongs to the cluster";
        }
        snapshot.membership = *std::move(membership);
    }
    snapshot.data = std::make_shared<const std::string>(data);
    if (snapshot.lastIndex == 0 || snapshot.lastIndex > MAX_INDEX || snapshot.lastTerm == 0 ||
        snapshot.lastTerm > durable.hardState.term)
    {
        return "a snapshot whose index or term is out of range";
    }
    if (snapshot.lastIndex > durable.snapshot.lastIndex &&
        snapshot.lastTerm < durable.snapshot.lastTerm)
    {
        return "a snapshot whose term is below that of an earlier entry";
    }
    return nullptr;
}

/** Looks at an index from which on the log is to be replaced. */
const char*
FindGap(Index index, const DurableState& durable)
{
    const Index base = durable.snapshot.lastIndex;
    if (index <= base)
    {
        return "a change of entries that a snapshot stands for";
    }
    return index - base > durable.log.size() + 1 ? "a gap in the log" : nullptr;
}

const char*
ReadTruncation(ByteReader& in, const DurableState& durable, PersistRequest& request)
{
    request.firstIndex = in.Number<uint64_t>();
    if (!in.AtEnd())
    {
        return "a truncation of a length that it never has";
    }
    return FindGap(request.firstIndex, durable);
}

const char*
ReadEntry(ByteReader& in, const DurableState& durable, PersistRequest& request)
{
    request.firstIndex = in.Number<uint64_t>();
    Entry entry;
    entry.term = in.Number<uint64_t>();
    entry.type = static_cast<EntryType>(in.Number<uint8_t>());
    if (!in.Ok())
    {
        return "an entry of a length that it never has";
    }
    if (entry.type != EntryType::NOOP || in.Remaining() > 0)
    {
        entry.command = std::make_shared<const std::string>(in.Bytes(in.Remaining()));
    }
    if (!IsWellFormed(entry))
    {
        return "an entry without a term, of an unknown type or with a command that does not fit it";
    }
    if (const char* gap = FindGap(request.firstIndex, durable))
    {
        return gap;
    }
    const Index before = request.firstIndex - durable.snapshot.lastIndex - 1;
    const Term previous = before == 0 ? durable.snapshot.lastTerm : durable.log[before - 1].term;
    if (entry.term < previous)
    {
        return "an entry whose term is below that of an earlier one";
    }
    if (entry.term > durable.hardState.term)
    {
        return "an entry of a term that the server had not reached";
    }
    request.entries.push_back(std::move(entry));
    return nullptr;
}

const char*
ReadRecord(std::string_view body, const DurableState& durable, PersistRequest& request)
{
    ByteReader in(body);
    switch (static_cast<RecordType>(in.Number<uint8_t>()))
    {
    case RecordType::HARD_STATE:
        return ReadHardState(in, durable, request);
    case RecordType::SNAPSHOT:
        return ReadSnapshot(in, durable, request);
    case RecordType::TRUNCATION:
        return ReadTruncation(in, durable, request);
    case RecordType::ENTRY:
        return ReadEntry(in, durable, request);
    }
    return "a record of an unknown type";
}

/**
 * Finds the next record.
 * @param bytes what is left
 * @param body where its type and payload go
 * @return why there is none, or null
 */
const char*
TakeRecord(std::string_view bytes, std::string_view& body)
{
    if (bytes.empty())
    {
        return "the end of the log";
    }
    if (bytes.size() < FRAME_BYTES)
    {
        return "a torn record: less than its length and checksum";
    }
    ByteReader in(bytes);
    const auto length = in.Number<uint32_t>();
    const auto checksum = in.Number<uint32_t>();
    if (length < TYPE_BYTES)
    {
        // The checksum of nothing is 0: a row of zeros would be a row of empty records.
        return "a record without a type";
    }
    if (length > in.Remaining())
    {
        return "a torn record: fewer bytes than its length says";
    }
    body = in.Bytes(length);
    return ChecksumOf(body) == checksum ? nullptr : "a record whose checksum does not fit it";
}

} // namespace

void
AppendRecords(const PersistRequest& request, std::string& out)
{
    if (request.hardState)
    {
        Record record(out, RecordType::HARD_STATE);
        WriteNumber(out, uint64_t{request.hardState->term});
        WriteNumber(out, uint32_t{request.hardState->vote});
        record.Close();
    }
    if (request.snapshot)
    {
        const std::string membership = EncodeMembership(request.snapshot->membership);
        Record record(out, RecordType::SNAPSHOT);
        WriteNumber(out, uint64_t{request.snapshot->lastIndex});
        WriteNumber(out, uint64_t{request.snapshot->lastTerm});
        WriteNumber(out, static_cast<uint32_t>(membership.size()));
        out += membership;
        out += *request.snapshot->data;
        record.Close();
    }
    if (request.firstIndex == 0)
    {
        return;
    }
    if (request.entries.empty())
    {
        Record record(out, RecordType::TRUNCATION);
        WriteNumber(out, uint64_t{request.firstIndex});
        record.Close();
    }
    Index index = request.firstIndex;
    for (const Entry& entry : request.entries)
    {
        Record record(out, RecordType::ENTRY);
        WriteNumber(out, uint64_t{index++});
        WriteNumber(out, uint64_t{entry.term});
        WriteNumber(out, static_cast<uint8_t>(entry.type));
        if (entry.command)
        {
            out += *entry.command;
        }
        record.Close();
    }
}

std::size_t
SizeOnDisk(const PersistRequest& request)
{
    std::size_t bytes = request.hardState ? SizeOfRecord(HARD_STATE_BYTES) : 0;
    if (request.snapshot)
    {
        bytes += SizeOfRecord(SNAPSHOT_BYTES + SizeOfMembership(request.snapshot->membership) +
                              SizeOf(request.snapshot->data));
    }
    if (request.firstIndex != 0 && request.entries.empty())
    {
        bytes += SizeOfRecord(TRUNCATION_BYTES);
    }
    for (const Entry& entry : request.entries)
    {
        bytes += SizeOfRecord(ENTRY_BYTES + SizeOf(entry.command));
    }
    return bytes;
}

WalRecovery
RecoverRecords(std::string_view bytes, DurableState& durable)
{
    WalRecovery recovery;
    for (;;)
    {
        std::string_view body;
        PersistRequest request;
        recovery.reason = TakeRecord(bytes.substr(recovery.goodBytes), body);
        if (!recovery.reason)
        {
            recovery.reason = ReadRecord(body, durable, request);
        }
        if (recovery.reason)
        {
            return recovery;
        }
        ApplyWrite(durable, std::move(request));
        recovery.goodBytes += FRAME_BYTES + body.size();
        ++recovery.records;
    }
}

} // namespace ns3::raft
