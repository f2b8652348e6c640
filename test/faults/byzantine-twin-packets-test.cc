#include "fault-cluster.h"

#include <algorithm>
#include <map>
#include <tuple>

using namespace nctest;
using namespace ns3;
using Kind = Seen::Kind;

namespace
{

ClusterRun
Play(std::vector<std::string> faults, double seconds = 20, double requestRate = 0)
{
    ClusterOptions options;
    options.faults = std::move(faults);
    options.seconds = seconds;
    options.requestRate = requestRate;
    return RunCluster(options);
}

uint32_t
Leader()
{
    static const uint32_t leader = Play({}, 9).leaders.at(8);
    return leader;
}

/** Two servers other than the given one, as a list of targets. */
std::string
TwoOthers(uint32_t than)
{
    return than == 1 ? "2.3" : than == 2 ? "1.3" : "1.2";
}

bool
Hears(const std::string& targets, uint32_t peer)
{
    return targets.find(std::to_string(peer)) != std::string::npos;
}

/** All that a status says. */
std::tuple<uint64_t, uint64_t, uint64_t, bool>
Fields(const Seen& seen)
{
    const detection::PeerStatus& status = seen.heartbeat.GetStatus();
    return {status.term, status.lastIndex, status.commitIndex, status.leader};
}

/** Terms in which a server says that it leads, by who hears it, in [start, end). */
std::map<uint32_t, std::set<raft::Term>>
Leading(const ClusterRun& run, uint32_t server, double start, double end)
{
    std::map<uint32_t, std::set<raft::Term>> terms;
    for (const Seen& seen : run.From(server, 0, start, end, Kind::HEARTBEAT))
    {
        if (seen.heartbeat.GetStatus().leader)
        {
            terms[seen.to].insert(seen.heartbeat.GetStatus().term);
        }
    }
    return terms;
}

std::vector<std::tuple<double, uint32_t, raft::Term, std::size_t>>
Course(const ClusterRun& run)
{
    std::vector<std::tuple<double, uint32_t, raft::Term, std::size_t>> course;
    for (const SeenMessage& seen : run.messages)
    {
        course.emplace_back(seen.at, seen.message.to, seen.message.term, seen.message.body.index());
    }
    return course;
}

} // namespace

TEST(ByzantineTwin, OfALeaderSplitsTheIdentityIntoTwoStateMachines)
{
    const uint32_t leader = Leader();
    ASSERT_NE(leader, 0u);
    const std::string targets = TwoOthers(leader);
    const ClusterRun run =
        Play({"byzantine-twin@8+8:node=" + std::to_string(leader) + ",to=" + targets + ",exact=1"});
    std::map<bool, std::set<raft::Term>> appended; // to the twin's side, to the other
    for (const SeenMessage& seen : run.messages)
    {
        if (seen.sent && seen.message.from == leader && seen.at > 8.01 && seen.at < 16 &&
            std::holds_alternative<raft::AppendEntries>(seen.message.body))
        {
            appended[Hears(targets, seen.message.to)].insert(seen.message.term);
        }
    }
    EXPECT_FALSE(appended[false].empty()) << "the first goes on as a leader";
    bool differ = false;
    for (const uint32_t one : {1u, 2u, 3u, 4u, 5u})
    {
        for (const uint32_t other : {1u, 2u, 3u, 4u, 5u})
        {
            if (one == leader || other == leader || !Hears(targets, one) || Hears(targets, other))
            {
                continue;
            }
            const auto heardByOne = run.From(leader, one, 12, 12.5, Kind::HEARTBEAT);
            const auto heardByOther = run.From(leader, other, 12, 12.5, Kind::HEARTBEAT);
            ASSERT_FALSE(heardByOne.empty() || heardByOther.empty()) << "both twins send";
            differ |= Fields(heardByOne[0]) != Fields(heardByOther[0]);
        }
    }
    EXPECT_TRUE(differ) << "one identity, two states";
}

TEST(ByzantineTwin, MayLeadBothHalvesInDifferentTerms)
{
    const uint32_t leader = Leader();
    const std::string targets = TwoOthers(leader);
    int split = 0;
    for (const int seed : {1, 2, 3, 4, 5, 6})
    {
        const ClusterRun run =
            Play({"byzantine-twin@8+8:node=" + std::to_string(leader) + ",to=" + targets +
                  ",seed=" + std::to_string(seed) + ",exact=1"});
        std::map<bool, std::set<raft::Term>> sides;
        for (const auto& [peer, terms] : Leading(run, leader, 8.5, 16))
        {
            sides[Hears(targets, peer)].insert(terms.begin(), terms.end());
        }
        split += !sides[true].empty() && !sides[false].empty() && sides[true] != sides[false];
    }
    EXPECT_GT(split, 0) << "no twin ever won its half";
}

TEST(ByzantineTwin, DeviatesTowardsItsSideOnlyAndEndsWithItsFault)
{
    const ClusterRun run = Play({"byzantine-twin@8+4:node=2,to=4,exact=1"});
    ASSERT_FALSE(run.log.deviations.empty());
    for (const faults::Deviation& deviation : run.log.deviations)
    {
        EXPECT_EQ(deviation.from, 2u);
        EXPECT_EQ(deviation.to, 4u);
        EXPECT_EQ(deviation.kind, faults::FaultKind::BYZANTINE_TWIN);
        EXPECT_LT(deviation.at, std::chrono::seconds(12));
    }
    for (const SeenMessage& seen : run.messages)
    {
        EXPECT_FALSE(seen.sent && seen.message.from == 2 && seen.message.to == 4 &&
                     std::holds_alternative<raft::RequestVote>(seen.message.body) &&
                     (seen.at < 8 || seen.at > 12.0))
            << seen.at;
    }
    const auto end = run.From(2, 4, 19, 20, Kind::HEARTBEAT);
    const auto other = run.From(2, 5, 19, 20, Kind::HEARTBEAT);
    ASSERT_FALSE(end.empty() || other.empty());
    EXPECT_EQ(Fields(end.back()), Fields(other.back())) << "one server again";
}

TEST(ByzantineTwin, DiesAndRestartsWithItsHost)
{
    const uint32_t leader = Leader();
    const std::string node = std::to_string(leader);
    const ClusterRun run =
        Play({"byzantine-twin@8+9:node=" + node + ",to=" + TwoOthers(leader) + ",exact=1",
              "process-crash@11+2:node=" + node + ",exact=1"});
    int before = 0;
    int after = 0;
    for (const faults::Deviation& deviation : run.log.deviations)
    {
        const double at = deviation.at.count() * 1e-9;
        EXPECT_FALSE(at > 11 && at < 13) << "nothing is sent by the dead";
        before += at <= 11;
        after += at >= 13;
    }
    EXPECT_GT(before, 0);
    EXPECT_GT(after, 0);
}

TEST(ByzantineTwin, TakesTheSameCourseForTheSameSeed)
{
    const std::string fault = "byzantine-twin@8+8:node=leader";
    const auto first = Course(Play({fault}, 20, 20));
    EXPECT_GT(first.size(), 1000u);
    EXPECT_EQ(first, Course(Play({fault}, 20, 20)));
}

TEST(ByzantineTwin, MayStartWhereNoProcessRuns)
{
    const ClusterRun run =
        Play({"process-crash@7+3:node=2,exact=1", "byzantine-twin@8+8:node=2,to=4,exact=1"});
    EXPECT_FALSE(run.log.deviations.empty()) << "it wakes with the first";
    EXPECT_GE(run.log.deviations.front().at, std::chrono::seconds(10));
}
