#include "ns3/heartbeat-header.h"
#include "ns3/packet.h"

#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <set>
#include <vector>

namespace ns3
{

namespace
{

HeartbeatHeader
Example()
{
    HeartbeatHeader header;
    header.SetType(HeartbeatHeader::REPLY);
    header.SetSender(0x01020304);
    header.SetSequence(0x1112131415161718);
    header.SetSentAt(std::chrono::nanoseconds(-2));
    header.SetEchoedAt(std::chrono::nanoseconds(0x2122232425262728));
    header.SetStatus({0x3132333435363738, 0x4142434445464748, 0x5152535455565758, true});
    return header;
}

std::vector<uint8_t>
BytesOf(const HeartbeatHeader& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    return bytes;
}

std::optional<HeartbeatHeader>
Parse(const std::vector<uint8_t>& bytes)
{
    return HeartbeatHeader::Parse(
        Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
}

} // namespace

TEST(HeartbeatHeader, HasTheBytesOfTheDocumentedTable)
{
    const std::vector<uint8_t> expected{
        0x4e, 2,    2,    1,    0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16,
        0x17, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x21, 0x22, 0x23, 0x24,
        0x25, 0x26, 0x27, 0x28, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x41, 0x42,
        0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58};
    EXPECT_EQ(BytesOf(Example()), expected);
    EXPECT_EQ(expected.size(), HeartbeatHeader::SIZE);
}

TEST(HeartbeatHeader, ComesBackAsItWas)
{
    std::vector<HeartbeatHeader> headers{Example()};
    HeartbeatHeader extreme;
    extreme.SetSender(std::numeric_limits<uint32_t>::max());
    extreme.SetSequence(std::numeric_limits<uint64_t>::max());
    extreme.SetSentAt(std::chrono::nanoseconds::min());
    extreme.SetEchoedAt(std::chrono::nanoseconds::max());
    headers.push_back(extreme);
    for (const HeartbeatHeader& header : headers)
    {
        const std::optional<HeartbeatHeader> back = Parse(BytesOf(header));
        ASSERT_TRUE(back.has_value());
        EXPECT_TRUE(*back == header);
    }
}

TEST(HeartbeatHeader, IsRefusedWhereverItIsCutOff)
{
    const std::vector<uint8_t> whole = BytesOf(Example());
    for (std::size_t length = 0; length < whole.size(); ++length)
    {
        const std::vector<uint8_t> part(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_FALSE(Parse(part).has_value()) << length << " bytes";

        HeartbeatHeader header;
        Create<Packet>(part.data(), static_cast<uint32_t>(length))->PeekHeader(header);
        EXPECT_FALSE(header.IsValid()) << length << " bytes";
    }
}

TEST(HeartbeatHeader, IsRefusedWithBytesBehindIt)
{
    std::vector<uint8_t> bytes = BytesOf(Example());
    bytes.push_back(0);
    EXPECT_FALSE(Parse(bytes).has_value());
}

TEST(HeartbeatHeader, IsRefusedWithAnyOtherMagicVersionTypeOrFlags)
{
    const std::vector<uint8_t> whole = BytesOf(Example());
    const std::vector<std::set<int>> good{{0x4e}, {2}, {1, 2}, {0, 1}};
    for (std::size_t at = 0; at < good.size(); ++at)
    {
        for (int value = 0; value < 256; ++value)
        {
            std::vector<uint8_t> bytes = whole;
            bytes[at] = static_cast<uint8_t>(value);
            EXPECT_EQ(Parse(bytes).has_value(), good[at].count(value) == 1)
                << "byte " << at << " is " << value;
        }
    }
}

TEST(HeartbeatHeader, IsRefusedWithoutSenderOrNumber)
{
    HeartbeatHeader nobody = Example();
    nobody.SetSender(0);
    EXPECT_FALSE(Parse(BytesOf(nobody)).has_value());
    HeartbeatHeader unnumbered = Example();
    unnumbered.SetSequence(0);
    EXPECT_FALSE(Parse(BytesOf(unnumbered)).has_value());
}

TEST(HeartbeatHeader, SurvivesRandomBytesAndAcceptsOnlyWhatItWouldWrite)
{
    std::mt19937_64 random(42);
    uint32_t accepted = 0;
    for (int i = 0; i < 200000; ++i)
    {
        std::vector<uint8_t> bytes(i % 2 == 0 ? HeartbeatHeader::SIZE : random() % 128);
        for (uint8_t& byte : bytes)
        {
            byte = static_cast<uint8_t>(random());
        }
        if (i % 4 == 0)
        {
            bytes[0] = 0x4e;
            bytes[1] = static_cast<uint8_t>(2 + random() % 2);
            bytes[2] = static_cast<uint8_t>(1 + random() % 3);
            bytes[3] = static_cast<uint8_t>(random() % 3);
        }
        if (const std::optional<HeartbeatHeader> header = Parse(bytes))
        {
            ++accepted;
            ASSERT_EQ(BytesOf(*header), bytes);
        }
    }
    EXPECT_GT(accepted, 1000U);
}

} // namespace ns3
