#include "raft-stream-transport.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/header.h"
#include "ns3/inet-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <vector>

namespace ns3
{

namespace
{

const Time STALL_TIMEOUT = Seconds(1);
constexpr uint32_t LENGTH_SIZE = 4;

/** Of a connection that this host opens: room for the largest message behind another one. */
constexpr uint32_t SEND_BUFFER = 2 * RaftStreamTransport::MAX_FRAME;
/** So much more that a sender never has as much under way as the receiver would take. */
constexpr uint32_t RECEIVE_BUFFER = 2 * SEND_BUFFER;

/** What stands before each message: its length. */
class RaftFrameHeader : public Header
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::RaftFrameHeader")
                                .SetParent<Header>()
                                .SetGroupName("NeuralConsensus")
                                .AddConstructor<RaftFrameHeader>();
        return tid;
    }

    explicit RaftFrameHeader(uint32_t length = 0)
        : m_length(length)
    {
    }

    TypeId GetInstanceTypeId() const override
    {
        return GetTypeId();
    }

    uint32_t GetSerializedSize() const override
    {
        return LENGTH_SIZE;
    }

    void Serialize(Buffer::Iterator at) const override
    {
        at.WriteHtonU32(m_length);
    }

    uint32_t Deserialize(Buffer::Iterator at) override
    {
        m_length = at.ReadNtohU32();
        return LENGTH_SIZE;
    }

    void Print(std::ostream& os) const override
    {
        os << "frame of " << m_length << " bytes";
    }

  private:
    uint32_t m_length;
};

/**
 * Sets a fresh TCP socket up. Time stamps (RFC 7323) guard against wrapped sequence numbers and
 * refine the timing of round trips, of which a consensus protocol on its own connections needs
 * neither; and in ns-3 they are a fifth of the work on a segment.
 *
 * The large receive buffer keeps ns-3 from a crash: a sender with exactly the receiver's window
 * under way that learns by a selective acknowledgement of losses tries to send a segment of no
 * bytes (TcpTxBuffer::NextSeg() and TcpSocketBase::SendPendingData() of ns-3 3.37).
 */
void
Configure(Ptr<Socket> socket)
{
    socket->SetAttributeFailSafe("Timestamp", BooleanValue(false));
    socket->SetAttributeFailSafe("RcvBufSize", UintegerValue(RECEIVE_BUFFER));
}

uint32_t
PeekLength(Ptr<const Packet> packet)
{
    uint8_t bytes[LENGTH_SIZE];
    packet->CopyData(bytes, LENGTH_SIZE);
    return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

void
Silence(Ptr<Socket> socket)
{
    socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
    socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                               MakeNullCallback<void, Ptr<Socket>>());
    socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                              MakeNullCallback<void, Ptr<Socket>>());
    socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                              MakeNullCallback<void, Ptr<Socket>, const Address&>());
}

void
Abandon(Ptr<Socket> socket)
{
    Silence(socket);
    socket->Close();
}

} // namespace

RaftStreamTransport::RaftStreamTransport(Setup setup, Ptr<Socket> listener)
    : m_setup(std::move(setup)),
      m_network(m_setup.node->GetObject<HostNetwork>()),
      m_listener(listener)
{
    NS_ABORT_MSG_UNLESS(m_network, "node " << m_setup.node->GetId() << " has no HostNetwork");
    Configure(m_listener); // accepted sockets are made after it
    NS_ABORT_MSG_IF(m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_setup.port)) != 0,
                    "port " << m_setup.port << " is in use on node " << m_setup.node->GetId());
    m_listener->Listen();
    m_listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        Callback<void, Ptr<Socket>, const Address&>(
            [this, life = std::weak_ptr(m_life)](Ptr<Socket> socket, const Address& from) {
                // The sockets of half-open connections have this callback, too, and keep it.
                life.expired() ? Abandon(socket) : HandleAccept(socket, from);
            }));
    m_stallTimer = Simulator::Schedule(STALL_TIMEOUT, &RaftStreamTransport::WatchForStalls, this);
}

RaftStreamTransport::~RaftStreamTransport()
{
    m_stallTimer.Cancel();
    Abandon(m_listener);
    for (auto& [number, connection] : m_connections)
    {
        Abandon(connection.socket);
    }
}

void
RaftStreamTransport::Send(uint32_t host, Ptr<Packet> message)
{
    Connection* connection = FindConnection(host);
    if (!connection)
    {
        connection = Connect(host);
    }
    const uint32_t size = message->GetSize();
    // A socket that is still connecting takes data, too, and sends it once it is connected.
    if (!connection || connection->socket->GetTxAvailable() < size + LENGTH_SIZE)
    {
        return; // as on a datagram network, the sender's protocol copes with the loss
    }
    message->AddHeader(RaftFrameHeader(size));
    connection->socket->Send(message);
}

uint32_t
RaftStreamTransport::MaxMessageSize() const
{
    return MAX_FRAME;
}

RaftStreamTransport::Connection*
RaftStreamTransport::FindConnection(uint32_t host)
{
    if (auto own = m_outgoing.find(host); own != m_outgoing.end())
    {
        return &m_connections.at(own->second);
    }
    // Answer a client on its own connection, the latest; between servers each side opens one.
    for (auto at = m_connections.rbegin(); at != m_connections.rend(); ++at)
    {
        if (at->second.host == host && at->second.established)
        {
            return &at->second;
        }
    }
    return nullptr;
}

RaftStreamTransport::Connection*
RaftStreamTransport::FindConnection(Ptr<Socket> socket)
{
    const auto number = m_numbers.find(PeekPointer(socket));
    return number == m_numbers.end() ? nullptr : &m_connections.at(number->second);
}

