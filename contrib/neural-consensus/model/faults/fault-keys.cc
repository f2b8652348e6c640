#include "fault-keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace ns3::faults
{

namespace
{

std::optional<double>
ParseNumber(std::string_view text)
{
    // from_chars also takes "inf", "nan" and hex-like oddities; a plan has decimal numbers only.
    if (text.empty() || text.find_first_not_of("0123456789.eE-") != std::string_view::npos)
    {
        return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    {
        return std::nullopt;
    }
    return value;
}

bool
ParseNumberIn(std::string_view text, double low, double high, double& value)
{
    const std::optional<double> number = ParseNumber(text);
    value = number.value_or(0);
    return number && value >= low && value <= high;
}

bool
ParseTimeIn(std::string_view text, Nanos low, Nanos high, Nanos& value)
{
    const std::optional<Nanos> time = ParseTime(text);
    value = time.value_or(Nanos{});
    return time && value >= low && value <= high;
}

bool
ParseServer(std::string_view text, uint32_t servers, uint32_t& id)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc() && end == text.data() + text.size() && id >= 1 && id <= servers;
}

std::vector<std::string_view>
Split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;)
    {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
        {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

bool
ParseServers(std::string_view text, uint32_t servers, std::vector<uint32_t>& ids)
{
    for (const std::string_view part : Split(text, '.'))
    {
        uint32_t id = 0;
        if (!ParseServer(part, servers, id) || std::find(ids.begin(), ids.end(), id) != ids.end())
        {
            return false;
        }
        ids.push_back(id);
    }
    return true;
}

void
SortCuts(std::vector<Cut>& cuts)
{
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
}

bool
ParseCuts(std::string_view text, uint32_t servers, FaultParameters& p)
{
    for (const std::string_view part : Split(text, '/'))
    {
        const std::size_t at = part.find_first_of(">-");
        Cut cut;
        if (at == std::string_view::npos || !ParseServer(part.substr(0, at), servers, cut.from) ||
            !ParseServer(part.substr(at + 1), servers, cut.to) || cut.from == cut.to)
        {
            return false;
        }
        p.cuts.push_back(cut);
        if (part[at] == '-')
        {
            p.cuts.push_back({cut.to, cut.from});
        }
    }
    SortCuts(p.cuts);
    return true;
}

bool
ParseGroups(std::string_view text, uint32_t servers, FaultParameters& p)
{
    std::vector<uint32_t> before;
    const std::vector<std::string_view> groups = Split(text, '|');
    for (const std::string_view group : groups)
    {
        const std::size_t known = before.size();
        if (!ParseServers(group, servers, before)) // also finds a server that is in two groups
        {
            return false;
        }
        for (std::size_t i = known; i < before.size(); ++i)
        {
            for (std::size_t j = 0; j < known; ++j)
            {
                p.cuts.push_back({before[i], before[j]});
                p.cuts.push_back({before[j], before[i]});
            }
        }
    }
    SortCuts(p.cuts);
    return groups.size() >= 2;
}

bool
ParseNode(std::string_view text, uint32_t servers, FaultParameters& p)
{
    using Role = FaultTarget::Role;
    for (const auto& [name, role] : {std::pair{"leader", Role::LEADER},
                                     std::pair{"follower", Role::FOLLOWER},
                                     std::pair{"random", Role::RANDOM}})
    {
        if (text == name)
        {
            p.node = {role, 0};
            return true;
        }
    }
    p.node.role = Role::ID;
    return ParseServer(text, servers, p.node.id);
}

/** Reads one of some words. */
template <typename T, std::size_t N>
bool
ParseWord(std::string_view text, const std::array<const char*, N>& words, T& value)
{
    const auto at = std::find(words.begin(), words.end(), text);
    value = static_cast<T>(at - words.begin());
    return at != words.end();
}

constexpr std::array<const char*, 2> FLAGS{"0", "1"};
constexpr std::array<const char*, 3> DIRECTIONS{"both", "in", "out"};
constexpr std::array<const char*, RESOURCE_COUNT> RESOURCES{"heap", "cpu", "nic", "disk", "queue"};
constexpr std::array<const char*, 3> OUTCOMES{"random", "crash", "recover"};
constexpr std::array<const char*, 4> ROLES{"", "leader", "follower", "random"};

std::string
FormatNumber(double value)
{
    char text[32];
    return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

std::string
FormatTime(Nanos time)
{
    std::string text = FormatSeconds(time);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.')
    {
        text.pop_back();
    }
    return text + "s";
}

constexpr Nanos MINUTE = std::chrono::minutes(1);
constexpr Nanos DAY = std::chrono::hours(24);

using P = FaultParameters;
using Text = std::string_view;

const FaultKey NODE{"node",
                    "a server 1..%n, leader, follower or random",
                    ParseNode,
                    [](const P& p) {
                        return !p.cuts.empty()  ? std::string()
                               : p.node.id != 0 ? std::to_string(p.node.id)
                                                : ROLES.at(static_cast<std::size_t>(p.node.role));
                    }};
const FaultKey EXACT{"exact",
                     "0 or 1",
                     [](Text v, uint32_t, P& p) { return ParseWord(v, FLAGS, p.exact); },
                     [](const P& p) { return std::string(p.exact ? "1" : ""); }};
const FaultKey CUT{"cut",
                   "1>2 (one way) or 1-2 (both), of two servers 1..%n, several joined by /",
                   ParseCuts,
                   [](const P& p) { return FormatCuts(p.cuts); }};
const FaultKey GROUPS{"groups",
                      "two or more groups as 1.2|3.4.5, of servers 1..%n, each at most once",
                      ParseGroups,
                      [](const P&) { return std::string(); }}; // written as cuts
const FaultKey DIRECTION{
    "direction",
    "both, in or out",
    [](Text v, uint32_t, P& p) { return ParseWord(v, DIRECTIONS, p.direction); },
    [](const P& p) {
        return p.cuts.empty() ? DIRECTIONS.at(static_cast<std::size_t>(p.direction))
                              : std::string();
    }};
const FaultKey TO{"to",
                  "servers 1..%n, several joined by a dot, each at most once",
                  [](Text v, uint32_t n, P& p) {
                      const bool good = ParseServers(v, n, p.to);
                      std::sort(p.to.begin(), p.to.end());
                      return good;
                  },
                  [](const P& p) {
                      std::string text;
                      for (const uint32_t id : p.to)
                      {
                          text += (text.empty() ? "" : ".") + std::to_string(id);
                      }
                      return text;
                  }};
const FaultKey FACTOR{"factor",
                      "a number 1..10000",
                      [](Text v, uint32_t, P& p) { return ParseNumberIn(v, 1, 1e4, p.factor); },
                      [](const P& p) { return FormatNumber(p.factor); }};
const FaultKey DELAY{"delay",
                     "a time 0s..60s",
                     [](Text v, uint32_t, P& p) { return ParseTimeIn(v, {}, MINUTE, p.delay); },
                     [](const P& p) { return FormatTime(p.delay); }};
const FaultKey JITTER{"jitter",
                      "a time 0s..60s",
                      [](Text v, uint32_t, P& p) { return ParseTimeIn(v, {}, MINUTE, p.jitter); },
                      [](const P& p) { return FormatTime(p.jitter); }};
const FaultKey LOSS{"loss",
                    "a share 0.001..0.95 (a cut is a partition)",
                    [](Text v, uint32_t, P& p) { return ParseNumberIn(v, 0.001, 0.95, p.loss); },
                    [](const P& p) { return FormatNumber(p.loss); }};
const FaultKey PERIOD{
    "period",
    "a time 10ms..1h",
    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, MINUTE / 6000, MINUTE * 60, p.period); },
    [](const P& p) { return FormatTime(p.period); }};
const FaultKey DUTY{"duty",
                    "a share 0.01..0.99",
                    [](Text v, uint32_t, P& p) { return ParseNumberIn(v, 0.01, 0.99, p.duty); },
                    [](const P& p) { return FormatNumber(p.duty); }};
const FaultKey BOUT{
    "bout",
    "a time 1ms..1h",
    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, MINUTE / 60000, MINUTE * 60, p.bout); },
    [](const P& p) { return p.bout == Nanos{} ? std::string() : FormatTime(p.bout); }};
