#include "net-fixture.h"
#include "topology-test-name.h"

#include "ns3/error-model.h"
#include "ns3/ethernet-header.h"
#include "ns3/ethernet-link-channel.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/pointer.h"
#include "ns3/tcp-header.h"
#include "ns3/uinteger.h"
#include "ns3/wifi-net-device.h"
#include "ns3/wifi-phy.h"

#include <functional>

using namespace ns3;

namespace nctest
{
namespace
{

/** Calls `seen` whenever one of a host's devices begins (lan: has ended) to send a frame. */
void
WatchTransmissions(const ConsensusTopology& topology, uint32_t host, std::function<void()> seen)
{
    const NetDeviceContainer devices = topology.DevicesOf(host);
    for (uint32_t i = 0; i < devices.GetN(); ++i)
    {
        Ptr<NetDevice> device = devices.Get(i);
        if (auto wifi = DynamicCast<WifiNetDevice>(device))
        {
            wifi->GetPhy()->TraceConnectWithoutContext(
                "PhyTxBegin",
                Callback<void, Ptr<const Packet>, double>(
                    [seen](Ptr<const Packet>, double powerWatts) {
                        // A frame of a billionth of a picowatt is none: nobody can hear it.
                        if (powerWatts > 1e-21)
                        {
                            seen();
                        }
                    }));
        }
        else if (auto link = DynamicCast<EthernetLinkChannel>(device->GetChannel()))
        {
            link->TraceConnectWithoutContext(
                "Frame",
                Callback<void, Ptr<const Packet>, Ptr<const NetDevice>>(
                    [seen, device](Ptr<const Packet> frame, Ptr<const NetDevice> at) {
                        EthernetHeader header(false);
                        frame->PeekHeader(header);
                        if (at == device && header.GetSource() == device->GetAddress())
                        {
                            seen();
                        }
                    }));
        }
        else
        {
            ASSERT_TRUE(device->TraceConnectWithoutContext(
                "PhyTxBegin",
                Callback<void, Ptr<const Packet>>([seen](Ptr<const Packet>) { seen(); })));
        }
    }
}

/** Counts what a host's IPv4 layer hears from another: ICMP, TCP resets, and all. */
struct Heard
{
    int icmp{0};
    int resets{0};
    int all{0};
};

void
Listen(const ConsensusTopology& topology, uint32_t host, uint32_t from, Heard& heard)
{
    auto node = topology.Host(host);
    // A pointer that counts would keep the node alive through its own trace source.
    const HostNetwork* network = PeekPointer(node->GetObject<HostNetwork>());
    node->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
        "Rx",
        Callback<void, Ptr<const Packet>, Ptr<Ipv4>, uint32_t>(
            [network, from, &heard](Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t) {
                Ptr<Packet> copy = packet->Copy();
                Ipv4Header header;
                copy->RemoveHeader(header);
                if (network->HostOf(header.GetSource()) != from)
                {
                    return;
                }
                ++heard.all;
                TcpHeader tcp;
                heard.icmp += header.GetProtocol() == 1;
                heard.resets += header.GetProtocol() == 6 && copy->PeekHeader(tcp) > 0 &&
                                (tcp.GetFlags() & TcpHeader::RST) != 0;
            }));
}

/** A TCP connection over which data flows for the whole run. */
class TcpFlow
{
  public:
    TcpFlow(const ConsensusTopology& topology, uint32_t from, uint32_t to, uint16_t port)
    {
        m_listener = Socket::CreateSocket(topology.Host(to), TcpSocketFactory::GetTypeId());
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        m_listener->Listen();
        m_listener->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>([this](Ptr<Socket> accepted,
                                                               const Address&) {
                accepted->SetRecvCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket> socket) {
                    while (Ptr<Packet> packet = socket->Recv())
                    {
                        received += packet->GetSize();
                    }
                }));
            }));
        auto node = topology.Host(from);
        m_sender = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
        const auto address = node->GetObject<HostNetwork>()->AddressOf(to);
        Simulator::ScheduleWithContext(node->GetId(), topology.WarmUp(), [=] {
            m_sender->Connect(InetSocketAddress(address, port));
        });
        m_node = node->GetId();
    }

    void SendEvery(Time start, Time gap, uint32_t count)
    {
        for (uint32_t i = 0; i < count; ++i)
        {
            Simulator::ScheduleWithContext(m_node, start + i * gap, [this] {
                sent += m_sender->Send(Create<Packet>(200)) > 0 ? 200 : 0;
            });
        }
    }

    uint32_t sent{0};
    uint32_t received{0};

  private:
    uint32_t m_node;
    Ptr<Socket> m_listener;
    Ptr<Socket> m_sender;
};

class HostDown : public NetTest, public testing::WithParamInterface<std::string>
{
};

