#include "fault-cluster.h"

#include <cmath>
#include <map>

using namespace nctest;
using namespace ns3;
using Kind = Seen::Kind;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, double requestRate = 0, double seconds = 20)
{
    ClusterOptions options;
    options.seconds = seconds;
    options.faults = std::move(faults);
    options.requestRate = requestRate;
    return RunCluster(options);
}

} // namespace

TEST(SlowCpu, AnswersMeasurablyLaterAndOnlyWhileItLasts)
{
    const ClusterRun run = Play({"slow-cpu@8+6:node=2,delay=30ms,exact=1"});
    const double before = run.MeanRoundTrip(1, 2, 4, 8);
    EXPECT_NEAR(before, 0.004, 0.001);
    EXPECT_GT(run.MeanRoundTrip(1, 2, 8.2, 14), before + 0.02);
    EXPECT_NEAR(run.MeanRoundTrip(1, 2, 15, 20), before, 0.001);
    EXPECT_NEAR(run.MeanRoundTrip(1, 3, 8.2, 14), before, 0.001);
}

TEST(SlowCpu, AddsUpWhereTwoOverlap)
{
    const ClusterRun run = Play({"slow-cpu@4+12:node=2,factor=1,delay=20ms,exact=1",
                                 "slow-cpu@8+4:node=2,factor=1,delay=60ms,exact=1"});
    const double one = run.MeanRoundTrip(1, 2, 4.5, 8);
    EXPECT_GT(run.MeanRoundTrip(1, 2, 8.5, 12), 2 * one);
    EXPECT_NEAR(run.MeanRoundTrip(1, 2, 12.5, 16), one, 0.015) << "the other one stays";
    EXPECT_LT(run.MeanRoundTrip(1, 2, 16.5, 20), 0.005);
}

TEST(SlowDisk, DelaysAcknowledgementsOfEntriesButNoHeartbeat)
{
    const ClusterRun run = Play({"slow-disk@8+6:node=follower,factor=100,exact=1"}, 20);
    const uint32_t slow = run.Target();
    const uint32_t observer = slow == 1 ? 2 : 1;
    EXPECT_LT(MeanAppendTime(run, slow, 4, 8), 0.002);
    EXPECT_GT(MeanAppendTime(run, slow, 8, 13.5), 0.015);
    EXPECT_LT(MeanAppendTime(run, slow, 15, 19), 0.002);
    EXPECT_NEAR(run.MeanRoundTrip(observer, slow, 8.5, 14), 0.004, 0.001);
}

TEST(SlowDisk, InBoutsDelaysAcknowledgementsOfEntriesWhileABoutLastsAndNeverAHeartbeat)
{
    const ClusterRun run =
        Play({"slow-disk@5+85:node=follower,factor=200,bout=4s,gap=6s,exact=1"}, 20, 95);
    const uint32_t slow = run.Target();
    const uint32_t observer = slow == 1 ? 2 : 1;
    const auto seconds = [](faults::Nanos time) { return time.count() * 1e-9; };
    double gapStart = 3; // before the fault
    int bouts = 0;
    int gaps = 0;
    for (const faults::SymptomSpan& bout : run.log.symptoms)
    {
        const double start = seconds(bout.span.start);
        const double end = seconds(bout.span.end.value());
        EXPECT_EQ(bout.node, slow);
        EXPECT_NEAR(seconds(bout.delay), 199 * 200e-6, 1e-9);
        EXPECT_GE(start, gapStart);
        EXPECT_LE(end, 90);
        // The last write of a bout takes its time, whatever comes then.
        if (end - start > 0.5)
        {
            EXPECT_GT(MeanAppendTime(run, slow, start, end), 0.02) << "in a bout from " << start;
            EXPECT_NEAR(run.MeanRoundTrip(observer, slow, start, end), 0.004, 0.001);
            ++bouts;
        }
        if (start - gapStart > 1)
        {
            EXPECT_LT(MeanAppendTime(run, slow, gapStart + 0.5, start - 0.1), 0.002)
                << "before a bout from " << start;
            ++gaps;
        }
        gapStart = end;
    }
    EXPECT_EQ(seconds(run.log.symptoms.at(0).span.start), 5) << "begins with a bout";
    EXPECT_GT(bouts, 3);
    EXPECT_GT(gaps, 3);
    EXPECT_LT(MeanAppendTime(run, slow, 91, 95), 0.002);
}

TEST(SlowDisk, TakesItsBoutsFromAStreamOfItsOwn)
{
    const std::string fault = "slow-disk@5+60:node=2,factor=200,bout=4s,gap=6s,exact=1";
    const ClusterRun quiet = Play({fault}, 0, 65);
    const ClusterRun busy = Play({fault, "slow-disk@6+50:node=2,factor=2,bout=1s,gap=1s"}, 20, 65);
    std::vector<faults::Nanos> alone;
    std::vector<faults::Nanos> together;
    for (const faults::SymptomSpan& bout : quiet.log.symptoms)
    {
        alone.push_back(bout.span.start);
    }
    for (const faults::SymptomSpan& bout : busy.log.symptoms)
    {
        if (bout.delay > std::chrono::milliseconds(10))
        {
            together.push_back(bout.span.start);
        }
    }
    EXPECT_GT(alone.size(), 2u);
    EXPECT_EQ(alone, together);
    EXPECT_GT(busy.log.symptoms.size(), 2 * alone.size());
}

