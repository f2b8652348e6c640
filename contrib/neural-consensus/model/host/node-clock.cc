#include "node-clock.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NodeClock);

TypeId
NodeClock::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::NodeClock")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<NodeClock>()
            .AddAttribute("Offset",
                          "What this clock shows beyond the true time",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&NodeClock::SetOffset, &NodeClock::GetOffset),
                          MakeTimeChecker())
            .AddAttribute("Drift",
                          "By how much this clock runs too fast, in parts per million",
                          DoubleValue(0),
                          MakeDoubleAccessor(&NodeClock::SetDrift, &NodeClock::GetDrift),
                          MakeDoubleChecker<double>(-5e5, 5e5));
    return tid;
}

NodeClock::NodeClock() = default;
NodeClock::~NodeClock() = default;

Ptr<NodeClock>
NodeClock::Of(Ptr<Node> node)
{
    Ptr<NodeClock> clock = node->GetObject<NodeClock>();
    if (!clock)
    {
        clock = CreateObject<NodeClock>();
        node->AggregateObject(clock);
    }
    return clock;
}

std::chrono::nanoseconds
NodeClock::Now() const
{
    const int64_t now = Simulator::Now().GetNanoSeconds();
    // Only the small deviation goes through floating point, so that a clock without drift is exact.
    const int64_t bent = std::llround(static_cast<double>(now - m_anchorTime) * m_driftPpm * 1e-6);
    return std::chrono::nanoseconds(now + m_bent + bent + m_offset.GetNanoSeconds());
}

void
NodeClock::SetOffset(Time offset)
{
    m_offset = offset;
}

Time
NodeClock::GetOffset() const
{
    return m_offset;
}

void
NodeClock::SetDrift(double ppm)
{
    NS_ABORT_MSG_IF(!(ppm > -1e6), "a clock must run forward: drift " << ppm << " ppm");
    const int64_t now = Simulator::Now().GetNanoSeconds();
    m_bent += std::llround(static_cast<double>(now - m_anchorTime) * m_driftPpm * 1e-6);
    m_anchorTime = now;
    m_driftPpm = ppm;
}

double
NodeClock::GetDrift() const
{
    return m_driftPpm;
}

Time
NodeClock::ToSimulated(std::chrono::nanoseconds clockSpan) const
{
    if (clockSpan.count() <= 0)
    {
        return Time(0);
    }
    if (m_driftPpm == 0)
    {
        return NanoSeconds(clockSpan.count());
    }
    const double span = static_cast<double>(clockSpan.count());
    const double correction = span * (1.0 / (1.0 + m_driftPpm * 1e-6) - 1.0);
    return NanoSeconds(clockSpan.count() + static_cast<int64_t>(std::ceil(correction)));
}

Time
NodeClock::Until(std::chrono::nanoseconds moment) const
{
    Time wait = ToSimulated(moment - Now());
    // Rounding of the drift may leave the clock a nanosecond short of the moment: never be early.
    return wait.IsZero() || m_driftPpm == 0 ? wait : wait + NanoSeconds(1);
}

} // namespace ns3
