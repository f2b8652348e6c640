#ifndef CONSENSUS_TOPOLOGY_BUILDER_H
#define CONSENSUS_TOPOLOGY_BUILDER_H

#include "consensus-topology-draw.h"
#include "consensus-topology.h"

#include "ns3/ipv4-address.h"
#include "ns3/net-device.h"
#include "ns3/netem-queue-disc.h"
#include "ns3/node.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3
{

/**
 * The steps that the families of topologies share. A family (the Build...() functions below) makes
 * devices and channels, hands the devices of hosts over, and says who reaches whom under which
 * address. Addresses are assigned here and routes are static: ns-3's address generator and global
 * routing take minutes where a mesh has thousands of links.
 */
class ConsensusTopologyBuilder
{
  public:
    /** Makes the hosts. @param options checked ones */
    explicit ConsensusTopologyBuilder(const TopologyOptions& options);

    /** @return what is to be built. */
    const TopologyOptions& Options() const;

    /** @return what settles the parameters of the network. */
    TopologyDraw& Draw();

    /**
     * Settles the impairments that the user leaves open.
     * @param jitterMs standard deviation, in milliseconds
     * @param loss share of packets lost independently
     * @param burstLoss share of packets lost in bursts
     */
    void DrawImpairment(const TopologyRange& jitterMs,
                        const TopologyRange& loss,
                        const TopologyRange& burstLoss);

    /** @return the rate of links: the user's, else from the range, in bit/s. */
    DataRate LinkRate(const TopologyRange& bitsPerSecond);

    /** @return the delay of links: the user's, else from the range, in milliseconds. */
    Time LinkDelay(const TopologyRange& milliseconds);

    /** @return the number of hosts, servers and clients. */
    uint32_t HostCount() const;

    /** @return the node of a host. */
    Ptr<Node> Host(uint32_t id) const;

    /** @return a new node without an IPv4 stack: a switch or an access point. */
    Ptr<Node> AddBridge();

    /** @return a new node that forwards IPv4 packets. */
    Ptr<Node> AddRouter();

    /** @return a new node that forwards IPv4 packets by EcmpRouting. */
    Ptr<Node> AddEcmpRouter();

    /**
     * Gives a host's device its queue disc and its address.
     * @return the queue disc, with the impairment of the options as its default
     */
    Ptr<NetemQueueDisc> AddHostDevice(uint32_t host,
                                      Ptr<NetDevice> device,
                                      Ipv4Address address,
                                      Ipv4Mask mask);

    /**
     * Gives a device its IPv4 interface.
     * @return the interface's number
     */
    static uint32_t AddInterface(Ptr<NetDevice> device, Ipv4Address address, Ipv4Mask mask);

    /** Counts a device of a router or the like to the topology. */
    void AddOtherDevice(Ptr<NetDevice> device);

    /**
     * Says under which address and through which of its queue discs a host reaches another; there
     * must be a route.
     */
    void Reach(uint32_t from, uint32_t to, Ipv4Address address, Ptr<NetemQueueDisc> disc);

    /**
     * Puts all hosts into one subnet, where each reaches each directly. Neighbour caches are filled
     * for good, so that no ARP is ever sent.
     * @param devices one per host, that of host 1 first
     */
    void AddSubnet(const std::vector<Ptr<NetDevice>>& devices);

    /** Adds to a host's label what tells it from others. */
    void Describe(uint32_t host, const std::string& what);

    /** Takes note of a way between two hosts on which 99 packets of 100 take no longer, apart from
     * impairments; the longest counts. */
    void NotePathLatency(Time latency);

    /** Takes note of a way on which the delay has this standard deviation, apart from impairments;
     * the largest counts. */
    void NoteJitter(Time deviation);

    /** Takes note of a way on which this share of packets is lost, apart from impairments; the
     * largest counts. */
    void NoteLoss(double share);

    /** Lets the network assign the streams of a part. @param assign its AssignStreams() */
    void AddRandom(std::function<int64_t(int64_t)> assign);

    /** Takes note of ways of which nothing is known, for the record. */
    void NoteGaps(const std::vector<std::string>& gaps);

    /** Says when the network is ready. */
    void SetWarmUp(Time warmUp);

    /** @return what was built. */
    ConsensusTopology Finish();

  private:
    ConsensusTopology m_topology;
    TopologyOptions m_options;
    TopologyDraw m_draw;
};

/** Longest queue of a device, in packets: 12 ms of full frames at 1 Gbit/s. */
inline constexpr const char* DEVICE_QUEUE_SIZE = "1000p";

/// @name The families; what they build is told at BuildTopology().
/// @{
void BuildLan(ConsensusTopologyBuilder& builder);
void BuildCsma(ConsensusTopologyBuilder& builder);
void BuildWifi(ConsensusTopologyBuilder& builder);
void BuildStar(ConsensusTopologyBuilder& builder);
void BuildDumbbell(ConsensusTopologyBuilder& builder);
void BuildMesh(ConsensusTopologyBuilder& builder);
void BuildWan(ConsensusTopologyBuilder& builder);
void BuildMultiAz(ConsensusTopologyBuilder& builder);
void BuildInternet(ConsensusTopologyBuilder& builder);
void BuildStarlink(ConsensusTopologyBuilder& builder);
void BuildLte(ConsensusTopologyBuilder& builder);
void BuildLeafSpine(ConsensusTopologyBuilder& builder);
void BuildFromFile(ConsensusTopologyBuilder& builder);
/// @}

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_BUILDER_H */
