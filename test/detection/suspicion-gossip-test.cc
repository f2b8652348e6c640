#include "detection-test-support.h"

#include "ns3/suspicion-gossip.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

using Change = SuspicionGossip::Change;
using Changes = std::vector<Change>;
using Servers = std::set<uint32_t>;

SuspectSet
SetOf(const Servers& servers)
{
    SuspectSet set;
    for (const uint32_t server : servers)
    {
        set.Set(server, true);
    }
    return set;
}

Servers
ServersIn(const SuspectSet& set)
{
    Servers servers;
    for (uint32_t server = 0; server <= SuspectSet::MAX_SERVER + 1; ++server)
    {
        if (set.Has(server))
        {
            servers.insert(server);
        }
    }
    return servers;
}

PeerArrival
HeartbeatOf(uint32_t peer, uint64_t sequence, Nanos arrived)
{
    PeerArrival arrival = Heartbeat(sequence, arrived);
    arrival.peer = peer;
    return arrival;
}

} // namespace

/** Server 1 watches 2 to 5 with one detector that wants two votes; votes live for a second. */
class SuspicionGossipTest : public ::testing::Test
{
  protected:
    /** A heartbeat of a voter arrives, at a time in ms, and tells whom it suspects. */
    Changes Hear(uint32_t voter, double ms, const Servers& suspects)
    {
        return m_gossip.Hear(HeartbeatOf(voter, ++m_sequence, Ms(ms)), {SetOf(suspects)});
    }

    /** @return the peers that are suspected by now */
    Servers Suspected() const
    {
        Servers suspected;
        for (uint32_t target = 1; target <= 6; ++target)
        {
            if (m_gossip.Suspects(0, target))
            {
                suspected.insert(target);
            }
        }
        return suspected;
    }

    SuspicionGossip m_gossip{{2, 3, 4, 5}, {2}, Ms(1000)};
    uint64_t m_sequence{0};
};

TEST(SuspicionGossip, SuspectsWhenKOfThoseWhoWatchDoWhoeverTheyAreAndInWhateverOrder)
{
    for (uint32_t k = 1; k <= 4; ++k)
    {
        std::vector<uint32_t> voters{1, 3, 4, 5}; // 1 is this observer
        do
        {
            SuspicionGossip gossip({2, 3, 4, 5}, {k}, Ms(1000));
            for (uint32_t votes = 1; votes <= voters.size(); ++votes)
            {
                const uint32_t voter = voters[votes - 1];
                if (voter == 1)
                {
                    gossip.SetOwn(0, 2, true);
                }
                else
                {
                    const Changes changes =
                        gossip.Hear(HeartbeatOf(voter, 1, Ms(votes)), {SetOf({2})});
                    EXPECT_EQ(changes, votes == k ? (Changes{{2, 0}}) : Changes());
                }
                EXPECT_EQ(gossip.CountVotes(0, 2), votes);
                EXPECT_EQ(gossip.Suspects(0, 2), votes >= k) << votes << " votes, k " << k;
                EXPECT_FALSE(gossip.Suspects(0, 3));
            }
        } while (std::next_permutation(voters.begin(), voters.end()));
    }
}

TEST_F(SuspicionGossipTest, AVoteStandsUntilItsVoterSaysSomethingElse)
{
    EXPECT_EQ(Hear(3, 100, {2}), Changes());
    EXPECT_EQ(Hear(4, 150, {2, 5}), (Changes{{2, 0}}));
    EXPECT_EQ(Hear(3, 200, {2, 5}), (Changes{{5, 0}}));
    EXPECT_EQ(Suspected(), Servers({2, 5}));
    EXPECT_EQ(Hear(3, 300, {5}), (Changes{{2, 0}}));
    EXPECT_EQ(Suspected(), Servers({5}));
    EXPECT_EQ(Hear(4, 350, {}), (Changes{{5, 0}}));
    EXPECT_EQ(Suspected(), Servers());
}

