#include "host-routing.h"

#include "ns3/abort.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4.h"
#include "ns3/net-device.h"
#include "ns3/packet.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(HostRouting);

TypeId
HostRouting::GetTypeId()
{
    static TypeId tid = TypeId("ns3::HostRouting")
                            .SetParent<Ipv4StaticRouting>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<HostRouting>();
    return tid;
}

void
HostRouting::Keep(Ipv4Address host)
{
    Ipv4Header header;
    header.SetDestination(host);
    Socket::SocketErrno error = Socket::ERROR_NOTERROR;
    Ptr<Ipv4Route> route = Ipv4StaticRouting::RouteOutput(nullptr, header, nullptr, error);
    NS_ABORT_MSG_UNLESS(route, "no route to " << host);
    const int32_t interface = m_stack->GetInterfaceForDevice(route->GetOutputDevice());
    m_kept[host.Get()] = {route, static_cast<uint32_t>(interface)};
}

Ptr<Ipv4Route>
HostRouting::RouteOutput(Ptr<Packet> packet,
                         const Ipv4Header& header,
                         Ptr<NetDevice> device,
                         Socket::SocketErrno& error)
{
    const auto at = m_kept.find(header.GetDestination().Get());
    if (at != m_kept.end() && (!device || device == at->second.route->GetOutputDevice()) &&
        m_stack->IsUp(at->second.interface))
    {
        error = Socket::ERROR_NOTERROR;
        return at->second.route;
    }
    return Ipv4StaticRouting::RouteOutput(packet, header, device, error);
}

void
HostRouting::SetIpv4(Ptr<Ipv4> ipv4)
{
    m_stack = ipv4;
    Ipv4StaticRouting::SetIpv4(ipv4);
}

void
HostRouting::DoDispose()
{
    m_kept.clear();
    m_stack = nullptr;
    Ipv4StaticRouting::DoDispose();
}

} // namespace ns3
