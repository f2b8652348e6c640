#include "net-fixture.h"

#include "ns3/consensus-wan-latencies.h"

#include <set>

using namespace ns3;

namespace nctest
{
namespace
{

const Time WIRE = PppTime(100, DataRate("1Gbps"));

TEST(WanLatencies, AreTheMeasuredOnes)
{
    const auto regionNamed = [](const std::string& name) {
        std::size_t region = 0;
        while (WanRegionName(region) != name)
        {
            ++region;
        }
        return region;
    };

    // Spot checks in all corners of the table; milliseconds.
    const struct
    {
        const char* from;
        const char* to;
        int delay;
    } table[] = {
        {"N_Virginia", "Canada", 7},
        {"N_Virginia", "Singapore", 105},
        {"Singapore", "N_Virginia", 105},
        {"Singapore", "Seoul", 36},
        {"Oregon", "N_California", 10},
        {"Tokyo", "Seoul", 16},
        {"Seoul", "Tokyo", 17},
        {"S_Paulo", "Singapore", 161},
        {"Sydney", "Frankfurt", 143},
        {"Mumbai", "London", 56},
        {"Ireland", "London", 5},
    };

    for (const auto& entry : table)
    {
        EXPECT_EQ(WanDelay(regionNamed(entry.from), regionNamed(entry.to)),
                  MilliSeconds(entry.delay))
            << entry.from << " to " << entry.to;
    }
}

TEST(WanLatencies, AreMuchTheSameBothWaysAndOfDistinctRegions)
{
    std::set<std::string> names;
    for (std::size_t from = 0; from < WAN_REGIONS; ++from)
    {
        names.insert(WanRegionName(from));
        EXPECT_EQ(WanDelay(from, from), Time(0));
        for (std::size_t to = 0; to < from; ++to)
        {
            EXPECT_GE(WanDelay(from, to), MilliSeconds(5));
            EXPECT_LE(Abs(WanDelay(from, to) - WanDelay(to, from)), MilliSeconds(3));
        }
    }
    EXPECT_EQ(names.size(), WAN_REGIONS);
}

TEST_F(NetTest, WanDeliversAfterTheMeasuredDelayInEachDirection)
{
    Build("wan", WAN_REGIONS, 0);
    for (uint32_t from = 1; from <= WAN_REGIONS; ++from)
    {
        for (uint32_t to = 1; to <= WAN_REGIONS; ++to)
        {
            if (from != to)
            {
                End(from).SendAt(Seconds(1), to, from);
            }
        }
    }
    RunUntil(Seconds(2));
    for (uint32_t to = 1; to <= WAN_REGIONS; ++to)
    {
        ASSERT_EQ(End(to).arrivals.size(), WAN_REGIONS - 1);
        for (const auto& arrival : End(to).arrivals)
        {
            EXPECT_EQ(arrival.at, Seconds(1) + WIRE + WanDelay(arrival.from - 1, to - 1))
                << arrival.from << " to " << to;
        }
    }
}

TEST_F(NetTest, WanPutsFiveServersIntoFiveContinentsWorthOfRegions)
{
    Build("wan", 5, 2);
    const std::vector<std::string> labels{"server-1 (N_Virginia)",
                                          "server-2 (Oregon)",
                                          "server-3 (Ireland)",
                                          "server-4 (Frankfurt)",
                                          "server-5 (Tokyo)",
                                          "client-6 (N_Virginia)",
                                          "client-7 (Oregon)"};
    for (uint32_t host = 1; host <= 7; ++host)
    {
        EXPECT_EQ(topology.HostLabel(host), labels[host - 1]);
    }
    EXPECT_EQ(topology.HostName(6), "client-6");
}

TEST_F(NetTest, WanClientsStandBesideAServerAndReachAll)
{
    Build("wan", 3, 2);
    for (uint32_t server = 1; server <= 3; ++server)
    {
        End(5).SendAt(Seconds(1), server, 0);
    }
    RunUntil(Seconds(2));
    const Time delays[] = {MilliSeconds(39), MicroSeconds(250), MilliSeconds(59)};
    for (uint32_t server = 1; server <= 3; ++server)
    {
        ASSERT_EQ(End(server).arrivals.size(), 1U);
        EXPECT_EQ(End(server).arrivals[0].at, Seconds(1) + WIRE + delays[server - 1]);
    }
}

TEST_F(NetTest, WanServersThatShareARegionAreHalfAMillisecondApart)
{
    Build("wan", WAN_REGIONS + 1, 0);
    EXPECT_EQ(topology.HostLabel(14), "server-14 (N_Virginia)");
    End(14).SendAt(Seconds(1), 1, 0);
    End(14).SendAt(Seconds(1), 2, 0);
    RunUntil(Seconds(2));
    EXPECT_EQ(End(1).arrivals.at(0).at, Seconds(1) + WIRE + MicroSeconds(500));
    EXPECT_EQ(End(2).arrivals.at(0).at, Seconds(1) + WIRE + MilliSeconds(39));
}

TEST_F(NetTest, WanImpairmentComesOnTopOfTheMeasuredDelay)
{
    TopologyOptions options;
    options.name = "wan";
    options.servers = 13;
    options.clients = 0;
    options.impairment.delay = MilliSeconds(3);
    Build(options);
    // Tokyo is server 5; Seoul, server 12, has an asymmetric entry.
    ASSERT_EQ(topology.HostLabel(12), "server-12 (Seoul)");
    End(5).SendAt(Seconds(1), 12, 0);
    End(12).SendAt(Seconds(1), 5, 0);
    RunUntil(Seconds(2));
    EXPECT_EQ(End(12).arrivals.at(0).at, Seconds(1) + WIRE + MilliSeconds(16 + 3));
    EXPECT_EQ(End(5).arrivals.at(0).at, Seconds(1) + WIRE + MilliSeconds(17 + 3));
}

} // namespace
} // namespace nctest
