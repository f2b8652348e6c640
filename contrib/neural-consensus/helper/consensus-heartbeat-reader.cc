#include "consensus-heartbeat-reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace ns3
{

using detection::Nanos;

namespace
{

/** A line with its end is no longer; a file without line ends must not fill the memory. */
constexpr std::size_t LONGEST_LINE = 1U << 20;

/** 95 years: detectors can add what they like to times within it. */
constexpr int64_t LATEST_SECONDS = 3000000000;

constexpr int64_t NANOS_PER_SECOND = 1000000000;
constexpr std::size_t NANO_DECIMALS = 9;
constexpr int64_t POWERS_OF_TEN[] =
    {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

constexpr std::string_view PAIRS_HEADER = "observer,target,seq,sent_s,arrived_s";
constexpr std::string_view PLAIN_HEADER = "seq,sent_s,arrived_s";

bool
IsDigit(char c)
{
    return c >= '0' && c <= '9';
}

/** Reads what is written with an exponent; exact to a double. */
std::optional<Nanos>
ParseScientific(std::string_view text)
{
    double seconds = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || stop != end || !(std::abs(seconds) <= LATEST_SECONDS))
    {
        return std::nullopt;
    }
    return Nanos(std::llround(seconds * NANOS_PER_SECOND));
}

/** A found text as part of a message, cut where it is long. */
std::string
Quoted(std::string_view text)
{
    constexpr std::size_t LONGEST = 40;
    std::string quoted = "\"";
    for (char c : text.substr(0, LONGEST))
    {
        quoted += c >= ' ' && c <= '~' ? c : '?';
    }
    return quoted + (text.size() > LONGEST ? "...\"" : "\"");
}

template <typename Number>
bool
ParseWhole(std::string_view text, Number& number)
{
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end;
}

} // namespace

std::optional<Nanos>
ParseFileTime(std::string_view text)
{
    const char* at = text.data();
    const char* const end = at + text.size();
    const bool negative = at != end && *at == '-';
    at += negative ? 1 : 0;
    const char* const digits = at;
    int64_t seconds = 0;
    for (; at != end && IsDigit(*at) && seconds <= LATEST_SECONDS; ++at)
    {
        seconds = 10 * seconds + (*at - '0');
    }
    const bool whole = at != digits;
    int64_t nanos = 0;
    std::size_t decimals = 0;
    bool roundsUp = false;
    if (at != end && *at == '.')
    {
        for (++at; at != end && IsDigit(*at); ++at, ++decimals)
        {
            if (decimals < NANO_DECIMALS)
            {
                nanos = 10 * nanos + (*at - '0');
            }
            else if (decimals == NANO_DECIMALS)
            {
                roundsUp = *at >= '5';
            }
        }
        nanos = nanos * POWERS_OF_TEN[NANO_DECIMALS - std::min(decimals, NANO_DECIMALS)];
        nanos += roundsUp ? 1 : 0;
    }
    if (at != end)
    {
        return *at == 'e' || *at == 'E' ? ParseScientific(text) : std::nullopt;
    }
    if ((!whole && decimals == 0) || seconds > LATEST_SECONDS)
    {
        return std::nullopt;
    }
    const int64_t total = seconds * NANOS_PER_SECOND + nanos;
    if (total > LATEST_SECONDS * NANOS_PER_SECOND)
    {
        return std::nullopt;
    }
    return Nanos(negative ? -total : total);
}

LineReader::LineReader(const std::string& path, const std::string& expected)
    : m_path(path),
      m_buffer(LONGEST_LINE)
{
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error))
    {
        m_size = std::filesystem::file_size(path, error);
        m_file.open(path, std::ios::binary);
    }
    if (error || !m_file.is_open())
    {
        throw std::runtime_error("cannot read " + path + ": expected " + expected);
    }
}

bool
LineReader::Next(std::string_view& line)
{
    const void* found = std::memchr(m_buffer.data() + m_begin, '\n', m_end - m_begin);
    if (!found && Fill())
    {
        found = std::memchr(m_buffer.data() + m_begin, '\n', m_end - m_begin);
    }
    if (m_begin == m_end)
    {
        return false;
    }
    ++m_line;
    const char* const begin = m_buffer.data() + m_begin;
    const std::size_t length = found ? static_cast<const char*>(found) - begin : m_end - m_begin;
    m_begin += length + (found ? 1 : 0);
    if (!found && m_end - m_begin + length >= m_buffer.size())
    {
        Refuse("this line is too long", "1 MiB at most");
    }
    line = std::string_view(begin, length);
    if (!line.empty() && line.back() == '\r')
    {
        line.remove_suffix(1);
    }
    return true;
}

