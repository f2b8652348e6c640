// What a simulated Raft cluster costs, beside the least that its messages can cost: the same
// messages between the same hosts at the same times as bare UDP datagrams on the same topology.
//
// Each measurement has three runs. A recorded one notes every message that leaves a host. The
// cluster then runs again, with nothing attached to it, against the CPU clock; and at last the
// recorded messages are replayed. Elections, connecting and the building of the network are over
// when the clock starts.

#include "ns3/consensus-topology.h"
#include "ns3/double.h"
#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/object-factory.h"
#include "ns3/packet.h"
#include "ns3/raft-application.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/traffic-control-layer.h"
#include "ns3/udp-socket-factory.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <ctime>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 9000;
/// When clients begin: elections are over.
const Time LOAD_START = Seconds(4.4);
/// When the clock starts.
const Time WARM = Seconds(4.5);
/// What a run is made long enough for.
constexpr double MESSAGES_WANTED = 20000;

struct Setting
{
    std::string topology;
    bool tcp;
    uint32_t servers;
    double requestRate; //!< of all clients, per second

    /** @return how long the clock runs, simulated */
    Time Span() const
    {
        // A heartbeat each 100 ms, or what a request brings about, and its answer, for each peer.
        const double messagesPerSecond = 2.0 * servers * (10.0 + requestRate);
        return Seconds(std::clamp(MESSAGES_WANTED / messagesPerSecond, 0.2, 500.0));
    }

    ConsensusTopology Build() const
    {
        Simulator::SetScheduler(ObjectFactory("ns3::PriorityQueueScheduler")); // as programs do
        TopologyOptions options;
        options.name = topology;
        options.servers = servers;
        options.clients = 1;
        ConsensusTopology built = BuildTopology(options);
        built.AssignStreams(0);
        return built;
    }
};

/** A message as the network was asked to carry it. */
struct Sent
{
    Time at;
    uint32_t from;
    uint32_t to;
    uint32_t bytes;
};

double
CpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/** Simulates the warm-up and then, against the clock, the span. @return CPU seconds of the span */
double
RunTimed(Time span)
{
    Simulator::Stop(WARM);
    Simulator::Run();
    Simulator::Stop(span);
    const double start = CpuSeconds();
    Simulator::Run();
    return CpuSeconds() - start;
}

/** Notes the messages that leave a host, out of datagrams and out of connections. */
class Recorder
{
  public:
    explicit Recorder(const ConsensusTopology& topology)
    {
        for (uint32_t host = 1; host <= topology.HostCount(); ++host)
        {
            m_networks.push_back(topology.Host(host)->GetObject<HostNetwork>());
            topology.Host(host)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
                "SendOutgoing",
                Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
                    [this, host](const Ipv4Header& header, Ptr<const Packet> packet, uint32_t) {
                        Note(host, header, packet);
                    }));
        }
    }

    /** @return the messages since the warm-up */
    const std::vector<Sent>& Messages() const
    {
        return m_messages;
    }

    /** @return the packets that carried them, acknowledgements included */
    uint64_t Packets() const
    {
        return m_packets;
    }

  private:
    /** One direction of a connection: messages behind their lengths, four bytes each. */
    struct Stream
    {
        SequenceNumber32 next;
        std::string bytes; //!< that are not yet a whole message
    };

    void Note(uint32_t from, const Ipv4Header& header, Ptr<const Packet> packet)
    {
        const bool timed = Simulator::Now() >= WARM;
        m_packets += timed ? 1 : 0;
        const uint32_t to = m_networks[from - 1]->HostOf(header.GetDestination());
        if (header.GetProtocol() == UDP)
        {
            if (timed)
            {
                m_messages.push_back({Simulator::Now(), from, to, packet->GetSize() - UDP_HEADER});
            }
            return;
        }
        Ptr<Packet> segment = packet->Copy();
        TcpHeader tcp;
        segment->RemoveHeader(tcp);
        Stream& stream = m_streams[{from, to, tcp.GetSourcePort(), tcp.GetDestinationPort()}];
        if (tcp.GetFlags() & TcpHeader::SYN)
        {
            stream = Stream{tcp.GetSequenceNumber() + 1, {}};
        }
        if (segment->GetSize() == 0 || tcp.GetSequenceNumber() != stream.next)
        {
            return;
        }
        stream.next += segment->GetSize();
        const std::size_t had = stream.bytes.size();
        stream.bytes.resize(had + segment->GetSize());
        segment->CopyData(reinterpret_cast<uint8_t*>(stream.bytes.data()) + had,
                          segment->GetSize());
        while (stream.bytes.size() >= LENGTH)
        {
            uint32_t size = 0;
            for (uint32_t i = 0; i < LENGTH; ++i)
            {
                size = size << 8 | static_cast<uint8_t>(stream.bytes[i]);
            }
            if (stream.bytes.size() < LENGTH + size)
            {
                return;
            }
            stream.bytes.erase(0, LENGTH + size);
            if (timed)
            {
                m_messages.push_back({Simulator::Now(), from, to, size});
            }
        }
    }

    static constexpr uint8_t UDP = 17;
    static constexpr uint32_t UDP_HEADER = 8;
    static constexpr uint32_t LENGTH = 4;

    std::vector<Ptr<HostNetwork>> m_networks; //!< by host - 1
    std::map<std::tuple<uint32_t, uint32_t, uint16_t, uint16_t>, Stream> m_streams;
    std::vector<Sent> m_messages;
    uint64_t m_packets{0};
};

