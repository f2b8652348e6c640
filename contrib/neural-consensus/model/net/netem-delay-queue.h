#ifndef NETEM_DELAY_QUEUE_H
#define NETEM_DELAY_QUEUE_H

#include "ns3/nstime.h"
#include "ns3/queue-item.h"
#include "ns3/queue.h"

#include <cstdint>
#include <vector>

namespace ns3
{

/**
 * The packets that wait in a NetemQueueDisc. They leave in the order of their due times, and among
 * equals in the order in which they came.
 */
class NetemDelayQueue : public Queue<QueueDiscItem>
{
  public:
    /** @return the TypeId */
    static TypeId GetTypeId();

    /**
     * Adds a packet.
     * @return whether there was room
     */
    bool EnqueueUntil(Ptr<QueueDiscItem> item, Time due);

    /** @return the due time of the next packet; there must be one. */
    Time NextDue() const;

    /** Adds a packet that is due now. */
    bool Enqueue(Ptr<QueueDiscItem> item) override;
    /** @return the next packet, due or not; null if there is none. */
    Ptr<QueueDiscItem> Dequeue() override;
    Ptr<QueueDiscItem> Remove() override;
    Ptr<const QueueDiscItem> Peek() const override;

  private:
    struct Waiting
    {
        Time due;
        uint64_t order;
        ConstIterator position;

        bool operator<(const Waiting& other) const
        {
            // Turned round: the heap's largest element is the first to leave.
            return due != other.due ? due > other.due : order > other.order;
        }
    };

    ConstIterator PopNext();

    std::vector<Waiting> m_heap;
    uint64_t m_arrivals{0};
};

} // namespace ns3

#endif /* NETEM_DELAY_QUEUE_H */
