#ifndef HOST_DOWN_ERROR_MODEL_H
#define HOST_DOWN_ERROR_MODEL_H

#include "ns3/error-model.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"

namespace ns3
{

/**
 * Put on a device while its host is down: every frame is lost, but for IEEE 802.11 beacons where
 * asked, so that a station does not start to look for another network.
 *
 * Attribute HearBeacons (default false): let beacons pass; frames then begin with an 802.11 header.
 */
class HostDownErrorModel : public ErrorModel
{
  public:
    /** @return the TypeId */
    static TypeId GetTypeId();

    HostDownErrorModel();
    ~HostDownErrorModel() override;

  private:
    bool DoCorrupt(Ptr<Packet> packet) override;
    void DoReset() override;

    bool m_hearBeacons;
};

} // namespace ns3

#endif /* HOST_DOWN_ERROR_MODEL_H */
