#include "fault-plan.h"

#include "fault-keys.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace ns3::faults
{

namespace
{

/** @return the text on one line and of bounded length, whatever is in it */
std::string
Printable(std::string_view text)
{
    constexpr std::size_t longest = 160;
    std::string line(text.substr(0, longest));
    std::replace_if(
        line.begin(),
        line.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; },
        '?');
    return text.size() > longest ? line + "..." : line;
}

[[noreturn]] void
Refuse(const std::string& fault, std::string_view part, const std::string& expected)
{
    throw std::invalid_argument("fault \"" + Printable(fault) + "\": \"" + Printable(part) +
                                "\" where " + expected + " was expected");
}

std::string
Join(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
    {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

FaultKind
ParseKind(const std::string& fault, std::string_view name)
{
    const std::vector<std::string>& names = FaultKindNames();
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end())
    {
        Refuse(fault, name, "a kind of fault (one of " + Join(names) + ")");
    }
    return static_cast<FaultKind>(at - names.begin());
}

const FaultKey&
FindKey(const std::string& fault, FaultKind kind, std::string_view name)
{
    const std::vector<FaultKey>& keys = KeysOf(kind);
    const auto at =
        std::find_if(keys.begin(), keys.end(), [&](const FaultKey& k) { return name == k.name; });
    if (at == keys.end())
    {
        std::vector<std::string> known;
        for (const FaultKey& key : keys)
        {
            known.emplace_back(key.name);
        }
        Refuse(fault, name, "a key of " + FaultKindName(kind) + " (" + Join(known) + ")");
    }
    return *at;
}

void
ParseKeyValue(const std::string& text,
              std::string_view pair,
              uint32_t servers,
              FaultSpec& fault,
              std::set<std::string>& seen)
{
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos)
    {
        Refuse(text, pair, "key=value");
    }
    const std::string_view value = pair.substr(equals + 1);
    const FaultKey& key = FindKey(text, fault.kind, pair.substr(0, equals));
    if (!seen.insert(key.name).second)
    {
        Refuse(text, pair, "each key at most once");
    }
    if (!key.parse(value, servers, fault.parameters))
    {
        std::string expected = key.expected;
        if (const std::size_t at = expected.find("%n"); at != std::string::npos)
        {
            expected.replace(at, 2, std::to_string(servers));
        }
        Refuse(text, pair, key.name + (" being " + expected));
    }
}

/** What no single key can get wrong. */
void
CheckCombination(const std::string& text,
                 uint32_t servers,
                 const FaultSpec& fault,
                 const std::set<std::string>& seen)
{
    const int places = seen.count("cut") + seen.count("groups") + seen.count("node");
    if ((seen.count("cut") || seen.count("groups")) && places + seen.count("direction") > 1)
    {
        Refuse(text, text, "cut, groups, or node with direction, only one of them,");
    }
    const FaultParameters& p = fault.parameters;
    if (std::find(p.to.begin(), p.to.end(), p.node.id) != p.to.end())
    {
        Refuse(text, FormatParameters(fault), "a receiver (to) other than the node itself");
    }
    if (fault.kind == FaultKind::SLOW_CPU && p.factor == 1 && p.delay == Nanos{})
    {
        Refuse(text, FormatParameters(fault), "a factor above 1 or a delay above 0s");
    }
    if (fault.kind == FaultKind::SLOW_DISK && (p.bout == Nanos{}) != (p.gap == Nanos{}))
    {
        Refuse(text, FormatParameters(fault), "bout and gap, both or neither,");
    }
    if (fault.kind == FaultKind::SLOW_LINK && p.delay + p.jitter == Nanos{})
    {
        Refuse(text, FormatParameters(fault), "a delay or a jitter above 0s");
    }
    if (fault.kind == FaultKind::DEGRADE && seen.count("direction") && p.resource != Resource::NIC)
    {
        Refuse(text, FormatParameters(fault), "direction with resource=nic only");
    }
    if (p.until && *p.until <= p.from)
    {
        Refuse(text, FormatParameters(fault), "an end (until) after the beginning (from)");
    }
    const bool needsPeer = fault.kind == FaultKind::PARTITION ||
                           fault.kind == FaultKind::FLAPPING || IsByzantine(fault.kind);
    if (needsPeer && servers < 2)
    {
        Refuse(text, FaultKindName(fault.kind), "a kind that needs no second server");
    }
}

} // namespace

FaultSpec
ParseFault(const std::string& text, uint32_t servers)
{
    const std::string_view whole(text);
    const std::size_t at = whole.find('@');
    if (at == std::string_view::npos)
    {
        Refuse(text, text, "KIND@START[+DURATION][:key=value,...]");
    }
    FaultSpec fault;
    fault.kind = ParseKind(text, whole.substr(0, at));
    fault.parameters = DefaultParameters(fault.kind);

    const std::size_t colon = whole.find(':', at);
    const std::string_view times = whole.substr(at + 1, colon - at - 1);
    const std::size_t plus = times.find('+');
    const std::optional<Nanos> start = ParseTime(times.substr(0, plus));
    if (!start || *start < Nanos{})
    {
        Refuse(text, times.substr(0, plus), "a start of 0s or later, as 20s or 150ms,");
    }
    fault.start = *start;
    if (plus != std::string_view::npos)
    {
        fault.duration = ParseTime(times.substr(plus + 1));
        if (!fault.duration || *fault.duration <= Nanos{})
        {
            Refuse(text, times.substr(plus + 1), "a duration above 0s, as 20s or 150ms,");
        }
    }

    std::set<std::string> seen;
    if (colon != std::string_view::npos)
    {
        std::string_view rest = whole.substr(colon + 1);
        for (;;)
        {
            const std::size_t comma = rest.find(',');
            ParseKeyValue(text, rest.substr(0, comma), servers, fault, seen);
            if (comma == std::string_view::npos)
            {
                break;
            }
            rest.remove_prefix(comma + 1);
        }
    }
    CheckCombination(text, servers, fault, seen);
    return fault;
}

FaultPlan
ParseFaultFile(std::istream& in, const std::string& name, uint32_t servers)
{
    FaultPlan plan;
    std::string line;
    for (uint64_t number = 1; std::getline(in, line); ++number)
    {
        line.erase(std::min(line.find('#'), line.size()));
        constexpr auto blanks = " \t\r";
        const std::size_t first = line.find_first_not_of(blanks);
        if (first == std::string::npos)
        {
            continue;
        }
        try
        {
            const std::size_t last = line.find_last_not_of(blanks);
            plan.push_back(ParseFault(line.substr(first, last - first + 1), servers));
        }
        catch (const std::invalid_argument& error)
        {
            throw std::invalid_argument(name + ":" + std::to_string(number) + ": " + error.what());
        }
    }
    if (in.bad())
    {
        throw std::runtime_error(name + ": reading failed, a readable file of faults was expected");
    }
    return plan;
}

} // namespace ns3::faults
