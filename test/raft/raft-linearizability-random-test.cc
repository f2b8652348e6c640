// The check against one that tries every order, over many small random histories, and its cost and
// verdicts on large ones.

#include "ns3/raft-linearizability.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace ns3::raft::test
{

namespace
{

using History = std::vector<HistoryOperation>;
using Random = std::mt19937_64;

int
Below(Random& random, int bound)
{
    return static_cast<int>(random() % static_cast<uint64_t>(bound));
}

/** Executes operations one after the other in every order that their times allow. */
class EveryOrder
{
  public:
    explicit EveryOrder(const History& history)
        : m_history(history),
          m_done(history.size(), false)
    {
    }

    bool Explains()
    {
        return std::all_of(m_history.begin(),
                           m_history.end(),
                           [&](const auto& operation) {
                               return !operation.ret || m_done[&operation - m_history.data()];
                           }) ||
               AnyNext();
    }

  private:
    bool AnyNext()
    {
        for (std::size_t next = 0; next < m_history.size(); ++next)
        {
            const HistoryOperation& operation = m_history[next];
            std::string& stored = m_store[operation.key];
            const bool wrong = !operation.put && (!operation.ret || operation.value != stored);
            if (m_done[next] || wrong || HasToWait(operation))
            {
                continue;
            }
            const std::string before = stored;
            stored = operation.value;
            m_done[next] = true;
            const bool explained = Explains();
            m_done[next] = false;
            stored = before;
            if (explained)
            {
                return true;
            }
        }
        return false;
    }

    /** Whether another operation that returned before this one's call has not been executed. */
    bool HasToWait(const HistoryOperation& operation) const
    {
        for (std::size_t other = 0; other < m_history.size(); ++other)
        {
            const auto& ret = m_history[other].ret;
            if (!m_done[other] && ret && *ret < operation.call)
            {
                return true;
            }
        }
        return false;
    }

    const History& m_history;
    std::vector<bool> m_done;
    std::map<std::string, std::string> m_store;
};

/** Short operations at whole times, so that many touch; reads see anything at all. */
History
MakeWildHistory(Random& random)
{
    History history;
    const int size = 1 + Below(random, 7);
    const int span = 2 + Below(random, 12);
    const int keys = 1 + Below(random, 2);
    for (int i = 0; i < size; ++i)
    {
        HistoryOperation operation;
        operation.client = static_cast<uint32_t>(1 + i);
        operation.put = Below(random, 2) == 0;
        operation.key = "k" + std::to_string(Below(random, keys));
        operation.call = TimePoint(Below(random, span));
        if (Below(random, 5) != 0)
        {
            operation.ret = operation.call + TimePoint(Below(random, 4));
        }
        const int seen = Below(random, size + 1);
        operation.value = operation.put ? "v" + std::to_string(i) : "v" + std::to_string(seen);
        if (!operation.put && Below(random, 4) == 0)
        {
            operation.value.clear();
        }
        history.push_back(operation);
    }
    return history;
}

/**
 * What clients of one correct store see. Operation i takes effect at time 100 i, up to `reach`
 * operations after its call and before its return; a put of unknown outcome takes effect so much
 * later that many operations come in between, or never.
 */
History
MakeGoodHistory(Random& random, int size, int keys, int reach, int unknownIn)
{
    History history;
    std::map<std::string, std::string> store;
    std::multimap<int, std::size_t> late; // puts that have yet to take effect, by when they do
    for (int i = 0; i < size; ++i)
    {
        for (; !late.empty() && late.begin()->first <= i; late.erase(late.begin()))
        {
            const HistoryOperation& put = history[late.begin()->second];
            store[put.key] = put.value;
        }
        HistoryOperation operation;
        operation.client = static_cast<uint32_t>(1 + Below(random, 9));
        operation.put = Below(random, 2) == 0;
        operation.key = "k" + std::to_string(Below(random, keys));
        operation.call = TimePoint(100 * i - Below(random, 100 * reach));
        operation.value = operation.put ? "v" + std::to_string(i) : store[operation.key];
        if (Below(random, unknownIn) != 0)
        {
            operation.ret = TimePoint(100 * i + Below(random, 100 * reach));
        }
        else if (operation.put && Below(random, 2) == 0)
        {
            late.emplace(i + Below(random, 20 * reach), history.size());
        }
        if (operation.put && operation.ret)
        {
            store[operation.key] = operation.value;
        }
        history.push_back(operation);
    }
    return history;
}

/** Lets one read see another value, which may or may not be possible. */
void
Disturb(Random& random, History& history)
{
    HistoryOperation& read = history[static_cast<std::size_t>(Below(random, history.size()))];
    const HistoryOperation& other =
        history[static_cast<std::size_t>(Below(random, history.size()))];
    if (!read.put)
    {
        read.value = other.value;
    }
}

std::string
Print(const History& history)
{
    std::string text;
    for (const HistoryOperation& operation : history)
    {
        text += (operation.put ? "put " : "get ") + operation.key + " " + operation.value + " " +
                std::to_string(operation.call.count()) + " " +
                (operation.ret ? std::to_string(operation.ret->count()) : "?") + "\n";
    }
    return text;
}

} // namespace

TEST(LinearizabilityAtRandom, AgreesWithTryingEveryOrder)
{
    int good = 0;
    int bad = 0;
    for (uint64_t seed = 0; seed < 30000; ++seed)
    {
        Random random(seed);
        History history;
        if (seed % 3 == 0)
        {
            history = MakeWildHistory(random);
        }
        else
        {
            history = MakeGoodHistory(random, 2 + Below(random, 8), 1 + Below(random, 2), 3, 4);
            for (uint64_t changes = seed % 3 - 1; changes < 2; ++changes)
            {
                Disturb(random, history);
            }
        }
        const bool expected = EveryOrder(history).Explains();
        const auto violation = CheckLinearizability(history).violation;
        ASSERT_EQ(!violation, expected)
            << "seed " << seed << ", said " << (violation ? violation->explanation : "linearizable")
            << "\n"
            << Print(history);
        ++(expected ? good : bad);
    }
    EXPECT_GT(good, 6000);
    EXPECT_GT(bad, 6000);
}

TEST(LinearizabilityAtRandom, WhatACorrectStoreGivesPasses)
{
    for (uint64_t seed = 0; seed < 300; ++seed)
    {
        Random random(seed);
        const int keys = 1 + Below(random, 5);
        const History history = MakeGoodHistory(random, 500, keys, 1 + Below(random, 60), 10);
        const auto violation = CheckLinearizability(history).violation;
        ASSERT_FALSE(violation) << "seed " << seed << ": " << violation->explanation;
    }
}

TEST(LinearizabilityAtRandom, OneStaleReadAmongAHundredThousandOperationsIsFound)
{
    Random random(1);
    History history = MakeGoodHistory(random, 100000, 10, 40, 1000);
    ASSERT_FALSE(CheckLinearizability(history).violation);
    // A put that surely took effect and a read of its value, long after others were put.
    const auto put = std::find_if(history.begin() + 30000, history.end(), [](const auto& o) {
        return o.put && o.ret && o.key == "k3";
    });
    const auto read = std::find_if(history.begin() + 60000, history.end(), [](const auto& o) {
        return !o.put && o.ret && o.key == "k3";
    });
    read->value = put->value;
    const auto violation = CheckLinearizability(history).violation;
    ASSERT_TRUE(violation);
    EXPECT_EQ(violation->operation, static_cast<std::size_t>(read - history.begin()));
}

TEST(LinearizabilityAtRandom, TheCostIsThatOfSortingHoweverMuchIsConcurrentOrUnknown)
{
    for (const int size : {1000, 10000, 100000})
    {
        for (const int reach : {1, 40, 1000})
        {
            for (const int unknownIn : {2, 1000})
            {
                Random random(7);
                const auto history = MakeGoodHistory(random, size, 1, reach, unknownIn);
                const LinearizabilityVerdict verdict = CheckLinearizability(history);
                ASSERT_FALSE(verdict.violation) << verdict.violation->explanation;
                EXPECT_GE(verdict.steps, history.size());
                EXPECT_LE(static_cast<double>(verdict.steps), size * (4 + std::log2(size)));
            }
        }
    }
}

} // namespace ns3::raft::test
