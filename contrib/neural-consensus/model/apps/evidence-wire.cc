#include "evidence-wire.h"

#include <vector>

namespace ns3
{

using namespace evidence;

namespace
{

// Kinds of records in a digest.
enum RecordKind : uint8_t
{
    VOTE = 1,
    LEADS = 2,
    ENTRIES = 3,
    ACK = 4
};

void
WriteHead(Buffer::Iterator& at, RecordKind kind, ServerId signer, Term term)
{
    at.WriteU8(kind);
    at.WriteHtonU16(static_cast<uint16_t>(signer));
    at.WriteHtonU64(term);
}

void
WriteVoters(Buffer::Iterator& at, const SignerSet& voters)
{
    for (const uint64_t word : voters.words)
    {
        at.WriteHtonU64(word);
    }
}

SignerSet
ReadVoters(WireReader& in)
{
    SignerSet voters;
    for (uint64_t& word : voters.words)
    {
        word = in.U64();
    }
    return voters;
}

ServerId
ReadServer(WireReader& in)
{
    const ServerId server = in.U16();
    if (server < 1 || server > MAX_SIGNER)
    {
        in.Fail();
    }
    return server;
}

/** Writes all but entries, which go in runs. */
struct StatementWriter
{
    Buffer::Iterator& at;

    void operator()(const Vote& vote)
    {
        WriteHead(at, VOTE, vote.signer, vote.term);
        at.WriteHtonU16(static_cast<uint16_t>(vote.candidate));
        at.WriteHtonU64(vote.signature);
    }

    void operator()(const Leads& leads)
    {
        WriteHead(at, LEADS, leads.signer, leads.term);
        WriteVoters(at, leads.voters);
        at.WriteHtonU64(leads.votes);
        at.WriteHtonU64(leads.signature);
    }

    void operator()(const Holds&)
    {
    }

