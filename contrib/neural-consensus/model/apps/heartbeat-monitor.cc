#include "heartbeat-monitor.h"

#include "heartbeat-header.h"
#include "message-interceptor.h"
#include "message-overhead.h"

#include "ns3/abort.h"
#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("HeartbeatMonitor");
NS_OBJECT_ENSURE_REGISTERED(HeartbeatMonitor);

TypeId
HeartbeatMonitor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::HeartbeatMonitor")
            .SetParent<Application>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<HeartbeatMonitor>()
            .AddAttribute("Port",
                          "UDP port of the heartbeat protocol, the same on all hosts",
                          UintegerValue(9001),
                          MakeUintegerAccessor(&HeartbeatMonitor::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Interval",
                          "Mean time between two heartbeats to one peer",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&HeartbeatMonitor::m_interval),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute(
                "IntervalJitter",
                "Heartbeats leave up to this much before or after they are due, uniformly",
                TimeValue(MilliSeconds(1)),
                MakeTimeAccessor(&HeartbeatMonitor::m_jitter),
                MakeTimeChecker(Time(0)))
            .AddTraceSource("Tx",
                            "A heartbeat was sent",
                            MakeTraceSourceAccessor(&HeartbeatMonitor::m_txTrace),
                            "ns3::HeartbeatMonitor::TxCallback")
            .AddTraceSource("Arrival",
                            "A message from a watched peer was handled",
                            MakeTraceSourceAccessor(&HeartbeatMonitor::m_arrivalTrace),
                            "ns3::HeartbeatMonitor::ArrivalCallback")
            .AddTraceSource("Malformed",
                            "A message was dropped because it was no good",
                            MakeTraceSourceAccessor(&HeartbeatMonitor::m_malformedTrace),
                            "ns3::HeartbeatMonitor::MalformedCallback")
            .AddTraceSource("Liveness",
                            "The monitoring process started or died",
                            MakeTraceSourceAccessor(&HeartbeatMonitor::m_livenessTrace),
                            "ns3::HeartbeatMonitor::LivenessCallback");
    return tid;
}

HeartbeatMonitor::HeartbeatMonitor()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

HeartbeatMonitor::~HeartbeatMonitor() = default;

uint32_t
HeartbeatMonitor::GetHostId() const
{
    return m_network ? m_network->GetHostId() : 0;
}

void
HeartbeatMonitor::SetWatched(std::vector<uint32_t> watched)
{
    m_watched = std::move(watched);
}

const std::vector<uint32_t>&
HeartbeatMonitor::GetWatched() const
{
    return m_watched;
}

void
HeartbeatMonitor::SetAudience(std::vector<uint32_t> audience)
{
    m_audience = std::move(audience);
}

void
HeartbeatMonitor::SetStatusSource(std::function<detection::PeerStatus()> source)
{
    m_status = std::move(source);
}

void
HeartbeatMonitor::SetDigestExchange(DigestSource source, DigestSink sink)
{
    m_digestSource = std::move(source);
    m_digestSink = std::move(sink);
}

void
HeartbeatMonitor::SetSuspicionExchange(SuspicionSource source, SuspicionSink sink)
{
    m_suspicionSource = std::move(source);
    m_suspicionSink = std::move(sink);
}

detection::PeerStatus
HeartbeatMonitor::GetStatus() const
{
    return m_status ? m_status() : detection::PeerStatus{};
}

void
HeartbeatMonitor::SetInterceptor(std::shared_ptr<MessageInterceptor> interceptor)
{
    m_interceptor = std::move(interceptor);
}

void
HeartbeatMonitor::Crash()
{
    if (m_socket)
    {
        Close();
        m_livenessTrace(m_network->GetHostId(), false);
    }
}

void
HeartbeatMonitor::Restart()
{
    if (m_started && !m_socket)
    {
        Open();
    }
}

bool
HeartbeatMonitor::IsUp() const
{
    return m_socket != nullptr;
}

uint64_t
HeartbeatMonitor::GetMalformed() const
{
    return m_malformed;
}

uint64_t
HeartbeatMonitor::GetSentBytes() const
{
    return m_sentBytes;
}

Time
HeartbeatMonitor::GetInterval() const
{
    return m_interval;
}

