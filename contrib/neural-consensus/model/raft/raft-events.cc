#include "raft-events.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace ns3::raft
{

namespace
{

void
ApplySnapshot(DurableState& durable, Snapshot snapshot)
{
    const Index base = durable.snapshot.lastIndex;
    if (snapshot.lastIndex <= base)
    {
        return; // an older one than what is there says nothing new
    }
    const Index covered = snapshot.lastIndex - base;
    const bool held =
        covered <= durable.log.size() && durable.log[covered - 1].term == snapshot.lastTerm;
    durable.log.erase(durable.log.begin(),
                      held ? durable.log.begin() + static_cast<std::ptrdiff_t>(covered)
                           : durable.log.end());
    durable.snapshot = std::move(snapshot);
}

} // namespace

void
Update::Clear()
{
    persist.reset();
    messages.clear();
    restore.reset();
    applied.clear();
    reads.clear();
    roleChanges.clear();
    rejections.clear();
    proposal.reset();
    commitAdvanced = false;
    membershipChanged = false;
    deadline = TimePoint{};
}

void
ApplyWrite(DurableState& durable, PersistRequest request)
{
    if (request.hardState)
    {
        durable.hardState = *request.hardState;
    }
    if (request.snapshot)
    {
        ApplySnapshot(durable, std::move(*request.snapshot));
    }
    if (request.firstIndex == 0)
    {
        return;
    }
    const Index base = durable.snapshot.lastIndex;
    if (request.firstIndex <= base || request.firstIndex > base + durable.log.size() + 1)
    {
        throw std::invalid_argument("stable storage: entries that leave a gap in the log or "
                                    "replace what a snapshot stands for");
    }
    durable.log.resize(request.firstIndex - base - 1);
    durable.log.insert(durable.log.end(),
                       std::make_move_iterator(request.entries.begin()),
                       std::make_move_iterator(request.entries.end()));
}

} // namespace ns3::raft
