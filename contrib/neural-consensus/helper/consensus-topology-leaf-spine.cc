#include "consensus-topology-access.h"

#include "ns3/background-traffic.h"
#include "ns3/double.h"
#include "ns3/ecmp-routing.h"
#include "ns3/ipv4.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// Switches of a data centre have little room: 12 ms at 100 Mbit/s, 0.12 ms at 10 Gbit/s.
constexpr uint32_t SWITCH_QUEUE_BYTES = 150000;
/// Others use jumbo frames; of 1500 bytes they would take six times as long to simulate.
constexpr uint16_t FABRIC_MTU = 9000;
constexpr uint32_t BACKGROUND_BYTES = 8900;
constexpr uint32_t SERVERS_PER_LEAF = 16;

/** Leaves, spines, and a link between each two of them. */
struct Fabric
{
    std::vector<Ptr<Node>> leaves;
    std::vector<Ptr<Node>> spines;
    std::vector<std::vector<EcmpRouting::NextHop>> up;   //!< by leaf: one per spine
    std::vector<std::vector<EcmpRouting::NextHop>> down; //!< by spine: one per leaf

    static Ptr<EcmpRouting> RoutingOf(Ptr<Node> node)
    {
        return DynamicCast<EcmpRouting>(node->GetObject<Ipv4>()->GetRoutingProtocol());
    }

    /** Makes a network (of 24 bits) behind a leaf known to all. */
    void Announce(Ipv4Address network, uint32_t leaf, EcmpRouting::NextHop last)
    {
        for (uint32_t other = 0; other < leaves.size(); ++other)
        {
            const std::vector<EcmpRouting::NextHop> direct{last};
            RoutingOf(leaves[other])->SetPaths(network, other == leaf ? direct : up[other]);
        }
        for (uint32_t spine = 0; spine < spines.size(); ++spine)
        {
            RoutingOf(spines[spine])->SetPaths(network, {down[spine][leaf]});
        }
    }
};

Fabric
MakeFabric(ConsensusTopologyBuilder& builder,
           uint32_t leaves,
           uint32_t spines,
           PointToPointHelper& links)
{
    Fabric fabric;
    fabric.up.resize(leaves);
    fabric.down.resize(spines);
    const auto addSwitch = [&](uint32_t salt) {
        Ptr<Node> node = builder.AddEcmpRouter();
        Fabric::RoutingOf(node)->SetSalt(salt);
        return node;
    };
    for (uint32_t leaf = 0; leaf < leaves; ++leaf)
    {
        fabric.leaves.push_back(addSwitch(leaf));
    }
    for (uint32_t spine = 0; spine < spines; ++spine)
    {
        fabric.spines.push_back(addSwitch(leaves + spine));
        for (uint32_t leaf = 0; leaf < leaves; ++leaf)
        {
            const NetDeviceContainer link =
                links.Install(fabric.leaves[leaf], fabric.spines[spine]);
            const uint32_t network = Ipv4Address("172.16.0.0").Get() + (((spine << 8) + leaf) << 2);
            const Ipv4Address ends[] = {Ipv4Address(network + 1), Ipv4Address(network + 2)};
            fabric.up[leaf].push_back(
                {ends[1], ConsensusTopologyBuilder::AddInterface(link.Get(0), ends[0], LINK_MASK)});
            fabric.down[spine].push_back(
                {ends[0], ConsensusTopologyBuilder::AddInterface(link.Get(1), ends[1], LINK_MASK)});
            builder.AddOtherDevice(link.Get(0));
            builder.AddOtherDevice(link.Get(1));
        }
    }
    return fabric;
}

/** @return the interface of a node's newest device */
uint32_t
NewestInterface(Ptr<Node> node)
{
    return node->GetObject<Ipv4>()->GetNInterfaces() - 1;
}

/** Adds hosts that are no part of the cluster, as many at each leaf as there are spines, which send
 * bursts to those of other leaves. */
