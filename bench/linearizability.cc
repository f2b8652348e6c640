// What it costs to check a history for linearizability, by its length, the number of operations
// under way at once, and the share of puts of unknown outcome.

#include "ns3/raft-linearizability.h"

#include <benchmark/benchmark.h>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace
{

using namespace ns3::raft;

/** What clients of a correct store with ten keys see; half of the unknown puts took effect. */
std::vector<HistoryOperation>
MakeHistory(int64_t size, int64_t concurrent, int64_t unknownPercent)
{
    std::mt19937_64 random(1);
    const auto below = [&](int64_t bound) {
        return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
    };
    std::unordered_map<std::string, std::string> store;
    std::vector<HistoryOperation> history;
    for (int64_t i = 0; i < size; ++i)
    {
        HistoryOperation operation;
        operation.put = below(2) == 0;
        operation.key = "k" + std::to_string(below(10));
        operation.call = TimePoint(1000 * i - below(500 * concurrent));
        operation.value = operation.put ? "v" + std::to_string(i) : store[operation.key];
        if (!operation.put || below(100) >= unknownPercent)
        {
            operation.ret = TimePoint(1000 * i + below(500 * concurrent));
        }
        if (operation.put && (operation.ret || below(2) == 0))
        {
            store[operation.key] = operation.value;
        }
        history.push_back(operation);
    }
    return history;
}

void
LinearizabilityCheck(benchmark::State& state)
{
    const auto history = MakeHistory(state.range(0), state.range(1), state.range(2));
    uint64_t steps = 0;
    for (auto _ : state)
    {
        const LinearizabilityVerdict verdict = CheckLinearizability(history);
        if (verdict.violation)
        {
            state.SkipWithError(verdict.violation->explanation.c_str());
            break;
        }
        steps = verdict.steps;
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["steps/op"] = static_cast<double>(steps) / static_cast<double>(state.range(0));
}

BENCHMARK(LinearizabilityCheck)
    ->ArgNames({"operations", "concurrent", "unknown%"})
    ->ArgsProduct({{1000, 10000, 100000}, {1, 50}, {0, 10}});

} // namespace
