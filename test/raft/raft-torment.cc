#include "raft-torment.h"

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace ns3::raft::test
{

using std::chrono::milliseconds;

Torment::Torment(uint64_t seed)
    : m_dice(seed),
      m_plan(DrawPlan(m_dice)),
      m_cluster(m_plan.configs, m_plan.world, m_plan.clusterSeed),
      m_clients(m_cluster, m_plan.clients, m_plan.clientSeed)
{
    m_cluster.KeepTranscript(false);
    m_clients.WatchMemberships([this](Index index, Term term) { CountChange(index, term); });
}

void
Torment::Run()
{
    constexpr int ROUNDS = 120;
    for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
    {
        // No two clocks begin alike, and some before their origin.
        m_cluster.JumpClock(id, m_dice.Milliseconds(0, 200000) - milliseconds(100000));
        m_cluster.SetClockRate(id, DrawRate());
    }
    m_cluster.Start();
    m_cluster.RunFor(milliseconds(300));
    m_clients.Start();
    for (int round = 0; round < ROUNDS; ++round)
    {
        Act();
        m_cluster.RunFor(m_dice.Milliseconds(1, 150));
    }
    Heal();
    Check();
}

const TormentPlan&
Torment::GetPlan() const
{
    return m_plan;
}

Cluster&
Torment::GetCluster()
{
    return m_cluster;
}

TormentTally
Torment::GetTally() const
{
    TormentTally tally = m_tally;
    tally.cluster = m_cluster.GetTally();
    tally.clients = m_clients.GetTally();
    tally.committed = m_cluster.GetChecker().GetCommittedCount();
    tally.operations = m_clients.GetHistory().size();
    return tally;
}

void
Torment::CountChange(Index index, Term term)
{
    const auto change = m_changes.find({index, term});
    if (change == m_changes.end())
    {
        return; // counted before, when another server applied it
    }
    using Kind = ChangeMembership::Kind;
    m_tally.learnersAdded += change->second == Kind::ADD_LEARNER ? 1 : 0;
    m_tally.votersPromoted += change->second == Kind::PROMOTE ? 1 : 0;
    m_tally.serversRemoved += change->second == Kind::REMOVE ? 1 : 0;
    m_changes.erase(change);
}

void
Torment::Heal()
{
    m_healed = true;
    World& world = m_cluster.GetWorld();
    world.drop = world.duplicate = world.straggle = world.stall = 0;
    world.crashAfterWrite = world.crashWhileSending = 0;
    world.delayMax = milliseconds(3);
    world.writeMax = std::min<Duration>(world.writeMax, milliseconds(5));
    m_cluster.HealAll();
    m_clients.BePatient();
    for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
    {
        m_cluster.SlowDisk(id, 1);
        if (!m_cluster.IsUp(id))
        {
            m_cluster.Restart(id);
        }
    }
    m_cluster.RunFor(milliseconds(1000)); // what is late in the network arrives, too
    // Everybody is served again, and then nothing is left to do.
    const std::vector<uint64_t> before = m_clients.GetAnswered();
    RunUntil([&] { return WhyNotServed(before).empty(); });
    m_clients.Stop();
    RunUntil([&] { return WhyNotConverged().empty(); });
    const std::string unserved = WhyNotServed(before);
    const std::string apart = WhyNotConverged();
    if (!unserved.empty() || !apart.empty())
    {
        throw std::logic_error("liveness: long after the world has healed, " +
                               (unserved.empty() ? apart : unserved));
    }
    const ServerId leader = m_cluster.FindLeader();
    const Term term = m_cluster.GetCore(leader).GetTerm();
    m_cluster.RunFor(milliseconds(600));
    if (m_cluster.FindLeader() != leader || m_cluster.GetCore(leader).GetTerm() != term)
    {
        throw std::logic_error("liveness: a healthy cluster changes its leader");
    }
}

void
Torment::RunUntil(const std::function<bool()>& done)
{
    constexpr int STEPS = 150;
    for (int step = 0; step < STEPS && !done(); ++step)
    {
        m_cluster.RunFor(milliseconds(100));
        SwitchOffRemoved();
    }
}

void
Torment::SwitchOffRemoved()
{
    // Operators do that, as section 4.2.3 has it; with sticky votes nobody has to.
    const ServerId leader = m_cluster.FindLeader();
    if (leader == NO_SERVER || m_plan.removedStayUp)
    {
        return;
    }
    const RaftCore& core = m_cluster.GetCore(leader);
    if (core.GetMembershipIndex() > core.GetCommitIndex() || core.GetCommitIndex() == 0 ||
        core.GetLog().GetTerm(core.GetCommitIndex()) != core.GetTerm())
    {
        return; // it may be deposed already, or the change undone
    }
    const Membership members = core.GetMembership();
    for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
    {
        if (!members.Contains(id))
        {
            m_cluster.Crash(id);
        }
    }
}

std::string
Torment::WhyNotServed(const std::vector<uint64_t>& before) const
{
    for (std::size_t client = 0; client < before.size(); ++client)
    {
        if (m_clients.GetAnswered()[client] < before[client] + 3)
        {
            return "client " + std::to_string(client + 1) + " is not served";
        }
    }
    return "";
}

std::string
Torment::WhyNotConverged() const
{
    const ServerId leader = m_cluster.FindLeader();
    if (leader == NO_SERVER)
    {
        return "there is no leader";
    }
    if (!m_clients.AreIdle())
    {
        return "a request is neither answered nor given up";
    }
    const RaftCore& first = m_cluster.GetCore(leader);
    if (first.GetCommitIndex() != first.GetLastIndex())
    {
        return "leader " + std::to_string(leader) + " cannot commit";
    }
    for (const auto* ids : {&first.GetMembership().voters, &first.GetMembership().learners})
    {
        for (const ServerId id : *ids)
        {
            if (!m_cluster.IsUp(id) || m_cluster.GetCore(id).GetLeader() != leader ||
                m_cluster.GetCore(id).GetCommitIndex() != first.GetCommitIndex())
            {
                return "server " + std::to_string(id) + " does not follow leader " +
                       std::to_string(leader);
            }
        }
    }
    return "";
}

void
Torment::Check() const
{
    const ServerId leader = m_cluster.FindLeader();
    const RaftCore& first = m_cluster.GetCore(leader);
    for (const auto* ids : {&first.GetMembership().voters, &first.GetMembership().learners})
    {
        for (const ServerId id : *ids)
        {
            if (!(m_cluster.GetStore(id) == m_cluster.GetStore(leader)))
            {
                throw std::logic_error("state-machine safety: the stores of servers " +
                                       std::to_string(leader) + " and " + std::to_string(id) +
                                       " differ");
            }
        }
    }
    const LinearizabilityVerdict verdict = CheckLinearizability(m_clients.GetHistory());
    if (verdict.violation)
    {
        throw std::logic_error("linearizability: " + verdict.violation->explanation);
    }
}

TormentResult
RunTorment(uint64_t seed, bool transcript)
{
    TormentResult result;
    Torment torment(seed);
    torment.GetCluster().KeepTranscript(transcript);
    result.plan = torment.GetPlan().Describe();
    try
    {
        torment.Run();
    }
    catch (const std::exception& e)
    {
        result.failure = e.what();
    }
    result.tally = torment.GetTally();
    result.transcript = torment.GetCluster().GetTranscript();
    return result;
}

} // namespace ns3::raft::test
