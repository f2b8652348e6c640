#ifndef BYZANTINE_SELECTIVE_H
#define BYZANTINE_SELECTIVE_H

#include "byzantine-behaviour.h"

#include <utility>

namespace ns3::faults
{

/** Silent towards some, normal to the others. */
class SelectiveBehaviour : public ByzantineBehaviour
{
  public:
    SelectiveBehaviour(const FaultParameters& parameters, ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::HALF)
    {
    }

  protected:
    bool DeviateMessage(raft::Message& /* message */) override
    {
        return false;
    }

    bool DeviateHeartbeat(HeartbeatHeader& /* header */, uint32_t /* to */) override
    {
        return false;
    }
};

} // namespace ns3::faults

#endif /* BYZANTINE_SELECTIVE_H */
