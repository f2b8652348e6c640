// Timelines: what witnesses of different messages tell each other, and what follows from it.

#include "evidence-test-support.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace ns3::evidence;
using namespace ns3::raft;
using nctest::LeaderSends;
using nctest::Names;
using nctest::Signers;
using testing::Test;

namespace
{

using Found = std::vector<std::string>;

/** Of which entries a digest tells. */
std::set<Index>
IndicesIn(const Digest& digest)
{
    std::set<Index> indices;
    for (const auto& statement : digest.GetStatements())
    {
        if (const auto* holds = std::get_if<Holds>(&statement))
        {
            indices.insert(holds->index);
        }
    }
    return indices;
}

/** Five servers that watch each other. */
class EvidenceWitness : public Test
{
  protected:
    EvidenceWitness()
    {
        for (ServerId id = 1; id <= 5; ++id)
        {
            Restart(id);
        }
    }

    /** A server begins to watch with an empty memory. */
    void Restart(ServerId id)
    {
        m_witnesses.erase(id);
        m_witnesses.emplace(id, Witness(id, m_signers.Ring()));
    }

    Witness& Of(ServerId id)
    {
        return m_witnesses.at(id);
    }

    Found Receive(const Message& message, const Seal& seal)
    {
        EXPECT_STREQ(FindForgery(*m_signers.Ring(), message, seal), nullptr);
        return Note(Of(message.to).Receive(message, seal));
    }

    /** A real vote arrives at its candidate. */
    Found Vote(ServerId voter, Term term, ServerId candidate)
    {
        const Message reply{voter, candidate, term, RequestVoteReply{true, false}};
        return Receive(reply, Sealer(m_signers.Of(voter)).Sign(reply, {}));
    }

    /** Entries of a leader arrive. */
    Found Append(ServerId leader,
                 Term term,
                 const std::vector<ServerId>& voters,
                 ServerId to,
                 Index previous,
                 const std::vector<std::string>& commands)
    {
        const auto sent = LeaderSends(m_signers, leader, term, voters, to, previous, commands);
        return Receive(sent.message, sent.seal);
    }

    /** One heartbeat. */
    Found Tell(ServerId from, ServerId to)
    {
        Digest digest;
        Of(from).Tell(to, digest);
        m_told += digest.GetStatements().size();
        return Note(Of(to).Listen(from, digest));
    }

    /** Everybody tells everybody. */
    Found Round()
    {
        Found found;
        for (ServerId from = 1; from <= 5; ++from)
        {
            for (ServerId to = 1; to <= 5; ++to)
            {
                if (from != to)
                {
                    const Found some = Tell(from, to);
                    found.insert(found.end(), some.begin(), some.end());
                }
            }
        }
        return found;
    }

    Found Note(const std::vector<Proof>& proofs)
    {
        for (const Proof& proof : proofs)
        {
            const auto rule =
                FindOffence(*m_signers.Ring(), proof.accused, proof.first, proof.second);
            EXPECT_EQ(rule, proof.rule) << "a proof convinces everybody";
            m_proofs.push_back(proof);
        }
        return Names(proofs);
    }

    Signers m_signers;
    std::map<ServerId, Witness> m_witnesses;
    std::vector<Proof> m_proofs;
    std::size_t m_told{0};
};

} // namespace

TEST_F(EvidenceWitness, AnHonestTermProvesNothing)
{
    for (const ServerId voter : {2, 3, 4})
    {
        EXPECT_EQ(Vote(voter, 3, 1), Found{});
    }
    for (Index index = 0; index < 200; index += 2)
    {
        for (ServerId to = 2; to <= 5; ++to)
        {
            EXPECT_EQ(Append(1, 3, {1, 2, 3}, to, index, {"a", "b"}), Found{});
        }
        EXPECT_EQ(Round(), Found{});
    }
    EXPECT_GT(m_told, 1000U);
}

TEST_F(EvidenceWitness, WhoVotesForTwoIsFoundOnceTheyTalk)
{
    EXPECT_EQ(Vote(3, 7, 1), Found{});
    EXPECT_EQ(Vote(3, 7, 2), Found{});
    EXPECT_EQ(Tell(1, 2), Found{"3 double-vote"});
    EXPECT_EQ(m_proofs[0].witness, 1U);
    EXPECT_EQ(m_proofs[0].term, 7U);
    EXPECT_EQ(Tell(2, 1), Found{"3 double-vote"});
    EXPECT_EQ(Tell(1, 4), Found{"3 double-vote"}) << "and passed on to whoever saw neither vote";
}

