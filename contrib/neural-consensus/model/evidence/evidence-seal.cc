#include "evidence-seal.h"

#include <tuple>

namespace ns3::evidence
{

using namespace raft;

namespace
{

constexpr uint64_t MESSAGE_SEED = 7;

uint64_t
HashOfBytes(const Payload& bytes)
{
    return bytes ? Hash(MESSAGE_SEED).Add(*bytes).Get() : 0;
}

/** Adds what the statements of a message don't cover. */
struct BodyHasher
{
    Hash& hash;

    void operator()(const RequestVote& m)
    {
        hash.Add(m.lastLogIndex).Add(m.lastLogTerm).Add(m.preVote).Add(m.disruptLeader);
    }

    void operator()(const RequestVoteReply& m)
    {
        hash.Add(m.granted).Add(m.preVote);
    }

    void operator()(const AppendEntries& m)
    {
        hash.Add(m.prevLogIndex).Add(m.prevLogTerm).Add(m.commitIndex).Add(m.round);
    }

    void operator()(const AppendEntriesReply& m)
    {
        hash.Add(m.success).Add(m.prevLogIndex).Add(m.matchIndex);
        hash.Add(m.conflictIndex).Add(m.conflictTerm).Add(m.round);
    }

    void operator()(const InstallSnapshot& m)
    {
        hash.Add(m.lastIndex).Add(m.lastTerm).Add(m.offset).Add(m.round).Add(m.done);
        hash.Add(HashOfBytes(m.membership)).Add(HashOfBytes(m.data));
    }

    void operator()(const InstallSnapshotReply& m)
    {
        hash.Add(m.lastIndex).Add(m.offset).Add(m.installed).Add(m.round);
    }

