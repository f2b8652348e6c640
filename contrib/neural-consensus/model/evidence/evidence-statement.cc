#include "evidence-statement.h"

#include <tuple>

namespace ns3::evidence
{

namespace
{

/** What kind of thing a digest is of, so that none passes for another. */
enum Purpose : uint64_t
{
    VOTE = 1,
    LEADS = 2,
    HOLDS = 3,
    ACK = 4,
    SENT = 5,
    ENTRY = 6
};

/** @return for whom the statement shows that the voter voted, if it does */
std::optional<ServerId>
CandidateOf(const KeyRing& keys, const Statement& statement, ServerId voter)
{
    if (const auto* vote = std::get_if<Vote>(&statement))
    {
        return vote->signer == voter ? std::optional(vote->candidate) : std::nullopt;
    }
    const auto* leads = std::get_if<Leads>(&statement);
    if (leads && leads->voters.Has(voter) && IsCertified(keys, *leads))
    {
        return leads->signer;
    }
    return std::nullopt;
}

bool
HaveTwoEntries(ServerId leader, const Statement& first, const Statement& second)
{
    const auto* a = std::get_if<Holds>(&first);
    const auto* b = std::get_if<Holds>(&second);
    return a && b && a->signer == leader && b->signer == leader && a->term == b->term &&
           a->index == b->index &&
           std::tie(a->entryTerm, a->hash) != std::tie(b->entryTerm, b->hash);
}

} // namespace

bool
Vote::operator==(const Vote& o) const
{
    return std::tie(signer, term, candidate, signature) ==
           std::tie(o.signer, o.term, o.candidate, o.signature);
}

bool
Leads::operator==(const Leads& o) const
{
    return std::tie(signer, term, voters, votes, signature) ==
           std::tie(o.signer, o.term, o.voters, o.votes, o.signature);
}

bool
Holds::operator==(const Holds& o) const
{
    return std::tie(signer, term, index, entryTerm, hash, signature) ==
           std::tie(o.signer, o.term, o.index, o.entryTerm, o.hash, o.signature);
}

bool
Ack::operator==(const Ack& o) const
{
    return std::tie(signer, term, leader, index, sentUpTo, sent, signature) ==
           std::tie(o.signer, o.term, o.leader, o.index, o.sentUpTo, o.sent, o.signature);
}

const char*
RuleName(Rule rule)
{
    static const char* const names[RULES] = {"double-vote",
                                             "two-leaders",
                                             "false-certificate",
                                             "two-entries",
                                             "false-acknowledgement"};
    return names[static_cast<std::size_t>(rule)];
}

uint64_t
VoteDigest(Term term, ServerId candidate)
{
    return Hash(VOTE).Add(term).Add(candidate).Get();
}

uint64_t
SentDigest(Term term, ServerId to, Index upTo)
{
    return Hash(SENT).Add(term).Add(to).Add(upTo).Get();
}

uint64_t
DigestOf(const Vote& vote)
{
    return VoteDigest(vote.term, vote.candidate);
}

uint64_t
DigestOf(const Leads& leads)
{
    Hash hash(LEADS);
    hash.Add(leads.term).Add(leads.votes);
    for (const uint64_t word : leads.voters.words)
    {
        hash.Add(word);
    }
    return hash.Get();
}

uint64_t
DigestOf(const Holds& holds)
{
    return Hash(HOLDS).Add(holds.term).Add(holds.index).Add(holds.entryTerm).Add(holds.hash).Get();
}

uint64_t
DigestOf(const Ack& ack)
{
    return Hash(ACK)
        .Add(ack.term)
        .Add(ack.leader)
        .Add(ack.index)
        .Add(ack.sentUpTo)
        .Add(ack.sent)
        .Get();
}

uint64_t
HashOf(const raft::Entry& entry)
{
    Hash hash(ENTRY);
    hash.Add(static_cast<uint64_t>(entry.type));
    return (entry.command ? hash.Add(*entry.command) : hash).Get();
}

ServerId
SignerOf(const Statement& statement)
{
    return std::visit([](const auto& s) { return s.signer; }, statement);
}

Term
TermOf(const Statement& statement)
{
    return std::visit([](const auto& s) { return s.term; }, statement);
}

bool
IsGenuine(const KeyRing& keys, const Statement& statement)
{
    return std::visit(
        [&](const auto& s) { return keys.Verify(s.signer, DigestOf(s), s.signature); },
        statement);
}

bool
IsCertified(const KeyRing& keys, const Leads& leads)
{
    return leads.voters.Count() > 0 &&
           keys.VerifyAll(leads.voters, VoteDigest(leads.term, leads.signer), leads.votes);
}

bool
IsCovered(const KeyRing& keys, const Ack& ack)
{
    return ack.index <= ack.sentUpTo &&
           keys.Verify(ack.leader, SentDigest(ack.term, ack.signer, ack.sentUpTo), ack.sent);
}

std::optional<Rule>
FindOffence(const KeyRing& keys, ServerId accused, const Statement& first, const Statement& second)
{
    if (!IsGenuine(keys, first) || !IsGenuine(keys, second) || TermOf(first) != TermOf(second))
    {
        return std::nullopt;
    }
    const auto* leads = std::get_if<Leads>(&first);
    if (leads && leads->signer == accused && !IsCertified(keys, *leads))
    {
        return Rule::FALSE_CERTIFICATE;
    }
    const auto* ack = std::get_if<Ack>(&first);
    if (ack && ack->signer == accused && !IsCovered(keys, *ack))
    {
        return Rule::FALSE_ACK;
    }
    if (HaveTwoEntries(accused, first, second))
    {
        return Rule::TWO_ENTRIES;
    }
    const auto one = CandidateOf(keys, first, accused);
    const auto other = CandidateOf(keys, second, accused);
    if (one && other && *one != *other)
    {
        const bool twoLeaders = leads && std::holds_alternative<Leads>(second);
        return twoLeaders ? Rule::TWO_LEADERS : Rule::DOUBLE_VOTE;
    }
    return std::nullopt;
}

} // namespace ns3::evidence
