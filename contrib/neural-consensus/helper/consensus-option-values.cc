#include "consensus-option-values.h"

#include "ns3/fault-keys.h"

#include <cmath>
#include <stdexcept>

namespace ns3
{

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
    std::size_t used = 0;
    double value = NAN;
    try
    {
        value = std::stod(text, &used);
    }
    catch (const std::logic_error&)
    {
        // no number at all, or one beyond a double: refused below
    }
    if (used != text.size() || !std::isfinite(value) || value < least || value > most)
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
    DataRateValue value;
    if (!value.DeserializeFromString(text, MakeDataRateChecker()) || value.Get().GetBitRate() == 0)
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

} // namespace ns3
