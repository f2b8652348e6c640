// What is made of the log on stable storage after a write was torn, over many random logs.

#include "raft-allocation-count.h"
#include "raft-test-support.h"
#include "raft-wal-support.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <utility>

namespace ns3::raft::test
{

namespace
{

constexpr uint64_t SEEDS = 150;

std::string
FromHex(const std::string& hex)
{
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
    {
        bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

/** A log of `count` entries in one write. */
PersistRequest
LongWrite(std::size_t count)
{
    PersistRequest request;
    request.hardState = HardState{1, 1};
    request.firstIndex = 1;
    request.entries.assign(count, MakeCommand(1, "a command of some length"));
    return request;
}

} // namespace

TEST(RaftWal, WritesTheBytesThatAreDocumented)
{
    PersistRequest request;
    request.hardState = HardState{7, 2};
    request.snapshot = Snapshot{5, 6, Membership{{1, 2}, {3}}, MakeCommand(1, "xyz").command};
    request.firstIndex = 6;
    request.entries = {MakeNoop(6), MakeCommand(7, "ab")};
    PersistRequest truncation;
    truncation.firstIndex = 7;
    std::string bytes;
    AppendRecords(request, bytes);
    AppendRecords(truncation, bytes);
    EXPECT_EQ(bytes,
              FromHex("0000000d8ecc223b01000000000000000700000002"
                      "00000028c8f98410020000000000000005000000000000000600000010000200"
                      "0100000001000000020000000378797a"
                      "0000001237f7cf8a040000000000000006000000000000000600"
                      "0000001476ef91470400000000000000070000000000000007016162"
                      "0000000941e0bdc8030000000000000007"));
}

TEST(RaftWal, KnowsTheSizeOfAWriteWithoutMakingIt)
{
    for (uint64_t seed = 1; seed <= SEEDS; ++seed)
    {
        WriteDrawer drawer(seed);
        for (int i = 0; i < 30; ++i)
        {
            const PersistRequest request = drawer.Draw();
            std::string bytes = "what was there before";
            const std::size_t before = bytes.size();
            AppendRecords(request, bytes);
            ASSERT_EQ(SizeOnDisk(request), bytes.size() - before) << "seed " << seed;
        }
    }
}

TEST(RaftWal, GivesBackWhatWasWritten)
{
    for (uint64_t seed = 1; seed <= SEEDS; ++seed)
    {
        WriteDrawer drawer(seed);
        DurableState expected;
        std::string bytes;
        for (int i = 0; i < 60; ++i)
        {
            PersistRequest request = drawer.Draw();
            AppendRecords(request, bytes);
            ApplyWrite(expected, std::move(request));
        }
        DurableState state;
        const WalRecovery recovery = RecoverRecords(bytes, state);
        EXPECT_EQ(recovery.goodBytes, bytes.size()) << "seed " << seed << ": " << recovery.reason;
        EXPECT_STREQ(recovery.reason, "the end of the log");
        EXPECT_TRUE(SameState(state, expected)) << "seed " << seed;
    }
}

TEST(RaftWal, ComesBackAfterATornWriteWithTheRecordsThatAreWhole)
{
    for (uint64_t seed = 1; seed <= SEEDS; ++seed)
    {
        const WrittenLog log = WriteLog(seed, 12);
        for (std::size_t cut = 0; cut <= log.bytes.size(); ++cut)
        {
            DurableState state;
            const WalRecovery recovery =
                RecoverRecords(std::string_view(log.bytes).substr(0, cut), state);
            const std::size_t whole = log.WholeIn(cut);
            ASSERT_EQ(recovery.records, whole) << "seed " << seed << ", cut at " << cut;
            ASSERT_EQ(recovery.goodBytes, log.ends[whole]);
            ASSERT_TRUE(SameState(state, log.states[whole]))
                << "seed " << seed << ", cut at " << cut;
            const bool torn = std::string_view(recovery.reason).substr(0, 6) == "a torn";
            ASSERT_EQ(torn, cut != log.ends[whole]) << recovery.reason;
        }
    }
}

TEST(RaftWal, FindsEveryChangeOfAByteInTheLastRecord)
{
    for (uint64_t seed = 1; seed <= SEEDS; ++seed)
    {
        const WrittenLog log = WriteLog(seed, 6);
        const std::size_t last = log.ends.size() - 2;
        const std::string record = log.bytes.substr(log.ends[last]);
        for (std::size_t at = 0; at < record.size(); ++at)
        {
            for (int change = 1; change < 256; ++change)
            {
                std::string damaged = record;
                damaged[at] = static_cast<char>(damaged[at] ^ change);
                DurableState state = log.states[last];
                const WalRecovery recovery = RecoverRecords(damaged, state);
                ASSERT_EQ(recovery.goodBytes, 0U)
                    << "seed " << seed << ", byte " << at << " changed by " << change;
                ASSERT_TRUE(SameState(state, log.states[last]));
            }
        }
    }
}

TEST(RaftWal, LosesWhatFollowsADamagedRecordAndNothingBeforeIt)
{
    for (uint64_t seed = 1; seed <= SEEDS; ++seed)
    {
        const WrittenLog log = WriteLog(seed, 12);
        WriteDrawer drawer(seed);
        const std::size_t at = drawer.Below(log.bytes.size());
        std::string damaged = log.bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << drawer.Below(8)));
        DurableState state;
        const std::size_t whole = log.WholeIn(at);
        EXPECT_EQ(RecoverRecords(damaged, state).records, whole) << "seed " << seed;
        EXPECT_TRUE(SameState(state, log.states[whole])) << "seed " << seed;
    }
}

TEST(RaftWal, ReadsNoRecordsInWhatFollowsATornOne)
{
    for (uint64_t seed = 1; seed <= SEEDS; ++seed)
    {
        const WrittenLog log = WriteLog(seed, 8);
        WriteDrawer drawer(seed);
        for (const std::size_t cut : log.ends)
        {
            for (const std::string& rest : {std::string(4096, '\0'),
                                            std::string(100, '\xff'),
                                            drawer.Bytes(200),
                                            log.bytes.substr(1)})
            {
                DurableState state;
                // At the end of a record and, as far as there are bytes, in the middle of one.
                for (const std::size_t torn : {std::size_t{0}, std::size_t{7}})
                {
                    const std::size_t end = std::min(cut + torn, log.bytes.size());
                    if (end != cut + torn)
                    {
                        continue;
                    }
                    state = DurableState{};
                    const std::string bytes = log.bytes.substr(0, end) + rest;
                    const std::size_t whole = log.WholeIn(cut);
                    ASSERT_EQ(RecoverRecords(bytes, state).records, whole)
                        << "seed " << seed << ", cut at " << end;
                    ASSERT_TRUE(SameState(state, log.states[whole]));
                }
            }
        }
    }
}

TEST(RaftWal, AsksForMemoryInProportionToTheLog)
{
    const auto allocations = [](std::size_t count) {
        const PersistRequest request = LongWrite(count);
        std::string bytes;
        std::size_t before = CountAllocations();
        AppendRecords(request, bytes);
        EXPECT_LE(CountAllocations() - before, 40U) << "the buffer doubles, records cost nothing";
        DurableState state;
        before = CountAllocations();
        EXPECT_EQ(RecoverRecords(bytes, state).records, count + 1);
        EXPECT_EQ(state.log.size(), count);
        EXPECT_EQ(state.log.back(), request.entries.back());
        return CountAllocations() - before;
    };
    const std::size_t few = allocations(10000);
    const std::size_t many = allocations(100000);
    EXPECT_LE(many, 10 * few);
}

} // namespace ns3::raft::test
