#ifndef NETEM_OUTAGES_H
#define NETEM_OUTAGES_H

#include "netem-process.h"

#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

namespace ns3
{

/** How NetemOutages go. */
struct NetemOutagesParameters
{
    /// Mean time from the end of an outage to the next, above 0; exponential.
    Time meanGap{Seconds(30)};
    /// An outage lasts uniformly from this, at least 0,
    Time shortest{MilliSeconds(50)};
    /// to this, above 0 and at least the shortest.
    Time longest{MilliSeconds(300)};
    /// Share of the packets sent in an outage that are lost, 0 to 1; the others wait for its end.
    double lost{1.0};
};

/**
 * Short outages at random times: handovers, where most packets wait until the new cell takes over,
 * or congested moments, where all are lost however many there are. With a mean gap G, lengths L and
 * a share w that waits, E[L] / (G + E[L]) of all time is in outages, in which the share 1 - w is
 * lost, and the delay of what arrives has the mean w E[L^2] / (2 (G + w E[L])) and the mean square
 * w E[L^3] / (3 (G + w E[L])).
 */
class NetemOutages : public NetemProcess
{
  public:
    /** @throws std::invalid_argument naming the parameter out of range */
    explicit NetemOutages(const NetemOutagesParameters& parameters);

    Effect Meet(Time now) override;
    Time Deviation() const override;
    Time Bound(double share) const override;
    double Loss() const override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    NetemOutagesParameters m_parameters;
    bool m_begun{false};
    Time m_start; //!< of the outage in force, or of the next
    Time m_end;
    Ptr<ExponentialRandomVariable> m_gap;
    Ptr<UniformRandomVariable> m_length;
    Ptr<UniformRandomVariable> m_loss;
};

} // namespace ns3

#endif /* NETEM_OUTAGES_H */
