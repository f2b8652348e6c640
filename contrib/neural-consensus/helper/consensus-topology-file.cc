#include "consensus-topology-file.h"

#include "consensus-option-values.h"
#include "consensus-topology-lines.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace
{

using Fields = TopologyLines::Fields;

constexpr std::size_t MAX_NAME = 64;
constexpr double MAX_DELAY_SECONDS = 60.0;
const char* const EDGE_HEADER = "from,to,delay,rate,loss";

std::optional<uint32_t>
HostNumber(const std::string& text)
{
    uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool plain = error == std::errc() && stop == end && number > 0;
    return plain && text.front() != '0' ? std::optional(number) : std::nullopt;
}

class Parser
{
  public:
    Parser(std::istream& in, const std::string& name, uint32_t servers);

    TopologyFile Parse();

  private:
    [[noreturn]] void Reject(const std::string& what) const;
    std::string Canonical(const std::string& name) const;
    uint32_t Place(const std::string& text);
    Time Delay(const std::string& text) const;
    void ParseEdges();
    void ParseMatrix(const Fields& header);
    std::optional<Time> Latency(const std::string& text, const std::string& unit) const;
    void Mirror();
    void RequireConnected() const;

    TopologyLines m_lines;
    uint32_t m_servers;
    TopologyFile m_file;
    std::map<std::string, uint32_t> m_places;
    std::map<std::pair<uint32_t, uint32_t>, std::size_t> m_lineOfEdge;
};

Parser::Parser(std::istream& in, const std::string& name, uint32_t servers)
    : m_lines(in, name),
      m_servers(servers)
{
    m_file.name = name;
}

void
Parser::Reject(const std::string& what) const
{
    m_lines.Reject(what, m_lines.Number());
}

/** @return a host's number in place of its name, so that 1 and server-1 are one place */
std::string
Parser::Canonical(const std::string& name) const
{
    for (const bool server : {true, false})
    {
        const std::string prefix = server ? "server-" : "client-";
        const auto id =
            name.rfind(prefix, 0) == 0 ? HostNumber(name.substr(prefix.size())) : std::nullopt;
        if (id && server != (*id <= m_servers))
        {
            Reject(name + " with " + std::to_string(m_servers) + " servers, expected " +
                   (server ? "client-" : "server-") + std::to_string(*id));
        }
        if (id)
        {
            return std::to_string(*id);
        }
    }
    return name;
}

uint32_t
Parser::Place(const std::string& text)
{
    if (text.empty() || text.size() > MAX_NAME)
    {
        Reject("a name of " + std::to_string(text.size()) + " bytes, expected 1 to " +
               std::to_string(MAX_NAME));
    }
    const auto [at, isNew] =
        m_places.try_emplace(Canonical(text), static_cast<uint32_t>(m_places.size()));
    if (isNew)
    {
        if (m_places.size() > TopologyFile::MAX_PLACES)
        {
            Reject("too many names, expected at most " + std::to_string(TopologyFile::MAX_PLACES));
        }
        m_file.places.push_back(at->first);
    }
    return at->second;
}

/** @return an edge's delay */
Time
Parser::Delay(const std::string& text) const
{
    Time delay = Time::Max();
    try
    {
        delay = ReadTimeValue("delay", text);
    }
    catch (const std::invalid_argument&)
    {
        // Refused below.
    }
    // What is seconds in options is more likely milliseconds here.
    const bool hasUnit = !text.empty() && std::isalpha(static_cast<unsigned char>(text.back()));
    if (delay > Seconds(MAX_DELAY_SECONDS) || !(hasUnit || delay.IsZero()))
    {
        Reject("delay '" + text + "', expected a time with its unit such as 5ms, 0 to 60s");
    }
    return delay;
}

void
Parser::ParseEdges()
{
    Fields fields;
    while (m_lines.Next(fields))
    {
        if (fields.size() != 5)
        {
            Reject(std::to_string(fields.size()) + " fields, expected 5: " + EDGE_HEADER);
        }
        TopologyEdge edge;
        edge.from = Place(fields[0]);
        edge.to = Place(fields[1]);
        if (edge.from == edge.to)
        {
            Reject("a link from " + fields[0] + " to itself, expected two places");
        }
        const auto [at, isNew] = m_lineOfEdge.try_emplace({edge.from, edge.to}, m_lines.Number());
        if (!isNew)
        {
            Reject("a link from " + fields[0] + " to " + fields[1] + " is on line " +
                   std::to_string(at->second) + " already");
        }
        edge.delay = Delay(fields[2]);
        try
        {
            if (!fields[3].empty())
            {
                edge.rate = ReadRateValue("rate", fields[3]);
            }
        }
        catch (const std::invalid_argument&)
        {
            Reject("rate '" + fields[3] + "', expected a rate such as 100Mbps, or nothing");
        }
        try
        {
            edge.loss = fields[4].empty() ? 0.0 : ReadShareValue("loss", fields[4]);
        }
        catch (const std::invalid_argument&)
        {
            Reject("loss '" + fields[4] + "', expected a share from 0 to 1, or nothing");
        }
        m_file.edges.push_back(edge);
        if (m_file.edges.size() > TopologyFile::MAX_EDGES)
        {
            Reject("too many links, expected at most " + std::to_string(TopologyFile::MAX_EDGES));
        }
    }
    if (m_file.edges.empty())
    {
        Reject("no link, expected at least one");
    }
    Mirror();
    RequireConnected();
}

/** Lets a link that the file has in one direction only serve both. */
void
Parser::Mirror()
{
    const std::size_t given = m_file.edges.size();
    for (std::size_t i = 0; i < given; ++i)
    {
        TopologyEdge back = m_file.edges[i];
        std::swap(back.from, back.to);
        if (m_lineOfEdge.count({back.from, back.to}) == 0)
        {
            m_file.edges.push_back(back);
        }
    }
    std::sort(m_file.edges.begin(), m_file.edges.end(), [](const auto& a, const auto& b) {
        return std::pair(a.from, a.to) < std::pair(b.from, b.to);
    });
}

void
Parser::RequireConnected() const
{
    // Every link leads both ways, so places fall into groups; here each group gets a leader.
    std::vector<uint32_t> leader(m_file.places.size());
    std::iota(leader.begin(), leader.end(), 0);
    const auto find = [&](uint32_t place) {
        while (leader[place] != place)
        {
            place = leader[place] = leader[leader[place]];
        }
        return place;
    };
    for (const auto& edge : m_file.edges)
    {
        leader[find(edge.from)] = find(edge.to);
    }
    for (uint32_t place = 1; place < leader.size(); ++place)
    {
        if (find(place) != find(0))
        {
            throw std::invalid_argument(m_file.name + ": no way from " + m_file.places[0] + " to " +
                                        m_file.places[place] +
                                        ", expected all places to be connected");
        }
    }
}

/** @return a cell's delay; nothing for a gap */
std::optional<Time>
Parser::Latency(const std::string& text, const std::string& unit) const
{
    if (text.empty() || text == "-")
    {
        return std::nullopt;
    }
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const double seconds = value * (unit == "s" ? 1.0 : unit == "ms" ? 1e-3 : 1e-6);
    // Written so that it rejects NaN too.
    if (error != std::errc() || stop != end || !(seconds >= 0.0 && seconds <= MAX_DELAY_SECONDS))
    {
        Reject("latency '" + text + "', expected a number of " + unit +
               " from 0 to 60 s, or nothing");
    }
    return NanoSeconds(std::llround(seconds * 1e9));
}

void
Parser::ParseMatrix(const Fields& header)
{
    m_file.isMatrix = true;
    const std::string& unit = header[0];
    const int64_t ways = header[1] == "rtt" ? 2 : 1;
    for (std::size_t column = 2; column < header.size(); ++column)
    {
        if (Place(header[column]) != column - 2)
        {
            Reject("the name " + header[column] + " twice, expected each once");
        }
    }
    const std::size_t places = m_file.places.size();
    if (places < 2)
    {
        Reject("fewer than two names, expected at least two");
    }
    std::vector<std::optional<Time>> cells(places * places);
    std::vector<std::size_t> lineOf(places, 0);
    Fields fields;
    while (m_lines.Next(fields))
    {
        if (fields.size() != places + 1)
        {
            Reject(std::to_string(fields.size()) + " fields, expected " +
                   std::to_string(places + 1) + ": a name and " + std::to_string(places) +
                   " latencies");
        }
        const auto row = m_places.find(Canonical(fields[0]));
        if (row == m_places.end())
        {
            Reject("a row for " + fields[0] + ", expected a name of the header");
        }
        if (lineOf[row->second] != 0)
        {
            Reject("a row for " + fields[0] + " is on line " + std::to_string(lineOf[row->second]) +
                   " already");
        }
        lineOf[row->second] = m_lines.Number();
        for (std::size_t column = 0; column < places; ++column)
        {
            cells[row->second * places + column] = Latency(fields[column + 1], unit);
        }
    }
    m_file.delays.resize(places * places);
    for (std::size_t from = 0; from < places; ++from)
    {
        for (std::size_t to = 0; to < places; ++to)
        {
            const auto& there = cells[from * places + to];
            const auto& back = cells[to * places + from];
            if (!there && from != to)
            {
                const std::string& a = m_file.places[from];
                const std::string& b = m_file.places[to];
                if (!back)
                {
                    m_lines.Reject("no latency between " + a + " and " + b +
                                       ", expected one in at least one direction",
                                   lineOf[from] != 0 ? lineOf[from] : m_lines.Number());
                }
                m_file.gaps.push_back(a + " > " + b);
            }
            m_file.delays[from * places + to] = there.value_or(back.value_or(Time(0))) / ways;
        }
    }
}

TopologyFile
Parser::Parse()
{
    Fields header;
    const bool any = m_lines.Next(header);
    std::string line;
    for (const auto& field : header)
    {
        line += (line.empty() ? "" : ",") + field;
    }
    const auto isOneOf = [](const std::string& text, std::initializer_list<const char*> words) {
        return std::find(words.begin(), words.end(), text) != words.end();
    };
    if (any && line == EDGE_HEADER)
    {
        ParseEdges();
    }
    else if (any && header.size() > 2 && isOneOf(header[0], {"us", "ms", "s"}) &&
             isOneOf(header[1], {"one-way", "rtt"}))
    {
        ParseMatrix(header);
    }
    else
    {
        Reject(std::string("expected a header, ") + EDGE_HEADER +
               " or us|ms|s,one-way|rtt,NAME,NAME,...");
    }
    for (uint32_t id = 1; m_file.NamesHosts() && id <= m_servers; ++id)
    {
        if (!m_file.PlaceOf(id))
        {
            throw std::invalid_argument(m_file.name + ": no place for server " +
                                        std::to_string(id) + ", expected all of 1 to " +
                                        std::to_string(m_servers) +
                                        " or other names for all places");
        }
    }
    return std::move(m_file);
}

} // namespace

std::optional<uint32_t>
TopologyFile::PlaceOf(uint32_t id) const
{
    const auto at = std::find(places.begin(), places.end(), std::to_string(id));
    return at == places.end() ? std::nullopt
                              : std::optional(static_cast<uint32_t>(at - places.begin()));
}

bool
TopologyFile::NamesHosts() const
{
    return std::any_of(places.begin(), places.end(), [](const std::string& place) {
        return HostNumber(place).has_value();
    });
}

bool
IsTopologyFile(const std::string& name)
{
    return name.find_first_of("./") != std::string::npos;
}

TopologyFile
ParseTopologyFile(std::istream& in, const std::string& name, uint32_t servers)
{
    return Parser(in, name, servers).Parse();
}

TopologyFile
ReadTopologyFile(const std::string& path, uint32_t servers)
{
    std::ifstream in(path);
    if (!in || in.peek() == std::ifstream::traits_type::eof())
    {
        throw std::runtime_error("option --topology: '" + path +
                                 "', expected a topology's name or a readable file with a network");
    }
    return ParseTopologyFile(in, path, servers);
}

} // namespace ns3
