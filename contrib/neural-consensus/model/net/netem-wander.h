#ifndef NETEM_WANDER_H
#define NETEM_WANDER_H

#include "netem-process.h"

#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

namespace ns3
{

/** How a NetemWander goes. */
struct NetemWanderParameters
{
    /// Of the delay, above 0.
    Time median;
    /// Standard deviation of the delay's natural logarithm, above 0; the larger, the heavier the
    /// tail.
    double sigma{0.5};
    /// Lag at which the autocorrelation of the logarithm has fallen to 1/e, above 0.
    Time correlation{Seconds(1)};
    /// The delay changes this often, above 0.
    Time step{MilliSeconds(50)};
};

/**
 * A delay that wanders as queues in a network do: heavy-tailed, and much the same from one packet
 * to the next. Its logarithm is an autoregressive process of order one over time (not over
 * packets): with median m, deviation s of the logarithm and r = exp(-step/correlation),
 *
 *     d[k] = m exp(s x[k]),   x[k] = r x[k-1] + sqrt(1 - r^2) N(0, 1),   x[0] = N(0, 1)
 *
 * so that the delay is stationary and log-normal: its quantile q is m exp(s z(q)), z the standard
 * normal quantile; its mean m exp(s^2/2); its variance mean^2 (exp(s^2) - 1); and its
 * autocorrelation at a lag of n steps (exp(s^2 r^n) - 1) / (exp(s^2) - 1).
 */
class NetemWander : public NetemProcess
{
  public:
    /** @throws std::invalid_argument naming the parameter out of range */
    explicit NetemWander(const NetemWanderParameters& parameters);

    Effect Meet(Time now) override;
    Time Deviation() const override;
    Time Bound(double share) const override;
    double Loss() const override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    NetemWanderParameters m_parameters;
    double m_keep;   //!< r above
    double m_renew;  //!< sqrt(1 - r^2)
    double m_x{0.0}; //!< the logarithm, standardised
    Time m_until;    //!< when it changes next
    Time m_delay;    //!< until then
    Ptr<NormalRandomVariable> m_normal;
};

} // namespace ns3

#endif /* NETEM_WANDER_H */
