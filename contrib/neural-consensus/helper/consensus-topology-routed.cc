#include "consensus-topology-builder.h"

#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/string.h"

namespace ns3
{

namespace
{

const Ipv4Mask LINK_MASK("255.255.255.252");

PointToPointHelper
Links(DataRate rate, Time delay)
{
    PointToPointHelper links;
    links.SetDeviceAttribute("DataRate", DataRateValue(rate));
    links.SetChannelAttribute("Delay", TimeValue(delay));
    links.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue(DEVICE_QUEUE_SIZE));
    return links;
}

/** The network of a host's link to its router: 10.0.host.0/30, the host .1 and the router .2. */
Ipv4Address
HostNet(uint32_t host)
{
    return Ipv4Address(Ipv4Address("10.0.0.0").Get() + (host << 8));
}

Ipv4Address
HostAddress(uint32_t host)
{
    return Ipv4Address(HostNet(host).Get() + 1);
}

Ptr<Ipv4StaticRouting>
RoutingOf(Ptr<Node> node)
{
    return Ipv4StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv4>());
}

/** Links a host to its router, through which it reaches every other host. */
void
AttachHost(ConsensusTopologyBuilder& builder,
           uint32_t host,
           Ptr<Node> router,
           PointToPointHelper& links)
{
    const Ipv4Address gateway(HostNet(host).Get() + 2);
    const NetDeviceContainer link = links.Install(builder.Host(host), router);
    Ptr<NetemQueueDisc> disc =
        builder.AddHostDevice(host, link.Get(0), HostAddress(host), LINK_MASK);
    ConsensusTopologyBuilder::AddInterface(link.Get(1), gateway, LINK_MASK);
    builder.AddOtherDevice(link.Get(1));
    RoutingOf(builder.Host(host))->SetDefaultRoute(gateway, 1);
    for (uint32_t other = 1; other <= builder.HostCount(); ++other)
    {
        if (other != host)
        {
            builder.Reach(host, other, HostAddress(other), disc);
        }
    }
}

} // namespace

void
BuildStar(ConsensusTopologyBuilder& builder)
{
    const TopologyOptions& options = builder.Options();
    PointToPointHelper spokes = Links(options.linkRate.value_or(DataRate("1Gbps")),
                                      options.linkDelay.value_or(MilliSeconds(1)));
    builder.NotePathLatency(2 * options.linkDelay.value_or(MilliSeconds(1)));
    Ptr<Node> hub = builder.AddRouter();
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        AttachHost(builder, host, hub, spokes);
    }
}

void
BuildDumbbell(ConsensusTopologyBuilder& builder)
{
    const TopologyOptions& options = builder.Options();
    PointToPointHelper access = Links(DataRate("1Gbps"), MicroSeconds(100));
    PointToPointHelper bottleneck = Links(options.linkRate.value_or(DataRate("100Mbps")),
                                          options.linkDelay.value_or(MilliSeconds(10)));

    builder.NotePathLatency(options.linkDelay.value_or(MilliSeconds(10)) + MicroSeconds(200));

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