    void operator()(const TimeoutNow&)
    {
    }
};

/** @return last index that a leader's message brings its receiver to */
Index
ReachOf(const Message& message)
{
    if (const auto* append = std::get_if<AppendEntries>(&message.body))
    {
        return append->prevLogIndex + append->entries.size();
    }
    const auto* chunk = std::get_if<InstallSnapshot>(&message.body);
    return chunk ? chunk->lastIndex : 0;
}

} // namespace

bool
Seal::operator==(const Seal& o) const
{
    return std::tie(message, statement, voters, votes, sentUpTo, sent, entries) ==
           std::tie(o.message, o.statement, o.voters, o.votes, o.sentUpTo, o.sent, o.entries);
}

bool
HasVote(const Message& message)
{
    if (const auto* request = std::get_if<RequestVote>(&message.body))
    {
        return !request->preVote;
    }
    const auto* reply = std::get_if<RequestVoteReply>(&message.body);
    return reply && reply->granted && !reply->preVote;
}

bool
HasLeads(const Message& message)
{
    return std::holds_alternative<AppendEntries>(message.body) ||
           std::holds_alternative<InstallSnapshot>(message.body);
}

bool
HasAck(const Message& message)
{
    if (const auto* reply = std::get_if<AppendEntriesReply>(&message.body))
    {
        return reply->success;
    }
    const auto* installed = std::get_if<InstallSnapshotReply>(&message.body);
    return installed && installed->installed;
}

std::size_t
CountHolds(const Message& message)
{
    const auto* append = std::get_if<AppendEntries>(&message.body);
    return append ? append->entries.size() : 0;
}

Vote
VoteIn(const Message& message, const Seal& seal)
{
    const bool own = std::holds_alternative<RequestVote>(message.body);
    return {message.from, message.term, own ? message.from : message.to, seal.statement};
}

Leads
LeadsIn(const Message& message, const Seal& seal)
{
    return {message.from, message.term, seal.voters, seal.votes, seal.statement};
}

Ack
AckIn(const Message& message, const Seal& seal)
{
    const auto* reply = std::get_if<AppendEntriesReply>(&message.body);
    const Index index =
        reply ? reply->matchIndex : std::get<InstallSnapshotReply>(message.body).lastIndex;
    return {message.from,
            message.term,
            message.to,
            index,
            seal.sentUpTo,
            seal.sent,
            seal.statement};
}

Holds
HoldsIn(const Message& message, const Seal& seal, std::size_t position)
{
    const auto& append = std::get<AppendEntries>(message.body);
    const Entry& entry = append.entries[position];
    return {message.from,
            message.term,
            append.prevLogIndex + 1 + position,
            entry.term,
            HashOf(entry),
            seal.entries[position]};
}

uint64_t
MessageDigest(const Message& message, const Seal& seal)
{
    Hash hash(MESSAGE_SEED);
    hash.Add(message.from).Add(message.to).Add(message.term).Add(message.body.index());
    std::visit(BodyHasher{hash}, message.body);
    hash.Add(seal.statement).Add(seal.votes).Add(seal.sentUpTo).Add(seal.sent);
    for (const uint64_t word : seal.voters.words)
    {
        hash.Add(word);
    }
    for (const Signature signature : seal.entries)
    {
        hash.Add(signature);
    }
    return hash.Get();
}

Receipt
ReceiptOf(const Message& message, const Seal& seal)
{
    return HasLeads(message) ? Receipt{ReachOf(message), seal.sent} : Receipt{};
}

const char*
FindForgery(const KeyRing& keys, const Message& message, const Seal& seal)
{
    if (!keys.Verify(message.from, MessageDigest(message, seal), seal.message))
    {
        return "message that its sender did not sign";
    }
    if (HasVote(message) && !IsGenuine(keys, VoteIn(message, seal)))
    {
        return "vote that its voter did not sign";
    }
    if (HasAck(message) && !IsGenuine(keys, AckIn(message, seal)))
    {
        return "acknowledgement that its sender did not sign";
    }
    if (HasLeads(message))
    {
        if (!IsGenuine(keys, LeadsIn(message, seal)))
        {
            return "claim to lead that its sender did not sign";
        }
        // Who answers has to show this; without it an honest answer would look like a false one.
        const uint64_t reach = SentDigest(message.term, message.to, ReachOf(message));
        if (!keys.Verify(message.from, reach, seal.sent))
        {
            return "message whose sender did not sign how far it reaches";
        }
        for (std::size_t i = 0; i < CountHolds(message); ++i)
        {
            if (!IsGenuine(keys, HoldsIn(message, seal, i)))
            {
                return "entry that its leader did not sign";
            }
        }
    }
    return nullptr;
}

Sealer::Sealer(Signer signer)
    : m_signer(signer)
{
}

void
Sealer::Count(ServerId voter, Signature vote)
{
    if (!m_granted.Has(voter))
    {
        m_granted.Add(voter);
        m_grants ^= vote;
    }
}

void
Sealer::AddVote(const Vote& vote)
{
    if (vote.candidate != m_signer.GetId())
    {
        return; // a rival's own
    }
    if (vote.term != m_candidacy)
    {
        m_candidacy = vote.term;
        m_granted = SignerSet{};
        m_grants = 0;
    }
    Count(vote.signer, vote.signature);
}

void
Sealer::BecomeLeader(Term term)
{
    const ServerId self = m_signer.GetId();
    AddVote({self, term, self, m_signer.Sign(VoteDigest(term, self))});
    m_voters = m_granted;
    m_votes = m_grants;
}

Seal
Sealer::Sign(const Message& message, const Receipt& receipt) const
{
    Seal seal;
    if (HasVote(message))
    {
        seal.statement = m_signer.Sign(evidence::DigestOf(VoteIn(message, seal)));
    }
    if (HasAck(message))
    {
        seal.sentUpTo = receipt.upTo;
        seal.sent = receipt.sent;
        seal.statement = m_signer.Sign(evidence::DigestOf(AckIn(message, seal)));
    }
    if (HasLeads(message))
    {
        seal.voters = m_voters;
        seal.votes = m_votes;
        seal.statement = m_signer.Sign(evidence::DigestOf(LeadsIn(message, seal)));
        seal.sent = m_signer.Sign(SentDigest(message.term, message.to, ReachOf(message)));
        const std::size_t entries = CountHolds(message);
        seal.entries.resize(entries);
        for (std::size_t i = 0; i < entries; ++i)
        {
            seal.entries[i] = m_signer.Sign(evidence::DigestOf(HoldsIn(message, seal, i)));
        }
    }
    seal.message = m_signer.Sign(MessageDigest(message, seal));
    return seal;
}

} // namespace ns3::evidence
