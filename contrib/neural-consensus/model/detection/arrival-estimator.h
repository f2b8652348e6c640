#ifndef ARRIVAL_ESTIMATOR_H
#define ARRIVAL_ESTIMATOR_H

#include "interval-window.h"

namespace ns3::detection
{

/**
 * Expected arrival times from observed ones (Chen, Toueg & Aguilera 2002, section 6.3):
 *
 *     EA(k+1) = (1/n) sum over the last n of (A_i - eta i)  +  (k+1) eta
 *
 * with the arrival A_i of heartbeat i and the period eta. The peer's clock has no part in it.
 */
class ArrivalEstimator
{
  public:
    /**
     * @param window heartbeats that count, n, at least 1
     * @param period of heartbeats, eta, above 0
     */
    ArrivalEstimator(std::size_t window, Nanos period);

    /** Takes the arrival of heartbeat `sequence`. */
    void Add(uint64_t sequence, Nanos arrived);

    /** @return when heartbeat `sequence` is expected; only after an Add() */
    Nanos Expected(uint64_t sequence) const;

    /** @return the standard deviation of A_i - eta i over the window, ns */
    double DeviationNs() const;

    /** Forgets all: the peer numbers anew. */
    void Clear();

  private:
    Nanos m_period;           //!< eta
    IntervalWindow m_offsets; //!< A_i - eta i
};

} // namespace ns3::detection

#endif /* ARRIVAL_ESTIMATOR_H */
