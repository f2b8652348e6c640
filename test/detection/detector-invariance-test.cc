// What must not matter to a detector, and what it may not cost, for every detector there is.
#include "raft/raft-allocation-count.h"
#include "recorded-heartbeats.h"

#include <gtest/gtest.h>
#include <map>

namespace ns3::detection
{

namespace
{

/** What makes each detector suspect now and then, where its defaults don't. */
std::string
Nervous(const std::string& name)
{
    const std::map<std::string, std::string> keys = {
        {"fixed-timeout", ":timeout=150ms"},
        {"chen-nfd-s", ":alpha=50ms"},
        {"chen-nfd-e", ":alpha=50ms,window=7"},
        {"phi-gaussian", ":threshold=1.5,window=50"},
        {"phi-logistic", ":threshold=1.5,window=50"},
        {"cassandra", ":threshold=0.7,window=50"},
        {"two-window", ":margin=30ms,short=3,long=64"},
        {"dynatune", ":reliability=0.5,safety=1,window=33"},
    };
    const auto known = keys.find(name);
    return name + (known == keys.end() ? "" : known->second);
}

/** The same recording where the observer's clock shows more by `shift`. */
Recording
Shifted(Recording recording, Nanos shift)
{
    for (Recorded& heartbeat : recording)
    {
        if (heartbeat.arrived)
        {
            *heartbeat.arrived += shift;
        }
    }
    return recording;
}

std::vector<Change>
Shifted(std::vector<Change> changes, Nanos shift)
{
    for (auto& [time, suspected, level] : changes)
    {
        time += shift;
    }
    return changes;
}

} // namespace

TEST(EveryDetector, ThinksTheSameWhateverTheSkewBetweenTheClocksButNfdS)
{
    for (uint64_t seed = 1; seed <= 5; ++seed)
    {
        const Recording recording = RandomRecording(seed, 3000, {0.1, 20, 1, false});
        for (const std::string& name : FailureDetectorNames())
        {
            const auto changes = ChangesOf(Nervous(name), recording);
            ASSERT_GT(changes.size(), 20U) << name;
            for (Nanos shift : {Ms(-1), Ms(77.123457), Ms(-3600e3), Nanos(1), Ms(1.6e12)})
            {
                const auto skewed = ChangesOf(Nervous(name), Shifted(recording, shift));
                const bool same = skewed == Shifted(changes, shift);
                EXPECT_EQ(same, name != "chen-nfd-s") << name << ", ns " << shift.count();
            }
        }
    }
}

TEST(EveryDetector, ThinksTheSameWhateverNumberThePeerBeginsWith)
{
    const Recording recording = RandomRecording(7, 3000, {0.1, 20, 1, false});
    for (const std::string& name : FailureDetectorNames())
    {
        const auto changes = ChangesOf(Nervous(name), recording);
        ASSERT_GT(changes.size(), 20U) << name;
        for (uint64_t first : {uint64_t{4000000000}, uint64_t{1} << 63})
        {
            Recording numbered = recording;
            for (Recorded& heartbeat : numbered)
            {
                heartbeat.sequence += first;
            }
            EXPECT_EQ(ChangesOf(Nervous(name), numbered), changes) << name << ", from " << first;
        }
    }
}

TEST(EveryDetector, ThinksTheSameWheneverTheRecordingWasMade)
{
    const Recording recording = RandomRecording(6, 3000, {0.1, 20, 1, false});
    for (const std::string& name : FailureDetectorNames())
    {
        const auto changes = ChangesOf(Nervous(name), recording);
        for (Nanos shift : {Ms(-5000), Ms(1.6e12) + Nanos(1)})
        {
            Recording later = Shifted(recording, shift);
            for (Recorded& heartbeat : later)
            {
                heartbeat.sent += shift;
            }
            EXPECT_EQ(ChangesOf(Nervous(name), later), Shifted(changes, shift)) << name;
        }
    }
}

TEST(EveryDetector, AsksForNoMemoryOnceItsWindowIsFull)
{
    const Recording recording = RandomRecording(7, 20000, {0.1, 20, 1, false});
    const auto order = ArrivalOrder(recording);
    for (const std::string& name : FailureDetectorNames())
    {
        const auto detector = MakeFailureDetector(name, {});
        detector->Start(Nanos(0));
        std::size_t before = 0;
        double levels = 0;
        for (std::size_t i = 0; i < order.size(); ++i)
        {
            if (i == 2000) // twice the longest window
            {
                before = raft::test::CountAllocations();
            }
            const PeerArrival arrival = ToArrival(recording[order[i]]);
            detector->OnArrival(arrival);
            levels += detector->Suspects(arrival.arrived) ? 1 : detector->Level(arrival.arrived);
            levels += detector->Deadline() ? 1 : 0;
        }
        EXPECT_EQ(raft::test::CountAllocations(), before) << name;
        EXPECT_NE(levels, 0) << name;
    }
}

TEST(PairReplay, AsksForMemoryForNewMagnitudesOfSpansAndNotForHeartbeats)
{
    PairReplay replay{PairReplaySettings()};
    for (const std::string& name : FailureDetectorNames())
    {
        const DetectorSpec spec = ParseDetectorSpec(Nervous(name));
        replay.AddDetector(MakeFailureDetector(spec.name, spec.parameters));
    }
    Recording recording = RandomRecording(8, 200000, {0.1, 20, 0.2, true});
    std::size_t before = 0;
    for (std::size_t i = 0; i < recording.size(); ++i)
    {
        if (i == 150000)
        {
            before = raft::test::CountAllocations();
        }
        const uint64_t known =
            replay.OnSent(recording[i].sequence, recording[i].sent, !recording[i].arrived);
        if (recording[i].arrived)
        {
            replay.OnArrival(known, ToArrival(recording[i]));
        }
    }
    EXPECT_LT(raft::test::CountAllocations() - before, 300U) << "of 50000 heartbeats";
}

} // namespace ns3::detection
