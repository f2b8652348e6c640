// Log compaction and InstallSnapshot: extended paper, section 7 and figure 13.

#include "raft-lockstep.h"

#include <gtest/gtest.h>

namespace ns3::raft::test
{

namespace
{

const Membership THREE{{1, 2, 3}, {}};

Payload
Bytes(const std::string& bytes)
{
    return std::make_shared<const std::string>(bytes);
}

InstallSnapshot
Chunk(Index lastIndex, Term lastTerm, uint64_t offset, const std::string& data, bool done)
{
    return InstallSnapshot{lastIndex,
                           lastTerm,
                           Bytes(THREE.Encode()),
                           offset,
                           Bytes(data),
                           done,
                           0};
}

InstallSnapshot
Whole(Index lastIndex, Term lastTerm)
{
    return Chunk(lastIndex, lastTerm, 0, "state", true);
}

AppendEntries
Append(Index prevLogIndex, Term prevLogTerm, const std::vector<Term>& terms, Index commit = 0)
{
    return AppendEntries{prevLogIndex, prevLogTerm, commit, EntriesAfter(prevLogIndex, terms), 0};
}

/** What the only reply of a follower says: "held 3", "installed". */
std::string
ReplyTo(const Update& update, ServerId leader)
{
    const auto reply = OnlyMessageTo<InstallSnapshotReply>(update, leader);
    return reply.installed ? "installed" : "held " + std::to_string(reply.offset);
}

} // namespace

TEST(RaftSnapshot, CompactionDropsTheLogUpToItsIndexAndWritesTheSnapshot)
{
    Driver driver(3, MakeDurable(2, NO_SERVER, {1, 1, 2, 2}));
    driver.Receive(2, 2, Append(4, 2, {}, 3));
    const Update& update = driver.Step(Event{driver.now, 0, Compact{2, Bytes("state")}});
    EXPECT_EQ(driver.core.GetLog().GetBaseIndex(), 2U);
    EXPECT_EQ(driver.core.GetLog().GetTerm(2), 1U);
    EXPECT_EQ(driver.core.GetLastIndex(), 4U);
    const PersistRequest& persist = update.persist.value();
    EXPECT_EQ(persist.firstIndex, 0U);
    EXPECT_EQ(persist.snapshot.value().lastIndex, 2U);
    EXPECT_EQ(persist.snapshot->lastTerm, 1U);
    EXPECT_EQ(persist.snapshot->membership, THREE);
    EXPECT_EQ(*persist.snapshot->data, "state");
    EXPECT_FALSE(update.restore) << "the state machine is there already";
    EXPECT_FALSE(update.membershipChanged);
}

TEST(RaftSnapshot, CompactionIsRefusedForWhatIsNotAppliedOrGone)
{
    Driver driver(3, MakeDurable(2, NO_SERVER, {1, 1, 2, 2}));
    driver.Receive(2, 2, Append(4, 2, {}, 3));
    driver.Step(Event{driver.now, 0, Compact{2, Bytes("state")}});
    const Compact cases[] = {{0, Bytes("x")},
                             {1, Bytes("x")},
                             {2, Bytes("x")},
                             {4, Bytes("x")},
                             {9, Bytes("x")},
                             {3, nullptr}};
    for (const Compact& compact : cases)
    {
        const Update& update = driver.Step(Event{driver.now, 0, compact});
        EXPECT_EQ(ReasonIn(update),
                  "a snapshot without data, or of entries not applied or already gone")
            << compact.index;
        EXPECT_FALSE(update.persist);
        EXPECT_EQ(driver.core.GetLog().GetBaseIndex(), 2U);
    }
}

TEST(RaftSnapshot, ARestartBeginsWithTheSnapshotAndAppliesWhatFollows)
{
    DurableState durable;
    durable.hardState = HardState{4, 3};
    durable.snapshot = Snapshot{5, 2, {{1, 2, 7}, {9}}, Bytes("state")};
    durable.log = EntriesAfter(5, {3, 4});
    Driver driver(3, durable);
    EXPECT_EQ(driver.core.GetCommitIndex(), 5U);
    EXPECT_EQ(driver.core.GetLastIndex(), 7U);
    EXPECT_EQ(driver.core.GetMembership(), durable.snapshot.membership)
        << "not the one in the settings";
    const Update& update = driver.Receive(2, 4, Append(7, 4, {}, 6));
    ASSERT_EQ(update.applied.size(), 1U);
    EXPECT_EQ(update.applied[0].index, 6U);
    EXPECT_FALSE(update.restore) << "the host has restored it itself";
}

TEST(RaftSnapshot, AFollowerCollectsChunksAndRestoresFromThemOnce)
{
    Driver driver(3, MakeDurable(3, NO_SERVER, {1}));
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false)), 2), "held 3");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 3, "de", false)), 2), "held 5");
    const Update& last = driver.Receive(2, 3, Chunk(9, 3, 5, "f", true));
    EXPECT_EQ(ReplyTo(last, 2), "installed");
    EXPECT_EQ(*last.restore.value().data, "abcdef");
    EXPECT_EQ(*last.persist.value().snapshot.value().data, "abcdef");
    EXPECT_EQ(last.messages[0].afterTicket, last.persist->ticket) << "not before it is written";
    EXPECT_TRUE(last.applied.empty());
    EXPECT_EQ(driver.core.GetCommitIndex(), 9U);
    const Update& again = driver.Receive(2, 3, Chunk(9, 3, 5, "f", true));
    EXPECT_EQ(ReplyTo(again, 2), "installed");
    EXPECT_EQ(again.messages[0].afterTicket, 1U) << "still not before it is written";
    EXPECT_FALSE(again.restore);
    driver.Persist();
    EXPECT_EQ(driver.Receive(2, 3, Chunk(9, 3, 5, "f", true)).messages[0].afterTicket, 0U);
}

