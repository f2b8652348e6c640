#ifndef RAFT_STREAM_TRANSPORT_H
#define RAFT_STREAM_TRANSPORT_H

#include "raft-transport.h"

#include "ns3/event-id.h"
#include "ns3/host-network.h"
#include "ns3/nstime.h"
#include "ns3/socket.h"

#include <map>
#include <memory>
#include <unordered_map>

namespace ns3
{

/**
 * Messages over connections, each behind its length (4 bytes, network order). A host keeps one
 * connection to every host that it sends to and opens it when there is something to send; a host
 * that was called answers on the caller's connection, so clients need not listen.
 *
 * A connection whose unsent data makes no progress for STALL_TIMEOUT is given up and opened anew at
 * the next message, as a real server does with keep-alives: the retransmission timer of TCP alone
 * would leave a recovered peer alone for up to a minute.
 */
class RaftStreamTransport : public RaftTransport
{
  public:
    /** Frames above this many bytes end the connection that they come on. */
    static constexpr uint32_t MAX_FRAME = 1 << 20;

    /**
     * @param setup see RaftTransport
     * @param listener fresh socket of the setup's factory
     */
    RaftStreamTransport(Setup setup, Ptr<Socket> listener);
    ~RaftStreamTransport() override;

    void Send(uint32_t host, Ptr<Packet> message) override;
    uint32_t MaxMessageSize() const override;

  private:
    /** One connection; incoming ones are only answered on. */
    struct Connection
    {
        Ptr<Socket> socket;
        uint32_t host{0};
        bool established{false};
        uint32_t idleTxAvailable{0}; //!< room in an empty send buffer
        Time progressAt;      //!< when it was opened, or its peer last acknowledged something
        Ptr<Packet> received; //!< bytes that are not yet a whole frame
    };

    Connection* FindConnection(uint32_t host);
    Connection* FindConnection(Ptr<Socket> socket);
    Connection* Connect(uint32_t host);
    void Adopt(Ptr<Socket> socket, uint32_t host, bool established);
    void Drop(Ptr<Socket> socket);
    void WatchForStalls();

    void HandleAccept(Ptr<Socket> socket, const Address& from);
    void HandleConnected(Ptr<Socket> socket);
    void HandleEnd(Ptr<Socket> socket);
    void HandleAcknowledged(Ptr<Socket> socket, uint32_t available);
    void HandleRead(Ptr<Socket> socket);
    /** @return false if the connection was dropped */
    bool ExtractFrames(Ptr<Socket> socket);

    Setup m_setup;
    /** Gone with this object, whom connections that were half open outlive. */
    const std::shared_ptr<const bool> m_life{std::make_shared<const bool>(true)};
    Ptr<HostNetwork> m_network;
    Ptr<Socket> m_listener;
    std::map<uint64_t, Connection> m_connections; //!< by number, in the order of their opening
    std::map<uint32_t, uint64_t> m_outgoing;      //!< by host, number of the one opened from here
    /** Number of each socket's connection. Never iterated: addresses have no lasting order. */
    std::unordered_map<const Socket*, uint64_t> m_numbers;
    const Ptr<Packet> m_nothing{Create<Packet>()}; //!< empty, and never added to
    uint64_t m_lastNumber{0};
    EventId m_stallTimer;
};

} // namespace ns3

#endif /* RAFT_STREAM_TRANSPORT_H */