int64_t
HeartbeatMonitor::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
HeartbeatMonitor::DoDispose()
{
    Close(); // without a trace: whoever listens may be gone
    m_status = nullptr;
    m_digestSource = nullptr;
    m_digestSink = nullptr;
    m_suspicionSource = nullptr;
    m_suspicionSink = nullptr;
    m_interceptor = nullptr;
    m_network = nullptr;
    m_clock = nullptr;
    m_cpu = nullptr;
    m_random = nullptr;
    Application::DoDispose();
}

void
HeartbeatMonitor::StartApplication()
{
    m_network = GetNode()->GetObject<HostNetwork>();
    NS_ABORT_MSG_IF(!m_network, "HeartbeatMonitor needs a HostNetwork on its node");
    m_clock = NodeClock::Of(GetNode());
    m_cpu = NodeCpu::Of(GetNode());
    m_started = true;
    Open();
}

void
HeartbeatMonitor::StopApplication()
{
    Crash();
    m_started = false;
}

void
HeartbeatMonitor::Open()
{
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port)) != 0,
                    "host " << m_network->GetHostId() << " cannot bind UDP port " << m_port);
    m_socket->SetRecvCallback(MakeCallback(&HeartbeatMonitor::OnReadable, this));

    std::vector<uint32_t> hosts = m_watched;
    hosts.insert(hosts.end(), m_audience.begin(), m_audience.end());
    std::sort(hosts.begin(), hosts.end());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    m_peers.clear();
    for (uint32_t host : hosts)
    {
        NS_ABORT_MSG_IF(host == m_network->GetHostId(), "host " << host << " cannot watch itself");
        Peer peer;
        peer.host = host;
        peer.address = m_network->AddressOf(host);
        peer.watched = std::find(m_watched.begin(), m_watched.end(), host) != m_watched.end();
        m_peers.push_back(peer);
    }
    const Time now = Simulator::Now();
    for (std::size_t i = 0; i < m_peers.size(); ++i)
    {
        const double phase = m_random->GetValue(0, m_interval.GetSeconds());
        m_peers[i].due = now + Seconds(phase);
        ScheduleHeartbeat(i);
    }
    m_livenessTrace(m_network->GetHostId(), true);
}

void
HeartbeatMonitor::Close()
{
    if (!m_socket)
    {
        return;
    }
    ++m_incarnation;
    for (Peer& peer : m_peers)
    {
        peer.timer.Cancel();
    }
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->Close();
    m_socket = nullptr;
}

void
HeartbeatMonitor::ScheduleHeartbeat(std::size_t peer)
{
    const double jitter = m_jitter.GetSeconds();
    const Time moment = m_peers[peer].due + Seconds(m_random->GetValue(-jitter, jitter));
    m_peers[peer].timer = Simulator::Schedule(std::max(moment - Simulator::Now(), Time(0)),
                                              &HeartbeatMonitor::OnTimer,
                                              this,
                                              peer);
}

void
HeartbeatMonitor::OnTimer(std::size_t peer)
{
    m_cpu->Execute([this, peer, incarnation = m_incarnation]() {
        if (incarnation == m_incarnation)
        {
            SendHeartbeat(peer);
        }
    });
}

void
HeartbeatMonitor::SendHeartbeat(std::size_t index)
{
    Peer& peer = m_peers[index];
    // The next one is planned when this one is sent, so that a pause delays and does not pile up.
    const Time now = Simulator::Now();
    const Time interval =
        m_clock->ToSimulated(std::chrono::nanoseconds(m_interval.GetNanoSeconds()));
    peer.due += interval;
    if (peer.due < now)
    {
        peer.due = now + interval;
    }
    ScheduleHeartbeat(index);

    HeartbeatHeader header;
    header.SetType(HeartbeatHeader::HEARTBEAT);
    header.SetSender(m_network->GetHostId());
    header.SetSequence(peer.nextSequence++);
    header.SetSentAt(m_clock->Now());
    header.SetStatus(GetStatus());
    if (m_digestSource)
    {
        m_digest.Clear();
        m_digestSource(peer.host, m_digest);
        header.SwapDigest(m_digest);
    }
    if (m_suspicionSource)
    {
        m_suspicionSource(m_suspicions);
        header.SwapSuspicions(m_suspicions);
    }
    const Sent sent{header.GetSequence(), header.GetSentAt(), header.GetSentAt()};
    const bool transmitted = Transmit(header, peer.host, peer.address, m_port);
    header.SwapDigest(m_digest);
    header.SwapSuspicions(m_suspicions);
    if (transmitted)
    {
        // What the peer will echo is what an interceptor made of it.
        Sent& slot = peer.outstanding[header.GetSequence() % OUTSTANDING];
        slot = sent;
        slot.sequence = header.GetSequence();
        slot.wire = header.GetSentAt();
        m_txTrace(m_network->GetHostId(), peer.host, header.GetSequence());
    }
}

