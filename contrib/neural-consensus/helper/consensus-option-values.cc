#include "consensus-option-values.h"

#include "ns3/fault-keys.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace ns3
{

namespace
{

/** @return the number that the text is, or NaN where it is none */
double
ParseNumber(std::string_view text)
{
    double value = NAN;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end ? value : NAN;
}

} // namespace

void
RefuseValue(const std::string& option, const std::string& value, const std::string& expected)
{
    throw std::invalid_argument("option --" + option + ": '" + value + "' is not " + expected);
}

Time
ReadTimeValue(const std::string& option, const std::string& text)
{
    const auto time = faults::ParseTime(text);
    if (!time || time->count() < 0)
    {
        RefuseValue(option, text, "a time such as 20s, 150ms or 2.5 (seconds)");
    }
    return NanoSeconds(time->count());
}

double
ReadNumberValue(const std::string& option,
                const std::string& text,
                double least,
                double most,
                const std::string& expected)
{
    const double value = ParseNumber(text);
    if (!(value >= least && value <= most))
    {
        RefuseValue(option, text, expected);
    }
    return value;
}

double
ReadShareValue(const std::string& option, const std::string& text)
{
    return ReadNumberValue(option, text, 0, 1, "a share from 0 to 1");
}

uint32_t
ReadCountValue(const std::string& option, const std::string& text, uint32_t least, uint32_t most)
{
    const std::string expected =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const double value = ReadNumberValue(option, text, least, most, expected);
    if (value != std::floor(value))
    {
        RefuseValue(option, text, expected);
    }
    return static_cast<uint32_t>(value);
}

DataRate
ReadRateValue(const std::string& option, const std::string& text)
{
    // Checked here first: ns-3 aborts on blanks, takes 1.2.3Mbps for 1.2Mbps, and lets a number
    // that is too large overflow. A unit with a prefix (kbps, GiB/s) multiplies by up to 2^33.
    const std::size_t numberSize = std::min(text.find_first_not_of("0123456789."), text.size());
    const bool hasPrefix = text.size() - numberSize > 3;
    const bool isSane = ParseNumber({text.data(), numberSize}) <= (hasPrefix ? 2e9 : 2e18) &&
                        text.find_first_of(" \t\r\n\v\f") == std::string::npos;
    DataRateValue value;
    if (!isSane || !value.DeserializeFromString(text, MakeDataRateChecker()) ||
        value.Get().GetBitRate() == 0)
    {
        RefuseValue(option, text, "a data rate such as 100Mbps");
    }
    return value.Get();
}

GilbertElliottLoss
ReadBurstLossValue(const std::string& option, const std::string& text)
{
    const auto colon = text.find(':');
    GilbertElliottLoss loss;
    loss.meanLoss = ReadShareValue(option, text.substr(0, colon));
    if (colon != std::string::npos)
    {
        loss.meanBurstLength = ReadNumberValue(option,
                                               text.substr(colon + 1),
                                               1,
                                               1e6,
                                               "a mean burst length of at least 1 packet");
    }
    return loss;
}

FaultWeights
ReadFaultWeightsValue(const std::string& option, const std::string& text)
{
    const std::vector<std::string>& kinds = faults::FaultKindNames();
    FaultWeights weights = faults::RandomPlanOptions().weights;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');)
    {
        const auto colon = std::min(part.find(':'), part.size());
        const auto kind = std::find(kinds.begin(), kinds.end(), part.substr(0, colon));
        const double weight =
            ParseNumber(std::string_view(part).substr(colon).substr(colon < part.size() ? 1 : 0));
        // Kinds that are plans of their own choose servers of their own, beside the random plan.
        if (kind == kinds.end() || !(weight >= 0 && weight <= 1e6) ||
            (weight > 0 &&
             faults::IsComposite(static_cast<faults::FaultKind>(kind - kinds.begin()))))
        {
            RefuseValue(option,
                        part,
                        "KIND:WEIGHT with a kind of fault other than minority-crash and cascade, "
                        "and a weight from 0 to 1000000");
        }
        weights[static_cast<std::size_t>(kind - kinds.begin())] = weight;
    }
    if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; }))
    {
        RefuseValue(option, text, "a weight above 0 for some kind");
    }
    return weights;
}

} // namespace ns3
