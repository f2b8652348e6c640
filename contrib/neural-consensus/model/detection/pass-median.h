#ifndef PASS_MEDIAN_H
#define PASS_MEDIAN_H

#include "peer-arrival.h"

#include <cstdint>
#include <vector>

namespace ns3::detection
{

/**
 * The exact median of any number of spans in constant memory, by passes over the same spans: each
 * pass counts them in the buckets of a bracket that holds the median, and the fullest answer that
 * the buckets give is the bracket of the next one. Up to 4096 spans take one pass, millions two or
 * three.
 */
class PassMedian
{
  public:
    /** Takes a span, at least 0; in every pass the same ones, in any order. */
    void Add(Nanos span);

    /**
     * Ends a pass.
     * @return whether another one is needed
     */
    bool EndPass();

    /** @return the median, the mean of both in the middle where their number is even, rounded down;
     * 0 without any. Only after the last pass */
    Nanos Median() const;

  private:
    void Spill();
    void Narrow(int64_t low, int64_t end);
    int64_t NextOccupied(std::size_t bucket) const;
    bool EndPassOfValues();

    bool m_first{true};              //!< whether this is the first pass
    uint64_t m_count{0};             //!< spans
    uint64_t m_below{0};             //!< of them below the bracket
    int64_t m_low{0};                //!< bracket, from here on
    int64_t m_end{INT64_MAX};        //!< to before this
    int64_t m_above{INT64_MAX};      //!< the least span at or above m_end
    std::vector<int64_t> m_values;   //!< those in the bracket while they are few
    std::vector<uint64_t> m_buckets; //!< afterwards their numbers; empty before
    int m_shift{0};                  //!< a bucket is 2^shift ns wide
    int64_t m_lower{0};              //!< found: the lower one in the middle
    int64_t m_upper{0};              //!< and the upper one
};

} // namespace ns3::detection

#endif /* PASS_MEDIAN_H */
