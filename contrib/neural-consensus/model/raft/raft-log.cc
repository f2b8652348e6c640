#include "raft-log.h"

#include "raft-membership.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ns3::raft
{

bool
IsWellFormed(const Entry& entry)
{
    if (entry.term == 0)
    {
        return false;
    }
    switch (entry.type)
    {
    case EntryType::NOOP:
        return !entry.command;
    case EntryType::COMMAND:
        return entry.command != nullptr;
    case EntryType::MEMBERSHIP:
        return entry.command && Membership::Decode(*entry.command).has_value();
    }
    return false;
}

RaftLog::RaftLog(std::vector<Entry> entries, Index baseIndex, Term baseTerm)
    : m_baseIndex(baseIndex),
      m_baseTerm(baseTerm),
      m_entries(std::move(entries))
{
    if ((m_baseIndex == 0) != (m_baseTerm == 0))
    {
        throw std::invalid_argument("log: a base has both an index and a term");
    }
    Term previous = m_baseTerm;
    for (const Entry& entry : m_entries)
    {
        if (!IsWellFormed(entry) || entry.term < previous)
        {
            throw std::invalid_argument("log: every entry needs a term of 1 or more, not below the "
                                        "one before it, and a command exactly if it is one");
        }
        previous = entry.term;
    }
}

Index
RaftLog::GetBaseIndex() const
{
    return m_baseIndex;
}

Index
RaftLog::GetFirstIndex() const
{
    return m_baseIndex + 1;
}

Index
RaftLog::GetLastIndex() const
{
    return m_baseIndex + m_entries.size();
}

Term
RaftLog::GetLastTerm() const
{
    return m_entries.empty() ? m_baseTerm : m_entries.back().term;
}

bool
RaftLog::Holds(Index index) const
{
    return index > m_baseIndex && index <= GetLastIndex();
}

Term
RaftLog::GetTerm(Index index) const
{
    if (index == m_baseIndex)
    {
        return m_baseTerm;
    }
    return Holds(index) ? m_entries[index - m_baseIndex - 1].term : 0;
}

const Entry&
RaftLog::GetEntry(Index index) const
{
    if (!Holds(index))
    {
        throw std::out_of_range("log: no entry at this index");
    }
    return m_entries[index - m_baseIndex - 1];
}

Index
RaftLog::FindFirstNotBelow(Term term) const
{
    const auto found =
        std::lower_bound(m_entries.begin(), m_entries.end(), term, [](const Entry& e, Term t) {
            return e.term < t;
        });
    return m_baseIndex + 1 + static_cast<Index>(found - m_entries.begin());
}

Index
RaftLog::FindLastNotAbove(Term term, Index bound) const
{
    if (bound <= m_baseIndex)
    {
        return m_baseIndex;
    }
    const auto end = m_entries.begin() +
                     static_cast<std::ptrdiff_t>(std::min(bound, GetLastIndex()) - m_baseIndex);
    const auto found = std::upper_bound(m_entries.begin(), end, term, [](Term t, const Entry& e) {
        return t < e.term;
    });
    return m_baseIndex + static_cast<Index>(found - m_entries.begin());
}

bool
RaftLog::IsUpToDate(Index lastIndex, Term lastTerm) const
{
    return lastTerm > GetLastTerm() || (lastTerm == GetLastTerm() && lastIndex >= GetLastIndex());
}

Index
RaftLog::Append(const Entry& entry)
{
    m_entries.push_back(entry);
    return GetLastIndex();
}

void
RaftLog::TruncateFrom(Index index)
{
    if (index <= m_baseIndex)
    {
        throw std::out_of_range("log: truncation below the first entry");
    }
    if (Holds(index))
    {
        m_entries.resize(index - m_baseIndex - 1);
    }
}

void
RaftLog::CopyTo(Index first, Index last, std::vector<Entry>& out) const
{
    if (first > last)
    {
        return;
    }
    if (!Holds(first) || !Holds(last))
    {
        throw std::out_of_range("log: copy of entries that are not held");
    }
    const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(first - m_baseIndex - 1);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(last - first + 1));
}

void
RaftLog::CompactTo(Index index)
{
    if (index == m_baseIndex)
    {
        return;
    }
    const Term term = GetEntry(index).term;
    m_entries.erase(m_entries.begin(),
                    m_entries.begin() + static_cast<std::ptrdiff_t>(index - m_baseIndex));
    m_baseIndex = index;
    m_baseTerm = term;
}

void
RaftLog::Reset(Index baseIndex, Term baseTerm)
{
    m_entries.clear();
    m_baseIndex = baseIndex;
    m_baseTerm = baseTerm;
}

} // namespace ns3::raft
