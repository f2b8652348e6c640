#ifndef RAFT_TRANSPORT_H
#define RAFT_TRANSPORT_H

#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/type-id.h"

#include <functional>
#include <memory>

namespace ns3
{

/**
 * Carries whole messages between hosts, over datagrams or over connections. Hosts are named by the
 * ids of HostNetwork, which the node must have. Delivery is not promised: a message may be lost,
 * and is dropped where the connection is congested or down.
 */
class RaftTransport
{
  public:
    /** Called with the host that a message came from, by source address, and the message. */
    using Receiver = std::function<void(uint32_t from, Ptr<Packet> message)>;
    /** Called with the reason where bytes that arrived are no message. */
    using MalformedHandler = std::function<void(const char* reason)>;

    /** What a transport needs to know. */
    struct Setup
    {
        Ptr<Node> node;             //!< the host
        TypeId socketFactory;       //!< ns3::UdpSocketFactory, ns3::TcpSocketFactory or alike
        uint16_t port{0};           //!< port on which every host listens
        Receiver receiver;          //!< takes messages
        MalformedHandler malformed; //!< takes complaints
    };

    virtual ~RaftTransport() = default;

    /**
     * Opens a transport for the kind of sockets that the factory makes.
     * @param setup what it needs
     * @return a transport that listens on the port
     */
    static std::unique_ptr<RaftTransport> Open(Setup setup);

    /**
     * Sends a message.
     * @param host to whom
     * @param message its bytes; the packet is the transport's from then on
     */
    virtual void Send(uint32_t host, Ptr<Packet> message) = 0;

    /** @return bytes of the largest message that can be carried */
    virtual uint32_t MaxMessageSize() const = 0;
};

} // namespace ns3

#endif /* RAFT_TRANSPORT_H */
