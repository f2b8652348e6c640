#include "swim-application.h"

#include "message-overhead.h"
#include "swim-header.h"

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
#include <utility>

namespace ns3
{

using detection::SwimCore;
using detection::SwimMessage;
using detection::SwimStatus;
using detection::SwimUpdate;

NS_LOG_COMPONENT_DEFINE("SwimApplication");
NS_OBJECT_ENSURE_REGISTERED(SwimApplication);

namespace
{

const std::string DETECTOR = "swim"; //!< name in traces

detection::Nanos
ToNanos(Time time)
{
    return detection::Nanos(time.GetNanoSeconds());
}

} // namespace

TypeId
SwimApplication::GetTypeId()
{
    constexpr uint32_t smallest = SwimHeader::SIZE + SwimHeader::STATEMENT_SIZE;
    constexpr uint32_t largest =
        SwimHeader::SIZE + SwimHeader::MAX_STATEMENTS * SwimHeader::STATEMENT_SIZE;
    static TypeId tid =
        TypeId("ns3::SwimApplication")
            .SetParent<Application>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<SwimApplication>()
            .AddAttribute("Port",
                          "UDP port of the SWIM protocol, the same on all hosts",
                          UintegerValue(9002),
                          MakeUintegerAccessor(&SwimApplication::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("ProbeInterval",
                          "Protocol period: time from one probe to the next",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&SwimApplication::m_probeInterval),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("ProbeTimeout",
                          "Time without an answer after which others are asked to probe; below "
                          "ProbeInterval",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&SwimApplication::m_probeTimeout),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("IndirectProbes",
                          "Members that are asked then; 0 for none",
                          UintegerValue(3),
                          MakeUintegerAccessor(&SwimApplication::m_indirectProbes),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("SuspicionMultiplier",
                          "Shortest suspicion timeout, in probe intervals, times log10 of the "
                          "members where that is above 1",
                          UintegerValue(4),
                          MakeUintegerAccessor(&SwimApplication::m_suspicionMultiplier),
                          MakeUintegerChecker<uint32_t>(1, 1000))
            .AddAttribute("SuspicionMaxMultiplier",
                          "Longest suspicion timeout, in shortest ones; 1 for no Lifeguard there",
                          UintegerValue(6),
                          MakeUintegerAccessor(&SwimApplication::m_suspicionMax),
                          MakeUintegerChecker<uint32_t>(1, 1000))
            .AddAttribute(
                "RetransmitMultiplier",
                "How often news are passed on, times log10 of the members + 1, rounded up",
                UintegerValue(4),
                MakeUintegerAccessor(&SwimApplication::m_retransmit),
                MakeUintegerChecker<uint32_t>(1, 1000))
            .AddAttribute("MaxLocalHealth",
                          "Highest local health multiplier; 0 for no self-awareness",
                          UintegerValue(8),
                          MakeUintegerAccessor(&SwimApplication::m_maxLocalHealth),
                          MakeUintegerChecker<uint32_t>(0, 1000))
            .AddAttribute("MaxMessageSize",
                          "Bytes of a message with its news, without the headers of UDP and IP",
                          UintegerValue(1400),
                          MakeUintegerAccessor(&SwimApplication::m_maxMessageSize),
                          MakeUintegerChecker<uint32_t>(smallest, largest))
            .AddTraceSource("Suspicion",
                            "A member is suspected, declared dead, or trusted again",
                            MakeTraceSourceAccessor(&SwimApplication::m_suspicionTrace),
                            "ns3::FailureDetectorBank::SuspicionCallback")
            .AddTraceSource("Tx",
                            "A message was sent",
                            MakeTraceSourceAccessor(&SwimApplication::m_txTrace),
                            "ns3::SwimApplication::TxCallback")
            .AddTraceSource("Malformed",
                            "A message was dropped because it was no good",
                            MakeTraceSourceAccessor(&SwimApplication::m_malformedTrace),
                            "ns3::HeartbeatMonitor::MalformedCallback");
    return tid;
}

SwimApplication::SwimApplication()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

SwimApplication::~SwimApplication() = default;

void
SwimApplication::SetMembers(uint32_t self, std::vector<uint32_t> others)
{
    m_self = self;
    m_others = std::move(others);
    MakeConfig().Validate();
}

void
SwimApplication::Crash()
{
    Close();
}

void
SwimApplication::Restart()
{
    if (m_started && !m_socket)
    {
        Open();
    }
}

bool
SwimApplication::IsUp() const
{
    return m_socket != nullptr;
}

const SwimCore*
SwimApplication::GetCore() const
{
    return m_core.get();
}

uint64_t
SwimApplication::GetMalformed() const
{
    return m_malformed;
}

uint64_t
SwimApplication::GetSentBytes() const
{
    return m_sentBytes;
}

int64_t
SwimApplication::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
SwimApplication::DoDispose()
{
    Close();
    m_network = nullptr;
    m_clock = nullptr;
    m_cpu = nullptr;
    m_random = nullptr;
    Application::DoDispose();
}

void
SwimApplication::StartApplication()
{
    m_network = GetNode()->GetObject<HostNetwork>();
    NS_ABORT_MSG_IF(!m_network, "SwimApplication needs a HostNetwork on its node");
    NS_ABORT_MSG_IF(m_self != m_network->GetHostId(),
                    "SwimApplication got its members for host " << m_self << " and runs on host "
                                                                << m_network->GetHostId());
    m_clock = NodeClock::Of(GetNode());
    m_cpu = NodeCpu::Of(GetNode());
    m_started = true;
    Open();
}

void
SwimApplication::StopApplication()
{
    Close();
    m_started = false;
}

detection::SwimConfig
SwimApplication::MakeConfig() const
{
    detection::SwimConfig config;
    config.self = m_self;
    config.others = m_others;
    config.probeInterval = ToNanos(m_probeInterval);
    config.probeTimeout = ToNanos(m_probeTimeout);
    config.indirectProbes = m_indirectProbes;
    config.suspicionMultiplier = m_suspicionMultiplier;
    config.suspicionMaxMultiplier = m_suspicionMax;
    config.retransmitMultiplier = m_retransmit;
    config.maxLocalHealth = m_maxLocalHealth;
    config.maxStatements = (m_maxMessageSize - SwimHeader::SIZE) / SwimHeader::STATEMENT_SIZE;
    return config;
}

void
SwimApplication::Open()
{
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port)) != 0,
                    "host " << m_self << " cannot bind UDP port " << m_port);
    m_socket->SetRecvCallback(MakeCallback(&SwimApplication::OnReadable, this));
    const Time phase = Seconds(m_random->GetValue(0, m_probeInterval.GetSeconds()));
    m_core = std::make_shared<SwimCore>(
        MakeConfig(),
        [random = m_random] { return random->GetValue(0, 1); },
        m_clock->Now() + ToNanos(phase));
    for (const uint32_t member : m_others)
    {
        Report(member, SwimStatus::ALIVE);
    }
    ArrangeTimer();
}

void
SwimApplication::Close()
{
    if (!m_socket)
    {
        return;
    }
    ++m_life;
    m_timer.Cancel();
    m_tickWaits = false;
    m_core = nullptr;
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->Close();
    m_socket = nullptr;
}

void
SwimApplication::OnReadable(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (!InetSocketAddress::IsMatchingType(from))
        {
            continue;
        }
        const Ipv4Address address = InetSocketAddress::ConvertFrom(from).GetIpv4();
        m_cpu->Execute([this, packet, address, life = m_life]() {
            if (life == m_life)
            {
                Handle(packet, address);
            }
        });
        if (socket != m_socket)
        {
            return; // the process died of what it read
        }
    }
}