/** The cluster and its client on a topology. */
void
InstallRaft(const ConsensusTopology& topology, const Setting& setting)
{
    RaftHelper raft;
    const TypeIdValue sockets(setting.tcp ? TcpSocketFactory::GetTypeId()
                                          : UdpSocketFactory::GetTypeId());
    raft.SetServerAttribute("SocketFactory", sockets);
    raft.SetClientAttribute("SocketFactory", sockets);
    raft.SetClientAttribute("Rate", DoubleValue(setting.requestRate));
    ApplicationContainer servers = raft.InstallServers(topology.Servers());
    ApplicationContainer clients = raft.InstallClients(topology.Clients(), topology.Servers());
    RaftHelper::AssignStreams(servers, 100000000);
    RaftHelper::AssignStreams(clients, 200000000);
    clients.Start(LOAD_START);
}

struct Record
{
    std::vector<Sent> messages;
    uint64_t packets{0};
};

Record
RecordRaft(const Setting& setting)
{
    Record record;
    {
        ConsensusTopology topology = setting.Build();
        InstallRaft(topology, setting);
        Recorder recorder(topology);
        Simulator::Stop(WARM + setting.Span());
        Simulator::Run();
        record = {recorder.Messages(), recorder.Packets()};
    }
    Simulator::Destroy();
    return record;
}

double
TimeRaft(const Setting& setting)
{
    double cpu = 0;
    {
        ConsensusTopology topology = setting.Build();
        InstallRaft(topology, setting);
        cpu = RunTimed(setting.Span());
    }
    Simulator::Destroy();
    return cpu;
}

/** Sends recorded messages over bare sockets: one event for all that a host sends at a time. */
class Replay
{
  public:
    Replay(const ConsensusTopology& topology, const std::vector<Sent>& messages)
        : m_messages(messages)
    {
        const uint32_t hosts = topology.HostCount();
        m_addresses.resize(hosts * hosts, InetSocketAddress(PORT));
        for (uint32_t host = 1; host <= hosts; ++host)
        {
            Ptr<Node> node = topology.Host(host);
            Ptr<Socket> socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
            socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
            socket->SetRecvCallback(MakeCallback(&Replay::Receive, this));
            m_sockets.push_back(socket);
            m_nodes.push_back(node->GetId());
            const auto network = node->GetObject<HostNetwork>();
            for (uint32_t peer = 1; peer <= hosts; ++peer)
            {
                if (network->Knows(peer) && peer != host)
                {
                    m_addresses[(host - 1) * hosts + peer - 1] =
                        InetSocketAddress(network->AddressOf(peer), PORT);
                }
            }
        }
        ScheduleNext();
    }

    uint64_t Received() const
    {
        return m_received;
    }

