#ifndef CONSENSUS_TOPOLOGY_H
#define CONSENSUS_TOPOLOGY_H

#include "ns3/data-rate.h"
#include "ns3/net-device-container.h"
#include "ns3/netem-parameters.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
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
    std::optional<double> backgroundLoad; ///< of others' traffic, 0 to 1; leaf-spine and wifi
    bool random{false};                   ///< whether the family's parameters are drawn by the seed

    /** Impairments that hold as given, zero too, where the family would have others. */
    struct Fixed
    {
        bool jitter{false};
        bool loss{false};
        bool burstLoss{false};
    };

    Fixed fixed;
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

    /**
     * @return the one-way delay within which at least 99 of 100 packets arrive, those lost apart,
     *         between the two hosts that are farthest from each other. It is a sum of the parts'
     *         99th percentiles and so errs on the far side; queues that the cluster itself fills
     *         don't count. In edge lists, whose links may be slow, the time of a full frame on each
     *         link does.
     */
    Time PathLatency() const;

    /**
     * @return the standard deviation of the one-way delay between the two hosts where it is
     * largest; 0 where only queues that the cluster itself fills vary it
     */
    Time Jitter() const;

    /**
     * @return the share of packets that is lost in the long run between the two hosts where it is
     *         largest: by impairments, by links, and by the processes on the way, as if each lost
     *         by itself. What is lost in full queues (leaf-spine) and on the air (wifi) is not in
     *         it.
     */
    double Loss() const;

    /** @return name (with the unit at its end) and value of what the network was made with. */
    const std::vector<std::pair<std::string, double>>& Parameters() const;

    /** @return "A > B" for each way that a file of latencies leaves out and the way back stands
     * for. */
    const std::vector<std::string>& Gaps() const;

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
    Time m_jitter;
    double m_loss{0.0};
    std::vector<std::function<int64_t(int64_t)>> m_random; //!< parts that draw, by AssignStreams()
    std::vector<std::string> m_gaps;
    std::vector<std::pair<std::string, double>> m_parameters;
};

/**
 * Builds a network. In dumbbell rate and delay are the bottleneck's, behind access links of
 * 1 Gbit/s and 0.1 ms each.
 *
 * The families, their defaults and the ranges of random networks stand in doc/topologies.md; a name
 * with a dot or a slash is a file with a network.
 *
 * @throws std::invalid_argument naming an unknown family or a value out of range, and what was
 *         expected
 */
ConsensusTopology BuildTopology(const TopologyOptions& options);

/** @return the names that BuildTopology() knows, in the order of its documentation. */
const std::vector<std::string>& TopologyNames();

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_H */
