#include "ns3/raft-client-header.h"
#include "ns3/raft-header.h"
#include "ns3/raft-membership.h"

#include <gtest/gtest.h>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
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
    const uint64_t large = 0x0102030405060708;
    const Membership members{{1, 2, 65536}, {4}};
    AppendEntries append{7, 3, 6, {}, 21};
    append.entries = {{3, EntryType::NOOP, nullptr},
                      {4, EntryType::COMMAND, Bytes("put k v")},
                      {4, EntryType::COMMAND, Bytes("")},
                      {4, EntryType::MEMBERSHIP, Bytes(members.Encode())},
                      {4, EntryType::COMMAND, Bytes(std::string(2000, '\xff'))}};
    return {{1, 2, 5, RequestVote{11, 4, false, false}},
            {1, 2, 5, RequestVote{11, 4, true, false}},
            {1, 2, 5, RequestVote{11, 4, false, true}},
            {1, 2, 5, RequestVote{large, large + 1, true, true}},
            {2, 1, 5, RequestVoteReply{true, false}},
            {2, 1, 5, RequestVoteReply{false, false}},
            {2, 1, 5, RequestVoteReply{true, true}},
            {2, 1, 5, RequestVoteReply{false, true}},
            {3, 4, large, append},
            {3, 4, 6, AppendEntries{large, large + 1, large + 2, {}, large + 3}},
            {4, 3, 6, AppendEntriesReply{true, 9, 12, 0, 0, 22}},
            {4, 3, 6, AppendEntriesReply{false, 9, 0, 7, 2, large}},
            {3, 4, 7, InstallSnapshot{90, 6, Bytes(members.Encode()), 0, Bytes(""), true, 23}},
            {3,
             4,
             7,
             InstallSnapshot{large,
                             6,
                             Bytes(members.Encode()),
                             4096,
                             Bytes(std::string(700, '\x01')),
                             false,
                             large}},
            {4, 3, 7, InstallSnapshotReply{90, 4096, false, 24}},
            {4, 3, 7, InstallSnapshotReply{large, 0, true, large + 1}},
            {3, 4, 8, TimeoutNow{}}};
}

/** What is said, field by field. */
bool
SameBody(const MessageBody& a, const MessageBody& b)
{
    const auto fields = [](const MessageBody& body) {
        std::vector<uint64_t> numbers{body.index()};
        std::string bytes;
        if (const auto* vote = std::get_if<RequestVote>(&body))
        {
            numbers = {vote->lastLogIndex, vote->lastLogTerm, vote->preVote, vote->disruptLeader};
        }
        else if (const auto* answer = std::get_if<RequestVoteReply>(&body))
        {
            numbers = {answer->granted, answer->preVote};
        }
        else if (const auto* append = std::get_if<AppendEntries>(&body))
        {
            numbers = {append->prevLogIndex,
                       append->prevLogTerm,
                       append->commitIndex,
                       append->round};
        }
        else if (const auto* reply = std::get_if<AppendEntriesReply>(&body))
        {
            numbers = {reply->success,
                       reply->prevLogIndex,
                       reply->matchIndex,
                       reply->conflictIndex,
                       reply->conflictTerm,
                       reply->round};
        }
        else if (const auto* chunk = std::get_if<InstallSnapshot>(&body))
        {
            numbers = {chunk->lastIndex, chunk->lastTerm, chunk->offset, chunk->done, chunk->round};
            bytes = *chunk->membership + "|" + *chunk->data;
        }
        else if (const auto* held = std::get_if<InstallSnapshotReply>(&body))
        {
            numbers = {held->lastIndex, held->offset, held->installed, held->round};
        }
        return std::make_pair(numbers, bytes);
    };
    return a.index() == b.index() && fields(a) == fields(b);
}

Ptr<Packet>
Encode(const Message& message, std::optional<evidence::Seal> seal = std::nullopt)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftHeader(message, std::move(seal)));
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
        EXPECT_EQ(read->message.from, message.from);
        EXPECT_EQ(read->message.to, message.to);
        EXPECT_EQ(read->message.term, message.term);
        EXPECT_TRUE(SameBody(read->message.body, message.body)) << "kind " << message.body.index();
        EXPECT_EQ(BytesOf(Encode(read->message, read->seal)), BytesOf(packet));
    }
}

