#include "ns3/evidence-wire.h"
#include "ns3/heartbeat-header.h"
#include "ns3/packet.h"
#include "ns3/raft-header.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace ns3;
using namespace ns3::evidence;

namespace
{

using Bytes = std::vector<uint8_t>;

Bytes
BytesOf(const Header& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return bytes;
}

Ptr<Packet>
PacketOf(const Bytes& bytes)
{
    return Create<Packet>(bytes.data(), bytes.size());
}

HeartbeatHeader
HeartbeatWith(const std::vector<Statement>& statements)
{
    HeartbeatHeader header;
    header.SetSender(2);
    header.SetSequence(7);
    Digest digest;
    for (const auto& statement : statements)
    {
        EXPECT_TRUE(digest.Add(statement));
    }
    header.SetDigest(digest);
    return header;
}

/** One of each kind, and entries in runs and alone. */
std::vector<Statement>
EveryStatement()
{
    const uint64_t large = 0xf102030405060708;
    SignerSet voters;
    voters.Add(1);
    voters.Add(256);
    return {Vote{1, large, 256, large + 1},
            Leads{256, 3, voters, large, large + 2},
            Holds{5, 6, 8, 4, large, 1},
            Holds{5, 6, 12, 4, large, 2},
            Holds{5, 6, 16, 4, large, 3},
            Holds{5, 6, 17, 4, large, 4},
            Holds{5, 6, 18, 5, large, 5},
            Ack{3, 4, 5, 6, 7, 8, large}};
}

/** A message of every shape that a seal has, and a seal with every field that goes with it. */
std::vector<RaftHeader::Content>
EveryShape()
{
    using namespace raft;
    const auto bytes = std::make_shared<const std::string>("x");
    Seal seal;
    seal.message = 1;
    std::vector<RaftHeader::Content> all;
    const auto add = [&](const MessageBody& body) {
        RaftHeader::Content& content = all.emplace_back();
        content.message = {1, 2, 3, body};
        content.seal = seal;
    };
    for (const MessageBody& body : std::vector<MessageBody>{RequestVote{1, 1, true},
                                                            RequestVoteReply{false, false},
                                                            RequestVoteReply{true, true},
                                                            AppendEntriesReply{false},
                                                            InstallSnapshotReply{9},
                                                            TimeoutNow{}})
    {
        add(body);
    }
    seal.statement = 2;
    add(RequestVote{1, 1});
    add(RequestVoteReply{true, false});
    seal.sent = 3;
    seal.sentUpTo = 4;
    add(AppendEntriesReply{true, 8, 9});
    add(InstallSnapshotReply{9, 0, true});
    seal.sentUpTo = 0;
    seal.voters.words = {5, 6, 7, 8};
    seal.votes = 9;
    add(InstallSnapshot{9, 1, bytes, 0, bytes, true});
    add(AppendEntries{});
    seal.entries = {10, 11};
    AppendEntries append;
    append.entries = {{3, EntryType::NOOP, nullptr}, {3, EntryType::COMMAND, bytes}};
    add(append);
    return all;
}

} // namespace

TEST(EvidenceWire, EverySealReadsBackAsItWas)
{
    for (const auto& content : EveryShape())
    {
        const RaftHeader sealed(content.message, content.seal);
        const Bytes bytes = BytesOf(sealed);
        EXPECT_EQ(bytes.size(),
                  RaftHeader(content.message).GetSerializedSize() + SealSize(content.message));
        const auto back = RaftHeader::Parse(PacketOf(bytes));
        ASSERT_TRUE(back) << "kind " << content.message.body.index();
        ASSERT_TRUE(back->seal);
        EXPECT_EQ(*back->seal, *content.seal) << "kind " << content.message.body.index();
    }
}

TEST(EvidenceWire, AMessageWithoutASealHasNoBytesForOne)
{
    const auto back =
        RaftHeader::Parse(PacketOf(BytesOf(RaftHeader({1, 2, 3, raft::AppendEntries{}}))));
    ASSERT_TRUE(back);
    EXPECT_FALSE(back->seal);
}

TEST(EvidenceWire, ASealThatIsCutOffOrTooLongIsRefused)
{
    for (const auto& content : EveryShape())
    {
        Bytes bytes = BytesOf(RaftHeader(content.message, content.seal));
        for (std::size_t size = 0; size < bytes.size(); ++size)
        {
            EXPECT_FALSE(RaftHeader::Parse(PacketOf(Bytes(bytes.begin(), bytes.begin() + size))));
        }
        bytes.push_back(0);
        EXPECT_FALSE(RaftHeader::Parse(PacketOf(bytes)));
    }
}

TEST(EvidenceWire, EveryStatementReadsBackAsItWas)
{
    const HeartbeatHeader header = HeartbeatWith(EveryStatement());
    const Bytes bytes = BytesOf(header);
    EXPECT_EQ(bytes.size(), HeartbeatHeader::SIZE + header.GetDigest().GetSize());
    const auto back = HeartbeatHeader::Parse(PacketOf(bytes));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->GetDigest().GetStatements(), EveryStatement());
    EXPECT_EQ(BytesOf(*back), bytes);
}

