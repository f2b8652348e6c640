#ifndef CONSENSUS_TOPOLOGY_H
#define CONSENSUS_TOPOLOGY_H

#include "ns3/data-rate.h"
#include "ns3/net-device-container.h"
#include "ns3/netem-parameters.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/** What a topology is built from. */
struct TopologyOptions
{
    std::string name{"lan"};          ///< one of TopologyNames()
    uint32_t servers{5};              ///< at least 1
    uint32_t clients{1};              ///< at least 0
    std::optional<DataRate> linkRate; ///< of every link, where the family does not say otherwise
    std::optional<Time> linkDelay;    ///< one way, of every link; not for wan and wifi
    NetemParameters impairment;       ///< of all that a host sends
};

/**
 * A network that was built: hosts 1..n are the servers, n+1..n+c the clients, each with an IPv4
 * stack, a NetemQueueDisc on every device and a HostNetwork. Copies share the network.
 */
class ConsensusTopology
{
  public:
    /** @return the servers, host 1 first. */
    const NodeContainer& Servers() const;

    /** @return the clients, host n+1 first. */
    const NodeContainer& Clients() const;

    /** @return the routers, switches or access points between the hosts. */
    const NodeContainer& Infrastructure() const;

    /** @return the number of hosts. */
    uint32_t HostCount() const;

    /** @return the node of a host; aborts if there is none with this id. */
    Ptr<Node> Host(uint32_t id) const;

    /** @return the devices of a host. */
    NetDeviceContainer DevicesOf(uint32_t id) const;

    /** @return the host's name in file names: server-1, client-6. */
    std::string HostName(uint32_t id) const;

    /** @return the host's name, in wan with its region: server-1 (N_Virginia). */
    std::string HostLabel(uint32_t id) const;

    /** @return the family's name. */
    const std::string& Name() const;

    /** @return when the network is ready for traffic: 0, but for wifi, whose stations associate. */
    Time WarmUp() const;

    /** @return the longest one-way propagation between two hosts, without queues and impairments.
     */
    Time PathLatency() const;

    /**
     * Fixes every random variable of the network.
     * @param stream the first stream
     * @return the number of streams in use
     */
    int64_t AssignStreams(int64_t stream);

  private:
    friend class ConsensusTopologyBuilder;

    std::string m_name;
    NodeContainer m_servers;
    NodeContainer m_clients;
    NodeContainer m_infrastructure;
    std::vector<NetDeviceContainer> m_devices; //!< by host id - 1
    std::vector<std::string> m_labels;         //!< by host id - 1
    NetDeviceContainer m_otherDevices;         //!< of the infrastructure
    Time m_warmUp;
    Time m_pathLatency;
};

/**
 * Builds a network. In dumbbell rate and delay are the bottleneck's, behind access links of
 * 1 Gbit/s and 0.1 ms each.
 *
 * | name | what | default rate, one-way delay |
 * |---|---|---|
 * | lan | a switch, a full-duplex Ethernet link to every host | 1 Gbit/s, 5 us per link |
 * | star | a router, a point-to-point link to every host | 1 Gbit/s, 1 ms per link |
 * | mesh | a link for every pair of servers, and of client and server | 1 Gbit/s, 1 ms |
 * | dumbbell | two routers, hosts at either in turn | bottleneck 100 Mbit/s, 10 ms |
 * | wan | 13 AWS regions, linked as mesh | 1 Gbit/s, measured delays |
 * | wifi | IEEE 802.11ac, one access point, hosts 5 m around it | the standard's |
 * | csma | ns-3's shared Ethernet bus (half duplex), an extra | 1 Gbit/s, 5 us |
 *
 * @throws std::invalid_argument naming an unknown family or a value out of range, and what was
 *         expected
 */
ConsensusTopology BuildTopology(const TopologyOptions& options);

/** @return the names that BuildTopology() knows, in the order of its documentation. */
const std::vector<std::string>& TopologyNames();

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_H */