TEST_F(EvidenceWitness, WhoVotesForALoserTooIsFoundByTheWinnersCertificate)
{
    EXPECT_EQ(Vote(3, 7, 2), Found{});
    EXPECT_EQ(Append(1, 7, {1, 3, 4}, 2, 0, {}), Found{"3 double-vote"});
    EXPECT_EQ(m_proofs[0].witness, 2U) << "it had both";
}

TEST_F(EvidenceWitness, TwoLeadersOfATermConvictWhoElectedBoth)
{
    EXPECT_EQ(Append(1, 7, {1, 3, 5}, 4, 0, {"a"}), Found{});
    EXPECT_EQ(Append(2, 7, {2, 3, 5}, 4, 0, {"b"}), (Found{"3 two-leaders", "5 two-leaders"}));
}

TEST_F(EvidenceWitness, ALeaderThatNobodyElectedIsFoundAtOnceAndByAll)
{
    EXPECT_EQ(Append(1, 7, {}, 2, 0, {"a"}), Found{"1 false-certificate"});
    EXPECT_EQ(Append(1, 7, {}, 2, 1, {"b"}), Found{}) << "once";
    EXPECT_EQ(Tell(2, 5), Found{"1 false-certificate"});
    EXPECT_EQ(Append(1, 8, {}, 2, 1, {"b"}), Found{"1 false-certificate"}) << "a new offence";
}

TEST_F(EvidenceWitness, ALeaderThatTellsTwoStoriesIsFoundAtTheIndexWhereTheyPart)
{
    Append(1, 7, {1, 2, 3}, 2, 0, {"a", "b", "c"});
    Append(1, 7, {1, 2, 3}, 3, 0, {"a", "B", "c"});
    EXPECT_EQ(Tell(2, 3), Found{"1 two-entries"});
    EXPECT_EQ(m_proofs[0].index, 2U);
    EXPECT_EQ(m_proofs[0].witness, 2U);
    EXPECT_EQ(Tell(2, 4), Found{}) << "one story";
    EXPECT_EQ(Tell(3, 4), Found{"1 two-entries"}) << "the other, from another witness";
}

TEST_F(EvidenceWitness, AnAcknowledgementOfMoreThanWasSentIsFoundAtOnceAndByAll)
{
    const auto sent = LeaderSends(m_signers, 1, 7, {1, 2, 3}, 3, 0, {"a", "b"});
    const Message answer{3, 1, 7, AppendEntriesReply{true, 0, 5, 0, 0, 1}};
    const Seal seal = Sealer(m_signers.Of(3)).Sign(answer, ReceiptOf(sent.message, sent.seal));
    EXPECT_EQ(Receive(answer, seal), Found{"3 false-acknowledgement"});
    EXPECT_EQ(m_proofs[0].index, 5U);
    EXPECT_EQ(Tell(1, 2), Found{"3 false-acknowledgement"});
    EXPECT_EQ(Tell(1, 4), Found{"3 false-acknowledgement"});
}

TEST_F(EvidenceWitness, EachOffenceIsProvenOncePerTerm)
{
    for (const Index index : {0, 1, 2, 3})
    {
        Append(1, 7, {1, 2, 3}, 2, index, {"a"});
        Append(1, 7, {1, 2, 3}, 3, index, {"b"});
    }
    EXPECT_EQ(Tell(2, 3), Found{"1 two-entries"});
    for (int i = 0; i < 5; ++i)
    {
        Round();
    }
    EXPECT_EQ(m_proofs.size(), 5U) << "one for each server, the accused included";
}

TEST_F(EvidenceWitness, IsOfNoUseAloneButNeitherIsSilenceAProof)
{
    Append(1, 7, {1, 2, 3}, 2, 0, {"a"});
    for (int i = 0; i < 10; ++i)
    {
        EXPECT_EQ(Round(), Found{}) << "3, 4 and 5 never heard of the entry, which is no offence";
    }
}

