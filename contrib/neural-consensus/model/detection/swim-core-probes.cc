// Probes, direct and indirect, and the answers to those of others: the second part of SwimCore.
#include "swim-core.h"

#include <algorithm>

namespace ns3::detection
{

void
SwimCore::OnProbeTimer(Nanos now)
{
    switch (m_probe.stage)
    {
    case Stage::DIRECT:
        AskHelpers();
        break;
    case Stage::INDIRECT:
        FailProbe(now);
        BeginPeriod(now);
        break;
    case Stage::DONE:
        BeginPeriod(now);
        break;
    }
}

void
SwimCore::BeginPeriod(Nanos now)
{
    // Counted from now: periods that a pause has swallowed are not made up for.
    m_probe.periodEnd = now + m_awareness.Scale(m_config.probeInterval);
    if (const SwimMember* target = m_members.Next(m_random))
    {
        m_probe.stage = Stage::DIRECT;
        m_probe.target = target->id;
        m_probe.sequence = ++m_sequence;
        m_probe.timer = now + m_awareness.Scale(m_config.probeTimeout);
        m_probe.helpers.clear();
        m_probe.silent.clear();
        Send(m_probe.target, SwimMessage::Type::PING, m_probe.sequence, m_probe.target);
    }
    else
    {
        m_probe.stage = Stage::DONE;
        m_probe.timer = m_probe.periodEnd;
    }
    // A dead member may be back, or behind a partition that is mended: it learns what is said of it
    // and refutes. Its silence means nothing.
    if (const SwimMember* dead = m_members.NextDead())
    {
        Send(dead->id, SwimMessage::Type::PING, ++m_sequence, dead->id);
    }
}

void
SwimCore::AskHelpers()
{
    m_members.Choose(m_config.indirectProbes, m_probe.target, m_random, m_probe.helpers);
    m_probe.silent = m_probe.helpers;
    for (const uint32_t helper : m_probe.helpers)
    {
        Send(helper, SwimMessage::Type::PING_REQ, m_probe.sequence, m_probe.target);
    }
    m_probe.stage = Stage::INDIRECT;
    m_probe.timer = m_probe.periodEnd;
}

void
SwimCore::FailProbe(Nanos now)
{
    m_awareness.Worsen();
    if (!m_probe.silent.empty())
    {
        m_awareness.Worsen(); // not even those who only had to say that they are there
    }
    const uint32_t incarnation = m_members.Find(m_probe.target)->incarnation;
    OnStatement(now, {SwimStatus::SUSPECT, m_probe.target, incarnation, m_config.self});
}

void
SwimCore::OnPing(const SwimMessage& message)
{
    if (message.subject == m_config.self)
    {
        Send(message.sender, SwimMessage::Type::ACK, message.sequence, m_config.self);
    }
}

void
SwimCore::OnPingRequest(Nanos now, const SwimMessage& message)
{
    if (message.subject == message.sender || !m_members.Find(message.subject))
    {
        return;
    }
    // A member has one probe at a time: a new request takes the place of its last one.
    auto relay = std::find_if(m_relays.begin(), m_relays.end(), [&](const Relay& known) {
        return known.asker == message.sender;
    });
    if (relay == m_relays.end())
    {
        relay = m_relays.insert(relay, Relay{});
    }
    // 80 % of what the asker leaves (Lifeguard, section IV-A), so that the nack is there in time.
    const Nanos patience = (m_config.probeInterval - m_config.probeTimeout) * 4 / 5;
    *relay = {message.sender, message.sequence, message.subject, ++m_sequence, now + patience};
    Send(relay->target, SwimMessage::Type::PING, relay->sequence, relay->target);
}

void
SwimCore::OnAck(const SwimMessage& message)
{
    const std::vector<uint32_t>& helpers = m_probe.helpers;
    const bool isAsked = message.sender == m_probe.target ||
                         std::find(helpers.begin(), helpers.end(), message.sender) != helpers.end();
    if (m_probe.stage != Stage::DONE && message.sequence == m_probe.sequence &&
        message.subject == m_probe.target && isAsked)
    {
        m_awareness.Improve();
        m_probe.stage = Stage::DONE;
        m_probe.timer = m_probe.periodEnd;
        return;
    }
    const auto relay = std::find_if(m_relays.begin(), m_relays.end(), [&](const Relay& known) {
        return known.sequence == message.sequence && known.target == message.sender;
    });
    if (relay != m_relays.end())
    {
        Send(relay->asker, SwimMessage::Type::ACK, relay->askerSequence, relay->target);
        m_relays.erase(relay);
    }
}

void
SwimCore::OnNack(const SwimMessage& message)
{
    if (m_probe.stage == Stage::INDIRECT && message.sequence == m_probe.sequence)
    {
        std::vector<uint32_t>& silent = m_probe.silent;
        silent.erase(std::remove(silent.begin(), silent.end(), message.sender), silent.end());
    }
}

void
SwimCore::Send(uint32_t to, SwimMessage::Type type, uint32_t sequence, uint32_t subject)
{
    m_update.messages.emplace_back();
    SwimUpdate::Send& send = m_update.messages.back();
    send.to = to;
    send.message.type = type;
    send.message.sender = m_config.self;
    send.message.sequence = sequence;
    send.message.subject = subject;
    // Lifeguard's buddy system (section IV-C): a member that is under suspicion hears of it from
    // whoever speaks to it, and can refute at once.
    std::vector<SwimStatement>& statements = send.message.statements;
    const SwimMember* receiver = m_members.Find(to);
    if (receiver->status != SwimStatus::ALIVE)
    {
        statements.push_back({receiver->status, to, receiver->incarnation, m_config.self});
    }
    m_broadcasts.Take(m_config.maxStatements - statements.size(), to, statements);
}

} // namespace ns3::detection