RaftStreamTransport::Connection*
RaftStreamTransport::Connect(uint32_t host)
{
    Ptr<Socket> socket = Socket::CreateSocket(m_setup.node, m_setup.socketFactory);
    Configure(socket);
    socket->SetAttributeFailSafe("SndBufSize", UintegerValue(SEND_BUFFER));
    socket->Bind();
    Adopt(socket, host, false);
    m_outgoing[host] = m_lastNumber;
    socket->SetConnectCallback(MakeCallback(&RaftStreamTransport::HandleConnected, this),
                               MakeCallback(&RaftStreamTransport::HandleEnd, this));
    if (socket->Connect(InetSocketAddress(m_network->AddressOf(host), m_setup.port)) != 0)
    {
        Drop(socket);
    }
    return FindConnection(socket);
}

void
RaftStreamTransport::Adopt(Ptr<Socket> socket, uint32_t host, bool established)
{
    Connection connection;
    connection.socket = socket;
    connection.host = host;
    connection.established = established;
    connection.idleTxAvailable = socket->GetTxAvailable();
    connection.progressAt = Simulator::Now();
    connection.received = m_nothing;
    m_numbers[PeekPointer(socket)] = ++m_lastNumber;
    m_connections.emplace(m_lastNumber, connection);
    socket->SetRecvCallback(MakeCallback(&RaftStreamTransport::HandleRead, this));
    socket->SetSendCallback(MakeCallback(&RaftStreamTransport::HandleAcknowledged, this));
    socket->SetCloseCallbacks(MakeCallback(&RaftStreamTransport::HandleEnd, this),
                              MakeCallback(&RaftStreamTransport::HandleEnd, this));
}

void
RaftStreamTransport::Drop(Ptr<Socket> socket)
{
    const auto number = m_numbers.find(PeekPointer(socket));
    if (number == m_numbers.end())
    {
        return;
    }
    const auto at = m_connections.find(number->second);
    const auto own = m_outgoing.find(at->second.host);
    if (own != m_outgoing.end() && own->second == number->second)
    {
        m_outgoing.erase(own);
    }
    m_connections.erase(at);
    m_numbers.erase(number);
    Abandon(socket);
}

void
RaftStreamTransport::WatchForStalls()
{
    const Time now = Simulator::Now();
    std::vector<Ptr<Socket>> stalled;
    for (auto& [number, connection] : m_connections)
    {
        const Ptr<Socket>& socket = connection.socket;
        if (connection.established && socket->GetTxAvailable() == connection.idleTxAvailable)
        {
            connection.progressAt = now; // nothing to wait for
        }
        else if (now - connection.progressAt >= STALL_TIMEOUT)
        {
            stalled.push_back(socket);
        }
    }
    for (const auto& socket : stalled)
    {
        Drop(socket);
    }
    m_stallTimer = Simulator::Schedule(STALL_TIMEOUT, &RaftStreamTransport::WatchForStalls, this);
}

void
RaftStreamTransport::HandleAccept(Ptr<Socket> socket, const Address& from)
{
    const uint32_t host = m_network->HostOf(InetSocketAddress::ConvertFrom(from).GetIpv4());
    if (host == 0)
    {
        m_setup.malformed("connection from an address that belongs to no host");
        socket->Close();
        return;
    }
    Adopt(socket, host, true);
}

void
RaftStreamTransport::HandleConnected(Ptr<Socket> socket)
{
    if (Connection* connection = FindConnection(socket))
    {
        connection->established = true;
        connection->progressAt = Simulator::Now();
    }
}

void
RaftStreamTransport::HandleAcknowledged(Ptr<Socket> socket, uint32_t)
{
    if (Connection* connection = FindConnection(socket))
    {
        connection->progressAt = Simulator::Now();
    }
}

void
RaftStreamTransport::HandleEnd(Ptr<Socket> socket)
{
    Drop(socket);
}

void
RaftStreamTransport::HandleRead(Ptr<Socket> socket)
{
    while (Ptr<Packet> bytes = socket->Recv())
    {
        if (bytes->GetSize() == 0)
        {
            break;
        }
        Connection* connection = FindConnection(socket);
        if (!connection)
        {
            return;
        }
        if (connection->received->GetSize() == 0)
        {
            connection->received = bytes;
        }
        else
        {
            connection->received->AddAtEnd(bytes);
        }
        if (!ExtractFrames(socket))
        {
            return;
        }
    }
}

bool
RaftStreamTransport::ExtractFrames(Ptr<Socket> socket)
{
    while (true)
    {
        Connection* connection = FindConnection(socket);
        if (!connection)
        {
            return false; // the receiver had it dropped
        }
        Ptr<Packet> received = connection->received;
        if (received->GetSize() < LENGTH_SIZE)
        {
            return true;
        }
        const uint32_t size = PeekLength(received);
        if (size > MAX_FRAME)
        {
            m_setup.malformed("frame longer than the limit");
            Drop(socket);
            return false;
        }
        if (received->GetSize() < LENGTH_SIZE + size)
        {
            return true;
        }
        if (received->GetSize() == LENGTH_SIZE + size)
        {
            // As most segments are: one whole frame, which needs no copy.
            connection->received = m_nothing;
            received->RemoveAtStart(LENGTH_SIZE);
            m_setup.receiver(connection->host, received);
            return true;
        }
        Ptr<Packet> message = received->CreateFragment(LENGTH_SIZE, size);
        received->RemoveAtStart(LENGTH_SIZE + size);
        m_setup.receiver(connection->host, message);
    }
}

} // namespace ns3
