#ifndef HOST_ROUTING_H
#define HOST_ROUTING_H

#include "ns3/ipv4-address.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <unordered_map>

namespace ns3
{

/**
 * ns-3's static routing, with the routes to known hosts kept ready. Static routing walks through
 * all routes for every packet, and a host of a mesh has as many routes as there are hosts.
 *
 * A kept route holds as long as its interface is up; then, and for every other destination, static
 * routing decides. Routes that are added or removed later do not change it.
 */
class HostRouting : public Ipv4StaticRouting
{
  public:
    /** @return the TypeId */
    static TypeId GetTypeId();

    /**
     * Keeps the route that static routing finds now.
     * @param host the destination; there must be a route to it
     */
    void Keep(Ipv4Address host);

    Ptr<Ipv4Route> RouteOutput(Ptr<Packet> packet,
                               const Ipv4Header& header,
                               Ptr<NetDevice> device,
                               Socket::SocketErrno& error) override;

    void SetIpv4(Ptr<Ipv4> ipv4) override;

  protected:
    void DoDispose() override;

  private:
    struct Kept
    {
        Ptr<Ipv4Route> route;
        uint32_t interface; //!< that it leaves through
    };

    Ptr<Ipv4> m_stack;
    std::unordered_map<uint32_t, Kept> m_kept; //!< by the destination as an integer
};

} // namespace ns3

#endif /* HOST_ROUTING_H */
