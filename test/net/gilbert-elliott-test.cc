#include "net-fixture.h"

#include "ns3/double.h"
#include "ns3/gilbert-elliott-error-model.h"

#include <cmath>

using namespace ns3;

namespace nctest
{
namespace
{

Ptr<GilbertElliottErrorModel>
MakeModel(double meanLoss, double meanBurstLength, int64_t stream)
{
    Ptr<GilbertElliottErrorModel> model = CreateObject<GilbertElliottErrorModel>();
    model->SetAttribute("MeanLoss", DoubleValue(meanLoss));
    model->SetAttribute("MeanBurstLength", DoubleValue(meanBurstLength));
    EXPECT_EQ(model->AssignStreams(stream), 1);
    return model;
}

struct BurstCase
{
    double meanLoss;
    double meanBurstLength;
};

void
PrintTo(const BurstCase& burst, std::ostream* os)
{
    *os << burst.meanLoss << " in bursts of " << burst.meanBurstLength;
}

class GilbertElliott : public testing::TestWithParam<BurstCase>
{
};

INSTANTIATE_TEST_SUITE_P(Table,
                         GilbertElliott,
                         testing::Values(BurstCase{0.01, 2.0},
                                         BurstCase{0.1, 5.0},
                                         BurstCase{0.3, 10.0},
                                         BurstCase{0.5, 1.0},
                                         BurstCase{0.6, 4.0}),
                         [](const auto& info) { return "Case" + std::to_string(info.index + 1); });

TEST_P(GilbertElliott, LosesTheShareAskedInBurstsOfTheLengthAsked)
{
    const auto [meanLoss, meanBurstLength] = GetParam();
    auto model = MakeModel(meanLoss, meanBurstLength, 17);
    auto packet = Create<Packet>(100);
    constexpr double COUNT = 1e6;
    double lost = 0;
    double bursts = 0;
    bool before = false;
    for (int i = 0; i < COUNT; ++i)
    {
        const bool now = model->IsCorrupt(packet);
        lost += now;
        bursts += now && !before;
        before = now;
    }
    // Successive packets are correlated by 1 - p - r.
    const double leaveBad = 1.0 / meanBurstLength;
    const double leaveGood = leaveBad * meanLoss / (1.0 - meanLoss);
    const double correlation = 1.0 - leaveBad - leaveGood;
    const double error =
        std::sqrt(meanLoss * (1.0 - meanLoss) * (1.0 + correlation) / (1.0 - correlation) / COUNT);
    EXPECT_NEAR(lost / COUNT, meanLoss, 4.5 * error + 1e-5);
    const double lengthError = meanBurstLength * std::sqrt((1.0 - leaveBad) / bursts);
    EXPECT_NEAR(lost / bursts, meanBurstLength, 4.5 * lengthError + 1e-3);
}

TEST(GilbertElliott, LosesTheFirstPacketAsOftenAsAnyOther)
{
    auto packet = Create<Packet>(100);
    constexpr double COUNT = 4000;
    double lost = 0;
    for (int stream = 0; stream < COUNT; ++stream)
    {
        lost += MakeModel(0.2, 50.0, stream)->IsCorrupt(packet);
    }
    EXPECT_NEAR(lost, 0.2 * COUNT, 4.5 * std::sqrt(COUNT * 0.2 * 0.8));
}

TEST(GilbertElliott, LosesNothingByDefaultAndAllAtShareOne)
{
    auto packet = Create<Packet>(100);
    auto none = CreateObject<GilbertElliottErrorModel>();
    auto all = MakeModel(1.0, 4.0, 1);
    for (int i = 0; i < 1000; ++i)
    {
        EXPECT_FALSE(none->IsCorrupt(packet));
        EXPECT_TRUE(all->IsCorrupt(packet));
    }
}

TEST(GilbertElliott, StartsAnewAfterReset)
{
    auto packet = Create<Packet>(100);
    auto model = MakeModel(0.5, 1e12, 3); // stays for ever where it starts
    int starts[2] = {0, 0};
    for (int i = 0; i < 200; ++i)
    {
        model->Reset();
        const bool first = model->IsCorrupt(packet);
        EXPECT_EQ(model->IsCorrupt(packet), first);
        ++starts[first];
    }
    EXPECT_GT(starts[0], 60);
    EXPECT_GT(starts[1], 60);
}

TEST_F(NetTest, BurstsOfLossAreSeenByTheReceiver)
{
    NetemParameters parameters;
    parameters.burstLoss = {0.2, 8.0};
    BuildPair(parameters);
    constexpr uint32_t COUNT = 50000;
    End(1).SendTrain(Seconds(1), MilliSeconds(1), COUNT, 2);
    RunUntil(Seconds(60));
    double bursts = 0;
    uint32_t next = 0;
    for (const auto& arrival : End(2).arrivals)
    {
        bursts += arrival.number > next;
        next = arrival.number + 1;
    }
    const double lost = COUNT - End(2).arrivals.size();
    EXPECT_NEAR(lost / COUNT, 0.2, 0.03);
    EXPECT_NEAR(lost / bursts, 8.0, 1.0);
}

} // namespace
} // namespace nctest
