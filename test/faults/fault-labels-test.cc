#include "ns3/fault-labels.h"

#include <gtest/gtest.h>
#include <sstream>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

/** Three servers, heartbeats each 100 ms, paths of 10 ms: grace is 110 ms, or 120 for answers. */
class FaultLabels : public testing::Test
{
  protected:
    FaultLabels()
    {
        m_options.servers = 3;
        m_options.pathLatency = 10ms;
    }

    FaultLabel At(Nanos t, uint32_t observer = 1, uint32_t target = 2) const
    {
        return FaultLabeller(m_log, m_options).At(t, observer, target);
    }

    std::string LabelAt(Nanos t, uint32_t observer = 1, uint32_t target = 2) const
    {
        const FaultLabel label = At(t, observer, target);
        return label.label + (label.subtype.empty() ? "" : "/" + label.subtype);
    }

    void Down(uint32_t node, Nanos from, std::optional<Nanos> to, bool host)
    {
        m_log.downs.push_back({{from, to}, node, host, std::nullopt});
    }

    void CutWay(uint32_t from, uint32_t to, Nanos start, std::optional<Nanos> end)
    {
        m_log.cuts.push_back({{start, end}, {from, to}});
    }

    void Symptom(uint32_t node, Nanos from, Nanos to, std::string subtype, Nanos delay, double loss)
    {
        SymptomSpan span;
        span.span = {from, to};
        span.node = node;
        span.subtype = std::move(subtype);
        span.delay = delay;
        span.loss = loss;
        m_log.symptoms.push_back(span);
    }

    void Deviate(Nanos at, uint32_t to, FaultKind kind, bool withheld, uint64_t magnitude)
    {
        m_log.deviations.push_back({at, 2, to, kind, withheld, magnitude});
    }

    FaultLog m_log;
    LabelOptions m_options;
};

} // namespace

TEST_F(FaultLabels, CallAPeerHealthyWithNothingBroken)
{
    const FaultLabel label = At(5s);
    EXPECT_STREQ(label.label, "healthy");
    EXPECT_EQ(label.subtype, "");
    EXPECT_FALSE(label.timeToCrash);
    EXPECT_FALSE(label.predictable);
    EXPECT_TRUE(label.identifiable);
    EXPECT_FALSE(label.grace);
}

TEST_F(FaultLabels, CallACrashFromItsMomentToTheRestart)
{
    Down(2, 10s, 15s, true);
    EXPECT_EQ(LabelAt(10s - 1ns), "healthy");
    EXPECT_EQ(LabelAt(10s), "crashed/host");
    EXPECT_EQ(LabelAt(15s - 1ns), "crashed/host");
    EXPECT_EQ(LabelAt(15s), "healthy");
    Down(3, 10s, std::nullopt, false);
    EXPECT_EQ(LabelAt(1h, 1, 3), "crashed/process");
}

TEST_F(FaultLabels, CountTheTimeToTheNextCrashWhileThePeerIsUp)
{
    Down(2, 10s, 15s, true);
    Down(2, 30s, std::nullopt, false);
    EXPECT_EQ(At(4s).timeToCrash, 6s);
    EXPECT_FALSE(At(12s).timeToCrash) << "it is down";
    EXPECT_EQ(At(15s).timeToCrash, 15s);
    EXPECT_FALSE(At(31s).timeToCrash);
    EXPECT_FALSE(At(4s, 2, 1).timeToCrash) << "the other one never crashes";
    EXPECT_FALSE(At(4s).predictable) << "it has no precursor";
}

TEST_F(FaultLabels, SayNothingWhereTheObserverIsDownOrPaused)
{
    Down(1, 10s, 15s, false);
    CutWay(1, 2, 9s, 20s);
    m_log.pauses.push_back({{30s, 30s + 200ms}, 1});
    for (const Nanos t : {Nanos(10s), Nanos(14s), Nanos(30s), Nanos(30s + 199ms)})
    {
        const FaultLabel label = At(t);
        EXPECT_STREQ(label.label, "");
        EXPECT_FALSE(label.timeToCrash);
        EXPECT_FALSE(label.grace || label.identifiable || label.predictable);
    }
    EXPECT_EQ(LabelAt(15s), "partitioned/out");
    EXPECT_EQ(LabelAt(30s + 200ms), "healthy");
    EXPECT_EQ(LabelAt(30s, 2, 1), "healthy") << "a pause of the target is no gap in the record";
}

