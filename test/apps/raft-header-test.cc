#include "ns3/raft-client-header.h"
#include "ns3/raft-header.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace ns3;
using namespace ns3::raft;

namespace
{

Payload
Bytes(const std::string& text)
{
    return std::make_shared<const std::string>(text);
}

/** One message of every kind, with every field set to something of its own. */
std::vector<Message>
EveryKind()
{
    AppendEntries append{7, 3, 6, {}};
    append.entries = {{3, EntryType::NOOP, nullptr},
                      {4, EntryType::COMMAND, Bytes("put k v")},
                      {4, EntryType::COMMAND, Bytes("")},
                      {4, EntryType::COMMAND, Bytes(std::string(2000, '\xff'))}};
    const uint64_t large = 0x0102030405060708;
    return {{1, 2, 5, RequestVote{11, 4}},
            {2, 1, 5, RequestVoteReply{true}},
            {2, 1, 5, RequestVoteReply{false}},
            {3, 4, large, append},
            {3, 4, 6, AppendEntries{large, large + 1, large + 2, {}}},
            {4, 3, 6, AppendEntriesReply{true, 9, 12, 0, 0}},
            {4, 3, 6, AppendEntriesReply{false, 9, 0, 7, 2}}};
}

Ptr<Packet>
Encode(const Message& message)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftHeader(message));
    return packet;
}

std::vector<uint8_t>
BytesOf(Ptr<const Packet> packet)
{
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return bytes;
}

} // namespace

TEST(RaftHeader, EveryMessageReadsBackAsTheSameBytes)
{
    for (const Message& message : EveryKind())
    {
        const auto packet = Encode(message);
        const auto read = RaftHeader::Parse(packet);
        ASSERT_TRUE(read) << "kind " << message.body.index();
        EXPECT_EQ(read->from, message.from);
        EXPECT_EQ(read->to, message.to);
        EXPECT_EQ(read->term, message.term);
        EXPECT_EQ(read->body.index(), message.body.index());
        EXPECT_EQ(BytesOf(Encode(*read)), BytesOf(packet));
    }
}

TEST(RaftHeader, EntriesKeepTermTypeAndCommand)
{
    const Message sent = EveryKind()[3];
    const auto read = RaftHeader::Parse(Encode(sent));
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<AppendEntries>(read->body).entries,
              std::get<AppendEntries>(sent.body).entries);
}

TEST(RaftHeader, ATruncatedMessageIsRefusedAtEveryByte)
{
    for (const Message& message : EveryKind())
    {
        const auto packet = Encode(message);
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            EXPECT_FALSE(RaftHeader::Parse(packet->CreateFragment(0, size)))
                << "kind " << message.body.index() << " cut to " << size << " bytes";
        }
    }
}

TEST(RaftHeader, BytesBehindTheMessageMakeItMalformed)
{
    for (const Message& message : EveryKind())
    {
        const auto packet = Encode(message);
        packet->AddAtEnd(Create<Packet>(1));
        EXPECT_FALSE(RaftHeader::Parse(packet));
    }
}

TEST(RaftHeader, RandomBytesNeverCrashAndWhatIsAcceptedEncodesToTheSameBytes)
{
    std::mt19937_64 random(7);
    const auto kinds = EveryKind();
    for (int round = 0; round < 20000; ++round)
    {
        // Half pure noise, half a good message with a few bytes changed.
        std::vector<uint8_t> bytes;
        if (round % 2 == 0)
        {
            bytes.resize(random() % 120);
            for (auto& byte : bytes)
            {
                byte = random();
            }
        }
        else
        {
            bytes = BytesOf(Encode(kinds[random() % kinds.size()]));
            for (int i = 0; i < 3; ++i)
            {
                bytes[random() % bytes.size()] = random();
            }
        }
        const auto packet = Create<Packet>(bytes.data(), bytes.size());
        if (const auto read = RaftHeader::Parse(packet))
        {
            EXPECT_EQ(BytesOf(Encode(*read)), bytes);
        }
    }
}

TEST(RaftHeader, ACountOfEntriesBeyondThePacketIsRefusedBeforeMemoryIsTaken)
{
    auto bytes = BytesOf(Encode({3, 4, 6, AppendEntries{1, 1, 1, {}}}));
    for (int i = 1; i <= 4; ++i)
    {
        bytes[bytes.size() - i] = 0xff; // the count is the last field of an empty message
    }
    EXPECT_FALSE(RaftHeader::Parse(Create<Packet>(bytes.data(), bytes.size())));
}

TEST(RaftClientHeaders, RequestsAndRepliesReadBackAndRefuseTruncation)
{
    Command command{9, 5, 77, 70, CommandOp::PUT, "key", "value"};
    Ptr<Packet> request = Create<Packet>();
    request->AddHeader(RaftRequestHeader(command.Encode()));
    ASSERT_TRUE(RaftRequestHeader::Parse(request));
    EXPECT_EQ(Command::Decode(*RaftRequestHeader::Parse(request)), command);

    RaftClientReply reply{77, RaftClientReply::Status::NOT_LEADER, 3, "value"};
    Ptr<Packet> answer = Create<Packet>();
    answer->AddHeader(RaftReplyHeader(reply));
    const auto read = RaftReplyHeader::Parse(answer);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->request, reply.request);
    EXPECT_EQ(read->status, reply.status);
    EXPECT_EQ(read->leader, reply.leader);
    EXPECT_EQ(read->value, reply.value);

    for (uint32_t size = 0; size < request->GetSize(); ++size)
    {
        EXPECT_FALSE(RaftRequestHeader::Parse(request->CreateFragment(0, size)));
    }
    for (uint32_t size = 0; size < answer->GetSize(); ++size)
    {
        EXPECT_FALSE(RaftReplyHeader::Parse(answer->CreateFragment(0, size)));
    }
}

TEST(RaftClientHeaders, TheKindsAreNotTakenForEachOther)
{
    Ptr<Packet> vote = Encode({1, 2, 5, RequestVote{11, 4}});
    EXPECT_FALSE(RaftRequestHeader::Parse(vote));
    EXPECT_FALSE(RaftReplyHeader::Parse(vote));
}