  private:
    void ScheduleNext()
    {
        if (m_next < m_messages.size())
        {
            const Sent& next = m_messages[m_next];
            Simulator::ScheduleWithContext(m_nodes[next.from - 1],
                                           next.at - Simulator::Now(),
                                           &Replay::Send,
                                           this);
        }
    }

    void Send()
    {
        const Sent first = m_messages[m_next];
        for (; m_next < m_messages.size(); ++m_next)
        {
            const Sent& message = m_messages[m_next];
            if (message.at != first.at || message.from != first.from)
            {
                break;
            }
            m_sockets[message.from - 1]->SendTo(
                Create<Packet>(message.bytes),
                0,
                m_addresses[(message.from - 1) * m_sockets.size() + message.to - 1]);
        }
        ScheduleNext();
    }

    void Receive(Ptr<Socket> socket)
    {
        while (socket->Recv())
        {
            ++m_received;
        }
    }

    const std::vector<Sent>& m_messages;
    std::vector<Ptr<Socket>> m_sockets;         //!< by host - 1
    std::vector<uint32_t> m_nodes;              //!< by host - 1
    std::vector<InetSocketAddress> m_addresses; //!< by (from - 1) * hosts + to - 1
    std::size_t m_next{0};
    uint64_t m_received{0};
};

double
TimeFloor(const Setting& setting, const std::vector<Sent>& messages, bool queueDiscs)
{
    double cpu = 0;
    uint64_t received = 0;
    {
        ConsensusTopology topology = setting.Build();
        for (uint32_t host = 1; host <= topology.HostCount() && !queueDiscs; ++host)
        {
            const auto control = topology.Host(host)->GetObject<TrafficControlLayer>();
            const NetDeviceContainer devices = topology.DevicesOf(host);
            for (auto device = devices.Begin(); device != devices.End(); ++device)
            {
                control->DeleteRootQueueDiscOnDevice(*device);
            }
        }
        Replay replay(topology, messages);
        cpu = RunTimed(setting.Span());
        received = replay.Received();
    }
    Simulator::Destroy();
    // The last ones are still under way.
    return received + 10 * setting.servers >= messages.size()
               ? cpu
               : std::numeric_limits<double>::quiet_NaN();
}

void
Cost(benchmark::State& state, const Setting& setting)
{
    const Record record = RecordRaft(setting);
    const double never = std::numeric_limits<double>::infinity();
    double raft = never;
    double floor = never;
    double wire = never;
    for (auto _ : state)
    {
        // Side by side, and the least of each: what else the machine does only adds.
        raft = std::min(raft, TimeRaft(setting));
        floor = std::min(floor, TimeFloor(setting, record.messages, true));
        wire = std::min(wire, TimeFloor(setting, record.messages, false));
        state.SetIterationTime(raft);
    }
    const auto messages = static_cast<double>(record.messages.size());
    if (!(floor < never))
    {
        state.SkipWithError("replayed messages were lost");
        return;
    }
    const double span = setting.Span().GetSeconds();
    state.counters["sim_s_per_cpu_s"] = span / raft;
    state.counters["messages_per_sim_s"] = messages / span;
    state.counters["packets_per_message"] = static_cast<double>(record.packets) / messages;
    state.counters["us_per_message"] = 1e6 * raft / messages;
    state.counters["floor_us"] = 1e6 * floor / messages;
    state.counters["floor_without_queue_disc_us"] = 1e6 * wire / messages;
    state.counters["times_floor"] = raft / floor;
}

[[maybe_unused]] const bool REGISTERED = [] {
    for (const auto& [topology, tcp] : {std::pair("mesh", false), std::pair("lan", true)})
    {
        for (const uint32_t servers : {5, 10, 20, 50, 100})
        {
            for (const double rate : {0, 100, 1000})
            {
                const std::string name = std::string(topology) + (tcp ? "/tcp/" : "/udp/") +
                                         std::to_string(servers) + "/" +
                                         std::to_string(static_cast<int>(rate));
                benchmark::RegisterBenchmark(name.c_str(),
                                             &Cost,
                                             Setting{topology, tcp, servers, rate})
                    ->UseManualTime()
                    ->Iterations(3)
                    ->Unit(benchmark::kMillisecond);
            }
        }
    }
    return true;
}();

} // namespace
