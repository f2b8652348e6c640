#include "consensus-topology-builder.h"

#include "ns3/abort.h"
#include "ns3/arp-cache.h"
#include "ns3/ecmp-routing.h"
#include "ns3/host-network.h"
#include "ns3/host-routing.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-routing-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/traffic-control-layer.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace ns3
{

namespace
{

/** Gives nodes a routing protocol of the module. */
template <typename Routing>
class RoutingHelper : public Ipv4RoutingHelper
{
  public:
    RoutingHelper* Copy() const override
    {
        return new RoutingHelper(*this); // ns-3 takes it over
    }

    Ptr<Ipv4RoutingProtocol> Create(Ptr<Node>) const override
    {
        return CreateObject<Routing>();
    }
};

void
InstallStack(const NodeContainer& nodes, const Ipv4RoutingHelper& routing)
{
    InternetStackHelper internet;
    internet.SetIpv6StackInstall(false);
    internet.SetRoutingHelper(routing);
    internet.Install(nodes);
}

Ipv4Address
SubnetAddress(uint32_t host)
{
    return Ipv4Address(Ipv4Address("10.0.0.0").Get() + host);
}

/** Tells a host the hardware addresses of all others, for good. */
void
FillNeighbours(Ptr<ArpCache> cache, const std::vector<Address>& hardwareAddresses)
{
    const Address own = cache->GetDevice()->GetAddress();
    for (uint32_t host = 1; host <= hardwareAddresses.size(); ++host)
    {
        if (hardwareAddresses[host - 1] != own && !cache->Lookup(SubnetAddress(host)))
        {
            ArpCache::Entry* neighbour = cache->Add(SubnetAddress(host));
            neighbour->SetMacAddress(hardwareAddresses[host - 1]);
            neighbour->MarkPermanent();
        }
    }
}

} // namespace

ConsensusTopologyBuilder::ConsensusTopologyBuilder(const TopologyOptions& options)
    : m_options(options),
      m_draw(options.random)
{
    m_topology.m_name = options.name;
    m_topology.m_servers.Create(options.servers);
    m_topology.m_clients.Create(options.clients);
    m_topology.m_devices.resize(HostCount());
    InstallStack(m_topology.m_servers, RoutingHelper<HostRouting>());
    InstallStack(m_topology.m_clients, RoutingHelper<HostRouting>());
    for (uint32_t id = 1; id <= HostCount(); ++id)
    {
        Ptr<HostNetwork> network = CreateObject<HostNetwork>();
        network->SetHostId(id);
        Host(id)->AggregateObject(network);
        m_topology.m_labels.push_back(m_topology.HostName(id));
    }
}

const TopologyOptions&
ConsensusTopologyBuilder::Options() const
{
    return m_options;
}

TopologyDraw&
ConsensusTopologyBuilder::Draw()
{
    return m_draw;
}

void
ConsensusTopologyBuilder::DrawImpairment(const TopologyRange& jitterMs,
                                         const TopologyRange& loss,
                                         const TopologyRange& burstLoss)
{
    NetemParameters& impairment = m_options.impairment;
    const auto& fixed = m_options.fixed;
    const auto given = [](bool isFixed, auto value) {
        return isFixed ? std::optional(value) : std::nullopt;
    };
    impairment.jitter =
        m_draw.Milliseconds("jitter",
                            jitterMs,
                            given(fixed.jitter || !impairment.jitter.IsZero(), impairment.jitter));
    impairment.loss =
        m_draw.Number("loss", loss, given(fixed.loss || impairment.loss > 0, impairment.loss));
    double& bursts = impairment.burstLoss.meanLoss;
    bursts = m_draw.Number("burst_loss", burstLoss, given(fixed.burstLoss || bursts > 0, bursts));
}

DataRate
ConsensusTopologyBuilder::LinkRate(const TopologyRange& bitsPerSecond)
{
    return m_draw.Rate("link_rate", bitsPerSecond, m_options.linkRate);
}

Time
ConsensusTopologyBuilder::LinkDelay(const TopologyRange& milliseconds)
{
    return m_draw.Milliseconds("link_delay", milliseconds, m_options.linkDelay);
}

uint32_t
ConsensusTopologyBuilder::HostCount() const
{
    return m_topology.HostCount();
}

Ptr<Node>
ConsensusTopologyBuilder::Host(uint32_t id) const
{
    return m_topology.Host(id);
}

Ptr<Node>
ConsensusTopologyBuilder::AddBridge()
{
    NodeContainer bridge(1);
    m_topology.m_infrastructure.Add(bridge);
    return bridge.Get(0);
}

Ptr<Node>
ConsensusTopologyBuilder::AddRouter()
{
    NodeContainer router(1);
    InstallStack(router, Ipv4StaticRoutingHelper());
    m_topology.m_infrastructure.Add(router);
    return router.Get(0);
}

Ptr<Node>
ConsensusTopologyBuilder::AddEcmpRouter()
{
    NodeContainer router(1);
    InstallStack(router, RoutingHelper<EcmpRouting>());
    m_topology.m_infrastructure.Add(router);
    return router.Get(0);
}

Ptr<NetemQueueDisc>
ConsensusTopologyBuilder::AddHostDevice(uint32_t host,
                                        Ptr<NetDevice> device,
                                        Ipv4Address address,
                                        Ipv4Mask mask)
{
    Ptr<NetemQueueDisc> disc = CreateObject<NetemQueueDisc>();
    disc->SetDefault(NetemQueueDisc::TOPOLOGY, m_options.impairment);
    device->GetNode()->GetObject<TrafficControlLayer>()->SetRootQueueDiscOnDevice(device, disc);
    Host(host)->GetObject<HostNetwork>()->AddDevice(device, disc);
    AddInterface(device, address, mask);
    m_topology.m_devices.at(host - 1).Add(device);
    return disc;
}

uint32_t
ConsensusTopologyBuilder::AddInterface(Ptr<NetDevice> device, Ipv4Address address, Ipv4Mask mask)
{
    Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(device);
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(address, mask));
    ipv4->SetUp(interface);
    return interface;
}

