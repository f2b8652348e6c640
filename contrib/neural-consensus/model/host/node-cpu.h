#ifndef NODE_CPU_H
#define NODE_CPU_H

#include "node-service-queue.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <functional>
#include <utility>

namespace ns3
{

class Node;

/**
 * The processor of one host, as its software feels it: each piece of work (a message to handle, a
 * timer that fired) waits for its turn, runs in the order of submission and takes effect at its
 * end.
 *
 * A healthy processor costs nothing by default: work then runs inside Execute(), and no event is
 * scheduled. A degraded one delays it in three ways:
 * - *slowdown*: MessageCost is multiplied by a factor, and each piece waits for the scheduler, an
 *   exponential time; the waits of successive pieces overlap;
 * - *pause*: nothing runs for a while (garbage collection, a frozen virtual machine);
 * - *halt*: what waits is lost and new work is ignored, until Resume().
 *
 * Cost and latency of a piece are settled when it is submitted.
 *
 * Attributes: MessageCost (default 0 s), what one piece of work takes on an undegraded processor.
 */
class NodeCpu : public Object
{
  public:
    static TypeId GetTypeId();

    NodeCpu();
    ~NodeCpu() override;

    /** @return the processor of a node; a healthy one is aggregated to it if it has none */
    static Ptr<NodeCpu> Of(Ptr<Node> node);

    /**
     * Runs work behind all work submitted before, or on the spot where nothing delays it.
     * @param work callable without arguments; copyable
     */
    template <typename Work>
    void Execute(Work&& work)
    {
        if (RunsAtOnce())
        {
            work();
        }
        else if (!m_halted)
        {
            Enqueue(std::function<void()>(std::forward<Work>(work)));
        }
    }

    /**
     * @param factor multiplies MessageCost, at least 1; 1 for none
     * @param meanSchedulingLatency mean of the exponential wait before each piece; 0 for none
     */
    void SetSlowdown(double factor, Time meanSchedulingLatency);

    /** Stops the world for `span` from now; overlapping pauses last until the later end. */
    void PauseFor(Time span);

    /** @return whether a pause lasts */
    bool IsPaused() const;

    /** Drops all waiting work, ends a pause and ignores new work. */
    void Halt();

    /** Accepts work again after Halt(); a slowdown stays as it is. */
    void Resume();

    /** @return whether Halt() is in effect */
    bool IsHalted() const;

    /** @return pieces of work that wait */
    std::size_t GetBacklog() const;

    /** @return streams used, 1 */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    bool RunsAtOnce() const;
    void Enqueue(std::function<void()> work);

    Time m_messageCost;                        //!< attribute MessageCost
    double m_factor{1};                        //!< multiplies the cost
    Time m_latencyMean;                        //!< mean wait for the scheduler
    bool m_halted{false};                      //!< whether work is ignored
    NodeServiceQueue m_queue;                  //!< waiting work
    Ptr<ExponentialRandomVariable> m_schedule; //!< draws the waits
};

} // namespace ns3

#endif /* NODE_CPU_H */
