#include "host-network.h"

#include "host-down-error-model.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/pointer.h"
#include "ns3/queue.h"
#include "ns3/trace-source-accessor.h"

#include <string>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("HostNetwork");

NS_OBJECT_ENSURE_REGISTERED(HostNetwork);

/**
 * A device and where its reception can be stopped. ns-3 has no switch common to all devices, but
 * each of those with a wire has an error model on reception, and Wi-Fi has one in its PHY.
 */
struct HostNetwork::Port
{
    Ptr<Object> receiver;    //!< holds the attribute
    std::string attribute;   //!< an ErrorModel; empty where there is none
    Ptr<ErrorModel> gate;    //!< loses what arrives while the host is down
    Ptr<ErrorModel> usual;   //!< what the gate has taken the place of, if anything
    Ptr<Queue<Packet>> ring; //!< frames handed to the device, null where it has no such queue
    double powerDbm[2]{};    //!< of the radio while the host is up
};

namespace
{

/// A radio's power has a lower and an upper end.
constexpr const char* POWER_ATTRIBUTES[] = {"TxPowerStart", "TxPowerEnd"};
/// Below the sensitivity of every receiver.
constexpr double NO_POWER_DBM = -300.0;

} // namespace

TypeId
HostNetwork::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::HostNetwork")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<HostNetwork>()
            .AddTraceSource("Lost",
                            "A packet that this host sent was lost by a rule, a cut or by being "
                            "down.",
                            MakeTraceSourceAccessor(&HostNetwork::m_lost),
                            "ns3::HostNetwork::LostCallback");
    return tid;
}

HostNetwork::HostNetwork()
    : m_id(0),
      m_down(false)
{
}

HostNetwork::~HostNetwork() = default;

void
HostNetwork::DoDispose()
{
    m_ports.clear();
    m_discs.clear();
    m_routes.clear();
    Object::DoDispose();
}

void
HostNetwork::SetHostId(uint32_t id)
{
    NS_ABORT_MSG_IF(id == 0, "Host ids start at 1");
    m_id = id;
    m_hostByAddress[Ipv4Address::GetLoopback().Get()] = id;
}

uint32_t
HostNetwork::GetHostId() const
{
    return m_id;
}

void
HostNetwork::AddDevice(Ptr<NetDevice> device, Ptr<NetemQueueDisc> disc)
{
    Port port;
    PointerValue value;
    if (device->GetAttributeFailSafe("Phy", value) && value.Get<Object>())
    {
        port.receiver = value.Get<Object>();
        port.attribute = "PostReceptionErrorModel";
        port.gate = CreateObject<HostDownErrorModel>();
        port.gate->SetAttribute("HearBeacons", BooleanValue(true));
    }
    else
    {
        port.receiver = device;
        port.attribute = "ReceiveErrorModel";
        port.gate = CreateObject<HostDownErrorModel>();
    }
    NS_ABORT_MSG_IF(!port.receiver->GetAttributeFailSafe(port.attribute, value),
                    "HostNetwork cannot silence a " << device->GetInstanceTypeId().GetName());
    if (device->GetAttributeFailSafe("TxQueue", value))
    {
        port.ring = value.Get<Queue<Packet>>();
    }
    m_ports.push_back(port);

    m_discs.push_back(disc);
    disc->TraceConnectWithoutContext("DropBeforeEnqueue", MakeCallback(&HostNetwork::OnDrop, this));
    disc->TraceConnectWithoutContext("DropAfterDequeue", MakeCallback(&HostNetwork::OnDrop, this));
}

void
HostNetwork::AddHost(uint32_t id, Ipv4Address address, Ptr<NetemQueueDisc> disc)
{
    NS_ABORT_MSG_IF(id == 0 || id == m_id,
                    "Host " << m_id << " cannot have host " << id << " as a peer");
    m_routes[id] = {address, disc};
    m_hostByAddress[address.Get()] = id;
    disc->AddDestination(address);
}

Ipv4Address
HostNetwork::AddressOf(uint32_t host) const
{
    return host == m_id ? Ipv4Address::GetLoopback() : RouteTo(host).address;
}

