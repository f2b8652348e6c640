// Faults that grow, and faults of what is received rather than sent.
#include "fault-cluster.h"

#include "ns3/fault-labels.h"

using namespace nctest;
using namespace ns3;
using namespace std::chrono_literals;
using Kind = Seen::Kind;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, double seconds = 20)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    options.seconds = seconds;
    return RunCluster(options);
}

faults::FaultLabel
LabelAt(const ClusterRun& run, faults::Nanos t, uint32_t observer, uint32_t target)
{
    faults::LabelOptions options;
    options.servers = 5;
    return faults::FaultLabeller(run.log, options).At(t, observer, target);
}

} // namespace

TEST(RampStrength, GrowsInTenEqualStepsAndStays)
{
    EXPECT_EQ(faults::RampStrength(0s, 0s), 1) << "all at once";
    EXPECT_EQ(faults::RampStrength(0s, 9s), 0.1);
    EXPECT_EQ(faults::RampStrength(1s - 1ns, 9s), 0.1);
    EXPECT_EQ(faults::RampStrength(1s, 9s), 0.2);
    EXPECT_EQ(faults::RampStrength(9s - 1ns, 9s), 0.9);
    EXPECT_EQ(faults::RampStrength(9s, 9s), 1);
    EXPECT_EQ(faults::RampStrength(100h, 9s), 1);
    EXPECT_EQ(faults::RampStrength(0s, 1ns), 0.1);
    EXPECT_EQ(faults::RampStrength(1ns, 1ns), 1);
}

TEST(SlowLink, GrowsWhereARampIsAskedFor)
{
    const ClusterRun run =
        Play({"slow-link@4+14:cut=1>2,delay=100ms,jitter=0s,ramp=9s,exact=1"}, 20);
    for (int step = 0; step < 10; ++step)
    {
        EXPECT_NEAR(MeanTransit(run, 1, 2, 4.15 + step, 5 + step),
                    0.002 + 0.01 * (step + 1),
                    0.0005)
            << "step " << step;
    }
    EXPECT_NEAR(MeanTransit(run, 1, 2, 13.2, 18), 0.102, 0.0005) << "and stays";
    EXPECT_NEAR(MeanTransit(run, 1, 2, 18.2, 20), 0.002, 0.0005) << "until its end";
}

TEST(SlowCpu, GrowsWhereARampIsAskedFor)
{
    const ClusterRun run = Play({"slow-cpu@4+14:node=2,factor=1,delay=50ms,ramp=9s,exact=1"}, 20);
    const double early = run.MeanRoundTrip(1, 2, 4, 6);
    const double middle = run.MeanRoundTrip(1, 2, 8, 10);
    const double late = run.MeanRoundTrip(1, 2, 13, 18);
    EXPECT_LT(early, 0.025);
    EXPECT_GT(middle, early + 0.01);
    EXPECT_GT(late, middle + 0.01);
}

TEST(Ramp, EndsWithItsFaultInTheMiddleOfIt)
{
    const ClusterRun run =
        Play({"slow-link@4+4:cut=1>2,delay=100ms,jitter=0s,ramp=9s,exact=1"}, 16);
    EXPECT_NEAR(MeanTransit(run, 1, 2, 8.2, 16), 0.002, 0.0005);
}

TEST(Ramp, IsSlowFromTheFirstStepAndIdentifiableFromWhereItCanBeSeen)
{
    const ClusterRun run = Play({"slow-link@4+14:node=2,delay=20ms,jitter=0s,ramp=9s,exact=1"}, 20);
    EXPECT_STREQ(LabelAt(run, 4s, 1, 2).label, "slow");
    EXPECT_FALSE(LabelAt(run, 5500ms, 1, 2).identifiable) << "4 ms of 20";
    EXPECT_TRUE(LabelAt(run, 6500ms, 1, 2).identifiable) << "6 ms";
    EXPECT_FALSE(LabelAt(run, 8s, 1, 2).grace) << "a step is no new fault";
}

TEST(Omission, OfWhatIsReceivedTakesAnswersAndLeavesHeartbeats)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"omission@5+14:node=2,loss=0.5,direction=in,exact=1"});
    const double all = quiet.From(2, 1, 5, 19, Kind::REPLY).size();
    EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 1)) << "what it sends of its own accord";
    EXPECT_NEAR(run.From(2, 1, 5, 19, Kind::REPLY).size() / all, 0.5, 0.13);
    EXPECT_NEAR(run.From(3, 2, 5, 19, Kind::HEARTBEAT).size() / all, 0.5, 0.13);
    EXPECT_TRUE(SameHeartbeats(quiet, run, 3, 1));
    EXPECT_GT(run.From(1, 2, 19.01, 20, Kind::HEARTBEAT).size(), 8u) << "healed";

    const faults::FaultLabel label = LabelAt(run, 8s, 1, 2);
    EXPECT_STREQ(label.label, "slow");
    EXPECT_EQ(label.subtype, "omission");
    EXPECT_TRUE(label.identifiable);
    EXPECT_STREQ(LabelAt(run, 8s, 1, 3).label, "healthy");
}

TEST(Omission, OfWhatIsReceivedFromSomeLeavesTheOthers)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"omission@5+14:node=2,to=3,loss=0.5,direction=in,exact=1"});
    EXPECT_LT(run.From(3, 2, 5, 19, Kind::HEARTBEAT).size(),
              quiet.From(3, 2, 5, 19, Kind::HEARTBEAT).size() - 30);
    EXPECT_TRUE(SameHeartbeats(quiet, run, 1, 2));
    EXPECT_STREQ(LabelAt(run, 8s, 1, 2).label, "healthy");
    EXPECT_STREQ(LabelAt(run, 8s, 3, 2).label, "slow");
}

TEST(Omission, InBothDirectionsTakesMoreOfTheAnswers)
{
    const ClusterRun run = Play({"omission@5+14:node=2,loss=0.5,direction=both,exact=1"});
    const auto lost = [&](Kind kind) { return 1 - run.From(2, 1, 5, 19, kind).size() / 140.0; };
    EXPECT_NEAR(lost(Kind::HEARTBEAT), 0.5, 0.13);
    EXPECT_NEAR(lost(Kind::REPLY), 0.75, 0.13);
    EXPECT_NEAR(run.log.symptoms.at(0).loss, 0.625, 1e-9);
}
