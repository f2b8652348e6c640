#include "span-statistics.h"

#include <algorithm>
#include <cmath>

namespace ns3::detection
{

namespace
{

constexpr int BIN_BITS = 13;

/** Octaves above the first block that a span, below 2^63 ns, may lie in. */
constexpr std::size_t BLOCKS = 63 - BIN_BITS + 1;

} // namespace

void
SpanStatistics::Add(Nanos span)
{
    const int64_t ns = std::max<int64_t>(span.count(), 0);
    const double seconds = static_cast<double>(ns) * 1e-9;
    ++m_count;
    m_sum += seconds;
    m_squares += seconds * seconds;
    m_longest = std::max(m_longest, ns);
    if (m_blocks.empty() && m_exact.size() < EXACT)
    {
        m_exact.push_back(ns);
        return;
    }
    ToBins();
    Bin(ns);
}

void
SpanStatistics::Merge(const SpanStatistics& other)
{
    m_count += other.m_count;
    m_sum += other.m_sum;
    m_squares += other.m_squares;
    m_longest = std::max(m_longest, other.m_longest);
    if (m_blocks.empty() && other.m_blocks.empty() && m_count <= EXACT)
    {
        m_exact.insert(m_exact.end(), other.m_exact.begin(), other.m_exact.end());
        return;
    }
    ToBins();
    for (int64_t span : other.m_exact)
    {
        Bin(span);
    }
    for (std::size_t block = 0; block < other.m_blocks.size(); ++block)
    {
        const Block& from = other.m_blocks[block];
        Block& to = m_blocks[block];
        to.resize(std::max(to.size(), from.size()));
        for (std::size_t bin = 0; bin < from.size(); ++bin)
        {
            to[bin] += from[bin];
        }
    }
}

uint64_t
SpanStatistics::Count() const
{
    return m_count;
}

double
SpanStatistics::SumSeconds() const
{
    return m_sum;
}

double
SpanStatistics::SumOfSquares() const
{
    return m_squares;
}

std::optional<double>
SpanStatistics::MeanSeconds() const
{
    return m_count > 0 ? std::make_optional(m_sum / static_cast<double>(m_count)) : std::nullopt;
}

std::optional<double>
SpanStatistics::MaxSeconds() const
{
    return m_count > 0 ? std::make_optional(static_cast<double>(m_longest) * 1e-9) : std::nullopt;
}

std::optional<double>
SpanStatistics::QuantileSeconds(double share) const
{
    if (m_count == 0)
    {
        return std::nullopt;
    }
    const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(m_count - 1);
    const double rank = std::floor(place);
    const double fraction = place - rank;
    const auto low = static_cast<uint64_t>(rank);
    if (m_blocks.empty())
    {
        return ExactQuantile(low, fraction) * 1e-9;
    }
    const double lower = ValueAt(low);
    const double upper = fraction > 0 ? ValueAt(low + 1) : lower;
    return (lower + fraction * (upper - lower)) * 1e-9;
}

double
SpanStatistics::ExactQuantile(uint64_t rank, double fraction) const
{
    std::vector<int64_t> spans = m_exact;
    const auto at = spans.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(spans.begin(), at, spans.end());
    const auto lower = static_cast<double>(*at);
    if (fraction <= 0)
    {
        return lower;
    }
    const auto upper = static_cast<double>(*std::min_element(at + 1, spans.end()));
    return lower + fraction * (upper - lower);
}

void
SpanStatistics::Bin(int64_t span)
{
    // Below 2^13 ns a bin is a nanosecond; above, the 13 bits behind the leading one choose it.
    const bool small = span < (int64_t{1} << BIN_BITS);
    const int shift = small ? 0 : 63 - __builtin_clzll(static_cast<uint64_t>(span)) - BIN_BITS;
    Block& block = m_blocks[small ? 0 : static_cast<std::size_t>(shift) + 1];
    if (block.empty())
    {
        block.resize(BINS);
    }
    ++block[static_cast<std::size_t>(span >> shift) % BINS];
}

void
SpanStatistics::ToBins()
{
    if (!m_blocks.empty())
    {
        return;
    }
    m_blocks.resize(BLOCKS);
    for (int64_t span : m_exact)
    {
        Bin(span);
    }
    m_exact = {};
}

double
SpanStatistics::ValueAt(uint64_t rank) const
{
    if (rank + 1 >= m_count)
    {
        return static_cast<double>(m_longest);
    }
    uint64_t before = 0;
    for (std::size_t block = 0; block < m_blocks.size(); ++block)
    {
        for (std::size_t bin = 0; bin < m_blocks[block].size(); ++bin)
        {
            before += m_blocks[block][bin];
            if (before <= rank)
            {
                continue;
            }
            const double width = block == 0 ? 1 : std::ldexp(1.0, static_cast<int>(block) - 1);
            const auto lowest = static_cast<double>(block == 0 ? bin : bin + BINS) * width;
            return std::min(lowest + (width - 1) / 2, static_cast<double>(m_longest));
        }
    }
    return static_cast<double>(m_longest);
}

} // namespace ns3::detection
