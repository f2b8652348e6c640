#include "byzantine-behaviour.h"

#include "byzantine-lies.h"

#include "ns3/heartbeat-header.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace ns3::faults
{

namespace
{

/** Says what is not so, to everybody: ahead or behind by about the same, and sometimes a term. */
class LyingBehaviour : public ByzantineBehaviour
{
  public:
    LyingBehaviour(const FaultSpec& fault,
                   uint32_t self,
                   uint32_t servers,
                   const UniformSource& uniform,
                   const Report& report)
        : ByzantineBehaviour(fault, self, servers, uniform, report),
          m_ahead(Uniform() < 0.5),
          m_clockLie(std::llround((Uniform() < 0.5 ? -1 : 1) * (0.05 + 0.45 * Uniform()) * 1e9))
    {
    }

  protected:
    bool Deviate(raft::Message& message) override
    {
        DistortMessage(message, DrawDistortion());
        return true;
    }

    bool Deviate(HeartbeatHeader& header, uint32_t) override
    {
        DistortHeartbeat(header, DrawDistortion());
        if (GetParameters().lieAboutClock)
        {
            header.SetSentAt(header.GetSentAt() + m_clockLie);
        }
        return true;
    }

  private:
    Distortion DrawDistortion() const
    {
        Distortion distortion;
        const auto most = static_cast<double>(GetParameters().magnitude);
        const auto size = static_cast<int64_t>(std::ceil(most * (0.5 + 0.5 * Uniform())));
        distortion.entries = m_ahead ? size : -size;
        // A term that is off only now and then: each time it is, the cluster holds an election.
        distortion.terms = Uniform() < 0.1 ? (m_ahead ? 1 : -1) : 0;
        distortion.vote = Uniform() < 0.5 ? Distortion::Vote::FLIPPED : Distortion::Vote::HONEST;
        return distortion;
    }

    bool m_ahead;     //!< claims more than it has, or less
    Nanos m_clockLie; //!< constant, as a wrong clock's would be
};

/** Silent towards some, normal to the others. */
class SelectiveBehaviour : public ByzantineBehaviour
{
  public:
    SelectiveBehaviour(const FaultSpec& fault,
                       uint32_t self,
                       uint32_t servers,
                       const UniformSource& uniform,
                       const Report& report)
        : ByzantineBehaviour(fault, self, servers, uniform, report),
          m_ignored(fault.parameters.to.begin(), fault.parameters.to.end())
    {
        if (m_ignored.empty())
        {
            m_ignored = DrawHalf();
        }
    }

  protected:
    bool Deviate(raft::Message& message) override
    {
        return m_ignored.count(message.to) == 0;
    }

    bool Deviate(HeartbeatHeader&, uint32_t to) override
    {
        return m_ignored.count(to) == 0;
    }

  private:
    std::set<uint32_t> m_ignored; //!< gets nothing
};

/** Tells one half of the others one thing and the other half another. */
class EquivocatingBehaviour : public ByzantineBehaviour
{
  public:
    EquivocatingBehaviour(const FaultSpec& fault,
                          uint32_t self,
                          uint32_t servers,
                          const UniformSource& uniform,
                          const Report& report)
        : ByzantineBehaviour(fault, self, servers, uniform, report),
          m_flattered(DrawHalf())
    {
    }

  protected:
    bool Deviate(raft::Message& message) override
    {
        DistortMessage(message, VersionFor(message.to));
        return true;
    }

    bool Deviate(HeartbeatHeader& header, uint32_t to) override
    {
        DistortHeartbeat(header, VersionFor(to));
        return true;
    }

  private:
    Distortion VersionFor(uint32_t to) const
    {
        const bool flattered = m_flattered.count(to) > 0;
        const auto size = static_cast<int64_t>(GetParameters().magnitude);
        Distortion distortion;
        distortion.entries = flattered ? size : -size;
        distortion.vote = flattered ? Distortion::Vote::GRANTED : Distortion::Vote::REFUSED;
        distortion.otherCommands = !flattered;
        return distortion;
    }

    std::set<uint32_t> m_flattered; //!< hears that it is ahead; the others that it is behind
};

} // namespace

std::shared_ptr<ByzantineBehaviour>
ByzantineBehaviour::Make(const FaultSpec& fault,
                         uint32_t self,
                         uint32_t servers,
                         UniformSource uniform,
                         Report report)
{
    switch (fault.kind)
    {
    case FaultKind::BYZANTINE_LYING:
        return std::make_shared<LyingBehaviour>(fault, self, servers, uniform, report);
    case FaultKind::BYZANTINE_SELECTIVE:
        return std::make_shared<SelectiveBehaviour>(fault, self, servers, uniform, report);
    case FaultKind::BYZANTINE_EQUIVOCATING:
        return std::make_shared<EquivocatingBehaviour>(fault, self, servers, uniform, report);
    default:
        throw std::invalid_argument("byzantine behaviour of " + FaultKindName(fault.kind) +
                                    ": a byzantine kind was expected");
    }
}

ByzantineBehaviour::ByzantineBehaviour(const FaultSpec& fault,
                                       uint32_t self,
                                       uint32_t servers,
                                       UniformSource uniform,
                                       Report report)
    : m_parameters(fault.parameters),
      m_self(self),
      m_servers(servers),
      m_uniform(std::move(uniform)),
      m_report(std::move(report))
{
}

double
ByzantineBehaviour::Uniform() const
{
    return m_uniform();
}

const FaultParameters&
ByzantineBehaviour::GetParameters() const
{
    return m_parameters;
}

std::set<uint32_t>
ByzantineBehaviour::DrawHalf() const
{
    std::vector<uint32_t> others;
    for (uint32_t id = 1; id <= m_servers; ++id)
    {
        if (id != m_self)
        {
            others.push_back(id);
        }
    }
    std::set<uint32_t> half;
    while (half.size() < m_servers / 2 && !others.empty())
    {
        const auto at =
            std::min(static_cast<std::size_t>(Uniform() * others.size()), others.size() - 1);
        half.insert(others[at]);
        others.erase(others.begin() + at);
    }
    return half;
}

bool
ByzantineBehaviour::IsDue(uint32_t to) const
{
    return to >= 1 && to <= m_servers && Uniform() < m_parameters.share;
}

bool
ByzantineBehaviour::OnRaftMessage(raft::Message& message)
{
    if (!IsDue(message.to))
    {
        return true;
    }
    const raft::Message honest = message;
    const bool sent = Deviate(message);
    const uint64_t difference = sent ? Difference(honest, message) : 0;
    if (!sent || difference > 0)
    {
        m_report(honest.to, !sent, difference);
    }
    return sent;
}

bool
ByzantineBehaviour::OnHeartbeat(HeartbeatHeader& header, uint32_t to)
{
    if (!IsDue(to))
    {
        return true;
    }
    const HeartbeatHeader honest = header;
    const bool sent = Deviate(header, to);
    const uint64_t difference = sent ? Difference(honest, header) : 0;
    if (!sent || difference > 0)
    {
        m_report(to, !sent, difference);
    }
    return sent;
}

} // namespace ns3::faults
