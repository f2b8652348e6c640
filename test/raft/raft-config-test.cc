#include "raft-test-support.h"

#include "ns3/raft-message-check.h"

#include <functional>
#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::raft::test
{

namespace
{

std::string
ErrorOf(Config config, DurableState durable)
{
    try
    {
        RaftCore core(std::move(config), std::move(durable));
    }
    catch (const std::invalid_argument& e)
    {
        return e.what();
    }
    return "";
}

} // namespace

TEST(RaftConfig, NamesTheSettingThatIsOutOfRange)
{
    struct
    {
        std::function<void(Config&)> spoil;
        const char* error;
    } const cases[] = {
        {[](Config&) {}, ""},
        {[](Config& c) { c.servers = {1}; }, ""},
        {[](Config& c) { c.electionTimeoutMax = c.electionTimeoutMin; }, ""},
        {[](Config& c) { c.id = 4; }, "raft: id: must be one of servers"},
        {[](Config& c) { c.servers.clear(); }, "raft: id: must be one of servers"},
        {[](Config& c) { c.servers.push_back(0); }, "raft: servers: 0 is no server"},
        {[](Config& c) { c.servers.push_back(2); }, "raft: servers: each may stand there once"},
        {[](Config& c) { c.heartbeatInterval = Ms(0); },
         "raft: heartbeatInterval: must be above 0"},
        {[](Config& c) { c.heartbeatInterval = Ms(1000); },
         "raft: heartbeatInterval: must be below electionTimeoutMin"},
        {[](Config& c) { c.electionTimeoutMax = Ms(999); },
         "raft: electionTimeoutMax: must not be below electionTimeoutMin"},
        {[](Config& c) { c.maxBatchEntries = 0; }, "raft: maxBatchEntries: must be above 0"},
    };

    for (const auto& c : cases)
    {
        Config config = MakeConfig(1, 3);
        c.spoil(config);
        EXPECT_EQ(ErrorOf(config, {}), c.error);
    }
}

TEST(RaftConfig, NamesWhatIsWrongOnStableStorage)
{
    const Config config = MakeConfig(1, 3);
    EXPECT_EQ(ErrorOf(config, MakeDurable(2, 3, {1, 2})), "");
    EXPECT_EQ(ErrorOf(config, MakeDurable(1, 3, {1, 2})),
              "raft: durable term: must not be below the last entry's");
    EXPECT_EQ(ErrorOf(config, MakeDurable(2, 4, {1, 2})),
              "raft: durable vote: must be one of servers");
    EXPECT_EQ(ErrorOf(config, MakeDurable(MAX_TERM + 1, 3, {})),
              "raft: durable term: out of range");
    EXPECT_NE(ErrorOf(config, MakeDurable(2, 3, {2, 1})), "");
}

TEST(RaftConfig, TimeBeginsWithTheFirstTickWhereverTheClockStands)
{
    for (const Duration start : {Ms(-5000), Ms(0), Ms(1e9)})
    {
        RaftCore core(MakeConfig(1, 3), {});
        EXPECT_EQ(core.Step(Event{start, 0.5, Tick{}}).deadline, start + Ms(1500));
        EXPECT_EQ(core.GetRole(), Role::FOLLOWER);
    }
}

TEST(RaftConfig, AClockThatRunsBackwardsStandsStillInstead)
{
    RaftCore core(MakeConfig(1, 3), {});
    core.Step(Event{Ms(500), 0, Tick{}});
    const Message heartbeat{2, 1, 1, AppendEntries{}};
    EXPECT_EQ(core.Step(Event{Ms(100), 0, Receive{heartbeat}}).deadline, Ms(1500));
}

} // namespace ns3::raft::test
