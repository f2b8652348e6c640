#include "byzantine-behaviour.h"

#include "ns3/heartbeat-header.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3::faults
{

ByzantineBehaviour::ByzantineBehaviour(const FaultParameters& parameters,
                                       ByzantineContext context,
                                       Aim aim)
    : m_parameters(parameters),
      m_context(std::move(context)),
      m_aim(aim),
      m_targets(parameters.to.begin(), parameters.to.end())
{
    if (!m_targets.empty())
    {
        return;
    }
    std::vector<uint32_t> others;
    for (uint32_t id = 1; id <= m_context.servers; ++id)
    {
        if (id != m_context.self)
        {
            others.push_back(id);
        }
    }
    if (aim == Aim::ALL)
    {
        m_targets.insert(others.begin(), others.end());
        return;
    }
    while (m_targets.size() < m_context.servers / 2 && !others.empty())
    {
        const auto at =
            std::min(static_cast<std::size_t>(Uniform() * others.size()), others.size() - 1);
        m_targets.insert(others[at]);
        others.erase(others.begin() + at);
    }
}

void
ByzantineBehaviour::Keep(const raft::Message& /* message */)
{
}

void
ByzantineBehaviour::Keep(const HeartbeatHeader& /* header */, uint32_t /* to */)
{
}

bool
ByzantineBehaviour::IsTarget(uint32_t to) const
{
    return m_targets.count(to) > 0;
}

const FaultParameters&
ByzantineBehaviour::GetParameters() const
{
    return m_parameters;
}

const ByzantineContext&
ByzantineBehaviour::GetContext() const
{
    return m_context;
}

Nanos
ByzantineBehaviour::Elapsed() const
{
    return m_context.elapsed ? m_context.elapsed() : Nanos{};
}

double
ByzantineBehaviour::Uniform() const
{
    return m_context.uniform();
}

bool
ByzantineBehaviour::IsDue(uint32_t to) const
{
    const Nanos now = Elapsed();
    if (to < 1 || to > m_context.servers || now < m_parameters.from ||
        (m_parameters.until && now >= *m_parameters.until))
    {
        return false;
    }
    // Drawn for all receivers, so that the draws don't depend on whom it is aimed at.
    const bool chosen = Uniform() < m_parameters.share;
    return chosen && (m_aim == Aim::BOTH_HALVES || IsTarget(to));
}

template <typename Wire, typename Deviate>
bool
ByzantineBehaviour::Pass(Wire& wire, uint32_t to, Deviate deviate)
{
    const Wire honest = wire;
    const bool sent = deviate();
    const uint64_t difference = sent ? Difference(honest, wire) : 0;
    if (m_context.report && (!sent || difference > 0))
    {
        m_context.report(to, !sent, difference);
    }
    return sent;
}

bool
ByzantineBehaviour::OnRaftMessage(raft::Message& message)
{
    if (!IsDue(message.to))
    {
        Keep(message);
        return true;
    }
    return Pass(message, message.to, [&] { return DeviateMessage(message); });
}

bool
ByzantineBehaviour::OnHeartbeat(HeartbeatHeader& header, uint32_t to)
{
    if (!IsDue(to))
    {
        Keep(header, to);
        return true;
    }
    return Pass(header, to, [&] { return DeviateHeartbeat(header, to); });
}

} // namespace ns3::faults
