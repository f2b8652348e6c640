#include "consensus-trace-helper.h"

#include "ns3/csma-helper.h"
#include "ns3/csma-net-device.h"
#include "ns3/ethernet-header.h"
#include "ns3/ethernet-link-channel.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"
#include "ns3/trace-helper.h"
#ifdef NC_HAVE_WIFI
#include "ns3/wifi-net-device.h"
#include "ns3/yans-wifi-helper.h"
#endif

#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ns3
{

namespace
{

void
WritePcapFrame(Ptr<PcapFileWrapper> file,
               Ptr<const NetDevice> host,
               Ptr<const Packet> frame,
               Ptr<const NetDevice> seenAt)
{
    if (seenAt == host)
    {
        file->Write(Simulator::Now(), frame);
    }
}

void
PrintFrame(Ptr<OutputStreamWrapper> file,
           Ptr<const NetDevice> host,
           Ptr<const Packet> frame,
           Ptr<const NetDevice> seenAt)
{
    if (seenAt == host)
    {
        EthernetHeader header(false);
        frame->PeekHeader(header);
        const bool isSender = header.GetSource() == host->GetAddress();
        *file->GetStream() << (isSender ? "t " : "r ") << Simulator::Now().GetSeconds() << ' '
                           << *frame << std::endl;
    }
}

/** Calls `capture(device, name)` for every device of every host, name as server-1-0. */
template <typename Capture>
void
ForEachDevice(const ConsensusTopology& topology, Capture capture)
{
    for (uint32_t host = 1; host <= topology.HostCount(); ++host)
    {
        const NetDeviceContainer devices = topology.DevicesOf(host);
        for (uint32_t i = 0; i < devices.GetN(); ++i)
        {
            capture(devices.Get(i), topology.HostName(host) + "-" + std::to_string(i));
        }
    }
}

void
CapturePcap(Ptr<NetDevice> device, const std::string& file)
{
    if (Ptr<EthernetLinkChannel> link = DynamicCast<EthernetLinkChannel>(device->GetChannel()))
    {
        Ptr<PcapFileWrapper> pcap =
            PcapHelper().CreateFile(file, std::ios::out, PcapHelper::DLT_EN10MB);
        link->TraceConnectWithoutContext(
            "Frame",
            MakeBoundCallback(&WritePcapFrame, pcap, Ptr<const NetDevice>(device)));
    }
    else if (DynamicCast<PointToPointNetDevice>(device))
    {
        PointToPointHelper().EnablePcap(file, device, false, true);
    }
    else if (DynamicCast<CsmaNetDevice>(device))
    {
        CsmaHelper().EnablePcap(file, device, false, true);
    }
#ifdef NC_HAVE_WIFI
    else if (DynamicCast<WifiNetDevice>(device))
    {
        YansWifiPhyHelper().EnablePcap(file, device, false, true);
    }
#endif
}

void
PrintAscii(Ptr<NetDevice> device, const std::string& file)
{
    if (Ptr<EthernetLinkChannel> link = DynamicCast<EthernetLinkChannel>(device->GetChannel()))
    {
        Packet::EnablePrinting();
        Ptr<OutputStreamWrapper> stream = AsciiTraceHelper().CreateFileStream(file);
        link->TraceConnectWithoutContext(
            "Frame",
            MakeBoundCallback(&PrintFrame, stream, Ptr<const NetDevice>(device)));
    }
    else if (DynamicCast<PointToPointNetDevice>(device))
    {
        PointToPointHelper().EnableAscii(file, device, true);
    }
    else if (DynamicCast<CsmaNetDevice>(device))
    {
        CsmaHelper().EnableAscii(file, device, true);
    }
#ifdef NC_HAVE_WIFI
    else if (DynamicCast<WifiNetDevice>(device))
    {
        YansWifiPhyHelper().EnableAscii(file, device, true);
    }
#endif
}

} // namespace

ConsensusTraceHelper::ConsensusTraceHelper(std::string folder)
    : m_folder(std::move(folder))
{
}

ConsensusTraceHelper::~ConsensusTraceHelper() = default;

void
ConsensusTraceHelper::EnablePcap(const ConsensusTopology& topology)
{
    const std::string folder = SubFolder("pcap");
    ForEachDevice(topology, [&](Ptr<NetDevice> device, const std::string& name) {
        CapturePcap(device, folder + "/" + name + ".pcap");
    });
}

void
ConsensusTraceHelper::EnableAscii(const ConsensusTopology& topology)
{
    const std::string folder = SubFolder("ascii");
    ForEachDevice(topology, [&](Ptr<NetDevice> device, const std::string& name) {
        PrintAscii(device, folder + "/" + name + ".tr");
    });
}

void
ConsensusTraceHelper::EnableFlowMonitor(const ConsensusTopology& topology)
{
    m_flowMonitorHelper = std::make_unique<FlowMonitorHelper>();
    m_flowMonitor =
        m_flowMonitorHelper->Install(NodeContainer(topology.Servers(), topology.Clients()));
}

void
ConsensusTraceHelper::WriteFlowMonitor()
{
    if (m_flowMonitor)
    {
        m_flowMonitor->CheckForLostPackets();
        m_flowMonitor->SerializeToXmlFile(SubFolder(".") + "/flowmon.xml", false, false);
    }
}

Ptr<FlowMonitor>
ConsensusTraceHelper::GetFlowMonitor() const
{
    return m_flowMonitor;
}

std::string
ConsensusTraceHelper::SubFolder(const std::string& name) const
{
    const std::filesystem::path folder = std::filesystem::path(m_folder) / name;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error && !std::filesystem::is_directory(folder))
    {
        throw std::runtime_error("cannot make the folder " + folder.string() + ": " +
                                 error.message());
    }
    return folder.lexically_normal().string();
}

} // namespace ns3
