#ifndef RAFT_DATAGRAM_TRANSPORT_H
#define RAFT_DATAGRAM_TRANSPORT_H

#include "raft-transport.h"

#include "ns3/host-network.h"
#include "ns3/socket.h"

namespace ns3
{

/** One message a datagram; larger ones than a datagram holds (65507 bytes) are dropped. */
class RaftDatagramTransport : public RaftTransport
{
  public:
    /**
     * @param setup see RaftTransport
     * @param socket fresh socket of the setup's factory
     */
    RaftDatagramTransport(Setup setup, Ptr<Socket> socket);
    ~RaftDatagramTransport() override;

    void Send(uint32_t host, Ptr<Packet> message) override;
    uint32_t MaxMessageSize() const override;

  private:
    void HandleRead(Ptr<Socket> socket);

    Setup m_setup;
    Ptr<HostNetwork> m_network;
    Ptr<Socket> m_socket;
};

} // namespace ns3

#endif /* RAFT_DATAGRAM_TRANSPORT_H */
