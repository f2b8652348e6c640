#include "raft-invariants.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

namespace ns3::raft
{

namespace
{

/** Collects the one line of a violation. */
class Line
{
  public:
    template <typename T>
    Line& operator<<(const T& part)
    {
        m_text << part;
        return *this;
    }

    std::string Get() const
    {
        return m_text.str();
    }

  private:
    std::ostringstream m_text;
};

[[noreturn]] void
Violated(const Line& line)
{
    throw InvariantViolation(line.Get());
}

} // namespace

void
InvariantChecker::AfterStep(const RaftCore& core, const Update& update)
{
    AfterStep(Describe(core), update);
}

void
InvariantChecker::AfterRestart(const RaftCore& core)
{
    AfterRestart(Describe(core));
}

void
InvariantChecker::AfterStep(const ServerState& now, const Update& update)
{
    Server& server = m_servers[now.id];
    if (!server.running)
    {
        ServerState fresh;
        fresh.id = now.id;
        AfterRestart(fresh);
    }
    CheckTermAndVote(server, now);
    CheckLog(server, now, update);
    TrackWrites(server, now, update);
    Remember(server, now);
    CheckLeadership(now, update);
    CheckCommit(server, now);
    CheckApplied(server, now, update);
    server.commitIndex = now.commitIndex;
}

void
InvariantChecker::AfterRestart(const ServerState& now)
{
    static const RaftLog empty;
    ServerState state = now;
    state.log = now.log ? now.log : &empty;

    const Server before = std::move(m_servers[now.id]);
    const HardState& kept = before.durableHardState;
    if (state.term < kept.term ||
        (state.term == kept.term && kept.vote != NO_SERVER && state.vote != kept.vote))
    {
        Violated(Line() << "durability: server " << now.id << " came back in term " << state.term
                        << " with vote " << state.vote << ", although term " << kept.term
                        << " with vote " << kept.vote << " was on stable storage");
    }
    CheckBase(state);
    LogPosition end = PositionAt(state, state.log->GetBaseIndex());
    while (end.index < state.log->GetLastIndex())
    {
        const Entry& next = state.log->GetEntry(end.index + 1);
        LearnEntry(now.id, end, next);
        end = LogPosition{end.index + 1, next.term};
    }
    if (!m_ledger.Includes(end, before.durable))
    {
        Violated(Line() << "durability: server " << now.id << " came back without entry "
                        << before.durable.index << " of term " << before.durable.term
                        << ", which was on stable storage");
    }
    if (state.role != Role::FOLLOWER || state.commitIndex != state.log->GetBaseIndex())
    {
        Violated(Line() << "restart: server " << now.id
                        << " came back with a role or commit index, but these are volatile");
    }
    Server& server = m_servers[now.id];
    server = Server{};
    server.running = true;
    server.requested = HardState{state.term, state.vote};
    server.durableHardState = server.requested;
    server.commitIndex = state.commitIndex;
    server.lastApplied = state.commitIndex;
    state.durableIndex = state.log->GetLastIndex();
    Remember(server, state);
}

Index
InvariantChecker::GetCommittedCount() const
{
    return m_committed.size();
}

ServerState
InvariantChecker::Describe(const RaftCore& core)
{
    return ServerState{core.GetId(),
                       &core.GetMembership(),
                       core.GetRole(),
                       core.GetTerm(),
                       core.GetVote(),
                       core.GetCommitIndex(),
                       core.GetDurableTicket(),
                       core.GetDurableIndex(),
                       &core.GetLog()};
}

void
InvariantChecker::CheckTermAndVote(const Server& before, const ServerState& now) const
{
    if (now.term < before.term)
    {
        Violated(Line() << "monotonic term: server " << now.id << " went from term " << before.term
                        << " to " << now.term);
    }
    if (now.term == before.term && before.vote != NO_SERVER && now.vote != before.vote)
    {
        Violated(Line() << "election safety: server " << now.id << " changed its vote in term "
                        << now.term << " from " << before.vote << " to " << now.vote);
    }
    if (now.commitIndex < before.commitIndex)
    {
        Violated(Line() << "monotonic commit: server " << now.id << " went from "
                        << before.commitIndex << " to " << now.commitIndex);
    }
}

void
InvariantChecker::CheckLog(const Server& before, const ServerState& now, const Update& update)
{
    LogPosition expected = before.last;
    CheckBase(now);
    if (update.restore)
    {
        const Snapshot& snapshot = *update.restore;
        const LogPosition end{snapshot.lastIndex, snapshot.lastTerm};
        if (snapshot.lastIndex <= before.commitIndex)
        {
            Violated(Line() << "state-machine safety: server " << now.id
                            << " went back to a snapshot at index " << snapshot.lastIndex
                            << ", with " << before.commitIndex << " entries committed");
        }
        expected = m_ledger.Includes(before.last, end) ? before.last : end;
    }
    if (update.persist && update.persist->firstIndex != 0)
    {
        const Index first = update.persist->firstIndex;
        const bool stillLeads =
            before.role == Role::LEADER && now.role == Role::LEADER && before.term == now.term;
        if (stillLeads && first <= before.last.index)
        {
            Violated(Line() << "leader append-only: leader " << now.id << " of term " << now.term
                            << " changed its log from index " << first << " on");
        }
        if (first <= before.commitIndex)
        {
            Violated(Line() << "state-machine safety: server " << now.id
                            << " changed its log from index " << first << " on, with "
                            << before.commitIndex << " entries committed");
        }
        if (first > before.last.index + 1)
        {
            Violated(Line() << "log matching: server " << now.id << " left a gap before index "
                            << first);
        }
        expected = PositionAt(now, first - 1);
        for (const Entry& entry : update.persist->entries)
        {
            LearnEntry(now.id, expected, entry);
            expected = LogPosition{expected.index + 1, entry.term};
        }
    }
    if (now.log->GetLastIndex() != expected.index || now.log->GetLastTerm() != expected.term)
    {
        Violated(Line() << "log matching: server " << now.id << " ends at index "
                        << now.log->GetLastIndex() << ", but what it asked to write ends at "
                        << expected.index);
    }
}

void
InvariantChecker::CheckBase(const ServerState& now) const
{
    const Index base = now.log->GetBaseIndex();
    if (base > 0 &&
        (base > m_committed.size() || m_committed[base - 1].entry.term != now.log->GetTerm(base)))
    {
        Violated(Line() << "state-machine safety: server " << now.id
                        << " holds a snapshot up to index " << base << ", which is not committed");
    }
}

LogPosition
InvariantChecker::PositionAt(const ServerState& now, Index index) const
{
    // What is compacted away was committed, see CheckBase().
    const bool gone = index > 0 && index < now.log->GetBaseIndex();
    return LogPosition{index, gone ? m_committed[index - 1].entry.term : now.log->GetTerm(index)};
}

void
InvariantChecker::LearnEntry(ServerId id, LogPosition previous, const Entry& entry)
{
    if (!m_ledger.Learn(previous, entry))
    {
        Violated(Line() << "log matching: server " << id
                        << " has another entry or predecessor at index " << previous.index + 1
                        << " of term " << entry.term << " than was seen there before");
    }
}

void
InvariantChecker::CheckLeadership(const ServerState& now, const Update& update)
{
    for (const RoleChange& change : update.roleChanges)
    {
        if (change.role != Role::LEADER)
        {
            continue;
        }
        const auto [place, isNew] = m_leaders.try_emplace(change.term);
        if (!isNew && place->second.id != now.id)
        {
            Violated(Line() << "election safety: servers " << place->second.id << " and " << now.id
                            << " both lead term " << change.term);
        }
        if (isNew)
        {
            place->second = Leader{now.id, {now.log->GetLastIndex(), now.log->GetLastTerm()}};
            CheckNewLeader(now);
        }
    }
    if (now.role == Role::LEADER)
    {
        const auto known = m_leaders.find(now.term);
        if (known == m_leaders.end() || known->second.id != now.id)
        {
            Violated(Line() << "election safety: server " << now.id << " leads term " << now.term
                            << " without having been elected");
        }
    }
}

void
InvariantChecker::CheckNewLeader(const ServerState& now) const
{
    // By log matching the last one of them stands for all.
    const auto last = std::find_if(m_committed.rbegin(), m_committed.rend(), [&](const auto& c) {
        return c.inTerm < now.term;
    });
    const Index index = static_cast<Index>(std::distance(last, m_committed.rend()));
    if (index != 0 && PositionAt(now, index).term != last->entry.term)
    {
        Violated(Line() << "leader completeness: leader " << now.id << " of term " << now.term
                        << " lacks entry " << index << ", committed in term " << last->inTerm);
    }
}

void
InvariantChecker::CheckCommit(const Server& before, const ServerState& now)
{
    if (now.commitIndex > now.log->GetLastIndex())
    {
        Violated(Line() << "monotonic commit: server " << now.id << " committed beyond its log, at "
                        << now.commitIndex);
    }
    bool extended = false;
    // CheckBase() has looked at what a snapshot committed.
    const Index first = std::max(before.commitIndex, now.log->GetBaseIndex()) + 1;
    for (Index index = first; index <= now.commitIndex; ++index)
    {
        const Entry& entry = now.log->GetEntry(index);
        if (index > m_committed.size())
        {
            m_committed.push_back({entry, now.term});
            extended = true;
        }
        else if (m_committed[index - 1].entry != entry)
        {
            Violated(Line() << "state-machine safety: server " << now.id
                            << " committed another entry at index " << index
                            << " than was committed before");
        }
    }
    if (extended)
    {
        CheckNewCommit(now, PositionAt(now, now.commitIndex));
    }
}

void
InvariantChecker::CheckNewCommit(const ServerState& now, LogPosition commit) const
{
    if (now.role == Role::LEADER && commit.term != now.term)
    {
        Violated(Line() << "leader completeness: leader " << now.id << " of term " << now.term
                        << " committed index " << commit.index << " of term " << commit.term
                        << " by counting (5.4.2)");
    }
    std::size_t holders = 0;
    for (const auto& [id, server] : m_servers)
    {
        const bool counts = now.membership->IsVoter(id);
        holders += counts && m_ledger.Includes(server.durable, commit) ? 1 : 0;
    }
    if (holders < now.membership->QuorumSize())
    {
        Violated(Line() << "leader completeness: server " << now.id << " committed index "
                        << commit.index << ", which " << holders << " of "
                        << now.membership->voters.size() << " voters have on stable storage");
    }
    // A leader of a later term may have been elected before an old leader noticed its majority.
    for (auto leader = m_leaders.upper_bound(now.term); leader != m_leaders.end(); ++leader)
    {
        if (!m_ledger.Includes(leader->second.last, commit))
        {
            Violated(Line() << "leader completeness: leader " << leader->second.id << " of term "
                            << leader->first << " lacks entry " << commit.index
                            << ", committed in term " << now.term);
        }
    }
}

void
InvariantChecker::CheckApplied(Server& server, const ServerState& now, const Update& update) const
{
    if (update.restore)
    {
        server.lastApplied = update.restore->lastIndex;
    }
    for (const Applied& applied : update.applied)
    {
        if (applied.index != server.lastApplied + 1 || applied.index > now.commitIndex)
        {
            Violated(Line() << "state-machine safety: server " << now.id << " applied index "
                            << applied.index << " after " << server.lastApplied << " with "
                            << now.commitIndex << " entries committed");
        }
        if (m_committed[applied.index - 1].entry != applied.entry)
        {
            Violated(Line() << "state-machine safety: server " << now.id
                            << " applied another entry at index " << applied.index
                            << " than was committed");
        }
        server.lastApplied = applied.index;
    }
}

void
InvariantChecker::TrackWrites(Server& server, const ServerState& now, const Update& update) const
{
    while (!server.writes.empty() && server.writes.front().ticket <= now.durableTicket)
    {
        server.durableHardState = server.writes.front().hardState;
        server.writes.pop_front();
    }
    if (update.persist && update.persist->hardState)
    {
        server.requested = *update.persist->hardState;
        server.writes.push_back({update.persist->ticket, server.requested});
    }
    if (!(server.requested == HardState{now.term, now.vote}))
    {
        Violated(Line() << "durability: server " << now.id << " is in term " << now.term
                        << " with vote " << now.vote << " and has not asked to write it");
    }
}

void
InvariantChecker::Remember(Server& server, const ServerState& now) const
{
    server.role = now.role;
    server.term = now.term;
    server.vote = now.vote;
    server.last = LogPosition{now.log->GetLastIndex(), now.log->GetLastTerm()};
    server.durable = PositionAt(now, now.durableIndex);
}

} // namespace ns3::raft
