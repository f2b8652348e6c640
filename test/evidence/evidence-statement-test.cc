#include "evidence-test-support.h"

#include <gtest/gtest.h>
#include <stdexcept>

using namespace ns3::evidence;
using nctest::Signers;

namespace
{

/** What a single statement convicts its signer of, if anything. */
std::optional<Rule>
Alone(const Signers& signers, const Statement& statement)
{
    return FindOffence(*signers.Ring(), SignerOf(statement), statement, statement);
}

} // namespace

TEST(EvidenceKeys, ASignatureIsGoodForItsSignerAndItsDigestAlone)
{
    const Signers signers;
    const Signature signature = signers.Of(2).Sign(77);
    EXPECT_TRUE(signers.Ring()->Verify(2, 77, signature));
    for (const ServerId other : {0U, 1U, 3U, 6U, 1000U})
    {
        EXPECT_FALSE(signers.Ring()->Verify(other, 77, signature)) << other;
    }
    EXPECT_FALSE(signers.Ring()->Verify(2, 78, signature));
    EXPECT_FALSE(signers.Ring()->Verify(2, 77, signature ^ 1));
    EXPECT_FALSE(Keys::Make(5, 1).ring->Verify(2, 77, signature)) << "another cluster's keys";
}

TEST(EvidenceKeys, AnAggregateIsGoodForExactlyThoseWhoSigned)
{
    const Signers signers(200);
    const auto aggregate = signers.Of(1).Sign(9) ^ signers.Of(64).Sign(9) ^ signers.Of(65).Sign(9) ^
                           signers.Of(200).Sign(9);
    SignerSet voters;
    for (const ServerId voter : {1, 64, 65, 200})
    {
        EXPECT_FALSE(signers.Ring()->VerifyAll(voters, 9, aggregate)) << voters.Count();
        voters.Add(voter);
    }
    EXPECT_TRUE(signers.Ring()->VerifyAll(voters, 9, aggregate));
    EXPECT_FALSE(signers.Ring()->VerifyAll(voters, 10, aggregate));
    voters.Add(201);
    EXPECT_FALSE(signers.Ring()->VerifyAll(voters, 9, aggregate)) << "a server without a key";
}

TEST(EvidenceKeys, MoreServersThanASetHoldsAreRefused)
{
    EXPECT_NO_THROW(Keys::Make(MAX_SIGNER));
    EXPECT_THROW(Keys::Make(MAX_SIGNER + 1), std::invalid_argument);
}

TEST(EvidenceStatement, AChangeOfAnyFieldSpoilsTheSignature)
{
    const Signers signers;
    const auto& ring = *signers.Ring();
    const auto spoils = [&](auto statement, auto change) {
        ASSERT_TRUE(IsGenuine(ring, statement));
        change(statement);
        EXPECT_FALSE(IsGenuine(ring, statement)) << "kind " << Statement(statement).index();
    };
    const Vote vote = signers.Votes(1, 4, 2);
    spoils(vote, [](Vote& v) { v.signer = 3; });
    spoils(vote, [](Vote& v) { v.term = 5; });
    spoils(vote, [](Vote& v) { v.candidate = 3; });
    spoils(vote, [](Vote& v) { ++v.signature; });
    const Leads leads = signers.Leads(2, 4, {1, 2, 3});
    spoils(leads, [](Leads& l) { l.signer = 3; });
    spoils(leads, [](Leads& l) { l.term = 5; });
    spoils(leads, [](Leads& l) { l.voters.Add(4); });
    spoils(leads, [](Leads& l) { ++l.votes; });
    const Holds holds = signers.Holds(2, 4, 10, 99);
    spoils(holds, [](Holds& h) { h.signer = 3; });
    spoils(holds, [](Holds& h) { h.term = 5; });
    spoils(holds, [](Holds& h) { h.index = 11; });
    spoils(holds, [](Holds& h) { h.entryTerm = 3; });
    spoils(holds, [](Holds& h) { h.hash = 98; });
    const Ack ack = signers.Acks(3, 4, 2, 10, 12);
    spoils(ack, [](Ack& a) { a.signer = 1; });
    spoils(ack, [](Ack& a) { a.term = 5; });
    spoils(ack, [](Ack& a) { a.leader = 1; });
    spoils(ack, [](Ack& a) { a.index = 11; });
    spoils(ack, [](Ack& a) { a.sentUpTo = 13; });
    spoils(ack, [](Ack& a) { ++a.sent; });
}

