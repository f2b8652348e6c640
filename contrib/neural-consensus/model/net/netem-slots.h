#ifndef NETEM_SLOTS_H
#define NETEM_SLOTS_H

#include "netem-process.h"

#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

namespace ns3
{

/** How a NetemSlots goes. */
struct NetemSlotsParameters
{
    /// Length of a slot, above 0.
    Time period{Seconds(15)};
    /// When the first slot after the start begins, from 0 to the period.
    Time phase;
    /// The delay of a slot is uniform from 0 to this, at least 0.
    Time spread;
    /// For so long after the begin of a slot packets are in danger, from 0 to the period.
    Time edge;
    /// Share of the packets in danger that are lost, 0 to 1.
    double edgeLoss{0.0};
};

/**
 * A route that is assigned anew at fixed times, as that from a satellite dish: within a slot the
 * delay is constant, from one slot to the next it changes, independently and uniformly from 0 to
 * the spread (mean spread/2, deviation spread/sqrt(12)), and while the route changes packets are
 * lost. The lost are edgeLoss * edge / period of all.
 */
class NetemSlots : public NetemProcess
{
  public:
    /** @throws std::invalid_argument naming the parameter out of range */
    explicit NetemSlots(const NetemSlotsParameters& parameters);

    Effect Meet(Time now) override;
    Time Deviation() const override;
    Time Bound(double share) const override;
    double Loss() const override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    NetemSlotsParameters m_parameters;
    bool m_begun{false};
    Time m_until; //!< when the next slot begins
    Time m_delay; //!< until then
    Ptr<UniformRandomVariable> m_level;
    Ptr<UniformRandomVariable> m_loss;
};

} // namespace ns3

#endif /* NETEM_SLOTS_H */