TEST(DiskStall, HoldsBackEveryAcknowledgementOfEntriesUntilItsEnd)
{
    const ClusterRun run = Play({"disk-stall@8+4:node=follower,exact=1"}, 20);
    const uint32_t stalled = run.Target();
    std::map<bool, raft::Index> acknowledged; // before the stall, in it
    for (const SeenMessage& seen : run.messages)
    {
        const auto* reply = std::get_if<raft::AppendEntriesReply>(&seen.message.body);
        if (reply && seen.sent && seen.message.from == stalled && reply->success && seen.at < 12)
        {
            auto& last = acknowledged[seen.at >= 8];
            last = std::max(last, reply->matchIndex);
        }
    }
    EXPECT_GT(acknowledged[false], 50u);
    EXPECT_LE(acknowledged[true], acknowledged[false] + 1) << "one may have been written already";
    EXPECT_GT(run.From(stalled, 0, 8, 12, Kind::HEARTBEAT).size(), 140u) << "its heart beats on";
    EXPECT_LT(MeanAppendTime(run, stalled, 14, 19), 0.002);
}

TEST(SlowLink, DelaysOneDirectionOfOnePair)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"slow-link@8+6:cut=1>2,delay=50ms,jitter=0s,exact=1"});
    EXPECT_NEAR(MeanTransit(run, 1, 2, 0, 8), 0.002, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 1, 2, 8.1, 14), 0.052, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 1, 2, 14.1, 20), 0.002, 0.0005);
    EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 1));
    EXPECT_TRUE(SameHeartbeats(quiet, run, 1, 3));
    EXPECT_TRUE(SameHeartbeats(quiet, run, 4, 2));
}

TEST(SlowLink, DelaysAllThatANodeSendsAndAddsUp)
{
    const ClusterRun run = Play({"slow-link@4+12:node=1,delay=30ms,jitter=0s,exact=1",
                                 "slow-link@8+4:cut=1>2,delay=20ms,jitter=0s,exact=1"});
    EXPECT_NEAR(MeanTransit(run, 1, 2, 4.1, 8), 0.032, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 1, 2, 8.1, 12), 0.052, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 1, 3, 8.1, 12), 0.032, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 1, 2, 12.1, 16), 0.032, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 1, 2, 16.1, 20), 0.002, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 2, 1, 8.1, 12), 0.002, 0.0005);
}

TEST(SlowLink, SpreadsArrivalsByItsJitter)
{
    const ClusterRun run = Play({"slow-link@8+8:node=1,delay=40ms,jitter=20ms,exact=1"});
    double least = 1;
    double most = 0;
    for (const Seen& seen : run.From(1, 2, 8.2, 16, Kind::HEARTBEAT))
    {
        const double transit = seen.at - seen.heartbeat.GetSentAt().count() * 1e-9;
        least = std::min(least, transit);
        most = std::max(most, transit);
    }
    EXPECT_GE(least, 0.042);
    EXPECT_GT(most - least, 0.02);
}

TEST(Omission, LosesItsShareTowardsItsReceiversOnly)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"omission@5+14:node=2,loss=0.5,to=3.4,exact=1"});
    for (const uint32_t to : {3u, 4u})
    {
        const double all = quiet.From(2, to, 5, 19, Kind::HEARTBEAT).size();
        EXPECT_NEAR(run.From(2, to, 5, 19, Kind::HEARTBEAT).size() / all, 0.5, 0.13);
        EXPECT_GT(run.From(2, to, 19.01, 20, Kind::HEARTBEAT).size(), 8u);
    }
    EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 1));
    EXPECT_TRUE(SameHeartbeats(quiet, run, 3, 2)) << "what it receives is whole";
}

TEST(ClockSkew, ShowsInTheStampsAndInNothingElse)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"clock-skew@8+6:node=2,offset=-300ms,exact=1"});
    EXPECT_NEAR(MeanTransit(run, 2, 1, 0, 8), 0.002, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 2, 1, 8.1, 14), 0.302, 0.0005);
    EXPECT_NEAR(MeanTransit(run, 2, 1, 14.1, 20), 0.002, 0.0005);
    EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 1));
}

TEST(ClockSkew, DriftsApartAsTimeGoesOn)
{
    const ClusterRun run = Play({"clock-skew@5:node=2,offset=0s,drift=10000,exact=1"});
    EXPECT_NEAR(MeanTransit(run, 2, 1, 5.5, 6.5), 0.002 - 0.010, 0.002);
    EXPECT_NEAR(MeanTransit(run, 2, 1, 14.5, 15.5), 0.002 - 0.100, 0.002);
}