const FaultKey GAP{
    "gap",
    "a time 1ms..1d",
    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, MINUTE / 60000, DAY, p.gap); },
    [](const P& p) { return p.gap == Nanos{} ? std::string() : FormatTime(p.gap); }};
const FaultKey RESOURCE{"resource",
                        "heap, cpu, nic, disk or queue",
                        [](Text v, uint32_t, P& p) { return ParseWord(v, RESOURCES, p.resource); },
                        [](const P& p) { return std::string(ResourceName(p.resource)); }};
const FaultKey NIC_DIRECTION{
    "direction",
    "both, in or out",
    [](Text v, uint32_t, P& p) { return ParseWord(v, DIRECTIONS, p.direction); },
    [](const P& p) -> std::string {
        return p.resource == Resource::NIC ? DIRECTIONS.at(static_cast<std::size_t>(p.direction))
                                           : "";
    }};
const FaultKey OUTCOME{
    "outcome",
    "crash, recover or random",
    [](Text v, uint32_t, P& p) { return ParseWord(v, OUTCOMES, p.outcome); },
    [](const P& p) -> std::string { return OUTCOMES.at(static_cast<std::size_t>(p.outcome)); }};
const FaultKey SEVERITY{
    "severity",
    "a number 0.01..1",
    [](Text v, uint32_t, P& p) { return ParseNumberIn(v, 0.01, 1, p.severity); },
    [](const P& p) { return FormatNumber(p.severity); }};