    void operator()(const Ack& ack)
    {
        WriteHead(at, ACK, ack.signer, ack.term);
        at.WriteHtonU16(static_cast<uint16_t>(ack.leader));
        at.WriteHtonU64(ack.index);
        at.WriteHtonU64(ack.sentUpTo);
        at.WriteHtonU64(ack.sent);
        at.WriteHtonU64(ack.signature);
    }
};

/** Writes the run of entries that begins at a position. @return the position behind it */
std::size_t
WriteRun(Buffer::Iterator& at, const std::vector<Statement>& statements, std::size_t begin)
{
    const Holds& first = std::get<Holds>(statements[begin]);
    EntryRun run(first);
    std::size_t end = begin + 1;
    for (; end < statements.size(); ++end)
    {
        const auto* next = std::get_if<Holds>(&statements[end]);
        if (!next || !run.Extend(*next))
        {
            break;
        }
    }
    WriteHead(at, ENTRIES, first.signer, first.term);
    at.WriteHtonU64(first.index);
    at.WriteHtonU64(first.entryTerm);
    at.WriteU8(static_cast<uint8_t>(run.GetShift()));
    at.WriteU8(static_cast<uint8_t>(run.GetCount()));
    for (std::size_t i = begin; i < end; ++i)
    {
        const Holds& entry = std::get<Holds>(statements[i]);
        at.WriteHtonU64(entry.hash);
        at.WriteHtonU64(entry.signature);
    }
    return end;
}

void
Add(WireReader& in, Digest& digest, const Statement& statement)
{
    if (in.Ok() && !digest.Add(statement))
    {
        in.Fail();
    }
}

void
ReadRun(WireReader& in, Digest& digest, ServerId signer, Term term)
{
    Holds entry{signer, term};
    entry.index = in.U64();
    entry.entryTerm = in.U64();
    const uint32_t shift = in.U8();
    const uint32_t count = in.U8();
    const uint32_t before = digest.GetSize();
    const Index first = entry.index;
    if (count == 0 || shift > EntryRun::MAX_SHIFT || (count == 1 && shift != 0))
    {
        in.Fail();
    }
    for (Index i = 0; i < count && in.Ok(); ++i)
    {
        entry.index = first + (i << shift);
        entry.hash = in.U64();
        entry.signature = in.U64();
        Add(in, digest, entry);
        // One run, and no part of it one of the run before: then it comes out as it came in.
        if (digest.GetSize() != before + Digest::RUN_SIZE + (i + 1) * Digest::ENTRY_SIZE)
        {
            in.Fail();
        }
    }
}

} // namespace

uint32_t
SealSize(const raft::Message& message)
{
    if (HasLeads(message))
    {
        return LEADER_SEAL_SIZE + ENTRY_SEAL_SIZE * static_cast<uint32_t>(CountHolds(message));
    }
    return 8 + (HasAck(message) ? 8 + 8 + 8 : HasVote(message) ? 8 : 0);
}

void
WriteSeal(Buffer::Iterator& at, const raft::Message& message, const Seal& seal)
{
    at.WriteHtonU64(seal.message);
    const bool leads = HasLeads(message);
    const bool acknowledges = HasAck(message);
    if (leads || acknowledges || HasVote(message))
    {
        at.WriteHtonU64(seal.statement);
    }
    if (acknowledges)
    {
        at.WriteHtonU64(seal.sentUpTo);
    }
    if (leads)
    {
        WriteVoters(at, seal.voters);
        at.WriteHtonU64(seal.votes);
    }
    if (leads || acknowledges)
    {
        at.WriteHtonU64(seal.sent);
    }
    for (const Signature signature : seal.entries)
    {
        at.WriteHtonU64(signature);
    }
}

Seal
ReadSeal(WireReader& in, const raft::Message& message)
{
    Seal seal;
    seal.message = in.U64();
    const bool leads = HasLeads(message);
    const bool acknowledges = HasAck(message);
    if (leads || acknowledges || HasVote(message))
    {
        seal.statement = in.U64();
    }
    if (acknowledges)
    {
        seal.sentUpTo = in.U64();
    }
    if (leads)
    {
        seal.voters = ReadVoters(in);
        seal.votes = in.U64();
    }
    if (leads || acknowledges)
    {
        seal.sent = in.U64();
    }
    const std::size_t entries = CountHolds(message); // that were there, so memory is bounded
    seal.entries.reserve(entries);
    for (std::size_t i = 0; i < entries && in.Ok(); ++i)
    {
        seal.entries.push_back(in.U64());
    }
    return seal;
}

void
WriteDigest(Buffer::Iterator& at, const Digest& digest)
{
    const auto& statements = digest.GetStatements();
    for (std::size_t i = 0; i < statements.size();)
    {
        if (std::holds_alternative<Holds>(statements[i]))
        {
            i = WriteRun(at, statements, i);
        }
        else
        {
            std::visit(StatementWriter{at}, statements[i++]);
        }
    }
}

Digest
ReadDigest(WireReader& in)
{
    Digest digest;
    while (in.Ok() && in.Remaining() > 0)
    {
        const uint8_t kind = in.U8();
        const ServerId signer = ReadServer(in);
        const Term term = in.U64();
        switch (kind)
        {
        case VOTE: {
            Vote vote{signer, term};
            vote.candidate = ReadServer(in);
            vote.signature = in.U64();
            Add(in, digest, vote);
            break;
        }
        case LEADS: {
            Leads leads{signer, term};
            leads.voters = ReadVoters(in);
            leads.votes = in.U64();
            leads.signature = in.U64();
            Add(in, digest, leads);
            break;
        }
        case ENTRIES:
            ReadRun(in, digest, signer, term);
            break;
        case ACK: {
            Ack ack{signer, term};
            ack.leader = ReadServer(in);
            ack.index = in.U64();
            ack.sentUpTo = in.U64();
            ack.sent = in.U64();
            ack.signature = in.U64();
            Add(in, digest, ack);
            break;
        }
        default:
            in.Fail();
        }
    }
    return digest;
}

} // namespace ns3
