#ifndef CONSENSUS_TOPOLOGY_ACCESS_H
#define CONSENSUS_TOPOLOGY_ACCESS_H

#include "consensus-topology-builder.h"

#include "ns3/ipv4-static-routing.h"
#include "ns3/netem-process.h"
#include "ns3/point-to-point-helper.h"

/**
 * @file
 * Steps of the families whose hosts stand behind a router each or together. A host's link to its
 * router is the network 10.0.HOST.0/30, the host .1 and the router .2.
 */
namespace ns3
{

/** Mask of a link's network. */
extern const Ipv4Mask LINK_MASK;

/** @return point-to-point links, with the queue that all devices have */
PointToPointHelper PointToPointLinks(DataRate rate, Time delay);

/** @return the network of a host's link. */
Ipv4Address HostNet(uint32_t host);

/** @return a host's address. */
Ipv4Address HostAddress(uint32_t host);

/** @return the static routes of a host or router. */
Ptr<Ipv4StaticRouting> RoutingOf(Ptr<Node> node);

/**
 * Links a host to its router, through which it reaches every other host.
 * @return the host's queue disc
 */
Ptr<NetemQueueDisc> AttachHost(ConsensusTopologyBuilder& builder,
                               uint32_t host,
                               Ptr<Node> router,
                               PointToPointHelper& links);

/**
 * Hosts around one core that has room for everything: each has an access link, and the way from one
 * to another takes the time and meets the processes that are said here. They take effect in the
 * sender's queue disc, once for the whole way.
 */
class CoreNetwork
{
  public:
    /**
     * Links all hosts to the core.
     * @param builder of the topology
     * @param up rate of an access link from its host
     * @param down rate towards its host
     */
    CoreNetwork(ConsensusTopologyBuilder& builder, DataRate up, DataRate down);

    /**
     * Sets the way from a host to another.
     * @param from the sender's id
     * @param to the receiver's id
     * @param delay the constant part, one way
     * @param processes the rest, each registered with the builder
     */
    void SetWay(uint32_t from,
                uint32_t to,
                Time delay,
                const std::vector<Ptr<NetemProcess>>& processes = {});

  private:
    ConsensusTopologyBuilder& m_builder;
    std::vector<Ptr<NetemQueueDisc>> m_discs; //!< by host - 1
};

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_ACCESS_H */
