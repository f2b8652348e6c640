#include "net-fixture.h"
#include "topology-test-name.h"

#include <ostream>

using namespace ns3;

namespace nctest
{
namespace
{

/** A TCP listener on every server; counts the bytes that arrive from each host. */
class TcpListeners
{
  public:
    static constexpr uint16_t PORT = 7000;

    explicit TcpListeners(const ConsensusTopology& topology)
    {
        for (uint32_t host = 1; host <= topology.Servers().GetN(); ++host)
        {
            auto node = topology.Host(host);
            auto network = node->GetObject<HostNetwork>();
            auto socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
            socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
            socket->Listen();
            socket->SetAcceptCallback(
                MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                Callback<void, Ptr<Socket>, const Address&>(
                    [this, host, network](Ptr<Socket> accepted, const Address& from) {
                        const auto address = InetSocketAddress::ConvertFrom(from).GetIpv4();
                        const uint32_t peer = network->HostOf(address);
                        accepted->SetRecvCallback(
                            Callback<void, Ptr<Socket>>([this, host, peer](Ptr<Socket> socket) {
                                while (Ptr<Packet> packet = socket->Recv())
                                {
                                    bytes[{peer, host}] += packet->GetSize();
                                }
                            }));
                    }));
            m_sockets.push_back(socket);
        }
    }

    std::map<std::pair<uint32_t, uint32_t>, uint32_t> bytes; //!< by (from, to)

