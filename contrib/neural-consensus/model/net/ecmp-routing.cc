#include "ecmp-routing.h"

#include "ns3/abort.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4.h"
#include "ns3/net-device.h"
#include "ns3/packet.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-l4-protocol.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(EcmpRouting);

namespace
{

uint32_t
NetworkOf(Ipv4Address address)
{
    return address.Get() >> 8;
}

/** Mixes bits so that each depends on all (the finaliser of SplitMix64, Steele et al. 2014). */
uint64_t
Mix(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    return bits ^ (bits >> 31);
}

} // namespace

TypeId
EcmpRouting::GetTypeId()
{
    static TypeId tid = TypeId("ns3::EcmpRouting")
                            .SetParent<Ipv4StaticRouting>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<EcmpRouting>();
    return tid;
}

void
EcmpRouting::SetSalt(uint32_t salt)
{
    m_salt = salt;
}

void
EcmpRouting::SetPaths(Ipv4Address network, const std::vector<NextHop>& paths)
{
    auto& routes = m_paths[NetworkOf(network)];
    routes.clear();
    for (const auto& path : paths)
    {
        Ptr<Ipv4Route> route = Create<Ipv4Route>();
        route->SetDestination(network);
        route->SetGateway(path.gateway);
        route->SetSource(m_stack->GetAddress(path.interface, 0).GetLocal());
        route->SetOutputDevice(m_stack->GetNetDevice(path.interface));
        routes.push_back(route);
    }
}

bool
EcmpRouting::RouteInput(Ptr<const Packet> packet,
                        const Ipv4Header& header,
                        Ptr<const NetDevice> device,
                        Callbacks::Unicast unicast,
                        Callbacks::Multicast multicast,
                        Callbacks::Local local,
                        Callbacks::Error error)
{
    const auto at = m_paths.find(NetworkOf(header.GetDestination()));
    const auto interface = static_cast<uint32_t>(m_stack->GetInterfaceForDevice(device));
    if (at == m_paths.end() || at->second.empty() ||
        m_stack->IsDestinationAddress(header.GetDestination(), interface))
    {
        return Ipv4StaticRouting::RouteInput(packet,
                                             header,
                                             device,
                                             unicast,
                                             multicast,
                                             local,
                                             error);
    }
    const auto& routes = at->second;
    const std::size_t path = routes.size() == 1 ? 0 : HashOf(packet, header) % routes.size();
    unicast(routes[path], packet, header);
    return true;
}

uint64_t
EcmpRouting::HashOf(Ptr<const Packet> packet, const Ipv4Header& header) const
{
    const uint8_t protocol = header.GetProtocol();
    uint64_t ports = 0;
    const bool whole = header.IsLastFragment() && header.GetFragmentOffset() == 0;
    if (whole && (protocol == UdpL4Protocol::PROT_NUMBER || protocol == TcpL4Protocol::PROT_NUMBER))
    {
        // Both protocols begin with the source's and the destination's port.
        uint8_t bytes[4] = {};
        packet->CopyData(bytes, sizeof(bytes));
        for (const uint8_t byte : bytes)
        {
            ports = ports << 8 | byte;
        }
    }
    const uint64_t addresses =
        uint64_t{header.GetSource().Get()} << 32 | header.GetDestination().Get();
    return Mix(Mix(Mix(addresses) + (ports << 8 | protocol)) + m_salt);
}

void
EcmpRouting::SetIpv4(Ptr<Ipv4> ipv4)
{
    m_stack = ipv4;
    Ipv4StaticRouting::SetIpv4(ipv4);
}

void
EcmpRouting::DoDispose()
{
    m_paths.clear();
    m_stack = nullptr;
    Ipv4StaticRouting::DoDispose();
}

} // namespace ns3
