#ifndef BYZANTINE_EQUIVOCATING_H
#define BYZANTINE_EQUIVOCATING_H

#include "byzantine-behaviour.h"
#include "byzantine-lies.h"

#include <utility>

namespace ns3::faults
{

/** Tells one half of the others one thing and the other half another. */
class EquivocatingBehaviour : public ByzantineBehaviour
{
  public:
    EquivocatingBehaviour(const FaultParameters& parameters, ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::BOTH_HALVES)
    {
    }

  protected:
    bool DeviateMessage(raft::Message& message) override
    {
        DistortMessage(message, VersionFor(message.to));
        return true;
    }

    bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t to) override
    {
        DistortHeartbeat(header, VersionFor(to));
        return true;
    }

  private:
    /** The targets hear that it is ahead, the others that it is behind. */
    Distortion VersionFor(uint32_t to) const
    {
        const auto size = static_cast<int64_t>(GetParameters().magnitude);
        Distortion distortion;
        distortion.entries = IsTarget(to) ? size : -size;
        distortion.vote = IsTarget(to) ? Distortion::Vote::GRANTED : Distortion::Vote::REFUSED;
        distortion.otherCommands = !IsTarget(to);
        return distortion;
    }
};

} // namespace ns3::faults

#endif /* BYZANTINE_EQUIVOCATING_H */
