#include "raft-app-cluster.h"
#include "raft-raw-client.h"

#include "ns3/message-interceptor.h"
#include "ns3/raft-bytes.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

using namespace ns3;
using namespace nctest;

namespace
{

constexpr uint64_t THRESHOLD = 100;

/** Writes snapshots often and sends them in small chunks. */
AppClusterOptions
Snapshots()
{
    AppClusterOptions options;
    options.serverAttributes = {{"SnapshotThreshold", std::to_string(THRESHOLD)},
                                {"MaxBatchBytes", "700"}};
    options.clientAttributes = {{"Rate", "100"}, {"WriteRatio", "1"}, {"Keys", "64"}};
    return options;
}

/** Chunks of snapshots that reached a server. */
class ChunkCount
{
  public:
    explicit ChunkCount(Ptr<RaftApplication> server)
    {
        server->TraceConnectWithoutContext("RxMessage", MakeCallback(&ChunkCount::OnMessage, this));
    }

    std::size_t first{0};
    std::size_t later{0};
    std::size_t last{0};

  private:
    void OnMessage(const raft::Message& message, uint64_t /* id */)
    {
        if (const auto* chunk = std::get_if<raft::InstallSnapshot>(&message.body))
        {
            EXPECT_LE(chunk->data->size(), 700U);
            ++(chunk->offset == 0 ? first : later);
            last += chunk->done;
        }
    }
};

class SnapshotsOver : public testing::TestWithParam<bool>
{
};

INSTANTIATE_TEST_SUITE_P(BothTransports, SnapshotsOver, testing::Bool());

/** All live servers hold the same. */
void
ExpectSameStores(const AppCluster& cluster)
{
    const auto leader = cluster.Leader();
    ASSERT_NE(leader, 0U);
    for (uint32_t id = 1; id <= cluster.ServerCount(); ++id)
    {
        EXPECT_EQ(cluster.Server(id)->GetStore(), cluster.Server(leader)->GetStore()) << id;
        EXPECT_EQ(cluster.Server(id)->GetCore()->GetCommitIndex(),
                  cluster.Server(leader)->GetCore()->GetCommitIndex());
    }
}

} // namespace

TEST_P(SnapshotsOver, AFollowerThatWasDownForLongIsBroughtBackByChunks)
{
    auto options = Snapshots();
    options.tcp = GetParam();
    AppCluster cluster(options);
    cluster.RunUntil(Seconds(5));
    const uint32_t victim = cluster.Follower();
    const uint64_t before = cluster.Server(victim)->GetCore()->GetLastIndex();
    cluster.Crash(victim);
    cluster.RunUntil(Seconds(15));
    EXPECT_GT(cluster.Server(cluster.Leader())->GetCore()->GetLog().GetFirstIndex(), before)
        << "no leader can send it what it lacks";
    const ChunkCount chunks(cluster.Server(victim));
    cluster.Restart(victim);
    cluster.RunUntil(Seconds(18));
    cluster.Settle(Seconds(2));
    EXPECT_GE(chunks.first, 1U);
    EXPECT_GT(chunks.later, 1U);
    EXPECT_GE(chunks.last, 1U);
    EXPECT_GT(cluster.Server(victim)->GetCore()->GetLog().GetFirstIndex(), before);
    ExpectSameStores(cluster);
    EXPECT_EQ(cluster.Violation(), "");
}

TEST_P(SnapshotsOver, AFollowerThatLagsALittleIsSentEntriesInsteadOfASnapshot)
{
    // Fewer entries than stay in the log behind a snapshot, also if TCP takes 4 s to notice.
    auto options = Snapshots();
    options.tcp = GetParam();
    options.clientAttributes[0] = {"Rate", "20"};
    AppCluster cluster(options);
    cluster.RunUntil(Seconds(20));
    EXPECT_GT(cluster.Server(cluster.Leader())->GetCore()->GetLog().GetFirstIndex(), 1U);
    const uint32_t victim = cluster.Follower();
    const ChunkCount chunks(cluster.Server(victim));
    cluster.Crash(victim);
    cluster.RunUntil(Seconds(20.5));
    cluster.Restart(victim);
    cluster.RunUntil(Seconds(26));
    cluster.Settle(Seconds(2));
    EXPECT_EQ(chunks.first, 0U);
    ExpectSameStores(cluster);
}