TEST_F(EvidenceWitness, ThatRestartsFindsAgainWhatItIsStillTold)
{
    Vote(3, 7, 1);
    Vote(3, 7, 2);
    EXPECT_EQ(Tell(1, 2), Found{"3 double-vote"});
    Restart(4);
    EXPECT_EQ(Tell(2, 4), Found{"3 double-vote"});
    Restart(4);
    EXPECT_EQ(Tell(2, 4), Found{"3 double-vote"}) << "told twice, should one be lost";
    Restart(4);
    EXPECT_EQ(Tell(2, 4), Found{}) << "and then no more";
}

TEST_F(EvidenceWitness, TellsVotesTwiceAndEntriesOnce)
{
    Append(1, 7, {1, 2, 3}, 2, 0, {"a", "b"});
    Digest digest;
    Of(2).Tell(3, digest);
    EXPECT_EQ(digest.GetStatements().size(), 3U) << "a claim to lead and two entries";
    digest.Clear();
    Of(2).Tell(3, digest);
    EXPECT_EQ(digest.GetStatements().size(), 1U);
    digest.Clear();
    Of(2).Tell(3, digest);
    EXPECT_EQ(digest.GetStatements().size(), 0U) << "an idle cluster's heartbeats carry nothing";
    Of(2).Tell(4, digest);
    EXPECT_EQ(digest.GetStatements().size(), 3U) << "each peer is told by itself";
}

TEST_F(EvidenceWitness, UnderLoadChoosesTheSameEntriesAsOthersDo)
{
    // One has 300 entries to tell and the other 700 that overlap: more than a heartbeat carries.
    for (Index index = 0; index < 300; ++index)
    {
        Append(1, 7, {1, 2, 3}, 2, index, {"a"});
    }
    for (Index index = 100; index < 800; ++index)
    {
        Append(1, 7, {1, 2, 3}, 3, index, {"b"});
    }
    Digest from2;
    Digest from3;
    const auto told = [&](ServerId from, Digest& digest) {
        Of(from).Tell(5, digest);
        EXPECT_LE(digest.GetSize(), Digest::MAX_BYTES);
        return IndicesIn(digest);
    };
    const auto few = told(2, from2);
    const auto fewer = told(3, from3);
    EXPECT_GT(few.size(), 30U);
    EXPECT_GT(fewer.size(), 30U);
    std::size_t common = 0;
    for (const Index index : fewer)
    {
        common += few.count(index);
        EXPECT_TRUE(index > 300 || few.count(index) == 1) << index;
    }
    EXPECT_GT(common, 5U);
    // What is left of the 200 indices that they share shows that they were told different things.
    EXPECT_EQ(Names(Of(3).Listen(2, from2)), Found{"1 two-entries"});
}

TEST_F(EvidenceWitness, UnderLoadTellsTheLastOfEntriesThatAreNotInARowToo)
{
    // Three apart, entries share nothing on the wire: thirty fit, and each fourth of a hundred
    // does.
    std::set<Index> wanted;
    for (Index index = 3; index <= 300; index += 3)
    {
        Append(1, 7, {1, 2, 3}, 2, index - 1, {"a"});
        if (index % 4 == 0)
        {
            wanted.insert(index);
        }
    }
    Append(1, 7, {1, 2, 3}, 3, 299, {"b"});
    Digest digest;
    Of(2).Tell(3, digest);
    EXPECT_EQ(IndicesIn(digest), wanted);
    EXPECT_EQ(Names(Of(3).Listen(2, digest)), Found{"1 two-entries"}) << "at the last index";
    digest.Clear();
    Of(2).Tell(3, digest);
    EXPECT_EQ(IndicesIn(digest), std::set<Index>{}) << "once";
}

TEST_F(EvidenceWitness, UnderLoadTellsLaterWhatNoPowerOfTwoMakesFewer)
{
    // All indices are odd, and no two of them are in one run.
    std::set<Index> wanted;
    for (Index index = 3; index <= 600; index += 6)
    {
        Append(1, 7, {1, 2, 3}, 2, index - 1, {"a"});
        wanted.insert(index);
    }
    std::set<Index> told;
    for (int heartbeat = 0; heartbeat < 4; ++heartbeat)
    {
        Digest digest;
        Of(2).Tell(3, digest);
        const std::set<Index> more = IndicesIn(digest);
        EXPECT_GT(more.size(), 5U);
        for (const Index index : more)
        {
            EXPECT_TRUE(told.insert(index).second) << index << " was told before";
        }
    }
    EXPECT_EQ(told, wanted);
}
