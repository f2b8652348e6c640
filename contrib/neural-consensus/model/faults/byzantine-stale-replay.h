#ifndef BYZANTINE_STALE_REPLAY_H
#define BYZANTINE_STALE_REPLAY_H

#include "byzantine-behaviour.h"

#include "ns3/heartbeat-header.h"

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

namespace ns3::faults
{

/**
 * Sends, in place of a message, the one of that type which it sent to that receiver `delay` ago, as
 * it was: with its old term, votes, entries, sequence number and stamps. Until it has sent any for
 * so long it is honest.
 */
class StaleReplayBehaviour : public ByzantineBehaviour
{
  public:
    StaleReplayBehaviour(const FaultParameters& parameters, ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::ALL)
    {
    }

  protected:
    bool DeviateMessage(raft::Message& message) override
    {
        if (!Recall(m_messages[{message.to, message.body.index()}], message))
        {
            Keep(message);
        }
        return true;
    }

    bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t to) override
    {
        if (!Recall(m_heartbeats[{to, header.GetType()}], header))
        {
            Keep(header, to);
        }
        return true;
    }

    void Keep(const raft::Message& message) override
    {
        m_messages[{message.to, message.body.index()}].emplace_back(Elapsed(), message);
    }

    void Keep(const HeartbeatHeader& header, uint32_t to) override
    {
        m_heartbeats[{to, header.GetType()}].emplace_back(Elapsed(), header);
    }

  private:
    template <typename Wire>
    using History = std::deque<std::pair<Nanos, Wire>>; //!< by time
    using Channel = std::pair<uint32_t, std::size_t>;   //!< receiver and type

    /** Takes the latest that is old enough, and forgets what is older; false if there is none. */
    template <typename Wire>
    bool Recall(History<Wire>& history, Wire& wire) const
    {
        const Nanos then = Elapsed() - GetParameters().delay;
        while (history.size() > 1 && history[1].first <= then)
        {
            history.pop_front();
        }
        if (history.empty() || history.front().first > then)
        {
            return false;
        }
        wire = history.front().second;
        return true;
    }

    std::map<Channel, History<raft::Message>> m_messages;
    std::map<Channel, History<HeartbeatHeader>> m_heartbeats;
};

} // namespace ns3::faults

#endif /* BYZANTINE_STALE_REPLAY_H */