bool
HostNetwork::Knows(uint32_t host) const
{
    return host == m_id || m_routes.count(host) > 0;
}

uint32_t
HostNetwork::HostOf(Ipv4Address address) const
{
    const auto position = m_hostByAddress.find(address.Get());
    return position == m_hostByAddress.end() ? 0 : position->second;
}

void
HostNetwork::SetDown(bool down)
{
    NS_LOG_FUNCTION(this << m_id << down);
    if (down == m_down)
    {
        return;
    }
    m_down = down;
    for (const auto& disc : m_discs)
    {
        disc->SetDown(down);
    }
    for (auto& port : m_ports)
    {
        if (down)
        {
            PointerValue current;
            port.receiver->GetAttribute(port.attribute, current);
            if (current.Get<ErrorModel>() != port.gate)
            {
                port.usual = current.Get<ErrorModel>();
            }
            port.gate->Enable();
            port.receiver->SetAttribute(port.attribute, PointerValue(port.gate));
            Mute(port);
            if (port.ring)
            {
                // After the disc, which must not refill it.
                port.ring->Flush();
            }
        }
        else
        {
            // A disabled gate stays where there was none: a pointer attribute can't be set to null.
            port.gate->Disable();
            Unmute(port);
            if (port.usual)
            {
                port.receiver->SetAttribute(port.attribute, PointerValue(port.usual));
                port.usual = nullptr;
            }
        }
    }
}

void
HostNetwork::Mute(Port& port)
{
    // Switching an ns-3 radio off in mid-frame is an error, and its MAC may hold frames that only
    // it can take back: they are sent without power, as is what else the MAC has to say.
    for (int end = 0; end < 2; ++end)
    {
        DoubleValue power;
        if (port.receiver->GetAttributeFailSafe(POWER_ATTRIBUTES[end], power))
        {
            port.powerDbm[end] = power.Get();
            port.receiver->SetAttribute(POWER_ATTRIBUTES[end], DoubleValue(NO_POWER_DBM));
        }
    }
}

void
HostNetwork::Unmute(Port& port)
{
    for (int end = 0; end < 2; ++end)
    {
        port.receiver->SetAttributeFailSafe(POWER_ATTRIBUTES[end], DoubleValue(port.powerDbm[end]));
    }
}

bool
HostNetwork::IsDown() const
{
    return m_down;
}

void
HostNetwork::SetCut(uint32_t toHost, bool cut)
{
    const Route& route = RouteTo(toHost);
    route.disc->SetCut(route.address, cut);
}

void
HostNetwork::SetImpairment(uint32_t toHost, const NetemParameters& parameters)
{
    if (toHost != 0)
    {
        const Route& route = RouteTo(toHost);
        route.disc->SetRule(NetemQueueDisc::FAULT, route.address, parameters);
        return;
    }
    for (const auto& disc : m_discs)
    {
        disc->SetDefault(NetemQueueDisc::FAULT, parameters);
    }
}

void
HostNetwork::ClearImpairment(uint32_t toHost)
{
    if (toHost != 0)
    {
        const Route& route = RouteTo(toHost);
        route.disc->ClearRule(NetemQueueDisc::FAULT, route.address);
        return;
    }
    SetImpairment(0, NetemParameters());
}

const std::vector<Ptr<NetemQueueDisc>>&
HostNetwork::GetDiscs() const
{
    return m_discs;
}

int64_t
HostNetwork::AssignStreams(int64_t stream)
{
    int64_t next = stream;
    for (const auto& disc : m_discs)
    {
        next += disc->AssignStreams(next);
    }
    return next - stream;
}

const HostNetwork::Route&
HostNetwork::RouteTo(uint32_t host) const
{
    const auto position = m_routes.find(host);
    NS_ABORT_MSG_IF(position == m_routes.end(), "Host " << m_id << " has no way to host " << host);
    return position->second;
}

void
HostNetwork::OnDrop(Ptr<const QueueDiscItem> item, const char* reason)
{
    const auto* ipv4 = dynamic_cast<const Ipv4QueueDiscItem*>(PeekPointer(item));
    m_lost(m_id, ipv4 ? HostOf(ipv4->GetHeader().GetDestination()) : 0, item, reason);
}

} // namespace ns3
