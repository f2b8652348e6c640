#include "raft-transport.h"

#include "raft-datagram-transport.h"
#include "raft-stream-transport.h"

#include "ns3/abort.h"
#include "ns3/socket.h"

namespace ns3
{

std::unique_ptr<RaftTransport>
RaftTransport::Open(Setup setup)
{
    Ptr<Socket> socket = Socket::CreateSocket(setup.node, setup.socketFactory);
    switch (socket->GetSocketType())
    {
    case Socket::NS3_SOCK_DGRAM:
        return std::make_unique<RaftDatagramTransport>(std::move(setup), socket);
    case Socket::NS3_SOCK_STREAM:
        return std::make_unique<RaftStreamTransport>(std::move(setup), socket);
    default:
        NS_ABORT_MSG("socket factory " << setup.socketFactory.GetName()
                                       << ": expected one of datagram or stream sockets");
    }
}

} // namespace ns3
