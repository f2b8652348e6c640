#include "fault-cluster.h"

#include <algorithm>
#include <cmath>
#include <map>

using namespace nctest;
using namespace ns3;
using Kind = Seen::Kind;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, double requestRate = 0)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    options.requestRate = requestRate;
    return RunCluster(options);
}

/** Messages of the heartbeat protocol from server 2 that claim another log than it has. */
std::vector<Seen>
Lies(const ClusterRun& run, uint32_t to, double start, double end)
{
    std::vector<Seen> lies;
    for (const Seen& seen : run.From(2, to, start, end))
    {
        const bool own = seen.kind == Kind::HEARTBEAT || seen.kind == Kind::REPLY;
        if (own && seen.heartbeat.GetStatus().lastIndex != seen.truth)
        {
            lies.push_back(seen);
        }
    }
    return lies;
}

std::size_t
Deviations(const ClusterRun& run, uint32_t to, bool withheld)
{
    std::size_t count = 0;
    for (const faults::Deviation& deviation : run.log.deviations)
    {
        count += deviation.to == to && deviation.withheld == withheld;
    }
    return count;
}

/** A server other than 2 that never leads: it gets no answers to AppendEntries from 2. */
uint32_t
Bystander(const ClusterRun& run)
{
    for (const uint32_t id : {1u, 3u, 4u, 5u})
    {
        if (std::find(run.leaders.begin(), run.leaders.end(), id) == run.leaders.end())
        {
            return id;
        }
    }
    ADD_FAILURE() << "everybody led";
    return 1;
}

} // namespace

TEST(ByzantineLying, PutsOtherBytesOnTheWireInItsShareOfMessagesAndLogsEachOfThem)
{
    const ClusterRun run = Play({"byzantine-lying@8+6:node=2,share=0.5,magnitude=50,exact=1"});
    ASSERT_NE(run.leaders.at(9), 2u) << "the seed makes another one lead";
    const uint32_t peer = Bystander(run);
    const auto lies = Lies(run, peer, 8, 15);
    const std::size_t all = run.From(2, peer, 8, 14).size();
    EXPECT_NEAR(static_cast<double>(lies.size()) / all, 0.5, 0.15);
    EXPECT_TRUE(Lies(run, peer, 3, 8).empty()) << "honest before";
    EXPECT_TRUE(Lies(run, peer, 14.01, 20).empty()) << "honest afterwards";
    for (const Seen& lie : lies)
    {
        EXPECT_LE(lie.heartbeat.GetStatus().lastIndex, lie.truth + 50) << "a plausible size";
        EXPECT_LE(lie.heartbeat.GetStatus().commitIndex, lie.heartbeat.GetStatus().lastIndex);
    }
    std::size_t raft = 0;
    for (const SeenMessage& seen : run.messages)
    {
        raft += seen.sent && seen.message.from == 2 && seen.message.to == peer && seen.at >= 8 &&
                seen.at < 14;
    }
    EXPECT_GE(Deviations(run, peer, false), lies.size());
    EXPECT_LE(Deviations(run, peer, false), lies.size() + raft);
    EXPECT_LT(raft, 5u) << "a bystander hears of elections only";
    EXPECT_EQ(Deviations(run, peer, true), 0u);
}

TEST(ByzantineLying, LiesToItsLeaderAboutWhatItHolds)
{
    const ClusterRun run = Play({"byzantine-lying@8+6:node=2,exact=1"}, 20);
    std::map<bool, int> beyond; // of server 2, of others
    raft::Index last = 0;
    for (const SeenMessage& seen : run.messages)
    {
        const auto* append = std::get_if<raft::AppendEntries>(&seen.message.body);
        const auto* reply = std::get_if<raft::AppendEntriesReply>(&seen.message.body);
        if (append && seen.sent)
        {
            last = std::max(last, append->prevLogIndex + append->entries.size());
        }
        else if (reply && seen.sent && seen.at >= 8 && seen.at < 14)
        {
            beyond[seen.message.from == 2] += reply->success && reply->matchIndex > last;
        }
    }
    EXPECT_EQ(beyond[false], 0);
    EXPECT_GT(beyond[true], 0) << "more than anybody ever sent";
}

