#ifndef BYZANTINE_TWIN_H
#define BYZANTINE_TWIN_H

#include "byzantine-behaviour.h"

#include "ns3/event-id.h"
#include "ns3/raft-core.h"

#include <deque>
#include <memory>

namespace ns3
{
class NodeClock;
class NodeCpu;
} // namespace ns3

namespace ns3::faults
{

/**
 * Two servers with one identity (Bano et al., "Twins: BFT Systems Made Robust", 2020). When the
 * fault starts, a second Raft server comes to life from what the first has on stable storage. From
 * then on it alone talks with the targets, under the same id, and the first with the others. Each
 * is correct in itself, with a term, vote, log and timers of its own; heartbeats tell the state of
 * the one that a peer talks with.
 *
 * They share processor, clock and network, so that what befalls the host befalls both: the twin
 * dies and restarts with the first, too. Its disk takes no time, and clients don't know it.
 *
 * What it sends is reported as deviating while its term, role, vote or log is not that of the
 * first, and so is each message of the first that is withheld from a target.
 */
class TwinBehaviour : public ByzantineBehaviour, public std::enable_shared_from_this<TwinBehaviour>
{
  public:
    TwinBehaviour(const FaultParameters& parameters, ByzantineContext context);
    ~TwinBehaviour() override;

    bool OnRaftArrival(const raft::Message& message) override;

  protected:
    bool DeviateMessage(raft::Message& message) override;
    bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t to) override;

  private:
    using Happening = decltype(raft::Event::what);

    void OnLife(uint32_t server, bool up);
    void Wake();
    void Step(Happening happening);
    void Send(const raft::Message& message);
    void OnTimer();
    uint64_t DistanceToFirst() const;

    Ptr<NodeClock> m_clock;
    Ptr<NodeCpu> m_cpu;
    bool m_cloned{false};                   //!< m_durable is the twin's own
    raft::DurableState m_durable;           //!< survives a crash
    std::unique_ptr<raft::RaftCore> m_core; //!< null while the process is down
    std::deque<Happening> m_work;           //!< not yet stepped
    EventId m_timer;
};

} // namespace ns3::faults

#endif /* BYZANTINE_TWIN_H */