TEST(EvidenceStatement, NoStatementPassesForOneOfAnotherKind)
{
    const Signers signers;
    // The same numbers in the same order, signed as a vote, are no claim of anything else.
    const Vote vote = signers.Votes(1, 4, 2);
    Holds holds{1, 4, 2, 0, 0};
    holds.signature = vote.signature;
    EXPECT_FALSE(IsGenuine(*signers.Ring(), holds));
    EXPECT_FALSE(signers.Ring()->Verify(1, SentDigest(4, 2, 0), vote.signature));
}

TEST(EvidenceOffence, IsToVoteForTwoCandidatesOfATermHoweverThatIsShown)
{
    const Signers signers;
    const auto& ring = *signers.Ring();
    const Vote one = signers.Votes(3, 7, 1);
    const Vote other = signers.Votes(3, 7, 2);
    EXPECT_EQ(FindOffence(ring, 3, one, other), Rule::DOUBLE_VOTE);
    EXPECT_EQ(FindOffence(ring, 3, one, signers.Leads(2, 7, {2, 3, 4})), Rule::DOUBLE_VOTE);
    EXPECT_EQ(FindOffence(ring, 3, signers.Leads(2, 7, {2, 3, 4}), one), Rule::DOUBLE_VOTE);
    EXPECT_EQ(FindOffence(ring, 3, signers.Leads(1, 7, {1, 3, 5}), signers.Leads(2, 7, {2, 3, 4})),
              Rule::TWO_LEADERS);

    EXPECT_FALSE(FindOffence(ring, 3, one, one)) << "a vote that is repeated";
    EXPECT_FALSE(FindOffence(ring, 3, one, signers.Votes(3, 8, 2))) << "another term";
    EXPECT_FALSE(FindOffence(ring, 3, one, signers.Votes(4, 7, 2))) << "another voter";
    EXPECT_FALSE(FindOffence(ring, 3, one, signers.Leads(1, 7, {1, 3, 5}))) << "the same candidate";
    EXPECT_FALSE(FindOffence(ring, 3, one, signers.Leads(2, 7, {2, 4, 5}))) << "without its vote";
}

TEST(EvidenceOffence, OfTwoLeadersIsNeverTheLeadersButWhoElectedBoth)
{
    const Signers signers;
    const Leads a = signers.Leads(1, 7, {1, 3, 4});
    const Leads b = signers.Leads(2, 7, {2, 3, 5});
    for (ServerId server = 1; server <= 5; ++server)
    {
        EXPECT_EQ(FindOffence(*signers.Ring(), server, a, b).has_value(), server == 3) << server;
        EXPECT_EQ(FindOffence(*signers.Ring(), server, b, a).has_value(), server == 3) << server;
    }
}

TEST(EvidenceOffence, IsToClaimToLeadByVotesThatWereNotGiven)
{
    const Signers signers;
    EXPECT_FALSE(Alone(signers, signers.Leads(2, 7, {1, 2, 3})));
    EXPECT_FALSE(Alone(signers, signers.Leads(2, 7, {1, 2, 3, 4, 5})));
    EXPECT_EQ(Alone(signers, signers.Leads(2, 7, {})), Rule::FALSE_CERTIFICATE) << "no vote at all";
    Leads invented = signers.Leads(2, 7, {1, 2});
    invented.voters.Add(3);
    EXPECT_EQ(Alone(signers, signers.Signed(invented)), Rule::FALSE_CERTIFICATE) << "nobody's vote";
    Leads moved = signers.Leads(2, 7, {1, 2, 3});
    moved.term = 8;
    EXPECT_EQ(Alone(signers, signers.Signed(moved)), Rule::FALSE_CERTIFICATE) << "another term's";
    Leads stolen = signers.Leads(1, 7, {1, 2, 3});
    stolen.signer = 4;
    EXPECT_EQ(Alone(signers, signers.Signed(stolen)), Rule::FALSE_CERTIFICATE) << "another's votes";
}

