#include "fault-spec.h"

#include "fault-keys.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace ns3::faults
{

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::vector<std::string>&
FaultKindNames()
{
    static const std::vector<std::string> names{"host-crash",
                                                "process-crash",
                                                "slow-cpu",
                                                "slow-disk",
                                                "disk-stall",
                                                "slow-link",
                                                "omission",
                                                "partition",
                                                "flapping",
                                                "degrade",
                                                "byzantine-lying",
                                                "byzantine-selective",
                                                "byzantine-equivocating",
                                                "clock-skew",
                                                "minority-crash",
                                                "cascade",
                                                "byzantine-twin",
                                                "byzantine-term-inflation",
                                                "byzantine-stale-replay",
                                                "byzantine-vote-withholding"};
    return names;
}

bool
IsComposite(FaultKind kind)
{
    return kind == FaultKind::MINORITY_CRASH || kind == FaultKind::CASCADE;
}

const std::string&
FaultKindName(FaultKind kind)
{
    return FaultKindNames().at(static_cast<std::size_t>(kind));
}

bool
IsByzantine(FaultKind kind)
{
    return FaultKindName(kind).rfind("byzantine-", 0) == 0;
}

const char*
ResourceName(Resource resource)
{
    static constexpr std::array<const char*, RESOURCE_COUNT> names{"heap",
                                                                   "cpu",
                                                                   "nic",
                                                                   "disk",
                                                                   "queue"};
    return names.at(static_cast<std::size_t>(resource));
}

bool
FaultParameters::operator==(const FaultParameters& o) const
{
    return node == o.node && exact == o.exact && cuts == o.cuts && direction == o.direction &&
           to == o.to && factor == o.factor && ramp == o.ramp && delay == o.delay &&
           jitter == o.jitter && loss == o.loss && period == o.period && duty == o.duty &&
           bout == o.bout && gap == o.gap && count == o.count && resource == o.resource &&
           outcome == o.outcome && severity == o.severity && down == o.down &&
           magnitude == o.magnitude && share == o.share && from == o.from && until == o.until &&
           seed == o.seed && lieAboutClock == o.lieAboutClock && offset == o.offset &&
           driftPpm == o.driftPpm;
}

FaultParameters
DefaultParameters(FaultKind kind)
{
    FaultParameters p;
    switch (kind)
    {
    case FaultKind::SLOW_CPU:
        p.factor = 10;
        p.delay = milliseconds(20);
        break;
    case FaultKind::SLOW_DISK:
        p.factor = 50;
        break;
    case FaultKind::SLOW_LINK:
        p.delay = milliseconds(50);
        p.jitter = milliseconds(10);
        break;
    case FaultKind::OMISSION:
        p.loss = 0.3;
        p.direction = CutDirection::OUT;
        break;
    case FaultKind::FLAPPING:
        p.period = seconds(2);
        p.duty = 0.5;
        break;
    case FaultKind::DEGRADE:
        p.severity = 0.5;
        p.direction = CutDirection::OUT;
        break;
    case FaultKind::BYZANTINE_LYING:
    case FaultKind::BYZANTINE_EQUIVOCATING:
        p.magnitude = 50;
        p.share = 1;
        break;
    case FaultKind::BYZANTINE_SELECTIVE:
    case FaultKind::BYZANTINE_VOTE_WITHHOLDING:
    case FaultKind::BYZANTINE_TWIN:
        p.share = 1;
        break;
    case FaultKind::BYZANTINE_TERM_INFLATION:
        p.share = 1;
        p.magnitude = 2;
        p.period = seconds(2);
        break;
    case FaultKind::BYZANTINE_STALE_REPLAY:
        p.share = 0.5;
        p.delay = seconds(3);
        break;
    case FaultKind::CASCADE:
        p.gap = seconds(2);
        break;
    case FaultKind::CLOCK_SKEW:
        p.offset = milliseconds(100);
        break;
    case FaultKind::HOST_CRASH:
    case FaultKind::PROCESS_CRASH:
    case FaultKind::DISK_STALL:
    case FaultKind::PARTITION:
    case FaultKind::MINORITY_CRASH:
        break;
    }
    return p;
}

double
RampStrength(Nanos elapsed, Nanos ramp)
{
    return elapsed >= ramp ? 1 : static_cast<double>(1 + 9 * elapsed / ramp) / 10;
}

std::string
FormatSeconds(Nanos time)
{
    const int64_t count = time.count();
    // Written by hand: a double keeps nine decimals only up to 100 days.
    const uint64_t magnitude = count < 0 ? 0 - static_cast<uint64_t>(count) : count;
    char text[40];
    std::snprintf(text,
                  sizeof(text),
                  "%s%llu.%09llu",
                  count < 0 ? "-" : "",
                  static_cast<unsigned long long>(magnitude / 1000000000),
                  static_cast<unsigned long long>(magnitude % 1000000000));
    return text;
}

std::string
FormatCuts(const std::vector<Cut>& cuts)
{
    std::string text;
    for (const Cut& cut : cuts)
    {
        const bool bothWays =
            std::find(cuts.begin(), cuts.end(), Cut{cut.to, cut.from}) != cuts.end();
        if (bothWays && cut.from > cut.to)
        {
            continue;
        }
        text += (text.empty() ? "" : "/") + std::to_string(cut.from) + (bothWays ? "-" : ">") +
                std::to_string(cut.to);
    }
    return text;
}

std::string
FormatParameters(const FaultSpec& fault)
{
    std::string text;
    for (const FaultKey& key : KeysOf(fault.kind))
    {
        const std::string value = key.format(fault.parameters);
        if (!value.empty())
        {
            text += (text.empty() ? "" : ",") + std::string(key.name) + "=" + value;
        }
    }
    return text;
}

std::string
FormatFault(const FaultSpec& fault)
{
    std::string text = FaultKindName(fault.kind) + "@" + FormatSeconds(fault.start) + "s";
    if (fault.duration)
    {
        text += "+" + FormatSeconds(*fault.duration) + "s";
    }
    const std::string parameters = FormatParameters(fault);
    return parameters.empty() ? text : text + ":" + parameters;
}

} // namespace ns3::faults
