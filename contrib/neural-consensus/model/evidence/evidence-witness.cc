#include "evidence-witness.h"

#include <algorithm>

namespace ns3::evidence
{

namespace
{

/** @return who voted, by the statement, and nobody for one that is no matter of elections */
SignerSet
VotersOf(const Statement& statement)
{
    if (const auto* leads = std::get_if<Leads>(&statement))
    {
        return leads->voters;
    }
    SignerSet voters;
    if (const auto* vote = std::get_if<Vote>(&statement))
    {
        voters.Add(vote->signer);
    }
    return voters;
}

/** @return for whom they voted, by the statement */
ServerId
CandidateOf(const Statement& statement)
{
    const auto* vote = std::get_if<Vote>(&statement);
    return vote ? vote->candidate : SignerOf(statement);
}

} // namespace

Witness::Witness(ServerId self, std::shared_ptr<const KeyRing> keys)
    : m_self(self),
      m_keys(std::move(keys)),
      m_signers(m_keys->GetCount()),
      m_told(m_keys->GetCount())
{
}

uint64_t
Witness::GetForged() const
{
    return m_forged;
}

const std::vector<Proof>&
Witness::Receive(const raft::Message& message, const Seal& seal)
{
    m_found.clear();
    if (HasVote(message))
    {
        TakeStatement(VoteIn(message, seal), true, m_self);
    }
    else if (HasAck(message))
    {
        const Ack ack = AckIn(message, seal);
        if (!IsCovered(*m_keys, ack))
        {
            Convict(ack.signer, ack, ack, m_self);
        }
    }
    else if (HasLeads(message))
    {
        TakeLeads(LeadsIn(message, seal));
        // Entries of somebody who was not elected prove no more than that, and could be endless.
        const std::size_t entries = m_signers[message.from - 1].elected ? CountHolds(message) : 0;
        for (std::size_t i = 0; i < entries; ++i)
        {
            TakeEntry(HoldsIn(message, seal, i), true, m_self);
        }
    }
    return m_found;
}

const std::vector<Proof>&
Witness::Listen(ServerId from, const Digest& digest)
{
    m_found.clear();
    for (const Statement& statement : digest.GetStatements())
    {
        const ServerId signer = SignerOf(statement);
        if (signer < 1 || signer > m_signers.size())
        {
            ++m_forged;
            continue;
        }
        const Signed& known = m_signers[signer - 1];
        const auto* entry = std::get_if<Holds>(&statement);
        const Holds* own = entry ? FindEntry(known.own, *entry) : nullptr;
        const Holds* relayed = entry ? FindEntry(known.relayed, *entry) : nullptr;
        if ((own && *own == *entry) || (relayed && *relayed == *entry))
        {
            continue; // the usual case, and cheaper than its signature
        }
        if (!IsGenuine(*m_keys, statement))
        {
            ++m_forged;
        }
        else if (entry)
        {
            TakeEntry(*entry, false, from);
        }
        else
        {
            TakeStatement(statement, false, from);
        }
    }
    return m_found;
}

void
Witness::TakeLeads(const Leads& leads)
{
    Signed& signer = m_signers[leads.signer - 1];
    if (signer.leads == leads)
    {
        return; // as in every message of a leader but the first
    }
    signer.leads = leads;
    signer.elected = IsCertified(*m_keys, leads);
    TakeStatement(leads, true, m_self);
}

void
Witness::TakeStatement(const Statement& statement, bool own, ServerId witness)
{
    const ServerId by = SignerOf(statement);
    Signed& signer = m_signers[by - 1];
    if (const auto* ack = std::get_if<Ack>(&statement))
    {
        Convict(by, *ack, *ack, witness);
        return;
    }
    const auto* leads = std::get_if<Leads>(&statement);
    if (leads && !IsCertified(*m_keys, *leads))
    {
        Convict(by, *leads, *leads, witness);
        return;
    }
    const auto& had = signer.own.statements;
    const bool known = !own && std::find(had.begin(), had.end(), statement) != had.end();
    if (known || !Keep(own ? signer.own : signer.relayed, statement))
    {
        return; // nothing new
    }
    for (const Signed& other : m_signers)
    {
        CompareElections(statement, other.own, witness);
        CompareElections(statement, other.relayed, witness);
    }
}

void
Witness::CompareElections(const Statement& statement, const Shelf& shelf, ServerId witness)
{
    for (std::size_t i = 0; i < shelf.statements.size(); ++i)
    {
        const Statement kept = shelf.statements[i]; // a conviction may add to the shelf
        if (TermOf(kept) != TermOf(statement) || CandidateOf(kept) == CandidateOf(statement))
        {
            continue;
        }
        const SignerSet both = VotersOf(kept).And(VotersOf(statement));
        for (ServerId voter = 1; voter <= m_signers.size() && both.Count() > 0; ++voter)
        {
            if (both.Has(voter))
            {
                Convict(voter, kept, statement, witness);
            }
        }
    }
}

void
Witness::TakeEntry(const Holds& entry, bool own, ServerId witness)
{
    Signed& signer = m_signers[entry.signer - 1];
    for (const Shelf* shelf : {&signer.own, &signer.relayed})
    {
        const Holds* kept = FindEntry(*shelf, entry);
        if (kept && !(*kept == entry))
        {
            Convict(entry.signer, Holds(*kept), entry, witness);
        }
    }
    Shelf& shelf = own ? signer.own : signer.relayed;
    if (shelf.entries.empty())
    {
        shelf.entries.resize(ENTRIES_KEPT);
        shelf.arrivals.resize(own ? ENTRIES_KEPT : 0);
    }
    const std::size_t at = entry.index % ENTRIES_KEPT;
    if (shelf.entries[at] == entry)
    {
        return; // sent again
    }
    shelf.entries[at] = entry;
    if (own)
    {
        shelf.arrivals[shelf.entriesAdded++ % ENTRIES_KEPT] = static_cast<uint16_t>(at);
    }
}

const Holds*
Witness::FindEntry(const Shelf& shelf, const Holds& like)
{
    if (shelf.entries.empty())
    {
        return nullptr;
    }
    const Holds& kept = shelf.entries[like.index % ENTRIES_KEPT];
    return kept.index == like.index && kept.term == like.term && kept.signer != 0 ? &kept : nullptr;
}

bool
Witness::Keep(Shelf& shelf, const Statement& statement)
{
    auto& kept = shelf.statements;
    if (std::find(kept.begin(), kept.end(), statement) != kept.end())
    {
        return false;
    }
    if (kept.size() < STATEMENTS_KEPT)
    {
        kept.push_back(statement);
    }
    else
    {
        kept[shelf.added % STATEMENTS_KEPT] = statement;
    }
    ++shelf.added;
    return true;
}

void
Witness::Convict(ServerId accused, const Statement& a, const Statement& b, ServerId witness)
{
    const auto rule = FindOffence(*m_keys, accused, a, b);
    Signed& signer = m_signers[accused - 1];
    const auto done = [&](const auto& proven) {
        return proven.first == rule && proven.second == TermOf(a);
    };
    if (!rule || signer.proven.size() >= PROOFS_KEPT ||
        std::any_of(signer.proven.begin(), signer.proven.end(), done))
    {
        return;
    }
    signer.proven.emplace_back(*rule, TermOf(a));
    Index index = 0;
    if (const auto* entry = std::get_if<Holds>(&a))
    {
        index = entry->index;
    }
    else if (const auto* ack = std::get_if<Ack>(&a))
    {
        index = ack->index;
    }
    m_found.push_back({*rule, accused, TermOf(a), index, witness, a, b});
    // From the shelf of the accused everybody gets to know.
    Keep(signer.own, a);
    Keep(signer.own, b);
}

void
Witness::Tell(ServerId to, Digest& digest)
{
    if (to < 1 || to > m_told.size() || to == m_self)
    {
        return;
    }
    auto& told = m_told[to - 1];
    told.resize(m_signers.size());
    const std::size_t count = m_signers.size();
    m_turn = (m_turn + 1) % count; // so that nobody's statements are always the last in line
    for (std::size_t i = 0; i < count; ++i)
    {
        const std::size_t at = (m_turn + i) % count;
        TellStatements(m_signers[at].own, told[at], digest);
    }
    for (std::size_t i = 0; i < count; ++i)
    {
        const std::size_t at = (m_turn + i) % count;
        TellEntries(m_signers[at].own, told[at], digest);
    }
}

void
Witness::TellStatements(const Shelf& shelf, Told& told, Digest& digest) const
{
    const uint64_t oldest = shelf.added - shelf.statements.size();
    uint64_t next = std::max(told.twice, oldest);
    const uint64_t end = std::min<uint64_t>(shelf.added, next + STATEMENTS_TOLD);
    while (next < end && digest.Add(shelf.statements[next % STATEMENTS_KEPT]))
    {
        ++next;
    }
    told.twice = std::min(told.once, next);
    told.once = std::max(told.once, next);
}

void
Witness::TellEntries(const Shelf& shelf, Told& told, Digest& digest) const
{
    const uint64_t oldest =
        shelf.entriesAdded - std::min<uint64_t>(shelf.entriesAdded, ENTRIES_KEPT);
    const uint64_t begin = std::max(told.entries, oldest);
    const auto entry = [&](uint64_t number) -> const Holds& {
        return shelf.entries[shelf.arrivals[number % ENTRIES_KEPT]];
    };
    const auto bytes = [&](uint64_t mask) {
        uint32_t size = 0;
        EntryRun run;
        for (uint64_t number = begin; number < shelf.entriesAdded; ++number)
        {
            const Holds& holds = entry(number);
            if ((holds.index & mask) != 0)
            {
                continue;
            }
            if (!run.Extend(holds))
            {
                run = EntryRun(holds);
                size += Digest::RUN_SIZE;
            }
            size += Digest::ENTRY_SIZE;
        }
        return size;
    };
    const uint32_t room = Digest::MAX_BYTES - digest.GetSize();
    uint64_t mask = 0;
    for (uint32_t size = bytes(mask); size > room && mask < ENTRIES_KEPT;)
    {
        const uint64_t next = 2 * mask + 1;
        size = bytes(next);
        if (size == 0)
        {
            break; // better some of the former than none
        }
        mask = next;
    }
    // What does not fit even so is for the next heartbeat.
    uint64_t number = begin;
    while (number < shelf.entriesAdded &&
           ((entry(number).index & mask) != 0 || digest.Add(entry(number))))
    {
        ++number;
    }
    told.entries = number;
}

} // namespace ns3::evidence
