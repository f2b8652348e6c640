#include "raft-entry-ledger.h"

#include <algorithm>

namespace ns3::raft
{

bool
EntryLedger::Learn(LogPosition previous, const Entry& entry)
{
    const LogPosition position{previous.index + 1, entry.term};
    if (const Known* known = Find(position))
    {
        return known->entry == entry && known->previousTerm == previous.term;
    }
    if (position.index > m_known.size())
    {
        m_known.resize(position.index);
    }
    m_known[position.index - 1].push_back({entry, previous.term});
    return true;
}

bool
EntryLedger::Includes(LogPosition log, LogPosition entry) const
{
    while (log.index > entry.index)
    {
        const Known* known = Find(log);
        if (!known)
        {
            return false;
        }
        log = LogPosition{log.index - 1, known->previousTerm};
    }
    return log.index == entry.index && log.term == entry.term;
}

const EntryLedger::Known*
EntryLedger::Find(LogPosition position) const
{
    if (position.index == 0 || position.index > m_known.size())
    {
        return nullptr;
    }
    const std::vector<Known>& here = m_known[position.index - 1];
    const auto found = std::find_if(here.begin(), here.end(), [&](const Known& k) {
        return k.entry.term == position.term;
    });
    return found == here.end() ? nullptr : &*found;
}

} // namespace ns3::raft
