#ifndef SWIM_FIXTURE_H
#define SWIM_FIXTURE_H

#include "host/simulation-test.h"

#include "ns3/consensus-topology.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/swim-helper.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{

/** Servers on a star with 1 ms per link, each a member of one SWIM group. */
class SwimFixture : public SimulationTest
{
  protected:
    /** A change of mind, as traced. */
    struct Judged
    {
        Time time;
        uint32_t observer;
        uint32_t target;
        bool suspected;
        double level;

        bool operator==(const Judged& other) const
        {
            return std::tie(time, observer, target, suspected, level) ==
                   std::tie(other.time, other.observer, other.target, other.suspected, other.level);
        }
    };

    void Build(uint32_t servers)
    {
        TopologyOptions options;
        options.name = "star";
        options.servers = servers;
        options.clients = 0;
        m_topology = BuildTopology(options);
        m_topology.AssignStreams(1000);
        m_members = m_helper.Install(m_topology.Servers());
        SwimHelper::AssignStreams(m_members, 100);
        m_members.Start(Time(0));
        for (uint32_t host = 1; host <= servers; ++host)
        {
            Member(host)->TraceConnectWithoutContext("Suspicion",
                                                     MakeCallback(&SwimFixture::OnSuspicion, this));
            Member(host)->TraceConnectWithoutContext("Tx", MakeCallback(&SwimFixture::OnTx, this));
            Member(host)->TraceConnectWithoutContext("Malformed",
                                                     MakeCallback(&SwimFixture::OnMalformed, this));
        }
    }

    Ptr<SwimApplication> Member(uint32_t host) const
    {
        return DynamicCast<SwimApplication>(m_members.Get(host - 1));
    }

    Ptr<NodeClock> Clock(uint32_t host) const
    {
        return NodeClock::Of(m_topology.Host(host));
    }

    Ptr<NodeCpu> Cpu(uint32_t host) const
    {
        return NodeCpu::Of(m_topology.Host(host));
    }

    /** @return what one observer thought of one member, change by change */
    std::vector<Judged> JudgedOf(uint32_t observer, uint32_t target) const
    {
        std::vector<Judged> result;
        for (const Judged& judged : m_judged)
        {
            if (judged.observer == observer && judged.target == target)
            {
                result.push_back(judged);
            }
        }
        return result;
    }

    void OnSuspicion(Time time,
                     uint32_t observer,
                     uint32_t target,
                     const std::string& detector,
                     bool suspected,
                     double level)
    {
        EXPECT_EQ(time, Simulator::Now());
        EXPECT_EQ(detector, "swim");
        m_judged.push_back({time, observer, target, suspected, level});
    }

    void OnTx(uint32_t from, uint32_t, uint32_t bytes)
    {
        m_bytes[from] += bytes;
        ++m_sent[from];
    }

    void OnMalformed(uint64_t, const std::string& reason)
    {
        ++m_malformed[reason];
    }

    SwimHelper m_helper;
    ConsensusTopology m_topology;
    ApplicationContainer m_members;
    std::vector<Judged> m_judged;
    std::map<uint32_t, uint64_t> m_bytes; //!< by sender
    std::map<uint32_t, uint64_t> m_sent;  //!< messages, by sender
    std::map<std::string, uint32_t> m_malformed;
};

} // namespace ns3

#endif /* SWIM_FIXTURE_H */
