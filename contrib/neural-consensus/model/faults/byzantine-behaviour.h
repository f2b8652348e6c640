#ifndef BYZANTINE_BEHAVIOUR_H
#define BYZANTINE_BEHAVIOUR_H

#include "fault-spec.h"

#include "ns3/message-interceptor.h"
#include "ns3/raft-types.h"

#include <functional>
#include <limits>
#include <memory>
#include <set>

namespace ns3::faults
{

/** A change that no honest lag explains: a flipped vote, another command. */
constexpr uint64_t BEYOND_NOISE = std::numeric_limits<uint64_t>::max();

/**
 * A server that deviates from the protocol in what it sends, to Raft peers and to heartbeat
 * monitors alike, with values that an honest server could have sent. Each kind has its subclass;
 * this part decides when to deviate and reports each deviation, once the bytes really differ.
 *
 * Deviations concern messages to other servers only. Nothing is forged that a receiver could refuse
 * without knowing better: senders, sequence numbers and echoed stamps stay as they are.
 */
class ByzantineBehaviour : public MessageInterceptor
{
  public:
    /**
     * Called for each message that deviates.
     * @param to receiver
     * @param withheld whether the message was not sent at all
     * @param magnitude largest change of a number in it, BEYOND_NOISE for one of another kind
     */
    using Report = std::function<void(uint32_t to, bool withheld, uint64_t magnitude)>;

    /**
     * @param fault of one of the byzantine kinds
     * @param self the deviating server
     * @param servers number of servers
     * @param uniform source of all randomness
     * @param report called for each deviation
     * @throws std::invalid_argument if the kind is not byzantine
     */
    static std::shared_ptr<ByzantineBehaviour> Make(const FaultSpec& fault,
                                                    uint32_t self,
                                                    uint32_t servers,
                                                    UniformSource uniform,
                                                    Report report);

    bool OnRaftMessage(raft::Message& message) final;
    bool OnHeartbeat(HeartbeatHeader& header, uint32_t to) final;

  protected:
    ByzantineBehaviour(const FaultSpec& fault,
                       uint32_t self,
                       uint32_t servers,
                       UniformSource uniform,
                       Report report);

    /** @return false to withhold the message; may change it */
    virtual bool Deviate(raft::Message& message) = 0;
    /** @return false to withhold the message; may change it */
    virtual bool Deviate(HeartbeatHeader& header, uint32_t to) = 0;

    /** @return a number uniform in [0, 1) */
    double Uniform() const;

    /** @return a random half of the other servers, rounded up */
    std::set<uint32_t> DrawHalf() const;

    const FaultParameters& GetParameters() const;

  private:
    bool IsDue(uint32_t to) const;

    FaultParameters m_parameters;
    uint32_t m_self;
    uint32_t m_servers;
    UniformSource m_uniform;
    Report m_report;
};

/** @return how far two messages differ: 0 for the same bytes, the largest change of a number,
 * BEYOND_NOISE */
uint64_t Difference(const raft::Message& a, const raft::Message& b);

/** @return how far two heartbeats differ, in the same manner; a clock stamp counts as 1 */
uint64_t Difference(const HeartbeatHeader& a, const HeartbeatHeader& b);

} // namespace ns3::faults

#endif /* BYZANTINE_BEHAVIOUR_H */