TEST(EvidenceOffence, IsNoneWhereVotesAreFew)
{
    // A candidate counts by the members that its log has, which another may have written there.
    const Signers signers;
    EXPECT_FALSE(Alone(signers, signers.Leads(2, 7, {2, 3})));
    EXPECT_FALSE(Alone(signers, signers.Leads(2, 7, {2})));
}

TEST(EvidenceOffence, WithAFalseCertificateConvictsNobodyWhoIsNamedInIt)
{
    const Signers signers;
    Leads invented = signers.Leads(2, 7, {2, 4});
    invented.voters.Add(3);
    invented = signers.Signed(invented);
    const Vote honest = signers.Votes(3, 7, 1);
    EXPECT_FALSE(FindOffence(*signers.Ring(), 3, honest, invented));
    EXPECT_FALSE(FindOffence(*signers.Ring(), 3, invented, honest));
    EXPECT_FALSE(FindOffence(*signers.Ring(), 3, invented, signers.Leads(1, 7, {1, 3, 5})));
}

TEST(EvidenceOffence, IsToHaveTwoEntriesAtOneIndexOfATermThatOneLeads)
{
    const Signers signers;
    const auto& ring = *signers.Ring();
    const Holds one = signers.Holds(2, 7, 10, 5);
    EXPECT_EQ(FindOffence(ring, 2, one, signers.Holds(2, 7, 10, 6)), Rule::TWO_ENTRIES);
    Holds older = one;
    older.entryTerm = 6;
    EXPECT_EQ(FindOffence(ring, 2, one, signers.Signed(older)), Rule::TWO_ENTRIES);

    EXPECT_FALSE(FindOffence(ring, 2, one, one));
    EXPECT_FALSE(FindOffence(ring, 2, one, signers.Holds(2, 7, 11, 6))) << "another index";
    EXPECT_FALSE(FindOffence(ring, 2, one, signers.Holds(2, 9, 10, 6))) << "leads again, later";
    EXPECT_FALSE(FindOffence(ring, 2, one, signers.Holds(3, 7, 10, 6))) << "another leader's";
}

TEST(EvidenceOffence, IsToAcknowledgeMoreThanTheAnsweredMessageHad)
{
    const Signers signers;
    EXPECT_FALSE(Alone(signers, signers.Acks(3, 7, 2, 10, 10)));
    EXPECT_FALSE(Alone(signers, signers.Acks(3, 7, 2, 4, 10))) << "less than was sent";
    EXPECT_FALSE(Alone(signers, signers.Acks(3, 7, 2, 0, 0)));
    EXPECT_EQ(Alone(signers, signers.Acks(3, 7, 2, 11, 10)), Rule::FALSE_ACK);
    Ack made = signers.Acks(3, 7, 2, 11, 10);
    made.sentUpTo = 11;
    EXPECT_EQ(Alone(signers, signers.Signed(made)), Rule::FALSE_ACK)
        << "a receipt of its own making";
    Ack moved = signers.Acks(3, 7, 2, 10, 10);
    moved.term = 8;
    EXPECT_EQ(Alone(signers, signers.Signed(moved)), Rule::FALSE_ACK) << "another term's receipt";
    Ack others = signers.Acks(4, 7, 2, 10, 10);
    others.signer = 3;
    EXPECT_EQ(Alone(signers, signers.Signed(others)), Rule::FALSE_ACK) << "another's receipt";
}

TEST(EvidenceOffence, IsNoneWhereAStatementIsNotItsSignersOwn)
{
    const Signers signers;
    const Holds real = signers.Holds(2, 7, 10, 5);
    Holds forged = signers.Holds(3, 7, 10, 6); // server 3 would like it to be 2's
    forged.signer = 2;
    EXPECT_FALSE(FindOffence(*signers.Ring(), 2, real, forged));
    EXPECT_FALSE(FindOffence(*signers.Ring(), 2, forged, real));
    Vote vote = signers.Votes(3, 7, 1);
    vote.signer = 4;
    EXPECT_FALSE(FindOffence(*signers.Ring(), 4, vote, signers.Votes(4, 7, 2)));
}
