#include "swim-fixture.h"

#include "ns3/host-network.h"
#include "ns3/inet-socket-address.h"
#include "ns3/packet.h"
#include "ns3/socket.h"
#include "ns3/swim-header.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <random>

namespace ns3
{

using detection::SwimMessage;
using detection::SwimStatus;

namespace
{

class SwimApplicationTest : public SwimFixture
{
  protected:
    /** Sends a datagram from one host to another's member. */
    void Inject(uint32_t from, uint32_t to, Ptr<Packet> packet)
    {
        Ptr<Node> node = m_topology.Host(from);
        Ptr<Socket> socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        const Ipv4Address address = node->GetObject<HostNetwork>()->AddressOf(to);
        socket->SendTo(packet, 0, InetSocketAddress(address, 9002));
        socket->Close();
    }

    void Inject(uint32_t from, uint32_t to, const SwimMessage& message)
    {
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(SwimHeader(message));
        Inject(from, to, packet);
    }
};

} // namespace

TEST_F(SwimApplicationTest, AHealthyGroupIsQuietAndCostsAPingAndAnAnswerAPeriod)
{
    Build(5);
    RunUntil(Seconds(100));
    EXPECT_TRUE(m_judged.empty());
    EXPECT_TRUE(m_malformed.empty());
    for (uint32_t host = 1; host <= 5; ++host)
    {
        EXPECT_EQ(m_bytes[host], 44 * m_sent[host]) << "16 bytes, and 28 of UDP and IPv4";
        EXPECT_EQ(Member(host)->GetSentBytes(), m_bytes[host]);
        EXPECT_NEAR(static_cast<double>(m_sent[host]), 200, 5);
    }
}

TEST_F(SwimApplicationTest, ACrashedProcessIsSuspectedDeclaredDeadAndTrustedAgain)
{
    Build(5);
    At(Seconds(10), [this]() { Member(3)->Crash(); });
    At(Seconds(70), [this]() { Member(3)->Restart(); });
    RunUntil(Seconds(100));
    EXPECT_TRUE(Member(3)->IsUp());
    for (uint32_t observer : {1U, 2U, 4U, 5U})
    {
        const std::vector<Judged> judged = JudgedOf(observer, 3);
        ASSERT_EQ(judged.size(), 3U) << observer;
        EXPECT_TRUE(judged[0].suspected);
        EXPECT_EQ(judged[0].level, 1);
        EXPECT_GT(judged[0].time, Seconds(10));
        EXPECT_LT(judged[0].time, Seconds(20));
        EXPECT_TRUE(judged[1].suspected);
        EXPECT_EQ(judged[1].level, 2);
        EXPECT_LT(judged[1].time, Seconds(44));
        EXPECT_FALSE(judged[2].suspected);
        EXPECT_EQ(judged[2].level, 0);
        EXPECT_GT(judged[2].time, Seconds(70));
        EXPECT_LT(judged[2].time, Seconds(78));
    }
    EXPECT_GT(Member(3)->GetCore()->GetIncarnation(), 0U);
}

TEST_F(SwimApplicationTest, AProcessThatIsDownKeepsSilentAndStartsWithTrust)
{
    Build(3);
    At(Seconds(10), [this]() { Member(2)->Crash(); });
    At(Seconds(30), [this]() { Member(1)->Crash(); });
    At(Seconds(40), [this]() { Member(1)->Restart(); });
    RunUntil(Seconds(40.5));
    const std::vector<Judged> judged = JudgedOf(1, 2);
    ASSERT_EQ(judged.size(), 3U);
    EXPECT_EQ(judged[1].level, 2);
    EXPECT_EQ(judged[2], (Judged{Seconds(40), 1, 2, false, 0}));
    EXPECT_EQ(Member(2)->GetCore(), nullptr);
    const uint64_t sent = m_sent[2];
    RunUntil(Seconds(60));
    EXPECT_EQ(m_sent[2], sent);
}

TEST_F(SwimApplicationTest, APausedHostAnswersLateIsSuspectedAndRefutes)
{
    Build(5);
    At(Seconds(10), [this]() { Cpu(4)->PauseFor(Seconds(6)); });
    const uint64_t before = (RunUntil(Seconds(10)), m_sent[4]);
    RunUntil(MilliSeconds(15999));
    EXPECT_EQ(m_sent[4], before) << "nothing leaves meanwhile";
    EXPECT_FALSE(m_judged.empty());
    RunUntil(Seconds(40));
    EXPECT_GT(Member(4)->GetCore()->GetIncarnation(), 0U);
    for (uint32_t observer : {1U, 2U, 3U, 5U})
    {
        const std::vector<Judged> judged = JudgedOf(observer, 4);
        EXPECT_TRUE(judged.empty() || !judged.back().suspected) << observer;
        for (const Judged& each : judged)
        {
            EXPECT_LT(each.level, 2) << "nobody declares it dead";
        }
    }
}

TEST_F(SwimApplicationTest, AHostWhosePausesMakeItLateDoubtsItself)
{
    Build(5);
    // It sends, and then doesn't run until long after the answer has arrived.
    Member(1)->TraceConnectWithoutContext(
        "Tx",
        Callback<void, uint32_t, uint32_t, uint32_t>([this](uint32_t, uint32_t, uint32_t) {
            if (Simulator::Now() > Seconds(10) && Simulator::Now() < Seconds(50) &&
                !Cpu(1)->IsPaused())
            {
                Cpu(1)->PauseFor(MilliSeconds(1600));
            }
        }));
    uint32_t worst = 0;
    for (int i = 0; i < 50; ++i)
    {
        At(Seconds(10 + i),
           [this, &worst]() { worst = std::max(worst, Member(1)->GetCore()->GetLocalHealth()); });
    }
    RunUntil(Seconds(120));
    EXPECT_GE(worst, 2U);
    EXPECT_EQ(Member(1)->GetCore()->GetLocalHealth(), 0U) << "long after the last pause";
}

TEST_F(SwimApplicationTest, TimeIsThatOfTheHostsClock)
{
    Build(3);
    Clock(1)->SetDrift(2e5);
    Clock(2)->SetOffset(Seconds(-5000));
    RunUntil(Seconds(200));
    // Each answers what the others ask of it: half of the pings of the two others.
    EXPECT_NEAR(static_cast<double>(m_sent[1]), 240 + 200, 6);
    EXPECT_NEAR(static_cast<double>(m_sent[2]), 200 + 220, 6);
    EXPECT_TRUE(m_judged.empty());
}

TEST_F(SwimApplicationTest, DropsAndCountsGarbageAndGoesOn)
{
    Build(3);
    std::mt19937 random(5);
    for (int i = 0; i < 200; ++i)
    {
        At(MilliSeconds(1000 + i), [this, &random]() {
            std::vector<uint8_t> bytes(random() % 100);
            for (uint8_t& byte : bytes)
            {
                byte = static_cast<uint8_t>(random());
            }
            Inject(2, 1, Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
        });
    }
    RunUntil(Seconds(20));
    EXPECT_EQ(m_malformed["no SWIM message"], 200U);
    EXPECT_EQ(Member(1)->GetMalformed(), 200U);
    EXPECT_EQ(Member(2)->GetMalformed(), 0U);
    EXPECT_TRUE(m_judged.empty());
}

TEST_F(SwimApplicationTest, DropsWhatComesInAnotherNameOrIsForAnother)
{
    Build(3);
    const std::vector<detection::SwimStatement> news{{SwimStatus::DEAD, 2, 0, 3}};
    At(Seconds(1), [&]() {
        Inject(3, 1, SwimMessage{SwimMessage::Type::PING, 2, 1, 1, news});
        Inject(3, 1, SwimMessage{SwimMessage::Type::PING, 3, 1, 2, news});
    });
    RunUntil(Seconds(2));
    EXPECT_EQ(m_malformed["sender is not the host of the source address"], 1U);
    EXPECT_EQ(m_malformed["ping for another member"], 1U);
    EXPECT_TRUE(m_judged.empty());
}

TEST_F(SwimApplicationTest, AFalseAccusationFromTheNetworkIsRefuted)
{
    Build(4);
    const std::vector<detection::SwimStatement> news{{SwimStatus::DEAD, 2, 0, 3}};
    At(Seconds(5), [&]() { Inject(3, 1, SwimMessage{SwimMessage::Type::PING, 3, 1, 1, news}); });
    RunUntil(Seconds(30));
    const std::vector<Judged> judged = JudgedOf(1, 2);
    ASSERT_EQ(judged.size(), 2U);
    EXPECT_EQ(judged[0].level, 2);
    EXPECT_EQ(judged[1].level, 0);
    EXPECT_EQ(Member(2)->GetCore()->GetIncarnation(), 1U);
}

TEST_F(SwimApplicationTest, WhoeverListensMayEndTheProcess)
{
    Build(4);
    Member(1)->TraceConnectWithoutContext(
        "Suspicion",
        Callback<void, Time, uint32_t, uint32_t, const std::string&, bool, double>(
            [this](Time, uint32_t, uint32_t, const std::string&, bool, double) {
                Member(1)->Crash();
            }));
    At(Seconds(5), [this]() { Member(2)->Crash(); });
    RunUntil(Seconds(60));
    EXPECT_FALSE(Member(1)->IsUp());
    EXPECT_EQ(JudgedOf(1, 2).size(), 1U);
    EXPECT_EQ(JudgedOf(3, 1).back().level, 2);
}

TEST_F(SwimApplicationTest, TheSameSeedGivesTheSameJudgementsAndBytes)
{
    const auto run = [this]() {
        m_judged.clear();
        m_bytes.clear();
        Build(5);
        At(Seconds(3), [this]() { Member(2)->Crash(); });
        RunUntil(Seconds(40));
        Simulator::Destroy();
        return std::make_pair(m_judged, m_bytes);
    };
    const auto first = run();
    EXPECT_FALSE(first.first.empty());
    EXPECT_TRUE(run() == first);
}

TEST_F(SwimApplicationTest, AttributesAreCheckedBeforeTheRun)
{
    m_helper.SetAttribute("ProbeInterval", TimeValue(MilliSeconds(200)));
    try
    {
        Build(3);
        FAIL() << "a timeout of 500 ms does not fit into 200 ms";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_NE(std::string(error.what()).find("ProbeTimeout"), std::string::npos);
    }
}

TEST_F(SwimApplicationTest, FiveTimesThePaceIsFiveTimesTheMessages)
{
    m_helper.SetAttribute("ProbeInterval", TimeValue(MilliSeconds(200)));
    m_helper.SetAttribute("ProbeTimeout", TimeValue(MilliSeconds(100)));
    Build(5);
    At(Seconds(20), [this]() { Member(5)->Crash(); });
    RunUntil(Seconds(20));
    EXPECT_NEAR(static_cast<double>(m_sent[1]), 200, 5);
    RunUntil(Seconds(30));
    for (uint32_t observer = 1; observer <= 4; ++observer)
    {
        EXPECT_EQ(JudgedOf(observer, 5).back().level, 2);
        EXPECT_LT(JudgedOf(observer, 5).back().time, Seconds(20) + MilliSeconds(200 * 34));
    }
}

} // namespace ns3
