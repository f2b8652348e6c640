#ifndef NODE_SERVICE_QUEUE_H
#define NODE_SERVICE_QUEUE_H

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <deque>
#include <functional>

namespace ns3
{

/**
 * A server that does one job after the other, in order, and can be stalled: what a host's CPU and
 * its disk have in common.
 */
class NodeServiceQueue
{
  public:
    NodeServiceQueue() = default;
    ~NodeServiceQueue();
    NodeServiceQueue(const NodeServiceQueue&) = delete;
    NodeServiceQueue& operator=(const NodeServiceQueue&) = delete;

    /** @return whether a job without delay or cost could be done on the spot */
    bool IsFree() const;

    /**
     * Adds a job behind all others.
     * @param latency how long it takes until the job can start, counted from now and overlapping
     *                with the latencies and the work of the jobs before it; at least 0
     * @param cost how long the server is busy with it, at least 0
     * @param work called at its end
     */
    void Submit(Time latency, Time cost, std::function<void()> work);

    /** Nothing starts, goes on or ends for `span` from now; a job in progress goes on afterwards.
     */
    void StallFor(Time span);

    /** @return whether the server is stalled now */
    bool IsStalled() const;

    /** Forgets all jobs and any stall. */
    void Clear();

    /** @return jobs not finished */
    std::size_t Size() const;

  private:
    /** One job. */
    struct Job
    {
        Time ready;                 //!< may not start before
        Time cost;                  //!< how long it keeps the server
        std::function<void()> work; //!< what to call at its end
    };

    void StartHead();
    void FinishHead();

    std::deque<Job> m_jobs; //!< the head is the one in progress or waiting to start
    EventId m_finish;       //!< end of the head; pending exactly while there is a head
    Time m_headStart;       //!< when the head starts or started
    Time m_headEnd;         //!< when m_finish happens
    Time m_stalledUntil;    //!< end of the last stall
};

} // namespace ns3

#endif /* NODE_SERVICE_QUEUE_H */
