#include "netem-queue-disc.h"

#include "netem-delay-queue.h"
#include "netem-flow.h"

#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/queue-size.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <limits>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("NetemQueueDisc");

NS_OBJECT_ENSURE_REGISTERED(NetemQueueDisc);

TypeId
NetemQueueDisc::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::NetemQueueDisc")
            .SetParent<QueueDisc>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<NetemQueueDisc>()
            .AddAttribute("MaxSize",
                          "The most packets that wait here at a time.",
                          QueueSizeValue(QueueSize("100000p")),
                          MakeQueueSizeAccessor(&QueueDisc::SetMaxSize, &QueueDisc::GetMaxSize),
                          MakeQueueSizeChecker());
    return tid;
}

NetemQueueDisc::NetemQueueDisc()
    : QueueDisc(QueueDiscSizePolicy::SINGLE_INTERNAL_QUEUE, QueueSizeUnit::PACKETS),
      m_impaired(false),
      m_down(false),
      m_copying(false),
      m_firstStream(-1)
{
    m_flows.push_back(std::make_unique<NetemFlow>());
}

NetemQueueDisc::~NetemQueueDisc() = default;

void
NetemQueueDisc::DoDispose()
{
    m_wake.Cancel();
    m_delayQueue = nullptr;
    QueueDisc::DoDispose();
}

void
NetemQueueDisc::AddDestination(Ipv4Address to)
{
    FlowFor(to);
}

void
NetemQueueDisc::SetDefault(Layer layer, const NetemParameters& parameters)
{
    parameters.Validate();
    m_defaults[layer] = parameters;
    for (auto& flow : m_flows)
    {
        if (!flow->ownRule[layer])
        {
            flow->stages[layer].Set(parameters);
        }
    }
    NoteChange();
}

void
NetemQueueDisc::SetRule(Layer layer, Ipv4Address to, const NetemParameters& parameters)
{
    parameters.Validate();
    NetemFlow& flow = FlowFor(to);
    flow.ownRule[layer] = true;
    flow.stages[layer].Set(parameters);
    NoteChange();
}

void
NetemQueueDisc::ClearRule(Layer layer, Ipv4Address to)
{
    NetemFlow& flow = FlowFor(to);
    flow.ownRule[layer] = false;
    flow.stages[layer].Set(m_defaults[layer]);
    NoteChange();
}

void
NetemQueueDisc::AddProcess(Ipv4Address to, Ptr<NetemProcess> process)
{
    FlowFor(to).processes.push_back(process);
    NoteChange();
}

void
NetemQueueDisc::SetCut(Ipv4Address to, bool cut)
{
    FlowFor(to).cut = cut;
    NoteChange();
}

void
NetemQueueDisc::SetDown(bool down)
{
    NS_LOG_FUNCTION(this << down);
    m_down = down;
    if (!down || !m_delayQueue)
    {
        return;
    }
    // First what QueueDisc itself put back because the device was busy, then what waits here.
    while (Ptr<QueueDiscItem> item = Dequeue())
    {
        DropAfterDequeue(item, DOWN);
    }
    while (Ptr<QueueDiscItem> item = m_delayQueue->Dequeue())
    {
        DropAfterDequeue(item, DOWN);
    }
    m_wake.Cancel();
}

int64_t
NetemQueueDisc::AssignStreams(int64_t stream)
{
    m_firstStream = stream;
    for (auto& flow : m_flows)
    {
        flow->SetStreams(stream);
        stream += NetemFlow::STREAMS;
    }
    return stream - m_firstStream;
}

NetemFlow&
NetemQueueDisc::FlowFor(Ipv4Address to)
{
    auto [position, isNew] = m_flowByAddress.try_emplace(to.Get(), nullptr);
    if (isNew)
    {
        m_flows.push_back(std::make_unique<NetemFlow>());
        NetemFlow& flow = *m_flows.back();
        if (m_firstStream >= 0)
        {
            flow.SetStreams(m_firstStream + (m_flows.size() - 1) * NetemFlow::STREAMS);
        }
        for (std::size_t layer = 0; layer < NetemFlow::LAYERS; ++layer)
        {
            flow.stages[layer].Set(m_defaults[layer]);
        }
        position->second = &flow;
    }
    return *position->second;
}

