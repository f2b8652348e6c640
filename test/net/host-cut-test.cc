#include "net-fixture.h"
#include "topology-test-name.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

using namespace ns3;

namespace nctest
{
namespace
{

class Cut : public NetTest, public testing::WithParamInterface<std::string>
{
};

INSTANTIATE_TEST_SUITE_P(Families, Cut, testing::ValuesIn(TopologyNames()), [](const auto& info) {
    return TopologyTestName(info.param);
});

TEST_P(Cut, LosesOneDirectionOfOnePairAndNothingElse)
{
    Build(GetParam(), 3, 1);
    using Pair = std::pair<uint32_t, uint32_t>;
    const auto roundAt = [this](Time start) {
        std::set<Pair> sent;
        int slot = 0;
        for (uint32_t from = 1; from <= 4; ++from)
        {
            for (uint32_t to = 1; to <= 3; ++to)
            {
                if (from != to)
                {
                    End(from).SendAt(start + MilliSeconds(20 * slot++), to, 0);
                    sent.insert({from, to});
                }
            }
        }
        for (auto& end : ends)
        {
            end->arrivals.clear();
        }
        RunUntil(start + Seconds(2));
        std::set<Pair> arrived;
        for (uint32_t to = 1; to <= 4; ++to)
        {
            for (const auto& arrival : End(to).arrivals)
            {
                arrived.insert({arrival.from, to});
            }
        }
        std::set<Pair> lost;
        std::set_difference(sent.begin(),
                            sent.end(),
                            arrived.begin(),
                            arrived.end(),
                            std::inserter(lost, lost.end()));
        return lost;
    };
    const Time start = topology.WarmUp();
    EXPECT_EQ(roundAt(start + Seconds(1)), std::set<Pair>());
    Network(1)->SetCut(2, true);
    EXPECT_EQ(roundAt(start + Seconds(4)), (std::set<Pair>{{1, 2}}));
    Network(3)->SetCut(1, true);
    EXPECT_EQ(roundAt(start + Seconds(7)), (std::set<Pair>{{1, 2}, {3, 1}}));
    Network(1)->SetCut(2, false);
    Network(3)->SetCut(1, false);
    EXPECT_EQ(roundAt(start + Seconds(10)), std::set<Pair>());
}

} // namespace
} // namespace nctest
