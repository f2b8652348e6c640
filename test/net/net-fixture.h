#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include "ns3/arp-l3-protocol.h"
#include "ns3/consensus-topology.h"
#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nctest
{

/** A datagram that arrived. */
struct Arrival
{
    uint32_t from;
    uint32_t number;
    ns3::Time at;
};

/** A host's UDP socket: sends numbered datagrams and notes what arrives. */
class UdpEnd
{
  public:
    static constexpr uint16_t PORT = 9000;

    UdpEnd(const ns3::ConsensusTopology& topology, uint32_t host)
        : m_node(topology.Host(host)),
          m_network(m_node->GetObject<ns3::HostNetwork>()),
          m_socket(ns3::Socket::CreateSocket(m_node, ns3::UdpSocketFactory::GetTypeId()))
    {
        m_socket->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), PORT));
        m_socket->SetRecvCallback(ns3::MakeCallback(&UdpEnd::Receive, this));
    }

    void SendAt(ns3::Time at, uint32_t to, uint32_t number, uint32_t bytes = 100)
    {
        ns3::Simulator::ScheduleWithContext(
            m_node->GetId(),
            at - ns3::Simulator::Now(),
            [this, to, number, bytes] {
                std::vector<uint8_t> data(bytes);
                for (int i = 0; i < 4; ++i)
                {
                    data[i] = static_cast<uint8_t>(number >> (8 * i));
                }
                m_socket->SendTo(ns3::Create<ns3::Packet>(data.data(), bytes),
                                 0,
                                 ns3::InetSocketAddress(m_network->AddressOf(to), PORT));
            });
    }

    /** Sends `count` datagrams numbered from 0, `gap` apart. */
    void SendTrain(ns3::Time start,
                   ns3::Time gap,
                   uint32_t count,
                   uint32_t to,
                   uint32_t bytes = 100)
    {
        for (uint32_t i = 0; i < count; ++i)
        {
            SendAt(start + i * gap, to, i, bytes);
        }
    }

    std::vector<Arrival> arrivals;

  private:
    void Receive(ns3::Ptr<ns3::Socket> socket)
    {
        ns3::Address from;
        while (ns3::Ptr<ns3::Packet> packet = socket->RecvFrom(from))
        {
            uint8_t data[4] = {};
            packet->CopyData(data, sizeof(data));
            const uint32_t number =
                data[0] | data[1] << 8 | data[2] << 16 | uint32_t{data[3]} << 24;
            const auto address = ns3::InetSocketAddress::ConvertFrom(from).GetIpv4();
            arrivals.push_back({m_network->HostOf(address), number, ns3::Simulator::Now()});
        }
    }

    ns3::Ptr<ns3::Node> m_node;
    ns3::Ptr<ns3::HostNetwork> m_network;
    ns3::Ptr<ns3::Socket> m_socket;
};

/** A network, a UDP socket on every host, and a seed. */
class NetTest : public testing::Test
{
  protected:
    void Build(const ns3::TopologyOptions& options, uint32_t run = 1)
    {
        ns3::RngSeedManager::SetSeed(1);
        ns3::RngSeedManager::SetRun(run);
        topology = ns3::BuildTopology(options);
        streams = topology.AssignStreams(1000);
        for (uint32_t host = 1; host <= topology.HostCount(); ++host)
        {
            ends.push_back(std::make_unique<UdpEnd>(topology, host));
        }
    }

    void Build(const std::string& name, uint32_t servers, uint32_t clients)
    {
        ns3::TopologyOptions options;
        options.name = name;
        options.servers = servers;
        options.clients = clients;
        Build(options);
    }

    /** Two servers with a link of 8 Mbit/s (1 us a byte) and without a delay of its own. */
    void BuildPair(const ns3::NetemParameters& impairment, uint32_t run = 1)
    {
        ns3::TopologyOptions options;
        options.name = "mesh";
        options.servers = 2;
        options.clients = 0;
        options.linkRate = ns3::DataRate("8Mbps");
        options.linkDelay = ns3::Time(0);
        options.impairment = impairment;
        Build(options, run);
    }

    /** Forgets the network, so that another can be built. */
    void Clear()
    {
        ends.clear();
        topology = ns3::ConsensusTopology();
        ns3::Simulator::Destroy();
    }

    void TearDown() override
    {
        Clear();
    }

    UdpEnd& End(uint32_t host)
    {
        return *ends.at(host - 1);
    }

    ns3::Ptr<ns3::HostNetwork> Network(uint32_t host) const
    {
        return topology.Host(host)->GetObject<ns3::HostNetwork>();
    }

    static void RunUntil(ns3::Time time)
    {
        ns3::Simulator::Stop(time - ns3::Simulator::Now());
        ns3::Simulator::Run();
    }

    ns3::ConsensusTopology topology;
    std::vector<std::unique_ptr<UdpEnd>> ends;
    int64_t streams{0};
};

/** Time on the wire of a point-to-point link for a datagram: UDP 8, IPv4 20 and PPP 2 bytes more.
 */
inline ns3::Time
PppTime(uint32_t bytes, const ns3::DataRate& rate)
{
    return rate.CalculateBytesTxTime(bytes + 30);
}

} // namespace nctest

#endif /* NET_FIXTURE_H */