const FaultKey DOWN{"down",
                    "a time 1ns..1d",
                    [](Text v, uint32_t, P& p) {
                        p.down.emplace();
                        return ParseTimeIn(v, Nanos(1), DAY, *p.down);
                    },
                    [](const P& p) { return p.down ? FormatTime(*p.down) : std::string(); }};
const FaultKey MAGNITUDE{"magnitude",
                         "a whole number 1..1000000",
                         [](Text v, uint32_t, P& p) {
                             double number = 0;
                             const bool good = ParseNumberIn(v, 1, 1e6, number);
                             p.magnitude = static_cast<uint64_t>(number);
                             return good && static_cast<double>(p.magnitude) == number;
                         },
                         [](const P& p) { return std::to_string(p.magnitude); }};
const FaultKey SHARE{"share",
                     "a share 0.01..1",
                     [](Text v, uint32_t, P& p) { return ParseNumberIn(v, 0.01, 1, p.share); },
                     [](const P& p) { return FormatNumber(p.share); }};
const FaultKey CLOCK{"clock",
                     "0 or 1",
                     [](Text v, uint32_t, P& p) { return ParseWord(v, FLAGS, p.lieAboutClock); },
                     [](const P& p) { return std::string(p.lieAboutClock ? "1" : ""); }};
const FaultKey OFFSET{"offset",
                      "a time -1d..1d",
                      [](Text v, uint32_t, P& p) { return ParseTimeIn(v, -DAY, DAY, p.offset); },
                      [](const P& p) { return FormatTime(p.offset); }};
const FaultKey DRIFT{"drift",
                     "a number -100000..100000, in parts per million",
                     [](Text v, uint32_t, P& p) { return ParseNumberIn(v, -1e5, 1e5, p.driftPpm); },
                     [](const P& p) { return FormatNumber(p.driftPpm); }};

} // namespace

std::optional<Nanos>
ParseTime(std::string_view text)
{
    static constexpr std::array<std::pair<std::string_view, double>, 8> units{{{"min", 60e9},
                                                                               {"ms", 1e6},
                                                                               {"us", 1e3},
                                                                               {"ns", 1},
                                                                               {"s", 1e9},
                                                                               {"h", 3600e9},
                                                                               {"d", 86400e9},
                                                                               {"", 1e9}}};
    for (const auto& [unit, nanoseconds] : units)
    {
        if (text.size() >= unit.size() && text.substr(text.size() - unit.size()) == unit)
        {
            const std::optional<double> number =
                ParseNumber(text.substr(0, text.size() - unit.size()));
            if (!number || std::abs(*number * nanoseconds) > 1e4 * 86400e9)
            {
                return std::nullopt;
            }
            return Nanos(std::llround(*number * nanoseconds));
        }
    }
    return std::nullopt;
}

const std::vector<FaultKey>&
KeysOf(FaultKind kind)
{
    static const std::array<std::vector<FaultKey>, FAULT_KIND_COUNT> keys{{
        {NODE, EXACT},
        {NODE, EXACT},
        {NODE, FACTOR, DELAY, EXACT},
        {NODE, FACTOR, BOUT, GAP, EXACT},
        {NODE, EXACT},
        {NODE, CUT, DELAY, JITTER, EXACT},
        {NODE, TO, LOSS, EXACT},
        {NODE, DIRECTION, CUT, GROUPS, EXACT},
        {NODE, DIRECTION, CUT, GROUPS, PERIOD, DUTY, EXACT},
        {NODE, RESOURCE, NIC_DIRECTION, OUTCOME, SEVERITY, DOWN, EXACT},
        {NODE, SHARE, MAGNITUDE, CLOCK, EXACT},
        {NODE, TO, SHARE, EXACT},
        {NODE, SHARE, MAGNITUDE, EXACT},
        {NODE, OFFSET, DRIFT, EXACT},
    }};
    return keys.at(static_cast<std::size_t>(kind));
}

} // namespace ns3::faults
