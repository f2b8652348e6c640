#include "consensus-topology-access.h"

#include "ns3/ipv4.h"

namespace ns3
{

void
BuildStar(ConsensusTopologyBuilder& builder)
{
    const DataRate rate = builder.LinkRate({1e9, 1e8, 1e10});
    const Time delay = builder.LinkDelay({1, 0.1, 5});
    PointToPointHelper spokes = PointToPointLinks(rate, delay);
    builder.NotePathLatency(2 * delay);
    Ptr<Node> hub = builder.AddRouter();
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        AttachHost(builder, host, hub, spokes);
    }
}

void
BuildDumbbell(ConsensusTopologyBuilder& builder)
{
    PointToPointHelper access = PointToPointLinks(DataRate("1Gbps"), MicroSeconds(100));
    const DataRate rate = builder.LinkRate({1e8, 1e7, 1e9});
    const Time delay = builder.LinkDelay({10, 2, 40});
    PointToPointHelper bottleneck = PointToPointLinks(rate, delay);
    builder.NotePathLatency(delay + MicroSeconds(200));

    const Ptr<Node> routers[] = {builder.AddRouter(), builder.AddRouter()};
    const Ipv4Address ends[] = {Ipv4Address("192.168.0.1"), Ipv4Address("192.168.0.2")};
    const NetDeviceContainer middle = bottleneck.Install(routers[0], routers[1]);
    uint32_t interfaces[2];
    for (uint32_t side = 0; side < 2; ++side)
    {
        interfaces[side] =
            ConsensusTopologyBuilder::AddInterface(middle.Get(side), ends[side], LINK_MASK);
        builder.AddOtherDevice(middle.Get(side));
    }
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        const uint32_t side = (host - 1) % 2;
        const uint32_t across = 1 - side;
        AttachHost(builder, host, routers[side], access);
        RoutingOf(routers[across])
            ->AddNetworkRouteTo(HostNet(host), LINK_MASK, ends[side], interfaces[across]);
    }
}

} // namespace ns3