TEST(ByzantineLying, MayShiftItsClockStampsAndStillGetsItsAnswers)
{
    const ClusterRun run = Play({"byzantine-lying@8+6:node=2,clock=1,share=1,exact=1"});
    const auto heartbeats = run.From(2, Bystander(run), 8.1, 14, Kind::HEARTBEAT);
    ASSERT_FALSE(heartbeats.empty());
    for (const Seen& seen : heartbeats)
    {
        EXPECT_GT(std::abs(seen.at - seen.heartbeat.GetSentAt().count() * 1e-9), 0.04);
    }
    EXPECT_NEAR(run.MeanRoundTrip(2, 4, 8.5, 14), 0.004, 0.001);
}

TEST(ByzantineSelective, IsSilentTowardsSomeAndNormalToTheOthers)
{
    const ClusterRun quiet = Play({});
    const ClusterRun run = Play({"byzantine-selective@8+6:node=2,to=3.4,exact=1"});
    for (const uint32_t ignored : {3u, 4u})
    {
        EXPECT_EQ(run.From(2, ignored, 8.01, 14, Kind::HEARTBEAT).size(), 0u);
        EXPECT_EQ(run.From(2, ignored, 8.01, 14, Kind::REPLY).size(), 0u);
        EXPECT_GT(Deviations(run, ignored, true), 100u) << "heartbeats and replies";
        EXPECT_EQ(Deviations(run, ignored, false), 0u);
        EXPECT_GT(run.From(2, ignored, 14, 15, Kind::HEARTBEAT).size(), 7u);
    }
    EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 1));
    EXPECT_TRUE(SameHeartbeats(quiet, run, 2, 5));
    EXPECT_EQ(Deviations(run, 1, true) + Deviations(run, 5, true), 0u);
}

TEST(ByzantineSelective, PicksHalfOfTheOthersWhereThePlanNamesNone)
{
    const ClusterRun run = Play({"byzantine-selective@8+6:node=2,exact=1"});
    int ignored = 0;
    for (const uint32_t peer : {1u, 3u, 4u, 5u})
    {
        ignored += run.From(2, peer, 8.01, 14, Kind::HEARTBEAT).empty();
    }
    EXPECT_EQ(ignored, 2);
}

TEST(ByzantineEquivocating, TellsTwoHalvesDifferentThings)
{
    const ClusterRun run = Play({"byzantine-equivocating@8+6:node=2,magnitude=40,exact=1"});
    std::map<uint64_t, int> versions; // last index -> how many peers hear it
    uint64_t truth = 0;
    for (const uint32_t peer : {1u, 3u, 4u, 5u})
    {
        std::map<uint64_t, int> heard;
        for (const Seen& seen : run.From(2, peer, 8.1, 14, Kind::HEARTBEAT))
        {
            ++heard[seen.heartbeat.GetStatus().lastIndex];
            truth = seen.truth; // nobody asks for anything: it doesn't change
        }
        EXPECT_EQ(heard.size(), 1u) << "to each one it keeps to its story";
        ++versions[heard.begin()->first];
    }
    EXPECT_EQ(versions, (std::map<uint64_t, int>{{0, 2}, {truth + 40, 2}}));
}

