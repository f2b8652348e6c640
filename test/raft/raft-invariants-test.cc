// The checker of the invariants, fed with histories that break each of them.

#include "raft-test-support.h"

#include "ns3/raft-invariants.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>

namespace ns3::raft::test
{

namespace
{

using Terms = std::vector<Term>;

/** Three servers made of nothing but claims. */
class Claims
{
  public:
    Claims()
    {
        for (ServerId id = 1; id <= 3; ++id)
        {
            ServerState& state = m_states[id];
            state.id = id;
            state.membership = &m_membership;
            state.log = &m_logs[id];
        }
    }

    ServerState& State(ServerId id)
    {
        return m_states[id];
    }

    /** Replaces the log from an index on, and says so in the next update. */
    void Write(ServerId id, Index from, const Terms& terms, const char* text = nullptr)
    {
        PersistRequest& persist = m_updates[id].persist.emplace();
        persist.ticket = ++m_tickets[id];
        persist.firstIndex = from;
        persist.entries = EntriesAfter(from - 1, terms);
        m_logs[id].TruncateFrom(from);
        for (Entry& entry : persist.entries)
        {
            entry = text ? MakeCommand(entry.term, text) : entry;
            m_logs[id].Append(entry);
        }
    }

    void WriteVote(ServerId id, Term term, ServerId vote)
    {
        std::optional<PersistRequest>& persist = m_updates[id].persist;
        if (!persist)
        {
            persist.emplace();
            persist->ticket = ++m_tickets[id];
        }
        persist->hardState = HardState{term, vote};
        State(id).term = term;
        State(id).vote = vote;
    }

    /** All that was asked for is reported as written. */
    void Durable(ServerId id)
    {
        State(id).durableTicket = m_tickets[id];
        State(id).durableIndex = m_logs[id].GetLastIndex();
    }

    void Lead(ServerId id, Term term)
    {
        State(id).role = Role::LEADER;
        State(id).term = term;
        m_updates[id].roleChanges.push_back({Role::LEADER, term, id, "claimed"});
    }

    void Apply(ServerId id, Index index, const Entry& entry)
    {
        m_updates[id].applied.push_back({index, entry});
    }

    /** @return the violation found, up to the colon; "" if there is none */
    std::string Check(ServerId id)
    {
        WriteVote(id, State(id).term, State(id).vote);
        return CheckSilently(id);
    }

    /** As Check(), but a change of term or vote is not asked to be written. */
    std::string CheckSilently(ServerId id)
    {
        return Kind([&] { m_checker.AfterStep(State(id), m_updates[id]); }, id);
    }

    void Restore(ServerId id, const Snapshot& snapshot)
    {
        m_updates[id].restore = snapshot;
    }

    std::string CheckRestart(ServerId id, const Terms& log)
    {
        return CheckRestart(id, RaftLog(LogOf(log)));
    }

    std::string CheckRestart(ServerId id, RaftLog log)
    {
        m_logs[id] = std::move(log);
        return Kind([&] { m_checker.AfterRestart(State(id)); }, id);
    }

    /** A term in which 1 leads and an entry of it is on all three, committed by 1. */
    void Establish()
    {
        Lead(1, 1);
        Write(1, 1, {1, 1});
        Durable(1);
        ASSERT_EQ(Check(1), "");
        for (const ServerId id : {2U, 3U})
        {
            State(id).term = 1;
            Write(id, 1, {1, 1});
            Durable(id);
            ASSERT_EQ(Check(id), "");
        }
        State(1).commitIndex = 2;
        Apply(1, 1, LogOf({1, 1})[0]);
        Apply(1, 2, LogOf({1, 1})[1]);
        ASSERT_EQ(Check(1), "");
    }

  private:
    template <typename Action>
    std::string Kind(Action action, ServerId id)
    {
        std::string kind;
        try
        {
            action();
        }
        catch (const InvariantViolation& violation)
        {
            kind = violation.what();
            EXPECT_EQ(kind.find('\n'), std::string::npos) << "one line";
            kind = kind.substr(0, kind.find(':'));
        }
        m_updates[id].Clear();
        return kind;
    }

