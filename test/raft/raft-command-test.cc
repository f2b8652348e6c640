// Commands as bytes.

#include "ns3/raft-command.h"

#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <vector>

namespace ns3::raft::test
{

namespace
{

Command
Put(const std::string& key, const std::string& value)
{
    return Command{7, 0, 42, 0, CommandOp::PUT, key, value};
}

Command
Get(const std::string& key)
{
    return Command{8, 3, 43, 40, CommandOp::GET, key, ""};
}

const std::vector<Command>&
Samples()
{
    static const std::vector<Command> samples{
        Put("k", "v"),
        Put("", ""),
        Put(std::string("\0\xff", 2), std::string(300, '\0')),
        Put(std::string(Command::MAX_KEY_BYTES, 'k'), "v"),
        Put("k", std::string(Command::MAX_VALUE_BYTES, 'v')),
        Get("k"),
        Get(""),
        Command{9, 0, 0, 0, CommandOp::REGISTER, "", ""},
        Command{0xffffffff, ~0ULL, ~0ULL, ~0ULL, CommandOp::GET, "k", ""}};
    return samples;
}

} // namespace

TEST(RaftCommand, BytesStandInNetworkOrder)
{
    const Command command{0x01020304,
                          0x05060708090a0b0c,
                          0x1112131415161718,
                          0x2122232425262728,
                          CommandOp::PUT,
                          "key",
                          "v"};
    const std::string expected("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
                               "\x11\x12\x13\x14\x15\x16\x17\x18"
                               "\x21\x22\x23\x24\x25\x26\x27\x28"
                               "\x00\x00\x03\x00\x00\x00\x01keyv",
                               39);
    EXPECT_EQ(command.Encode(), expected);
}

TEST(RaftCommand, ComesBackAsItWas)
{
    for (const Command& command : Samples())
    {
        const auto back = Command::Decode(command.Encode());
        ASSERT_TRUE(back);
        EXPECT_TRUE(*back == command);
    }
}

TEST(RaftCommand, IsRefusedWhenCutAtAnyByteOrFollowedByMore)
{
    for (const Command& command : {Put("some key", "some value"), Get("some key")})
    {
        const std::string bytes = command.Encode();
        for (std::size_t length = 0; length < bytes.size(); ++length)
        {
            EXPECT_FALSE(Command::Decode(bytes.substr(0, length))) << length;
        }
        EXPECT_FALSE(Command::Decode(bytes + '\0'));
    }
}

TEST(RaftCommand, IsRefusedWithAWrongField)
{
    struct
    {
        const char* what;
        std::size_t offset;
        char byte;
    } const cases[] = {{"unknown operation", 28, 3},
                       {"registration with a key", 28, 2},
                       {"key length too long", 30, 9},
                       {"key length too short", 30, 2},
                       {"value length far too long", 31, '\x7f'},
                       {"value length too short", 34, 0}};

    for (const auto& c : cases)
    {
        std::string bytes = Put("key", "v").Encode();
        bytes[c.offset] = c.byte;
        EXPECT_FALSE(Command::Decode(bytes)) << c.what;
    }
    std::string getWithValue = Put("key", "v").Encode();
    getWithValue[28] = 1;
    EXPECT_FALSE(Command::Decode(getWithValue));
}

TEST(RaftCommand, RandomBytesAreRefusedOrComeBackAsTheyWere)
{
    std::mt19937_64 random(1);
    int accepted = 0;
    for (int i = 0; i < 20000; ++i)
    {
        std::string bytes(random() % 56, '\0');
        for (char& byte : bytes)
        {
            byte =
                random() % 3 == 0 ? static_cast<char>(random()) : static_cast<char>(random() % 4);
        }
        if (i % 2 && bytes.size() >= Command::HEADER_BYTES)
        {
            bytes.replace(28, 7, std::string("\0\0\0\0\0\0\0", 7)); // a likely header
            bytes[34] = static_cast<char>(bytes.size() - Command::HEADER_BYTES);
        }
        if (const auto command = Command::Decode(bytes))
        {
            EXPECT_EQ(command->Encode(), bytes);
            ++accepted;
        }
    }
    EXPECT_GT(accepted, 1000);
}

TEST(RaftCommand, CannotBeEncodedBeyondItsLimits)
{
    EXPECT_THROW(Put(std::string(Command::MAX_KEY_BYTES + 1, 'k'), "").Encode(),
                 std::invalid_argument);
    EXPECT_THROW(Put("k", std::string(Command::MAX_VALUE_BYTES + 1, 'v')).Encode(),
                 std::invalid_argument);
    Command command = Get("k");
    command.value = "v";
    EXPECT_THROW(command.Encode(), std::invalid_argument);
    EXPECT_THROW((Command{9, 1, 0, 0, CommandOp::REGISTER, "", ""}.Encode()),
                 std::invalid_argument);
}

} // namespace ns3::raft::test
