#ifndef HOST_NETWORK_H
#define HOST_NETWORK_H

#include "netem-queue-disc.h"

#include "ns3/error-model.h"
#include "ns3/ipv4-address.h"
#include "ns3/net-device.h"
#include "ns3/object.h"
#include "ns3/ptr.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ns3
{

/**
 * A host's view of the network, aggregated to its Node: the addresses of the other hosts, and the
 * switches by which faults work on what the host sends and hears. Hosts have ids from 1; the
 * topologies of ConsensusTopology create one HostNetwork per host.
 *
 * Trace source Lost: a packet that this host sent was lost by a rule, a cut or by being down.
 */
class HostNetwork : public Object
{
  public:
    /**
     * TracedCallback signature of Lost.
     * @param from this host
     * @param to the host it was for, 0 where unknown (not IPv4, say)
     * @param item the packet
     * @param reason one of the constants of NetemQueueDisc
     */
    typedef void (*LostCallback)(uint32_t from,
                                 uint32_t to,
                                 Ptr<const QueueDiscItem> item,
                                 const char* reason);

    /** @return the TypeId */
    static TypeId GetTypeId();

    HostNetwork();
    ~HostNetwork() override;

    /** @param id this host's id, from 1 */
    void SetHostId(uint32_t id);

    /** @return this host's id */
    uint32_t GetHostId() const;

    /** Takes charge of a device of this host and of its root queue disc. */
    void AddDevice(Ptr<NetDevice> device, Ptr<NetemQueueDisc> disc);

    /**
     * Makes another host known.
     * @param id its id
     * @param address the address under which this host reaches it
     * @param disc the queue disc, already added, through which packets for it leave
     */
    void AddHost(uint32_t id, Ipv4Address address, Ptr<NetemQueueDisc> disc);

    /**
     * @param host a host that is linked to this one, or this host itself (the loopback address)
     * @return the address under which this host reaches it; aborts if there is none
     */
    Ipv4Address AddressOf(uint32_t host) const;

    /** @return whether AddressOf() has an answer. */
    bool Knows(uint32_t host) const;

    /** @return the host with this address, 0 if unknown */
    uint32_t HostOf(Ipv4Address address) const;

    /**
     * Silences the machine, or lets it speak again. While it is down nothing leaves its interfaces,
     * what waited there is gone, and what arrives is lost before the stack could see it, so that
     * nothing is answered then or later. A frame that is being serialised is finished by the
     * device. Addresses, routes and neighbour caches stay, and so does a Wi-Fi station's
     * association: it hears beacons, and only those.
     */
    void SetDown(bool down);

    /** @return whether the machine is silenced. */
    bool IsDown() const;

    /** Cuts or mends the way from this host to another; the way back is that host's affair. */
    void SetCut(uint32_t toHost, bool cut);

    /**
     * Impairs the way from this host to another, on top of the topology's own impairment.
     * @param toHost the host, or 0 for all without an impairment of their own
     * @param parameters in place of an earlier impairment
     * @throws std::invalid_argument if a parameter is out of range
     */
    void SetImpairment(uint32_t toHost, const NetemParameters& parameters);

    /** Takes back what SetImpairment() set for the same host (0: for all). */
    void ClearImpairment(uint32_t toHost);

    /** @return this host's queue discs, one per device. */
    const std::vector<Ptr<NetemQueueDisc>>& GetDiscs() const;

    /**
     * Fixes the random streams of all queue discs. Call it when all hosts are known.
     * @return the number of streams in use
     */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    struct Port;

    struct Route
    {
        Ipv4Address address;
        Ptr<NetemQueueDisc> disc;
    };

    static void Mute(Port& port);
    static void Unmute(Port& port);
    const Route& RouteTo(uint32_t host) const;
    void OnDrop(Ptr<const QueueDiscItem> item, const char* reason);

    uint32_t m_id;
    bool m_down;
    std::vector<Port> m_ports;
    std::vector<Ptr<NetemQueueDisc>> m_discs;
    std::unordered_map<uint32_t, Route> m_routes;           //!< by host
    std::unordered_map<uint32_t, uint32_t> m_hostByAddress; //!< by the address as an integer
    TracedCallback<uint32_t, uint32_t, Ptr<const QueueDiscItem>, const char*> m_lost;
};

} // namespace ns3

#endif /* HOST_NETWORK_H */
