// What goes to stable storage, and what has to wait for it (extended paper, figure 2, "persistent
// state"; dissertation 10.2.1 for writing in parallel with sending).

#include "raft-core.h"

#include <algorithm>
#include <iterator>

namespace ns3::raft
{

void
RaftCore::OnPersisted(uint64_t ticket)
{
    if (ticket > m_lastTicket)
    {
        Reject(NO_SERVER, "a write that was never asked for");
        return;
    }
    const auto firstOpen = std::find_if(m_pendingWrites.begin(),
                                        m_pendingWrites.end(),
                                        [&](const PendingWrite& w) { return w.ticket > ticket; });
    if (firstOpen == m_pendingWrites.begin())
    {
        return;
    }
    m_durableIndex = std::prev(firstOpen)->lastIndex;
    m_durableTicket = ticket;
    m_pendingWrites.erase(m_pendingWrites.begin(), firstOpen);
    if (m_role == Role::CANDIDATE || m_role == Role::PRE_CANDIDATE)
    {
        CountVotes();
    }
    else if (m_role == Role::LEADER)
    {
        AdvanceCommit();
        if (m_role == Role::LEADER && m_config.leaderWritesFirst)
        {
            ReplicateAll();
        }
    }
}

uint64_t
RaftCore::TicketFor(Index index) const
{
    // Term and vote are on stable storage before anybody hears of them (figure 2).
    uint64_t ticket = m_hardStateTicket > m_durableTicket ? m_hardStateTicket : 0;
    if (index > m_durableIndex)
    {
        const auto found =
            std::find_if(m_pendingWrites.begin(),
                         m_pendingWrites.end(),
                         [&](const PendingWrite& w) { return w.lastIndex >= index; });
        ticket = std::max(ticket, found->ticket); // there is one for every index of the log
    }
    return ticket;
}

RaftCore::PendingWrite&
RaftCore::OpenWrite()
{
    if (!m_update.persist)
    {
        m_update.persist.emplace();
        m_update.persist->ticket = ++m_lastTicket;
        m_update.persist->entries = std::move(m_spareWrite);
        m_pendingWrites.push_back({m_lastTicket, m_log.GetLastIndex(), m_now});
    }
    return m_pendingWrites.back();
}

void
RaftCore::MarkHardState()
{
    m_hardStateTicket = OpenWrite().ticket;
}

Index
RaftCore::AppendToLog(const Entry& entry)
{
    PendingWrite& write = OpenWrite();
    write.lastIndex = m_log.Append(entry);
    Index& first = m_update.persist->firstIndex;
    first = first == 0 ? write.lastIndex : std::min(first, write.lastIndex);
    if (entry.type == EntryType::MEMBERSHIP)
    {
        AdoptMembership(write.lastIndex, *Membership::Decode(*entry.command));
    }
    return write.lastIndex;
}

void
RaftCore::TruncateLog(Index from)
{
    OpenWrite();
    m_log.TruncateFrom(from);
    Index& first = m_update.persist->firstIndex;
    first = first == 0 ? from : std::min(first, from);
    ForgetWritesAfter(from - 1);
    DropMembershipsFrom(from);
}

void
RaftCore::ForgetWritesAfter(Index index)
{
    // What older writes hold beyond this point is no longer part of the log.
    for (PendingWrite& write : m_pendingWrites)
    {
        write.lastIndex = std::min(write.lastIndex, index);
    }
    m_durableIndex = std::min(m_durableIndex, index);
}

void
RaftCore::CompleteWrite()
{
    if (!m_update.persist)
    {
        return;
    }
    PersistRequest& persist = *m_update.persist;
    if (m_hardStateTicket == persist.ticket)
    {
        persist.hardState = HardState{m_term, m_vote};
    }
    if (persist.firstIndex != 0)
    {
        m_log.CopyTo(persist.firstIndex, m_log.GetLastIndex(), persist.entries);
    }
}

} // namespace ns3::raft
