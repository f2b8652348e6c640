#ifndef NETEM_QUEUE_DISC_H
#define NETEM_QUEUE_DISC_H

#include "netem-parameters.h"
#include "netem-process.h"

#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/queue-disc.h"

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ns3
{

class Ipv4QueueDiscItem;
class NetemDelayQueue;
struct NetemFlow;

/**
 * A root queue disc that impairs what a host sends, as the discipline netem does in Linux: delay,
 * jitter, independent and bursty loss, duplication, reordering, and one-way cuts, with a rule of
 * its own for each IPv4 destination. Unlike Linux's, it keeps the order of the packets for a
 * destination under jitter (a packet never leaves before an earlier one, as on a single path), and
 * reordering is asked for explicitly and holds packets back, so that it works without a delay too.
 *
 * What changes by itself over time (a wandering delay, outages) is a NetemProcess, added per
 * destination.
 *
 * Rules come in two layers, both of which apply: the network's own (TOPOLOGY) and what a fault adds
 * to it (FAULT). Within a layer the rule for a destination takes the place of the layer's default.
 * A change of rules does not touch packets that already wait here.
 *
 * Packets that are not IPv4 (ARP) obey SetDown() and nothing else.
 *
 * Losses are told by the trace source DropBeforeEnqueue of QueueDisc, packets flushed by SetDown()
 * by DropAfterDequeue; the reason is one of the constants below. Attribute MaxSize (packets,
 * default 100000) bounds what waits.
 */
class NetemQueueDisc : public QueueDisc
{
  public:
    /** Whose rule it is. Loss and the like of the two layers are independent; delays add up. */
    enum Layer
    {
        TOPOLOGY, //!< the network as it is meant to be
        FAULT,    //!< added for a while by a fault
    };

    static constexpr const char* RANDOM_LOSS = "Lost at random";
    static constexpr const char* BURST_LOSS = "Lost in a burst";
    static constexpr const char* OUTAGE = "Lost in an outage";
    static constexpr const char* CUT = "Path is cut";
    static constexpr const char* DOWN = "Host is down";
    static constexpr const char* LIMIT = "Queue disc limit exceeded";

    /** @return the TypeId */
    static TypeId GetTypeId();

    NetemQueueDisc();
    ~NetemQueueDisc() override;

    /**
     * Makes a destination known, with random variables of its own. Others share one set.
     * @param to a host's address
     */
    void AddDestination(Ipv4Address to);

    /**
     * Sets a layer's rule for every destination without one of its own.
     * @throws std::invalid_argument if a parameter is out of range
     */
    void SetDefault(Layer layer, const NetemParameters& parameters);

    /**
     * Sets a layer's rule for one destination, in place of the layer's default.
     * @throws std::invalid_argument if a parameter is out of range
     */
    void SetRule(Layer layer, Ipv4Address to, const NetemParameters& parameters);

    /** Takes a destination's rule away: the layer's default holds again. */
    void ClearRule(Layer layer, Ipv4Address to);

    /**
     * Lets packets for a destination meet what happens in the network over time, on top of both
     * layers. A process belongs to whoever made it, who also assigns its streams.
     */
    void AddProcess(Ipv4Address to, Ptr<NetemProcess> process);

    /** Cuts or mends the way to one destination: every packet for it is lost. */
    void SetCut(Ipv4Address to, bool cut);

    /** Silences the device: drops what waits and, until it is up again, all that comes. */
    void SetDown(bool down);

    /**
     * Fixes the random streams of all destinations, those added later included.
     * @param stream the first stream
     * @return the number of streams in use by the destinations known so far
     */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    bool DoEnqueue(Ptr<QueueDiscItem> item) override;
    Ptr<QueueDiscItem> DoDequeue() override;
    bool CheckConfig() override;
    void InitializeParams() override;

    /** @return the destination's own state, made if it has none */
    NetemFlow& FlowFor(Ipv4Address to);
    void NoteChange();
    bool HoldUntil(Ptr<QueueDiscItem> item, Time due);
    void EnqueueCopy(const Ipv4QueueDiscItem& item);

    std::array<NetemParameters, 2> m_defaults;                //!< by layer
    std::vector<std::unique_ptr<NetemFlow>> m_flows;          //!< [0] is for unknown destinations
    std::unordered_map<uint32_t, NetemFlow*> m_flowByAddress; //!< by the address as an integer
    Ptr<NetemDelayQueue> m_delayQueue;
    EventId m_wake;        //!< runs the disc when a waiting packet is due
    Time m_wakeTime;       //!< of m_wake
    bool m_impaired;       //!< whether any rule or cut is in force
    bool m_down;           //!< whether the device is silenced
    bool m_copying;        //!< whether the item being enqueued is a duplicate
    int64_t m_firstStream; //!< -1 where streams are ns-3's choice
};

} // namespace ns3

#endif /* NETEM_QUEUE_DISC_H */