TEST_F(SuspicionGossipTest, TheOwnOpinionCountsAsOneAndIsAllThatIsTold)
{
    Hear(3, 100, {2, 4});
    EXPECT_EQ(ServersIn(m_gossip.GetOwn().at(0)), Servers());
    m_gossip.SetOwn(0, 2, true);
    m_gossip.SetOwn(0, 2, true);
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 2U);
    EXPECT_EQ(Suspected(), Servers({2}));
    EXPECT_EQ(ServersIn(m_gossip.GetOwn().at(0)), Servers({2})) << "4 is hearsay";
    m_gossip.SetOwn(0, 2, false);
    EXPECT_EQ(Suspected(), Servers());
    EXPECT_EQ(ServersIn(m_gossip.GetOwn().at(0)), Servers());
}

TEST_F(SuspicionGossipTest, AVoteThatIsNotRepeatedForItsLifeIsDropped)
{
    EXPECT_EQ(m_gossip.Deadline(), std::nullopt);
    Hear(3, 100, {2});
    Hear(4, 150, {2, 5});
    EXPECT_EQ(m_gossip.Deadline(), Ms(1100));
    Hear(3, 200, {2}); // the last that is heard of 3
    EXPECT_EQ(m_gossip.Deadline(), Ms(1150));
    Hear(4, 1100, {2, 5});
    EXPECT_EQ(m_gossip.Deadline(), Ms(1200));
    EXPECT_EQ(m_gossip.Expire(Ms(1199.999)), Changes());
    EXPECT_EQ(Suspected(), Servers({2}));
    EXPECT_EQ(m_gossip.Expire(Ms(1200)), (Changes{{2, 0}}));
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 1U);
    EXPECT_EQ(m_gossip.Deadline(), Ms(2100));
    EXPECT_EQ(m_gossip.Expire(Ms(5000)), Changes());
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 0U);
    EXPECT_EQ(m_gossip.Deadline(), std::nullopt);
    EXPECT_EQ(Hear(3, 6000, {2}), Changes()) << "it may vote again";
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 1U);
}

TEST_F(SuspicionGossipTest, OnlyAccusationsGrowTooOld)
{
    Hear(3, 100, {});
    EXPECT_EQ(m_gossip.Deadline(), std::nullopt);
    m_gossip.SetOwn(0, 2, true);
    EXPECT_EQ(m_gossip.Deadline(), std::nullopt) << "the own opinion is always fresh";
    EXPECT_EQ(m_gossip.Expire(Ms(100000)), Changes());
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 1U);
}

TEST_F(SuspicionGossipTest, AHeartbeatThatWasOvertakenOrRepeatedHasNoSay)
{
    const auto hear = [this](uint64_t sequence, double ms, double sentMs, const Servers& suspects) {
        PeerArrival heartbeat = HeartbeatOf(3, sequence, Ms(ms));
        heartbeat.peerClock = Ms(sentMs);
        m_gossip.Hear(heartbeat, {SetOf(suspects)});
    };
    m_gossip.SetOwn(0, 2, true);
    hear(5, 100, 90, {2});
    hear(4, 110, 0, {});
    EXPECT_EQ(Suspected(), Servers({2}));
    hear(5, 900, 90, {2});
    EXPECT_EQ(m_gossip.Deadline(), Ms(1100)) << "a duplicate does not keep a vote alive";
    hear(6, 950, 190, {});
    hear(5, 960, 90, {2});
    EXPECT_EQ(Suspected(), Servers());
}

TEST_F(SuspicionGossipTest, AVoterThatRestartsBeginsAnew)
{
    m_sequence = 500;
    m_gossip.SetOwn(0, 2, true);
    Hear(3, 100, {2});
    EXPECT_EQ(Suspected(), Servers({2}));
    m_sequence = 0;
    EXPECT_EQ(Hear(3, 700, {}), (Changes{{2, 0}}));
    EXPECT_EQ(Hear(3, 800, {2}), (Changes{{2, 0}}));
}

TEST_F(SuspicionGossipTest, ALiarHasOneVoteOnEachPeerHoweverOftenItLies)
{
    for (int i = 0; i < 100; ++i)
    {
        EXPECT_EQ(Hear(3, 10 * i, {1, 2, 3, 4, 5, 6, 200, 256}), Changes());
        EXPECT_EQ(Suspected(), Servers());
    }
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 1U);
}