void
HeartbeatMonitor::OnReadable(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (!InetSocketAddress::IsMatchingType(from))
        {
            continue;
        }
        const InetSocketAddress source = InetSocketAddress::ConvertFrom(from);
        m_cpu->Execute([this,
                        packet,
                        address = source.GetIpv4(),
                        port = source.GetPort(),
                        incarnation = m_incarnation]() {
            if (incarnation == m_incarnation)
            {
                Handle(packet, address, port);
            }
        });
        if (socket != m_socket)
        {
            return; // the process died of what it read
        }
    }
}

void
HeartbeatMonitor::Handle(Ptr<const Packet> packet, Ipv4Address address, uint16_t port)
{
    const std::optional<HeartbeatHeader> header = HeartbeatHeader::Parse(packet);
    if (!header)
    {
        Drop("no heartbeat message");
        return;
    }
    const uint32_t host = m_network->HostOf(address);
    if (host == 0)
    {
        Drop("unknown source address");
        return;
    }
    if (host != header->GetSender())
    {
        Drop("sender is not the host of the source address");
        return;
    }

    detection::PeerArrival arrival;
    arrival.peer = host;
    arrival.sequence = header->GetSequence();
    arrival.arrived = m_clock->Now();
    arrival.peerClock = header->GetSentAt();
    arrival.status = header->GetStatus();
    Peer* peer = FindPeer(host);

    if (header->GetType() == HeartbeatHeader::HEARTBEAT)
    {
        arrival.kind = detection::PeerArrival::Kind::HEARTBEAT;
        Answer(*header, host, address, port);
        if (m_digestSink && !header->GetDigest().GetStatements().empty())
        {
            m_digestSink(host, header->GetDigest());
        }
        if (m_suspicionSink && !header->GetSuspicions().empty())
        {
            m_suspicionSink(arrival, header->GetSuspicions());
        }
    }
    else
    {
        Sent* sent = peer ? &peer->outstanding[arrival.sequence % OUTSTANDING] : nullptr;
        if (!sent || sent->sequence != arrival.sequence || sent->wire != header->GetEchoedAt())
        {
            Drop("reply to no unanswered heartbeat");
            return;
        }
        arrival.kind = detection::PeerArrival::Kind::REPLY;
        arrival.roundTrip = std::max(arrival.arrived - sent->at, std::chrono::nanoseconds(0));
        sent->sequence = 0;
    }
    if (peer && peer->watched)
    {
        m_arrivalTrace(arrival);
    }
}

void
HeartbeatMonitor::Answer(const HeartbeatHeader& heartbeat,
                         uint32_t host,
                         Ipv4Address address,
                         uint16_t port)
{
    HeartbeatHeader reply;
    reply.SetType(HeartbeatHeader::REPLY);
    reply.SetSender(m_network->GetHostId());
    reply.SetSequence(heartbeat.GetSequence());
    reply.SetSentAt(m_clock->Now());
    reply.SetEchoedAt(heartbeat.GetSentAt());
    reply.SetStatus(GetStatus());
    Transmit(reply, host, address, port);
}

bool
HeartbeatMonitor::Transmit(HeartbeatHeader& header,
                           uint32_t host,
                           Ipv4Address address,
                           uint16_t port)
{
    if (m_interceptor && !m_interceptor->OnHeartbeat(header, host))
    {
        return false;
    }
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    m_sentBytes += packet->GetSize() + UDP_IPV4_OVERHEAD;
    m_socket->SendTo(packet, 0, InetSocketAddress(address, port));
    return true;
}

void
HeartbeatMonitor::Drop(const std::string& reason)
{
    ++m_malformed;
    NS_LOG_INFO("host " << m_network->GetHostId() << " dropped a message: " << reason);
    m_malformedTrace(m_malformed, reason);
}

HeartbeatMonitor::Peer*
HeartbeatMonitor::FindPeer(uint32_t host)
{
    auto it =
        std::lower_bound(m_peers.begin(), m_peers.end(), host, [](const Peer& peer, uint32_t id) {
            return peer.host < id;
        });
    return it != m_peers.end() && it->host == host ? &*it : nullptr;
}

} // namespace ns3
