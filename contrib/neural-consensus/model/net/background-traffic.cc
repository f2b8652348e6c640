#include "background-traffic.h"

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(BackgroundTraffic);

TypeId
BackgroundTraffic::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::BackgroundTraffic")
            .SetParent<Application>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<BackgroundTraffic>()
            .AddAttribute("Rate",
                          "The rate within a burst.",
                          DataRateValue(DataRate("100Mbps")),
                          MakeDataRateAccessor(&BackgroundTraffic::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Load",
                          "The share of time that bursts take, 0 to 1; 0 sends nothing.",
                          DoubleValue(0.2),
                          MakeDoubleAccessor(&BackgroundTraffic::m_load),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("MeanBurst",
                          "The mean length of a burst.",
                          TimeValue(MilliSeconds(10)),
                          MakeTimeAccessor(&BackgroundTraffic::m_meanBurst),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("PacketSize",
                          "The bytes that a datagram carries.",
                          UintegerValue(1400),
                          MakeUintegerAccessor(&BackgroundTraffic::m_packetSize),
                          MakeUintegerChecker<uint32_t>(1, 65507));
    return tid;
}

BackgroundTraffic::BackgroundTraffic()
    : m_sent(0),
      m_burst(CreateObject<ExponentialRandomVariable>()),
      m_pause(CreateObject<ExponentialRandomVariable>()),
      m_choice(CreateObject<UniformRandomVariable>())
{
}

BackgroundTraffic::~BackgroundTraffic() = default;

void
BackgroundTraffic::DoDispose()
{
    m_next.Cancel();
    m_sink = nullptr;
    m_sender = nullptr;
    Application::DoDispose();
}

void
BackgroundTraffic::SetPeers(std::vector<Ipv4Address> peers)
{
    m_peers = std::move(peers);
}

uint64_t
BackgroundTraffic::GetSent() const
{
    return m_sent;
}

int64_t
BackgroundTraffic::AssignTrafficStreams(int64_t stream)
{
    m_burst->SetStream(stream);
    m_pause->SetStream(stream + 1);
    m_choice->SetStream(stream + 2);
    return 3;
}

void
BackgroundTraffic::StartApplication()
{
    m_sink = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    m_sink->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    m_sink->ShutdownRecv(); // what comes is dropped, without an ICMP message
    if (!m_peers.empty() && m_load > 0.0)
    {
        Pause();
    }
}

void
BackgroundTraffic::StopApplication()
{
    m_next.Cancel();
    m_sink->Close();
    m_sender = nullptr;
}

void
BackgroundTraffic::Pause()
{
    const double mean = m_meanBurst.GetSeconds() * (1.0 / m_load - 1.0);
    m_next = Simulator::Schedule(mean > 0.0 ? Seconds(m_pause->GetValue(mean, 0.0)) : Time(0),
                                 &BackgroundTraffic::BeginBurst,
                                 this);
}

void
BackgroundTraffic::BeginBurst()
{
    const auto last = static_cast<uint32_t>(m_peers.size() - 1);
    const Ipv4Address peer = m_peers[m_choice->GetInteger(0, last)];
    m_sender = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    m_sender->SetAllowBroadcast(true);
    m_sender->Bind();
    m_sender->Connect(InetSocketAddress(peer, PORT));
    m_burstEnd = Simulator::Now() + Seconds(m_burst->GetValue(m_meanBurst.GetSeconds(), 0.0));
    Send();
}

void
BackgroundTraffic::Send()
{
    if (Simulator::Now() >= m_burstEnd)
    {
        m_sender->Close();
        Pause();
        return;
    }
    m_sender->Send(Create<Packet>(m_packetSize));
    ++m_sent;
    m_next = Simulator::Schedule(m_rate.CalculateBytesTxTime(m_packetSize),
                                 &BackgroundTraffic::Send,
                                 this);
}

} // namespace ns3
