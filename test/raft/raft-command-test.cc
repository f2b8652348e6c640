// Commands as bytes, and the state machine that applies them.

#include "ns3/raft-command.h"
#include "ns3/raft-key-value-store.h"

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
    return Command{7, 42, CommandOp::PUT, key, value};
}

Command
Get(const std::string& key)
{
    return Command{8, 43, CommandOp::GET, key, ""};
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
        Command{0xffffffff, 0xffffffffffffffff, CommandOp::GET, "k", ""}};
    return samples;
}

} // namespace

TEST(RaftCommand, BytesStandInNetworkOrder)
{
    const Command command{0x01020304, 0x05060708090a0b0c, CommandOp::PUT, "key", "v"};
    const std::string expected("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
                               "\x00\x00\x03\x00\x00\x00\x01keyv",
                               23);
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
    } const cases[] = {{"unknown operation", 12, 2},
                       {"key length too long", 14, 9},
                       {"key length too short", 14, 2},
                       {"value length far too long", 15, '\x7f'},
                       {"value length too short", 18, 0}};

    for (const auto& c : cases)
    {
        std::string bytes = Put("key", "v").Encode();
        bytes[c.offset] = c.byte;
        EXPECT_FALSE(Command::Decode(bytes)) << c.what;
    }
    std::string getWithValue = Put("key", "v").Encode();
    getWithValue[12] = 1;
    EXPECT_FALSE(Command::Decode(getWithValue));
}

TEST(RaftCommand, RandomBytesAreRefusedOrComeBackAsTheyWere)
{
    std::mt19937_64 random(1);
    int accepted = 0;
    for (int i = 0; i < 20000; ++i)
    {
        std::string bytes(random() % 40, '\0');
        for (char& byte : bytes)
        {
            byte =
                random() % 3 == 0 ? static_cast<char>(random()) : static_cast<char>(random() % 4);
        }
        if (i % 2 && bytes.size() >= Command::HEADER_BYTES)
        {
            bytes.replace(12, 7, std::string("\0\0\0\0\0\0\0", 7)); // a likely header
            bytes[18] = static_cast<char>(bytes.size() - Command::HEADER_BYTES);
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
}

TEST(RaftKeyValueStore, ReadsTheLatestWriteOfAKey)
{
    KeyValueStore store;
    EXPECT_EQ(store.Apply(Get("a").Encode()).value, "") << "a missing key";
    const CommandResult written = store.Apply(Put("a", "1").Encode());
    EXPECT_FALSE(written.malformed);
    EXPECT_EQ(written.client, 7U);
    EXPECT_EQ(written.request, 42U);
    EXPECT_EQ(written.op, CommandOp::PUT);
    EXPECT_EQ(written.key, "a");
    EXPECT_EQ(written.value, "1");
    store.Apply(Put("b", "2").Encode());
    store.Apply(Put("a", "3").Encode());
    const CommandResult read = store.Apply(Get("a").Encode());
    EXPECT_EQ(read.client, 8U);
    EXPECT_EQ(read.request, 43U);
    EXPECT_EQ(read.op, CommandOp::GET);
    EXPECT_EQ(read.key, "a");
    EXPECT_EQ(read.value, "3");
    EXPECT_EQ(store.Get("b"), "2");
    EXPECT_EQ(store.GetSize(), 2U);
}

TEST(RaftKeyValueStore, DoesNothingForWhatIsNoCommandAndSaysSo)
{
    KeyValueStore store;
    store.Apply(Put("a", "1").Encode());
    KeyValueStore same = store;
    for (const std::string& bytes :
         {std::string(), std::string("x"), Put("a", "2").Encode() + "x", std::string(19, '\xff')})
    {
        const CommandResult result = store.Apply(bytes);
        EXPECT_TRUE(result.malformed);
        EXPECT_EQ(result.client, 0U);
        EXPECT_EQ(result.key, "");
        EXPECT_EQ(result.value, "");
    }
    EXPECT_TRUE(store == same);
}

TEST(RaftKeyValueStore, SameCommandsGiveTheSameState)
{
    KeyValueStore first;
    KeyValueStore second;
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; ++i)
    {
        const std::string key = std::to_string(random() % 50);
        const Command command = random() % 2 ? Put(key, std::to_string(random() % 9)) : Get(key);
        std::string bytes = command.Encode();
        bytes.resize(bytes.size() - (random() % 10 == 0 ? 1 : 0));
        const CommandResult a = first.Apply(bytes);
        const CommandResult b = second.Apply(bytes);
        ASSERT_EQ(a.malformed, b.malformed);
        ASSERT_EQ(a.value, b.value);
    }
    EXPECT_TRUE(first == second);
    second.Apply(Put("another", "x").Encode());
    EXPECT_FALSE(first == second);
}

} // namespace ns3::raft::test
