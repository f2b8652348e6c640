#include "raft-wal-support.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace ns3::raft::test
{

bool
SameState(const DurableState& a, const DurableState& b)
{
    const bool sameData = a.snapshot.data && b.snapshot.data ? *a.snapshot.data == *b.snapshot.data
                                                             : a.snapshot.data == b.snapshot.data;
    return a.hardState == b.hardState && a.log == b.log &&
           a.snapshot.lastIndex == b.snapshot.lastIndex &&
           a.snapshot.lastTerm == b.snapshot.lastTerm &&
           a.snapshot.membership == b.snapshot.membership && sameData;
}

std::vector<PersistRequest>
RecordsOf(const PersistRequest& request)
{
    std::vector<PersistRequest> records;
    if (request.hardState)
    {
        records.emplace_back().hardState = request.hardState;
    }
    if (request.snapshot)
    {
        records.emplace_back().snapshot = request.snapshot;
    }
    if (request.firstIndex != 0 && request.entries.empty())
    {
        records.emplace_back().firstIndex = request.firstIndex;
    }
    for (std::size_t i = 0; i < request.entries.size(); ++i)
    {
        PersistRequest& record = records.emplace_back();
        record.firstIndex = request.firstIndex + i;
        record.entries = {request.entries[i]};
    }
    return records;
}

WriteDrawer::WriteDrawer(uint64_t seed)
    : m_random(seed)
{
}

uint64_t
WriteDrawer::Below(uint64_t bound)
{
    return m_random() % bound;
}

std::string
WriteDrawer::Bytes(std::size_t count)
{
    std::string bytes(count, '\0');
    std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<char>(m_random()); });
    return bytes;
}

Membership
WriteDrawer::DrawMembership()
{
    Membership membership;
    const uint64_t voters = Below(5);
    for (uint64_t i = 0; i < voters; ++i)
    {
        membership.AddVoter(static_cast<ServerId>(1 + Below(9)));
    }
    if (voters > 0 && Below(2) == 0)
    {
        membership.AddLearner(static_cast<ServerId>(10 + Below(9)));
    }
    return membership;
}

Entry
WriteDrawer::DrawEntry(Term least)
{
    Entry entry;
    entry.term = least + Below(m_state.hardState.term - least + 1);
    switch (Below(4))
    {
    case 0:
        break; // no-op
    case 1: {
        Membership membership = DrawMembership();
        membership.AddVoter(1);
        entry.type = EntryType::MEMBERSHIP;
        entry.command = std::make_shared<const std::string>(membership.Encode());
        break;
    }
    default:
        entry.type = EntryType::COMMAND;
        entry.command = std::make_shared<const std::string>(Bytes(Below(20)));
    }
    return entry;
}

Snapshot
WriteDrawer::DrawSnapshot()
{
    const Index base = m_state.snapshot.lastIndex;
    const Index beyond = base + m_state.log.size() + 1;
    Snapshot snapshot;
    snapshot.lastIndex = base + 1 + Below(m_state.log.size() + 2);
    snapshot.lastTerm = snapshot.lastIndex < beyond && Below(4) > 0
                            ? m_state.log[snapshot.lastIndex - base - 1].term
                            : m_state.hardState.term;
    snapshot.membership = DrawMembership();
    snapshot.data = std::make_shared<const std::string>(Bytes(Below(30)));
    return snapshot;
}

PersistRequest
WriteDrawer::Draw()
{
    PersistRequest request;
    request.ticket = ++m_ticket;
    HardState& state = m_state.hardState;
    if (state.term == 0 || Below(4) == 0)
    {
        state = {state.term + 1 + Below(2), static_cast<ServerId>(Below(4))};
        request.hardState = state;
    }
    else if (state.vote == NO_SERVER && Below(3) == 0)
    {
        state.vote = static_cast<ServerId>(1 + Below(3));
        request.hardState = state;
    }
    if (Below(6) == 0)
    {
        request.snapshot = DrawSnapshot();
        PersistRequest alone;
        alone.snapshot = request.snapshot;
        ApplyWrite(m_state, std::move(alone));
    }
    if (Below(4) > 0)
    {
        const std::size_t kept = Below(3) == 0 ? Below(m_state.log.size() + 1) : m_state.log.size();
        request.firstIndex = m_state.snapshot.lastIndex + 1 + kept;
        Term last = kept == 0 ? m_state.snapshot.lastTerm : m_state.log[kept - 1].term;
        for (uint64_t more = Below(4); more > 0; --more)
        {
            request.entries.push_back(DrawEntry(std::max<Term>(last, 1)));
            last = request.entries.back().term;
        }
        PersistRequest alone;
        alone.firstIndex = request.firstIndex;
        alone.entries = request.entries;
        ApplyWrite(m_state, std::move(alone));
    }
    return request;
}

std::size_t
WrittenLog::WholeIn(std::size_t count) const
{
    return std::upper_bound(ends.begin(), ends.end(), count) - ends.begin() - 1;
}

WrittenLog
WriteLog(uint64_t seed, int writes)
{
    WriteDrawer drawer(seed);
    WrittenLog log{{}, {0}, {DurableState{}}};
    for (int i = 0; i < writes; ++i)
    {
        const PersistRequest request = drawer.Draw();
        AppendRecords(request, log.bytes);
        for (PersistRequest& record : RecordsOf(request))
        {
            log.ends.push_back(log.ends.back() + SizeOnDisk(record));
            log.states.push_back(log.states.back());
            ApplyWrite(log.states.back(), std::move(record));
        }
    }
    return log;
}

} // namespace ns3::raft::test