void
AddBackground(ConsensusTopologyBuilder& builder,
              Fabric& fabric,
              PointToPointHelper& links,
              DataRate rate,
              double load,
              Time burst)
{
    struct Talker
    {
        uint32_t leaf;
        Ipv4Address address;
        Ptr<BackgroundTraffic> traffic;
    };

    std::vector<Talker> talkers;
    for (uint32_t leaf = 0; leaf < fabric.leaves.size(); ++leaf)
    {
        for (uint32_t i = 0; i < fabric.spines.size(); ++i)
        {
            Ptr<Node> node = builder.AddRouter();
            const uint32_t network =
                Ipv4Address("10.1.0.0").Get() + (static_cast<uint32_t>(talkers.size()) << 8);
            const Ipv4Address own(network + 1);
            const Ipv4Address gateway(network + 2);
            const NetDeviceContainer link = links.Install(node, fabric.leaves[leaf]);
            ConsensusTopologyBuilder::AddInterface(link.Get(0), own, LINK_MASK);
            const uint32_t port =
                ConsensusTopologyBuilder::AddInterface(link.Get(1), gateway, LINK_MASK);
            RoutingOf(node)->SetDefaultRoute(gateway, 1);
            builder.AddOtherDevice(link.Get(0));
            builder.AddOtherDevice(link.Get(1));
            fabric.Announce(Ipv4Address(network), leaf, {own, port});
            Ptr<BackgroundTraffic> traffic = CreateObject<BackgroundTraffic>();
            traffic->SetAttribute("Rate", DataRateValue(rate));
            traffic->SetAttribute("Load", DoubleValue(load));
            traffic->SetAttribute("MeanBurst", TimeValue(burst));
            traffic->SetAttribute("PacketSize", UintegerValue(BACKGROUND_BYTES));
            node->AddApplication(traffic);
            builder.AddRandom(
                [traffic](int64_t stream) { return traffic->AssignTrafficStreams(stream); });
            talkers.push_back({leaf, own, traffic});
        }
    }
    for (auto& talker : talkers)
    {
        std::vector<Ipv4Address> peers;
        for (const auto& other : talkers)
        {
            if (other.leaf != talker.leaf)
            {
                peers.push_back(other.address);
            }
        }
        talker.traffic->SetPeers(std::move(peers));
    }
}

} // namespace

void
BuildLeafSpine(ConsensusTopologyBuilder& builder)
{
    const DataRate rate = builder.LinkRate({1e8, 5e7, 2e8});
    const Time delay = builder.LinkDelay({0.02, 0.005, 0.1});
    const double load = builder.Draw().Number("background_load",
                                              {0.2, 0.05, 0.4},
                                              builder.Options().backgroundLoad);
    const Time burst = builder.Draw().Milliseconds("background_burst", {10, 2, 30});
    const uint32_t leaves =
        std::max(4U, (builder.HostCount() + SERVERS_PER_LEAF - 1) / SERVERS_PER_LEAF);
    const uint32_t spines = leaves / 2;

    PointToPointHelper fabricLinks = PointToPointLinks(rate, delay);
    fabricLinks.SetQueue("ns3::DropTailQueue<Packet>",
                         "MaxSize",
                         StringValue(std::to_string(SWITCH_QUEUE_BYTES) + "B"));
    fabricLinks.SetDeviceAttribute("Mtu", UintegerValue(FABRIC_MTU));
    PointToPointHelper hostLinks = PointToPointLinks(rate, delay);
    Fabric fabric = MakeFabric(builder, leaves, spines, fabricLinks);
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        const uint32_t leaf = (host - 1) % leaves;
        AttachHost(builder, host, fabric.leaves[leaf], hostLinks);
        fabric.Announce(HostNet(host),
                        leaf,
                        {HostAddress(host), NewestInterface(fabric.leaves[leaf])});
        builder.Describe(host, "leaf-" + std::to_string(leaf + 1));
    }
    AddBackground(builder, fabric, fabricLinks, rate, load, burst);

    // Up to a spine and down from it a packet can meet a full queue.
    const Time fullQueue = rate.CalculateBytesTxTime(SWITCH_QUEUE_BYTES);
    const bool busy = load > 0.0;
    builder.NotePathLatency(4 * delay + (busy ? 2 * fullQueue : Time(0)));
    builder.NoteJitter(Seconds(load * fullQueue.GetSeconds()));
}

} // namespace ns3
