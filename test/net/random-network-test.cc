#include "net-fixture.h"
#include "topology-test-name.h"

#include <algorithm>
#include <map>
#include <set>

using namespace ns3;

namespace nctest
{
namespace
{

class RandomNetwork : public NetTest, public testing::WithParamInterface<std::string>
{
  protected:
    using Parameters = std::map<std::string, double>;

    Parameters ParametersOf(const TopologyOptions& options, uint32_t run)
    {
        Build(options, run);
        const auto& record = topology.Parameters();
        const Parameters parameters(record.begin(), record.end());
        EXPECT_EQ(parameters.size(), record.size()) << "a name twice";
        Clear();
        return parameters;
    }

    static TopologyOptions Random()
    {
        TopologyOptions options;
        options.name = GetParam();
        options.servers = 3;
        options.random = true;
        return options;
    }
};

INSTANTIATE_TEST_SUITE_P(Families,
                         RandomNetwork,
                         testing::ValuesIn(TopologyNames()),
                         [](const auto& info) { return TopologyTestName(info.param); });

TEST_P(RandomNetwork, IsDrawnBySeedAndDiffersFromTheDefaults)
{
    TopologyOptions fixed = Random();
    fixed.random = false;
    const auto defaults = ParametersOf(fixed, 1);
    EXPECT_EQ(ParametersOf(fixed, 2), defaults) << "without the option the seed changes nothing";
    EXPECT_EQ(ParametersOf(Random(), 1), ParametersOf(Random(), 1));
    std::map<std::string, std::set<double>> seen;
    for (uint32_t run = 1; run <= 5; ++run)
    {
        for (const auto& [name, value] : ParametersOf(Random(), run))
        {
            EXPECT_EQ(defaults.count(name), 1U) << name;
            EXPECT_GE(value, 0.0) << name;
            seen[name].insert(value);
        }
    }
    int varied = 0;
    for (const auto& [name, values] : seen)
    {
        EXPECT_TRUE(values.size() == 1 || values.size() == 5) << name;
        varied += values.size() == 5;
    }
    EXPECT_GE(varied, 2);
}

TEST_P(RandomNetwork, LeavesWhatTheUserSaysAndItChangesNothingElse)
{
    const auto drawn = ParametersOf(Random(), 3);
    TopologyOptions options = Random();
    options.impairment.loss = 0.125;
    options.fixed.jitter = true; // at zero
    const bool hasRate = GetParam() != "wifi";
    if (hasRate)
    {
        options.linkRate = DataRate("77Mbps");
    }
    auto given = ParametersOf(options, 3);
    EXPECT_EQ(given.at("loss"), 0.125);
    EXPECT_EQ(given.at("jitter_s"), 0.0);
    auto expected = drawn;
    expected["loss"] = 0.125;
    expected["jitter_s"] = 0.0;
    for (const std::string name : {"link_rate_bps", "up_rate_bps", "down_rate_bps"})
    {
        if (hasRate && expected.count(name) > 0)
        {
            expected[name] = 77e6;
            EXPECT_NE(drawn.at(name), 77e6);
        }
    }
    EXPECT_EQ(given, expected);
}

TEST_F(NetTest, ARandomWanTakesOtherRegions)
{
    std::set<std::string> first;
    for (uint32_t run = 1; run <= 8; ++run)
    {
        TopologyOptions options;
        options.name = "wan";
        options.random = true;
        Build(options, run);
        std::set<std::string> regions;
        for (uint32_t server = 1; server <= 5; ++server)
        {
            regions.insert(topology.HostLabel(server).substr(8));
        }
        EXPECT_EQ(regions.size(), 5U);
        first.insert(topology.HostLabel(1));
        Clear();
    }
    EXPECT_GT(first.size(), 3U);
}

} // namespace
} // namespace nctest
