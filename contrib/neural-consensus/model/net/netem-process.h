#ifndef NETEM_PROCESS_H
#define NETEM_PROCESS_H

#include "ns3/nstime.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>

namespace ns3
{

/**
 * What a part of a network does to packets as time goes by, whoever sends: a delay that wanders, a
 * change of route, an outage. A NetemQueueDisc asks for it packet by packet; flows that pass the
 * same part (all of a host's, say) share one process.
 *
 * The course of a process depends on time and on its random streams alone, never on how often
 * anybody asks. Draws that concern a single packet come from a stream of their own.
 */
class NetemProcess : public SimpleRefCount<NetemProcess>
{
  public:
    /** What happens to a packet. */
    struct Effect
    {
        bool lost{false};
        Time delay; //!< of a packet that is not lost
    };

    virtual ~NetemProcess() = default;

    /**
     * @param now when the packet is sent, never earlier than in the call before
     * @return what it meets
     */
    virtual Effect Meet(Time now) = 0;

    /** @return the standard deviation of the delay, over time. */
    virtual Time Deviation() const = 0;

    /**
     * @param share more than 0 and less than 1
     * @return the delay that no more than this share of all packets exceeds
     */
    virtual Time Bound(double share) const = 0;

    /** @return the share of packets that are lost in the long run, sent evenly over time. */
    virtual double Loss() const = 0;

    /**
     * Fixes the random variables; before the first packet.
     * @param stream the first stream
     * @return the number of streams in use
     */
    virtual int64_t AssignStreams(int64_t stream) = 0;
};

} // namespace ns3

#endif /* NETEM_PROCESS_H */
