#include "consensus-topology-builder.h"

#include "ns3/background-traffic.h"
#include "ns3/double.h"
#include "ns3/mobility-helper.h"
#include "ns3/mobility-model.h"
#include "ns3/position-allocator.h"
#include "ns3/ssid.h"
#include "ns3/string.h"
#include "ns3/wifi-helper.h"
#include "ns3/wifi-mac-helper.h"
#include "ns3/yans-wifi-helper.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

namespace
{

const Time WARM_UP = Seconds(1);
constexpr double ROOM_RADIUS_METRES = 5.0;
constexpr double FULL_TURN = 6.283185307179586;

/// Senders next door, on the same channel.
constexpr uint32_t NEIGHBOURS = 3;
/// Of a neighbour in a burst; broadcast at 6 Mbit/s, the lowest rate of the standard, a frame of
/// 1400 bytes takes 2 ms of everybody's time.
constexpr const char* NEIGHBOUR_RATE = "1700kbps";
/// What they take of the channel, with load 1 (fitted).
constexpr double NEIGHBOURS_SHARE = 0.75;
/// Pairs of servers whose heartbeats, ten a second, fill the channel.
constexpr double PAIRS_AT_MOST = 300.0;
/// A station drops what has waited so long (ns3::WifiMacQueue).
const Time QUEUE_LIFE = MilliSeconds(500);
const Ipv4Mask NEIGHBOUR_MASK("255.255.255.0");

/** Puts the access point into the middle of a circle of hosts and whoever is next door. */
void
Place(const NodeContainer& hosts, Ptr<Node> accessPoint)
{
    Ptr<ListPositionAllocator> positions = CreateObject<ListPositionAllocator>();
    for (uint32_t i = 0; i < hosts.GetN(); ++i)
    {
        const double angle = FULL_TURN * i / hosts.GetN();
        positions->Add(Vector(ROOM_RADIUS_METRES * std::cos(angle),
                              ROOM_RADIUS_METRES * std::sin(angle),
                              1.0));
    }
    positions->Add(Vector(0.0, 0.0, 1.0));
    MobilityHelper mobility;
    mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
    mobility.SetPositionAllocator(positions);
    mobility.Install(hosts);
    mobility.Install(accessPoint);
}

/** Adds senders of another network, which the hosts hear and wait for. */
void
AddNeighbours(ConsensusTopologyBuilder& builder,
              const NodeContainer& nodes,
              WifiHelper& wifi,
              YansWifiPhyHelper& phy,
              double load,
              Time burst)
{
    WifiMacHelper mac;
    mac.SetType("ns3::AdhocWifiMac");
    const uint32_t network = Ipv4Address("10.1.0.0").Get();
    for (uint32_t i = 0; i < nodes.GetN(); ++i)
    {
        Ptr<NetDevice> device = wifi.Install(phy, mac, nodes.Get(i)).Get(0);
        ConsensusTopologyBuilder::AddInterface(device,
                                               Ipv4Address(network + i + 1),
                                               NEIGHBOUR_MASK);
        builder.AddOtherDevice(device);
        Ptr<BackgroundTraffic> traffic = CreateObject<BackgroundTraffic>();
        traffic->SetAttribute("Rate", StringValue(NEIGHBOUR_RATE));
        traffic->SetAttribute("Load", DoubleValue(load));
        traffic->SetAttribute("MeanBurst", TimeValue(burst));
        traffic->SetPeers({Ipv4Address(network + 255)});
        traffic->SetStartTime(WARM_UP); // stations join in peace
        nodes.Get(i)->AddApplication(traffic);
        builder.AddRandom(
            [traffic](int64_t stream) { return traffic->AssignTrafficStreams(stream); });
    }
}

/** Propagation is nothing; access to the medium, twice, is what takes time. */
void
NoteDelays(ConsensusTopologyBuilder& builder, double load, Time burst)
{
    // As in a queue, with a service of 10 ms at most and the bursts of others to wait for: fitted
    // so that it is above the 99th percentiles measured (doc/topologies.md).
    const double servers = builder.Options().servers;
    const double used = servers * (servers - 1.0) / PAIRS_AT_MOST + NEIGHBOURS_SHARE * load;
    const double least = 0.01 + load * burst.GetSeconds();
    const double bound =
        std::min(least / std::max(1.0 - used, 0.03), 2.0 * QUEUE_LIFE.GetSeconds());
    builder.NotePathLatency(Seconds(bound));
    builder.NoteJitter(Seconds(bound * std::min(used, 1.0) / 6.0));
}

} // namespace

void
BuildWifi(ConsensusTopologyBuilder& builder)
{
    NodeContainer hosts;
    for (uint32_t id = 1; id <= builder.HostCount(); ++id)
    {
        hosts.Add(builder.Host(id));
    }
    const double load =
        builder.Draw().Number("background_load", {0, 0.2, 0.7}, builder.Options().backgroundLoad);
    const Time burst = builder.Draw().Milliseconds("background_burst", {60, 20, 150});
    Ptr<Node> accessPoint = builder.AddBridge();
    NodeContainer neighbours;
    for (uint32_t i = 0; i < NEIGHBOURS && load > 0.0; ++i)
    {
        neighbours.Add(builder.AddRouter());
    }
    Place(NodeContainer(hosts, neighbours), accessPoint);

    YansWifiPhyHelper phy;
    phy.SetChannel(YansWifiChannelHelper::Default().Create());
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211ac);
    // By the signal-to-noise ratio, without probing: nothing random.
    wifi.SetRemoteStationManager("ns3::IdealWifiManager");

    const Ssid ssid("neural-consensus");
    WifiMacHelper mac;
    mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(ssid));
    builder.AddOtherDevice(wifi.Install(phy, mac, accessPoint).Get(0));
    mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(ssid));
    const NetDeviceContainer stations = wifi.Install(phy, mac, hosts);

    builder.AddSubnet({stations.Begin(), stations.End()});
    // A beacon comes every 102.4 ms; then each station asks to join.
    builder.SetWarmUp(WARM_UP);
    NoteDelays(builder, load, burst);
    AddNeighbours(builder, neighbours, wifi, phy, load, burst);
}

} // namespace ns3