TEST_F(FaultLabels, NameTheDirectionOfACutAsTheObserverSeesIt)
{
    CutWay(1, 2, 10s, 20s);
    EXPECT_EQ(LabelAt(12s, 1, 2), "partitioned/out");
    EXPECT_EQ(LabelAt(12s, 2, 1), "partitioned/in");
    EXPECT_EQ(LabelAt(12s, 1, 3), "healthy");
    CutWay(2, 1, 15s, 25s);
    EXPECT_EQ(LabelAt(16s, 1, 2), "partitioned/both");
    EXPECT_EQ(LabelAt(21s, 1, 2), "partitioned/in");
    EXPECT_EQ(LabelAt(25s, 1, 2), "healthy");
}

TEST_F(FaultLabels, PutACutBeforeACrashAndACrashBeforeTheRest)
{
    Symptom(2, 10s, 60s, "cpu", 50ms, 0);
    Deviate(12s, 1, FaultKind::BYZANTINE_LYING, false, 50);
    Down(2, 14s, 30s, true);
    CutWay(2, 1, 16s, 20s);
    EXPECT_EQ(LabelAt(11s), "slow/cpu");
    EXPECT_EQ(LabelAt(12s), "byzantine/lying");
    EXPECT_EQ(LabelAt(14s), "crashed/host");
    EXPECT_EQ(LabelAt(16s), "partitioned/in");
    EXPECT_EQ(LabelAt(20s), "crashed/host");
    EXPECT_EQ(LabelAt(30s), "slow/cpu");
}

TEST_F(FaultLabels, RememberADeviationForFiveSecondsAndOnlyTowardsItsReceiver)
{
    Deviate(10s, 1, FaultKind::BYZANTINE_EQUIVOCATING, false, 50);
    EXPECT_EQ(LabelAt(10s - 1ns), "healthy");
    EXPECT_EQ(LabelAt(10s), "byzantine/equivocating");
    EXPECT_EQ(LabelAt(15s), "byzantine/equivocating");
    EXPECT_EQ(LabelAt(15s + 1ns), "healthy");
    EXPECT_EQ(LabelAt(10s, 3, 2), "healthy");
    Deviate(13s, 1, FaultKind::BYZANTINE_SELECTIVE, true, 0);
    EXPECT_EQ(LabelAt(14s), "byzantine/selective") << "the latest one names it";
    EXPECT_EQ(LabelAt(18s), "byzantine/selective");
}

TEST_F(FaultLabels, CallAPeerSlowForThoseWhoFeelIt)
{
    Symptom(2, 10s, 20s, "omission", 0s, 0.5);
    m_log.symptoms.back().peers = {3};
    EXPECT_EQ(LabelAt(12s, 1, 2), "healthy");
    EXPECT_EQ(LabelAt(12s, 3, 2), "slow/omission");
    EXPECT_EQ(LabelAt(12s, 2, 3), "healthy") << "a host's fault is seen from outside";

    Symptom(1, 30s, 40s, "link", 50ms, 0);
    m_log.symptoms.back().peers = {2};
    m_log.symptoms.back().link = true;
    EXPECT_EQ(LabelAt(31s, 2, 1), "slow/link");
    EXPECT_EQ(LabelAt(31s, 1, 2), "slow/link") << "a link has two ends";
    EXPECT_EQ(LabelAt(31s, 3, 1), "healthy");
}

TEST_F(FaultLabels, MarkASkewedClockOnAHealthyPeer)
{
    m_log.skews.push_back({{10s, 20s}, 2});
    EXPECT_EQ(LabelAt(9s), "healthy");
    EXPECT_EQ(LabelAt(10s), "healthy/clock-skew");
    EXPECT_EQ(LabelAt(10s, 2, 1), "healthy");
    EXPECT_EQ(LabelAt(20s), "healthy");
}

TEST_F(FaultLabels, GiveGraceForAPathAndAPeriodAfterAFaultAndAfterItsHeal)
{
    Down(2, 10s, 15s, true);
    EXPECT_FALSE(At(10s - 1ns).grace);
    EXPECT_TRUE(At(10s).grace);
    EXPECT_TRUE(At(10s + 109ms).grace);
    EXPECT_FALSE(At(10s + 110ms).grace);
    EXPECT_TRUE(At(15s).grace);
    EXPECT_FALSE(At(15s + 110ms).grace);
    EXPECT_FALSE(At(10s, 1, 3).grace) << "another pair";
    EXPECT_TRUE(At(15s, 2, 1).grace) << "the observer has just started";
}

TEST_F(FaultLabels, GiveARoundTripOfGraceWhereOnlyAnswersGoMissing)
{
    CutWay(1, 2, 10s, 20s);
    EXPECT_TRUE(At(10s + 119ms, 1, 2).grace);
    EXPECT_FALSE(At(10s + 120ms, 1, 2).grace);
    EXPECT_FALSE(At(10s + 110ms, 2, 1).grace);
    EXPECT_TRUE(At(20s + 119ms, 1, 2).grace);
}

