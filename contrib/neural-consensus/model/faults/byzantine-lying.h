#ifndef BYZANTINE_LYING_H
#define BYZANTINE_LYING_H

#include "byzantine-behaviour.h"
#include "byzantine-digest-lies.h"
#include "byzantine-lies.h"

#include "ns3/heartbeat-header.h"

#include <cmath>
#include <utility>

namespace ns3::faults
{

/**
 * Says what is not so: ahead or behind by about the same, and sometimes a term; and tells of others
 * what they did not say.
 */
class LyingBehaviour : public ByzantineBehaviour
{
  public:
    LyingBehaviour(const FaultParameters& parameters, ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::ALL),
          m_ahead(Uniform() < 0.5),
          m_clockLie(std::llround((Uniform() < 0.5 ? -1 : 1) * (0.05 + 0.45 * Uniform()) * 1e9))
    {
    }

  protected:
    bool DeviateMessage(raft::Message& message) override
    {
        DistortMessage(message, DrawDistortion());
        return true;
    }

    bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t /* to */) override
    {
        DistortHeartbeat(header, DrawDistortion());
        if (GetParameters().lieAboutClock)
        {
            header.SetSentAt(header.GetSentAt() + m_clockLie);
        }
        if (header.GetType() == HeartbeatHeader::HEARTBEAT)
        {
            header.SetDigest(
                m_digestLies.Distort(header.GetDigest(), [this] { return Uniform(); }));
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
    DigestLies m_digestLies;
};

} // namespace ns3::faults

#endif /* BYZANTINE_LYING_H */
