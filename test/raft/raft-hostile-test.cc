// A peer may send anything. It must not end the run, nor change what is committed.

#include "raft-test-support.h"

#include "ns3/raft-message-check.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace ns3::raft::test
{

namespace
{

constexpr uint64_t HUGE_NUMBER = std::numeric_limits<uint64_t>::max();

AppendEntriesReply
Reply(bool success, Index prevLogIndex, Index matchIndex, Index conflictIndex, Term conflictTerm)
{
    return AppendEntriesReply{success, prevLogIndex, matchIndex, conflictIndex, conflictTerm};
}

AppendEntries
Append(Index prevLogIndex, Term prevLogTerm, std::vector<Entry> entries)
{
    return AppendEntries{prevLogIndex, prevLogTerm, 0, std::move(entries)};
}

/** The last chunk of a snapshot; null for one without data. */
InstallSnapshot
Chunk(Index lastIndex,
      Term lastTerm,
      const char* data,
      const std::string& membership = Membership{{1, 2, 3}, {}}.Encode())
{
    InstallSnapshot chunk;
    chunk.lastIndex = lastIndex;
    chunk.lastTerm = lastTerm;
    chunk.membership = std::make_shared<const std::string>(membership);
    chunk.data = data ? std::make_shared<const std::string>(data) : nullptr;
    chunk.done = true;
    return chunk;
}

InstallSnapshot
ChunkAt(uint64_t offset, std::size_t bytes)
{
    InstallSnapshot chunk = Chunk(9, 6, "");
    chunk.offset = offset;
    chunk.data = std::make_shared<const std::string>(bytes, 'x');
    chunk.done = false;
    return chunk;
}

} // namespace

struct HostileCase
{
    const char* name;
    Message message;
    const char* reason;
};

class RaftHostile : public testing::TestWithParam<HostileCase>
{
};

/** Server 1 of 3 follows 2 in term 5 with the log {1, 2, 5}, of which two entries are committed. */
TEST_P(RaftHostile, MessageChangesNothing)
{
    Driver driver(3, MakeDurable(5, NO_SERVER, {1, 2, 5}));
    driver.Receive(2, 5, AppendEntries{3, 5, 2, {}});
    ASSERT_EQ(driver.core.GetCommitIndex(), 2U);
    driver.now = Ms(10);
    const Update& update = driver.Step(Event{driver.now, 0, Receive{GetParam().message}});
    EXPECT_EQ(ReasonIn(update), GetParam().reason);
    EXPECT_TRUE(update.messages.empty());
    EXPECT_FALSE(update.persist);
    EXPECT_TRUE(update.roleChanges.empty());
    EXPECT_EQ(update.deadline, Ms(1000)) << "the election timer was restarted";
    EXPECT_EQ(driver.core.GetTerm(), 5U);
    EXPECT_EQ(driver.core.GetLeader(), 2U);
    EXPECT_EQ(driver.core.GetCommitIndex(), 2U);
    EXPECT_EQ(TermsOf(driver.core), (std::vector<Term>{1, 2, 5}));
}

const char* const NO_OTHER = "the sender is no other server";
const char* const BAD_TERM = "the term is out of range";
const char* const BAD_LAST = "the candidate's last index and last term do not fit together";
const char* const BAD_PREV = "prevLogIndex and prevLogTerm do not fit together or are out of range";
const char* const BAD_ENTRY =
    "an entry has no term, an unknown type or a command that does not fit its type";
const char* const BAD_SUCCESS = "a success that acknowledges an index out of range";
const char* const BAD_SNAPSHOT =
    "the snapshot's last index and last term do not fit together or are out of range";
const char* const BAD_CHUNK = "a chunk of a snapshot without data";
const char* const BAD_MEMBERS =
    "the snapshot says nothing sensible about who belongs to the cluster";
const char* const TOO_LARGE = "a snapshot of more than 1 GiB";
const char* const BAD_INSTALLED = "an answer to a snapshot that is out of range";
const char* const BAD_CONFLICT = "a conflict beyond what was asked or above the follower's term";
const Entry COMMAND_WITHOUT_BYTES{5, EntryType::COMMAND, nullptr};
const Entry NOOP_WITH_BYTES{5, EntryType::NOOP, std::make_shared<const std::string>("x")};
const Entry UNKNOWN_TYPE{5, static_cast<EntryType>(7), nullptr};
const Entry MEMBERSHIP_OF_NOBODY{5,
                                 EntryType::MEMBERSHIP,
                                 std::make_shared<const std::string>(4, '\0')};

INSTANTIATE_TEST_SUITE_P(
    Each,
    RaftHostile,
    testing::Values(
        HostileCase{"Nobody", {0, 1, 6, RequestVote{}}, NO_OTHER},
        HostileCase{"Myself", {1, 1, 6, RequestVote{}}, NO_OTHER},
        HostileCase{"NoSuchServer", {MAX_SERVER_ID + 1, 1, 6, RequestVote{}}, NO_OTHER},
        HostileCase{"Elsewhere", {2, 3, 6, RequestVote{}}, "addressed to another server"},
        HostileCase{"TermZero", {2, 1, 0, RequestVote{}}, BAD_TERM},
        HostileCase{"TermHuge", {2, 1, HUGE_NUMBER, RequestVote{}}, BAD_TERM},
        HostileCase{"LastIndexOnly", {2, 1, 6, RequestVote{4, 0}}, BAD_LAST},
        HostileCase{"LastTermOnly", {2, 1, 6, RequestVote{0, 4}}, BAD_LAST},
        HostileCase{"LastIndexHuge", {2, 1, 6, RequestVote{HUGE_NUMBER, 4}}, BAD_LAST},
        HostileCase{"LogOfTheFuture",
                    {2, 1, 6, RequestVote{4, 6}},
                    "the candidate's log holds entries of the term it only stands for"},
        HostileCase{"PrevIndexOnly", {2, 1, 5, Append(1, 0, {})}, BAD_PREV},
        HostileCase{"PrevTermOnly", {2, 1, 5, Append(0, 1, {})}, BAD_PREV},
        HostileCase{"PrevIndexHuge", {2, 1, 5, Append(HUGE_NUMBER, 5, LogOf({5}))}, BAD_PREV},
        HostileCase{"IndexOverflow", {2, 1, 5, Append(MAX_INDEX, 5, LogOf({5}))}, BAD_PREV},
        HostileCase{"PrevTermAbove",
                    {2, 1, 5, Append(3, 6, {})},
                    "prevLogTerm is above the leader's term"},
        HostileCase{"TermsDecrease",
                    {2, 1, 5, Append(3, 5, LogOf({5, 4}))},
                    "the entries' terms decrease"},
        HostileCase{"TermsBelowPrev",
                    {2, 1, 5, Append(3, 5, LogOf({4}))},
                    "the entries' terms decrease"},
        HostileCase{"EntryTermAbove",
                    {2, 1, 5, Append(3, 5, LogOf({6}))},
                    "an entry's term is above the leader's term"},
        HostileCase{"EntryTermZero", {2, 1, 5, Append(3, 5, LogOf({0}))}, BAD_ENTRY},
        HostileCase{"CommandWithoutBytes",
                    {2, 1, 5, Append(3, 5, {COMMAND_WITHOUT_BYTES})},
                    BAD_ENTRY},
        HostileCase{"NoopWithBytes", {2, 1, 5, Append(3, 5, {NOOP_WITH_BYTES})}, BAD_ENTRY},
        HostileCase{"MembershipOfNobody",
                    {2, 1, 5, Append(3, 5, {MEMBERSHIP_OF_NOBODY})},
                    BAD_ENTRY},
        HostileCase{"UnknownType", {2, 1, 5, Append(3, 5, {UNKNOWN_TYPE})}, BAD_ENTRY},
        HostileCase{"SecondLeader",
                    {3, 1, 5, Append(3, 5, {})},
                    "a second leader in one term (election safety, 5.2)"},
        HostileCase{"CommittedPrevDiffers",
                    {3, 1, 9, Append(2, 1, {})},
                    "prevLogTerm contradicts a committed entry (leader completeness, 5.4)"},
        HostileCase{"CommittedEntryReplaced",
                    {3, 1, 9, Append(1, 1, LogOf({9}))},
                    "an entry contradicts a committed one (leader completeness, 5.4)"},
        HostileCase{"AllReplaced",
                    {2, 1, 5, Append(0, 0, LogOf({3, 3, 3}))},
                    "an entry contradicts a committed one (leader completeness, 5.4)"},
        HostileCase{"CommittedCommandReplaced",
                    {2, 1, 5, Append(1, 1, {MakeCommand(2, "other")})},
                    "two different entries of the same index and term (log matching, 5.3)"},
        HostileCase{"OpenCommandReplaced",
                    {2, 1, 5, Append(2, 2, {MakeCommand(5, "other")})},
                    "two different entries of the same index and term (log matching, 5.3)"},
        HostileCase{"SuccessHuge", {2, 1, 6, Reply(true, 3, HUGE_NUMBER, 0, 0)}, BAD_SUCCESS},
        HostileCase{"SuccessWithConflict",
                    {2, 1, 6, Reply(true, 3, 3, 1, 1)},
                    "a success with a conflict"},
        HostileCase{"FailureWithMatch",
                    {2, 1, 6, Reply(false, 3, 1, 1, 1)},
                    "a failure that acknowledges entries"},
        HostileCase{"ConflictBeyond", {2, 1, 6, Reply(false, 3, 0, 4, 1)}, BAD_CONFLICT},
        HostileCase{"ConflictTermAbove", {2, 1, 6, Reply(false, 3, 0, 3, 7)}, BAD_CONFLICT},
        HostileCase{"ConflictTermOnly", {2, 1, 6, Reply(false, 3, 0, 0, 2)}, BAD_CONFLICT},
        HostileCase{"PreVoteForItsOwnSake",
                    {2, 1, 6, RequestVote{3, 5, true, true}},
                    "a pre-vote at the leader's own wish, who wants an election at once"},
        HostileCase{"SecondLeaderHandsOver",
                    {3, 1, 5, TimeoutNow{}},
                    "a second leader in one term (election safety, 5.2)"},
        HostileCase{"SecondLeaderInstalls",
                    {3, 1, 5, Chunk(9, 5, "x")},
                    "a second leader in one term (election safety, 5.2)"},
        HostileCase{"SnapshotOfNothing", {2, 1, 6, Chunk(0, 0, "x")}, BAD_SNAPSHOT},
        HostileCase{"SnapshotWithoutTerm", {2, 1, 6, Chunk(9, 0, "x")}, BAD_SNAPSHOT},
        HostileCase{"SnapshotTermAbove", {2, 1, 6, Chunk(9, 7, "x")}, BAD_SNAPSHOT},
        HostileCase{"SnapshotIndexHuge", {2, 1, 6, Chunk(HUGE_NUMBER, 6, "x")}, BAD_SNAPSHOT},
        HostileCase{"SnapshotWithoutMembers", {2, 1, 6, Chunk(9, 6, "x", "")}, BAD_MEMBERS},
        HostileCase{"SnapshotOfStrangeMembers", {2, 1, 6, Chunk(9, 6, "x", "abcd")}, BAD_MEMBERS},
        HostileCase{"ChunkWithoutData", {2, 1, 6, Chunk(9, 6, nullptr)}, BAD_CHUNK},
        HostileCase{"ChunkFarAway", {2, 1, 6, ChunkAt(MAX_SNAPSHOT_BYTES, 1)}, TOO_LARGE},
        HostileCase{"ChunkAtNoPlace", {2, 1, 6, ChunkAt(HUGE_NUMBER, 1)}, TOO_LARGE},
        HostileCase{"InstalledNothing", {2, 1, 6, InstallSnapshotReply{}}, BAD_INSTALLED},
        HostileCase{"InstalledTooMuch",
                    {2, 1, 6, InstallSnapshotReply{HUGE_NUMBER, 0, true, 0}},
                    BAD_INSTALLED},
        HostileCase{"HoldsTooMuch",
                    {2, 1, 6, InstallSnapshotReply{9, MAX_SNAPSHOT_BYTES + 1, false, 0}},
                    BAD_INSTALLED}),
    [](const auto& tested) { return tested.param.name; });

TEST(RaftHostility, ALeaderIsNotDeposedWithinItsTerm)
{
    Driver driver = Driver::AsLeader(3, 4, {1});
    EXPECT_EQ(ReasonIn(driver.Receive(2, 4, Append(0, 0, LogOf({3})))),
              "a second leader in one term (election safety, 5.2)");
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    EXPECT_EQ(TermsOf(driver.core), (std::vector<Term>{1, 4}));
}

TEST(RaftHostility, TheLastTermOfAllEndsElectionsButNotTheServer)
{
    Driver driver(3);
    driver.Receive(2, MAX_TERM, RequestVoteReply{});
    ASSERT_EQ(driver.core.GetTerm(), MAX_TERM);
    const Update& update = driver.Tick(Ms(1000));
    EXPECT_EQ(ReasonIn(update), "no term is left for another election");
    EXPECT_EQ(update.deadline, Ms(2000));
    EXPECT_EQ(driver.core.GetTerm(), MAX_TERM);
    EXPECT_EQ(driver.core.GetRole(), Role::FOLLOWER);
    driver.Receive(2, MAX_TERM, AppendEntries{});
    EXPECT_EQ(driver.core.GetLeader(), 2U);
}

namespace
{

/** Messages of the right types with numbers that are wrong in likely and unlikely ways. */
class Babbler
{
  public:
    explicit Babbler(uint64_t seed)
        : m_random(seed)
    {
    }

    uint64_t Below(uint64_t bound)
    {
        return m_random() % bound;
    }

    /** Near a true value, or an edge, or anything. */
    uint64_t Number(uint64_t near)
    {
        switch (Below(12))
        {
        case 0:
            return 0;
        case 1:
            return HUGE_NUMBER - Below(3);
        case 2:
            return m_random() >> Below(64);
        case 3:
        case 4:
            return Below(std::min<uint64_t>(near, 1000) + 2);
        default:
            return near + Below(4) - (near > 1 ? Below(3) : 0);
        }
    }

    Entry MakeEntry(Term term)
    {
        const EntryType type = static_cast<EntryType>(Below(20) == 0 ? 2 : Below(2));
        Entry entry{Below(8) == 0 ? Number(term) : term, type, nullptr};
        if ((type == EntryType::COMMAND) == (Below(30) != 0))
        {
            entry.command =
                std::make_shared<const std::string>(1, static_cast<char>('a' + Below(3)));
        }
        return entry;
    }

    Message MakeMessage(const RaftCore& core)
    {
        const Index index = core.GetLastIndex();
        const Term term = core.GetTerm();
        Message message;
        message.from = Below(20) == 0 ? static_cast<ServerId>(m_random()) : 2 + Below(4);
        message.to = Below(30) == 0 ? static_cast<ServerId>(Below(7)) : 1;
        message.term = Below(40) == 0 ? Number(term) : term + (Below(12) == 0 ? 1 : 0);
        switch (Below(4))
        {
        case 0:
            message.body = RequestVote{Number(index), Number(term)};
            break;
        case 1:
            message.body = RequestVoteReply{Below(2) == 0};
            break;
        case 2:
            message.body = MakeAppend(core, message.term);
            break;
        default:
            message.body =
                Below(2) == 0 ? Reply(true, Number(index), Number(index), 0, 0)
                              : Reply(Below(2) == 0, Number(index), 0, Number(index), Number(term));
        }
        return message;
    }

  private:
    AppendEntries MakeAppend(const RaftCore& core, Term term)
    {
        AppendEntries append;
        append.prevLogIndex = Number(core.GetLastIndex());
        const Term there = core.GetLog().GetTerm(append.prevLogIndex);
        append.prevLogTerm = Below(4) == 0 ? Number(there) : there;
        append.commitIndex = Number(core.GetLastIndex());
        for (uint64_t i = Below(5); i > 0; --i)
        {
            append.entries.push_back(MakeEntry(term));
        }
        return append;
    }

    std::mt19937_64 m_random;
};

} // namespace

TEST(RaftHostility, NoFloodOfGarbageCrashesAServerOrChangesWhatIsCommitted)
{
    uint64_t committedInAll = 0;
    uint64_t led = 0;
    for (uint64_t seed = 0; seed < 300; ++seed)
    {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Babbler babbler(seed);
        Driver driver(5, MakeDurable(3, NO_SERVER, {1, 1, 2, 3}));
        std::vector<Entry> committed;
        Term term = 0;
        for (int i = 0; i < 600; ++i)
        {
            driver.random = static_cast<double>(babbler.Below(1000)) / 1000;
            driver.now += Ms(static_cast<double>(babbler.Below(40)));
            const Update* update = nullptr;
            switch (babbler.Below(16))
            {
            case 0:
                update = &driver.Tick(driver.now + (babbler.Below(4) == 0 ? Ms(1500) : Ms(0)));
                break;
            case 1:
                update = &driver.Persist();
                break;
            case 2:
                update = &driver.Propose("mine");
                break;
            case 3:
                update = &driver.Persist(babbler.Number(driver.lastTicket));
                break;
            default:
                update = &driver.Step(
                    Event{driver.now, driver.random, Receive{babbler.MakeMessage(driver.core)}});
            }
            for (const Applied& applied : update->applied)
            {
                ASSERT_EQ(applied.index, committed.size() + 1);
                committed.push_back(applied.entry);
            }
            ASSERT_EQ(driver.core.GetCommitIndex(), committed.size());
            ASSERT_LE(committed.size(), driver.core.GetLastIndex());
            ASSERT_LE(driver.core.GetDurableIndex(), driver.core.GetLastIndex());
            ASSERT_GE(driver.core.GetTerm(), term);
            ASSERT_LE(driver.core.GetLog().GetLastTerm(), driver.core.GetTerm());
            term = driver.core.GetTerm();
            led += driver.core.GetRole() == Role::LEADER ? 1 : 0;
        }
        for (Index index = 1; index <= committed.size(); ++index)
        {
            ASSERT_EQ(driver.core.GetLog().GetEntry(index), committed[index - 1]);
        }
        EXPECT_NO_THROW(RaftLog{
            std::vector<Entry>(committed)}); // terms never decrease, entries are well formed
        committedInAll += committed.size();
    }
    EXPECT_GT(committedInAll, 3000U) << "the garbage is refused too early to test much";
    EXPECT_GT(led, 1000U) << "the server under test hardly ever led";
}

} // namespace ns3::raft::test