    std::map<ServerId, RaftLog> m_logs;
    const Membership m_membership{{1, 2, 3}, {}};
    std::map<ServerId, ServerState> m_states;
    std::map<ServerId, Update> m_updates;
    std::map<ServerId, uint64_t> m_tickets;
    InvariantChecker m_checker;
};

} // namespace

TEST(RaftInvariants, AGoodHistoryPasses)
{
    Claims claims;
    claims.Establish();
    claims.State(1).role = Role::FOLLOWER;
    claims.WriteVote(1, 2, 3);
    EXPECT_EQ(claims.Check(1), "");
    claims.Lead(3, 2);
    claims.Write(3, 3, {2});
    EXPECT_EQ(claims.Check(3), "");
    claims.Write(1, 3, {2});
    EXPECT_EQ(claims.Check(1), "");
}

TEST(RaftInvariants, TwoLeadersInATermAreFound)
{
    Claims claims;
    claims.Lead(1, 4);
    EXPECT_EQ(claims.Check(1), "");
    claims.Lead(2, 5);
    EXPECT_EQ(claims.Check(2), "");
    claims.Lead(3, 4);
    EXPECT_EQ(claims.Check(3), "election safety");
}

TEST(RaftInvariants, ALeaderWithoutAnElectionIsFound)
{
    Claims claims;
    claims.State(1).role = Role::LEADER;
    claims.State(1).term = 1;
    EXPECT_EQ(claims.Check(1), "election safety");
}

TEST(RaftInvariants, AChangedVoteIsFoundInOneLifeAndAcrossACrash)
{
    Claims claims;
    claims.WriteVote(1, 3, 2);
    EXPECT_EQ(claims.Check(1), "");
    claims.State(1).vote = 3;
    EXPECT_EQ(claims.Check(1), "election safety");

    claims.WriteVote(2, 3, 2);
    EXPECT_EQ(claims.Check(2), "");
    claims.Durable(2);
    EXPECT_EQ(claims.Check(2), "");
    claims.State(2).vote = 1;
    EXPECT_EQ(claims.CheckRestart(2, Terms{}), "durability");
    claims.State(2).vote = 2;
    claims.State(2).term = 2;
    EXPECT_EQ(claims.CheckRestart(2, Terms{}), "durability");
}

TEST(RaftInvariants, AVoteThatWasNeverWrittenMayBeLost)
{
    Claims claims;
    claims.WriteVote(1, 3, 2);
    EXPECT_EQ(claims.Check(1), "");
    claims.State(1).term = 2;
    claims.State(1).vote = NO_SERVER;
    EXPECT_EQ(claims.CheckRestart(1, Terms{}), "");
}

TEST(RaftInvariants, ATermOrCommitIndexThatGoesBackIsFound)
{
    Claims claims;
    claims.Establish();
    claims.State(2).term = 0;
    EXPECT_EQ(claims.Check(2), "monotonic term");
    claims.State(1).commitIndex = 1;
    EXPECT_EQ(claims.Check(1), "monotonic commit");
}

TEST(RaftInvariants, ALeaderThatRewritesItsLogIsFound)
{
    Claims claims;
    claims.Lead(1, 1);
    claims.Write(1, 1, {1, 1});
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(1, 2, {});
    EXPECT_EQ(claims.Check(1), "leader append-only");
}

TEST(RaftInvariants, DifferentEntriesOfOneIndexAndTermAreFound)
{
    Claims claims;
    claims.Write(1, 1, {1, 2});
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(2, 1, {1});
    EXPECT_EQ(claims.Check(2), "");
    claims.Write(2, 2, {2}, "another");
    EXPECT_EQ(claims.Check(2), "log matching");
}

TEST(RaftInvariants, DifferentPredecessorsOfOneEntryAreFound)
{
    Claims claims;
    claims.Write(1, 1, {1, 3});
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(2, 1, {2, 3});
    EXPECT_EQ(claims.Check(2), "log matching");
}

TEST(RaftInvariants, AChangeOfTheLogThatWasNotAnnouncedIsFound)
{
    Claims claims;
    claims.Write(1, 1, {1});
    EXPECT_EQ(claims.Check(1), "");
    const RaftLog other(LogOf({1, 1}));
    claims.State(1).log = &other;
    EXPECT_EQ(claims.Check(1), "log matching");
}

TEST(RaftInvariants, AGapInTheLogIsFound)
{
    Claims claims;
    const RaftLog log(LogOf({1, 1}));
    claims.Write(1, 1, {1, 1});
    claims.State(1).log = &log;
    EXPECT_EQ(claims.Check(1), "");
    InvariantChecker checker;
    Update update;
    update.persist = PersistRequest{1, std::nullopt, 2, EntriesAfter(1, {1})};
    EXPECT_THROW(checker.AfterStep(claims.State(1), update), InvariantViolation);
}

TEST(RaftInvariants, ATermOrVoteThatIsNotWrittenIsFound)
{
    Claims claims;
    claims.State(1).term = 1;
    EXPECT_EQ(claims.CheckSilently(1), "durability");
    EXPECT_EQ(claims.Check(1), "");
    EXPECT_EQ(claims.CheckSilently(1), "");
    claims.State(1).vote = 2;
    EXPECT_EQ(claims.CheckSilently(1), "durability");
}

TEST(RaftInvariants, ACommitOfAnEarlierTermByCountingIsFound)
{
    Claims claims;
    claims.Write(1, 1, {1});
    claims.Durable(1);
    claims.Lead(1, 2);
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(2, 1, {1});
    claims.Durable(2);
    EXPECT_EQ(claims.Check(2), "");
    claims.State(1).commitIndex = 1;
    EXPECT_EQ(claims.Check(1), "leader completeness");
}

TEST(RaftInvariants, ALeaderWithoutACommittedEntryIsFound)
{
    Claims claims;
    claims.Establish();
    claims.Write(2, 2, {}); // 2 gives up what is committed, and stands for the next term
    EXPECT_EQ(claims.Check(2), "") << "2 does not know that it is committed";
    claims.Lead(2, 2);
    EXPECT_EQ(claims.Check(2), "leader completeness");
}

TEST(RaftInvariants, ACommitThatALaterLeaderLacksIsFoundWhicheverComesFirst)
{
    Claims claims;
    claims.Lead(1, 1);
    claims.Write(1, 1, {1});
    claims.Durable(1);
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(2, 1, {1});
    claims.Durable(2);
    EXPECT_EQ(claims.Check(2), "");
    claims.Lead(3, 2);
    claims.Write(3, 1, {2});
    EXPECT_EQ(claims.Check(3), "");
    claims.State(1).commitIndex = 1;
    EXPECT_EQ(claims.Check(1), "leader completeness");
}

TEST(RaftInvariants, ACommitWithoutAMajorityOnStableStorageIsFound)
{
    Claims claims;
    claims.Lead(1, 1);
    claims.Write(1, 1, {1});
    claims.Durable(1);
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(2, 1, {1}); // not durable
    EXPECT_EQ(claims.Check(2), "");
    claims.State(1).commitIndex = 1;
    EXPECT_EQ(claims.Check(1), "leader completeness");
}

TEST(RaftInvariants, ACommitBeyondTheLogIsFound)
{
    Claims claims;
    claims.Establish();
    claims.State(2).commitIndex = 3;
    EXPECT_EQ(claims.Check(2), "monotonic commit");
}

TEST(RaftInvariants, AnotherCommittedEntryIsFound)
{
    Claims claims;
    claims.Establish();
    claims.State(2).term = 2;
    claims.Write(2, 2, {2});
    EXPECT_EQ(claims.Check(2), "");
    claims.State(2).commitIndex = 2;
    EXPECT_EQ(claims.Check(2), "state-machine safety");
}

TEST(RaftInvariants, AReplacedCommittedEntryIsFound)
{
    Claims claims;
    claims.Establish();
    claims.State(1).role = Role::FOLLOWER;
    claims.State(1).term = 2;
    claims.Write(1, 2, {2});
    EXPECT_EQ(claims.Check(1), "state-machine safety");
}

TEST(RaftInvariants, AppliesOutOfOrderTwiceTooEarlyOrDifferentAreFound)
{
    const std::vector<Entry> log = LogOf({1, 1});

    struct
    {
        const char* what;
        std::vector<Applied> applied;
    } const cases[] = {{"a gap", {{2, log[1]}}},
                       {"twice", {{1, log[0]}, {1, log[0]}}},
                       {"too early", {{1, log[0]}, {2, log[1]}}},
                       {"different", {{1, MakeCommand(1, "another")}}}};

    for (const auto& c : cases)
    {
        Claims claims;
        claims.Establish();
        claims.State(2).commitIndex = 1;
        for (const Applied& applied : c.applied)
        {
            claims.Apply(2, applied.index, applied.entry);
        }
        EXPECT_EQ(claims.Check(2), "state-machine safety") << c.what;
    }
}

TEST(RaftInvariants, ARestartThatLosesWhatWasDurableOrKeepsWhatIsVolatileIsFound)
{
    Claims claims;
    claims.Establish();
    claims.State(2).role = Role::FOLLOWER;
    EXPECT_EQ(claims.CheckRestart(2, Terms{1}), "durability");

    Claims kept;
    kept.Establish();
    kept.State(2).commitIndex = 1;
    EXPECT_EQ(kept.CheckRestart(2, Terms{1, 1}), "restart");

    Claims good;
    good.Establish();
    good.State(1).role = Role::FOLLOWER;
    good.State(1).commitIndex = 0;
    EXPECT_EQ(good.CheckRestart(1, Terms{1, 1}), "");
    good.State(1).commitIndex = 1;
    good.Apply(1, 1, LogOf({1})[0]);
    EXPECT_EQ(good.Check(1), "") << "a new life applies from the start";
}

TEST(RaftInvariants, ASnapshotOfWhatIsNotCommittedIsFound)
{
    for (const LogPosition end : {LogPosition{3, 1}, LogPosition{2, 2}})
    {
        Claims claims;
        claims.Establish();
        RaftLog log({}, end.index, end.term);
        claims.State(2).log = &log;
        EXPECT_EQ(claims.Check(2), "state-machine safety") << end.index;
    }
    Claims good;
    good.Establish();
    RaftLog log(LogOf({1, 1}));
    log.CompactTo(2);
    good.State(1).log = &log;
    EXPECT_EQ(good.Check(1), "");
}

TEST(RaftInvariants, ARestoreThatGoesBackIsFound)
{
    Claims claims;
    claims.Establish();
    claims.Restore(1, Snapshot{1, 1, {{1, 2, 3}, {}}, std::make_shared<const std::string>("x")});
    EXPECT_EQ(claims.Check(1), "state-machine safety");
}

TEST(RaftInvariants, ARestartFromASnapshotOfTooLittleIsFound)
{
    Claims claims;
    claims.Establish();
    claims.State(2).role = Role::FOLLOWER;
    EXPECT_EQ(claims.CheckRestart(2, RaftLog({}, 2, 1)), "restart")
        << "the commit index begins at the snapshot";
    Claims lost;
    lost.Establish();
    lost.State(2).commitIndex = 1;
    EXPECT_EQ(lost.CheckRestart(2, RaftLog({}, 1, 1)), "durability") << "entry 2 was written";
    Claims good;
    good.Establish();
    good.State(2).commitIndex = 2;
    EXPECT_EQ(good.CheckRestart(2, RaftLog({}, 2, 1)), "");
}

TEST(RaftInvariants, LearnersDoNotMakeAMajority)
{
    const Membership two{{1, 2}, {3}};
    Claims claims;
    claims.State(1).membership = &two;
    claims.Lead(1, 1);
    claims.Write(1, 1, {1});
    claims.Durable(1);
    EXPECT_EQ(claims.Check(1), "");
    claims.Write(3, 1, {1});
    claims.Durable(3);
    EXPECT_EQ(claims.Check(3), "");
    claims.State(1).commitIndex = 1;
    EXPECT_EQ(claims.Check(1), "leader completeness");
}

} // namespace ns3::raft::test
