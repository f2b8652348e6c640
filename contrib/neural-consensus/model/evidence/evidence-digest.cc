#include "evidence-digest.h"

namespace ns3::evidence
{

EntryRun::EntryRun(const Holds& first)
    : m_first(first),
      m_count(1)
{
}

bool
EntryRun::Extend(const Holds& next)
{
    if (m_count == 0 || m_count == MAX_COUNT || next.signer != m_first.signer ||
        next.term != m_first.term || next.entryTerm != m_first.entryTerm ||
        next.index <= m_first.index)
    {
        return false;
    }
    const Index distance = next.index - m_first.index;
    if (m_count > 1)
    {
        if (distance != Index{m_count} << m_shift)
        {
            return false;
        }
    }
    else
    {
        // The second entry decides how far all are apart.
        uint32_t shift = 0;
        while (shift < MAX_SHIFT && Index{1} << shift < distance)
        {
            ++shift;
        }
        if (Index{1} << shift != distance)
        {
            return false;
        }
        m_shift = shift;
    }
    ++m_count;
    return true;
}

uint32_t
EntryRun::GetCount() const
{
    return m_count;
}

uint32_t
EntryRun::GetShift() const
{
    return m_shift;
}

bool
Digest::Add(const Statement& statement)
{
    const auto* holds = std::get_if<Holds>(&statement);
    EntryRun run = m_run;
    uint32_t more = ENTRY_SIZE;
    if (!holds)
    {
        run = EntryRun{};
        more = std::holds_alternative<Vote>(statement)    ? VOTE_SIZE
               : std::holds_alternative<Leads>(statement) ? LEADS_SIZE
                                                          : ACK_SIZE;
    }
    else if (!run.Extend(*holds))
    {
        run = EntryRun(*holds);
        more += RUN_SIZE;
    }
    if (m_size + more > MAX_BYTES)
    {
        return false;
    }
    m_run = run;
    m_size += more;
    m_statements.push_back(statement);
    return true;
}

const std::vector<Statement>&
Digest::GetStatements() const
{
    return m_statements;
}

uint32_t
Digest::GetSize() const
{
    return m_size;
}

void
Digest::Clear()
{
    m_statements.clear();
    m_run = EntryRun{};
    m_size = 0;
}

bool
Digest::operator==(const Digest& o) const
{
    return m_statements == o.m_statements;
}

} // namespace ns3::evidence
