#ifndef ECMP_ROUTING_H
#define ECMP_ROUTING_H

#include "ns3/ipv4-address.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ns3
{

/** The kinds of callback of RouteInput(), which ns-3 passes by value up to 3.37 and by reference
 * since. */
template <typename Method>
struct EcmpCallbacks;

template <typename Packet,
          typename Header,
          typename Device,
          typename U,
          typename M,
          typename L,
          typename E>
struct EcmpCallbacks<bool (Ipv4StaticRouting::*)(Packet, Header, Device, U, M, L, E)>
{
    using Unicast = U;
    using Multicast = M;
    using Local = L;
    using Error = E;
};

/**
 * ns-3's static routing, with routes over several paths of equal cost (ECMP, RFC 2992) for what a
 * router forwards. All packets of a flow take one path: it is chosen by a hash of addresses,
 * protocol and ports, and of a salt by which routers differ, as in data centres. The two directions
 * of a connection are two flows. Fragments, which have no ports but for the first, are hashed by
 * addresses and protocol alone.
 */
class EcmpRouting : public Ipv4StaticRouting
{
  public:
    using Callbacks = EcmpCallbacks<decltype(&Ipv4StaticRouting::RouteInput)>;

    /** A path's first step. */
    struct NextHop
    {
        Ipv4Address gateway;
        uint32_t interface;
    };

    /** @return the TypeId */
    static TypeId GetTypeId();

    /** @param salt tells this router's choices from those of others */
    void SetSalt(uint32_t salt);

    /**
     * Says over which paths packets for a network go; in the choice they come in this order. Where
     * there are none static routing decides.
     * @param network of 24 bits
     * @param paths first steps, one per path
     */
    void SetPaths(Ipv4Address network, const std::vector<NextHop>& paths);

    bool RouteInput(Ptr<const Packet> packet,
                    const Ipv4Header& header,
                    Ptr<const NetDevice> device,
                    Callbacks::Unicast unicast,
                    Callbacks::Multicast multicast,
                    Callbacks::Local local,
                    Callbacks::Error error) override;

    void SetIpv4(Ptr<Ipv4> ipv4) override;

  protected:
    void DoDispose() override;

  private:
    uint64_t HashOf(Ptr<const Packet> packet, const Ipv4Header& header) const;

    uint32_t m_salt{0};
    Ptr<Ipv4> m_stack;
    std::unordered_map<uint32_t, std::vector<Ptr<Ipv4Route>>> m_paths; //!< by network
};

} // namespace ns3

#endif /* ECMP_ROUTING_H */