bool
LineReader::Fill()
{
    std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
    m_end -= m_begin;
    m_begin = 0;
    m_file.read(m_buffer.data() + m_end, static_cast<std::streamsize>(m_buffer.size() - m_end));
    if (m_file.bad())
    {
        throw std::runtime_error("cannot read " + m_path + " to its end");
    }
    const auto read = static_cast<std::size_t>(m_file.gcount());
    m_end += read;
    m_read += read;
    return read > 0;
}

void
LineReader::Refuse(const std::string& what, const std::string& expected) const
{
    throw std::runtime_error(m_path + ":" + std::to_string(m_line) + ": " + what + ": expected " +
                             expected);
}

bool
LineReader::IsAtEnd() const
{
    return Position() == Size();
}

uint64_t
LineReader::Position() const
{
    return m_read - (m_end - m_begin);
}

uint64_t
LineReader::Size() const
{
    return m_size;
}

HeartbeatReader::HeartbeatReader(const std::string& path)
    : m_lines(path, "a heartbeats.csv")
{
    std::string_view header;
    if (!m_lines.Next(header))
    {
        throw std::runtime_error(path + ":1: the file is empty: expected the header " +
                                 std::string(PAIRS_HEADER) + " or " + std::string(PLAIN_HEADER));
    }
    m_hasPairs = header == PAIRS_HEADER;
    if (!m_hasPairs && header != PLAIN_HEADER)
    {
        m_lines.Refuse(Quoted(header),
                       "the header " + std::string(PAIRS_HEADER) + " or " +
                           std::string(PLAIN_HEADER));
    }
}

bool
HeartbeatReader::Next(RecordedHeartbeat& heartbeat)
{
    std::string_view line;
    if (!m_lines.Next(line) || (line.empty() && m_lines.IsAtEnd()))
    {
        return false;
    }
    std::array<std::string_view, 5> fields;
    const std::size_t columns = m_hasPairs ? 5 : 3;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin <= line.size();)
    {
        const std::size_t comma = std::min(line.find(',', begin), line.size());
        if (count < fields.size())
        {
            fields[count] = line.substr(begin, comma - begin);
        }
        ++count;
        begin = comma + 1;
    }
    if (count != columns)
    {
        m_lines.Refuse(Quoted(line) + " has " + std::to_string(count) + " fields",
                       std::string(m_hasPairs ? PAIRS_HEADER : PLAIN_HEADER));
    }
    const std::string_view* field = fields.data();
    for (auto [name, server] :
         {std::pair{"observer", &heartbeat.observer}, std::pair{"target", &heartbeat.target}})
    {
        if (m_hasPairs && (!ParseWhole(*field, *server) || *server == 0))
        {
            m_lines.Refuse(std::string(name) + " is " + Quoted(*field),
                           "the number of a server, from 1 up");
        }
        field += m_hasPairs ? 1 : 0;
    }
    if (!ParseWhole(field[0], heartbeat.sequence))
    {
        m_lines.Refuse("seq is " + Quoted(field[0]), "a whole number from 0 up");
    }
    const auto sent = ParseFileTime(field[1]);
    if (!sent)
    {
        m_lines.Refuse("sent_s is " + Quoted(field[1]), "a time in seconds, as 1.250000000");
    }
    heartbeat.sent = *sent;
    heartbeat.arrived.reset();
    if (!field[2].empty())
    {
        heartbeat.arrived = ParseFileTime(field[2]);
        if (!heartbeat.arrived)
        {
            m_lines.Refuse("arrived_s is " + Quoted(field[2]),
                           "a time in seconds, as 1.250000000, or nothing where it is lost");
        }
    }
    return true;
}

bool
HeartbeatReader::HasPairs() const
{
    return m_hasPairs;
}

const LineReader&
HeartbeatReader::Lines() const
{
    return m_lines;
}

} // namespace ns3
