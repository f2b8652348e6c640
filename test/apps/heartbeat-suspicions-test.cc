#include "heartbeat-fixture.h"

#include "ns3/heartbeat-header.h"
#include "ns3/packet.h"
#include "ns3/suspicion-gossip.h"

#include <random>
#include <vector>

namespace ns3
{

namespace
{

using detection::SuspectSet;
using detection::Suspicions;
using Bytes = std::vector<uint8_t>;

SuspectSet
SetOf(const std::vector<uint32_t>& servers)
{
    SuspectSet set;
    for (const uint32_t server : servers)
    {
        set.Set(server, true);
    }
    return set;
}

HeartbeatHeader
Example(Suspicions suspicions)
{
    HeartbeatHeader header;
    header.SetSender(2);
    header.SetSequence(7);
    header.SetSuspicions(std::move(suspicions));
    return header;
}

Bytes
BytesOf(const HeartbeatHeader& header)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    return bytes;
}

std::optional<HeartbeatHeader>
Parse(const Bytes& bytes)
{
    return HeartbeatHeader::Parse(
        Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
}

/** @return a heartbeat of version 3 with these bytes behind the first 56 */
Bytes
WithTail(const Bytes& tail)
{
    Bytes bytes = BytesOf(Example({}));
    bytes[1] = 3;
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return bytes;
}

} // namespace

TEST(HeartbeatSuspicions, HaveTheBytesOfTheDocumentedTable)
{
    const Bytes bytes = BytesOf(Example({SetOf({1, 3}), SetOf({}), SetOf({12, 17})}));
    EXPECT_EQ(bytes[1], 3);
    EXPECT_EQ(Bytes(bytes.begin() + HeartbeatHeader::SIZE, bytes.end()),
              (Bytes{3, 1, 0x05, 0, 3, 0x00, 0x08, 0x01}));
}

TEST(HeartbeatSuspicions, ChangeNoByteOfAHeartbeatWithoutThem)
{
    const Bytes bytes = BytesOf(Example({}));
    EXPECT_EQ(bytes.size(), HeartbeatHeader::SIZE);
    EXPECT_EQ(bytes[1], 2);
}

TEST(HeartbeatSuspicions, ComeBackAsTheyWereBeforeADigest)
{
    std::vector<uint32_t> hundred;
    for (uint32_t server = 1; server <= 100; ++server)
    {
        hundred.push_back(server);
    }
    const std::size_t most = detection::SuspicionGossip::MAX_DETECTORS;
    for (const Suspicions& suspicions : {Suspicions{SetOf({})},
                                         Suspicions{SetOf({5})},
                                         Suspicions(most, SetOf({})),
                                         Suspicions(most, SetOf(hundred)),
                                         Suspicions(most, SetOf({1, 256}))})
    {
        for (const bool digest : {false, true})
        {
            HeartbeatHeader header = Example(suspicions);
            if (digest)
            {
                evidence::Digest told;
                told.Add(evidence::Vote{3, 4, 5, 6});
                header.SetDigest(told);
            }
            const std::optional<HeartbeatHeader> back = Parse(BytesOf(header));
            ASSERT_TRUE(back.has_value());
            EXPECT_TRUE(*back == header);
            EXPECT_EQ(back->GetDigest().GetStatements().size(), digest ? 1U : 0U);
        }
    }
}

TEST(HeartbeatSuspicions, AreRefusedWhereverTheyAreCutOff)
{
    const Bytes whole = BytesOf(Example({SetOf({1, 3}), SetOf({200}), SetOf({})}));
    for (std::size_t length = 0; length < whole.size(); ++length)
    {
        const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_FALSE(Parse(part).has_value()) << length << " bytes";
    }
    EXPECT_TRUE(Parse(whole).has_value());
}

TEST(HeartbeatSuspicions, AreRefusedWhereTheyAreNotAsInTheTable)
{
    struct Case
    {
        const char* what;
        Bytes tail;
        bool good;
    };

    Bytes longSet{1, 32};
    longSet.resize(2 + 32, 0xff);
    Bytes tooLong{1, 33};
    tooLong.resize(2 + 33, 0xff);
    Bytes tooMany(1 + 65, 0);
    tooMany[0] = 65;
    const std::vector<Case> cases{{"one empty set", {1, 0}, true},
                                  {"all servers", longSet, true},
                                  {"none of any detector", {0}, false},
                                  {"more detectors than may gossip", tooMany, false},
                                  {"a server beyond 256", tooLong, false},
                                  {"a set that could be shorter", {1, 1, 0}, false},
                                  {"another one", {1, 2, 1, 0}, false},
                                  {"a set of which bytes are missing", {1, 2, 1}, false},
                                  {"a byte too many", {1, 1, 1, 1}, false}};
    for (const Case& one : cases)
    {
        EXPECT_EQ(Parse(WithTail(one.tail)).has_value(), one.good) << one.what;
    }
    Bytes reply = WithTail({1, 0});
    reply[2] = HeartbeatHeader::REPLY;
    EXPECT_FALSE(Parse(reply).has_value()) << "a reply tells nothing";
    Bytes old = WithTail({1, 0});
    old[1] = 2;
    EXPECT_FALSE(Parse(old).has_value()) << "version 2 has none";
}

TEST(HeartbeatSuspicions, SurviveRandomBytesAndAcceptOnlyWhatTheyWouldWrite)
{
    std::mt19937_64 random(7);
    uint32_t accepted = 0;
    for (int i = 0; i < 100000; ++i)
    {
        Bytes tail(random() % 24);
        for (uint8_t& byte : tail)
        {
            byte = static_cast<uint8_t>(random() % (random() % 4 == 0 ? 256 : 4));
        }
        const Bytes bytes = WithTail(tail);
        if (const std::optional<HeartbeatHeader> header = Parse(bytes))
        {
            ++accepted;
            ASSERT_EQ(BytesOf(*header), bytes);
        }
    }
    EXPECT_GT(accepted, 100U);
}

using HeartbeatSuspicionsExchange = HeartbeatFixture;

TEST_F(HeartbeatSuspicionsExchange, ReachEveryPeerWithTheHeartbeatThatCarriesThem)
{
    Build(3, "1"); // a ring: each hears from the one that it watches and the one that watches it
    std::map<std::pair<uint32_t, uint32_t>, std::vector<uint64_t>> heard;
    for (uint32_t host = 1; host <= 3; ++host)
    {
        Monitor(host)->SetSuspicionExchange(
            [host](Suspicions& suspicions) {
                suspicions = {SetOf({host}), SetOf({host + 10})};
            },
            [host, &heard](const detection::PeerArrival& heartbeat, const Suspicions& suspicions) {
                EXPECT_EQ(heartbeat.kind, HEARTBEAT);
                EXPECT_EQ(suspicions,
                          (Suspicions{SetOf({heartbeat.peer}), SetOf({heartbeat.peer + 10})}));
                heard[{host, heartbeat.peer}].push_back(heartbeat.sequence);
            });
    }
    RunUntil(Seconds(2));
    EXPECT_EQ(heard.size(), 6U);
    for (const auto& [pair, sequences] : heard)
    {
        ASSERT_NEAR(static_cast<double>(sequences.size()), 20, 1);
        for (std::size_t i = 0; i < sequences.size(); ++i)
        {
            EXPECT_EQ(sequences[i], i + 1);
        }
    }
    EXPECT_TRUE(m_malformed.empty());
}

TEST_F(HeartbeatSuspicionsExchange, AHostThatDoesNotGossipIgnoresThem)
{
    Build(2);
    Monitor(2)->SetSuspicionExchange([](Suspicions& suspicions) { suspicions = {SetOf({1})}; },
                                     nullptr);
    RunUntil(Seconds(1));
    EXPECT_NEAR(static_cast<double>(SeenOf(1, 2, HEARTBEAT).size()), 10, 1);
    EXPECT_TRUE(m_malformed.empty());
}

} // namespace ns3