TEST(RaftSnapshot, LostRepeatedAndReorderedChunksChangeNothing)
{
    Driver driver(3, MakeDurable(3, NO_SERVER, {1}));
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 3, "de", false)), 2), "held 0");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false)), 2), "held 3");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false)), 2), "held 3");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 5, "f", true)), 2), "held 3");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 3, "de", false)), 2), "held 5");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false)), 2), "held 5");
    EXPECT_EQ(*driver.Receive(2, 3, Chunk(9, 3, 5, "f", true)).restore.value().data, "abcdef");
}

TEST(RaftSnapshot, ChunksOfDifferentSnapshotsOrTermsAreNeverMixed)
{
    const InstallSnapshot later[] = {Chunk(10, 3, 3, "xy", true), Chunk(9, 2, 3, "xy", true)};
    for (const InstallSnapshot& other : later)
    {
        Driver driver(3, MakeDurable(3, NO_SERVER, {1}));
        driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false));
        EXPECT_EQ(ReplyTo(driver.Receive(2, 3, other), 2), "held 0");
    }
    Driver driver(3, MakeDurable(3, NO_SERVER, {1}));
    driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false));
    EXPECT_EQ(ReplyTo(driver.Receive(3, 4, Chunk(9, 3, 3, "xy", true)), 3), "held 0");
}

TEST(RaftSnapshot, AnOldChunkDoesNotDiscardANewerSnapshotOnItsWay)
{
    Driver driver(3, MakeDurable(3, NO_SERVER, {1, 1}));
    driver.Receive(2, 3, Append(2, 1, {}, 2));
    driver.Receive(2, 3, Chunk(9, 3, 0, "abc", false));
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(2, 1, 0, "old", true)), 2), "installed");
    EXPECT_EQ(ReplyTo(driver.Receive(2, 3, Chunk(9, 3, 3, "de", false)), 2), "held 5");
}

struct InstallCase
{
    const char* name;
    std::vector<Term> log;
    Index committed;
    Index lastIndex;
    Term lastTerm;
    bool restores;
    std::vector<Term> logAfter;
    Index base;
};

class RaftInstall : public testing::TestWithParam<InstallCase>
{
};

