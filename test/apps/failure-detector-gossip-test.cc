#include "heartbeat-fixture.h"

#include "ns3/failure-detector-bank-helper.h"
#include "ns3/heartbeat-header.h"
#include "ns3/host-network.h"
#include "ns3/message-interceptor.h"
#include "ns3/suspicion-gossip.h"

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{

/** Banks whose detectors hear what others think in real heartbeats. */
class FailureDetectorGossipTest : public HeartbeatFixture
{
  protected:
    /** A detector changed its mind. */
    struct Change
    {
        Time time;
        uint32_t observer;
        uint32_t target;
        std::string detector;
        bool suspected;
        double level;
    };

    static constexpr const char* ALONE = "fixed-timeout:timeout=300ms";

    /** @return the same detector when it wants k observers */
    static std::string With(uint32_t k)
    {
        return "fixed-timeout:timeout=300ms,gossip=" + std::to_string(k);
    }

    void Install(const std::vector<std::string>& detectors)
    {
        FailureDetectorBankHelper helper;
        for (const std::string& detector : detectors)
        {
            m_labels[detector] = helper.Add(detector);
        }
        for (const Ptr<FailureDetectorBank>& bank : helper.Install(m_topology.Servers()))
        {
            bank->TraceConnectWithoutContext(
                "Suspicion",
                MakeCallback(&FailureDetectorGossipTest::OnSuspicion, this));
        }
    }

    void OnSuspicion(Time time,
                     uint32_t observer,
                     uint32_t target,
                     const std::string& detector,
                     bool suspected,
                     double level)
    {
        m_changes.push_back({time, observer, target, detector, suspected, level});
    }

    /** @return the changes of one detector about one target, by one observer or (0) by all */
    std::vector<Change> ChangesOf(const std::string& detector,
                                  uint32_t target,
                                  uint32_t observer = 0) const
    {
        std::vector<Change> changes;
        for (const Change& change : m_changes)
        {
            if (change.detector == m_labels.at(detector) && change.target == target &&
                (observer == 0 || change.observer == observer))
            {
                changes.push_back(change);
            }
        }
        return changes;
    }

    void Cut(uint32_t from, uint32_t to, bool cut = true)
    {
        m_topology.Host(from)->GetObject<HostNetwork>()->SetCut(to, cut);
    }

    void CrashHost(uint32_t host)
    {
        Monitor(host)->Crash();
        m_topology.Host(host)->GetObject<HostNetwork>()->SetDown(true);
    }

    std::map<std::string, std::string> m_labels; //!< by specification
    std::vector<Change> m_changes;
};

TEST_F(FailureDetectorGossipTest, OneCutWayIsNoReasonForTwoToSuspect)
{
    Build(5);
    Install({ALONE, With(1), With(2)});
    At(Seconds(2), [this]() { Cut(2, 1); });
    At(Seconds(4), [this]() { Cut(2, 1, false); });
    RunUntil(Seconds(6));
    for (uint32_t target = 1; target <= 5; ++target)
    {
        EXPECT_TRUE(ChangesOf(With(2), target).empty());
        EXPECT_EQ(ChangesOf(ALONE, target).size(), target == 2 ? 2U : 0U);
    }
    const std::vector<Change> alone = ChangesOf(ALONE, 2, 1);
    ASSERT_EQ(alone.size(), 2U);
    // With one vote enough, all others believe server 1, as soon as they hear from it.
    for (const uint32_t observer : {1U, 3U, 4U, 5U})
    {
        const std::vector<Change> any = ChangesOf(With(1), 2, observer);
        ASSERT_EQ(any.size(), 2U) << observer;
        for (std::size_t i = 0; i < any.size(); ++i)
        {
            EXPECT_EQ(any[i].suspected, i == 0);
            EXPECT_EQ(any[i].level, i == 0 ? 1 : 0);
            EXPECT_GE(any[i].time, alone[i].time);
            EXPECT_LE(any[i].time, alone[i].time + MilliSeconds(observer == 1 ? 0 : 105));
        }
    }
}

TEST_F(FailureDetectorGossipTest, ACrashIsSuspectedWithinAPeriodAndAWayOfTheKthWhoSuspectsIt)
{
    Build(5);
    Install({ALONE, With(1), With(2), With(3), With(4)});
    At(Seconds(2), [this]() { CrashHost(2); });
    RunUntil(Seconds(4));
    std::vector<Time> alone;
    for (const Change& change : ChangesOf(ALONE, 2))
    {
        EXPECT_TRUE(change.suspected);
        alone.push_back(change.time);
    }
    ASSERT_EQ(alone.size(), 4U);
    std::sort(alone.begin(), alone.end());
    for (uint32_t k = 1; k <= 4; ++k)
    {
        const std::vector<Change> combined = ChangesOf(With(k), 2);
        ASSERT_EQ(combined.size(), 4U) << "each observer, once";
        std::set<uint32_t> observers;
        for (const Change& change : combined)
        {
            EXPECT_TRUE(change.suspected);
            EXPECT_EQ(change.level, k);
            EXPECT_GE(change.time, alone[k - 1]);
            EXPECT_LE(change.time, alone[k - 1] + MilliSeconds(105));
            observers.insert(change.observer);
        }
        EXPECT_EQ(observers.size(), 4U);
    }
}

TEST_F(FailureDetectorGossipTest, TheVoteOfAnObserverThatFellSilentStandsForTenPeriods)
{
    Build(5);
    Install({With(2)});
    At(Seconds(2), [this]() {
        Cut(2, 1);
        Cut(2, 3);
    });
    At(Seconds(4), [this]() { CrashHost(3); });
    RunUntil(Seconds(7));
    for (const uint32_t observer : {1U, 4U, 5U})
    {
        const std::vector<Change> changes = ChangesOf(With(2), 2, observer);
        ASSERT_EQ(changes.size(), 2U) << observer;
        EXPECT_TRUE(changes[0].suspected);
        EXPECT_LE(changes[0].time, MilliSeconds(2510));
        EXPECT_FALSE(changes[1].suspected);
        EXPECT_EQ(changes[1].level, 1);
        const Time last = SeenOf(observer, 3, HEARTBEAT).back().time;
        EXPECT_EQ(changes[1].time, last + Seconds(1));
    }
}

TEST_F(FailureDetectorGossipTest, AProcessThatRestartsHasHeardNothingAndThinksNothing)
{
    Build(5);
    Install({With(2)});
    At(Seconds(2), [this]() {
        Cut(2, 1);
        Cut(2, 3);
    });
    At(Seconds(4), [this]() { Monitor(1)->Crash(); });
    At(MilliSeconds(4200), [this]() { Monitor(1)->Restart(); });
    RunUntil(Seconds(6));
    const std::vector<Change> changes = ChangesOf(With(2), 2, 1);
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(changes[1].time, MilliSeconds(4200));
    EXPECT_FALSE(changes[1].suspected);
    EXPECT_EQ(changes[1].level, 0);
    EXPECT_EQ(changes[2].time, MilliSeconds(4500)) << "its own deadline; it has heard server 3";
    EXPECT_TRUE(changes[2].suspected);
    // The others hear from its new life that it suspects nobody, before its old vote is too old.
    const std::vector<Change> others = ChangesOf(With(2), 2, 4);
    ASSERT_EQ(others.size(), 3U);
    EXPECT_GT(others[1].time, MilliSeconds(4200));
    EXPECT_LE(others[1].time, MilliSeconds(4305));
    EXPECT_FALSE(others[1].suspected);
    EXPECT_TRUE(others[2].suspected);
}

TEST_F(FailureDetectorGossipTest, APausedObserverReadsWhatWasToldBeforeItDropsVotes)
{
    Build(5);
    Install({With(2)});
    At(Seconds(2), [this]() {
        Cut(2, 4);
        Cut(2, 3);
    });
    At(Seconds(4), [this]() { Cpu(1)->PauseFor(Seconds(3)); });
    RunUntil(Seconds(9));
    const std::vector<Change> changes = ChangesOf(With(2), 2, 1);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_TRUE(changes[0].suspected);
    EXPECT_LT(changes[0].time, Seconds(3));
}

TEST_F(FailureDetectorGossipTest, FewerThanKLiarsRaiseNoSuspicionAndKDo)
{
    /** Accuses everybody. */
    struct Liar : MessageInterceptor
    {
        bool OnHeartbeat(HeartbeatHeader& header, uint32_t) override
        {
            if (header.GetType() == HeartbeatHeader::HEARTBEAT)
            {
                detection::SuspectSet all;
                for (uint32_t server = 1; server <= detection::SuspectSet::MAX_SERVER; ++server)
                {
                    all.Set(server, true);
                }
                header.SetSuspicions({all});
            }
            return true;
        }
    };

    Build(5);
    Install({With(2)});
    At(Seconds(1), [this]() { Monitor(3)->SetInterceptor(std::make_shared<Liar>()); });
    At(Seconds(3), [this]() { Monitor(4)->SetInterceptor(std::make_shared<Liar>()); });
    RunUntil(Seconds(5));
    std::set<std::pair<uint32_t, uint32_t>> suspected;
    for (const Change& change : m_changes)
    {
        EXPECT_GT(change.time, Seconds(3));
        suspected.emplace(change.observer, change.target);
    }
    // A liar hears only one other, and has no say on itself.
    EXPECT_EQ(
        suspected,
        (std::set<std::pair<uint32_t, uint32_t>>{{1, 2}, {1, 5}, {2, 1}, {2, 5}, {5, 1}, {5, 2}}));
}

TEST_F(FailureDetectorGossipTest, OnARingThoseWhoWatchAPeerHearEachOther)
{
    Build(7, "3");
    Install({ALONE, With(3)});
    At(Seconds(2), [this]() { CrashHost(2); });
    RunUntil(Seconds(4));
    Time last;
    for (const Change& change : ChangesOf(ALONE, 2))
    {
        last = std::max(last, change.time);
    }
    const std::vector<Change> combined = ChangesOf(With(3), 2);
    ASSERT_EQ(combined.size(), 3U);
    for (const Change& change : combined)
    {
        EXPECT_GE(change.time, last);
        EXPECT_LE(change.time, last + MilliSeconds(105));
    }
}

TEST_F(FailureDetectorGossipTest, MoreObserversThanThereAreIsRefused)
{
    Build(7, "3");
    Install({With(3)});
    try
    {
        Install({With(4)});
        ADD_FAILURE() << "4 of 3";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_STREQ(error.what(),
                     "detector fixed-timeout: gossip=4, expected at most 3, the number of servers "
                     "that watch server 1");
    }
}

TEST_F(FailureDetectorGossipTest, MoreDetectorsThanFitIntoAHeartbeatAreRefused)
{
    Build(2);
    std::vector<std::string> detectors;
    for (std::size_t i = 0; i <= detection::SuspicionGossip::MAX_DETECTORS; ++i)
    {
        detectors.push_back("fixed-timeout:gossip=1,timeout=" + std::to_string(i + 1) + "s");
    }
    EXPECT_THROW(Install(detectors), std::invalid_argument);
}

} // namespace ns3