TEST(RaftSnapshotApp, LogsStayShortInMemoryAndOnDiskHoweverLongTheRun)
{
    AppCluster cluster(Snapshots());
    std::size_t longest = 0;
    for (uint32_t second = 5; second <= 40; ++second)
    {
        cluster.RunUntil(Seconds(second));
        for (uint32_t id = 1; id <= 3; ++id)
        {
            const auto& core = *cluster.Server(id)->GetCore();
            const auto& durable = cluster.Server(id)->GetDurable();
            const std::size_t held = core.GetLastIndex() + 1 - core.GetLog().GetFirstIndex();
            longest = std::max({longest, held, durable.log.size()});
        }
    }
    EXPECT_GT(cluster.Server(1)->GetCore()->GetLastIndex(), 3000U);
    EXPECT_LE(longest, 2 * THRESHOLD + 20) << "and what is on its way";
    EXPECT_GE(longest, THRESHOLD);
}

TEST(RaftSnapshotApp, WithoutAThresholdTheWholeLogStays)
{
    auto options = Snapshots();
    options.serverAttributes[0].second = "0";
    AppCluster cluster(options);
    cluster.RunUntil(Seconds(12));
    EXPECT_EQ(cluster.Server(1)->GetCore()->GetLog().GetFirstIndex(), 1U);
    EXPECT_EQ(cluster.Server(1)->GetDurable().snapshot.lastIndex, 0U);
}

TEST(RaftSnapshotApp, AClusterThatIsRestartedAsAWholeGoesOnFromItsSnapshots)
{
    AppCluster cluster(Snapshots());
    cluster.RunUntil(Seconds(12));
    cluster.Settle(Seconds(1));
    const auto before = cluster.Server(cluster.Leader())->GetStore();
    ASSERT_GT(before.GetSize(), 50U);
    for (uint32_t id = 1; id <= 3; ++id)
    {
        cluster.Crash(id);
    }
    cluster.RunUntil(Seconds(14));
    for (uint32_t id = 1; id <= 3; ++id)
    {
        cluster.Restart(id);
        const auto& core = *cluster.Server(id)->GetCore();
        EXPECT_GT(cluster.Server(id)->GetDurable().snapshot.lastIndex, THRESHOLD);
        EXPECT_EQ(core.GetCommitIndex(), cluster.Server(id)->GetDurable().snapshot.lastIndex);
        EXPECT_GT(cluster.Server(id)->GetStore().GetSize(), 50U) << "from the snapshot alone";
    }
    cluster.RunUntil(Seconds(20));
    EXPECT_EQ(cluster.Server(cluster.Leader())->GetStore(), before);
    ExpectSameStores(cluster);
}

TEST(RaftSnapshotApp, SessionsAreInTheSnapshotSoThatARequestFromBeforeItIsNotAppliedAgain)
{
    auto options = Snapshots();
    options.spareHosts = 1;
    AppCluster cluster(options);
    RawClient client(cluster, 5);
    cluster.RunUntil(Seconds(5));
    client.Ask(cluster.Leader(), RegisterCommand());
    cluster.RunUntil(Seconds(5.5));
    ASSERT_EQ(client.replies.size(), 1U);
    raft::ByteReader in(client.replies[0].value);
    const auto session = in.Number<uint64_t>();
    const raft::Command first{0, session, 1, 1, raft::CommandOp::PUT, "own", "a"};
    const raft::Command second{0, session, 2, 1, raft::CommandOp::PUT, "own", "b"};
    client.Ask(cluster.Leader(), first);
    cluster.RunUntil(Seconds(6));
    client.Ask(cluster.Leader(), second);
    const uint32_t victim = cluster.Follower();
    cluster.Crash(victim);
    cluster.RunUntil(Seconds(15));
    cluster.Restart(victim); // gets the session by InstallSnapshot
    cluster.RunUntil(Seconds(18));
    for (uint32_t id = 1; id <= 3; ++id)
    {
        if (id != victim)
        {
            cluster.Crash(id); // gets it from its own snapshot
            cluster.Restart(id);
        }
    }
    cluster.RunUntil(Seconds(25));
    client.replies.clear();
    client.Ask(cluster.Leader(), first);
    cluster.RunUntil(Seconds(26));
    cluster.Settle(Seconds(1));
    ASSERT_EQ(client.replies.size(), 1U);
    EXPECT_EQ(client.replies[0].status, RaftClientReply::Status::OK);
    for (uint32_t id = 1; id <= 3; ++id)
    {
        EXPECT_GT(cluster.Server(id)->GetDurable().snapshot.lastIndex, session);
        EXPECT_EQ(cluster.Server(id)->GetStore().Get("own"), "b") << id;
    }
    ExpectSameStores(cluster);
}

