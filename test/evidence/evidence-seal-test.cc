#include "evidence-test-support.h"

#include <functional>
#include <gtest/gtest.h>

using namespace ns3::evidence;
using namespace ns3::raft;
using nctest::LeaderSends;
using nctest::Signers;

namespace
{

Payload
Bytes(const std::string& text)
{
    return std::make_shared<const std::string>(text);
}

/** A change of each field of each message, by a server that did not send it. */
std::vector<std::pair<Message, std::function<void(Message&)>>>
Changes()
{
    std::vector<std::pair<Message, std::function<void(Message&)>>> all;
    const auto add = [&](auto body, auto change) {
        using Body = decltype(body);
        all.emplace_back(Message{1, 2, 5, body},
                         [change](Message& m) { change(std::get<Body>(m.body)); });
    };
    add(RequestVote{9, 4}, [](auto& m) { ++m.lastLogIndex; });
    add(RequestVote{9, 4}, [](auto& m) { --m.lastLogTerm; });
    add(RequestVote{9, 4}, [](auto& m) { m.preVote = true; });
    add(RequestVote{9, 4}, [](auto& m) { m.disruptLeader = true; });
    add(RequestVoteReply{true}, [](auto& m) { m.granted = false; });
    add(RequestVoteReply{false}, [](auto& m) { m.granted = true; });
    add(RequestVoteReply{true, true}, [](auto& m) { m.preVote = false; });
    AppendEntries append{7, 3, 6, nctest::Entries(4, {"a", "b"}), 21};
    add(append, [](auto& m) { ++m.prevLogIndex; });
    add(append, [](auto& m) { ++m.prevLogTerm; });
    add(append, [](auto& m) { ++m.commitIndex; });
    add(append, [](auto& m) { ++m.round; });
    add(append, [](auto& m) { m.entries.pop_back(); });
    add(append, [](auto& m) { std::swap(m.entries[0], m.entries[1]); });
    add(append, [](auto& m) { m.entries[1].command = Bytes("c"); });
    add(append, [](auto& m) { m.entries[0].term = 3; });
    add(append, [](auto& m) { m.entries[0].type = EntryType::MEMBERSHIP; });
    AppendEntriesReply reply{true, 9, 12, 0, 0, 22};
    add(reply, [](auto& m) { m.success = false; });
    add(reply, [](auto& m) { ++m.prevLogIndex; });
    add(reply, [](auto& m) { ++m.matchIndex; });
    add(reply, [](auto& m) { ++m.conflictIndex; });
    add(reply, [](auto& m) { ++m.conflictTerm; });
    add(reply, [](auto& m) { ++m.round; });
    InstallSnapshot chunk{90, 4, Bytes("m"), 0, Bytes("data"), true, 23};
    add(chunk, [](auto& m) { ++m.lastIndex; });
    add(chunk, [](auto& m) { --m.lastTerm; });
    add(chunk, [](auto& m) { m.membership = Bytes("n"); });
    add(chunk, [](auto& m) { ++m.offset; });
    add(chunk, [](auto& m) { m.data = Bytes("Data"); });
    add(chunk, [](auto& m) { m.done = false; });
    add(chunk, [](auto& m) { ++m.round; });
    InstallSnapshotReply held{90, 4096, true, 24};
    add(held, [](auto& m) { ++m.lastIndex; });
    add(held, [](auto& m) { ++m.offset; });
    add(held, [](auto& m) { m.installed = false; });
    add(held, [](auto& m) { ++m.round; });
    const std::vector<Message> whole{{1, 2, 5, append}, {1, 2, 5, TimeoutNow{}}};
    for (const Message& message : whole)
    {
        all.emplace_back(message, [](Message& m) { m.from = 3; });
        all.emplace_back(message, [](Message& m) { m.to = 3; });
        all.emplace_back(message, [](Message& m) { m.term = 6; });
    }
    return all;
}

} // namespace

TEST(EvidenceSeal, FitsItsMessageAndNoneThatDiffersInAnyField)
{
    const Signers signers;
    Sealer sealer(signers.Of(1));
    sealer.BecomeLeader(5);
    std::size_t at = 0;
    for (const auto& [message, change] : Changes())
    {
        const Seal seal = sealer.Sign(message, {12, 99});
        EXPECT_STREQ(FindForgery(*signers.Ring(), message, seal), nullptr) << at;
        Message changed = message;
        change(changed);
        EXPECT_NE(FindForgery(*signers.Ring(), changed, seal), nullptr) << at;
        ++at;
    }
}

TEST(EvidenceSeal, WithAnyPartChangedIsAForgery)
{
    const Signers signers;
    const auto sent = LeaderSends(signers, 1, 5, {2, 3}, 2, 7, {"a", "b"});
    ASSERT_STREQ(FindForgery(*signers.Ring(), sent.message, sent.seal), nullptr);
    const std::vector<std::function<void(Seal&)>> changes{[](Seal& s) { ++s.message; },
                                                          [](Seal& s) { ++s.statement; },
                                                          [](Seal& s) { s.voters.Add(4); },
                                                          [](Seal& s) { ++s.votes; },
                                                          [](Seal& s) { ++s.sentUpTo; },
                                                          [](Seal& s) { ++s.sent; },
                                                          [](Seal& s) { ++s.entries[1]; }};
    for (std::size_t i = 0; i < changes.size(); ++i)
    {
        Seal seal = sent.seal;
        changes[i](seal);
        EXPECT_NE(FindForgery(*signers.Ring(), sent.message, seal), nullptr) << i;
    }
}