TEST_F(SuspicionGossipTest, NobodyVotesOnItselfOrOnWhomThisObserverDoesNotWatch)
{
    m_gossip.SetOwn(0, 3, true);
    m_gossip.SetOwn(0, 6, true);
    EXPECT_EQ(Hear(3, 100, {3}), Changes());
    EXPECT_EQ(m_gossip.Deadline(), std::nullopt);
    for (uint32_t voter = 4; voter <= 6; ++voter)
    {
        EXPECT_EQ(Hear(voter, 100, {1, 6}), Changes());
    }
    EXPECT_EQ(m_gossip.CountVotes(0, 1), 0U);
    EXPECT_EQ(m_gossip.CountVotes(0, 6), 0U);
    EXPECT_EQ(ServersIn(m_gossip.GetOwn().at(0)), Servers({3}));
    EXPECT_EQ(Hear(6, 200, {3}), (Changes{{3, 0}})) << "one whom it does not watch may vote";
}

TEST_F(SuspicionGossipTest, WhatIsNoVoteIsIgnored)
{
    m_gossip.SetOwn(0, 2, true);
    const SuspectSet two = SetOf({2});
    EXPECT_EQ(m_gossip.Hear(HeartbeatOf(3, 1, Ms(1)), {}), Changes()) << "no detector";
    EXPECT_EQ(m_gossip.Hear(HeartbeatOf(3, 2, Ms(2)), {two, two}), Changes()) << "one too many";
    EXPECT_EQ(m_gossip.Hear(HeartbeatOf(0, 3, Ms(3)), {two}), Changes()) << "nobody";
    EXPECT_EQ(m_gossip.Hear(HeartbeatOf(257, 4, Ms(4)), {two}), Changes()) << "nobody";
    EXPECT_EQ(m_gossip.Hear(HeartbeatOf(0xffffffff, 5, Ms(5)), {two}), Changes()) << "nobody";
    PeerArrival reply = HeartbeatOf(3, 6, Ms(6));
    reply.kind = PeerArrival::Kind::REPLY;
    EXPECT_EQ(m_gossip.Hear(reply, {two}), Changes());
    EXPECT_EQ(m_gossip.CountVotes(0, 2), 1U);
    EXPECT_EQ(m_gossip.Hear(HeartbeatOf(256, 1, Ms(7)), {two}), (Changes{{2, 0}}));
}

TEST(SuspicionGossip, KeepsDetectorsApartAndNamesWhatTurnedByTargetThenDetector)
{
    SuspicionGossip gossip({2, 3, 100}, {1, 2, 1}, Ms(1000));
    EXPECT_EQ(gossip.Hear(HeartbeatOf(4, 1, Ms(1)), {SetOf({3, 100}), SetOf({2}), SetOf({2, 3})}),
              (Changes{{2, 2}, {3, 0}, {3, 2}, {100, 0}}));
    EXPECT_EQ(gossip.Hear(HeartbeatOf(5, 1, Ms(2)), {SetOf({}), SetOf({2}), SetOf({2})}),
              (Changes{{2, 1}}));
    EXPECT_EQ(gossip.Expire(Ms(2000)), (Changes{{2, 1}, {2, 2}, {3, 0}, {3, 2}, {100, 0}}));
}

TEST(SuspicionGossip, RefusesWhatItCannotCount)
{
    const auto make = [](const std::vector<uint32_t>& watched,
                         std::vector<uint32_t> quorums,
                         Nanos life) { SuspicionGossip(watched, std::move(quorums), life); };
    EXPECT_NO_THROW(make({1, 256}, std::vector<uint32_t>(64, 1), Nanos(1)));
    EXPECT_THROW(make({0}, {1}, Ms(1)), std::invalid_argument);
    EXPECT_THROW(make({257}, {1}, Ms(1)), std::invalid_argument);
    EXPECT_THROW(make({1}, {1, 0}, Ms(1)), std::invalid_argument);
    EXPECT_THROW(make({1}, {1}, Nanos(0)), std::invalid_argument);
}