TEST(ByzantineEquivocating, AsALeaderSendsOtherCommandsUnderTheSameTermAndIndex)
{
    const ClusterRun run = Play({"byzantine-equivocating@8+3:node=leader,exact=1"}, 30);
    const uint32_t leader = run.Target();
    std::map<std::pair<raft::Term, raft::Index>, std::map<std::string, std::set<uint32_t>>> told;
    for (const SeenMessage& seen : run.messages)
    {
        const auto* append = std::get_if<raft::AppendEntries>(&seen.message.body);
        if (append && seen.sent && seen.message.from == leader && seen.at >= 8)
        {
            for (std::size_t i = 0; i < append->entries.size(); ++i)
            {
                const raft::Entry& entry = append->entries[i];
                if (entry.command)
                {
                    told[{entry.term, append->prevLogIndex + i + 1}][*entry.command].insert(
                        seen.message.to);
                }
            }
        }
    }
    int equivocations = 0;
    for (const auto& [where, versions] : told)
    {
        equivocations += versions.size() == 2;
        EXPECT_LE(versions.size(), 2u);
    }
    EXPECT_GT(equivocations, 10);
}

TEST(ByzantineTermInflation, UnseatsLeadersWhomPreVoteDoesNotProtect)
{
    const ClusterRun run = Play({"byzantine-term-inflation@8+8:node=2,period=1s,exact=1"});
    std::map<bool, std::set<raft::Term>> ruled; // before the fault and after it, while it lasts
    for (const SeenMessage& seen : run.messages)
    {
        if (std::holds_alternative<raft::AppendEntries>(seen.message.body) && !seen.sent &&
            seen.message.from != 2 && (seen.at < 16 || seen.at > 18))
        {
            ruled[seen.at >= 8 && seen.at < 16].insert(seen.message.term);
        }
    }
    EXPECT_LE(ruled[false].size(), 2u) << "one leader before and one afterwards";
    EXPECT_GE(ruled[true].size(), 4u) << "about one a second";
    EXPECT_GT(*ruled[true].rbegin(), *ruled[false].begin() + 4);
}

TEST(ByzantineVoteWithholding, LetsSomeCandidatesDownAndAnswersTheOthers)
{
    std::map<bool, int> answers; // to its targets, to others
    std::size_t withheld = 0;
    for (uint32_t seed = 1; seed <= 6; ++seed)
    {
        ClusterOptions options;
        options.seed = seed;
        options.faults = {"byzantine-vote-withholding@8+8:node=2,to=3.4,exact=1",
                          "host-crash@9+2:node=leader,exact=1",
                          "host-crash@13+2:node=leader,exact=1"};
        const ClusterRun run = RunCluster(options);
        for (const SeenMessage& seen : run.messages)
        {
            if (seen.sent && seen.message.from == 2 && seen.at >= 8 && seen.at < 16 &&
                std::holds_alternative<raft::RequestVoteReply>(seen.message.body))
            {
                ++answers[seen.message.to == 3 || seen.message.to == 4];
            }
        }
        withheld += Deviations(run, 3, true) + Deviations(run, 4, true);
        EXPECT_EQ(Deviations(run, 1, true) + Deviations(run, 5, true), 0u);
    }
    EXPECT_EQ(answers[true], 0);
    EXPECT_GT(answers[false], 0);
    EXPECT_GT(withheld, 0u);
}

TEST(Byzantine, BehavesTheSameForTheSameSeed)
{
    const auto deviations = [](const ClusterRun& run) {
        std::vector<std::pair<int64_t, uint64_t>> list;
        for (const faults::Deviation& deviation : run.log.deviations)
        {
            list.emplace_back(deviation.at.count(), deviation.magnitude);
        }
        return list;
    };
    const std::string fault = "byzantine-lying@8+6:node=2,share=0.4,exact=1";
    const auto first = deviations(Play({fault}));
    EXPECT_GT(first.size(), 50u);
    EXPECT_EQ(first, deviations(Play({fault})));
}

TEST(Byzantine, CombinesTwoBehavioursOfOneServer)
{
    const ClusterRun run = Play(
        {"byzantine-lying@8+6:node=2,exact=1", "byzantine-selective@10+2:node=2,to=3,exact=1"});
    EXPECT_FALSE(Lies(run, 3, 8.1, 10).empty());
    EXPECT_EQ(run.From(2, 3, 10.01, 12, Kind::HEARTBEAT).size(), 0u);
    EXPECT_FALSE(Lies(run, 3, 12.1, 14).empty()) << "the first one goes on";
}
