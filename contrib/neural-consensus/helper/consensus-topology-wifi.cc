#include "consensus-topology-builder.h"

#include "ns3/mobility-helper.h"
#include "ns3/mobility-model.h"
#include "ns3/position-allocator.h"
#include "ns3/ssid.h"
#include "ns3/string.h"
#include "ns3/wifi-helper.h"
#include "ns3/wifi-mac-helper.h"
#include "ns3/yans-wifi-helper.h"

#include <cmath>

namespace ns3
{

namespace
{

constexpr double ROOM_RADIUS_METRES = 5.0;
constexpr double FULL_TURN = 6.283185307179586;

/** Puts the access point into the middle of a circle of hosts. */
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

} // namespace

void
BuildWifi(ConsensusTopologyBuilder& builder)
{
    NodeContainer hosts;
    for (uint32_t id = 1; id <= builder.HostCount(); ++id)
    {
        hosts.Add(builder.Host(id));
    }
    Ptr<Node> accessPoint = builder.AddBridge();
    Place(hosts, accessPoint);

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
    builder.SetWarmUp(Seconds(1));
    // Propagation is nothing; access to the medium, twice, is what takes time.
    builder.NotePathLatency(MilliSeconds(10));
}

} // namespace ns3
