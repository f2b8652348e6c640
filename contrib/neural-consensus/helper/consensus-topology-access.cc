#include "consensus-topology-access.h"

#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

namespace
{

/// Of an access link to a core, one way.
const Time ACCESS_DELAY = MicroSeconds(1);

} // namespace

const Ipv4Mask LINK_MASK("255.255.255.252");

PointToPointHelper
PointToPointLinks(DataRate rate, Time delay)
{
    PointToPointHelper links;
    links.SetDeviceAttribute("DataRate", DataRateValue(rate));
    links.SetChannelAttribute("Delay", TimeValue(delay));
    links.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue(DEVICE_QUEUE_SIZE));
    return links;
}

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

Ptr<NetemQueueDisc>
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
    return disc;
}

CoreNetwork::CoreNetwork(ConsensusTopologyBuilder& builder, DataRate up, DataRate down)
    : m_builder(builder)
{
    PointToPointHelper links = PointToPointLinks(up, ACCESS_DELAY);
    Ptr<Node> core = builder.AddRouter();
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        m_discs.push_back(AttachHost(builder, host, core, links));
        auto port = DynamicCast<PointToPointNetDevice>(core->GetDevice(core->GetNDevices() - 1));
        port->SetDataRate(down);
    }
}

void
CoreNetwork::SetWay(uint32_t from,
                    uint32_t to,
                    Time delay,
                    const std::vector<Ptr<NetemProcess>>& processes)
{
    NetemParameters rule = m_builder.Options().impairment;
    rule.delay += std::max(delay - 2 * ACCESS_DELAY, Time(0));
    m_discs.at(from - 1)->SetRule(NetemQueueDisc::TOPOLOGY, HostAddress(to), rule);
    double variance = 0.0;
    double arriving = 1.0;
    int delaying = 0;
    for (const auto& process : processes)
    {
        m_discs.at(from - 1)->AddProcess(HostAddress(to), process);
        variance += std::pow(process->Deviation().GetSeconds(), 2);
        arriving *= 1.0 - process->Loss();
        delaying += process->Deviation().IsStrictlyPositive();
    }
    Time bound = delay;
    for (const auto& process : processes)
    {
        // Where no part exceeds its bound the sum does not, and one does in at most 1 % of all.
        bound += delaying > 0 ? process->Bound(0.01 / delaying) : Time(0);
    }
    m_builder.NotePathLatency(bound);
    m_builder.NoteJitter(Seconds(std::sqrt(variance)));
    m_builder.NoteLoss(1.0 - arriving);
}

} // namespace ns3
