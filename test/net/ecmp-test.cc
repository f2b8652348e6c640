#include "net-fixture.h"

#include "ns3/ecmp-routing.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/udp-header.h"

#include <set>

using namespace ns3;

namespace nctest
{
namespace
{

/** Notes through which spine each flow of UDP datagrams between servers goes. */
class LeafSpine : public NetTest
{
  protected:
    using Flow = std::tuple<uint32_t, uint32_t, uint16_t>; //!< addresses and source port

    void BuildQuiet(double load = 0.0)
    {
        TopologyOptions options;
        options.name = "leaf-spine";
        options.servers = 8;
        options.clients = 0;
        options.backgroundLoad = load;
        Build(options);
        // Four leaves come first, then two spines.
        for (uint32_t i = 4; i < 6; ++i)
        {
            topology.Infrastructure()
                .Get(i)
                ->GetObject<Ipv4L3Protocol>()
                ->TraceConnectWithoutContext(
                    "UnicastForward",
                    Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
                        [this, i](const Ipv4Header& header, Ptr<const Packet> packet, uint32_t) {
                            UdpHeader udp;
                            packet->PeekHeader(udp);
                            spines[{header.GetSource().Get(),
                                    header.GetDestination().Get(),
                                    udp.GetSourcePort()}]
                                .insert(i);
                        }));
        }
    }

    std::map<Flow, std::set<uint32_t>> spines;
};

TEST_F(LeafSpine, SendsEachFlowThroughOneSpineAndFlowsThroughBoth)
{
    BuildQuiet();
    for (uint32_t from = 1; from <= 8; ++from)
    {
        for (uint32_t to = 1; to <= 8; ++to)
        {
            if (from != to)
            {
                End(from).SendTrain(Seconds(1), MilliSeconds(10), 20, to);
            }
        }
    }
    RunUntil(Seconds(2));
    // Two servers a leaf: all but 8 of 56 ways lead over a spine.
    EXPECT_EQ(spines.size(), 48U);
    std::map<uint32_t, int> flows;
    int unlike = 0;
    for (const auto& [flow, through] : spines)
    {
        ASSERT_EQ(through.size(), 1U) << "a flow was split";
        ++flows[*through.begin()];
        const auto& [from, to, port] = flow;
        unlike += spines.at({to, from, port}) != through;
    }
    EXPECT_GT(flows[4], 12);
    EXPECT_GT(flows[5], 12);
    EXPECT_GT(unlike, 0) << "both directions of all pairs take the same way";
    for (auto& end : ends)
    {
        EXPECT_EQ(end->arrivals.size(), 7U * 20U);
    }
}

TEST_F(LeafSpine, KeepsServersOfALeafFromTheSpines)
{
    BuildQuiet();
    End(1).SendAt(Seconds(1), 5, 1);
    RunUntil(Seconds(2));
    ASSERT_EQ(End(5).arrivals.size(), 1U);
    EXPECT_TRUE(spines.empty());
}

TEST_F(LeafSpine, TakesFragmentedDatagramsWhole)
{
    BuildQuiet();
    End(1).SendAt(Seconds(1), 2, 9, 5000);
    RunUntil(Seconds(2));
    ASSERT_EQ(End(2).arrivals.size(), 1U);
    EXPECT_EQ(End(2).arrivals[0].number, 9U);
}

TEST_F(LeafSpine, LoadsItsQueuesWithTheTrafficOfOthersAlone)
{
    const auto slowest = [this](double load) {
        spines.clear();
        BuildQuiet(load);
        End(1).SendTrain(Seconds(1), MilliSeconds(10), 500, 2);
        RunUntil(Seconds(7));
        Time longest;
        for (const auto& arrival : End(2).arrivals)
        {
            const Time sent = Seconds(1) + arrival.number * MilliSeconds(10);
            longest = std::max(longest, arrival.at - sent);
        }
        std::set<uint32_t> sources;
        for (const auto& [flow, through] : spines)
        {
            sources.insert(std::get<0>(flow));
        }
        const uint32_t server = Ipv4Address("10.0.1.1").Get();
        EXPECT_EQ(sources.count(server), 1U);
        const std::size_t others = sources.size() - 1;
        EXPECT_EQ(others, load > 0 ? 8U : 0U) << "two hosts of others at each leaf";
        Clear();
        return longest;
    };
    EXPECT_LT(slowest(0.0), MicroSeconds(200));
    EXPECT_GT(slowest(0.4), MilliSeconds(2));
}

} // namespace
} // namespace nctest
