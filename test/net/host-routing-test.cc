#include "net-fixture.h"

#include "ns3/host-routing.h"
#include "ns3/ipv4.h"

using namespace ns3;

namespace nctest
{
namespace
{

class HostRoutingTest : public NetTest
{
  protected:
    void Build(const std::string& name)
    {
        Clear();
        NetTest::Build(name, 4, 1);
        ipv4 = topology.Host(1)->GetObject<Ipv4>();
        network = topology.Host(1)->GetObject<HostNetwork>();
        routing = DynamicCast<HostRouting>(ipv4->GetRoutingProtocol());
        ASSERT_TRUE(routing);
    }

    Ptr<Ipv4Route> Route(Ipv4Address to, Ptr<NetDevice> device = nullptr)
    {
        Ipv4Header header;
        header.SetDestination(to);
        return routing->RouteOutput(Create<Packet>(), header, device, error);
    }

    Ptr<Ipv4Route> StaticRoute(Ipv4Address to)
    {
        Ipv4Header header;
        header.SetDestination(to);
        return routing->Ipv4StaticRouting::RouteOutput(Create<Packet>(), header, nullptr, error);
    }

    Ptr<Ipv4> ipv4;
    Ptr<HostNetwork> network;
    Ptr<HostRouting> routing;
    Socket::SocketErrno error{Socket::ERROR_NOTERROR};
};

TEST_F(HostRoutingTest, FindsWhatStaticRoutingFindsOnEveryFamilyWithoutRadio)
{
    for (const char* name : {"lan", "star", "mesh", "dumbbell", "wan", "csma"})
    {
        SCOPED_TRACE(name);
        Build(name);
        for (uint32_t to = 2; to <= 5; ++to)
        {
            const Ipv4Address address = network->AddressOf(to);
            const auto kept = Route(address);
            EXPECT_EQ(error, Socket::ERROR_NOTERROR);
            const auto walked = StaticRoute(address);
            ASSERT_TRUE(kept && walked);
            EXPECT_EQ(kept->GetOutputDevice(), walked->GetOutputDevice());
            EXPECT_EQ(kept->GetGateway(), walked->GetGateway());
            EXPECT_EQ(kept->GetSource(), walked->GetSource());
            EXPECT_EQ(kept, Route(address)) << "not kept, but made anew";
        }
    }
}

TEST_F(HostRoutingTest, ARouteGoesWithItsInterfaceAndComesBackWithIt)
{
    Build("mesh");
    const Ipv4Address address = network->AddressOf(2);
    const auto route = Route(address);
    const auto interface = ipv4->GetInterfaceForDevice(route->GetOutputDevice());

    ipv4->SetDown(interface);
    EXPECT_FALSE(Route(address));
    EXPECT_EQ(error, Socket::ERROR_NOROUTETOHOST);
    EXPECT_TRUE(Route(network->AddressOf(3)));

    ipv4->SetUp(interface);
    EXPECT_EQ(Route(address), route);
}

TEST_F(HostRoutingTest, ASocketBoundToAnotherDeviceGetsNoKeptRoute)
{
    Build("mesh");
    const Ipv4Address address = network->AddressOf(2);
    const auto device = Route(address)->GetOutputDevice();
    const auto other = Route(network->AddressOf(3))->GetOutputDevice();
    EXPECT_TRUE(Route(address, device));
    EXPECT_FALSE(Route(address, other));
}

TEST_F(HostRoutingTest, OtherDestinationsAreLeftToStaticRouting)
{
    Build("mesh");
    const Ipv4Address elsewhere("192.0.2.1");
    EXPECT_FALSE(Route(elsewhere));
    const auto gateway = network->AddressOf(2);
    routing->AddHostRouteTo(elsewhere,
                            gateway,
                            ipv4->GetInterfaceForDevice(Route(gateway)->GetOutputDevice()));
    ASSERT_TRUE(Route(elsewhere));
    EXPECT_EQ(Route(elsewhere)->GetGateway(), gateway);
}

} // namespace
} // namespace nctest
