// What is done to the cluster from outside, and how it is looked at.

#include "raft-cluster.h"

#include <algorithm>

namespace ns3::raft::test
{

Cluster::Cluster(std::vector<Config> configs,
                 World world,
                 uint64_t seed,
                 std::vector<DurableState> disks)
    : m_servers(configs.size()),
      m_world(world),
      m_random(seed)
{
    for (std::size_t i = 0; i < configs.size(); ++i)
    {
        m_servers[i].config = std::move(configs[i]);
        if (i < disks.size())
        {
            m_servers[i].disk = std::move(disks[i]);
        }
    }
}

void
Cluster::SetWatcher(ClusterWatcher* watcher)
{
    m_watcher = watcher;
}

void
Cluster::KeepTranscript(bool keep)
{
    m_keepTranscript = keep;
}

void
Cluster::FixRandom(ServerId id, double value)
{
    At(id).fixedRandom = value;
}

void
Cluster::Start()
{
    for (ServerId id = 1; id <= m_servers.size(); ++id)
    {
        Restart(id);
    }
}

World&
Cluster::GetWorld()
{
    return m_world;
}

TimePoint
Cluster::GetNow() const
{
    return m_now;
}

void
Cluster::Crash(ServerId id)
{
    Server& server = At(id);
    if (!server.core)
    {
        return;
    }
    Note(std::to_string(id) + " crashes");
    ++m_tally.crashes;
    server.core.reset();
    server.waiting.clear();
    TearWrite(server);
    server.writes.clear();
    server.store = KeyValueStore(m_world.maxSessions);
    server.wakeAt.reset();
    server.disrupts = false;
    ++server.life;
    if (m_watcher)
    {
        m_watcher->OnCrashed(id);
    }
}

void
Cluster::Restart(ServerId id)
{
    Server& server = At(id);
    server.core = std::make_unique<RaftCore>(server.config, server.disk);
    server.diskFree = m_now;
    server.reportFree = m_now;
    m_checker.AfterRestart(*server.core);
    RestoreStore(id, server.disk.snapshot);
    m_tally.restartsFromSnapshot += server.disk.snapshot.lastIndex > 0 ? 1 : 0;
    StepWith(id, Tick{});
}

bool
Cluster::IsUp(ServerId id) const
{
    return At(id).core != nullptr;
}

void
Cluster::SetCut(ServerId from, ServerId to, bool cut)
{
    if (cut)
    {
        m_cuts.insert({from, to});
    }
    else
    {
        m_cuts.erase({from, to});
    }
}

void
Cluster::HealAll()
{
    m_cuts.clear();
}

void
Cluster::SetClockRate(ServerId id, double rate)
{
    At(id).clock.SetRate(m_now, rate);
    if (IsUp(id))
    {
        Wake(id); // the Tick that is scheduled comes at another moment now
    }
}

void
Cluster::JumpClock(ServerId id, Duration by)
{
    At(id).clock.Jump(m_now, by);
    if (IsUp(id))
    {
        Wake(id);
    }
}

void
Cluster::StallDisk(ServerId id, Duration span)
{
    At(id).diskFree = std::max(At(id).diskFree, m_now) + span;
    ++m_tally.stalls;
}

void
Cluster::SlowDisk(ServerId id, double factor)
{
    At(id).slowness = factor;
}

ProposalResult
Cluster::Propose(ServerId id, const std::string& command)
{
    if (!IsUp(id))
    {
        return {};
    }
    const Update* update =
        StepWith(id, raft::Propose{std::make_shared<const std::string>(command)});
    return update ? update->proposal.value() : ProposalResult{};
}

void
Cluster::Read(ServerId id, uint64_t context)
{
    if (IsUp(id))
    {
        StepWith(id, raft::Read{context});
    }
}

ProposalResult
Cluster::Change(ServerId id, const ChangeMembership& change)
{
    const Update* update = IsUp(id) ? StepWith(id, change) : nullptr;
    return update ? update->proposal.value() : ProposalResult{};
}

void
Cluster::Transfer(ServerId id, ServerId target)
{
    if (IsUp(id))
    {
        StepWith(id, TransferLeadership{target});
    }
}

std::size_t
Cluster::GetSize() const
{
    return m_servers.size();
}

const RaftCore&
Cluster::GetCore(ServerId id) const
{
    return *At(id).core;
}

const KeyValueStore&
Cluster::GetStore(ServerId id) const
{
    return At(id).store;
}

const DurableState&
Cluster::GetDisk(ServerId id) const
{
    return At(id).disk;
}

const InvariantChecker&
Cluster::GetChecker() const
{
    return m_checker;
}

const ClusterTally&
Cluster::GetTally() const
{
    return m_tally;
}

ServerId
Cluster::FindLeader() const
{
    ServerId leader = NO_SERVER;
    Term term = 0;
    for (ServerId id = 1; id <= m_servers.size(); ++id)
    {
        if (IsUp(id) && GetCore(id).GetRole() == Role::LEADER && GetCore(id).GetTerm() > term)
        {
            leader = id;
            term = GetCore(id).GetTerm();
        }
    }
    return leader;
}

const std::vector<std::string>&
Cluster::GetTranscript() const
{
    return m_transcript;
}

Cluster::Server&
Cluster::At(ServerId id)
{
    return m_servers.at(id - 1);
}

const Cluster::Server&
Cluster::At(ServerId id) const
{
    return m_servers.at(id - 1);
}

} // namespace ns3::raft::test
