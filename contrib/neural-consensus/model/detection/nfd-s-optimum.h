#ifndef NFD_S_OPTIMUM_H
#define NFD_S_OPTIMUM_H

#include "peer-arrival.h"

#include <functional>

namespace ns3::detection
{

/** What NFD-S meets on average where delays and losses are independent. */
struct NfdSOptimum
{
    double recurrenceSeconds{0};       //!< E[T_MR]; infinite where there are no mistakes
    double durationSeconds{0};         //!< E[T_M]; 0 where there are none
    double queryAccuracy{1};           //!< P_A
    double longestDetectionSeconds{0}; //!< bound of T_D: alpha + period

    /** @return lambda_M per hour */
    double MistakesPerHour() const;
};

/**
 * The quality of service of NFD-S in closed form (Chen, Toueg & Aguilera, IEEE Trans. Computers
 * 51(5), 2002, theorem 5), with its delta = alpha. By their theorem 6 it is the best that any
 * detector can do that hears the same heartbeats and detects every crash within alpha + period: the
 * line against which others are drawn.
 *
 * With k = ceil(alpha / period), heartbeats i to i + k can have arrived x after the freshness point
 * of heartbeat i, and the peer is suspected then if none has:
 *
 *     u(x) = prod for j = 0..k of  loss + (1 - loss) P(D > alpha + x - j period).
 *
 * A mistake begins at a freshness point if the heartbeat before had arrived and none of these has,
 * p = (1 - loss) P(D < alpha + period) u(0), so that
 *
 *     E[T_MR] = period / p,   E[T_M] = integral of u over a period / p,   P_A = 1 - that / period.
 *
 * @param period of heartbeats, above 0
 * @param alpha margin after a heartbeat is sent, at least 0
 * @param loss share of heartbeats that never arrive, from 0 up, below 1
 * @param tail P(D > x) of the delay D of those that do, for x in seconds, continuous above 0 and 1
 *             below
 * @throws std::invalid_argument where one of them is out of its range
 */
NfdSOptimum AnalyseNfdS(Nanos period,
                        Nanos alpha,
                        double loss,
                        const std::function<double(double)>& tail);

/**
 * @param x in seconds
 * @param median of the delay, s, above 0
 * @param sigma standard deviation of its logarithm, above 0
 * @return P(D > x) of a log-normal delay
 */
double LogNormalTail(double x, double median, double sigma);

} // namespace ns3::detection

#endif /* NFD_S_OPTIMUM_H */