TEST(EvidenceSeal, OfALeaderShowsTheVotesOfTheElectionThatItWon)
{
    const Signers signers;
    Sealer sealer(signers.Of(1));
    sealer.AddVote(signers.Votes(5, 4, 1)); // a candidacy that came to nothing
    sealer.AddVote(signers.Votes(2, 6, 1));
    sealer.AddVote(signers.Votes(2, 6, 1)); // repeated
    sealer.AddVote(signers.Votes(4, 6, 4)); // a rival's request
    sealer.AddVote(signers.Votes(3, 6, 1));
    sealer.BecomeLeader(6);
    const Message message{1, 2, 6, AppendEntries{}};
    const Leads leads = LeadsIn(message, sealer.Sign(message, {}));
    EXPECT_EQ(leads, signers.Leads(1, 6, {1, 2, 3}));
    EXPECT_TRUE(IsCertified(*signers.Ring(), leads));

    sealer.AddVote(signers.Votes(4, 6, 1)); // late: the certificate stays the same for the term
    EXPECT_EQ(LeadsIn(message, sealer.Sign(message, {})), leads);
}

TEST(EvidenceSeal, OfAMessageInATermThatItsSenderDoesNotLeadConvictsIt)
{
    const Signers signers;
    Sealer sealer(signers.Of(1));
    for (const ServerId voter : {2, 3})
    {
        sealer.AddVote(signers.Votes(voter, 6, 1));
    }
    sealer.BecomeLeader(6);
    const Message later{1, 2, 7, AppendEntries{}};
    const Seal seal = sealer.Sign(later, {});
    EXPECT_STREQ(FindForgery(*signers.Ring(), later, seal), nullptr) << "it is its own, though";
    EXPECT_FALSE(IsCertified(*signers.Ring(), LeadsIn(later, seal)));
}

TEST(EvidenceSeal, OfAnAnswerShowsHowFarTheAnsweredMessageReached)
{
    const Signers signers;
    const auto sent = LeaderSends(signers, 1, 5, {2, 3}, 2, 7, {"a", "b"});
    const Receipt receipt = ReceiptOf(sent.message, sent.seal);
    EXPECT_EQ(receipt.upTo, 9U);
    const Sealer follower(signers.Of(2));
    for (Index match = 0; match <= 11; ++match)
    {
        const Message answer{2, 1, 5, AppendEntriesReply{true, 7, match, 0, 0, 1}};
        const Ack ack = AckIn(answer, follower.Sign(answer, receipt));
        EXPECT_EQ(IsCovered(*signers.Ring(), ack), match <= 9) << match;
    }
    const Message elsewhere{2, 3, 5, AppendEntriesReply{true, 7, 9, 0, 0, 1}};
    EXPECT_FALSE(IsCovered(*signers.Ring(), AckIn(elsewhere, follower.Sign(elsewhere, receipt))))
        << "nothing that another leader sent";
}

TEST(EvidenceSeal, OfALeaderThatSaysItSentLessThanItDidIsAForgery)
{
    // Else the follower that acknowledges what it got would look like a liar.
    const Signers signers;
    auto sent = LeaderSends(signers, 1, 5, {2, 3}, 2, 7, {"a", "b"});
    const auto shorter = LeaderSends(signers, 1, 5, {2, 3}, 2, 7, {"a"});
    const auto toOther = LeaderSends(signers, 1, 5, {2, 3}, 3, 7, {"a", "b"});
    for (const Signature wrong : {shorter.seal.sent, toOther.seal.sent})
    {
        Seal seal = sent.seal;
        seal.sent = wrong;
        seal.message = signers.Of(1).Sign(MessageDigest(sent.message, seal)); // as it can
        EXPECT_NE(FindForgery(*signers.Ring(), sent.message, seal), nullptr);
    }
}

TEST(EvidenceSeal, HasAVoteOnlyWhereOneIsReallyGiven)
{
    EXPECT_TRUE(HasVote({1, 2, 5, RequestVote{}}));
    EXPECT_FALSE(HasVote({1, 2, 5, RequestVote{0, 0, true}}));
    EXPECT_TRUE(HasVote({1, 2, 5, RequestVoteReply{true, false}}));
    EXPECT_FALSE(HasVote({1, 2, 5, RequestVoteReply{true, true}}));
    EXPECT_FALSE(HasVote({1, 2, 5, RequestVoteReply{false, false}}));
    const Signers signers;
    const Sealer sealer(signers.Of(2));
    const Message request{2, 1, 5, RequestVote{}};
    EXPECT_EQ(VoteIn(request, sealer.Sign(request, {})), signers.Votes(2, 5, 2));
    const Message answer{2, 1, 5, RequestVoteReply{true, false}};
    EXPECT_EQ(VoteIn(answer, sealer.Sign(answer, {})), signers.Votes(2, 5, 1));
}
