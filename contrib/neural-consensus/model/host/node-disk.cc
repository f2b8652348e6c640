#include "node-disk.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

#include <cmath>
#include <utility>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NodeDisk);

TypeId
NodeDisk::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::NodeDisk")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<NodeDisk>()
            .AddAttribute("MedianLatency",
                          "Median time of a small synced write; 0 for an instantaneous disk",
                          TimeValue(MicroSeconds(200)),
                          MakeTimeAccessor(&NodeDisk::m_medianLatency),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Sigma",
                          "Standard deviation of the natural logarithm of the latency",
                          DoubleValue(0.4),
                          MakeDoubleAccessor(&NodeDisk::m_sigma),
                          MakeDoubleChecker<double>(0, 10))
            .AddAttribute("Throughput",
                          "Rate at which the bytes of a write are transferred",
                          DataRateValue(DataRate("4Gb/s")),
                          MakeDataRateAccessor(&NodeDisk::m_throughput),
                          MakeDataRateChecker())
            .AddAttribute("BoutFactor",
                          "How many times longer writes take during a bout of slowness; 1 for a "
                          "disk without bouts",
                          DoubleValue(1),
                          MakeDoubleAccessor(&NodeDisk::m_boutFactor),
                          MakeDoubleChecker<double>(1, 1e4))
            .AddAttribute("MeanBout",
                          "Mean length of a bout of slowness",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&NodeDisk::m_meanBout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MeanGap",
                          "Mean time from the end of a bout to the start of the next",
                          TimeValue(Minutes(1)),
                          MakeTimeAccessor(&NodeDisk::m_meanGap),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

NodeDisk::NodeDisk()
    : m_noise(CreateObject<NormalRandomVariable>()),
      m_boutDraw(CreateObject<UniformRandomVariable>())
{
}

NodeDisk::~NodeDisk() = default;

Ptr<NodeDisk>
NodeDisk::Of(Ptr<Node> node)
{
    Ptr<NodeDisk> disk = node->GetObject<NodeDisk>();
    if (!disk)
    {
        disk = CreateObject<NodeDisk>();
        node->AggregateObject(disk);
    }
    return disk;
}

void
NodeDisk::Write(uint32_t bytes, std::function<void()> done)
{
    if (m_medianLatency.IsZero())
    {
        if (m_queue.IsFree())
        {
            done();
        }
        else
        {
            m_queue.Submit(Time(0), Time(0), std::move(done));
        }
        return;
    }
    const double median = m_medianLatency.GetSeconds();
    double seconds = median * std::exp(m_sigma * m_noise->GetValue(0, 1));
    if (m_throughput.GetBitRate() > 0)
    {
        seconds += 8.0 * bytes / static_cast<double>(m_throughput.GetBitRate());
    }
    seconds *= IsInBout() ? m_factor * m_boutFactor : m_factor;
    m_queue.Submit(Time(0), Seconds(seconds), std::move(done));
}

bool
NodeDisk::IsInBout()
{
    if (m_boutFactor == 1)
    {
        return false;
    }
    const Time now = Simulator::Now();
    if (m_boutEnd.IsStrictlyNegative())
    {
        // As a disk that has been bad for long is found; what is left of an exponential time is
        // distributed as all of it.
        const double share = m_meanBout.GetSeconds() / (m_meanBout + m_meanGap).GetSeconds();
        m_inBout = m_boutDraw->GetValue(0, 1) < share;
        m_boutEnd = now + DrawBoutLength();
    }
    while (m_boutEnd <= now)
    {
        m_inBout = !m_inBout;
        m_boutEnd += DrawBoutLength();
    }
    return m_inBout;
}

Time
NodeDisk::DrawBoutLength()
{
    const double mean = (m_inBout ? m_meanBout : m_meanGap).GetSeconds();
    return Seconds(-mean * std::log1p(-m_boutDraw->GetValue(0, 1)));
}

void
NodeDisk::SetSlowdown(double factor)
{
    NS_ABORT_MSG_IF(!(factor >= 1), "a disk slowdown is at least 1, not " << factor);
    m_factor = factor;
}

void
NodeDisk::StallFor(Time span)
{
    NS_ABORT_MSG_IF(span.IsStrictlyNegative(), "a stall lasts at least 0 s, not " << span);
    m_queue.StallFor(span);
}

void
NodeDisk::DropPending()
{
    m_queue.Clear();
}

std::size_t
NodeDisk::GetBacklog() const
{
    return m_queue.Size();
}

int64_t
NodeDisk::AssignStreams(int64_t stream)
{
    m_noise->SetStream(stream);
    m_boutDraw->SetStream(stream + 1);
    return 2;
}

void
NodeDisk::DoDispose()
{
    m_queue.Clear();
    m_noise = nullptr;
    m_boutDraw = nullptr;
    Object::DoDispose();
}

} // namespace ns3
