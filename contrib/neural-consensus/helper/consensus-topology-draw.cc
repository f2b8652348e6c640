#include "consensus-topology-draw.h"

#include <cmath>
#include <numeric>

namespace ns3
{

TopologyDraw::TopologyDraw(bool random)
    : m_random(random),
      m_uniform(CreateObject<UniformRandomVariable>())
{
    m_uniform->SetStream(STREAM);
}

double
TopologyDraw::Number(const std::string& name,
                     const TopologyRange& range,
                     std::optional<double> given)
{
    double value = range.byDefault;
    if (m_random)
    {
        const double u = m_uniform->GetValue(0.0, 1.0);
        value = range.low > 0.0 ? range.low * std::pow(range.high / range.low, u)
                                : range.low + (range.high - range.low) * u;
    }
    value = given.value_or(value);
    m_record.emplace_back(name, value);
    return value;
}

Time
TopologyDraw::Milliseconds(const std::string& name,
                           const TopologyRange& range,
                           std::optional<Time> given)
{
    const TopologyRange seconds{range.byDefault / 1e3, range.low / 1e3, range.high / 1e3};
    const double drawn =
        Number(name + "_s", seconds, given ? std::optional(given->GetSeconds()) : std::nullopt);
    return given.value_or(NanoSeconds(std::llround(drawn * 1e9)));
}

DataRate
TopologyDraw::Rate(const std::string& name,
                   const TopologyRange& range,
                   std::optional<DataRate> given)
{
    using Bits = std::optional<double>;
    const Bits bits = given ? Bits(static_cast<double>(given->GetBitRate())) : std::nullopt;
    return DataRate(static_cast<uint64_t>(std::llround(Number(name + "_bps", range, bits))));
}

std::vector<uint32_t>
TopologyDraw::Places(uint32_t count)
{
    if (m_random)
    {
        return Shuffled(count);
    }
    std::vector<uint32_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    return places;
}

std::vector<uint32_t>
TopologyDraw::Shuffled(uint32_t count)
{
    std::vector<uint32_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    for (uint32_t i = count; i > 1; --i)
    {
        std::swap(places[i - 1], places[m_uniform->GetInteger(0, i - 1)]);
    }
    return places;
}

bool
TopologyDraw::IsRandom() const
{
    return m_random;
}

const std::vector<std::pair<std::string, double>>&
TopologyDraw::Record() const
{
    return m_record;
}

} // namespace ns3
