#include "ethernet-link-channel.h"

#include "ns3/ethernet-header.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/simple-net-device.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(EthernetLinkChannel);

TypeId
EthernetLinkChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::EthernetLinkChannel")
            .SetParent<SimpleChannel>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<EthernetLinkChannel>()
            .AddTraceSource("Frame",
                            "A frame at an end of the link, with its Ethernet header.",
                            MakeTraceSourceAccessor(&EthernetLinkChannel::m_frame),
                            "ns3::EthernetLinkChannel::FrameCallback");
    return tid;
}

EthernetLinkChannel::EthernetLinkChannel() = default;

EthernetLinkChannel::~EthernetLinkChannel() = default;

void
EthernetLinkChannel::Send(Ptr<Packet> packet,
                          uint16_t protocol,
                          Mac48Address to,
                          Mac48Address from,
                          Ptr<SimpleNetDevice> sender)
{
    if (!m_frame.IsEmpty())
    {
        EthernetHeader header(false);
        header.SetSource(from);
        header.SetDestination(to);
        header.SetLengthType(protocol);
        Ptr<Packet> frame = packet->Copy();
        frame->AddHeader(header);
        m_frame(frame, sender);

        TimeValue delay;
        GetAttribute("Delay", delay);
        for (std::size_t end = 0; end < GetNDevices(); ++end)
        {
            Ptr<SimpleNetDevice> device = DynamicCast<SimpleNetDevice>(GetDevice(end));
            if (device != sender)
            {
                Simulator::ScheduleWithContext(device->GetNode()->GetId(),
                                               delay.Get(),
                                               &EthernetLinkChannel::Tell,
                                               Ptr<EthernetLinkChannel>(this),
                                               frame,
                                               device);
            }
        }
    }
    SimpleChannel::Send(packet, protocol, to, from, sender);
}

void
EthernetLinkChannel::Tell(Ptr<Packet> frame, Ptr<SimpleNetDevice> device)
{
    m_frame(frame, device);
}

} // namespace ns3