INSTANTIATE_TEST_SUITE_P(Families,
                         HostDown,
                         testing::ValuesIn(TopologyNames()),
                         [](const auto& info) { return TopologyTestName(info.param); });

TEST_P(HostDown, IsSilentAtItsInterfacesAndSpeaksAgainAfterwards)
{
    Build(GetParam(), 3, 1);
    const Time start = topology.WarmUp() + MilliSeconds(5);
    const Time down = start + Seconds(1) + MilliSeconds(5);
    const Time up = down + Seconds(2);
    int framesBefore = 0;
    int framesWhileDown = 0;
    int framesAfter = 0;
    WatchTransmissions(topology, 2, [&] {
        const Time now = Simulator::Now();
        ++(now < down ? framesBefore : now < up ? framesWhileDown : framesAfter);
    });
    // Datagrams both ways and beside it, and TCP both ways.
    for (const uint32_t host : {1U, 3U, 4U})
    {
        End(host).SendTrain(start + MilliSeconds(2 * host), MilliSeconds(100), 50, 2);
        End(2).SendTrain(start + MilliSeconds(3 * host), MilliSeconds(100), 50, host);
        End(host).SendTrain(start + MilliSeconds(50 + host), MilliSeconds(100), 50, host % 3 + 1);
    }
    TcpFlow in(topology, 1, 2, 7001);
    TcpFlow out(topology, 2, 1, 7002);
    in.SendEvery(start + MilliSeconds(500), MilliSeconds(50), 50);
    out.SendEvery(start + MilliSeconds(510), MilliSeconds(50), 50);
    Simulator::Schedule(down, [this] { Network(2)->SetDown(true); });
    Simulator::Schedule(up, [this] { Network(2)->SetDown(false); });
    RunUntil(start + Seconds(15));

    EXPECT_GT(framesBefore, 30);
    EXPECT_EQ(framesWhileDown, 0);
    EXPECT_GT(framesAfter, 30);
    // In flight when it fell silent: no way here takes longer.
    const Time slack = MilliSeconds(60);
    for (const auto& arrival : End(2).arrivals)
    {
        EXPECT_FALSE(arrival.at >= down && arrival.at < up) << "heard while down";
    }
    int fromTwo = 0;
    for (const auto& arrival : End(1).arrivals)
    {
        fromTwo += arrival.from == 2;
        EXPECT_FALSE(arrival.from == 2 && arrival.at >= down + slack && arrival.at < up);
    }
    EXPECT_NEAR(fromTwo, 30, 1);
    EXPECT_EQ(in.sent, 10000U);
    EXPECT_EQ(in.received, 10000U) << "TCP did not resume";
    EXPECT_EQ(out.sent, 10000U);
    EXPECT_EQ(out.received, 10000U) << "TCP did not resume";
}

TEST_P(HostDown, NeverAnswersWhatCameWhileItWasDown)
{
    Build(GetParam(), 2, 1);
    const Time start = topology.WarmUp() + Seconds(1);
    Heard heard;
    Listen(topology, 1, 2, heard);
    auto node = topology.Host(1);
    auto datagrams = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
    const InetSocketAddress closed(Network(1)->AddressOf(2), 4);
    const auto knock = [&](Time at) {
        Simulator::ScheduleWithContext(node->GetId(), at, [=] {
            datagrams->SendTo(Create<Packet>(50), 0, closed);
            auto stream = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
            stream->SetAttribute("ConnCount", UintegerValue(1)); // one try
            stream->Connect(closed);
        });
    };
    // A host that is up answers with ICMP port unreachable and a reset ...
    knock(start);
    RunUntil(start + Seconds(1));
    EXPECT_EQ(heard.icmp, 1);
    EXPECT_EQ(heard.resets, 1);
    // ... one that is down neither then nor later.
    heard = {};
    Network(2)->SetDown(true);
    knock(Seconds(1));
    RunUntil(Simulator::Now() + Seconds(3));
    Network(2)->SetDown(false);
    RunUntil(Simulator::Now() + Seconds(10));
    EXPECT_EQ(heard.all, 0);
    // And it is the same host as before.
    End(1).SendAt(Simulator::Now() + MilliSeconds(1), 2, 5);
    RunUntil(Simulator::Now() + Seconds(1));
    EXPECT_EQ(End(2).arrivals.size(), 1U);
}

