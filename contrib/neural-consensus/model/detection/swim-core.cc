// What members tell each other of members: suspicion, refutation, death. The probes are in
// swim-core-probes.cc.
#include "swim-core.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ns3::detection
{

namespace
{

SwimConfig
Checked(SwimConfig config)
{
    config.Validate();
    return config;
}

} // namespace

SwimCore::SwimCore(SwimConfig config, SwimRandom random, Nanos firstPeriod)
    : m_config(Checked(std::move(config))),
      m_random(std::move(random)),
      m_members(m_config.others),
      m_broadcasts(SwimBroadcasts::TransmissionLimit(m_config.retransmitMultiplier,
                                                     m_config.others.size() + 1)),
      m_awareness(m_config.maxLocalHealth),
      // Answers to an earlier life of this process are not to be taken for answers to this one.
      m_sequence(static_cast<uint32_t>(m_random() * std::numeric_limits<uint32_t>::max()))
{
    m_probe.timer = firstPeriod;
}

const SwimUpdate&
SwimCore::Tick(Nanos now)
{
    Clear();
    PassTime(now);
    return m_update;
}

const SwimUpdate&
SwimCore::Receive(Nanos now, const SwimMessage& message)
{
    Clear();
    PassTime(now);
    if (!m_members.Find(message.sender))
    {
        return m_update;
    }
    // First what it tells, so that the answer speaks of it.
    for (const SwimStatement& statement : message.statements)
    {
        OnStatement(now, statement);
    }
    switch (message.type)
    {
    case SwimMessage::Type::PING:
        OnPing(message);
        break;
    case SwimMessage::Type::PING_REQ:
        OnPingRequest(now, message);
        break;
    case SwimMessage::Type::ACK:
        OnAck(message);
        break;
    case SwimMessage::Type::NACK:
        OnNack(message);
        break;
    }
    return m_update;
}

Nanos
SwimCore::Deadline() const
{
    Nanos first = m_probe.timer;
    for (const Relay& relay : m_relays)
    {
        first = std::min(first, relay.nackAt);
    }
    for (const SwimMember& member : m_members.GetAll())
    {
        if (member.suspicion)
        {
            first = std::min(first, member.suspicion->Deadline());
        }
    }
    return first;
}

SwimStatus
SwimCore::GetStatus(uint32_t member) const
{
    const SwimMember* known = m_members.Find(member);
    return known ? known->status : SwimStatus::ALIVE;
}

uint32_t
SwimCore::GetIncarnation() const
{
    return m_incarnation;
}

uint32_t
SwimCore::GetLocalHealth() const
{
    return m_awareness.GetScore();
}

void
SwimCore::Clear()
{
    m_update.messages.clear();
    m_update.changes.clear();
}

void
SwimCore::PassTime(Nanos now)
{
    for (const SwimMember& member : m_members.GetAll())
    {
        if (member.suspicion && member.suspicion->Deadline() <= now)
        {
            OnStatement(now, {SwimStatus::DEAD, member.id, member.incarnation, m_config.self});
        }
    }
    for (Relay& relay : m_relays)
    {
        if (relay.nackAt <= now)
        {
            relay.nackAt = NEVER;
            Send(relay.asker, SwimMessage::Type::NACK, relay.askerSequence, relay.target);
        }
    }
    while (m_probe.timer <= now)
    {
        OnProbeTimer(now);
    }
}

void
SwimCore::OnStatement(Nanos now, const SwimStatement& statement)
{
    if (statement.member == m_config.self)
    {
        OnSelf(statement);
        return;
    }
    SwimMember* member = m_members.Find(statement.member);
    const bool isSaidByMember =
        statement.from == m_config.self || m_members.Find(statement.from) != nullptr;
    if (!member || !isSaidByMember)
    {
        return;
    }
    switch (statement.status)
    {
    case SwimStatus::ALIVE:
        OnAlive(*member, statement);
        break;
    case SwimStatus::SUSPECT:
        OnSuspect(now, *member, statement);
        break;
    case SwimStatus::DEAD:
        OnDead(*member, statement);
        break;
    }
}

void
SwimCore::OnAlive(SwimMember& member, const SwimStatement& statement)
{
    if (statement.incarnation > member.incarnation)
    {
        Believe(member, statement);
    }
}

void
SwimCore::OnSuspect(Nanos now, SwimMember& member, const SwimStatement& statement)
{
    if (statement.incarnation < member.incarnation || member.status == SwimStatus::DEAD)
    {
        return;
    }
    if (member.suspicion && statement.incarnation == member.incarnation)
    {
        if (member.suspicion->Confirm(statement.from))
        {
            m_broadcasts.Enqueue(statement); // the first K are worth knowing for everybody
        }
        return;
    }
    const std::size_t members = m_config.others.size() + 1;
    const Nanos min =
        SwimSuspicion::MinTimeout(m_config.suspicionMultiplier, members, m_config.probeInterval);
    // As memberlist: two of the multiplier's rounds are the first suspicion's and the refutation's;
    // where there are not enough others to confirm, the shortest timeout holds from the beginning.
    uint32_t expected = m_config.suspicionMultiplier - std::min(m_config.suspicionMultiplier, 2U);
    if (members < expected + 2)
    {
        expected = 0;
    }
    Believe(member, statement);
    member.suspicion.emplace(statement.from,
                             now,
                             expected,
                             min,
                             min * m_config.suspicionMaxMultiplier);
}

void
SwimCore::OnDead(SwimMember& member, const SwimStatement& statement)
{
    if (statement.incarnation >= member.incarnation && member.status != SwimStatus::DEAD)
    {
        Believe(member, statement);
    }
}

void
SwimCore::OnSelf(const SwimStatement& statement)
{
    // The highest number could not be answered; no correct member gets there.
    if (statement.incarnation == std::numeric_limits<uint32_t>::max())
    {
        return;
    }
    if (statement.status == SwimStatus::ALIVE)
    {
        // Said in an earlier life of this process.
        m_incarnation = std::max(m_incarnation, statement.incarnation);
        return;
    }
    if (statement.incarnation >= m_incarnation)
    {
        m_incarnation = statement.incarnation + 1;
        m_awareness.Worsen();
    }
    // Said again where it was said before: whoever accuses an older incarnation has missed it.
    m_broadcasts.Enqueue({SwimStatus::ALIVE, m_config.self, m_incarnation, m_config.self});
}

void
SwimCore::Believe(SwimMember& member, const SwimStatement& statement)
{
    if (member.status != statement.status)
    {
        m_update.changes.push_back({member.id, statement.status});
    }
    member.status = statement.status;
    member.incarnation = statement.incarnation;
    member.suspicion.reset();
    m_broadcasts.Enqueue(statement);
}

} // namespace ns3::detection
