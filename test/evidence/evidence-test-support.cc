#include "evidence-test-support.h"

#include <gtest/gtest.h>

namespace nctest
{

namespace ev = ns3::evidence;
using namespace ns3::raft;

Signers::Signers(ServerId servers)
    : m_keys(ev::Keys::Make(servers))
{
}

std::shared_ptr<const ev::KeyRing>
Signers::Ring() const
{
    return m_keys.ring;
}

ev::Signer
Signers::Of(ServerId server) const
{
    return m_keys.signers.at(server - 1);
}

ev::Vote
Signers::Votes(ServerId voter, Term term, ServerId candidate) const
{
    return Signed(ev::Vote{voter, term, candidate});
}

ev::Leads
Signers::Leads(ServerId leader, Term term, const std::vector<ServerId>& voters) const
{
    ev::Leads leads{leader, term};
    for (const ServerId voter : voters)
    {
        leads.voters.Add(voter);
        leads.votes ^= Votes(voter, term, leader).signature;
    }
    return Signed(leads);
}

ev::Holds
Signers::Holds(ServerId leader, Term term, Index index, uint64_t hash) const
{
    return Signed(ev::Holds{leader, term, index, term, hash});
}

ev::Ack
Signers::Acks(ServerId follower, Term term, ServerId leader, Index index, Index sent) const
{
    ev::Ack ack{follower, term, leader, index, sent};
    ack.sent = Of(leader).Sign(ev::SentDigest(term, follower, sent));
    return Signed(ack);
}

std::vector<Entry>
Entries(Term term, const std::vector<std::string>& commands)
{
    std::vector<Entry> entries;
    for (const auto& command : commands)
    {
        entries.push_back({term, EntryType::COMMAND, std::make_shared<const std::string>(command)});
    }
    return entries;
}

SealedMessage
LeaderSends(const Signers& signers,
            ServerId leader,
            Term term,
            const std::vector<ServerId>& voters,
            ServerId to,
            Index previous,
            const std::vector<std::string>& commands)
{
    ev::Sealer sealer(signers.Of(leader));
    for (const ServerId voter : voters)
    {
        sealer.AddVote(signers.Votes(voter, term, leader));
    }
    if (!voters.empty())
    {
        sealer.BecomeLeader(term);
    }
    SealedMessage sealed;
    const Term before = previous > 0 ? term : 0;
    sealed.message = {leader,
                      to,
                      term,
                      AppendEntries{previous, before, 0, Entries(term, commands), 1}};
    sealed.seal = sealer.Sign(sealed.message, {});
    return sealed;
}

ev::Digest
MakeDigest(const std::vector<ev::Statement>& statements)
{
    ev::Digest digest;
    for (const auto& statement : statements)
    {
        EXPECT_TRUE(digest.Add(statement));
    }
    return digest;
}

std::vector<std::string>
Names(const std::vector<ev::Proof>& proofs)
{
    std::vector<std::string> names;
    for (const auto& proof : proofs)
    {
        names.push_back(std::to_string(proof.accused) + ' ' + ev::RuleName(proof.rule));
    }
    return names;
}

} // namespace nctest
