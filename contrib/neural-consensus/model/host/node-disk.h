#ifndef NODE_DISK_H
#define NODE_DISK_H

#include "node-service-queue.h"

#include "ns3/data-rate.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <functional>

namespace ns3
{

class Node;

/**
 * Stable storage of one host: synced writes, one after the other in the order of submission.
 *
 * A write takes a log-normal time (median and shape are attributes) plus the transfer of its bytes,
 * times the slowdown in effect when it is submitted. Log-normal because the tail of fsync is long
 * to one side; fail-slow disks stretch it by a factor or stall for a while.
 *
 * Attributes: MedianLatency (default 200 us; 0 makes an idle disk instantaneous: the completion is
 * then called inside Write() and no event is scheduled), Sigma (standard deviation of the
 * latency's natural logarithm, default 0.4), Throughput (default 4 Gb/s).
 */
class NodeDisk : public Object
{
  public:
    static TypeId GetTypeId();

    NodeDisk();
    ~NodeDisk() override;

    /** @return the disk of a node; a healthy one is aggregated to it if it has none */
    static Ptr<NodeDisk> Of(Ptr<Node> node);

    /**
     * @param bytes to be written
     * @param done called once they and all earlier writes are on stable storage
     */
    void Write(uint32_t bytes, std::function<void()> done);

    /** @param factor multiplies the latency of writes submitted from now on, at least 1 */
    void SetSlowdown(double factor);

    /** No write makes progress for `span` from now. */
    void StallFor(Time span);

    /** The host died: unfinished writes are lost and their completions never called. */
    void DropPending();

    /** @return writes not finished */
    std::size_t GetBacklog() const;

    /** @return streams used, 1 */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    Time m_medianLatency;              //!< attribute MedianLatency
    double m_sigma;                    //!< attribute Sigma
    DataRate m_throughput;             //!< attribute Throughput
    double m_factor{1};                //!< multiplies the latency
    NodeServiceQueue m_queue;          //!< unfinished writes
    Ptr<NormalRandomVariable> m_noise; //!< standard normal
};

} // namespace ns3

#endif /* NODE_DISK_H */
