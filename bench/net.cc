// What a UDP message costs on its way through the simulated network, by the path that it takes.

#include "ns3/consensus-topology.h"
#include "ns3/data-rate.h"
#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/udp-socket-factory.h"

#include <benchmark/benchmark.h>
#include <cstdint>
#include <string>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 9000;
constexpr uint32_t BYTES = 100;
constexpr uint64_t MESSAGES = 20000;

/** Sends messages from one node to another, 50 us apart, and counts those that arrive. */
class Traffic
{
  public:
    Traffic(Ptr<Node> from, Ptr<Node> to, Ipv4Address address)
        : m_sender(Socket::CreateSocket(from, UdpSocketFactory::GetTypeId())),
          m_receiver(Socket::CreateSocket(to, UdpSocketFactory::GetTypeId())),
          m_address(address, PORT)
    {
        m_receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        m_receiver->SetRecvCallback(MakeCallback(&Traffic::Receive, this));
        m_node = from->GetId();
    }

    void Run(benchmark::State& state)
    {
        for (auto _ : state)
        {
            m_left = MESSAGES;
            m_received = 0;
            Simulator::ScheduleWithContext(m_node, Time(0), &Traffic::Send, this);
            Simulator::Stop(MESSAGES * MicroSeconds(50) + Seconds(1));
            Simulator::Run();
            if (m_received != MESSAGES)
            {
                state.SkipWithError("messages were lost");
                break;
            }
        }
        state.SetItemsProcessed(state.iterations() * MESSAGES);
    }

  private:
    void Send()
    {
        m_sender->SendTo(Create<Packet>(uint32_t{BYTES}), 0, m_address);
        if (--m_left > 0)
        {
            Simulator::Schedule(MicroSeconds(50), &Traffic::Send, this);
        }
    }

    void Receive(Ptr<Socket> socket)
    {
        while (socket->Recv())
        {
            ++m_received;
        }
    }

    Ptr<Socket> m_sender;
    Ptr<Socket> m_receiver;
    InetSocketAddress m_address;
    uint32_t m_node{0};
    uint64_t m_left{0};
    uint64_t m_received{0};
};

/** One hop of ns-3's own: a point-to-point link, no queue disc. */
void
BarePointToPoint(benchmark::State& state)
{
    NodeContainer nodes(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", DataRateValue(DataRate("1Gbps")));
    link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(1)));
    const NetDeviceContainer devices = link.Install(nodes);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    const Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
    TrafficControlHelper().Uninstall(devices);
    Traffic(nodes.Get(0), nodes.Get(1), interfaces.GetAddress(1)).Run(state);
    Simulator::Destroy();
}

void
OnTopology(benchmark::State& state, const std::string& name, uint32_t servers, Time delay)
{
    TopologyOptions options;
    options.name = name;
    options.servers = servers;
    options.clients = 0;
    options.impairment.delay = delay;
    ConsensusTopology topology = BuildTopology(options);
    topology.AssignStreams(0);
    const auto network = topology.Host(1)->GetObject<HostNetwork>();
    Traffic(topology.Host(1), topology.Host(2), network->AddressOf(2)).Run(state);
    topology = ConsensusTopology();
    Simulator::Destroy();
}

BENCHMARK(BarePointToPoint)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnTopology, MeshWithoutImpairment, "mesh", 2, Time(0))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnTopology, MeshWithDelay, "mesh", 2, MilliSeconds(1))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnTopology, MeshOfHundredWithoutImpairment, "mesh", 100, Time(0))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnTopology, LanWithoutImpairment, "lan", 5, Time(0))
    ->Unit(benchmark::kMillisecond);

} // namespace
