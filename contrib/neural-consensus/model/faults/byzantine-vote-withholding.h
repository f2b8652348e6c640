#ifndef BYZANTINE_VOTE_WITHHOLDING_H
#define BYZANTINE_VOTE_WITHHOLDING_H

#include "byzantine-behaviour.h"

#include <utility>
#include <variant>

namespace ns3::faults
{

/** Never answers some candidates, neither on a pre-vote nor on a vote; correct otherwise. */
class VoteWithholdingBehaviour : public ByzantineBehaviour
{
  public:
    VoteWithholdingBehaviour(const FaultParameters& parameters, ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::HALF)
    {
    }

  protected:
    bool DeviateMessage(raft::Message& message) override
    {
        return !std::holds_alternative<raft::RequestVoteReply>(message.body);
    }

    bool DeviateHeartbeat(HeartbeatHeader& /* header */, uint32_t /* to */) override
    {
        return true;
    }
};

} // namespace ns3::faults

#endif /* BYZANTINE_VOTE_WITHHOLDING_H */