TEST(SuspicionGossip, AgreesWithACountOfAllFreshVotesOnRandomTimelines)
{
    struct Told
    {
        Nanos at{};
        std::vector<Servers> suspects;
    };

    for (uint32_t seed = 1; seed <= 50; ++seed)
    {
        std::mt19937 random(seed);
        const std::vector<uint32_t> quorums{1, 2, 3};
        const std::vector<uint32_t> watched{2, 3, 65, 130};
        const std::vector<uint32_t> voters{2, 3, 4, 65, 200};
        SuspicionGossip gossip(watched, quorums, Ms(50));
        std::map<uint32_t, Told> told;
        std::vector<Servers> own(quorums.size());
        std::map<std::pair<uint32_t, std::size_t>, bool> suspected;
        Nanos now{0};
        for (uint64_t step = 1; step <= 500; ++step)
        {
            now += Ms(static_cast<double>(random() % 20));
            Changes changes;
            if (random() % 4 == 0)
            {
                const std::size_t detector = random() % quorums.size();
                const uint32_t target = watched[random() % watched.size()];
                const bool in = random() % 2 == 0;
                gossip.SetOwn(detector, target, in);
                suspected[{target, detector}] = gossip.Suspects(detector, target);
                in ? (void)own[detector].insert(target) : (void)own[detector].erase(target);
            }
            else
            {
                Told news{now, std::vector<Servers>(quorums.size())};
                Suspicions sets;
                for (Servers& suspects : news.suspects)
                {
                    for (const uint32_t target : {2U, 3U, 9U, 65U, 130U, 256U})
                    {
                        if (random() % 3 == 0)
                        {
                            suspects.insert(target);
                        }
                    }
                    sets.push_back(SetOf(suspects));
                }
                const uint32_t voter = voters[random() % voters.size()];
                changes = gossip.Hear(HeartbeatOf(voter, step, now), sets);
                told[voter] = news;
            }
            const Changes expired = gossip.Expire(now);
            changes.insert(changes.end(), expired.begin(), expired.end());
            for (const uint32_t target : watched)
            {
                for (std::size_t detector = 0; detector < quorums.size(); ++detector)
                {
                    uint32_t votes = own[detector].count(target);
                    for (const auto& [voter, news] : told)
                    {
                        votes += voter != target && now - news.at < Ms(50)
                                     ? news.suspects[detector].count(target)
                                     : 0;
                    }
                    ASSERT_EQ(gossip.CountVotes(detector, target), votes) << "seed " << seed;
                    const bool is = votes >= quorums[detector];
                    ASSERT_EQ(gossip.Suspects(detector, target), is);
                    const auto times =
                        std::count(changes.begin(), changes.end(), Change{target, detector});
                    const bool was = suspected[{target, detector}];
                    ASSERT_EQ(times % 2 == 1, was != is) << "what turned is named";
                    suspected[{target, detector}] = is;
                }
            }
        }
    }
}

TEST(SuspectSet, ComesBackFromItsBytes)
{
    for (const Servers& servers : {Servers{}, {1}, {8}, {9}, {64, 65}, {1, 100, 200}, {256}})
    {
        const SuspectSet set = SetOf(servers);
        EXPECT_EQ(ServersIn(set), servers);
        EXPECT_EQ(set.IsEmpty(), servers.empty());
        const uint32_t bytes = set.CountBytes();
        EXPECT_EQ(bytes, servers.empty() ? 0 : (*servers.rbegin() + 7) / 8);
        SuspectSet back;
        for (uint32_t i = 0; i < bytes; ++i)
        {
            back.AddByte(i, set.GetByte(i));
        }
        EXPECT_TRUE(back == set);
    }
}

TEST(SuspectSet, HoldsNoIdBeyondItsRange)
{
    SuspectSet set;
    for (const uint32_t server : {0U, 257U, 0xffffffffU})
    {
        set.Set(server, true);
        EXPECT_FALSE(set.Has(server));
    }
    EXPECT_TRUE(set.IsEmpty());
}

} // namespace ns3::detection
