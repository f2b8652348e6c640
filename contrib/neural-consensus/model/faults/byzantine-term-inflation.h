#ifndef BYZANTINE_TERM_INFLATION_H
#define BYZANTINE_TERM_INFLATION_H

#include "byzantine-behaviour.h"

#include "ns3/heartbeat-header.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>

namespace ns3::faults
{

/**
 * Claims terms that nobody stood for: in steps, as a server does that keeps losing elections. Each
 * step makes a leader that hears of it step down, for no pre-vote stands before an answer.
 */
class TermInflationBehaviour : public ByzantineBehaviour
{
  public:
    TermInflationBehaviour(const FaultParameters& parameters, ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::ALL),
          m_schedule(static_cast<uint64_t>(Uniform() * 0x1p53))
    {
    }

  protected:
    bool DeviateMessage(raft::Message& message) override
    {
        message.term = Inflate(message.term);
        return true;
    }

    bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t /* to */) override
    {
        detection::PeerStatus status = header.GetStatus();
        status.term = Inflate(status.term);
        header.SetStatus(status);
        return true;
    }

  private:
    /** @return the term claimed now, at least the true one */
    raft::Term Inflate(raft::Term term)
    {
        while (Elapsed() >= m_nextStep)
        {
            const auto most = static_cast<double>(GetParameters().magnitude);
            m_claim = std::max(m_claim, term) + 1 + static_cast<raft::Term>(Draw() * most);
            const double wait = -std::log1p(-Draw());
            m_nextStep +=
                Nanos(std::llround(wait * static_cast<double>(GetParameters().period.count())));
        }
        return std::max(m_claim, term);
    }

    /** @return uniform in [0, 1), from draws of the steps' own: messages draw from the others */
    double Draw()
    {
        return static_cast<double>(m_schedule() >> 11) * 0x1p-53;
    }

    std::mt19937_64 m_schedule; //!< so that the times of steps don't depend on traffic
    raft::Term m_claim{0};      //!< never falls
    Nanos m_nextStep{};         //!< after the fault's start
};

} // namespace ns3::faults

#endif /* BYZANTINE_TERM_INFLATION_H */