  private:
    std::vector<Ptr<Socket>> m_sockets;
};

class EveryTopology : public NetTest, public testing::WithParamInterface<std::string>
{
};

INSTANTIATE_TEST_SUITE_P(Families,
                         EveryTopology,
                         testing::ValuesIn(TopologyNames()),
                         [](const auto& info) { return TopologyTestName(info.param); });

TEST_P(EveryTopology, CarriesDatagramsFromEveryHostToEveryServerAndBack)
{
    Build(GetParam(), 5, 2);
    const Time start = topology.WarmUp() + MilliSeconds(1);
    std::map<std::pair<uint32_t, uint32_t>, int> expected;
    for (uint32_t server = 1; server <= 5; ++server)
    {
        for (uint32_t host = 1; host <= topology.HostCount(); ++host)
        {
            if (host != server)
            {
                // Apart, so that nobody waits for anybody.
                const Time at = start + MilliSeconds(20 * (7 * server + host));
                End(host).SendAt(at, server, 1);
                End(server).SendAt(at + MilliSeconds(10), host, 2);
                ++expected[{host, server}];
                ++expected[{server, host}];
            }
        }
    }
    RunUntil(start + Seconds(3));
    std::map<std::pair<uint32_t, uint32_t>, int> arrived;
    for (uint32_t host = 1; host <= topology.HostCount(); ++host)
    {
        for (const auto& arrival : End(host).arrivals)
        {
            ++arrived[{arrival.from, host}];
        }
    }
    EXPECT_EQ(arrived, expected);
}

TEST_P(EveryTopology, CarriesTcpFromEveryHostToEveryServer)
{
    Build(GetParam(), 3, 1);
    TcpListeners listeners(topology);
    static constexpr uint32_t BYTES = 5000;
    std::vector<Ptr<Socket>> senders;
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> expected;
    for (uint32_t from = 1; from <= topology.HostCount(); ++from)
    {
        for (uint32_t to = 1; to <= 3; ++to)
        {
            if (from == to)
            {
                continue;
            }
            expected[{from, to}] = BYTES;
            auto node = topology.Host(from);
            auto socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
            senders.push_back(socket);
            const InetSocketAddress address(Network(from)->AddressOf(to), TcpListeners::PORT);
            Simulator::ScheduleWithContext(node->GetId(), topology.WarmUp(), [socket, address] {
                socket->SetConnectCallback(Callback<void, Ptr<Socket>>([](Ptr<Socket> connected) {
                                               connected->Send(Create<Packet>(uint32_t{BYTES}));
                                           }),
                                           MakeNullCallback<void, Ptr<Socket>>());
                socket->Connect(address);
            });
        }
    }
    RunUntil(topology.WarmUp() + Seconds(10));
    EXPECT_EQ(listeners.bytes, expected);
}

TEST_P(EveryTopology, ResolvesNoAddressOnTheWire)
{
    TopologyOptions options;
    options.name = GetParam();
    options.servers = 4;
    if (GetParam() == "leaf-spine" || GetParam() == "wifi")
    {
        options.backgroundLoad = 0.0; // ten minutes of it would take long to simulate
    }
    Build(options);
    uint32_t requests = 0;
    for (uint32_t host = 1; host <= topology.HostCount(); ++host)
    {
        topology.Host(host)->GetObject<ArpL3Protocol>()->TraceConnectWithoutContext(
            "Drop",
            Callback<void, Ptr<const Packet>>([&](Ptr<const Packet>) { ++requests; }));
        for (const auto& disc : Network(host)->GetDiscs())
        {
            disc->TraceConnectWithoutContext(
                "Enqueue",
                Callback<void, Ptr<const QueueDiscItem>>([&](Ptr<const QueueDiscItem> item) {
                    requests += item->GetProtocol() == ArpL3Protocol::PROT_NUMBER;
                }));
        }
        End(host).SendAt(topology.WarmUp() + MilliSeconds(host), host % 4 + 1, 0);
    }
    // Long after every cache would have forgotten what it had learned.
    End(1).SendAt(Seconds(600), 2, 7);
    RunUntil(Seconds(601));
    EXPECT_EQ(requests, 0U);
    ASSERT_FALSE(End(2).arrivals.empty());
    EXPECT_EQ(End(2).arrivals.back().number, 7U);
}

TEST_P(EveryTopology, BringsTheSamePacketsAtTheSameTimesWithTheSameSeed)
{
    const auto simulate = [this](uint32_t run) {
        TopologyOptions options;
        options.name = GetParam();
        options.servers = 3;
        options.impairment.jitter = MilliSeconds(2);
        options.impairment.loss = 0.1;
        options.impairment.burstLoss = {0.05, 3.0};
        options.impairment.duplicate = 0.05;
        options.impairment.reorder = 0.05;
        Build(options, run);
        std::string history;
        for (uint32_t host = 1; host <= 4; ++host)
        {
            End(host).SendTrain(topology.WarmUp(), MilliSeconds(3), 100, host % 3 + 1);
        }
        RunUntil(topology.WarmUp() + Seconds(1));
        for (uint32_t host = 1; host <= 4; ++host)
        {
            for (const auto& arrival : End(host).arrivals)
            {
                history += std::to_string(arrival.from) + ">" + std::to_string(host) + " " +
                           std::to_string(arrival.number) + " at " +
                           std::to_string(arrival.at.GetTimeStep()) + "\n";
            }
        }
        Clear();
        return history;
    };
    const std::string once = simulate(1);
    EXPECT_GT(once.size(), 1000U);
    EXPECT_EQ(once, simulate(1));
    EXPECT_NE(once, simulate(2));
}

struct DelayCase
{
    std::string topology;
    Time oneWay; //!< from server 1 to server 2, a datagram of 972 bytes, 1000 with UDP and IPv4
};

void
PrintTo(const DelayCase& delay, std::ostream* os)
{
    *os << delay.topology;
}

class DefaultDelay : public NetTest, public testing::WithParamInterface<DelayCase>
{
};

INSTANTIATE_TEST_SUITE_P(Families,
                         DefaultDelay,
                         testing::Values(
                             // 8 ns a byte and 5 us on each of two links
                             DelayCase{"lan", 2 * (NanoSeconds(8000) + MicroSeconds(5))},
                             // PPP makes it 1002 bytes
                             DelayCase{"star", 2 * (NanoSeconds(8016) + MilliSeconds(1))},
                             DelayCase{"mesh", NanoSeconds(8016) + MilliSeconds(1)},
                             // two access links, and the bottleneck at 80 ns a byte
                             DelayCase{"dumbbell",
                                       2 * (NanoSeconds(8016) + MicroSeconds(100)) +
                                           NanoSeconds(80160) + MilliSeconds(10)},
                             // N_Virginia to Oregon
                             DelayCase{"wan", NanoSeconds(8016) + MilliSeconds(39)},
                             // Ethernet's header and checksum are 18 bytes in csma
                             DelayCase{"csma", NanoSeconds(8144) + MicroSeconds(5)}),
                         [](const auto& info) { return info.param.topology; });

TEST_P(DefaultDelay, IsTheSumOfSerialisationAndPropagation)
{
    Build(GetParam().topology, 3, 1);
    // The switch has learned where server 2 is.
    End(2).SendAt(MilliSeconds(1), 1, 0);
    End(1).SendAt(Seconds(1), 2, 1, 972);
    RunUntil(Seconds(2));
    ASSERT_EQ(End(2).arrivals.size(), 1U);
    EXPECT_EQ(End(2).arrivals[0].at - Seconds(1), GetParam().oneWay);
}

TEST_F(NetTest, WifiDeliversWithinMillisecondsAfterItsWarmUp)
{
    TopologyOptions options;
    options.name = "wifi";
    options.backgroundLoad = 0.0;
    Build(options);
    const Time start = topology.WarmUp() + Seconds(1);
    for (uint32_t host = 2; host <= 6; ++host)
    {
        // The first exchange also sets up block acknowledgements.
        End(host).SendAt(topology.WarmUp() + MilliSeconds(20 * host), 1, 0);
        End(host).SendAt(start + MilliSeconds(20 * host), 1, host);
    }
    RunUntil(start + Seconds(1));
    const auto& arrivals = End(1).arrivals;
    ASSERT_EQ(arrivals.size(), 10U);
    for (auto arrival = arrivals.begin() + 5; arrival != arrivals.end(); ++arrival)
    {
        const Time sent = start + MilliSeconds(20 * arrival->number);
        EXPECT_GT(arrival->at - sent, MicroSeconds(50));
        EXPECT_LT(arrival->at - sent, MilliSeconds(5));
    }
}

TEST_F(NetTest, LanCarriesBothDirectionsOfAllPairsAtFullRate)
{
    TopologyOptions options;
    options.servers = 4;
    options.clients = 0;
    options.linkRate = DataRate("10Mbps");
    Build(options);
    // 1 -> 2 -> 3 -> 4 -> 1, each at 9.6 Mbit/s: 1.2 kB (with headers) a millisecond.
    for (uint32_t host = 1; host <= 4; ++host)
    {
        End(host).SendTrain(MilliSeconds(1), MilliSeconds(1), 1000, host % 4 + 1, 1172);
    }
    RunUntil(Seconds(2));
    for (uint32_t host = 1; host <= 4; ++host)
    {
        ASSERT_EQ(End(host).arrivals.size(), 1000U);
        // Nobody ever waited for the medium but for the flooding of the first frames.
        const auto& last = End(host).arrivals.back();
        EXPECT_EQ(last.at, Seconds(1) + 2 * (MicroSeconds(960) + MicroSeconds(5)));
    }
}

TEST_F(NetTest, ALinkCarriesNoMoreThanItsRate)
{
    BuildPair({});
    // 100 datagrams of 1000 bytes on the wire at once, at 1 us a byte.
    End(1).SendTrain(Seconds(1), Time(0), 100, 2, 970);
    RunUntil(Seconds(2));
    const auto& arrivals = End(2).arrivals;
    ASSERT_EQ(arrivals.size(), 100U);
    EXPECT_EQ(arrivals.front().at, Seconds(1) + MilliSeconds(1));
    EXPECT_EQ(arrivals.back().at, Seconds(1) + MilliSeconds(100));
}

TEST_F(NetTest, HostsAreNumberedAndNamedServersFirst)
{
    Build("star", 2, 2);
    ASSERT_EQ(topology.HostCount(), 4U);
    EXPECT_EQ(topology.Servers().GetN(), 2U);
    EXPECT_EQ(topology.Clients().GetN(), 2U);
    EXPECT_EQ(topology.Host(3), topology.Clients().Get(0));
    EXPECT_EQ(topology.HostLabel(1), "server-1");
    EXPECT_EQ(topology.HostLabel(4), "client-4");
    for (uint32_t host = 1; host <= 4; ++host)
    {
        EXPECT_EQ(Network(host)->GetHostId(), host);
        EXPECT_EQ(Network(host)->HostOf(Network(host)->AddressOf(host)), host);
        for (uint32_t peer = 1; peer <= 4; ++peer)
        {
            EXPECT_EQ(Network(host)->HostOf(Network(host)->AddressOf(peer)), peer);
        }
        EXPECT_EQ(Network(host)->HostOf(Ipv4Address("172.16.0.1")), 0U);
    }
}

} // namespace
} // namespace nctest
