// Steps of the Raft core a second: what a simulated server costs, apart from its network.

#include "ns3/raft-core.h"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace
{

using namespace ns3::raft;

Config
MakeConfig(uint32_t n)
{
    Config config;
    config.id = 1;
    for (ServerId id = 1; id <= n; ++id)
    {
        config.servers.push_back(id);
    }
    config.electionTimeoutMin = std::chrono::seconds(1);
    config.electionTimeoutMax = std::chrono::seconds(2);
    config.heartbeatInterval = std::chrono::milliseconds(100);
    return config;
}

RaftCore
MakeLeader(uint32_t n)
{
    RaftCore core(MakeConfig(n), {});
    core.Step(Event{TimePoint{0}, 0, Tick{}});
    core.Step(Event{std::chrono::seconds(1), 0, Tick{}});
    core.Step(Event{std::chrono::seconds(1), 0, Persisted{1}});
    for (ServerId id = 2; id <= n; ++id)
    {
        const Message vote{id, 1, 1, RequestVoteReply{true}};
        core.Step(Event{std::chrono::seconds(1), 0, Receive{vote}});
    }
    core.Step(Event{std::chrono::seconds(1), 0, Persisted{2}});
    return core;
}

/** A follower hears a heartbeat and answers it. */
void
FollowerHeartbeat(benchmark::State& state)
{
    RaftCore core(MakeConfig(5), {});
    Event event{TimePoint{0}, 0.5, Tick{}};
    core.Step(event);
    event.what = Receive{Message{2, 1, 1, AppendEntries{}}};
    for (auto _ : state)
    {
        event.now += std::chrono::milliseconds(1);
        benchmark::DoNotOptimize(core.Step(event).messages.data());
    }
    state.SetItemsProcessed(state.iterations());
}

/** A leader sends heartbeats to n - 1 followers and takes their answers. */
void
LeaderHeartbeatRound(benchmark::State& state)
{
    const auto n = static_cast<uint32_t>(state.range(0));
    RaftCore core = MakeLeader(n);
    Event tick{std::chrono::seconds(1), 0.5, Tick{}};
    std::vector<Event> replies;
    for (ServerId id = 2; id <= n; ++id)
    {
        const AppendEntriesReply reply{true, 0, 1, 0, 0};
        replies.push_back(Event{TimePoint{0}, 0.5, Receive{Message{id, 1, 1, reply}}});
    }
    for (auto _ : state)
    {
        tick.now += std::chrono::milliseconds(100);
        benchmark::DoNotOptimize(core.Step(tick).messages.data());
        for (const Event& reply : replies)
        {
            benchmark::DoNotOptimize(core.Step(reply).messages.data());
        }
    }
    state.SetItemsProcessed(state.iterations() * n);
}

/** A follower appends a batch and hears that it is written. */
void
FollowerAppend(benchmark::State& state)
{
    const auto batch = static_cast<std::size_t>(state.range(0));
    const Entry entry{1, EntryType::COMMAND, std::make_shared<const std::string>(64, 'x')};
    const RaftCore fresh(MakeConfig(5), {});
    RaftCore core = fresh;
    Index last = 0;
    uint64_t ticket = 0;
    for (auto _ : state)
    {
        if (last > 1000000) // bounds the memory; rare enough not to count
        {
            core = fresh;
            last = 0;
            ticket = 0;
        }
        AppendEntries append{last, last == 0 ? 0U : 1U, last, std::vector<Entry>(batch, entry)};
        const Event event{TimePoint{0}, 0.5, Receive{Message{2, 1, 1, std::move(append)}}};
        benchmark::DoNotOptimize(core.Step(event).messages.data());
        benchmark::DoNotOptimize(core.Step(Event{TimePoint{0}, 0.5, Persisted{++ticket}}).deadline);
        last += batch;
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/** A server is asked for its vote in a new term each time. */
void
Vote(benchmark::State& state)
{
    RaftCore core(MakeConfig(5), {});
    Term term = 0;
    for (auto _ : state)
    {
        ++term;
        const Message request{2, 1, term, RequestVote{0, 0}};
        benchmark::DoNotOptimize(
            core.Step(Event{TimePoint{0}, 0.5, Receive{request}}).messages.data());
        benchmark::DoNotOptimize(core.Step(Event{TimePoint{0}, 0.5, Persisted{term}}).deadline);
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(FollowerHeartbeat);
BENCHMARK(LeaderHeartbeatRound)->Arg(3)->Arg(5)->Arg(25);
BENCHMARK(FollowerAppend)->Arg(1)->Arg(64);
BENCHMARK(Vote);

} // namespace
