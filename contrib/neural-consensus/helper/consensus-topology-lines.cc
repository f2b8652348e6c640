#include "consensus-topology-lines.h"

#include "consensus-topology-file.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace
{

std::string
Trimmed(const std::string& text)
{
    const char* const blank = " \t\r";
    const auto first = text.find_first_not_of(blank);
    return first == std::string::npos
               ? ""
               : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

} // namespace

TopologyLines::TopologyLines(std::istream& in, const std::string& name)
    : m_in(in),
      m_name(name)
{
}

bool
TopologyLines::Next(Fields& fields)
{
    std::string line;
    while (std::getline(m_in, line))
    {
        ++m_line;
        m_bytes += line.size() + 1;
        if (m_bytes > TopologyFile::MAX_BYTES)
        {
            Reject("the file is too long, expected at most " +
                       std::to_string(TopologyFile::MAX_BYTES >> 20) + " MiB",
                   m_line);
        }
        if (m_line == 1 && line.rfind("\xef\xbb\xbf", 0) == 0)
        {
            line.erase(0, 3);
        }
        line = Trimmed(line.substr(0, line.find('#')));
        if (std::any_of(line.begin(), line.end(), [](unsigned char c) {
                return c != '\t' && (c < 0x20 || c == 0x7f);
            }))
        {
            Reject("a control character, expected text", m_line);
        }
        if (line.empty())
        {
            continue;
        }
        fields.clear();
        std::istringstream cells(line + ","); // so that a last, empty one counts
        std::string cell;
        while (std::getline(cells, cell, ','))
        {
            fields.push_back(Trimmed(cell));
        }
        return true;
    }
    return false;
}

std::size_t
TopologyLines::Number() const
{
    return m_line;
}

void
TopologyLines::Reject(const std::string& what, std::size_t line) const
{
    throw std::invalid_argument(m_name + ":" + std::to_string(line) + ": " + what);
}

} // namespace ns3
