#ifndef SPAN_STATISTICS_H
#define SPAN_STATISTICS_H

#include "peer-arrival.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace ns3::detection
{

/**
 * Mean and quantiles of any number of spans of time in constant memory.
 *
 * Count, sums and maximum are exact. So are quantiles up to EXACT spans; from there on the spans
 * are counted in bins whose width is at most 1.3e-4 of their value, so that a quantile is within
 * 1e-4 of itself.
 */
class SpanStatistics
{
  public:
    /** Spans that are kept one by one. */
    static constexpr std::size_t EXACT = 65536;

    /** @param span at least 0; a negative one counts as 0 */
    void Add(Nanos span);

    /** Adds all that another one has seen. */
    void Merge(const SpanStatistics& other);

    /** @return spans added */
    uint64_t Count() const;

    /** @return their sum, s */
    double SumSeconds() const;

    /** @return the sum of their squares, s^2 */
    double SumOfSquares() const;

    /** @return their mean, s; nothing without any */
    std::optional<double> MeanSeconds() const;

    /** @return the longest, s; nothing without any */
    std::optional<double> MaxSeconds() const;

    /**
     * @param share from 0 to 1
     * @return the value below which this share of the spans lies, s, interpolated between the two
     *         spans next to rank share (n - 1), counted from 0; nothing without any
     */
    std::optional<double> QuantileSeconds(double share) const;

  private:
    /** Bins of an octave: 2^13. The first block has one for each ns up to there. */
    static constexpr std::size_t BINS = 8192;
    using Block = std::vector<uint64_t>; //!< empty, or BINS counts

    void Bin(int64_t span);
    void ToBins();
    double ValueAt(uint64_t rank) const;
    double ExactQuantile(uint64_t rank, double fraction) const;

    uint64_t m_count{0};          //!< spans added
    double m_sum{0};              //!< s
    double m_squares{0};          //!< s^2
    int64_t m_longest{0};         //!< ns
    std::vector<int64_t> m_exact; //!< the spans, ns, while there are at most EXACT
    std::vector<Block> m_blocks;  //!< by octave; empty while spans are kept one by one
};

} // namespace ns3::detection

#endif /* SPAN_STATISTICS_H */