TEST(EvidenceWire, AHeartbeatWithTheLongestDigestFitsIntoAnEthernetFrame)
{
    Digest digest;
    while (digest.Add(Holds{1, 2, 3 + digest.GetStatements().size(), 4, 5, 6}))
    {
    }
    HeartbeatHeader header = HeartbeatWith({});
    header.SetDigest(digest);
    const Bytes bytes = BytesOf(header);
    EXPECT_LE(bytes.size() + 8 + 20, 1500U);
    ASSERT_TRUE(HeartbeatHeader::Parse(PacketOf(bytes)));
}

TEST(EvidenceWire, ADigestThatIsCutOffWithinAStatementIsRefused)
{
    const auto statements = EveryStatement();
    std::vector<std::size_t> whole; // sizes at which a digest may end
    std::vector<Statement> some;
    for (const auto& statement : statements)
    {
        whole.push_back(BytesOf(HeartbeatWith(some)).size());
        some.push_back(statement);
    }
    const Bytes bytes = BytesOf(HeartbeatWith(statements));
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        const bool read =
            HeartbeatHeader::Parse(PacketOf(Bytes(bytes.begin(), bytes.begin() + size)))
                .has_value();
        // Within a run of entries the count says how many there are.
        const bool mayEnd = std::count(whole.begin(), whole.end(), size) > 0;
        EXPECT_TRUE(!read || mayEnd) << size;
        EXPECT_TRUE(read || size != HeartbeatHeader::SIZE);
    }
}

TEST(EvidenceWire, WhatNoDigestIsIsRefused)
{
    const auto refuses = [](std::size_t place, uint8_t value, std::vector<Statement> statements) {
        Bytes bytes = BytesOf(HeartbeatWith(statements));
        EXPECT_TRUE(HeartbeatHeader::Parse(PacketOf(bytes)));
        bytes.at(HeartbeatHeader::SIZE + place) = value;
        EXPECT_FALSE(HeartbeatHeader::Parse(PacketOf(bytes)))
            << "byte " << place << " is " << int{value};
    };
    const Statement vote = Vote{1, 2, 3, 4};
    const Statement entry = Holds{1, 2, 3, 4, 5, 6};
    for (int kind : {0, 2, 3, 4, 5, 255})
    {
        refuses(0, kind, {vote});
    }
    refuses(2, 0, {vote});                             // signer 0
    refuses(1, 2, {vote});                             // signer above 256
    refuses(12, 0, {vote});                            // candidate 0
    refuses(11, 2, {vote});                            // candidate above 256
    refuses(27, 1, {entry});                           // a distance where there is but one
    refuses(28, 0, {entry});                           // no entries
    refuses(28, 2, {entry});                           // more than there are
    refuses(27, 16, {entry, Holds{1, 2, 4, 4, 5, 6}}); // too far apart
    HeartbeatHeader reply = HeartbeatWith({vote});
    reply.SetType(HeartbeatHeader::REPLY);
    EXPECT_FALSE(HeartbeatHeader::Parse(PacketOf(BytesOf(reply)))) << "answers tell nothing";
}

TEST(EvidenceWire, ADigestWhoseRunsAreNotAsLongAsTheyCanBeIsRefused)
{
    const Bytes first = BytesOf(HeartbeatWith({Holds{1, 2, 3, 4, 5, 6}}));
    for (const std::vector<Statement>& next : {
             // Two runs where one would do.
             std::vector<Statement>{Holds{1, 2, 4, 4, 5, 6}},
             // The second run's first entry, but not its second one, goes on with the first run.
             {Holds{1, 2, 4, 4, 5, 6}, Holds{1, 2, 6, 4, 5, 6}},
             {Holds{1, 2, 3 + (1 << 15), 4, 5, 6}, Holds{1, 2, 4 + (1 << 15), 4, 5, 6}},
         })
    {
        const Bytes second = BytesOf(HeartbeatWith(next));
        ASSERT_TRUE(HeartbeatHeader::Parse(PacketOf(second)));
        Bytes both = first;
        both.insert(both.end(), second.begin() + HeartbeatHeader::SIZE, second.end());
        EXPECT_FALSE(HeartbeatHeader::Parse(PacketOf(both)));
    }
}

TEST(EvidenceWire, MoreThanOneDigestHoldsIsRefused)
{
    Bytes bytes = BytesOf(HeartbeatWith({}));
    const Bytes one = BytesOf(HeartbeatWith({Vote{1, 2, 3, 4}}));
    for (int i = 0; i < 3000; ++i)
    {
        bytes.insert(bytes.end(), one.begin() + HeartbeatHeader::SIZE, one.end());
    }
    EXPECT_FALSE(HeartbeatHeader::Parse(PacketOf(bytes)));
}

TEST(EvidenceWire, RandomBytesNeverCrashAndWhatIsAcceptedEncodesToTheSameBytes)
{
    std::mt19937_64 random(11);
    std::size_t accepted = 0;
    for (int round = 0; round < 20000; ++round)
    {
        Bytes bytes = BytesOf(HeartbeatWith(EveryStatement()));
        for (int i = 0; i < 2; ++i)
        {
            bytes[random() % bytes.size()] = random() % 2 == 0 ? random() : random() % 5;
        }
        if (const auto read = HeartbeatHeader::Parse(PacketOf(bytes)))
        {
            ++accepted;
            ASSERT_EQ(BytesOf(*read), bytes);
        }
    }
    EXPECT_GT(accepted, 1000U);
}
