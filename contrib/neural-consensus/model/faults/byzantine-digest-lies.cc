#include "byzantine-digest-lies.h"

#include <algorithm>

namespace ns3::faults
{

using namespace evidence;

namespace
{

/** Changes what a statement says, to what would convict its signer if it were believed. */
struct Twist
{
    void operator()(Vote& vote) const
    {
        vote.candidate = vote.candidate == 1 ? 2 : vote.candidate - 1;
    }

    void operator()(Leads& leads) const
    {
        leads.votes ^= 1;
    }

    void operator()(Holds& holds) const
    {
        holds.hash ^= 1;
    }

    void operator()(Ack& ack) const
    {
        ++ack.index;
    }
};

} // namespace

Digest
DigestLies::Distort(const Digest& digest, const std::function<double()>& uniform)
{
    for (const Statement& statement : digest.GetStatements())
    {
        if (m_heard.size() < REMEMBERED)
        {
            m_heard.push_back(statement);
        }
        else
        {
            m_heard[m_count % REMEMBERED] = statement;
        }
        ++m_count;
    }
    if (m_heard.empty())
    {
        return digest;
    }
    const auto pick = [&] {
        const auto at = static_cast<std::size_t>(uniform() * static_cast<double>(m_heard.size()));
        return m_heard[std::min(at, m_heard.size() - 1)];
    };
    Digest lies;
    lies.Add(pick()); // repeated, be it ever so old
    Statement changed = pick();
    std::visit(Twist{}, changed);
    lies.Add(changed);
    Statement invented = pick();
    std::visit([](auto& statement) { statement.term += 1; }, invented);
    lies.Add(invented);
    for (const Statement& statement : digest.GetStatements())
    {
        Statement told = statement;
        if (uniform() < 0.5)
        {
            std::visit(Twist{}, told);
        }
        lies.Add(told);
    }
    return lies;
}

} // namespace ns3::faults
