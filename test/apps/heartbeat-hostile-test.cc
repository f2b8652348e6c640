#include "heartbeat-fixture.h"

#include "ns3/heartbeat-header.h"
#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/message-interceptor.h"
#include "ns3/packet.h"
#include "ns3/socket.h"
#include "ns3/udp-socket-factory.h"

#include <memory>
#include <random>

namespace ns3
{

/** What a monitor does with messages that nobody should have sent. */
class HeartbeatHostileTest : public HeartbeatFixture
{
  protected:
    /** Sends a datagram from one host to another's monitor. */
    void Inject(uint32_t from, uint32_t to, Ptr<Packet> packet)
    {
        Ptr<Node> node = m_topology.Host(from);
        Ptr<Socket> socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        const Ipv4Address address = node->GetObject<HostNetwork>()->AddressOf(to);
        socket->SendTo(packet, 0, InetSocketAddress(address, 9001));
        socket->Close();
    }

    void Inject(uint32_t from, uint32_t to, const HeartbeatHeader& header)
    {
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        Inject(from, to, packet);
    }

    static HeartbeatHeader Header(HeartbeatHeader::Type type, uint32_t sender, uint64_t sequence)
    {
        HeartbeatHeader header;
        header.SetType(type);
        header.SetSender(sender);
        header.SetSequence(sequence);
        return header;
    }
};

TEST_F(HeartbeatHostileTest, DropsAndCountsGarbageAndGoesOn)
{
    Build(2);
    std::mt19937 random(5);
    for (uint32_t i = 0; i < 200; ++i)
    {
        At(MilliSeconds(1000 + i), [this, &random]() {
            std::vector<uint8_t> bytes(random() % 200);
            for (uint8_t& byte : bytes)
            {
                byte = static_cast<uint8_t>(random());
            }
            Inject(2, 1, Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
        });
    }
    RunUntil(Seconds(3));
    EXPECT_EQ(m_malformed["no heartbeat message"], 200U);
    EXPECT_EQ(Monitor(1)->GetMalformed(), 200U);
    EXPECT_EQ(Monitor(2)->GetMalformed(), 0U);
    EXPECT_NEAR(static_cast<double>(SeenOf(1, 2, HEARTBEAT).size()), 30, 1);
}

TEST_F(HeartbeatHostileTest, DropsAMessageInAnotherHostsName)
{
    Build(3);
    At(Seconds(1), [this]() { Inject(3, 1, Header(HeartbeatHeader::HEARTBEAT, 2, 777)); });
    RunUntil(Seconds(2));
    EXPECT_EQ(m_malformed["sender is not the host of the source address"], 1U);
    for (const Seen& seen : m_seen)
    {
        EXPECT_NE(seen.arrival.sequence, 777U);
    }
}

TEST_F(HeartbeatHostileTest, DropsRepliesToNothingItSent)
{
    Build(2);
    At(Seconds(1), [this]() {
        Inject(2, 1, Header(HeartbeatHeader::REPLY, 2, 100000)); // never sent
        Inject(2, 1, Header(HeartbeatHeader::REPLY, 2, 5));      // answered long ago
    });
    RunUntil(Seconds(2));
    EXPECT_EQ(m_malformed["reply to no unanswered heartbeat"], 2U);
}

TEST_F(HeartbeatHostileTest, DropsAReplyThatDoesNotEchoTheStamp)
{
    // A peer that answers with a made-up stamp, to look faster or slower than it is.
    class Forger : public MessageInterceptor
    {
      public:
        bool OnHeartbeat(HeartbeatHeader& header, uint32_t) override
        {
            header.SetEchoedAt(header.GetEchoedAt() + std::chrono::milliseconds(1));
            return true;
        }
    };

    Build(2);
    Monitor(2)->SetInterceptor(std::make_shared<Forger>());
    RunUntil(Seconds(2));
    EXPECT_TRUE(SeenOf(1, 2, REPLY).empty());
    EXPECT_NEAR(m_malformed["reply to no unanswered heartbeat"], 20, 1);
    EXPECT_NEAR(static_cast<double>(SeenOf(1, 2, HEARTBEAT).size()), 20, 1);
}

TEST_F(HeartbeatHostileTest, AnInterceptorChangesTheBytesOnTheWire)
{
    class Liar : public MessageInterceptor
    {
      public:
        bool OnHeartbeat(HeartbeatHeader& header, uint32_t to) override
        {
            detection::PeerStatus status = header.GetStatus();
            status.term = 1000 + to;
            header.SetStatus(status);
            header.SetSentAt(header.GetSentAt() + std::chrono::seconds(5));
            return true;
        }
    };

    Build(3);
    Monitor(3)->SetInterceptor(std::make_shared<Liar>());
    RunUntil(Seconds(2));
    EXPECT_EQ(SeenOf(1, 3, HEARTBEAT).back().arrival.status.term, 1001U);
    EXPECT_EQ(SeenOf(2, 3, REPLY).back().arrival.status.term, 1002U);
    // What it hears of its own lie is still an answer, timed on its true clock.
    ASSERT_FALSE(SeenOf(3, 1, REPLY).empty());
    EXPECT_LT(SeenOf(3, 1, REPLY).back().arrival.roundTrip, std::chrono::milliseconds(5));
    EXPECT_TRUE(m_malformed.empty());
}

TEST_F(HeartbeatHostileTest, AnInterceptorWithholdsMessages)
{
    class Selective : public MessageInterceptor
    {
      public:
        bool OnHeartbeat(HeartbeatHeader&, uint32_t to) override
        {
            return to != 1;
        }
    };

    Build(3);
    Monitor(3)->SetInterceptor(std::make_shared<Selective>());
    RunUntil(Seconds(2));
    EXPECT_TRUE(SeenOf(1, 3, HEARTBEAT).empty());
    EXPECT_TRUE(SeenOf(1, 3, REPLY).empty());
    EXPECT_TRUE((m_sent[{3, 1}].empty())) << "nothing left";
    EXPECT_FALSE(SeenOf(2, 3, HEARTBEAT).empty());
    EXPECT_FALSE(SeenOf(3, 1, REPLY).empty() && SeenOf(3, 1, HEARTBEAT).empty());
}

TEST_F(HeartbeatHostileTest, TheHelperRefusesAWatchThatCannotBe)
{
    HeartbeatMonitorHelper helper;
    for (const char* bad : {"", "0", "-1", "some", "2x", "all "})
    {
        EXPECT_THROW(helper.SetWatch(bad), std::invalid_argument) << bad;
    }
    helper.SetWatch("3");
    TopologyOptions options;
    options.servers = 3;
    EXPECT_THROW(helper.Install(BuildTopology(options).Servers()), std::invalid_argument);
}

} // namespace ns3
