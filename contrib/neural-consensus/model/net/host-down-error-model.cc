#include "host-down-error-model.h"

#include "ns3/boolean.h"

#include <cstdint>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(HostDownErrorModel);

namespace
{

/// First octet of an IEEE 802.11 beacon: version 0, type 0 (management), subtype 8.
constexpr uint8_t BEACON = 0x80;

} // namespace

TypeId
HostDownErrorModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::HostDownErrorModel")
                            .SetParent<ErrorModel>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<HostDownErrorModel>()
                            .AddAttribute("HearBeacons",
                                          "Whether IEEE 802.11 beacons pass.",
                                          BooleanValue(false),
                                          MakeBooleanAccessor(&HostDownErrorModel::m_hearBeacons),
                                          MakeBooleanChecker());
    return tid;
}

HostDownErrorModel::HostDownErrorModel() = default;

HostDownErrorModel::~HostDownErrorModel() = default;

bool
HostDownErrorModel::DoCorrupt(Ptr<Packet> packet)
{
    if (!IsEnabled())
    {
        return false;
    }
    uint8_t first = 0;
    const bool isBeacon =
        m_hearBeacons && packet->CopyData(&first, sizeof(first)) == 1 && first == BEACON;
    return !isBeacon;
}

void
HostDownErrorModel::DoReset()
{
}

} // namespace ns3
