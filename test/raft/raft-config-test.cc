#include "raft-test-support.h"

#include "ns3/raft-message-check.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>
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
        {[](Config& c) { c.id = 4; }, ""}, // waits to be added
        {[](Config& c) { c.servers.clear(); }, ""},
        {[](Config& c) { c.id = NO_SERVER; }, "raft: id: must be 1 to 65536"},
        {[](Config& c) { c.id = MAX_SERVER_ID + 1; }, "raft: id: must be 1 to 65536"},
        {[](Config& c) { c.servers.push_back(0); }, "raft: servers: ids must be 1 to 65536"},
        {[](Config& c) { c.servers.push_back(MAX_SERVER_ID + 1); },
         "raft: servers: ids must be 1 to 65536"},
        {[](Config& c) { c.servers.push_back(2); }, "raft: servers: each may stand there once"},
        {[](Config& c) { c.heartbeatInterval = Ms(0); },
         "raft: heartbeatInterval: must be above 0"},
        {[](Config& c) { c.heartbeatInterval = Ms(1000); },
         "raft: heartbeatInterval: must be below electionTimeoutMin"},
        {[](Config& c) { c.electionTimeoutMax = Ms(999); },
         "raft: electionTimeoutMax: must not be below electionTimeoutMin"},
        {[](Config& c) { c.maxBatchEntries = 0; }, "raft: maxBatchEntries: must be above 0"},
        {[](Config& c) { c.maxBatchBytes = 0; }, "raft: maxBatchBytes: must be above 0"},
        {[](Config& c) { c.maxInFlightMessages = 0; },
         "raft: maxInFlightMessages: must be above 0"},
        {[](Config& c) { c.maxInFlightBytes = 0; }, ""}, // one message always fits
        {[](Config& c) { c.maxClockDrift = 0.499; }, ""},
        {[](Config& c) { c.maxClockDrift = 0.5; },
         "raft: maxClockDrift: must be at least 0 and below 0.5"},
        {[](Config& c) { c.maxClockDrift = -0.01; },
         "raft: maxClockDrift: must be at least 0 and below 0.5"},
        {[](Config& c) { c.maxClockDrift = std::numeric_limits<double>::quiet_NaN(); },
         "raft: maxClockDrift: must be at least 0 and below 0.5"},
        {[](Config& c) { c.maxWriteSilence = Ms(-1); },
         "raft: maxWriteSilence: must be at least 0"},
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
    EXPECT_EQ(ErrorOf(config, MakeDurable(2, 4, {1, 2})), "") << "4 may have been a member once";
    EXPECT_EQ(ErrorOf(config, MakeDurable(2, MAX_SERVER_ID + 1, {1, 2})),
              "raft: durable vote: must be a server");
    EXPECT_EQ(ErrorOf(config, MakeDurable(MAX_TERM + 1, 3, {})),
              "raft: durable term: out of range");
    EXPECT_NE(ErrorOf(config, MakeDurable(2, 3, {2, 1})), "");

    DurableState snapshot = MakeDurable(2, 3, {2});
    snapshot.snapshot = Snapshot{4, 2, {{1, 2, 3}, {}}, std::make_shared<const std::string>("x")};
    EXPECT_EQ(ErrorOf(config, snapshot), "");
    DurableState ahead = snapshot;
    ahead.hardState.term = 1;
    EXPECT_EQ(ErrorOf(config, ahead), "raft: durable term: must not be below the last entry's");
    DurableState empty = snapshot;
    empty.snapshot.data = nullptr;
    EXPECT_EQ(ErrorOf(config, empty),
              "raft: durable snapshot: must have data exactly if it stands for entries");
    DurableState older = snapshot;
    older.log = LogOf({1}); // of a term below the snapshot's
    EXPECT_NE(ErrorOf(config, older), "");
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