void
NetemQueueDisc::NoteChange()
{
    m_impaired = !std::all_of(m_flows.begin(), m_flows.end(), [](const auto& flow) {
        return flow->IsNeutral();
    });
}

bool
NetemQueueDisc::DoEnqueue(Ptr<QueueDiscItem> item)
{
    if (m_down)
    {
        DropBeforeEnqueue(item, DOWN);
        return false;
    }
    const Time now = Simulator::Now();
    const auto* ipv4 = dynamic_cast<const Ipv4QueueDiscItem*>(PeekPointer(item));
    // A packet that still waits must not be overtaken once its rule is gone.
    if ((!m_impaired && m_delayQueue->IsEmpty()) || !ipv4)
    {
        return HoldUntil(item, now);
    }
    const auto position = m_flowByAddress.find(ipv4->GetHeader().GetDestination().Get());
    NetemFlow& flow = position == m_flowByAddress.end() ? *m_flows.front() : *position->second;
    if (m_copying)
    {
        return HoldUntil(item, std::max(now, flow.lastDue));
    }
    if (const char* reason = flow.cut ? CUT : flow.DrawLoss(item->GetPacket(), now))
    {
        DropBeforeEnqueue(item, reason);
        return false;
    }
    const bool duplicate = flow.DrawDuplicate();
    const bool held = HoldUntil(item, flow.DrawDue(now));
    if (held && duplicate)
    {
        EnqueueCopy(*ipv4);
    }
    return held;
}

bool
NetemQueueDisc::HoldUntil(Ptr<QueueDiscItem> item, Time due)
{
    if (GetCurrentSize() >= GetMaxSize())
    {
        DropBeforeEnqueue(item, LIMIT);
        return false;
    }
    return m_delayQueue->EnqueueUntil(item, due);
}

void
NetemQueueDisc::EnqueueCopy(const Ipv4QueueDiscItem& item)
{
    // As in Linux the copy comes in by the front door, so that all statistics see it.
    Ptr<Ipv4QueueDiscItem> copy = Create<Ipv4QueueDiscItem>(item.GetPacket()->Copy(),
                                                            item.GetAddress(),
                                                            item.GetProtocol(),
                                                            item.GetHeader());
    copy->SetTxQueueIndex(item.GetTxQueueIndex());
    m_copying = true;
    Enqueue(copy);
    m_copying = false;
}

Ptr<QueueDiscItem>
NetemQueueDisc::DoDequeue()
{
    if (m_delayQueue->IsEmpty())
    {
        return nullptr;
    }
    const Time due = m_delayQueue->NextDue();
    if (due <= Simulator::Now())
    {
        return m_delayQueue->Dequeue();
    }
    if (m_wake.IsExpired() || due < m_wakeTime)
    {
        m_wake.Cancel();
        m_wake = Simulator::Schedule(due - Simulator::Now(), &NetemQueueDisc::Run, this);
        m_wakeTime = due;
    }
    return nullptr;
}

bool
NetemQueueDisc::CheckConfig()
{
    if (GetNQueueDiscClasses() > 0 || GetNPacketFilters() > 0 || GetNInternalQueues() > 0)
    {
        NS_LOG_ERROR("NetemQueueDisc has no classes or filters, and makes its queue itself");
        return false;
    }
    m_delayQueue = CreateObject<NetemDelayQueue>();
    m_delayQueue->SetMaxSize(GetMaxSize());
    AddInternalQueue(m_delayQueue);
    return true;
}

void
NetemQueueDisc::InitializeParams()
{
    // QueueDisc stops after its quota and counts on somebody to call again; nobody would where
    // more packets than that are due at once.
    SetQuota(std::numeric_limits<uint32_t>::max());
}

} // namespace ns3
