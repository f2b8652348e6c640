#include "ns3/packet.h"
#include "ns3/swim-header.h"

#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace ns3
{

using detection::SwimMessage;
using detection::SwimStatement;
using detection::SwimStatus;

namespace
{

SwimMessage
Example()
{
    return {
        SwimMessage::Type::PING_REQ,
        0x01020304,
        0x11121314,
        0x21222324,
        {{SwimStatus::SUSPECT, 0x31323334, 0x41424344, 0x51525354}, {SwimStatus::ALIVE, 7, 2, 7}}};
}

std::vector<uint8_t>
BytesOf(const SwimMessage& message)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(SwimHeader(message));
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    return bytes;
}

std::optional<SwimMessage>
Parse(const std::vector<uint8_t>& bytes)
{
    return SwimHeader::Parse(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
}

} // namespace

TEST(SwimHeader, HasTheBytesOfTheDocumentedTables)
{
    const std::vector<uint8_t> expected{
        0x53, 1,    2, 2,    0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0x14, 0x21, 0x22,
        0x23, 0x24, 1, 0x31, 0x32, 0x33, 0x34, 0x41, 0x42, 0x43, 0x44, 0x51, 0x52, 0x53,
        0x54, 0,    0, 0,    0,    7,    0,    0,    0,    2,    0,    0,    0,    7};
    EXPECT_EQ(BytesOf(Example()), expected);
    EXPECT_EQ(expected.size(), SwimHeader::SIZE + 2 * SwimHeader::STATEMENT_SIZE);
}

TEST(SwimHeader, ComesBackAsItWas)
{
    constexpr uint32_t most = std::numeric_limits<uint32_t>::max();
    std::vector<SwimMessage> messages{Example(),
                                      {SwimMessage::Type::PING, 1, 0, 2, {}},
                                      {SwimMessage::Type::ACK, most, most, most, {}},
                                      {SwimMessage::Type::NACK, 2, 3, 4, {}}};
    messages.back().statements.assign(SwimHeader::MAX_STATEMENTS,
                                      {SwimStatus::DEAD, most, most, most});
    for (const SwimMessage& message : messages)
    {
        const std::optional<SwimMessage> back = Parse(BytesOf(message));
        ASSERT_TRUE(back.has_value());
        EXPECT_TRUE(*back == message);
    }
}

TEST(SwimHeader, IsRefusedWhereverItIsCutOff)
{
    const std::vector<uint8_t> whole = BytesOf(Example());
    for (std::size_t length = 0; length < whole.size(); ++length)
    {
        EXPECT_FALSE(
            Parse({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}).has_value())
            << length << " bytes";
    }
}

TEST(SwimHeader, IsRefusedWithBytesBehindItOrAnotherNumberOfStatements)
{
    std::vector<uint8_t> longer = BytesOf(Example());
    longer.push_back(0);
    EXPECT_FALSE(Parse(longer).has_value());
    for (int count = 0; count < 256; ++count)
    {
        std::vector<uint8_t> bytes = BytesOf(Example());
        bytes[3] = static_cast<uint8_t>(count);
        EXPECT_EQ(Parse(bytes).has_value(), count == 2) << count;
    }
}

TEST(SwimHeader, IsRefusedWithAnyOtherMagicVersionTypeOrStatus)
{
    const std::vector<uint8_t> whole = BytesOf(Example());
    const std::map<std::size_t, std::set<int>> good{{0, {0x53}},
                                                    {1, {1}},
                                                    {2, {1, 2, 3, 4}},
                                                    {16, {0, 1, 2}},
                                                    {29, {0, 1, 2}}};
    for (const auto& [at, values] : good)
    {
        for (int value = 0; value < 256; ++value)
        {
            std::vector<uint8_t> bytes = whole;
            bytes[at] = static_cast<uint8_t>(value);
            EXPECT_EQ(Parse(bytes).has_value(), values.count(value) == 1)
                << "byte " << at << " is " << value;
        }
    }
}

TEST(SwimHeader, IsRefusedWhereAMemberHasNoId)
{
    std::vector<SwimMessage> nobody(4, Example());
    nobody[0].sender = 0;
    nobody[1].subject = 0;
    nobody[2].statements[1].member = 0;
    nobody[3].statements[0].from = 0;
    for (const SwimMessage& message : nobody)
    {
        EXPECT_FALSE(Parse(BytesOf(message)).has_value());
    }
}

TEST(SwimHeader, SurvivesRandomBytesAndAcceptsOnlyWhatItWouldWrite)
{
    std::mt19937_64 random(42);
    int accepted = 0;
    for (int i = 0; i < 200000; ++i)
    {
        std::vector<uint8_t> bytes(i % 2 == 0 ? 16 + 13 * (random() % 4) : random() % 80);
        for (uint8_t& byte : bytes)
        {
            byte = static_cast<uint8_t>(random());
        }
        if (i % 4 == 0)
        {
            bytes[0] = 0x53;
            bytes[1] = 1;
            bytes[2] = static_cast<uint8_t>(1 + random() % 5);
            bytes[3] = static_cast<uint8_t>(random() % 4);
            for (std::size_t at = 16; at < bytes.size(); at += 13)
            {
                bytes[at] = static_cast<uint8_t>(random() % 4);
            }
        }
        if (const std::optional<SwimMessage> message = Parse(bytes))
        {
            ++accepted;
            ASSERT_EQ(BytesOf(*message), bytes);
        }
    }
    EXPECT_GT(accepted, 1000);
}

} // namespace ns3
