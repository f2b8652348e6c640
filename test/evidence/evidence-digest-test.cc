#include "evidence-test-support.h"

#include <gtest/gtest.h>

using namespace ns3::evidence;
using nctest::Signers;

namespace
{

/** Bytes of a digest of entries at these indices of one leader's log. */
uint32_t
SizeOf(const Signers& signers, const std::vector<Index>& indices)
{
    Digest digest;
    for (const Index index : indices)
    {
        EXPECT_TRUE(digest.Add(signers.Holds(1, 5, index, index)));
    }
    return digest.GetSize();
}

} // namespace

TEST(EvidenceDigest, ShortensEntriesThatArePowersOfTwoApart)
{
    const Signers signers;
    const auto runs = [](uint32_t count, uint32_t entries) {
        return count * Digest::RUN_SIZE + entries * Digest::ENTRY_SIZE;
    };
    EXPECT_EQ(SizeOf(signers, {7}), runs(1, 1));
    EXPECT_EQ(SizeOf(signers, {7, 8, 9, 10}), runs(1, 4));
    EXPECT_EQ(SizeOf(signers, {8, 16, 24}), runs(1, 3));
    EXPECT_EQ(SizeOf(signers, {8, 16, 17}), runs(2, 3));
    EXPECT_EQ(SizeOf(signers, {8, 11}), runs(2, 2)) << "no power of two";
    EXPECT_EQ(SizeOf(signers, {8, 7}), runs(2, 2)) << "backwards";
    EXPECT_EQ(SizeOf(signers, {8, 8}), runs(2, 2)) << "the same";
    EXPECT_EQ(SizeOf(signers, {1, (1 << 15) + 1}), runs(1, 2));
    EXPECT_EQ(SizeOf(signers, {1, (1 << 16) + 1}), runs(2, 2)) << "too far";
}

TEST(EvidenceDigest, BeginsAnewWithAnotherLeaderTermOrKind)
{
    const Signers signers;
    Digest digest;
    EXPECT_TRUE(digest.Add(signers.Holds(1, 5, 7, 1)));
    EXPECT_TRUE(digest.Add(signers.Holds(2, 5, 8, 1)));
    EXPECT_TRUE(digest.Add(signers.Holds(2, 6, 9, 1)));
    EXPECT_TRUE(digest.Add(signers.Votes(3, 6, 2)));
    EXPECT_TRUE(digest.Add(signers.Holds(2, 6, 10, 1)));
    EXPECT_EQ(digest.GetSize(), 4 * (Digest::RUN_SIZE + Digest::ENTRY_SIZE) + Digest::VOTE_SIZE);
}

TEST(EvidenceDigest, NeverGrowsBeyondItsBound)
{
    const Signers signers;
    const std::vector<Statement> kinds{signers.Votes(1, 2, 3),
                                       signers.Leads(1, 2, {1, 2, 3}),
                                       signers.Acks(1, 2, 3, 4, 4),
                                       signers.Holds(1, 2, 3, 4)};
    for (const auto& statement : kinds)
    {
        Digest digest;
        std::size_t added = 0;
        while (digest.Add(statement))
        {
            ++added;
            ASSERT_LE(digest.GetSize(), Digest::MAX_BYTES);
        }
        EXPECT_EQ(digest.GetStatements().size(), added);
        EXPECT_GE(added, 22U) << "kind " << statement.index();
        digest.Clear();
        EXPECT_EQ(digest.GetSize(), 0U);
        EXPECT_TRUE(digest.Add(statement));
    }
}

TEST(EvidenceDigest, HoldsEightyEntriesInARow)
{
    const Signers signers;
    Digest digest;
    Index index = 1;
    while (digest.Add(signers.Holds(1, 5, index, 1)))
    {
        ++index;
    }
    EXPECT_GE(index - 1, 80U);
}
