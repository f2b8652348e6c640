// What a server that lies, repeats or floods can't do: frame somebody, or make others forget.

#include "evidence-test-support.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3::evidence;
using namespace ns3::raft;
using nctest::LeaderSends;
using nctest::MakeDigest;
using nctest::Signers;

namespace
{

class EvidenceHostile : public testing::Test
{
  protected:
    std::size_t Receive(const nctest::SealedMessage& sent)
    {
        EXPECT_STREQ(FindForgery(*m_signers.Ring(), sent.message, sent.seal), nullptr);
        return m_witness.Receive(sent.message, sent.seal).size();
    }

    /** An entry of leader 1's log at an index arrives from itself. */
    std::size_t Entry(Term term, Index index, const std::string& command)
    {
        return Receive(LeaderSends(m_signers, 1, term, {1, 3, 4}, 2, index - 1, {command}));
    }

    /** The same leader's entry, as sent to somebody else. */
    Holds Elsewhere(Term term, Index index, const std::string& command)
    {
        const auto sent = LeaderSends(m_signers, 1, term, {1, 3, 4}, 4, index - 1, {command});
        return HoldsIn(sent.message, sent.seal, 0);
    }

    std::size_t Hear(ServerId from, const std::vector<Statement>& statements)
    {
        return m_witness.Listen(from, MakeDigest(statements)).size();
    }

    Signers m_signers;
    Witness m_witness{2, m_signers.Ring()};
};

} // namespace

TEST_F(EvidenceHostile, ALyingWitnessWhoChangesWhatAnotherSignedIsNotBelieved)
{
    Entry(7, 10, "a");
    std::mt19937_64 random(1);
    const Holds honest = Elsewhere(7, 10, "a");
    for (int i = 0; i < 1000; ++i)
    {
        Holds lie = honest;
        lie.hash = random();
        lie.signature = i % 2 == 0 ? honest.signature : random();
        EXPECT_EQ(Hear(5, {lie}), 0U);
    }
    EXPECT_EQ(m_witness.GetForged(), 1000U);
}

TEST_F(EvidenceHostile, ALyingWitnessWhoSignsInItsOwnNameIsNotBelievedEither)
{
    Entry(7, 10, "a");
    Holds lie = m_signers.Holds(5, 7, 10, 99);
    lie.signer = 1;
    Vote vote = m_signers.Votes(5, 7, 2);
    vote.signer = 3;
    Ack ack = m_signers.Acks(5, 7, 1, 9, 4);
    ack.signer = 3;
    EXPECT_EQ(Hear(5, {lie, vote, ack}), 0U);
    EXPECT_EQ(m_witness.GetForged(), 3U);
}

TEST_F(EvidenceHostile, AWitnessCanConvictItself)
{
    EXPECT_EQ(Hear(5, {m_signers.Votes(5, 7, 1), m_signers.Votes(5, 7, 3)}), 1U);
}

TEST_F(EvidenceHostile, ASignatureFromAnotherIndexOrTermConvictsNobody)
{
    Entry(7, 10, "a");
    Holds moved = Elsewhere(7, 11, "b");
    moved.index = 10;
    Holds older = Elsewhere(6, 10, "b");
    older.term = 7;
    EXPECT_EQ(Hear(5, {moved, older}), 0U);
}

TEST_F(EvidenceHostile, WhatALeaderHeldInAnEarlierTermIsNoSecondStory)
{
    Entry(7, 10, "a");
    EXPECT_EQ(Hear(5, {Elsewhere(5, 10, "x"), Elsewhere(6, 10, "y")}), 0U);
    EXPECT_EQ(Hear(5, {Elsewhere(7, 10, "z")}), 1U) << "but this one is";
}

TEST_F(EvidenceHostile, RepeatingOldStatementsOfALeaderDoesNotHideItsNewOnes)
{
    Entry(70, 10, "a");
    // An accomplice tells what the leader really held in sixty terms before, at the same place of
    // memory, and all its votes in them.
    for (Term term = 1; term < 60; ++term)
    {
        EXPECT_EQ(Hear(5,
                       {Elsewhere(term, 10, "x"),
                        Elsewhere(term, 10 + Witness::ENTRIES_KEPT, "x"),
                        m_signers.Votes(1, term, 1)}),
                  0U);
    }
    EXPECT_EQ(Hear(3, {Elsewhere(70, 10, "b")}), 1U);
}

