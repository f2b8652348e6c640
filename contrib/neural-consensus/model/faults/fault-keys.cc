#include "fault-keys.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ns3::faults
{

namespace
{

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
const FaultKey RAMP{"ramp",
                    "a time 0s..1h",
                    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, {}, MINUTE * 60, p.ramp); },
                    [](const P& p) { return FormatSpan(p.ramp); }};
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
    [](const P& p) { return FormatSpan(p.bout); }};
const FaultKey GAP{
    "gap",
    "a time 1ms..1d",
    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, MINUTE / 60000, DAY, p.gap); },
    [](const P& p) { return FormatSpan(p.gap); }};
const FaultKey COUNT{"count",
                     "a number of servers 1..%n",
                     [](Text v, uint32_t n, P& p) { return ParseServer(v, n, p.count); },
                     [](const P& p) { return p.count == 0 ? "" : std::to_string(p.count); }};
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
                         [](Text v, uint32_t, P& p) { return ParseWhole(v, 1, 1e6, p.magnitude); },
                         [](const P& p) { return std::to_string(p.magnitude); }};
const FaultKey SHARE{"share",
                     "a share 0.01..1",
                     [](Text v, uint32_t, P& p) { return ParseNumberIn(v, 0.01, 1, p.share); },
                     [](const P& p) { return FormatNumber(p.share); }};
const FaultKey AGE{
    "age",
    "a time 10ms..60s",
    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, MINUTE / 6000, MINUTE, p.delay); },
    [](const P& p) { return FormatTime(p.delay); }};
const FaultKey FROM{"from",
                    "a time 0s..1d after the start",
                    [](Text v, uint32_t, P& p) { return ParseTimeIn(v, {}, DAY, p.from); },
                    [](const P& p) { return FormatSpan(p.from); }};
const FaultKey UNTIL{"until",
                     "a time 1ns..1d after the start",
                     [](Text v, uint32_t, P& p) {
                         p.until.emplace();
                         return ParseTimeIn(v, Nanos(1), DAY, *p.until);
                     },
                     [](const P& p) { return p.until ? FormatTime(*p.until) : std::string(); }};
const FaultKey SEED{"seed",
                    "a whole number 0..1000000000",
                    [](Text v, uint32_t, P& p) {
                        p.seed.emplace();
                        return ParseWhole(v, 0, 1e9, *p.seed);
                    },
                    [](const P& p) { return p.seed ? std::to_string(*p.seed) : std::string(); }};
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

/** What every byzantine kind reads, around keys of its own: whom, when, with which seed. */
std::vector<FaultKey>
Byzantine(const std::vector<FaultKey>& own)
{
    std::vector<FaultKey> keys{NODE, TO, SHARE, FROM, UNTIL};
    keys.insert(keys.end(), own.begin(), own.end());
    keys.insert(keys.end(), {SEED, EXACT});
    return keys;
}

} // namespace

const std::vector<FaultKey>&
KeysOf(FaultKind kind)
{
    static const std::array<std::vector<FaultKey>, FAULT_KIND_COUNT> keys{{
        {NODE, EXACT},
        {NODE, EXACT},
        {NODE, FACTOR, DELAY, RAMP, EXACT},
        {NODE, FACTOR, BOUT, GAP, EXACT},
        {NODE, EXACT},
        {NODE, CUT, DELAY, JITTER, RAMP, EXACT},
        {NODE, TO, DIRECTION, LOSS, EXACT},
        {NODE, DIRECTION, CUT, GROUPS, EXACT},
        {NODE, DIRECTION, CUT, GROUPS, PERIOD, DUTY, EXACT},
        {NODE, RESOURCE, NIC_DIRECTION, OUTCOME, SEVERITY, DOWN, EXACT},
        Byzantine({MAGNITUDE, CLOCK}),
        Byzantine({}),
        Byzantine({MAGNITUDE}),
        {NODE, OFFSET, DRIFT, EXACT},
        {COUNT, EXACT},
        {COUNT, GAP, DOWN, EXACT},
        {NODE, TO, SEED, EXACT},
        Byzantine({MAGNITUDE, PERIOD}),
        Byzantine({AGE}),
        Byzantine({}),
    }};
    return keys.at(static_cast<std::size_t>(kind));
}

} // namespace ns3::faults
