#include "node-disk.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/node.h"

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
                          MakeDataRateChecker());
    return tid;
}

NodeDisk::NodeDisk()
    : m_noise(CreateObject<NormalRandomVariable>())
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
    m_queue.Submit(Time(0), Seconds(seconds * m_factor), std::move(done));
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
    return 1;
}

void
NodeDisk::DoDispose()
{
    m_queue.Clear();
    m_noise = nullptr;
    Object::DoDispose();
}

} // namespace ns3