void
SwimApplication::Handle(Ptr<const Packet> packet, Ipv4Address address)
{
    const std::optional<SwimMessage> message = SwimHeader::Parse(packet);
    if (!message)
    {
        Drop("no SWIM message");
        return;
    }
    const uint32_t host = m_network->HostOf(address);
    if (host == 0)
    {
        Drop("unknown source address");
        return;
    }
    if (host != message->sender)
    {
        Drop("sender is not the host of the source address");
        return;
    }
    if (message->type == SwimMessage::Type::PING && message->subject != m_self)
    {
        Drop("ping for another member");
        return;
    }
    const std::shared_ptr<SwimCore> core = m_core;
    Carry(core, core->Receive(m_clock->Now(), *message));
}

void
SwimApplication::OnTimer()
{
    m_tickWaits = true;
    m_cpu->Execute([this, life = m_life]() {
        if (life == m_life)
        {
            m_tickWaits = false;
            const std::shared_ptr<SwimCore> core = m_core;
            Carry(core, core->Tick(m_clock->Now()));
        }
    });
}

void
SwimApplication::Carry(const std::shared_ptr<SwimCore>& core, const SwimUpdate& update)
{
    // Whoever listens may let the process die.
    for (std::size_t i = 0; i < update.changes.size() && core == m_core; ++i)
    {
        Report(update.changes[i].member, update.changes[i].status);
    }
    for (std::size_t i = 0; i < update.messages.size() && core == m_core; ++i)
    {
        Transmit(update.messages[i]);
    }
    if (core == m_core)
    {
        ArrangeTimer();
    }
}

void
SwimApplication::Transmit(const SwimUpdate::Send& send)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(SwimHeader(send.message));
    const uint32_t bytes = packet->GetSize() + UDP_IPV4_OVERHEAD;
    m_socket->SendTo(packet, 0, InetSocketAddress(m_network->AddressOf(send.to), m_port));
    m_sentBytes += bytes;
    m_txTrace(m_self, send.to, bytes);
}

void
SwimApplication::Report(uint32_t member, SwimStatus status)
{
    SwimStatus& reported = m_reported[member];
    if (status != reported)
    {
        reported = status;
        m_suspicionTrace(Simulator::Now(),
                         m_self,
                         member,
                         DETECTOR,
                         status != SwimStatus::ALIVE,
                         static_cast<double>(status));
    }
}

void
SwimApplication::ArrangeTimer()
{
    if (m_tickWaits)
    {
        return;
    }
    // Deadlines mostly move back: the timer that is there may fire early and look again.
    const Time wait = m_clock->Until(m_core->Deadline());
    const Time moment = Simulator::Now() + wait;
    if (m_timer.IsExpired() || moment < m_timerAt)
    {
        m_timer.Cancel();
        m_timer = Simulator::Schedule(wait, &SwimApplication::OnTimer, this);
        m_timerAt = moment;
    }
}

void
SwimApplication::Drop(const std::string& reason)
{
    ++m_malformed;
    NS_LOG_INFO("host " << m_self << " dropped a message: " << reason);
    m_malformedTrace(m_malformed, reason);
}

} // namespace ns3
