#include "heartbeat-fixture.h"

#include "ns3/heartbeat-header.h"
#include "ns3/host-network.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/message-interceptor.h"

#include <memory>
#include <set>
#include <tuple>

namespace ns3
{

using HeartbeatMonitorTest = HeartbeatFixture;

TEST_F(HeartbeatMonitorTest, EveryPairExchangesHeartbeatsAndRepliesTenTimesASecond)
{
    Build(3);
    RunUntil(Seconds(20));
    for (const auto& [observer, peer] :
         std::vector<std::pair<uint32_t, uint32_t>>{{1, 2}, {1, 3}, {2, 1}, {2, 3}, {3, 1}, {3, 2}})
    {
        const std::vector<Seen> heartbeats = SeenOf(observer, peer, HEARTBEAT);
        ASSERT_NEAR(static_cast<double>(heartbeats.size()), 200, 1);
        EXPECT_NEAR(static_cast<double>(SeenOf(observer, peer, REPLY).size()), 200, 1);
        for (std::size_t i = 0; i < heartbeats.size(); ++i)
        {
            EXPECT_EQ(heartbeats[i].arrival.sequence, i + 1);
            if (i > 0)
            {
                const Time interval = heartbeats[i].time - heartbeats[i - 1].time;
                EXPECT_GE(interval, MilliSeconds(98));
                EXPECT_LE(interval, MilliSeconds(102));
            }
        }
    }
    EXPECT_TRUE(m_malformed.empty());
}

TEST_F(HeartbeatMonitorTest, SendsToEachPeerAtAPhaseOfItsOwn)
{
    Build(5);
    RunUntil(Seconds(1));
    std::set<Time> first;
    for (const auto& [pair, sent] : m_sent)
    {
        ASSERT_FALSE(sent.empty());
        EXPECT_LE(sent.front().first, MilliSeconds(101));
        first.insert(sent.front().first);
    }
    EXPECT_EQ(m_sent.size(), 20U);
    EXPECT_EQ(first.size(), 20U);
    EXPECT_GT(*first.rbegin() - *first.begin(), MilliSeconds(60)) << "spread over the period";
}

TEST_F(HeartbeatMonitorTest, MeasuresTheRoundTripOnItsOwnClockWhateverThePeersShows)
{
    Build(2);
    Clock(2)->SetOffset(Seconds(-3600));
    Clock(2)->SetDrift(200);
    RunUntil(Seconds(5));
    const std::vector<Seen> replies = SeenOf(1, 2, REPLY);
    ASSERT_GT(replies.size(), 40U);
    for (const Seen& seen : replies)
    {
        const double roundTripMs = static_cast<double>(seen.arrival.roundTrip.count()) * 1e-6;
        EXPECT_NEAR(roundTripMs, 4, 0.1); // two hops of 1 ms each way
        const auto ahead = seen.arrival.arrived - seen.arrival.peerClock;
        EXPECT_NEAR(static_cast<double>(ahead.count()) * 1e-9, 3600, 0.01);
        EXPECT_EQ(seen.arrival.arrived.count(), seen.time.GetNanoSeconds());
    }
}

TEST_F(HeartbeatMonitorTest, CarriesTheRaftStatusOfTheSender)
{
    Build(2);
    Monitor(2)->SetStatusSource([]() { return detection::PeerStatus{7, 123, 120, true}; });
    RunUntil(Seconds(1));
    for (auto kind : {HEARTBEAT, REPLY})
    {
        const detection::PeerStatus status = SeenOf(1, 2, kind).back().arrival.status;
        EXPECT_EQ(status.term, 7U);
        EXPECT_EQ(status.lastIndex, 123U);
        EXPECT_EQ(status.commitIndex, 120U);
        EXPECT_TRUE(status.leader);
        EXPECT_FALSE(SeenOf(2, 1, kind).back().arrival.status.leader);
    }
}

TEST_F(HeartbeatMonitorTest, ReportsOnlyThePeersItWatches)
{
    Build(5, "2");
    RunUntil(Seconds(2));
    std::map<uint32_t, std::set<uint32_t>> reported;
    std::map<uint32_t, uint32_t> watchers;
    for (const Seen& seen : m_seen)
    {
        reported[seen.observer].insert(seen.arrival.peer);
    }
    for (uint32_t host = 1; host <= 5; ++host)
    {
        const std::vector<uint32_t>& watched = Monitor(host)->GetWatched();
        EXPECT_EQ(reported[host], std::set<uint32_t>(watched.begin(), watched.end()));
        EXPECT_EQ(watched.size(), 2U);
        for (uint32_t peer : watched)
        {
            EXPECT_NE(peer, host);
            ++watchers[peer];
        }
    }
    for (uint32_t host = 1; host <= 5; ++host)
    {
        EXPECT_EQ(watchers[host], 2U);
    }
}

TEST_F(HeartbeatMonitorTest, ACrashedProcessIsSilentButItsHostAnswersWithIcmp)
{
    Build(2);
    uint32_t icmp = 0;
    uint32_t udp = 0;
    m_topology.Host(2)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
        "SendOutgoing",
        Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
            [&](const Ipv4Header& header, Ptr<const Packet>, uint32_t) {
                const bool after = Simulator::Now() > Seconds(1);
                icmp += after && header.GetProtocol() == 1 ? 1 : 0;
                udp += after && header.GetProtocol() == 17 ? 1 : 0;
            }));
    At(Seconds(1), [this]() { Monitor(2)->Crash(); });
    RunUntil(Seconds(3));
    EXPECT_FALSE(Monitor(2)->IsUp());
    EXPECT_EQ(udp, 0U);
    EXPECT_NEAR(icmp, 20, 1);
    EXPECT_LE(SeenOf(1, 2, HEARTBEAT).back().time, MilliSeconds(1003));
}

