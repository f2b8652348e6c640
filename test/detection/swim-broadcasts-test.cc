#include "ns3/swim-broadcasts.h"

#include <gtest/gtest.h>
#include <map>

namespace ns3::detection
{

namespace
{

SwimStatement
Suspect(uint32_t member, uint32_t incarnation = 0)
{
    return {SwimStatus::SUSPECT, member, incarnation, 9};
}

/** @return the members that statements are about */
std::vector<uint32_t>
TakeMembers(SwimBroadcasts& broadcasts, std::size_t most, uint32_t except = 0)
{
    std::vector<SwimStatement> taken;
    broadcasts.Take(most, except, taken);
    std::vector<uint32_t> members;
    for (const SwimStatement& statement : taken)
    {
        members.push_back(statement.member);
    }
    return members;
}

} // namespace

TEST(SwimBroadcasts, SendsMoreOftenTheLargerTheGroupByItsLogarithm)
{
    EXPECT_EQ(SwimBroadcasts::TransmissionLimit(4, 1), 4U);
    EXPECT_EQ(SwimBroadcasts::TransmissionLimit(4, 5), 4U);
    EXPECT_EQ(SwimBroadcasts::TransmissionLimit(4, 9), 4U);
    EXPECT_EQ(SwimBroadcasts::TransmissionLimit(4, 10), 8U);
    EXPECT_EQ(SwimBroadcasts::TransmissionLimit(4, 100), 12U);
    EXPECT_EQ(SwimBroadcasts::TransmissionLimit(2, 200), 6U);
}

TEST(SwimBroadcasts, GivesEachStatementUpAfterItsTransmissions)
{
    SwimBroadcasts broadcasts(3);
    broadcasts.Enqueue(Suspect(1));
    broadcasts.Enqueue(Suspect(2));
    std::map<uint32_t, int> sent;
    for (int message = 0; message < 10; ++message)
    {
        for (uint32_t member : TakeMembers(broadcasts, 1))
        {
            ++sent[member];
        }
    }
    EXPECT_EQ(sent, (std::map<uint32_t, int>{{1, 3}, {2, 3}}));
    EXPECT_EQ(broadcasts.GetSize(), 0U);
}

TEST(SwimBroadcasts, PrefersWhatWasSentLeastAndAmongThatTheNewest)
{
    SwimBroadcasts broadcasts(4);
    broadcasts.Enqueue(Suspect(1));
    broadcasts.Enqueue(Suspect(2));
    EXPECT_EQ(TakeMembers(broadcasts, 1), (std::vector<uint32_t>{2}));
    EXPECT_EQ(TakeMembers(broadcasts, 1), (std::vector<uint32_t>{1}));
    broadcasts.Enqueue(Suspect(3));
    EXPECT_EQ(TakeMembers(broadcasts, 2), (std::vector<uint32_t>{3, 2}));
    EXPECT_EQ(TakeMembers(broadcasts, 2), (std::vector<uint32_t>{3, 1}))
        << "2 was sent twice, the others once";
}

TEST(SwimBroadcasts, ANewStatementTakesThePlaceOfTheOldOneAboutTheSameMember)
{
    SwimBroadcasts broadcasts(4);
    broadcasts.Enqueue(Suspect(1, 5));
    TakeMembers(broadcasts, 1);
    const SwimStatement refuted{SwimStatus::ALIVE, 1, 6, 1};
    broadcasts.Enqueue(refuted);
    std::vector<SwimStatement> taken;
    for (int i = 0; i < 10; ++i)
    {
        broadcasts.Take(5, 0, taken);
    }
    EXPECT_EQ(taken, std::vector<SwimStatement>(4, refuted));
}

TEST(SwimBroadcasts, LeavesOutAMemberWhenAsked)
{
    SwimBroadcasts broadcasts(1);
    broadcasts.Enqueue(Suspect(1));
    EXPECT_TRUE(TakeMembers(broadcasts, 5, 1).empty());
    EXPECT_EQ(broadcasts.GetSize(), 1U) << "that was no transmission";
    EXPECT_EQ(TakeMembers(broadcasts, 5, 2), (std::vector<uint32_t>{1}));
}

} // namespace ns3::detection