TEST_F(EvidenceHostile, AFloodOfOnesOwnStatementsDoesNotHideAnothers)
{
    const Message reply{3, 2, 7, RequestVoteReply{true, false}};
    Receive({reply, Sealer(m_signers.Of(3)).Sign(reply, {})});
    for (Term term = 1; term < 5000; ++term)
    {
        const Message vote{5, 2, term, RequestVoteReply{true, false}};
        Receive({vote, Sealer(m_signers.Of(5)).Sign(vote, {})});
    }
    EXPECT_EQ(Hear(1, {m_signers.Votes(3, 7, 1)}), 1U);
    // It gets its share of a digest, and what others said is told none the less.
    Digest digest;
    Witness other(2, m_signers.Ring());
    for (Term term = 1; term < 5000; ++term)
    {
        const Message vote{5, 2, term, RequestVoteReply{true, false}};
        other.Receive(vote, Sealer(m_signers.Of(5)).Sign(vote, {}));
    }
    other.Receive(reply, Sealer(m_signers.Of(3)).Sign(reply, {}));
    other.Tell(1, digest);
    EXPECT_EQ(digest.GetStatements().size(), Witness::STATEMENTS_TOLD + 1);
}

TEST_F(EvidenceHostile, EntriesOfSomebodyWhoWasNotElectedAreNotKept)
{
    EXPECT_EQ(Receive(LeaderSends(m_signers, 1, 7, {}, 2, 0, {"a", "b"})), 1U);
    Digest digest;
    m_witness.Tell(3, digest);
    for (const auto& statement : digest.GetStatements())
    {
        EXPECT_FALSE(std::holds_alternative<Holds>(statement));
    }
}

TEST_F(EvidenceHostile, ProofsAgainstOneServerComeToAnEnd)
{
    std::size_t proofs = 0;
    for (Term term = 1; term < 2000; ++term)
    {
        proofs += Receive(LeaderSends(m_signers, 1, term, {}, 2, 0, {}));
    }
    EXPECT_EQ(proofs, Witness::PROOFS_KEPT);
    EXPECT_EQ(Receive(LeaderSends(m_signers, 4, 7, {}, 2, 0, {})), 1U) << "against others not";
}

TEST_F(EvidenceHostile, NobodysNameOrAServerWithoutAKeyIsForged)
{
    for (const ServerId nobody : {0U, 6U, 256U, 1000000U})
    {
        EXPECT_EQ(m_witness.Listen(5, MakeDigest({Vote{nobody, 1, 1}})).size(), 0U);
    }
    EXPECT_EQ(m_witness.GetForged(), 4U);
    Digest digest;
    for (const ServerId nobody : {0U, 2U, 6U, 1000000U})
    {
        m_witness.Tell(nobody, digest);
        EXPECT_TRUE(digest.GetStatements().empty()) << "nothing to tell " << nobody;
    }
}

TEST_F(EvidenceHostile, ALeaderFramesNoFollowerWhateverItClaimsLater)
{
    // It sends ten entries, gets them acknowledged, and then signs that it sent but three.
    const auto sent =
        LeaderSends(m_signers, 1, 7, {1, 3, 4}, 3, 0, std::vector<std::string>(10, "a"));
    const Message answer{3, 1, 7, AppendEntriesReply{true, 0, 10, 0, 0, 1}};
    const Seal seal = Sealer(m_signers.Of(3)).Sign(answer, ReceiptOf(sent.message, sent.seal));
    const Ack ack = AckIn(answer, seal);
    Ack framed = ack;
    framed.sentUpTo = 3;
    framed.sent = m_signers.Of(1).Sign(SentDigest(7, 3, 3));
    EXPECT_EQ(Hear(1, {ack, framed}), 0U);
    EXPECT_EQ(m_witness.GetForged(), 1U) << "only the follower signs what it shows";
}

TEST_F(EvidenceHostile, ACertificateThatNamesVotersWhoDidNotVoteConvictsItsMakerAlone)
{
    const Message honest{3, 2, 7, RequestVoteReply{true, false}};
    Receive({honest, Sealer(m_signers.Of(3)).Sign(honest, {})});
    Leads lie = m_signers.Leads(5, 7, {4, 5});
    lie.voters.Add(3);
    lie = m_signers.Signed(lie);
    const auto& proofs = m_witness.Listen(5, MakeDigest({lie}));
    ASSERT_EQ(proofs.size(), 1U);
    EXPECT_EQ(proofs[0].accused, 5U);
}

TEST_F(EvidenceHostile, RandomStatementsNeverConvictAnybody)
{
    std::mt19937_64 random(3);
    const auto small = [&] { return random() % 6; };
    for (int i = 0; i < 20000; ++i)
    {
        const auto server = static_cast<ServerId>(small());
        SignerSet voters;
        voters.words[0] = random() % 32;
        const std::vector<Statement> any{
            Vote{server, small(), static_cast<ServerId>(small()), random()},
            Leads{server, small(), voters, random(), random()},
            Holds{server, small(), small(), small(), small(), random()},
            Ack{server,
                small(),
                static_cast<ServerId>(small()),
                small(),
                small(),
                random(),
                random()}};
        ASSERT_EQ(Hear(5, {any[random() % any.size()]}), 0U);
    }
    EXPECT_EQ(m_witness.GetForged(), 20000U);
}
