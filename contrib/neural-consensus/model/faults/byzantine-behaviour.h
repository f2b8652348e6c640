#ifndef BYZANTINE_BEHAVIOUR_H
#define BYZANTINE_BEHAVIOUR_H

#include "fault-spec.h"

#include "ns3/message-interceptor.h"
#include "ns3/ptr.h"
#include "ns3/raft-application.h"
#include "ns3/raft-types.h"

#include <functional>
#include <limits>
#include <set>

namespace ns3::faults
{

/** A change that no honest lag explains: a flipped vote, another command. */
constexpr uint64_t BEYOND_NOISE = std::numeric_limits<uint64_t>::max();

/** What a behaviour is given to work with. */
struct ByzantineContext
{
    /**
     * Called for each message that deviates.
     * @param to receiver
     * @param withheld whether the message was not sent at all
     * @param magnitude largest change of a number in it, BEYOND_NOISE for one of another kind
     */
    using Report = std::function<void(uint32_t to, bool withheld, uint64_t magnitude)>;

    uint32_t self{0};               //!< the deviating server
    uint32_t servers{0};            //!< ids 1..servers
    UniformSource uniform;          //!< source of all randomness
    std::function<Nanos()> elapsed; //!< since the fault started; empty: always 0
    Report report;                  //!< empty: nobody is told
    Ptr<RaftApplication> server;    //!< what runs on the host; null where nothing does
};

/**
 * A server that deviates from the protocol in what it sends, to Raft peers and to heartbeat
 * monitors alike, with values that an honest server could have sent. Each kind has its subclass,
 * which says what becomes of a message; this part says to whom (key `to`), when (keys `share`,
 * `from` and `until`) and reports each deviation, once the bytes really differ.
 *
 * Deviations concern messages to other servers only. Nothing is forged that a receiver could refuse
 * without knowing better: senders and echoed stamps stay as they are.
 */
class ByzantineBehaviour : public MessageInterceptor
{
  public:
    bool OnRaftMessage(raft::Message& message) final;
    bool OnHeartbeat(HeartbeatHeader& header, uint32_t to) final;

  protected:
    /** Whom a behaviour is aimed at where the fault names nobody, and to whom it deviates. */
    enum class Aim : uint8_t
    {
        ALL,        //!< deviates to its targets: all others
        HALF,       //!< deviates to its targets: a random half of the others, rounded up
        BOTH_HALVES //!< deviates to all; the targets are one half, IsTarget() tells
    };

    ByzantineBehaviour(const FaultParameters& parameters, ByzantineContext context, Aim aim);

    /** @return false to withhold the message; may change it */
    virtual bool DeviateMessage(raft::Message& message) = 0;
    /** @return false to withhold the message; may change it */
    virtual bool DeviateHeartbeat(HeartbeatHeader& header, uint32_t to) = 0;

    /** Sees a message that leaves as it is. */
    virtual void Keep(const raft::Message& message);
    /** Sees a heartbeat or reply that leaves as it is. */
    virtual void Keep(const HeartbeatHeader& header, uint32_t to);

    bool IsTarget(uint32_t to) const;
    const FaultParameters& GetParameters() const;
    const ByzantineContext& GetContext() const;

    /** @return time since the fault started */
    Nanos Elapsed() const;
    /** @return a number uniform in [0, 1) */
    double Uniform() const;

  private:
    bool IsDue(uint32_t to) const;
    template <typename Wire, typename Deviate>
    bool Pass(Wire& wire, uint32_t to, Deviate deviate);

    FaultParameters m_parameters;
    ByzantineContext m_context;
    Aim m_aim;
    std::set<uint32_t> m_targets;
};

/** @return how far two messages differ: 0 for the same bytes, the largest change of a number,
 * BEYOND_NOISE */
uint64_t Difference(const raft::Message& a, const raft::Message& b);

/** @return how far two heartbeats differ, in the same manner; a clock stamp counts as 1 */
uint64_t Difference(const HeartbeatHeader& a, const HeartbeatHeader& b);

} // namespace ns3::faults

#endif /* BYZANTINE_BEHAVIOUR_H */
