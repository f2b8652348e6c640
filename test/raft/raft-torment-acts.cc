// What the tormentor does.

#include "raft-torment.h"

#include <algorithm>

namespace ns3::raft::test
{

using std::chrono::milliseconds;

void
Torment::Act()
{
    if (m_plan.membership)
    {
        Reconfigure();
    }
    switch (m_dice.Below(14))
    {
    case 0:
    case 1:
        m_cluster.Crash(m_dice.OnceIn(2) ? AnyServer() : AnyLeader());
        break;
    case 2:
    case 3:
    case 4:
        RestartSome();
        break;
    case 5:
    case 6:
        CutSome();
        break;
    case 7:
    case 8:
        m_cluster.HealAll();
        break;
    case 9:
        TouchDisk();
        break;
    case 10:
    case 11:
        TouchClock();
        break;
    case 12:
        m_cluster.Transfer(AnyLeader(), m_dice.OnceIn(2) ? NO_SERVER : AnyServer());
        break;
    default:
        if (m_plan.configs.front().readMode == ReadMode::LEASE)
        {
            AttackLease();
        } // else peace
    }
}

void
Torment::RestartSome()
{
    for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
    {
        if (!m_cluster.IsUp(id) && !m_dice.OnceIn(3))
        {
            m_cluster.Restart(id);
        }
    }
}

void
Torment::CutSome()
{
    const ServerId one = m_dice.OnceIn(2) ? AnyServer() : AnyLeader();
    const uint64_t kind = m_dice.Below(4);
    for (ServerId id = 1; id <= m_cluster.GetSize(); ++id)
    {
        // One link, all from one server, all to it, or both.
        if (id == one || (kind == 0 && id != AnyServer()))
        {
            continue;
        }
        if (kind != 2)
        {
            m_cluster.SetCut(one, id, true);
            ++m_tally.cuts;
        }
        if (kind >= 2)
        {
            m_cluster.SetCut(id, one, true);
            ++m_tally.cuts;
        }
    }
}

void
Torment::TouchDisk()
{
    const ServerId server = m_dice.OnceIn(2) ? AnyServer() : AnyLeader();
    if (m_dice.OnceIn(2))
    {
        m_cluster.StallDisk(server, m_dice.Milliseconds(20, 500));
    }
    else
    {
        m_cluster.SlowDisk(server, m_dice.Pick({1.0, 3.0, 10.0}));
    }
}

void
Torment::TouchClock()
{
    const ServerId server = AnyServer();
    if (m_plan.clocksJump && m_dice.OnceIn(2))
    {
        m_cluster.JumpClock(server, m_dice.Milliseconds(0, 800) - milliseconds(400));
        ++m_tally.clockJumps;
    }
    else
    {
        m_cluster.SetClockRate(server, DrawRate());
        ++m_tally.clockChanges;
    }
}

void
Torment::AttackLease()
{
    // The leader is cut off while it holds a lease, and the others are brought to elect another one
    // as soon as they may: by clocks as far apart as is allowed, or by forgetting in a crash that
    // they have heard of a leader.
    const ServerId leader = AnyLeader();
    const ServerId heir = AnyServer();
    const bool byClocks = m_dice.OnceIn(2);
    for (ServerId id = 1; byClocks && id <= m_cluster.GetSize(); ++id)
    {
        m_cluster.SetClockRate(id, 1 + (id == leader ? -1 : 1) * m_plan.clockDrift);
    }
    m_cluster.SetCut(leader, heir, !byClocks);
    m_cluster.After(m_dice.Milliseconds(50, 250), [this, leader, heir, byClocks] {
        for (ServerId id = 1; !m_healed && id <= m_cluster.GetSize(); ++id)
        {
            m_cluster.SetCut(leader, id, true);
            m_cluster.SetCut(id, leader, true);
            if (!byClocks && id != leader && id != heir)
            {
                m_cluster.Crash(id);
                m_cluster.Restart(id);
            }
        }
        ProbeLease(leader, 50);
    });
}

void
Torment::ProbeLease(ServerId leader, int times)
{
    if (m_healed || times == 0)
    {
        return;
    }
    const ServerId heir = m_cluster.FindLeader();
    if (heir != NO_SERVER && heir != leader)
    {
        m_clients.Probe(heir, true);
        m_clients.Probe(leader, false);
    }
    m_cluster.After(milliseconds(5), [this, leader, times] { ProbeLease(leader, times - 1); });
}

void
Torment::Reconfigure()
{
    const ServerId leader = AnyLeader();
    if (!m_cluster.IsUp(leader))
    {
        return;
    }
    using Kind = ChangeMembership::Kind;
    const RaftCore& core = m_cluster.GetCore(leader);
    const Membership& members = core.GetMembership();
    ChangeMembership change{Kind::ADD_LEARNER, AnyServer()};
    for (const ServerId learner : members.learners)
    {
        if (core.HasCaughtUp(learner))
        {
            change = {Kind::PROMOTE, learner};
        }
    }
    if (change.kind != Kind::PROMOTE && members.Contains(change.server))
    {
        if (!m_dice.OnceIn(4))
        {
            return;
        }
        change.kind = Kind::REMOVE;
    }
    const ProposalResult result = m_cluster.Change(leader, change);
    if (result.accepted)
    {
        m_changes[{result.index, result.term}] = change.kind;
    }
}

double
Torment::DrawRate()
{
    // Often at the edge of what is allowed, where leases break if they break.
    const double drift = m_plan.clockDrift * (m_dice.OnceIn(2) ? 1 : m_dice.Share());
    return m_dice.OnceIn(2) ? 1 + drift : 1 - drift;
}

ServerId
Torment::AnyServer()
{
    return static_cast<ServerId>(1 + m_dice.Below(m_cluster.GetSize()));
}

ServerId
Torment::AnyLeader()
{
    const ServerId leader = m_cluster.FindLeader();
    return leader == NO_SERVER || m_dice.OnceIn(8) ? AnyServer() : leader;
}

} // namespace ns3::raft::test
