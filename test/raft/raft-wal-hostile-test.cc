// Records whose checksum fits and that no correct server can have written: recovery ends there.

#include "raft-test-support.h"
#include "raft-wal-support.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace ns3::raft::test
{

namespace
{

std::string
Number(uint64_t value, int bytes)
{
    std::string out;
    for (int i = bytes; i-- > 0;)
    {
        out.push_back(static_cast<char>(value >> (8 * i)));
    }
    return out;
}

/** CRC-32 as IEEE 802.3 and zlib have it, bit by bit. */
uint32_t
Crc32(const std::string& bytes)
{
    uint32_t crc = 0xffffffff;
    for (const char c : bytes)
    {
        crc ^= static_cast<uint8_t>(c);
        for (int i = 0; i < 8; ++i)
        {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

std::string
Framed(const std::string& body)
{
    return Number(body.size(), 4) + Number(Crc32(body), 4) + body;
}

std::string
HardStateRecord(Term term, uint32_t vote)
{
    return Framed("\1" + Number(term, 8) + Number(vote, 4));
}

std::string
SnapshotRecord(Index index, Term term, const std::string& members, const std::string& data = "x")
{
    return Framed("\2" + Number(index, 8) + Number(term, 8) + Number(members.size(), 4) + members +
                  data);
}

std::string
TruncationRecord(Index index)
{
    return Framed("\3" + Number(index, 8));
}

std::string
EntryRecord(Index index, Term term, uint8_t type, const std::string& command)
{
    return Framed("\4" + Number(index, 8) + Number(term, 8) + Number(type, 1) + command);
}

/** Term 5, vote for 2; a snapshot up to index 10 of term 2; entries 11 to 13 of terms 2, 3, 3. */
DurableState
Base()
{
    DurableState state = MakeDurable(5, 2, {2, 3, 3});
    state.snapshot = Snapshot{10, 2, Membership{{1, 2, 3}, {}}, MakeCommand(1, "data").command};
    return state;
}

const std::string MEMBERS = Membership{{1, 2}, {3}}.Encode();
constexpr uint64_t HUGE_NUMBER = ~uint64_t{0};

} // namespace

TEST(RaftWalHostile, AcceptsWhatACorrectServerCanHaveWritten)
{
    for (const std::string& record : {HardStateRecord(5, 2),
                                      HardStateRecord(6, 0),
                                      HardStateRecord(6, 3),
                                      SnapshotRecord(12, 3, MEMBERS),
                                      SnapshotRecord(12, 3, ""),
                                      SnapshotRecord(12, 3, MEMBERS, ""),
                                      SnapshotRecord(14, 5, MEMBERS),
                                      SnapshotRecord(3, 1, MEMBERS),
                                      TruncationRecord(11),
                                      TruncationRecord(14),
                                      EntryRecord(14, 3, 0, ""),
                                      EntryRecord(14, 5, 1, ""),
                                      EntryRecord(11, 2, 1, "command"),
                                      EntryRecord(13, 4, 2, MEMBERS)})
    {
        DurableState state = Base();
        const WalRecovery recovery = RecoverRecords(record, state);
        EXPECT_EQ(recovery.goodBytes, record.size()) << recovery.reason;
        EXPECT_EQ(recovery.records, 1U);
    }
}

TEST(RaftWalHostile, StopsAtWhatNoCorrectServerCanHaveWrittenAndSaysWhy)
{
    const std::vector<std::pair<std::string, std::string>> table{
        {Framed(""), "a record without a type"},
        {Framed(Number(0, 1)), "a record of an unknown type"},
        {Framed("\5" + Number(1, 8)), "a record of an unknown type"},
        {Number(HUGE_NUMBER, 4) + Number(0, 40), "a torn record: fewer bytes"},

        {Framed("\1" + Number(6, 8)), "a hard state of a length"},
        {Framed("\1" + Number(6, 8) + Number(1, 5)), "a hard state of a length"},
        {HardStateRecord(HUGE_NUMBER, 1), "a hard state whose term or vote"},
        {HardStateRecord(6, MAX_SERVER_ID + 1), "a hard state whose term or vote"},
        {HardStateRecord(0, 1), "a hard state whose term or vote"},
        {HardStateRecord(4, 2), "a term below the one before"},
        {HardStateRecord(5, 3), "a second vote in one term"},
        {HardStateRecord(5, 0), "a second vote in one term"},

        {Framed("\2" + Number(12, 8) + Number(3, 8) + Number(0, 3)), "a snapshot of fewer bytes"},
        {Framed("\2" + Number(12, 8) + Number(3, 8) + Number(9, 4) + "12345678"),
         "a snapshot of fewer bytes"},
        {SnapshotRecord(12, 3, "not an encoding"), "a snapshot that says nothing sensible"},
        {SnapshotRecord(12, 3, Number(0, 4)), "a snapshot that says nothing sensible"},
        {SnapshotRecord(0, 3, MEMBERS), "a snapshot whose index or term"},
        {SnapshotRecord(HUGE_NUMBER, 3, MEMBERS), "a snapshot whose index or term"},
        {SnapshotRecord(12, 0, MEMBERS), "a snapshot whose index or term"},
        {SnapshotRecord(12, 6, MEMBERS), "a snapshot whose index or term"},
        {SnapshotRecord(12, 1, MEMBERS), "a snapshot whose term is below"},

        {Framed("\3" + Number(11, 7)), "a truncation of a length"},
        {Framed("\3" + Number(11, 9)), "a truncation of a length"},
        {TruncationRecord(0), "a change of entries that a snapshot stands for"},
        {TruncationRecord(10), "a change of entries that a snapshot stands for"},
        {TruncationRecord(15), "a gap in the log"},
        {TruncationRecord(HUGE_NUMBER), "a gap in the log"},

        {Framed("\4" + Number(14, 8) + Number(3, 8)), "an entry of a length"},
        {EntryRecord(14, 0, 0, ""), "an entry without a term"},
        {EntryRecord(14, 3, 3, ""), "an entry without a term, of an unknown type"},
        {EntryRecord(14, 3, 0, "x"), "an entry without a term"},
        {EntryRecord(14, 3, 2, "x"), "an entry without a term"},
        {EntryRecord(14, 3, 2, ""), "an entry without a term"},
        {EntryRecord(10, 3, 1, "x"), "a change of entries that a snapshot stands for"},
        {EntryRecord(0, 3, 1, "x"), "a change of entries that a snapshot stands for"},
        {EntryRecord(15, 3, 1, "x"), "a gap in the log"},
        {EntryRecord(HUGE_NUMBER, 3, 1, "x"), "a gap in the log"},
        {EntryRecord(14, 2, 1, "x"), "an entry whose term is below"},
        {EntryRecord(11, 1, 1, "x"), "an entry whose term is below"},
        {EntryRecord(14, 6, 1, "x"), "an entry of a term that the server had not reached"},
    };
    for (const auto& [record, reason] : table)
    {
        // Behind a good record and in front of another: the first counts, the second does not.
        const std::string good = HardStateRecord(5, 2);
        DurableState state = Base();
        const WalRecovery recovery =
            RecoverRecords(good + record + EntryRecord(14, 5, 1, "behind"), state);
        EXPECT_EQ(recovery.goodBytes, good.size()) << reason;
        EXPECT_EQ(recovery.records, 1U) << reason;
        EXPECT_EQ(std::string(recovery.reason).substr(0, reason.size()), reason);
        EXPECT_TRUE(SameState(state, Base())) << reason;
    }
}

TEST(RaftWalHostile, AServerStartsFromWhateverIsRecovered)
{
    // Plausible records in any order: the good ones among them make a state to start from.
    std::size_t records = 0;
    std::size_t wholes = 0;
    for (uint64_t seed = 1; seed <= 20000; ++seed)
    {
        WriteDrawer drawer(seed);
        const auto commands = {std::string(), std::string("x"), MEMBERS};
        const auto drawCommand = [&] { return *(commands.begin() + drawer.Below(3)); };
        Index end = 0;
        std::string bytes = HardStateRecord(1 + drawer.Below(3), drawer.Below(3));
        for (int i = 0; i < 6; ++i)
        {
            const Index index = drawer.Below(6);
            const Term term = drawer.Below(4);
            switch (drawer.Below(5))
            {
            case 0:
                bytes += HardStateRecord(term, drawer.Below(3));
                break;
            case 1:
                bytes += SnapshotRecord(index, term, drawCommand());
                break;
            case 2:
                bytes += TruncationRecord(index);
                break;
            default:
                // Most go on where a log would.
                bytes += EntryRecord(drawer.Below(4) == 0 ? index : ++end,
                                     std::max<Term>(term, 1),
                                     drawer.Below(5) == 0 ? drawer.Below(4) : 1,
                                     drawCommand());
            }
        }
        DurableState state;
        const WalRecovery recovery = RecoverRecords(bytes, state);
        records += recovery.records;
        wholes += recovery.goodBytes == bytes.size();
        EXPECT_NO_THROW(RaftCore(MakeConfig(1, 3), state)) << "seed " << seed;
    }
    EXPECT_GT(records, 25000U) << "many were good";
    EXPECT_GT(wholes, 0U);
    EXPECT_LT(wholes, 10000U) << "and many were not";
}

TEST(RaftWalHostile, ReadsNothingInBytesAtRandom)
{
    for (uint64_t seed = 1; seed <= 2000; ++seed)
    {
        WriteDrawer drawer(seed);
        DurableState state;
        EXPECT_EQ(RecoverRecords(drawer.Bytes(drawer.Below(500)), state).records, 0U);
        EXPECT_TRUE(SameState(state, DurableState{}));
    }
}

} // namespace ns3::raft::test
