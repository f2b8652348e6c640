#ifndef HEARTBEAT_MONITOR_HELPER_H
#define HEARTBEAT_MONITOR_HELPER_H

#include "ns3/application-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <string>

namespace ns3
{

class AttributeValue;
class HeartbeatMonitor;

/**
 * Puts a HeartbeatMonitor on every server and decides who watches whom.
 *
 * By default everybody watches everybody. With K, each server watches its K successors on a ring in
 * an order that is shuffled by the seed, so that ids say nothing and each server has K watchers.
 */
class HeartbeatMonitorHelper
{
  public:
    HeartbeatMonitorHelper();

    /** Sets an attribute of the monitors to be installed. */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param watch `all`, or how many peers each server watches, at least 1
     * @throws std::invalid_argument where it is neither
     */
    void SetWatch(const std::string& watch);

    /** @param stream of the shuffle of the ring; without it an automatic one is taken */
    void SetRingStream(int64_t stream);

    /**
     * Installs a monitor on each server. Heartbeats carry the status of the RaftApplication that is
     * installed on the node already.
     * @param servers nodes with a HostNetwork
     * @throws std::invalid_argument if more peers are to be watched than there are
     */
    ApplicationContainer Install(const NodeContainer& servers) const;

    /** @return the monitor installed on a node, null if there is none */
    static Ptr<HeartbeatMonitor> MonitorOf(Ptr<Node> node);

    /**
     * Fixes the random streams of the monitors on these nodes.
     * @return streams used
     */
    static int64_t AssignStreams(const NodeContainer& servers, int64_t stream);

  private:
    ObjectFactory m_factory;  //!< makes monitors
    uint32_t m_watchCount{0}; //!< K; 0 for all
    int64_t m_ringStream{-1}; //!< of the shuffle
};

} // namespace ns3

#endif /* HEARTBEAT_MONITOR_HELPER_H */
