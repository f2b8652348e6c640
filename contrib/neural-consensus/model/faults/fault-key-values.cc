#include "fault-key-values.h"

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

void
SortCuts(std::vector<Cut>& cuts)
{
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
}

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

bool
ParseNumberIn(std::string_view text, double low, double high, double& value)
{
    const std::optional<double> number = ParseNumber(text);
    value = number.value_or(0);
    return number && value >= low && value <= high;
}

bool
ParseWhole(std::string_view text, double low, double high, uint64_t& value)
{
    double number = 0;
    const bool good = ParseNumberIn(text, low, high, number);
    value = good ? static_cast<uint64_t>(number) : 0;
    return good && static_cast<double>(value) == number;
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

std::string
FormatSpan(Nanos time)
{
    return time == Nanos{} ? std::string() : FormatTime(time);
}

} // namespace ns3::faults
