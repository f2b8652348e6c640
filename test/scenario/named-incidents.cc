#include "named-scenario.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

namespace nctest
{

namespace
{

using Servers = std::set<int>;
using Pairs = std::set<std::pair<int, int>>;

const std::string RAFT = "--ns3::RaftApplication::";

/** All pairs of five servers of which none is this one. */
Pairs
PairsWithout(int excluded)
{
    Pairs pairs;
    for (int observer = 1; observer <= 5; ++observer)
    {
        for (int target = 1; target <= 5; ++target)
        {
            if (observer != target && observer != excluded && target != excluded)
            {
                pairs.insert({observer, target});
            }
        }
    }
    return pairs;
}

void
ExpectCloudflare(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{3});
    const auto winners = run.Elected(8, 34);
    EXPECT_GE(winners.size(), 5U);
    EXPECT_EQ(std::count(winners.begin(), winners.end(), 1), 0) << "its log is behind";
    EXPECT_GE(run.summary["raft"]["highest_term"], 10);
    EXPECT_GT(run.summary["raft"]["leaderless_s"], 8);
    EXPECT_GT(run.LongestSilence(8, 32), 1);
    EXPECT_EQ(run.SuspicionsAt(20), (Pairs{{1, 3}, {3, 1}}));
    EXPECT_EQ(run.AllSuspicions(), (Pairs{{1, 3}, {3, 1}})) << "somebody suspects the third";
    EXPECT_TRUE(run.Elected(35, 40).empty()) << "it goes on after the heal";
}

void
ExpectCloudflareWithPreVotes(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{3});
    EXPECT_TRUE(run.Elected(4.5, 40).empty());
    EXPECT_EQ(run.LeadersAt(40), Servers{3});
    EXPECT_LT(run.LongestSilence(8, 40), 1);
    EXPECT_EQ(run.SuspicionsAt(20), (Pairs{{1, 3}, {3, 1}}));
    EXPECT_EQ(run.summary["clients"]["availability"], 1);
}

void
ExpectQuorumLoss(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{3});
    EXPECT_TRUE(run.Elected(4.5, 34).empty());
    EXPECT_EQ(run.LeadersAt(23.9), Servers{3});
    EXPECT_EQ(run.Answered("put", 8.1, 24), 0U);
    EXPECT_EQ(run.Answered("get", 8.1, 24), 0U);
    EXPECT_GT(run.Answered("put", 25, 34), 20U);
    EXPECT_EQ(run.AllSuspicions(), PairsWithout(1));
}

void
ExpectQuorumLossWithCheckQuorum(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{3});
    EXPECT_EQ(run.Elected(8, 34), std::vector<int>{1});
    EXPECT_EQ(run.LeadersAt(14), Servers{1});
    EXPECT_LT(run.LongestSilence(8, 34), 4);
    EXPECT_EQ(run.AllSuspicions(), PairsWithout(1));
}

void
ExpectConstrainedElection(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{3});
    EXPECT_GT(run.Answered("put", 8.1, 9), 0U) << "the hub is not behind";
    EXPECT_EQ(run.Answered("put", 9.1, 25), 0U);
    EXPECT_TRUE(run.LeadersAt(12).empty());
    EXPECT_TRUE(run.Elected(9, 25).empty());
    const auto winners = run.Elected(25, 34);
    ASSERT_FALSE(winners.empty());
    EXPECT_EQ((Servers{2, 3, 5}.count(winners.front())), 1U) << "it lacked committed entries";
    EXPECT_GT(run.Answered("put", 28, 34), 10U);

    const NamedRun plain("omni-paxos-constrained-election",
                         RAFT + "PreVote=false " + RAFT + "CheckQuorum=false " + RAFT +
                             "LeaderStickiness=false");
    EXPECT_EQ(plain.Answered("put", 9.1, 25), 0U) << "plain Raft gets out of it";
    EXPECT_TRUE(plain.Elected(9, 25).empty());
}

void
ExpectChained(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{2});
    const auto winners = run.Elected(8, 34);
    ASSERT_GE(winners.size(), 3U);
    EXPECT_EQ(std::count(winners.begin(), winners.end(), 3), 0) << "its log is behind";
    EXPECT_EQ(std::count(winners.begin(), winners.end(), 1), 1) << "the middle wins at last";
    EXPECT_EQ(winners.back(), 1) << "the middle is unseated";
    EXPECT_EQ(run.AllSuspicions(), (Pairs{{2, 3}, {3, 2}}));

    const NamedRun preVote("omni-paxos-chained", RAFT + "PreVote=true");
    EXPECT_TRUE(preVote.Elected(8, 34).empty());
    EXPECT_EQ(preVote.LeadersAt(34), Servers{2});
}

