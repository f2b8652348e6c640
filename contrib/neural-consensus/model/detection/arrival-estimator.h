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
 * with the arrival A_i of heartbeat i and the period eta. The peer's clock has no part in it, nor
 * has the number that a peer begins with: heartbeats are counted from the first one added.
 */
class ArrivalEstimator
{
  public:
    /**
     * @param window heartbeats that count, n, at least 1
     * @param period of heartbeats, eta, above 0
     */
    ArrivalEstimator(std::size_t window, Nanos period);

    /** Takes the arrival of heartbeat `sequence`, which is above those before. */
    void Add(uint64_t sequence, Nanos arrived);

    /** @return when heartbeat `sequence`, at least the first, is expected; only after an Add() */
    Nanos Expected(uint64_t sequence) const;

    /** @return when the heartbeat after `sequence` is expected; only after an Add() */
    Nanos ExpectedAfter(uint64_t sequence) const;

    /** @return the standard deviation of A_i - eta i over the window, ns */
    double DeviationNs() const;

    /** Forgets all: the peer numbers anew. */
    void Clear();

  private:
    Nanos SinceFirst(uint64_t sequence) const;

    Nanos m_period;           //!< eta
    bool m_any{false};        //!< whether a heartbeat was added
    uint64_t m_first{0};      //!< number of the first one
    IntervalWindow m_offsets; //!< A_i - eta i
};

} // namespace ns3::detection

#endif /* ARRIVAL_ESTIMATOR_H */
