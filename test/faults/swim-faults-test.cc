// SWIM under the faults that the injector brings about.
#include "ns3/consensus-topology.h"
#include "ns3/fault-injector.h"
#include "ns3/fault-plan.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/swim-helper.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

namespace ns3
{

namespace
{

/** A change of mind, as traced. */
struct Judged
{
    double at;
    uint32_t observer;
    uint32_t target;
    double level;
};

/** Five members on a star, and what is broken. */
class SwimFaults : public testing::Test
{
  protected:
    void TearDown() override
    {
        Simulator::Destroy();
    }

    void Run(const std::string& fault, double seconds, uint32_t seed = 1)
    {
        RngSeedManager::SetRun(seed);
        m_judged.clear();
        m_icmp = 0;
        TopologyOptions options;
        options.name = "star";
        options.servers = 5;
        options.clients = 0;
        m_topology = BuildTopology(options);
        m_topology.AssignStreams(1000);
        m_members = SwimHelper().Install(m_topology.Servers());
        SwimHelper::AssignStreams(m_members, 100);
        for (uint32_t i = 0; i < m_members.GetN(); ++i)
        {
            m_members.Get(i)->TraceConnectWithoutContext(
                "Suspicion",
                MakeCallback(&SwimFaults::OnSuspicion, this));
            m_topology.Host(i + 1)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
                "SendOutgoing",
                Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
                    [this](const Ipv4Header& header, Ptr<const Packet>, uint32_t) {
                        m_icmp += header.GetProtocol() == 1 ? 1 : 0;
                    }));
        }
        m_members.Start(Time(0));
        auto injector = CreateObject<FaultInjector>();
        injector->SetServers(m_topology.Servers());
        injector->SetPlan({faults::ParseFault(fault, 5)});
        injector->AssignStreams(2000);
        injector->Start();
        Simulator::Stop(Seconds(seconds));
        Simulator::Run();
        m_injector = injector;
    }

    void OnSuspicion(Time time,
                     uint32_t observer,
                     uint32_t target,
                     const std::string&,
                     bool,
                     double level)
    {
        m_judged.push_back({time.GetSeconds(), observer, target, level});
    }

    /** @return what is believed at a moment, 0 to 2 */
    double LevelAt(double at, uint32_t observer, uint32_t target) const
    {
        double level = 0;
        for (const Judged& judged : m_judged)
        {
            if (judged.observer == observer && judged.target == target && judged.at <= at)
            {
                level = judged.level;
            }
        }
        return level;
    }

    Ptr<SwimApplication> Member(uint32_t host) const
    {
        return DynamicCast<SwimApplication>(m_members.Get(host - 1));
    }

    ConsensusTopology m_topology;
    ApplicationContainer m_members;
    Ptr<FaultInjector> m_injector;
    std::vector<Judged> m_judged;
    uint32_t m_icmp{0};
};

} // namespace

TEST_F(SwimFaults, CrashesOfHostOrProcessAreDeclaredAndTheRestartIsNoticed)
{
    for (const std::string kind : {"host-crash", "process-crash"})
    {
        Run(kind + "@10s+60s:node=2,exact=1", 90);
        for (uint32_t observer : {1U, 3U, 4U, 5U})
        {
            EXPECT_EQ(LevelAt(10, observer, 2), 0);
            EXPECT_EQ(LevelAt(70, observer, 2), 2) << kind;
            EXPECT_EQ(LevelAt(90, observer, 2), 0) << kind;
            EXPECT_EQ(LevelAt(90, 2, observer), 0) << kind;
        }
        EXPECT_EQ(m_icmp > 0, kind == "process-crash") << "a living host says that nobody listens";
        Simulator::Destroy();
    }
}

TEST_F(SwimFaults, ACutOfOnePairIsBridgedAndOneOfGroupsIsNot)
{
    Run("partition@10s+60s:cut=1-2,exact=1", 90);
    EXPECT_TRUE(m_judged.empty());
    Simulator::Destroy();
    Run("partition@10s+60s:groups=1.2|3.4.5,exact=1", 100);
    for (uint32_t a : {1U, 2U})
    {
        for (uint32_t b : {3U, 4U, 5U})
        {
            EXPECT_EQ(LevelAt(70, a, b), 2);
            EXPECT_EQ(LevelAt(70, b, a), 2);
            EXPECT_EQ(LevelAt(100, a, b), 0);
            EXPECT_EQ(LevelAt(100, b, a), 0);
        }
    }
    EXPECT_EQ(LevelAt(70, 1, 2), 0);
    EXPECT_EQ(LevelAt(70, 3, 5), 0);
}

TEST_F(SwimFaults, AHostThatSendsNothingIsDeclaredDeadThoughItHears)
{
    Run("partition@10s:node=4,direction=out,exact=1", 70);
    for (uint32_t observer : {1U, 2U, 3U, 5U})
    {
        EXPECT_EQ(LevelAt(70, observer, 4), 2);
    }
    EXPECT_GT(Member(4)->GetCore()->GetLocalHealth(), 4U) << "nobody answers it";
}

TEST_F(SwimFaults, AHostThatLosesMuchOfWhatItSendsIsSuspectedNowAndThen)
{
    Run("omission@10s+100s:node=4,loss=0.8,exact=1", 160);
    std::size_t suspicions = 0;
    for (const Judged& judged : m_judged)
    {
        suspicions += judged.target == 4 && judged.level == 1 ? 1 : 0;
    }
    EXPECT_GT(suspicions, 4U);
    for (uint32_t observer : {1U, 2U, 3U, 5U})
    {
        EXPECT_EQ(LevelAt(160, observer, 4), 0) << observer;
    }
}

TEST_F(SwimFaults, ASlowProcessorMakesAMemberDoubtItself)
{
    Run("slow-cpu@10s:node=3,delay=800ms,exact=1", 200);
    EXPECT_GT(Member(3)->GetCore()->GetLocalHealth(), 0U);
    EXPECT_GT(Member(3)->GetCore()->GetIncarnation(), 0U) << "it had to refute";
    for (const Judged& judged : m_judged)
    {
        EXPECT_TRUE(judged.target == 3 || judged.level < 2)
            << judged.observer << " declares " << judged.target << " dead";
    }
}

TEST_F(SwimFaults, AClockThatIsOffMakesNoDifferenceToAnybody)
{
    Run("clock-skew@10s:node=3,drift=500,exact=1", 100);
    EXPECT_TRUE(m_judged.empty());
}

} // namespace ns3
