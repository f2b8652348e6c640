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
 * A disk that is bad by itself is slow in bouts (Lu et al., "Perseus", FAST 2023): while one lasts,
 * writes take BoutFactor times as long. Bouts and the gaps between them have exponential lengths;
 * whether the disk is in one does not depend on what is written. Looking at it costs no event.
 *
 * Attributes: MedianLatency (default 200 us; 0 makes an idle disk instantaneous, slow or not: the
 * completion is then called inside Write() and no event is scheduled), Sigma (standard deviation of
 * the latency's natural logarithm, default 0.4), Throughput (default 4 Gb/s), BoutFactor (default
 * 1: no bouts), MeanBout (default 10 s), MeanGap (default 1 min).
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

    /**
     * @param factor multiplies the latency of writes submitted from now on, on top of any bout, at
     *               least 1
     */
    void SetSlowdown(double factor);

    /** No write makes progress for `span` from now. */
    void StallFor(Time span);

    /** The host died: unfinished writes are lost and their completions never called. */
    void DropPending();

    /** @return writes not finished */
    std::size_t GetBacklog() const;

    /** @return whether the disk is in a bout of slowness of its own */
    bool IsInBout();

    /** @return streams used, 2: latencies and bouts */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    Time DrawBoutLength();

    Time m_medianLatency;                  //!< attribute MedianLatency
    double m_sigma;                        //!< attribute Sigma
    DataRate m_throughput;                 //!< attribute Throughput
    double m_boutFactor;                   //!< attribute BoutFactor
    Time m_meanBout;                       //!< attribute MeanBout
    Time m_meanGap;                        //!< attribute MeanGap
    double m_factor{1};                    //!< multiplies the latency
    bool m_inBout{false};                  //!< up to m_boutEnd
    Time m_boutEnd{-1};                    //!< of a bout or a gap; negative before the first
    NodeServiceQueue m_queue;              //!< unfinished writes
    Ptr<NormalRandomVariable> m_noise;     //!< standard normal
    Ptr<UniformRandomVariable> m_boutDraw; //!< lengths of bouts and gaps
};

} // namespace ns3

#endif /* NODE_DISK_H */