TEST_P(RaftInstall, KeepsWhatFollowsTheSnapshotsLastEntryAndNothingElse)
{
    const InstallCase& c = GetParam();
    Driver driver(3, MakeDurable(4, NO_SERVER, c.log));
    driver.Receive(2, 4, Append(c.committed, c.committed ? c.log[c.committed - 1] : 0, {}, 99));
    ASSERT_EQ(driver.core.GetCommitIndex(), c.committed);
    const Update& update = driver.Receive(2, 4, Whole(c.lastIndex, c.lastTerm));
    EXPECT_EQ(ReplyTo(update, 2), "installed");
    EXPECT_EQ(update.restore.has_value(), c.restores);
    EXPECT_EQ(TermsOf(driver.core), c.logAfter);
    EXPECT_EQ(driver.core.GetLog().GetBaseIndex(), c.base);
    EXPECT_EQ(driver.core.GetCommitIndex(), std::max(c.committed, c.lastIndex));
    DurableState disk = MakeDurable(4, NO_SERVER, c.log);
    if (update.persist)
    {
        ApplyWrite(disk, *update.persist);
    }
    EXPECT_EQ(disk.snapshot.lastIndex, c.base) << "stable storage does the same";
    EXPECT_EQ(RaftLog(disk.log, disk.snapshot.lastIndex, disk.snapshot.lastTerm).GetLastIndex(),
              driver.core.GetLastIndex());
    driver.Persist();
    EXPECT_EQ(driver.core.GetDurableIndex(), driver.core.GetLastIndex());
}