TEST_F(HeartbeatMonitorTest, ACrashedHostSendsNothingAtAll)
{
    Build(2);
    At(Seconds(1), [this]() {
        Monitor(2)->Crash();
        m_topology.Host(2)->GetObject<HostNetwork>()->SetDown(true);
    });
    const std::size_t before = (RunUntil(MilliSeconds(1010)), m_seen.size());
    RunUntil(Seconds(3));
    EXPECT_EQ(m_seen.size(), before);
}

TEST_F(HeartbeatMonitorTest, ARestartedProcessCountsFromOneWhileItsClockGoesOn)
{
    Build(2);
    std::vector<std::pair<Time, bool>> life;
    Monitor(2)->TraceConnectWithoutContext("Liveness",
                                           Callback<void, uint32_t, bool>([&](uint32_t, bool up) {
                                               life.emplace_back(Simulator::Now(), up);
                                           }));
    At(Seconds(1), [this]() { Monitor(2)->Crash(); });
    At(Seconds(1.5), [this]() { Monitor(2)->Crash(); }); // dead already
    At(Seconds(2), [this]() { Monitor(2)->Restart(); });
    At(Seconds(2.5), [this]() { Monitor(2)->Restart(); }); // alive already
    RunUntil(Seconds(3));
    EXPECT_EQ(life,
              (std::vector<std::pair<Time, bool>>{{Time(0), true},
                                                  {Seconds(1), false},
                                                  {Seconds(2), true}}));
    const std::vector<Seen> heartbeats = SeenOf(1, 2, HEARTBEAT);
    std::size_t firsts = 0;
    for (std::size_t i = 0; i < heartbeats.size(); ++i)
    {
        firsts += heartbeats[i].arrival.sequence == 1 ? 1 : 0;
        if (i > 0)
        {
            EXPECT_GT(heartbeats[i].arrival.peerClock, heartbeats[i - 1].arrival.peerClock);
        }
    }
    EXPECT_EQ(firsts, 2U);
    EXPECT_NEAR(static_cast<double>(heartbeats.back().arrival.sequence), 10, 1);
    EXPECT_TRUE(m_malformed.empty());
}

TEST_F(HeartbeatMonitorTest, HeartbeatsDueDuringAPauseAreSentAsOne)
{
    Build(2);
    At(Seconds(1), [this]() { Cpu(2)->PauseFor(Seconds(2)); });
    RunUntil(Seconds(5));
    std::size_t during = 0;
    std::size_t atTheEnd = 0;
    for (const auto& [time, sequence] : m_sent[{2, 1}])
    {
        during += time > Seconds(1) && time < Seconds(3) ? 1 : 0;
        atTheEnd += time >= Seconds(3) && time < MilliSeconds(3090) ? 1 : 0;
    }
    EXPECT_EQ(during, 0U);
    EXPECT_EQ(atTheEnd, 1U);
    // What arrived meanwhile is answered at the end, and the round trips show it.
    std::chrono::nanoseconds longest{0};
    for (const Seen& seen : SeenOf(1, 2, REPLY))
    {
        longest = std::max(longest, seen.arrival.roundTrip);
    }
    EXPECT_GT(longest, std::chrono::milliseconds(1850));
    EXPECT_TRUE(m_malformed.empty());
}

TEST_F(HeartbeatMonitorTest, ASlowHostAnswersMeasurablyLater)
{
    Build(2);
    Cpu(2)->AssignStreams(7);
    At(Seconds(10), [this]() { Cpu(2)->SetSlowdown(1, MilliSeconds(20)); });
    RunUntil(Seconds(40));
    double before = 0;
    double after = 0;
    for (const Seen& seen : SeenOf(1, 2, REPLY))
    {
        const double seconds = static_cast<double>(seen.arrival.roundTrip.count()) * 1e-9;
        (seen.time < Seconds(10) ? before : after) += seconds;
    }
    EXPECT_NEAR(before / 100, 0.004, 0.0005);
    EXPECT_NEAR(after / 300, 0.024, 0.005);
}

TEST_F(HeartbeatMonitorTest, TheSameSeedGivesTheSameRun)
{
    const auto run = [this](uint64_t number) {
        RngSeedManager::SetRun(number);
        m_seen.clear();
        Build(4);
        RunUntil(Seconds(3));
        Simulator::Destroy();
        std::vector<std::tuple<Time, uint32_t, uint32_t, uint64_t>> log;
        for (const Seen& seen : m_seen)
        {
            log.emplace_back(seen.time, seen.observer, seen.arrival.peer, seen.arrival.sequence);
        }
        return log;
    };
    const auto first = run(1);
    EXPECT_EQ(first, run(1));
    EXPECT_NE(first, run(2));
}

} // namespace ns3
