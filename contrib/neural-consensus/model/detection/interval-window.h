#ifndef INTERVAL_WINDOW_H
#define INTERVAL_WINDOW_H

#include "peer-arrival.h"

#include <cstddef>
#include <vector>

namespace ns3::detection
{

/**
 * The last n intervals, with their mean and population variance in constant time.
 *
 * Sums are kept of the deviations from a reference near the mean, and taken anew each time the ring
 * has gone round, so that neither cancellation nor rounding that piles up can spoil the variance.
 */
class IntervalWindow
{
  public:
    /** @param capacity intervals remembered, at least 1 */
    explicit IntervalWindow(std::size_t capacity);

    /** Adds the newest interval, in place of the oldest where the window is full. */
    void Add(Nanos interval);

    /** Forgets all. */
    void Clear();

    /** @return intervals in the window */
    std::size_t Size() const;

    /** @return their mean, ns; 0 without any */
    double Mean() const;

    /** @return the same to the nearest ns; all intervals longer by some ns make it longer by just
     * as many */
    Nanos RoundedMean() const;

    /** @return the square root of their population variance, ns; 0 without any */
    double StandardDeviation() const;

  private:
    void Recompute();

    std::size_t m_capacity;    //!< most intervals
    std::vector<Nanos> m_ring; //!< the intervals
    std::size_t m_next{0};     //!< where the next one goes once the ring is full
    Nanos m_reference{};       //!< deviations are taken from here
    double m_sum{0};           //!< of the deviations, ns
    double m_squares{0};       //!< of their squares, ns^2
};

} // namespace ns3::detection

#endif /* INTERVAL_WINDOW_H */