INSTANTIATE_TEST_SUITE_P(
    Figure13,
    RaftInstall,
    testing::Values(InstallCase{"EmptyLog", {}, 0, 5, 3, true, {}, 5},
                    InstallCase{"LogEndsBefore", {1, 1}, 1, 5, 3, true, {}, 5},
                    InstallCase{"Rule6EntryHeld", {1, 1, 2, 3, 3}, 1, 3, 2, true, {3, 3}, 3},
                    InstallCase{"Rule6LastEntryHeld", {1, 1, 2}, 1, 3, 2, true, {}, 3},
                    InstallCase{"Rule7OtherTerm", {1, 1, 2, 2, 2}, 1, 3, 3, true, {}, 3},
                    InstallCase{"OlderThanCommit", {1, 1, 2, 3}, 3, 2, 1, false, {1, 1, 2, 3}, 0},
                    InstallCase{"JustCommitted", {1, 1, 2, 3}, 3, 3, 2, false, {1, 1, 2, 3}, 0}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftSnapshot, WritesFromBeforeAnInstallDoNotVouchForTheLogAfterIt)
{
    Driver driver(3, MakeDurable(4, NO_SERVER, {1}));
    driver.Receive(2, 4, Append(1, 1, {2, 2, 2})); // ticket 1: entries 2 to 4
    driver.Receive(2, 4, Whole(3, 3));             // ticket 2: a different history
    driver.Receive(2, 4, Append(3, 3, {4}));       // ticket 3: another entry 4
    driver.Persist(1);
    EXPECT_LT(driver.core.GetDurableIndex(), 2U);
    const Update& beat = driver.Receive(2, 4, Append(4, 4, {}));
    EXPECT_LT(OnlyMessageTo<AppendEntriesReply>(beat, 2).matchIndex, 2U);
    driver.Persist(2);
    EXPECT_EQ(driver.core.GetDurableIndex(), 3U);
    driver.Persist(3);
    EXPECT_EQ(driver.core.GetDurableIndex(), 4U);
}

TEST(RaftSnapshot, KeptEntriesAreAcknowledgedNoSoonerThanTheirOwnWrite)
{
    Driver driver(3, MakeDurable(4, NO_SERVER, {1}));
    driver.Receive(2, 4, Append(1, 1, {2, 3, 3})); // ticket 1
    driver.Receive(2, 4, Whole(3, 3));             // ticket 2, keeps entry 4
    ASSERT_EQ(driver.core.GetLastIndex(), 4U);
    const Update& again = driver.Receive(2, 4, Append(3, 3, {3}));
    EXPECT_GE(again.messages.at(0).afterTicket, 1U);
    driver.Persist();
    EXPECT_EQ(driver.Receive(2, 4, Append(3, 3, {3})).messages.at(0).afterTicket, 0U);
}

TEST(RaftSnapshot, EntriesBelowTheBaseAreTakenAsHeld)
{
    Driver driver(3, MakeDurable(3, NO_SERVER, {1, 1, 2, 2}));
    driver.Receive(2, 3, Append(4, 2, {}, 3));
    driver.Step(Event{driver.now, 0, Compact{3, Bytes("state")}});
    driver.Persist();
    const auto reply =
        OnlyMessageTo<AppendEntriesReply>(driver.Receive(2, 3, Append(1, 1, {1, 2, 2, 3})), 2);
    EXPECT_TRUE(reply.success);
    EXPECT_EQ(reply.matchIndex, 5U);
    EXPECT_EQ(TermsOf(driver.core), (std::vector<Term>{2, 3}));
    EXPECT_EQ(ReasonIn(driver.Receive(2, 3, Append(2, 1, {3, 3}))),
              "an entry contradicts the snapshot (leader completeness, 5.4)");
}

TEST(RaftSnapshot, OneThatContradictsACommittedEntryIsRefused)
{
    for (const auto& [lastIndex, lastTerm] :
         std::vector<std::pair<Index, Term>>{{2, 1}, {2, 3}, {9, 1}})
    {
        Driver driver(3, MakeDurable(3, NO_SERVER, {1, 2, 2}));
        driver.Receive(2, 3, AppendEntries{3, 2, 3, {}, 1});
        ASSERT_EQ(driver.core.GetCommitIndex(), 3U);
        InstallSnapshot chunk;
        chunk.lastIndex = lastIndex;
        chunk.lastTerm = lastTerm;
        chunk.membership = std::make_shared<const std::string>(Membership{{1, 2, 3}, {}}.Encode());
        chunk.data = std::make_shared<const std::string>("state");
        chunk.done = true;
        const Update& update = driver.Receive(2, 3, chunk);
        EXPECT_EQ(ReasonIn(update),
                  "the snapshot contradicts a committed entry (leader completeness, 5.4)");
        EXPECT_FALSE(update.restore);
        EXPECT_TRUE(update.messages.empty());
    }
}

TEST(RaftSnapshot, AnEarlierLeaderIsToldOfTheTermAndInstallsNothing)
{
    Driver driver(3, MakeDurable(5, NO_SERVER, {1}));
    const Update& update = driver.Receive(2, 4, Whole(9, 3));
    EXPECT_EQ(ReplyTo(update, 2), "held 0");
    EXPECT_EQ(update.messages[0].message.term, 5U);
    EXPECT_EQ(driver.core.GetCommitIndex(), 0U);
    EXPECT_EQ(driver.core.GetLeader(), NO_SERVER);
}

namespace
{

/** 1 leads and has compacted 20 entries into 1000 bytes, sent in chunks of 100; 3 was away. */
Lockstep
WithOneLeftBehind()
{
    std::vector<Config> configs;
    for (ServerId id = 1; id <= 3; ++id)
    {
        configs.push_back(MakeConfig(id, 3));
        configs.back().maxBatchBytes = 100;
    }
    Lockstep servers(configs);
    servers.Elect(1);
    servers.Crash(3);
    for (int i = 0; i < 20; ++i)
    {
        servers.Propose(1, "command " + std::to_string(i));
    }
    servers.Deliver();
    servers.Compact(1, std::string(1000, 's'));
    servers.Propose(1, "after");
    servers.Deliver();
    servers.Restart(3);
    return servers;
}

void
ExpectCaughtUp(const Lockstep& servers)
{
    EXPECT_EQ(servers.Restored(3), std::string(1000, 's'));
    EXPECT_EQ(servers.Core(3).GetLastIndex(), servers.Core(1).GetLastIndex());
    EXPECT_EQ(servers.Core(3).GetCommitIndex(), servers.Core(1).GetCommitIndex());
    EXPECT_EQ(servers.Disk(3).snapshot.lastIndex, servers.Disk(1).snapshot.lastIndex);
    EXPECT_EQ(servers.Disk(3).log, servers.Disk(1).log);
}

} // namespace

TEST(RaftSnapshot, AFollowerThatWasAwayForLongCatchesUp)
{
    Lockstep servers = WithOneLeftBehind();
    std::size_t chunks = 0;
    servers.Pass(Ms(900), [&](const Message& message) {
        chunks += Is<InstallSnapshot>(message) ? 1 : 0;
        return false;
    });
    ExpectCaughtUp(servers);
    EXPECT_EQ(chunks, 10U) << "each chunk once";
}

TEST(RaftSnapshot, EveryLostChunkAndAnswerIsMadeUpForByAHeartbeat)
{
    Lockstep servers = WithOneLeftBehind();
    int count = 0;
    servers.Pass(Ms(9000), [&](const Message& message) {
        const bool counts = Is<InstallSnapshot>(message) || Is<InstallSnapshotReply>(message);
        return counts && ++count % 3 == 0;
    });
    ExpectCaughtUp(servers);
}

TEST(RaftSnapshot, AFollowerThatLostWhatItHadCollectedBeginsAgain)
{
    Lockstep servers = WithOneLeftBehind();
    int chunks = 0;
    servers.Pass(Ms(300), [&](const Message& message) {
        return Is<InstallSnapshot>(message) && ++chunks > 5;
    });
    ASSERT_EQ(servers.Restored(3), "");
    servers.Crash(3);
    servers.Restart(3);
    servers.Pass(Ms(2000));
    ExpectCaughtUp(servers);
}

TEST(RaftSnapshot, ASnapshotThatIsReplacedWhileItIsSentIsFollowedByTheNewerOne)
{
    Lockstep servers = WithOneLeftBehind();
    int chunks = 0;
    servers.Pass(Ms(100), [&](const Message& message) {
        return Is<InstallSnapshot>(message) && ++chunks > 5;
    });
    servers.Compact(1, std::string(1000, 't'));
    servers.Pass(Ms(3000));
    EXPECT_EQ(servers.Restored(3), std::string(1000, 't'));
    EXPECT_EQ(servers.Core(3).GetCommitIndex(), servers.Core(1).GetCommitIndex());
}

TEST(RaftSnapshot, ALateAcknowledgementDuringASnapshotNeitherSkipsNorRepeatsEntries)
{
    Lockstep servers(3);
    servers.Elect(1);
    servers.Propose(1, "a");
    servers.Propose(1, "b");
    servers.Deliver(Touching(3)); // committed by 1 and 2
    servers.Compact(1, "state");
    servers.Propose(1, "c");
    servers.Pass(Ms(300)); // 3 refuses a heartbeat and is sent the snapshot
    EXPECT_EQ(servers.Restored(3), "state");
    EXPECT_EQ(TermsOf(servers.Core(3)), TermsOf(servers.Core(1)));
    EXPECT_EQ(servers.Core(3).GetCommitIndex(), servers.Core(1).GetCommitIndex());
}

TEST(RaftSnapshot, AnswersThatFitNoSnapshotUnderWayAreRefused)
{
    Driver driver = Driver::AsLeader(3, 1);
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, InstallSnapshotReply{1, 0, true, 0})),
              "an answer to a snapshot that is not being sent");
    driver.Receive(3, 1, AppendEntriesReply{true, 0, 1, 0, 0, 0});
    driver.Step(Event{driver.now, 0, Compact{1, Bytes("state")}});
    const AppendEntriesReply refusal{false, 0, 0, 0, 0, 0};
    driver.Receive(2, 1, refusal);
    ASSERT_EQ(OnlyMessageTo<InstallSnapshot>(driver.Tick(Ms(1100)), 2).lastIndex, 1U);
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, InstallSnapshotReply{2, 0, true, 0})),
              "an answer to a snapshot that is not being sent");
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, InstallSnapshotReply{1, 6, false, 0})),
              "acknowledges more of the snapshot than there is");
    EXPECT_EQ(ReasonIn(driver.Receive(2, 1, InstallSnapshotReply{1, 0, true, 0})), "");
}

} // namespace ns3::raft::test
