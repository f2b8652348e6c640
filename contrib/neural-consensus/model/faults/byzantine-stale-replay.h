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
 * so long it is honest. What it repeats counts as sent: one that repeats everything goes round and
 * round in its first `delay`.
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
        Recall(m_messages[{message.to, message.body.index()}], message);
        Keep(message);
        return true;
    }

    bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t to) override
    {
        Recall(m_heartbeats[{to, header.GetType()}], header);
        Keep(header, to);
        return true;
    }

    void Keep(const raft::Message& message) override
    {
        if (IsAimedAt(message.to))
        {
            Add(m_messages[{message.to, message.body.index()}], message);
        }
    }

    void Keep(const HeartbeatHeader& header, uint32_t to) override
    {
        if (IsAimedAt(to))
        {
            Add(m_heartbeats[{to, header.GetType()}], header);
        }
    }

  private:
    template <typename Wire>
    using History = std::deque<std::pair<Nanos, Wire>>; //!< by time
    using Channel = std::pair<uint32_t, std::size_t>;   //!< receiver and type

    /** @return whether it may ever repeat to this server what it says to it now */
    bool IsAimedAt(uint32_t to) const
    {
        const std::optional<Nanos>& until = GetParameters().until;
        return IsTarget(to) && (!until || Elapsed() < *until);
    }

    /** Forgets all that is older than the latest that is old enough to be repeated. */
    template <typename Wire>
    Nanos Trim(History<Wire>& history) const
    {
        const Nanos then = Elapsed() - GetParameters().delay;
        while (history.size() > 1 && history[1].first <= then)
        {
            history.pop_front();
        }
        return then;
    }

    template <typename Wire>
    void Add(History<Wire>& history, const Wire& wire) const
    {
        Trim(history);
        history.emplace_back(Elapsed(), wire);
    }

    /** Takes the latest that is old enough, if there is one. */
    template <typename Wire>
    void Recall(History<Wire>& history, Wire& wire) const
    {
        const Nanos then = Trim(history);
        if (!history.empty() && history.front().first <= then)
        {
            wire = history.front().second;
        }
    }

    std::map<Channel, History<raft::Message>> m_messages;
    std::map<Channel, History<HeartbeatHeader>> m_heartbeats;
};

} // namespace ns3::faults

#endif /* BYZANTINE_STALE_REPLAY_H */