void
ExpectStalledDisk(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{run.TargetOf(0)});
    EXPECT_EQ(run.summary["raft"]["elections_won"], 1);
    EXPECT_EQ(run.LeadersAt(32), Servers{run.TargetOf(0)});
    EXPECT_EQ(run.Answered("put", 8.1, 24), 0U);
    EXPECT_GT(run.Answered("get", 8.1, 24), 50U);
    EXPECT_GT(run.Answered("put", 25, 32), 20U);
    EXPECT_TRUE(run.AllSuspicions().empty()) << "heartbeats were late";

    const NamedRun othersWrite("leader-stalled-disk", RAFT + "LeaderWritesFirst=false");
    EXPECT_GT(othersWrite.Answered("put", 8.1, 24), 50U);
    EXPECT_EQ(othersWrite.summary["raft"]["elections_won"], 1);
}

void
ExpectStalledDiskWithWriteSilence(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(7.9), Servers{run.TargetOf(0)});
    const auto winners = run.Elected(9, 12);
    ASSERT_EQ(winners.size(), 1U);
    EXPECT_NE(winners.front(), run.TargetOf(0));
    EXPECT_TRUE(run.Elected(12, 32).empty());
    EXPECT_GT(run.Answered("put", 12, 24), 50U);
    EXPECT_TRUE(run.AllSuspicions().empty()) << "heartbeats were late";
}

void
ExpectGitHub(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(9.9), Servers{1});
    EXPECT_EQ(run.LeadersAt(12).count(1), 0U) << "it does not step down";
    const Servers leaders = run.LeadersAt(20);
    ASSERT_EQ(leaders.size(), 1U);
    EXPECT_NE(*leaders.begin(), 1);
    EXPECT_GT(run.Answered("put", 20, 53), 50U);
    Pairs across;
    for (const int other : {2, 3, 4, 5})
    {
        across.insert({1, other});
        across.insert({other, 1});
    }
    EXPECT_EQ(run.SuspicionsAt(30), across);
    EXPECT_EQ(run.AllSuspicions(), across);
    EXPECT_TRUE(run.SuspicionsAt(56).empty());
    // After the heal server 1 follows, and gives up what it alone had.
    EXPECT_TRUE(run.Elected(53, 65).empty());
    EXPECT_EQ(run.LeadersAt(65), leaders);
    int truncated = 0;
    std::map<std::string, uint64_t> commit;
    for (const auto& event : run.trace)
    {
        truncated += event["name"] == "Truncate" && event["nid"] == "1" && event["t"] > 53 ? 1 : 0;
        commit[event["nid"]] = event["commit"];
    }
    EXPECT_GT(truncated, 0) << "the cut-off leader had taken nothing";
    ASSERT_EQ(commit.size(), 5U);
    for (const auto& [server, index] : commit)
    {
        EXPECT_GT(index + 10, run.summary["raft"]["commits"]) << server << " is behind";
    }
}

void
ExpectBase(const NamedRun& run)
{
    EXPECT_EQ(run.LeadersAt(9.9), Servers{1});
    EXPECT_GT(run.MedianWriteLatency(7, 10), 2 * run.MedianWriteLatency(4.5, 7))
        << "it does not fall behind";
    EXPECT_EQ(run.LeadersAt(10.2), Servers{3});
    EXPECT_EQ(run.LeadersAt(21.8), Servers{3});
    EXPECT_TRUE(run.Elected(10.3, 21.9).empty());
    EXPECT_EQ(run.Answered("put", 10.4, 21.9), 0U);
    EXPECT_GT(run.Answered("get", 10.4, 21.9), 50U);
    EXPECT_TRUE(run.SuspicionsAt(21.9).empty()) << "heartbeats were late";
    EXPECT_GT(run.summary["operations"].at(2)["done_s"], 21.9) << "it hands over";
    EXPECT_GT(run.Answered("put", 26, 34), 30U);

    const NamedRun silence("base-2025-08-05", RAFT + "MaxWriteSilence=1s");
    EXPECT_EQ(silence.LeadersAt(13).count(3), 0U);
    EXPECT_GT(silence.Answered("put", 14, 22), 30U);
}

} // namespace

std::vector<NamedScenario>
IncidentScenarios()
{
    return {
        {"cloudflare-2020-11-02", ExpectCloudflare},
        {"cloudflare-2020-11-02-prevote", ExpectCloudflareWithPreVotes},
        {"omni-paxos-quorum-loss", ExpectQuorumLoss},
        {"omni-paxos-quorum-loss-check-quorum", ExpectQuorumLossWithCheckQuorum},
        {"omni-paxos-constrained-election", ExpectConstrainedElection},
        {"omni-paxos-chained", ExpectChained},
        {"leader-stalled-disk", ExpectStalledDisk},
        {"leader-stalled-disk-write-silence", ExpectStalledDiskWithWriteSilence},
        {"github-2018-10-21", ExpectGitHub, " --check-invariants --raft-trace"},
        {"base-2025-08-05", ExpectBase},
    };
}

} // namespace nctest
