// Small histories with a known verdict, and what is said about the bad ones. Times are seconds.

#include "ns3/raft-linearizability.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3::raft::test
{

namespace
{

constexpr double UNKNOWN = -1;

HistoryOperation
Make(uint32_t client,
     bool put,
     const std::string& key,
     const std::string& value,
     double call,
     double ret)
{
    const auto time = [](double seconds) {
        return std::chrono::duration_cast<TimePoint>(std::chrono::duration<double>(seconds));
    };
    HistoryOperation operation{client, put, key, value, time(call), {}};
    if (ret != UNKNOWN)
    {
        operation.ret = time(ret);
    }
    return operation;
}

HistoryOperation
Put(const std::string& value, double call, double ret, const std::string& key = "k")
{
    return Make(1, true, key, value, call, ret);
}

HistoryOperation
Get(const std::string& value, double call, double ret, const std::string& key = "k")
{
    return Make(2, false, key, value, call, ret);
}

struct Case
{
    std::string what;
    std::vector<HistoryOperation> history;
};

/** Says why a history that must be linearizable is not. */
void
ExpectLinearizable(const Case& good)
{
    const auto violation = CheckLinearizability(good.history).violation;
    EXPECT_FALSE(violation) << good.what << ": " << violation->explanation;
}

} // namespace

TEST(Linearizability, HistoriesThatOneStoreCouldHaveGivenPass)
{
    const std::vector<Case> cases{
        {"nothing happened", {}},
        {"a missing key reads as the empty text", {Get("", 1, 2)}},
        {"one after the other",
         {Get("", 0, 1), Put("a", 2, 3), Get("a", 4, 5), Put("b", 6, 7), Get("b", 8, 9)}},
        {"the order in the history means nothing",
         {Get("b", 8, 9), Get("a", 4, 5), Put("b", 6, 7), Put("a", 2, 3)}},
        {"a read under way with a put sees it", {Put("a", 1, 4), Get("a", 2, 3)}},
        {"a read under way with a put does not see it", {Put("a", 1, 4), Get("", 2, 3)}},
        {"of two reads under way with a put the later one sees it",
         {Put("a", 1, 9), Get("", 2, 3), Get("a", 4, 5)}},
        {"reads under way together see old and new in either order of call",
         {Put("a", 0, 1), Put("b", 2, 9), Get("b", 3, 6), Get("a", 4, 7)}},
        {"puts under way together, the one called first comes last",
         {Put("a", 1, 5), Put("b", 2, 4), Get("a", 6, 7)}},
        {"puts under way together, one is seen by nobody",
         {Put("a", 1, 9), Put("b", 2, 8), Put("c", 3, 7), Get("b", 10, 11), Get("b", 12, 13)}},
        {"a return and a call at the same moment are concurrent",
         {Put("a", 1, 2), Put("b", 2, 3), Get("a", 3, 4), Get("b", 4, 5)}},
        {"an operation without duration", {Put("a", 1, 1), Get("a", 2, 2)}},
        {"a put between values that touch",
         {Put("a", 1, 2), Get("a", 5, 6), Put("b", 1, 5), Get("b", 7, 8), Put("c", 3, 6)}},
        {"keys do not touch each other",
         {Put("a", 1, 2, "x"), Get("", 3, 4, "y"), Put("a", 5, 6, "y"), Get("a", 7, 8, "x")}},
        {"times below 0", {Put("a", -9, -8), Get("a", -7, -6)}},
    };
    for (const Case& good : cases)
    {
        ExpectLinearizable(good);
    }
}

TEST(Linearizability, APutOfUnknownOutcomeMayTakeEffectAtAnyLaterMomentOrNever)
{
    const std::vector<Case> cases{
        {"never", {Put("a", 1, UNKNOWN), Get("", 2, 3), Get("", 90, 91)}},
        {"never, and known puts go on",
         {Put("a", 1, UNKNOWN), Put("b", 2, 3), Get("b", 4, 5), Put("c", 6, 7), Get("c", 8, 9)}},
        {"at once", {Put("a", 1, UNKNOWN), Get("a", 2, 3), Get("a", 4, 5)}},
        {"much later, over another value",
         {Put("a", 1, UNKNOWN),
          Put("b", 2, 3),
          Get("b", 4, 5),
          Get("a", 80, 81),
          Get("a", 90, 91)}},
        {"under a later value, seen by nobody",
         {Put("a", 1, UNKNOWN), Put("b", 2, UNKNOWN), Get("b", 3, 4), Get("a", 5, 6)}},
        {"after a put that was called later",
         {Put("a", 1, UNKNOWN), Put("b", 2, 3), Get("a", 4, 5)}},
        {"while it is read", {Put("a", 1, UNKNOWN), Get("", 2, 9), Get("a", 3, 4), Get("a", 5, 6)}},
        {"a put that was called while the read was under way",
         {Get("a", 1, 3), Put("a", 2, UNKNOWN)}},
    };
    for (const Case& good : cases)
    {
        ExpectLinearizable(good);
    }
}

TEST(Linearizability, AReadOfUnknownOutcomeSaysNothing)
{
    ExpectLinearizable({"whatever it holds",
                        {Get("never put", 0, UNKNOWN),
                         Put("a", 1, 2),
                         Get("", 3, UNKNOWN),
                         Put("b", 4, 5),
                         Get("a", 6, UNKNOWN),
                         Get("b", 7, 8)}});
}

TEST(Linearizability, WhatNoSingleStoreCouldHaveGivenIsExplainedInOneLine)
{
    struct BadCase
    {
        std::vector<HistoryOperation> history;
        std::size_t operation;
        std::string explanation;
    };

    const std::vector<BadCase> cases{
        {{Get("a", 1.25, 2)}, // a value that nobody put
         0,
         "client 2's get from 1.25 s to 2 s read \"a\", but nobody ever put it"},
        {{Put("a", 1, 2, "other"), Get("a", 3, 4)}, // a value of another key
         1,
         "client 2's get from 3 s to 4 s read \"a\", but nobody ever put it"},
        {{Put("a", 3, 4), Get("a", 1, 2.999999999)}, // the future
         1,
         "client 2's get from 1 s to 2.999999999 s read \"a\", but the put of it came later "
         "(client 1's put from 3 s to 4 s)"},
        {{Put("a", 3, UNKNOWN), Get("a", 1, 2), Get("a", 5, 6)},
         1,
         "client 2's get from 1 s to 2 s read \"a\", but the put of it came later "
         "(client 1's put from 3 s on, of unknown outcome)"},
        {{Put("a", 1, 2), Get("", 3, 4)}, // a lost write
         1,
         "client 2's get from 3 s to 4 s read \"\", as if nothing had been put, but \"a\" had been "
         "there before (client 1's put from 1 s to 2 s)"},
        {{Put("a", 1, UNKNOWN), Get("a", 2, 3), Get("", 4, 5)}, // an unknown put that came and went
         2,
         "client 2's get from 4 s to 5 s read \"\", as if nothing had been put, but \"a\" had been "
         "there before (client 2's get from 2 s to 3 s)"},
        {{Put("a", 1, 2), Put("b", 3, 4), Get("a", 5, 6)}, // a stale read
         2,
         "client 2's get from 5 s to 6 s read \"a\", which had been there by 2 s (client 1's put), "
         "but \"b\" came in between (client 1's put from 3 s to 4 s)"},
        {{Put("a", 1, 2), Put("b", 3, 4), Get("b", 5, 6), Get("a", 7, 8)},
         3,
         "client 2's get from 7 s to 8 s read \"a\", which had been there by 2 s (client 1's put), "
         "but \"b\" came in between (client 1's put from 3 s to 4 s, client 2's get from 5 s to 6 "
         "s)"},
        {{Put("a", 0, 1), Put("b", 2, UNKNOWN), Get("b", 3, 4), Get("a", 5, 6)},
         3,
         "client 2's get from 5 s to 6 s read \"a\", which had been there by 1 s (client 1's put), "
         "but \"b\" came in between (client 2's get from 3 s to 4 s)"},
        {{Put("a", 1, UNKNOWN), Get("a", 2, 3), Put("b", 4, 5), Get("a", 6, 7)},
         3,
         "client 2's get from 6 s to 7 s read \"a\", which had been there by 3 s (client 2's get), "
         "but \"b\" came in between (client 1's put from 4 s to 5 s)"},
        {{Put("a", 1, 9),
          Put("b", 1, 9),
          Get("a", 2, 3),
          Get("b", 4, 5),
          Get("a", 6, 7)}, // flicker
         4,
         "client 2's get from 6 s to 7 s read \"a\", which had been there by 3 s (client 2's get), "
         "but \"b\" came in between (client 2's get from 4 s to 5 s)"},
        {{Put("a", 1, 5), Put("b", 1, 5), Get("a", 6, 7), Get("b", 6, 8)}, // readers disagree
         3,
         "client 2's get from 6 s to 7 s read \"a\" and client 2's get from 6 s to 8 s read \"b\", "
         "but \"a\" had been there by 5 s (client 1's put) and \"b\" by 5 s (client 1's put): "
         "whichever was put last, the other was read after it"},
    };
    for (const BadCase& bad : cases)
    {
        const auto violation = CheckLinearizability(bad.history).violation;
        ASSERT_TRUE(violation) << bad.explanation;
        EXPECT_EQ(violation->operation, bad.operation) << bad.explanation;
        EXPECT_EQ(violation->explanation, "key \"k\": " + bad.explanation);
    }
}

TEST(Linearizability, OfSeveralViolationsTheOneThatShowedFirstIsTold)
{
    const std::vector<HistoryOperation> history{Get("x", 8, 9, "k1"),
                                                Get("x", 6, 7, "k2"),
                                                Get("y", 4, 5, "k2"),
                                                Get("x", 6, 7, "k3")};
    const auto violation = CheckLinearizability(history).violation;
    ASSERT_TRUE(violation);
    EXPECT_EQ(violation->operation, 2U);
    EXPECT_NE(violation->explanation.find("key \"k2\""), std::string::npos);
}

TEST(Linearizability, AnExplanationIsOneShortLineWhateverClientsPut)
{
    const std::string wild = "\"\\\n\x1b\xff" + std::string(100000, 'x');
    const auto violation = CheckLinearizability({Get(wild, 1, 2, wild)}).violation;
    ASSERT_TRUE(violation);
    const std::string quoted = "\"\\\"\\\\\\x0a\\x1b\\xff" + std::string(59, 'x') + "\"...";
    EXPECT_EQ(violation->explanation,
              "key " + quoted + ": client 2's get from 1 s to 2 s read " + quoted +
                  ", but nobody ever put it");
}

TEST(Linearizability, HistoriesThatCannotBeCheckedAreRefused)
{
    struct BadHistory
    {
        std::vector<HistoryOperation> history;
        std::string message;
    };

    const std::vector<BadHistory> cases{
        {{Put("a", 1, 2), Put("b", 3, 4), Put("a", 5, UNKNOWN)},
         "key \"k\": client 1's put from 5 s on, of unknown outcome writes \"a\", and so did "
         "client 1's put from 1 s to 2 s: expected unique values"},
        {{Put("", 1, 2)},
         "key \"k\": client 1's put from 1 s to 2 s writes \"\", which a missing key reads as: "
         "expected unique values"},
        {{Get("", 2, 1.5)},
         "key \"k\": client 2's get from 2 s to 1.5 s: expected a return not before the call"},
    };
    for (const BadHistory& bad : cases)
    {
        try
        {
            CheckLinearizability(bad.history);
            ADD_FAILURE() << "accepted where expected: " << bad.message;
        }
        catch (const std::invalid_argument& e)
        {
            EXPECT_EQ(e.what(), bad.message);
        }
    }
}

} // namespace ns3::raft::test