TEST_P(HostDown, TakesAllThatWaitsInItWithIt)
{
    Build(GetParam(), 2, 0);
    const Time start = topology.WarmUp() + Seconds(1);
    const Time down = start + MilliSeconds(3);
    int framesWhileDown = 0;
    WatchTransmissions(topology, 1, [&] {
        // In lan a frame is seen when it ends: the one being sent may do so.
        const Time now = Simulator::Now();
        framesWhileDown += now > down + MicroSeconds(12) && now < down + Seconds(1);
    });
    // More than any of the links carries in 3 ms.
    End(1).SendTrain(start, Time(0), 1000, 2, 1400);
    Simulator::Schedule(down, [this] { Network(1)->SetDown(true); });
    Simulator::Schedule(down + Seconds(1), [this] { Network(1)->SetDown(false); });
    RunUntil(start + Seconds(5));
    // What had left is in flight, or waits at the bottleneck: 1000 frames at 100 Mbit/s take 120
    // ms.
    const Time slack = GetParam() == "dumbbell" ? MilliSeconds(120)
                       : GetParam() == "wan"    ? MilliSeconds(40)
                       : GetParam() == "wifi"   ? topology.PathLatency() // the access point's queue
                                                : MilliSeconds(3);
    EXPECT_LT(End(2).arrivals.size(), 1000U);
    EXPECT_EQ(framesWhileDown, 0);
    for (const auto& arrival : End(2).arrivals)
    {
        EXPECT_LT(arrival.at, down + slack);
    }
}

TEST_F(NetTest, AHostThatGoesDownLosesWhatItHadNotYetSent)
{
    BuildPair({});
    Heard heard;
    Listen(topology, 2, 1, heard);
    // 2000 datagrams at 1 ms each: 1000 in the device's queue, the others in the disc.
    End(1).SendTrain(Seconds(1), Time(0), 2000, 2, 970);
    Simulator::Schedule(Seconds(1) + MicroSeconds(10500), [this] { Network(1)->SetDown(true); });
    Simulator::Schedule(Seconds(2), [this] { Network(1)->SetDown(false); });
    End(1).SendAt(Seconds(3), 2, 2000, 970);
    RunUntil(Seconds(10));
    // Ten had left, and the eleventh was on the wire.
    ASSERT_EQ(End(2).arrivals.size(), 12U);
    EXPECT_EQ(End(2).arrivals[10].number, 10U);
    EXPECT_EQ(End(2).arrivals[11].number, 2000U);
    EXPECT_EQ(End(2).arrivals[11].at, Seconds(3) + MilliSeconds(1));
    EXPECT_EQ(heard.all, 12);
}

TEST_F(NetTest, AHostThatGoesDownWithPacketsWaitingForTheirDelaySendsThemNever)
{
    NetemParameters parameters;
    parameters.delay = MilliSeconds(100);
    BuildPair(parameters);
    End(1).SendTrain(Seconds(1), MilliSeconds(10), 10, 2);
    Simulator::Schedule(Seconds(1) + MilliSeconds(95), [this] { Network(1)->SetDown(true); });
    Simulator::Schedule(Seconds(1) + MilliSeconds(96), [this] { Network(1)->SetDown(false); });
    End(1).SendAt(Seconds(1) + MilliSeconds(97), 2, 77);
    RunUntil(Seconds(3));
    ASSERT_EQ(End(2).arrivals.size(), 1U);
    EXPECT_EQ(End(2).arrivals[0].number, 77U);
}

TEST_F(NetTest, GoingDownTwiceIsGoingDownOnce)
{
    Build("lan", 2, 0);
    EXPECT_FALSE(Network(1)->IsDown());
    Network(1)->SetDown(true);
    Network(1)->SetDown(true);
    EXPECT_TRUE(Network(1)->IsDown());
    End(1).SendAt(Seconds(1), 2, 1);
    End(2).SendAt(Seconds(1), 1, 1);
    RunUntil(Seconds(2));
    EXPECT_TRUE(End(1).arrivals.empty());
    EXPECT_TRUE(End(2).arrivals.empty());
    Network(1)->SetDown(false);
    End(1).SendAt(Seconds(3), 2, 1);
    End(2).SendAt(Seconds(3), 1, 1);
    RunUntil(Seconds(4));
    EXPECT_EQ(End(1).arrivals.size(), 1U);
    EXPECT_EQ(End(2).arrivals.size(), 1U);
}

TEST_F(NetTest, AnErrorModelOfTheUsersIsBackAfterTheHostWasDown)
{
    Build("lan", 2, 0);
    auto usersModel = CreateObject<RateErrorModel>();
    usersModel->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    usersModel->SetRate(1.0);
    const auto device = topology.DevicesOf(1).Get(0);
    device->SetAttribute("ReceiveErrorModel", PointerValue(usersModel));
    for (int i = 0; i < 2; ++i)
    {
        Network(1)->SetDown(true);
        Network(1)->SetDown(false);
        PointerValue value;
        device->GetAttribute("ReceiveErrorModel", value);
        EXPECT_EQ(value.Get<ErrorModel>(), usersModel);
    }
}

} // namespace
} // namespace nctest
