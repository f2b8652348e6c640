// What raft-torment has found, each as the shortest way to show it.

#include "raft-test-support.h"

#include <gtest/gtest.h>
#include <memory>

namespace ns3::raft::test
{

TEST(RaftTormentFindings, ASnapshotThatAgreesWithTheLogTakesNothingBackFromStableStorage)
{
    // Entries 1 to 3 are on stable storage and acknowledged, none of them known to be committed.
    Driver server(3, MakeDurable(1, NO_SERVER, {1, 1, 1}));
    server.Tick(Ms(0));
    Membership members;
    for (const ServerId id : {1U, 2U, 3U})
    {
        members.AddVoter(id);
    }
    InstallSnapshot chunk;
    chunk.lastIndex = 2;
    chunk.lastTerm = 1;
    chunk.membership = std::make_shared<const std::string>(members.Encode());
    chunk.data = std::make_shared<const std::string>("state");
    chunk.done = true;
    server.Receive(2, 1, chunk);
    EXPECT_EQ(server.core.GetCommitIndex(), 2U);
    EXPECT_EQ(server.core.GetLastIndex(), 3U) << "figure 13, rule 6";
    EXPECT_EQ(server.core.GetDurableIndex(), 3U);
}

TEST(RaftTormentFindings, AClockThatBeginsBelowZeroIsNoReasonToRefusePreVotes)
{
    Config config = MakeConfig(1, 3);
    config.preVote = true;
    config.leaderStickiness = true;
    RaftCore core(config, {});
    core.Step(Event{Ms(-5000), 0, Tick{}});
    const Message request{2, 1, 1, RequestVote{0, 0, true, false}};
    const Update& update = core.Step(Event{Ms(-4999), 0, Receive{request}});
    EXPECT_TRUE(OnlyMessageTo<RequestVoteReply>(update, 2).granted);
}

} // namespace ns3::raft::test
