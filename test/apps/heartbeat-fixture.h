#ifndef HEARTBEAT_FIXTURE_H
#define HEARTBEAT_FIXTURE_H

#include "host/simulation-test.h"

#include "ns3/consensus-topology.h"
#include "ns3/heartbeat-monitor-helper.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** Servers on a star with 1 ms per link, each with a monitor: 2 ms from one to another. */
class HeartbeatFixture : public SimulationTest
{
  protected:
    /** What a monitor reported. */
    struct Seen
    {
        Time time;
        uint32_t observer;
        detection::PeerArrival arrival;
    };

    void Build(uint32_t servers, const std::string& watch = "all")
    {
        TopologyOptions options;
        options.name = "star";
        options.servers = servers;
        options.clients = 0;
        m_topology = BuildTopology(options);
        m_topology.AssignStreams(1000);
        m_helper.SetWatch(watch);
        m_helper.SetRingStream(1);
        ApplicationContainer monitors = m_helper.Install(m_topology.Servers());
        HeartbeatMonitorHelper::AssignStreams(m_topology.Servers(), 100);
        monitors.Start(Time(0));
        for (uint32_t host = 1; host <= servers; ++host)
        {
            Ptr<HeartbeatMonitor> monitor = Monitor(host);
            monitor->TraceConnectWithoutContext(
                "Arrival",
                MakeBoundCallback(&HeartbeatFixture::OnArrival, this, host));
            monitor->TraceConnectWithoutContext("Tx", MakeCallback(&HeartbeatFixture::OnTx, this));
            monitor->TraceConnectWithoutContext("Malformed",
                                                MakeCallback(&HeartbeatFixture::OnMalformed, this));
        }
    }

    static void OnArrival(HeartbeatFixture* fixture,
                          uint32_t observer,
                          const detection::PeerArrival& arrival)
    {
        fixture->m_seen.push_back({Simulator::Now(), observer, arrival});
    }

    void OnTx(uint32_t from, uint32_t to, uint64_t sequence)
    {
        m_sent[{from, to}].emplace_back(Simulator::Now(), sequence);
    }

    void OnMalformed(uint64_t, const std::string& reason)
    {
        ++m_malformed[reason];
    }

    Ptr<HeartbeatMonitor> Monitor(uint32_t host) const
    {
        return HeartbeatMonitorHelper::MonitorOf(m_topology.Host(host));
    }

    Ptr<NodeClock> Clock(uint32_t host) const
    {
        return NodeClock::Of(m_topology.Host(host));
    }

    Ptr<NodeCpu> Cpu(uint32_t host) const
    {
        return NodeCpu::Of(m_topology.Host(host));
    }

    /** @return what one observer saw of one peer, of one kind */
    std::vector<Seen> SeenOf(uint32_t observer,
                             uint32_t peer,
                             detection::PeerArrival::Kind kind) const
    {
        std::vector<Seen> result;
        for (const Seen& seen : m_seen)
        {
            if (seen.observer == observer && seen.arrival.peer == peer && seen.arrival.kind == kind)
            {
                result.push_back(seen);
            }
        }
        return result;
    }

    static constexpr auto HEARTBEAT = detection::PeerArrival::Kind::HEARTBEAT;
    static constexpr auto REPLY = detection::PeerArrival::Kind::REPLY;

    HeartbeatMonitorHelper m_helper;
    ConsensusTopology m_topology;
    std::vector<Seen> m_seen;
    std::map<std::pair<uint32_t, uint32_t>, std::vector<std::pair<Time, uint64_t>>> m_sent;
    std::map<std::string, uint32_t> m_malformed;
};

} // namespace ns3

#endif /* HEARTBEAT_FIXTURE_H */
