#include "node-cpu.h"

#include "ns3/abort.h"
#include "ns3/node.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NodeCpu);

TypeId
NodeCpu::GetTypeId()
{
    static TypeId tid = TypeId("ns3::NodeCpu")
                            .SetParent<Object>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<NodeCpu>()
                            .AddAttribute("MessageCost",
                                          "Time that one piece of work takes, undegraded",
                                          TimeValue(Time(0)),
                                          MakeTimeAccessor(&NodeCpu::m_messageCost),
                                          MakeTimeChecker(Time(0)));
    return tid;
}

NodeCpu::NodeCpu()
    : m_schedule(CreateObject<ExponentialRandomVariable>())
{
}

NodeCpu::~NodeCpu() = default;

Ptr<NodeCpu>
NodeCpu::Of(Ptr<Node> node)
{
    Ptr<NodeCpu> cpu = node->GetObject<NodeCpu>();
    if (!cpu)
    {
        cpu = CreateObject<NodeCpu>();
        node->AggregateObject(cpu);
    }
    return cpu;
}

void
NodeCpu::SetSlowdown(double factor, Time meanSchedulingLatency)
{
    NS_ABORT_MSG_IF(!(factor >= 1), "a CPU slowdown is at least 1, not " << factor);
    NS_ABORT_MSG_IF(meanSchedulingLatency.IsStrictlyNegative(),
                    "a scheduling latency is at least 0, not " << meanSchedulingLatency);
    m_factor = factor;
    m_latencyMean = meanSchedulingLatency;
}

void
NodeCpu::PauseFor(Time span)
{
    NS_ABORT_MSG_IF(span.IsStrictlyNegative(), "a pause lasts at least 0 s, not " << span);
    if (!m_halted)
    {
        m_queue.StallFor(span);
    }
}

bool
NodeCpu::IsPaused() const
{
    return m_queue.IsStalled();
}

void
NodeCpu::Halt()
{
    m_halted = true;
    m_queue.Clear();
}

void
NodeCpu::Resume()
{
    m_halted = false;
}

bool
NodeCpu::IsHalted() const
{
    return m_halted;
}

std::size_t
NodeCpu::GetBacklog() const
{
    return m_queue.Size();
}

int64_t
NodeCpu::AssignStreams(int64_t stream)
{
    m_schedule->SetStream(stream);
    return 1;
}

void
NodeCpu::DoDispose()
{
    m_halted = true;
    m_queue.Clear();
    m_schedule = nullptr;
    Object::DoDispose();
}

bool
NodeCpu::RunsAtOnce() const
{
    return !m_halted && m_messageCost.IsZero() && m_latencyMean.IsZero() && m_queue.IsFree();
}

void
NodeCpu::Enqueue(std::function<void()> work)
{
    Time latency;
    if (m_latencyMean.IsStrictlyPositive())
    {
        latency = Seconds(m_schedule->GetValue(m_latencyMean.GetSeconds(), 0));
    }
    m_queue.Submit(latency, Seconds(m_messageCost.GetSeconds() * m_factor), std::move(work));
}

} // namespace ns3