TEST_F(FaultLabels, GiveGraceForTheFirstDeviationOfARowOnly)
{
    for (const Nanos at : {10s, 12s, 16s, 30s})
    {
        Deviate(at, 1, FaultKind::BYZANTINE_LYING, false, 50);
    }
    EXPECT_TRUE(At(10s + 50ms).grace);
    EXPECT_FALSE(At(12s + 50ms).grace);
    EXPECT_FALSE(At(16s + 50ms).grace);
    EXPECT_TRUE(At(30s + 50ms).grace);
}

TEST_F(FaultLabels, TellACutFromACrashOnlyWithAWitness)
{
    CutWay(2, 1, 10s, 100s);
    CutWay(1, 2, 10s, 100s);
    EXPECT_TRUE(At(12s).identifiable) << "server 3 hears 2 and can say so";
    Down(3, 20s, 30s, true);
    EXPECT_FALSE(At(22s).identifiable) << "no witness is up";
    CutWay(2, 3, 40s, 50s);
    EXPECT_FALSE(At(42s).identifiable) << "the peer is cut from everyone";
    CutWay(3, 1, 60s, 70s);
    EXPECT_FALSE(At(62s).identifiable) << "the witness can't report";
    Down(2, 80s, 90s, true);
    EXPECT_FALSE(At(82s).identifiable) << "dead behind a cut is dead";
}

TEST_F(FaultLabels, TellAOneWayCutByItsHeartbeatsWithoutAnswers)
{
    Down(3, 0s, std::nullopt, true);
    CutWay(1, 2, 10s, 20s);
    EXPECT_TRUE(At(12s, 1, 2).identifiable);
    EXPECT_FALSE(At(12s, 2, 1).identifiable) << "silence, and no witness";
}

TEST_F(FaultLabels, TellACrashedProcessByItsHostAndACrashedHostByAWitness)
{
    Down(2, 10s, 20s, true);
    EXPECT_TRUE(At(12s).identifiable);
    CutWay(3, 1, 14s, 16s);
    EXPECT_FALSE(At(15s).identifiable) << "alone with a silent peer";
    Down(2, 30s, 40s, false);
    CutWay(3, 1, 30s, 40s);
    EXPECT_TRUE(At(32s).identifiable) << "the host answers that nobody listens";
}

TEST_F(FaultLabels, DontTellACrashByAWitnessWhoCouldNotHearThePeerAnyway)
{
    Down(2, 10s, 20s, true);
    EXPECT_TRUE(At(12s).identifiable);
    CutWay(2, 3, 9s, 30s);
    EXPECT_FALSE(At(12s).identifiable);
}

TEST_F(FaultLabels, SayNothingAllThroughALongPause)
{
    m_log.pauses.push_back({{10s, 15s}, 1});
    m_log.pauses.push_back({{12s, 12s + 100ms}, 1});
    EXPECT_EQ(LabelAt(14s), "");
    EXPECT_EQ(LabelAt(15s), "healthy");
}

TEST_F(FaultLabels, HoldLiesWithinAnHonestLagUnidentifiable)
{
    Deviate(10s, 1, FaultKind::BYZANTINE_LYING, false, 10);
    EXPECT_EQ(LabelAt(11s), "byzantine/lying");
    EXPECT_FALSE(At(11s).identifiable);
    Deviate(12s, 1, FaultKind::BYZANTINE_LYING, false, 11);
    EXPECT_TRUE(At(13s).identifiable);
    EXPECT_FALSE(At(11s).identifiable) << "before it no one can know";
}

TEST_F(FaultLabels, TellEquivocationByTwoVersionsThatMeet)
{
    Deviate(10s, 1, FaultKind::BYZANTINE_EQUIVOCATING, false, 1);
    Deviate(10s, 3, FaultKind::BYZANTINE_EQUIVOCATING, false, 40);
    EXPECT_TRUE(At(11s).identifiable);
    CutWay(3, 1, 12s, 20s);
    EXPECT_FALSE(At(13s).identifiable);
}

TEST_F(FaultLabels, TellSelectiveSilenceByAWitnessWhoHearsThePeer)
{
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_FALSE(At(10s + i * 100ms).identifiable && i > 0) << "fewer pass for loss";
        Deviate(10s + i * 100ms, 1, FaultKind::BYZANTINE_SELECTIVE, true, 0);
    }
    EXPECT_TRUE(At(11s).identifiable);
    Deviate(11s, 3, FaultKind::BYZANTINE_SELECTIVE, true, 0);
    EXPECT_FALSE(At(12s).identifiable) << "silent to everyone is as good as dead";
}

