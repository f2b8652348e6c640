#include "netem-delay-queue.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NetemDelayQueue);

TypeId
NetemDelayQueue::GetTypeId()
{
    static TypeId tid = TypeId("ns3::NetemDelayQueue")
                            .SetParent<Queue<QueueDiscItem>>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<NetemDelayQueue>();
    return tid;
}

bool
NetemDelayQueue::EnqueueUntil(Ptr<QueueDiscItem> item, Time due)
{
    Iterator position;
    if (!DoEnqueue(GetContainer().end(), item, position))
    {
        return false;
    }
    m_heap.push_back({due, m_arrivals++, position});
    std::push_heap(m_heap.begin(), m_heap.end());
    return true;
}

Time
NetemDelayQueue::NextDue() const
{
    return m_heap.front().due;
}

bool
NetemDelayQueue::Enqueue(Ptr<QueueDiscItem> item)
{
    return EnqueueUntil(item, Simulator::Now());
}

Ptr<QueueDiscItem>
NetemDelayQueue::Dequeue()
{
    return m_heap.empty() ? nullptr : DoDequeue(PopNext());
}

Ptr<QueueDiscItem>
NetemDelayQueue::Remove()
{
    return m_heap.empty() ? nullptr : DoRemove(PopNext());
}

Ptr<const QueueDiscItem>
NetemDelayQueue::Peek() const
{
    return m_heap.empty() ? nullptr : DoPeek(m_heap.front().position);
}

NetemDelayQueue::ConstIterator
NetemDelayQueue::PopNext()
{
    const ConstIterator position = m_heap.front().position;
    std::pop_heap(m_heap.begin(), m_heap.end());
    m_heap.pop_back();
    return position;
}

} // namespace ns3
