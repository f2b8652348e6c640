/**
 * @file
 * A topology of one's own: two racks, each with a router, and a slow link between them. A family of
 * topologies makes devices and channels from ns-3's parts and tells the builder which host reaches
 * which under what address; everything else (IPv4, impairments, cuts, captures) comes with it.
 */

#include "ns3/consensus-topology-builder.h"
#include "ns3/consensus-topology.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/raft-application.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>
#include <vector>

using namespace ns3;

namespace
{

const Ipv4Mask LINK_MASK("255.255.255.252");

/** Addresses 10.RACK.HOST.1 (router) and .2 (host) for the link of a host. */
Ipv4Address
LinkAddress(uint32_t rack, uint32_t host, uint32_t end)
{
    return Ipv4Address((10U << 24) + (rack << 16) + (host << 8) + end);
}

ConsensusTopology
BuildTwoRacks(const TopologyOptions& options)
{
    ConsensusTopologyBuilder builder(options);
    const std::vector<Ptr<Node>> routers = {builder.AddRouter(), builder.AddRouter()};
    const auto rackOf = [](uint32_t host) { return host % 2; };
    Ipv4StaticRoutingHelper routing;

    // Between the racks: 100 Mbit/s and 3 ms.
    PointToPointHelper trunk;
    trunk.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    trunk.SetChannelAttribute("Delay", StringValue("3ms"));
    NetDeviceContainer trunkEnds = trunk.Install(routers[0], routers[1]);
    for (uint32_t rack = 0; rack < 2; ++rack)
    {
        const uint32_t interface =
            ConsensusTopologyBuilder::AddInterface(trunkEnds.Get(rack),
                                                   LinkAddress(9, 0, rack + 1),
                                                   LINK_MASK);
        routing.GetStaticRouting(routers[rack]->GetObject<Ipv4>())
            ->AddNetworkRouteTo(LinkAddress(1 - rack, 0, 0),
                                Ipv4Mask("255.255.0.0"),
                                LinkAddress(9, 0, 2 - rack),
                                interface);
        builder.AddOtherDevice(trunkEnds.Get(rack));
    }

    // Within a rack: 10 Gbit/s and 2 us to the router.
    PointToPointHelper cable;
    cable.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    cable.SetChannelAttribute("Delay", StringValue("2us"));
    std::vector<Ptr<NetemQueueDisc>> discs;
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        const uint32_t rack = rackOf(host);
        NetDeviceContainer ends = cable.Install(builder.Host(host), routers[rack]);
        discs.push_back(
            builder.AddHostDevice(host, ends.Get(0), LinkAddress(rack, host, 2), LINK_MASK));
        ConsensusTopologyBuilder::AddInterface(ends.Get(1), LinkAddress(rack, host, 1), LINK_MASK);
        builder.AddOtherDevice(ends.Get(1));
        routing.GetStaticRouting(builder.Host(host)->GetObject<Ipv4>())
            ->SetDefaultRoute(LinkAddress(rack, host, 1), 1);
    }
    for (uint32_t from = 1; from <= builder.HostCount(); ++from)
    {
        for (uint32_t to = 1; to <= builder.HostCount(); ++to)
        {
            if (from != to)
            {
                builder.Reach(from, to, LinkAddress(rackOf(to), to, 2), discs[from - 1]);
            }
        }
    }
    return builder.Finish();
}

void
PrintLatency(const raft::Message& message, uint64_t)
{
    if (std::holds_alternative<raft::AppendEntriesReply>(message.body))
    {
        std::cout << Simulator::Now().As(Time::MS) << ": server " << message.to
                  << " hears from server " << message.from << "\n";
    }
}

} // namespace

int
main()
{
    TopologyOptions options;
    options.servers = 4;
    options.clients = 0;
    ConsensusTopology topology = BuildTwoRacks(options);
    topology.AssignStreams(0);

    RaftHelper raft;
    ApplicationContainer servers = raft.InstallServers(topology.Servers());
    RaftHelper::AssignStreams(servers, 1000);
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        servers.Get(i)->TraceConnectWithoutContext("RxMessage", MakeCallback(&PrintLatency));
    }

    // The replies from the leader's own rack come 6 ms before those of the other one.
    Simulator::Stop(Seconds(2.5));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