void
ConsensusTopologyBuilder::AddOtherDevice(Ptr<NetDevice> device)
{
    m_topology.m_otherDevices.Add(device);
}

void
ConsensusTopologyBuilder::Reach(uint32_t from,
                                uint32_t to,
                                Ipv4Address address,
                                Ptr<NetemQueueDisc> disc)
{
    Host(from)->GetObject<HostNetwork>()->AddHost(to, address, disc);
    DynamicCast<HostRouting>(Host(from)->GetObject<Ipv4>()->GetRoutingProtocol())->Keep(address);
}

void
ConsensusTopologyBuilder::AddSubnet(const std::vector<Ptr<NetDevice>>& devices)
{
    NS_ABORT_MSG_IF(devices.size() != HostCount(), "One device per host");
    std::vector<Address> addresses;
    for (const auto& device : devices)
    {
        addresses.push_back(device->GetAddress());
    }
    for (uint32_t from = 1; from <= HostCount(); ++from)
    {
        Ptr<NetDevice> device = devices[from - 1];
        Ptr<NetemQueueDisc> disc =
            AddHostDevice(from, device, SubnetAddress(from), Ipv4Mask("255.255.0.0"));
        for (uint32_t to = 1; to <= HostCount(); ++to)
        {
            if (to != from)
            {
                Reach(from, to, SubnetAddress(to), disc);
            }
        }
        Ptr<Ipv4L3Protocol> ipv4 = Host(from)->GetObject<Ipv4L3Protocol>();
        Ptr<ArpCache> cache =
            ipv4->GetInterface(ipv4->GetInterfaceForDevice(device))->GetArpCache();
        FillNeighbours(cache, addresses);
        // ns-3 empties the cache, permanent entries too, when a station joins its access point.
        device->AddLinkChangeCallback(
            Callback<void>([cache, addresses] { FillNeighbours(cache, addresses); }));
    }
}

void
ConsensusTopologyBuilder::Describe(uint32_t host, const std::string& what)
{
    m_topology.m_labels.at(host - 1) += " (" + what + ")";
}

void
ConsensusTopologyBuilder::NotePathLatency(Time latency)
{
    m_topology.m_pathLatency = std::max(m_topology.m_pathLatency, latency);
}

void
ConsensusTopologyBuilder::NoteJitter(Time deviation)
{
    m_topology.m_jitter = std::max(m_topology.m_jitter, deviation);
}

void
ConsensusTopologyBuilder::NoteLoss(double share)
{
    m_topology.m_loss = std::max(m_topology.m_loss, share);
}

void
ConsensusTopologyBuilder::AddRandom(std::function<int64_t(int64_t)> assign)
{
    m_topology.m_random.push_back(std::move(assign));
}

void
ConsensusTopologyBuilder::NoteGaps(const std::vector<std::string>& gaps)
{
    m_topology.m_gaps = gaps;
}

void
ConsensusTopologyBuilder::SetWarmUp(Time warmUp)
{
    m_topology.m_warmUp = warmUp;
}

ConsensusTopology
ConsensusTopologyBuilder::Finish()
{
    const NetemParameters& impairment = m_options.impairment;
    // A log-normal delay with a mean equal to its deviation exceeds five deviations once in 100.
    NotePathLatency(m_topology.m_pathLatency + impairment.delay + 5 * impairment.jitter);
    NoteJitter(
        Seconds(std::hypot(m_topology.m_jitter.GetSeconds(), impairment.jitter.GetSeconds())));
    const double impaired = std::min(1.0, impairment.loss + impairment.burstLoss.meanLoss);
    m_topology.m_loss = impaired + (1.0 - impaired) * m_topology.m_loss;
    m_topology.m_parameters = m_draw.Record();
    return m_topology;
}

} // namespace ns3