TEST(RaftSnapshotApp, WithLossCrashesAndSnapshotsRequestsAreAppliedOnceAndHistoriesLinearizable)
{
    std::size_t repeated = 0;
    std::size_t chunks = 0;
    for (uint32_t seed = 1; seed <= 8; ++seed)
    {
        auto options = Snapshots();
        options.seed = seed;
        options.clients = 2;
        options.tcp = seed % 4 == 0;
        options.impairment.loss = options.tcp ? 0.01 : 0.08;
        options.impairment.reorder = 0.05;
        options.impairment.duplicate = 0.05;
        options.clientAttributes = {{"Rate", "60"},
                                    {"RetryTimeout", "30ms"},
                                    {"Keys", "4"},
                                    {"WriteRatio", "0.7"}};
        AppCluster cluster(options);
        const ChunkCount first(cluster.Server(1));
        const ChunkCount second(cluster.Server(2));
        for (uint32_t round = 0; round < 4; ++round)
        {
            const uint32_t victim = (seed + round) % 3 + 1;
            cluster.At(Seconds(4 + 5 * round), [&cluster, victim] { cluster.Crash(victim); });
            cluster.At(Seconds(7.5 + 5 * round), [&cluster, victim] { cluster.Restart(victim); });
        }
        cluster.RunUntil(Seconds(25));
        cluster.Settle(Seconds(5));
        EXPECT_EQ(cluster.MostApplications(), 1U) << "seed " << seed;
        EXPECT_EQ(cluster.Violation(), "") << "seed " << seed;
        ExpectSameStores(cluster);
        repeated += cluster.RepeatedRequests();
        chunks += first.first + first.later + second.first + second.later;
    }
    EXPECT_GT(repeated, 100U);
    EXPECT_GT(chunks, 20U);
}

TEST(RaftSnapshotApp, ASnapshotThatIsNoStoreIsCountedAndLeavesAnEmptyOne)
{
    /** Spoils the bytes of all snapshots that a server sends. */
    class Spoiler : public MessageInterceptor
    {
      public:
        bool OnRaftMessage(raft::Message& message) override
        {
            if (auto* chunk = std::get_if<raft::InstallSnapshot>(&message.body))
            {
                chunk->data =
                    std::make_shared<const std::string>(std::string(chunk->data->size(), 'x'));
            }
            return true;
        }
    };

    AppCluster cluster(Snapshots());
    cluster.RunUntil(Seconds(5));
    const uint32_t victim = cluster.Follower();
    cluster.Crash(victim);
    cluster.RunUntil(Seconds(12));
    for (uint32_t id = 1; id <= 3; ++id)
    {
        cluster.Server(id)->SetInterceptor(std::make_shared<Spoiler>());
    }
    cluster.Settle(Seconds(1));
    std::vector<std::string> reasons;
    cluster.Server(victim)->TraceConnectWithoutContext(
        "Malformed",
        Callback<void, uint32_t, const char*>(
            [&](uint32_t, const char* reason) { reasons.emplace_back(reason); }));
    const ChunkCount chunks(cluster.Server(victim));
    cluster.Restart(victim);
    cluster.RunUntil(Seconds(16));
    EXPECT_EQ(chunks.last, reasons.size());
    ASSERT_FALSE(reasons.empty());
    EXPECT_EQ(reasons.front(), "snapshot that is no key-value store");
    EXPECT_LT(cluster.Server(victim)->GetStore().GetSize(),
              cluster.Server(cluster.Leader())->GetStore().GetSize());
}
