#ifndef ETHERNET_LINK_CHANNEL_H
#define ETHERNET_LINK_CHANNEL_H

#include "ns3/mac48-address.h"
#include "ns3/net-device.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/simple-channel.h"
#include "ns3/traced-callback.h"

#include <cstdint>

namespace ns3
{

class SimpleNetDevice;

/**
 * A full-duplex Ethernet cable between two SimpleNetDevices: ns-3's SimpleChannel, which keeps the
 * two directions apart, and on top of it what a capture needs. A frame is charged to the link by
 * its payload, as by ns-3's SimpleNetDevice: header, checksum and gap take no time.
 *
 * Trace source Frame: a frame with its Ethernet header, at the moment at which the last bit leaves
 * the sender and again when it arrives at the other end.
 */
class EthernetLinkChannel : public SimpleChannel
{
  public:
    /**
     * TracedCallback signature of Frame.
     * @param frame the packet with its Ethernet header
     * @param device the end of the link at which it was seen
     */
    typedef void (*FrameCallback)(Ptr<const Packet> frame, Ptr<const NetDevice> device);

    /** @return the TypeId */
    static TypeId GetTypeId();

    EthernetLinkChannel();
    ~EthernetLinkChannel() override;

    void Send(Ptr<Packet> packet,
              uint16_t protocol,
              Mac48Address to,
              Mac48Address from,
              Ptr<SimpleNetDevice> sender) override;

  private:
    void Tell(Ptr<Packet> frame, Ptr<SimpleNetDevice> device);

    TracedCallback<Ptr<const Packet>, Ptr<const NetDevice>> m_frame;
};

} // namespace ns3

#endif /* ETHERNET_LINK_CHANNEL_H */
