#include "consensus-topology-builder.h"

#include "ns3/bridge-helper.h"
#include "ns3/csma-helper.h"
#include "ns3/ethernet-link-channel.h"
#include "ns3/queue-size.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simple-net-device.h"
#include "ns3/string.h"

#include <cstdio>

namespace ns3
{

namespace
{

constexpr uint16_t ETHERNET_MTU = 1500;
/// Of a link, in milliseconds.
constexpr TopologyRange DEFAULT_DELAY_MS{0.005, 0.002, 0.05};

/** @return a locally administered address; a capture shows at a glance whose it is. */
Mac48Address
LocalAddress(uint32_t kind, uint32_t number)
{
    char text[18];
    std::snprintf(text,
                  sizeof(text),
                  "02:00:00:%02x:%02x:%02x",
                  kind & 0xffU,
                  (number >> 8) & 0xffU,
                  number & 0xffU);
    return Mac48Address(text);
}

} // namespace

void
BuildLan(ConsensusTopologyBuilder& builder)
{
    const DataRate rate = builder.LinkRate({1e9, 1e8, 1e10});
    const Time delay = builder.LinkDelay(DEFAULT_DELAY_MS);
    SimpleNetDeviceHelper ethernet;
    ethernet.SetDeviceAttribute("DataRate", DataRateValue(rate));
    ethernet.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue(DEVICE_QUEUE_SIZE));

    builder.NotePathLatency(2 * delay);
    Ptr<Node> networkSwitch = builder.AddBridge();
    NetDeviceContainer ports;
    std::vector<Ptr<NetDevice>> hostDevices;
    for (uint32_t id = 1; id <= builder.HostCount(); ++id)
    {
        Ptr<EthernetLinkChannel> link = CreateObject<EthernetLinkChannel>();
        link->SetAttribute("Delay", TimeValue(delay));

        Ptr<NetDevice> device = ethernet.Install(builder.Host(id), link).Get(0);
        device->SetAddress(LocalAddress(0, id));
        device->SetMtu(ETHERNET_MTU);
        hostDevices.push_back(device);

        Ptr<NetDevice> port = ethernet.Install(networkSwitch, link).Get(0);
        port->SetAddress(LocalAddress(1, id));
        port->SetMtu(ETHERNET_MTU);
        ports.Add(port);
        builder.AddOtherDevice(port);
    }
    BridgeHelper().Install(networkSwitch, ports);
    builder.AddSubnet(hostDevices);
}

void
BuildCsma(ConsensusTopologyBuilder& builder)
{
    const DataRate rate = builder.LinkRate({1e9, 1e8, 1e9});
    const Time delay = builder.LinkDelay(DEFAULT_DELAY_MS);
    CsmaHelper csma;
    csma.SetChannelAttribute("DataRate", DataRateValue(rate));
    csma.SetChannelAttribute("Delay", TimeValue(delay));
    builder.NotePathLatency(delay);
    csma.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue(DEVICE_QUEUE_SIZE));

    NodeContainer hosts;
    for (uint32_t id = 1; id <= builder.HostCount(); ++id)
    {
        hosts.Add(builder.Host(id));
    }
    const NetDeviceContainer devices = csma.Install(hosts);
    for (uint32_t id = 1; id <= builder.HostCount(); ++id)
    {
        devices.Get(id - 1)->SetAddress(LocalAddress(0, id));
    }
    builder.AddSubnet({devices.Begin(), devices.End()});
}

} // namespace ns3
