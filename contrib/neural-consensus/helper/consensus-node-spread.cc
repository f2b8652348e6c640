#include "consensus-node-spread.h"

#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/node-disk.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

#include <cmath>

namespace ns3
{

namespace
{

const Time USUAL_MESSAGE_COST = MicroSeconds(10);
constexpr double CLOCK_OFFSET_SECONDS = 0.005; //!< standard deviation
constexpr double CLOCK_DRIFT_PPM = 50;         //!< at most

void
Multiply(Ptr<Object> part, const char* attribute, double factor, Time otherwise)
{
    TimeValue value;
    part->GetAttribute(attribute, value);
    const Time base = value.Get().IsZero() ? otherwise : value.Get();
    part->SetAttribute(attribute, TimeValue(Seconds(base.GetSeconds() * factor)));
}

} // namespace

void
SpreadNodes(const NodeContainer& servers, double spread, int64_t stream)
{
    if (spread == 0)
    {
        return;
    }
    auto normal = CreateObject<NormalRandomVariable>();
    normal->SetStream(stream);
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        Ptr<Node> node = servers.Get(i);
        const auto factor = [&] { return std::exp(spread * normal->GetValue(0, 1)); };
        Multiply(NodeCpu::Of(node), "MessageCost", factor(), USUAL_MESSAGE_COST);
        // A disk that takes no time is an ideal that was asked for.
        Multiply(NodeDisk::Of(node), "MedianLatency", factor(), Time(0));
        Ptr<NodeClock> clock = NodeClock::Of(node);
        clock->SetOffset(clock->GetOffset() +
                         Seconds(CLOCK_OFFSET_SECONDS * normal->GetValue(0, 1)));
        const double cdf = 0.5 * std::erfc(-normal->GetValue(0, 1) / std::sqrt(2));
        clock->SetDrift(clock->GetDrift() + CLOCK_DRIFT_PPM * (2 * cdf - 1));
    }
}

} // namespace ns3
