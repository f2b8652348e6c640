// A server that has warmed up takes its steps without asking for memory.

#include "raft-allocation-count.h"
#include "raft-test-support.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

namespace ns3::raft::test
{

namespace
{

/** Steps that are made beforehand, so that making them is not counted. */
std::size_t
AllocationsOf(RaftCore& core, const std::vector<Event>& events)
{
    const std::size_t before = CountAllocations();
    for (const Event& event : events)
    {
        core.Step(event);
    }
    return CountAllocations() - before;
}

Event
From(ServerId peer, Term term, MessageBody body, TimePoint now)
{
    return Event{now, 0.5, Receive{Message{peer, 1, term, std::move(body)}}};
}

} // namespace

TEST(RaftMemory, CountsWhatIsAllocated)
{
    const std::size_t before = CountAllocations();
    const auto number = std::make_unique<int>(1);
    EXPECT_EQ(CountAllocations(), before + 1) << *number;
}

TEST(RaftMemory, AFollowerHearsHeartbeatsWithoutAllocating)
{
    Driver driver(5, MakeDurable(1, NO_SERVER, {1, 1}));
    driver.Receive(2, 1, AppendEntries{2, 1, 2, {}});
    std::vector<Event> events;
    for (int i = 0; i < 100; ++i)
    {
        events.push_back(From(2, 1, AppendEntries{2, 1, 2, {}}, Ms(i)));
    }
    EXPECT_EQ(AllocationsOf(driver.core, events), 0U);
}

TEST(RaftMemory, ALeaderSendsHeartbeatsWithoutAllocating)
{
    Driver driver = Driver::AsLeader(5, 1);
    const AppendEntriesReply all{true, 0, 1, 0, 0};
    for (const ServerId peer : {2U, 3U, 4U, 5U})
    {
        driver.Receive(peer, 1, all);
    }
    driver.Tick(Ms(1100));
    std::vector<Event> events;
    for (int i = 2; i < 50; ++i)
    {
        events.push_back(Event{Ms(1000 + 100 * i), 0.5, Tick{}});
        for (const ServerId peer : {2U, 3U, 4U, 5U})
        {
            events.push_back(
                From(peer, 1, AppendEntriesReply{true, 1, 1, 0, 0}, events.back().now));
        }
    }
    EXPECT_EQ(AllocationsOf(driver.core, events), 0U);
}

TEST(RaftMemory, ALeaderReplicatesWithNoMoreThanItsLogsGrowth)
{
    Driver driver = Driver::AsLeader(3, 1);
    const auto command = std::make_shared<const std::string>("command");
    auto round = [&](Index index, uint64_t ticket, std::vector<Event>& events) {
        const TimePoint now = Ms(1001);
        events.push_back(Event{now, 0.5, Propose{command}});
        events.push_back(Event{now, 0.5, Persisted{ticket}});
        const AppendEntriesReply reply{true, index - 1, index, 0, 0};
        events.push_back(From(2, 1, reply, now));
        events.push_back(From(3, 1, reply, now));
    };
    driver.Receive(2, 1, AppendEntriesReply{true, 0, 1, 0, 0});
    driver.Receive(3, 1, AppendEntriesReply{true, 0, 1, 0, 0});
    std::vector<Event> warmUp;
    std::vector<Event> measured;
    for (Index index = 2; index <= 1001; ++index)
    {
        const uint64_t ticket = driver.lastTicket + index - 1;
        round(index, ticket, index <= 101 ? warmUp : measured);
    }
    AllocationsOf(driver.core, warmUp);
    EXPECT_LE(AllocationsOf(driver.core, measured), 4U) << "from 101 to 1001 entries";
    EXPECT_EQ(driver.core.GetCommitIndex(), 1001U);
}

} // namespace ns3::raft::test
