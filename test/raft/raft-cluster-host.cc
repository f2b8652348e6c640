// What a server's host does with an update: state machine, stable storage, network.

#include "raft-cluster.h"

#include <algorithm>
#include <stdexcept>

namespace ns3::raft::test
{

void
Cluster::ApplyAll(ServerId id, const Update& update)
{
    Server& server = At(id);
    if (update.restore)
    {
        ++m_tally.snapshotsInstalled;
        RestoreStore(id, *update.restore);
    }
    for (const Applied& applied : update.applied)
    {
        CommandResult result;
        if (applied.entry.type == EntryType::COMMAND)
        {
            result = server.store.Apply(applied.index, *applied.entry.command);
        }
        if (m_watcher)
        {
            m_watcher->OnApplied(id, applied, result);
        }
    }
    for (const ReadResult& read : update.reads)
    {
        if (m_watcher)
        {
            m_watcher->OnRead(id, read);
        }
    }
}

void
Cluster::RestoreStore(ServerId id, const Snapshot& snapshot)
{
    Server& server = At(id);
    server.snapshotIndex = snapshot.lastIndex;
    std::optional<KeyValueStore> store =
        snapshot.data ? KeyValueStore::Restore(*snapshot.data) : KeyValueStore(m_world.maxSessions);
    if (!store)
    {
        throw std::logic_error("server " + std::to_string(id) +
                               " has a snapshot that cannot be read");
    }
    server.store = std::move(*store);
    if (m_watcher)
    {
        m_watcher->OnRestored(id);
    }
}

void
Cluster::TakeSnapshotIfDue(ServerId id)
{
    Server& server = At(id);
    const Index applied = server.core->GetCommitIndex();
    if (m_world.snapshotEvery == 0 || applied < server.snapshotIndex + m_world.snapshotEvery)
    {
        return;
    }
    server.snapshotIndex = applied;
    // It takes a while to write down; meanwhile the server goes on.
    ScheduleFor(id,
                m_now + DrawBetween(Duration::zero(), m_world.writeMax),
                [this,
                 id,
                 compact = Compact{applied,
                                   std::make_shared<const std::string>(server.store.Serialize())}] {
                    ++m_tally.snapshotsTaken;
                    StepWith(id, compact);
                });
}

void
Cluster::StartWrite(ServerId id, const PersistRequest& request)
{
    Server& server = At(id);
    Duration takes = DrawBetween(m_world.writeMin, m_world.writeMax);
    if (server.slowness != 1)
    {
        takes = Duration(
            static_cast<Duration::rep>(static_cast<double>(takes.count()) * server.slowness));
    }
    if (Chance(m_world.stall))
    {
        takes += m_world.stallTime;
        ++m_tally.stalls;
    }
    const TimePoint begins = std::max(server.diskFree, m_now);
    server.diskFree = begins + takes;
    server.writes.push_back(OpenWrite{request, begins});
    ScheduleFor(id, server.diskFree, [this, id] { FinishWrite(id); });
}

void
Cluster::FinishWrite(ServerId id)
{
    Server& server = At(id);
    PersistRequest request = std::move(server.writes.front().request);
    server.writes.pop_front();
    const uint64_t ticket = request.ticket;
    ApplyWrite(server.disk, std::move(request));
    if (Chance(m_world.crashAfterWrite))
    {
        Crash(id);
        return;
    }
    // The report takes a moment of its own, in which the server can die with the write done.
    server.reportFree =
        std::max(server.reportFree, m_now) + DrawBetween(Duration::zero(), m_world.writeMax / 4);
    ScheduleFor(id, server.reportFree, [this, id, ticket] {
        ReleaseWaiting(id, ticket);
        StepWith(id, Persisted{ticket});
    });
}

void
Cluster::TearWrite(Server& server)
{
    if (!m_world.tornWrites || server.writes.empty() || server.writes.front().begins > m_now)
    {
        return;
    }
    // Its parts in the order of writing: hard state, snapshot, the cut of the log, each entry.
    PersistRequest& request = server.writes.front().request;
    const std::size_t entries = request.firstIndex == 0 ? 0 : 1 + request.entries.size();
    const std::size_t parts = (request.hardState ? 1 : 0) + (request.snapshot ? 1 : 0) + entries;
    const auto written = static_cast<std::size_t>(Draw() * static_cast<double>(parts + 1));
    m_tally.tornWrites += written > 0 && written < parts ? 1 : 0;
    const std::size_t whole = parts - entries;
    if (written <= whole)
    {
        request.firstIndex = 0;
        request.entries.clear();
    }
    else
    {
        request.entries.resize(written - whole - 1);
    }
    if (request.snapshot && written < whole)
    {
        request.snapshot.reset();
    }
    if (written == 0)
    {
        request.hardState.reset();
    }
    ApplyWrite(server.disk, std::move(request));
}

void
Cluster::SendAll(ServerId id, const Update& update)
{
    Server& server = At(id);
    for (const Outgoing& outgoing : update.messages)
    {
        if (Chance(m_world.crashWhileSending))
        {
            Crash(id);
            return;
        }
        if (outgoing.afterTicket == 0)
        {
            Transmit(outgoing.message);
        }
        else
        {
            server.waiting.push_back(outgoing);
        }
    }
}

void
Cluster::ReleaseWaiting(ServerId id, uint64_t ticket)
{
    std::vector<Outgoing>& waiting = At(id).waiting;
    const auto kept = std::stable_partition(waiting.begin(), waiting.end(), [&](const auto& o) {
        return o.afterTicket <= ticket;
    });
    std::for_each(waiting.begin(), kept, [&](const Outgoing& o) { Transmit(o.message); });
    waiting.erase(waiting.begin(), kept);
}

void
Cluster::Transmit(const Message& message)
{
    const auto* vote = std::get_if<RequestVoteReply>(&message.body);
    if (vote && vote->granted && !vote->preVote && m_keepTranscript)
    {
        Note(std::to_string(message.from) + " votes for " + std::to_string(message.to) +
             " in term " + std::to_string(message.term));
    }
    const bool cut = m_cuts.count({message.from, message.to}) > 0;
    for (const Duration delay : DrawArrivals())
    {
        if (!cut)
        {
            Schedule(m_now + delay, [this, message] { Deliver(message); });
        }
    }
}

void
Cluster::Deliver(const Message& message)
{
    if (IsUp(message.to))
    {
        StepWith(message.to, Receive{message});
    }
}

std::vector<Duration>
Cluster::DrawArrivals()
{
    std::vector<Duration> arrivals;
    const bool twice = Chance(m_world.duplicate);
    m_tally.duplicated += twice ? 1 : 0;
    for (int copy = twice ? 2 : 1; copy > 0; --copy)
    {
        const bool lost = Chance(m_world.drop);
        Duration delay = DrawBetween(m_world.delayMin, m_world.delayMax);
        if (Chance(m_world.straggle))
        {
            delay *= 1 + static_cast<int>(Draw() * 20);
            ++m_tally.straggled;
        }
        m_tally.lost += lost ? 1 : 0;
        if (!lost)
        {
            arrivals.push_back(delay);
        }
    }
    return arrivals;
}

} // namespace ns3::raft::test
