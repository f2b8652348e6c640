#include "consensus-row-writer.h"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <tuple>

namespace ns3
{

namespace
{

template <typename Number>
std::string
Shortest(Number number)
{
    char text[32];
    const auto end = std::to_chars(text, text + sizeof(text), number).ptr;
    return std::string(text, end);
}

} // namespace

std::string
FormatFileTime(Time time)
{
    const int64_t nanoseconds = time.GetNanoSeconds();
    const int64_t magnitude = nanoseconds < 0 ? -nanoseconds : nanoseconds;
    char text[40];
    std::snprintf(text,
                  sizeof(text),
                  "%s%" PRId64 ".%09" PRId64,
                  nanoseconds < 0 ? "-" : "",
                  magnitude / 1000000000,
                  magnitude % 1000000000);
    return text;
}

std::string
FormatFileNumber(double number)
{
    return Shortest(number);
}

std::string
FormatFileNumber(float number)
{
    return Shortest(number);
}

ConsensusRowWriter::ConsensusRowWriter(const std::string& path, const std::string& header)
    : m_file(path)
{
    m_file.Stream() << header << '\n';
}

void
ConsensusRowWriter::Add(Time time, uint32_t observer, uint32_t target, const std::string& rest)
{
    if (time != m_time)
    {
        Flush();
        m_time = time;
    }
    if (m_used == m_rows.size())
    {
        m_rows.emplace_back();
    }
    Row& row = m_rows[m_used++];
    row.observer = observer;
    row.target = target;
    row.rest = rest; // keeps the memory of an earlier row
}

void
ConsensusRowWriter::Flush()
{
    const auto end = m_rows.begin() + static_cast<std::ptrdiff_t>(m_used);
    std::stable_sort(m_rows.begin(), end, [](const Row& a, const Row& b) {
        return std::tie(a.observer, a.target) < std::tie(b.observer, b.target);
    });
    const std::string time = FormatFileTime(m_time);
    for (auto row = m_rows.begin(); row != end; ++row)
    {
        m_file.Stream() << time << ',' << row->observer << ',' << row->target << ',' << row->rest
                        << '\n';
    }
    m_used = 0;
}

void
ConsensusRowWriter::Commit()
{
    Flush();
    m_file.Commit();
}

} // namespace ns3
