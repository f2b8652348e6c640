#include "swim-cluster.h"

#include <algorithm>
#include <cmath>

namespace ns3::detection
{

SwimCluster::SwimCluster(uint32_t members, uint64_t seed, SwimConfig config, bool inStep)
    : m_config(std::move(config)),
      m_inStep(inStep),
      m_random(seed),
      m_members(members)
{
    for (uint32_t id = 1; id <= members; ++id)
    {
        Start(id);
    }
}

void
SwimCluster::RunUntil(Nanos end)
{
    while (!m_events.empty() && m_events.begin()->first.first <= end)
    {
        auto event = m_events.extract(m_events.begin());
        m_now = event.key().first;
        event.mapped()();
    }
    m_now = end;
}

void
SwimCluster::At(Nanos time, std::function<void()> what)
{
    m_events.emplace(std::make_pair(std::max(time, m_now), ++m_eventCount), std::move(what));
}

Nanos
SwimCluster::Now() const
{
    return m_now;
}

void
SwimCluster::Crash(uint32_t id)
{
    Member& member = Of(id);
    member.core.reset();
    ++member.life;
    member.pausedUntil = Nanos(0);
    member.waiting.clear();
    member.tickWaits = false;
}

void
SwimCluster::Restart(uint32_t id)
{
    if (!IsUp(id))
    {
        Start(id);
    }
}

void
SwimCluster::Pause(uint32_t id, Nanos span)
{
    Member& member = Of(id);
    if (!member.core)
    {
        return;
    }
    member.pausedUntil = std::max(member.pausedUntil, m_now + span);
    At(member.pausedUntil, [this, id, life = member.life] {
        Member& paused = Of(id);
        while (life == paused.life && paused.pausedUntil <= m_now && !paused.waiting.empty())
        {
            const auto work = std::move(paused.waiting.front());
            paused.waiting.pop_front();
            work();
        }
    });
}

void
SwimCluster::Cut(uint32_t from, uint32_t to)
{
    m_cuts.insert({from, to});
}

void
SwimCluster::Mend(uint32_t from, uint32_t to)
{
    m_cuts.erase({from, to});
}

void
SwimCluster::SetLoss(double share)
{
    m_loss = share;
}

void
SwimCluster::SetJitter(Nanos mean)
{
    m_jitter = mean;
}

bool
SwimCluster::IsUp(uint32_t id) const
{
    return m_members[id - 1].core != nullptr;
}

const SwimCore&
SwimCluster::Core(uint32_t id) const
{
    return *m_members[id - 1].core;
}

const std::vector<SwimCluster::Change>&
SwimCluster::Changes() const
{
    return m_changes;
}

Nanos
SwimCluster::FirstTime(uint32_t observer, uint32_t member, SwimStatus status, Nanos since) const
{
    for (const Change& change : m_changes)
    {
        if (change.observer == observer && change.member == member && change.status == status &&
            change.time >= since)
        {
            return change.time;
        }
    }
    return Nanos::max();
}

uint32_t
SwimCluster::CountBelievers(uint32_t member, SwimStatus status) const
{
    uint32_t count = 0;
    for (uint32_t id = 1; id <= m_members.size(); ++id)
    {
        count += id != member && IsUp(id) && Core(id).GetStatus(member) == status ? 1 : 0;
    }
    return count;
}

SwimCluster::Member&
SwimCluster::Of(uint32_t id)
{
    return m_members[id - 1];
}

void
SwimCluster::Start(uint32_t id)
{
    SwimConfig config = m_config;
    config.self = id;
    config.others.clear();
    for (uint32_t other = 1; other <= m_members.size(); ++other)
    {
        if (other != id)
        {
            config.others.push_back(other);
        }
    }
    const double phase = m_inStep ? 0 : Uniform();
    const Nanos wait(std::llround(phase * static_cast<double>(config.probeInterval.count())));
    Of(id).core = std::make_unique<SwimCore>(
        std::move(config),
        [this] { return Uniform(); },
        m_now + wait);
    ArrangeTimer(id);
}

void
SwimCluster::Execute(uint32_t id, std::function<void()> work)
{
    Member& member = Of(id);
    if (!member.core)
    {
        return;
    }
    if (m_now < member.pausedUntil || !member.waiting.empty())
    {
        member.waiting.push_back(std::move(work));
    }
    else
    {
        work();
    }
}

void
SwimCluster::Carry(uint32_t id, const SwimUpdate& update)
{
    for (const SwimUpdate::Change& change : update.changes)
    {
        m_changes.push_back({m_now, id, change.member, change.status});
    }
    for (const SwimUpdate::Send& send : update.messages)
    {
        if (onSend)
        {
            onSend(send.to, send.message);
        }
        const bool lost = m_cuts.count({id, send.to}) > 0 || (m_loss > 0 && Uniform() < m_loss);
        if (lost)
        {
            continue;
        }
        Nanos delay = std::chrono::milliseconds(1);
        if (m_jitter > Nanos(0))
        {
            delay += Nanos(
                std::llround(-std::log(1 - Uniform()) * static_cast<double>(m_jitter.count())));
        }
        At(m_now + delay, [this, to = send.to, message = send.message] {
            Execute(to, [this, to, message] { Carry(to, Of(to).core->Receive(m_now, message)); });
        });
    }
    ArrangeTimer(id);
}

void
SwimCluster::ArrangeTimer(uint32_t id)
{
    Member& member = Of(id);
    if (member.tickWaits)
    {
        return;
    }
    At(member.core->Deadline(), [this, id, life = member.life, timer = ++member.timer] {
        Member& due = Of(id);
        if (life != due.life || timer != due.timer)
        {
            return;
        }
        due.tickWaits = true;
        Execute(id, [this, id] {
            Of(id).tickWaits = false;
            Carry(id, Of(id).core->Tick(m_now));
        });
    });
}

double
SwimCluster::Uniform()
{
    return std::uniform_real_distribution<double>(0, 1)(m_random);
}

} // namespace ns3::detection
