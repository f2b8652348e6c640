#include "net-fixture.h"

#include <cmath>
#include <ostream>
#include <stdexcept>

using namespace ns3;

namespace nctest
{
namespace
{

struct BadOptions
{
    std::string name;
    TopologyOptions options;
    std::string message;
};

void
PrintTo(const BadOptions& bad, std::ostream* os)
{
    *os << bad.message;
}

std::vector<BadOptions>
BadOptionsTable()
{
    std::vector<BadOptions> table;
    const auto add = [&](const std::string& name, const std::string& message, auto change) {
        TopologyOptions options;
        change(options);
        table.push_back({name, options, message});
    };
    using O = TopologyOptions;
    add("UnknownName",
        "unknown topology 'ring', expected one of lan, star, mesh, dumbbell, wan, multi-az, "
        "internet, starlink, lte, leaf-spine, wifi, csma",
        [](O& o) { o.name = "ring"; });
    add("NoServer", "topology lan: 0 servers, expected at least 1", [](O& o) { o.servers = 0; });
    add("TooManyHosts", "topology lan: 251 servers and clients, expected at most 250", [](O& o) {
        o.servers = 250;
    });
    add("HostsBeyond32Bits",
        "topology lan: 4294967300 servers and clients, expected at most 250",
        [](O& o) { o.clients = 4294967295U; });
    add("NoRate", "topology lan: link rate is 0 bit/s, expected more", [](O& o) {
        o.linkRate = DataRate(0);
    });
    add("NegativeDelay", "topology lan: link delay is -1 s, expected at least 0 s", [](O& o) {
        o.linkDelay = Seconds(-1);
    });
    add("WanDelay", "topology wan: link delay given, but the family's own delays hold", [](O& o) {
        o.name = "wan";
        o.linkDelay = Seconds(1);
    });
    add("LanLoad",
        "topology lan: background load given, but the family has no traffic of others",
        [](O& o) { o.backgroundLoad = 0.1; });
    add("Load",
        "topology leaf-spine: background load is 1.500000, expected a share from 0 to 1",
        [](O& o) {
            o.name = "leaf-spine";
            o.backgroundLoad = 1.5;
        });
    add("WifiRate", "topology wifi: link rate given, but the standard sets it", [](O& o) {
        o.name = "wifi";
        o.linkRate = DataRate("1Gbps");
    });
    add("Loss", "impairment: loss is 1.5, expected a share from 0 to 1", [](O& o) {
        o.impairment.loss = 1.5;
    });
    add("NotANumber", "impairment: loss is nan, expected a share from 0 to 1", [](O& o) {
        o.impairment.loss = std::nan("");
    });
    add("Duplicate", "impairment: duplicate is -0.1, expected a share from 0 to 1", [](O& o) {
        o.impairment.duplicate = -0.1;
    });
    add("Reorder", "impairment: reorder is 2, expected a share from 0 to 1", [](O& o) {
        o.impairment.reorder = 2;
    });
    add("Jitter", "impairment: jitter is -0.001, expected a time of at least 0 s", [](O& o) {
        o.impairment.jitter = MilliSeconds(-1);
    });
    add("Hold", "impairment: reorder hold is 0, expected a time of more than 0 s", [](O& o) {
        o.impairment.reorderHold = Time(0);
    });
    add("ShortBurst",
        "impairment: burst length is 0.5, expected a number of packets of at least 1",
        [](O& o) {
            o.impairment.burstLoss = {0.1, 0.5};
        });
    add("ImpossibleBurst",
        "impairment: burst loss is 0.6, expected at most 0.5 with bursts of 1 packets",
        [](O& o) {
            o.impairment.burstLoss = {0.6, 1.0};
        });
    return table;
}

class BadTopologyOptions : public testing::TestWithParam<BadOptions>
{
};

INSTANTIATE_TEST_SUITE_P(Table,
                         BadTopologyOptions,
                         testing::ValuesIn(BadOptionsTable()),
                         [](const auto& info) { return info.param.name; });

TEST_P(BadTopologyOptions, AreNamedInOneLine)
{
    try
    {
        BuildTopology(GetParam().options);
        FAIL() << "accepted";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_EQ(error.what(), GetParam().message);
    }
    EXPECT_EQ(NodeContainer::GetGlobal().GetN(), 0U) << "something was built";
}

} // namespace
} // namespace nctest