TEST_F(FaultLabels, NameEveryByzantineKindAsItsPlanDoes)
{
    Nanos at = 10s;
    for (std::size_t i = 0; i < FAULT_KIND_COUNT; ++i)
    {
        const auto kind = static_cast<FaultKind>(i);
        if (IsByzantine(kind))
        {
            Deviate(at, 1, kind, false, 50);
            EXPECT_EQ("byzantine-" + At(at).subtype, FaultKindName(kind));
            at += 10s;
        }
    }
    EXPECT_EQ(at, 80s) << "seven of them";
}

TEST_F(FaultLabels, TellATwinByAWitnessWhoHearsTheOther)
{
    Deviate(10s, 1, FaultKind::BYZANTINE_TWIN, false, 50);
    EXPECT_TRUE(At(11s).identifiable);
    EXPECT_EQ(LabelAt(11s, 3, 2), "healthy") << "the first is correct in itself";
    Deviate(12s, 3, FaultKind::BYZANTINE_TWIN, false, 50);
    EXPECT_FALSE(At(13s).identifiable) << "all hear the same one";
    Deviate(30s, 1, FaultKind::BYZANTINE_TWIN, false, 10);
    EXPECT_FALSE(At(31s).identifiable) << "they are as far apart as a lag makes them";
}

TEST_F(FaultLabels, TellInflatedTermsByAWitnessWhomNobodyAskedForAVote)
{
    Deviate(10s, 1, FaultKind::BYZANTINE_TERM_INFLATION, false, 1);
    EXPECT_TRUE(At(11s).identifiable);
    CutWay(3, 1, 10s, 20s);
    EXPECT_FALSE(At(11s).identifiable);
}

TEST_F(FaultLabels, TellReplaysByWhatTheObserverHasHadBefore)
{
    CutWay(3, 1, 10s, 20s);
    Deviate(10s, 1, FaultKind::BYZANTINE_STALE_REPLAY, false, 1);
    EXPECT_TRUE(At(11s).identifiable) << "without any witness";
}

TEST_F(FaultLabels, TellWithheldVotesByTheCandidateAlone)
{
    Deviate(10s, 1, FaultKind::BYZANTINE_VOTE_WITHHOLDING, true, 0);
    Deviate(10s + 1ms, 1, FaultKind::BYZANTINE_VOTE_WITHHOLDING, true, 0);
    EXPECT_EQ(LabelAt(11s), "byzantine/vote-withholding");
    EXPECT_FALSE(At(11s).identifiable) << "two may be loss";
    Deviate(12s, 1, FaultKind::BYZANTINE_VOTE_WITHHOLDING, true, 0);
    EXPECT_TRUE(At(13s).identifiable);
    EXPECT_EQ(LabelAt(13s, 3, 2), "healthy") << "who asked for nothing misses nothing";
}

TEST_F(FaultLabels, HoldDelaysAndLossesWithinTheNoiseUnidentifiable)
{
    Symptom(2, 10s, 20s, "link", 5ms, 0);
    EXPECT_TRUE(At(12s).identifiable);
    Symptom(2, 30s, 40s, "link", 4ms, 0);
    EXPECT_EQ(LabelAt(32s), "slow/link");
    EXPECT_FALSE(At(32s).identifiable);
    Symptom(2, 50s, 60s, "omission", 0s, 0.1);
    EXPECT_FALSE(At(50s + 400ms).identifiable) << "less than one message is lost so far";
    EXPECT_TRUE(At(50s + 500ms).identifiable);
}

TEST_F(FaultLabels, RefuseOptionsOutOfRange)
{
    m_options.servers = 0;
    EXPECT_THROW(At(1s), std::invalid_argument);
    m_options.servers = 3;
    m_options.heartbeatPeriod = 0s;
    EXPECT_THROW(At(1s), std::invalid_argument);
    m_options.heartbeatPeriod = 100ms;
    m_options.pathLatency = -1ns;
    EXPECT_THROW(At(1s), std::invalid_argument);
}

TEST_F(FaultLabels, AreWrittenByTimeObserverAndTarget)
{
    Down(2, 10s, 15s, true);
    std::ostringstream out;
    WriteLabels(out,
                FaultLabeller(m_log, m_options),
                {{10s, 2, 1}, {10s, 1, 3}, {10s, 1, 2}, {9500ms, 1, 2}, {5s, 3, 2}});
    EXPECT_EQ(out.str(),
              "time_s,observer,target,label,subtype,seconds_to_crash,predictable,identifiable,"
              "grace\n"
              "5.000000000,3,2,healthy,,5.000000000,0,1,0\n"
              "9.500000000,1,2,healthy,,0.500000000,0,1,0\n"
              "10.000000000,1,2,crashed,host,,0,1,1\n"
              "10.000000000,1,3,healthy,,,0,1,0\n"
              "10.000000000,2,1,,,,0,0,0\n");
}
