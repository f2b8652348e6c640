#include "raft-datagram-transport.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"

namespace ns3
{

RaftDatagramTransport::RaftDatagramTransport(Setup setup, Ptr<Socket> socket)
    : m_setup(std::move(setup)),
      m_network(m_setup.node->GetObject<HostNetwork>()),
      m_socket(socket)
{
    NS_ABORT_MSG_UNLESS(m_network, "node " << m_setup.node->GetId() << " has no HostNetwork");
    NS_ABORT_MSG_IF(m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_setup.port)) != 0,
                    "port " << m_setup.port << " is in use on node " << m_setup.node->GetId());
    m_socket->SetRecvCallback(MakeCallback(&RaftDatagramTransport::HandleRead, this));
}

RaftDatagramTransport::~RaftDatagramTransport()
{
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->Close();
}

void
RaftDatagramTransport::Send(uint32_t host, Ptr<Packet> message)
{
    m_socket->SendTo(message, 0, InetSocketAddress(m_network->AddressOf(host), m_setup.port));
}

uint32_t
RaftDatagramTransport::MaxMessageSize() const
{
    return 65507; // what an IPv4 datagram holds
}

void
RaftDatagramTransport::HandleRead(Ptr<Socket> socket)
{
    Address source;
    while (Ptr<Packet> packet = socket->RecvFrom(source))
    {
        const uint32_t from = m_network->HostOf(InetSocketAddress::ConvertFrom(source).GetIpv4());
        if (from == 0)
        {
            m_setup.malformed("datagram from an address that belongs to no host");
            continue;
        }
        m_setup.receiver(from, packet);
    }
}

} // namespace ns3