TEST(RaftHeader, EntriesKeepTermTypeAndCommand)
{
    const Message sent = EveryKind()[8];
    const auto read = RaftHeader::Parse(Encode(sent));
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<AppendEntries>(read->message.body).entries,
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

TEST(RaftHeader, EveryKindOfMessageIsTried)
{
    std::set<std::size_t> kinds;
    for (const Message& message : EveryKind())
    {
        kinds.insert(message.body.index());
    }
    EXPECT_EQ(kinds.size(), std::variant_size_v<MessageBody>);
}

TEST(RaftHeader, BitsWithoutAMeaningAreRefused)
{
    // The byte of bits: its place behind the envelope of 20 bytes, and the bits that mean
    // something.
    struct Flags
    {
        MessageBody body;
        std::size_t place;
        uint8_t known;
    };

    const std::vector<Flags> messages{
        {RequestVote{}, 20 + 16, 2 | 4},
        {RequestVoteReply{}, 20, 1 | 2},
        {AppendEntriesReply{}, 20, 1},
        {InstallSnapshot{1, 1, Bytes(""), 0, Bytes(""), false, 0}, 20 + 32, 1},
        {InstallSnapshotReply{}, 20, 1}};
    for (const auto& [body, place, known] : messages)
    {
        const auto bytes = BytesOf(Encode({1, 2, 3, body}));
        for (int bits = 0; bits < 256; ++bits)
        {
            auto changed = bytes;
            changed.at(place) = bits;
            const auto packet = Create<Packet>(changed.data(), changed.size());
            EXPECT_EQ(RaftHeader::Parse(packet).has_value(), (bits & ~known) == 0)
                << "kind " << body.index() << ", bits " << bits;
        }
    }
}

TEST(RaftHeader, AKindOrAVersionThatThereIsNotIsRefused)
{
    for (const Message& message : EveryKind())
    {
        const auto good = BytesOf(Encode(message));
        for (const std::size_t place : {0, 1, 3})
        {
            auto bytes = good;
            bytes[place] ^= 1;
            EXPECT_FALSE(RaftHeader::Parse(Create<Packet>(bytes.data(), bytes.size())));
        }
        for (int kind = std::variant_size_v<MessageBody>; kind < 256; ++kind)
        {
            auto bytes = good;
            bytes[2] = kind;
            EXPECT_FALSE(RaftHeader::Parse(Create<Packet>(bytes.data(), bytes.size())));
        }
    }
}

TEST(RaftHeader, AnEntryOfAnUnknownTypeOrANoOpWithACommandIsRefused)
{
    AppendEntries append;
    append.entries = {{1, EntryType::COMMAND, Bytes("x")}};
    auto bytes = BytesOf(Encode({3, 4, 6, append}));
    const std::size_t type = RaftHeader::APPEND_SIZE + 8;
    ASSERT_EQ(bytes.at(type), static_cast<uint8_t>(EntryType::COMMAND));
    for (int value = 0; value < 256; ++value)
    {
        bytes[type] = value;
        const bool good = value == static_cast<int>(EntryType::COMMAND) ||
                          value == static_cast<int>(EntryType::MEMBERSHIP);
        EXPECT_EQ(RaftHeader::Parse(Create<Packet>(bytes.data(), bytes.size())).has_value(), good)
            << value;
    }
}

TEST(RaftHeader, LengthsInASnapshotBeyondThePacketAreRefused)
{
    const auto good =
        BytesOf(Encode({3, 4, 7, InstallSnapshot{9, 1, Bytes("m"), 0, Bytes("d"), true, 0}}));
    // Lengths of membership and data, each 4 bytes, in front of 1 byte.
    for (const std::size_t place : {good.size() - 10, good.size() - 5})
    {
        for (const uint32_t length : {0U, 2U, 6U, 0x7fffffffU, 0xffffffffU})
        {
            auto bytes = good;
            for (int i = 0; i < 4; ++i)
            {
                bytes[place + i] = length >> (24 - 8 * i);
            }
            EXPECT_FALSE(RaftHeader::Parse(Create<Packet>(bytes.data(), bytes.size()))) << length;
        }
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
            EXPECT_EQ(BytesOf(Encode(read->message, read->seal)), bytes);
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
