// Servers that die in the middle of a write and come back, in whole clusters.

#include "ns3/consensus-topology.h"
#include "ns3/double.h"
#include "ns3/node-disk.h"
#include "ns3/raft-application.h"
#include "ns3/raft-client-application.h"
#include "ns3/raft-helper.h"
#include "ns3/raft-invariants.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <utility>
#include <vector>

using namespace ns3;
using raft::DurableState;
using raft::PersistRequest;

namespace
{

constexpr uint32_t SERVERS = 3;

/** Where a crash left a server's stable storage. */
struct Left
{
    std::size_t requested{0}; //!< records that were not known to be durable
    std::size_t kept{0};      //!< how many of them are; beyond `requested`: another state
};

bool
SameState(const DurableState& a, const DurableState& b)
{
    return a.hardState == b.hardState && a.log == b.log &&
           a.snapshot.lastIndex == b.snapshot.lastIndex;
}

/** Three servers on slow disks and a busy client; each step is checked against Raft's safety. */
class TornWriteCluster
{
  public:
    explicit TornWriteCluster(uint32_t seed)
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(seed);
        TopologyOptions network;
        network.servers = SERVERS;
        network.clients = 1;
        m_topology = BuildTopology(network);
        m_topology.AssignStreams(1);
        RaftHelper helper;
        helper.SetClientAttribute("Rate", DoubleValue(100));
        m_servers = helper.InstallServers(m_topology.Servers());
        const auto clients = helper.InstallClients(m_topology.Clients(), m_topology.Servers());
        m_client = DynamicCast<RaftClientApplication>(clients.Get(0));
        RaftHelper::AssignStreams(m_servers, 1000);
        RaftHelper::AssignStreams(clients, 2000);
        for (uint32_t id = 1; id <= SERVERS; ++id)
        {
            NodeDisk::Of(m_topology.Host(id))
                ->SetAttribute("MedianLatency", TimeValue(MilliSeconds(30)));
            Server(id)->TraceConnectWithoutContext("Step",
                                                   MakeCallback(&TornWriteCluster::OnStep, this));
            Server(id)->TraceConnectWithoutContext("Life",
                                                   MakeCallback(&TornWriteCluster::OnLife, this));
        }
    }

    ~TornWriteCluster()
    {
        Simulator::Destroy();
    }

    Ptr<RaftApplication> Server(uint32_t id)
    {
        return DynamicCast<RaftApplication>(m_servers.Get(id - 1));
    }

    /** Lets a server die, for half a second. */
    void CrashAt(Time time, uint32_t id)
    {
        Simulator::Schedule(time - Simulator::Now(), [this, id] { Crash(id); });
    }

    void RunUntil(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
    }

    ConsensusTopology m_topology;
    Ptr<RaftClientApplication> m_client;
    std::vector<Left> m_left; //!< by crash

  private:
    void Crash(uint32_t id)
    {
        if (!Server(id)->IsUp())
        {
            return;
        }
        std::vector<DurableState> states{Server(id)->GetDurable()};
        const uint64_t durable = Server(id)->GetCore()->GetDurableTicket();
        for (const PersistRequest& request : m_requests[id])
        {
            if (request.ticket > durable)
            {
                AddRecords(request, states);
            }
        }
        Server(id)->Crash();
        const DurableState& after = Server(id)->GetDurable();
        const auto found = std::find_if(states.begin(), states.end(), [&](const auto& state) {
            return SameState(state, after);
        });
        m_left.push_back({states.size() - 1, static_cast<std::size_t>(found - states.begin())});
        Simulator::Schedule(MilliSeconds(500), [this, id] { Server(id)->Restart(); });
    }

    static void AddRecords(const PersistRequest& request, std::vector<DurableState>& states)
    {
        const auto add = [&](PersistRequest record) {
            states.push_back(states.back());
            ApplyWrite(states.back(), std::move(record));
        };
        if (request.hardState)
        {
            PersistRequest record;
            record.hardState = request.hardState;
            add(std::move(record));
        }
        PersistRequest record;
        record.firstIndex = request.firstIndex;
        if (request.firstIndex != 0 && request.entries.empty())
        {
            add(record);
        }
        for (const raft::Entry& entry : request.entries)
        {
            record.entries = {entry};
            add(record);
            ++record.firstIndex;
        }
    }

    void OnStep(const raft::RaftCore& core, const raft::Update& update)
    {
        m_checker.AfterStep(core, update);
        if (update.persist)
        {
            m_requests[core.GetId()].push_back(*update.persist);
        }
    }

    void OnLife(uint32_t server, bool up)
    {
        m_requests[server].clear();
        if (up)
        {
            m_checker.AfterRestart(*Server(server)->GetCore());
        }
    }

    ApplicationContainer m_servers;
    std::map<uint32_t, std::vector<PersistRequest>> m_requests; //!< of this life
    raft::InvariantChecker m_checker;
};

} // namespace

TEST(RaftTornWrite, ACrashLeavesAPrefixOfWhatWasBeingWrittenAndTheClusterGoesOn)
{
    std::size_t crashes = 0;
    std::size_t torn = 0;
    for (uint32_t seed = 1; seed <= 15; ++seed)
    {
        TornWriteCluster cluster(seed);
        // Each server in turn, at moments that fall anywhere in a write; sometimes two at once.
        for (int i = 0; i < 9; ++i)
        {
            cluster.CrashAt(MilliSeconds(3000 + 700 * i + (7 * seed + 13 * i) % 60), 1 + i % 3);
        }
        cluster.CrashAt(MilliSeconds(6000), 1);
        cluster.CrashAt(MilliSeconds(6000), 2);
        cluster.RunUntil(Seconds(12));
        for (const Left& left : cluster.m_left)
        {
            EXPECT_LE(left.kept, left.requested) << "seed " << seed << ": a state that never was";
            torn += left.kept > 0 && left.kept < left.requested;
            ++crashes;
        }
        cluster.m_client->Finish();
        cluster.RunUntil(Seconds(14));
        for (uint32_t id = 2; id <= SERVERS; ++id)
        {
            EXPECT_EQ(cluster.Server(id)->GetCore()->GetCommitIndex(),
                      cluster.Server(1)->GetCore()->GetCommitIndex())
                << "seed " << seed;
            EXPECT_EQ(cluster.Server(id)->GetStore(), cluster.Server(1)->GetStore())
                << "seed " << seed;
        }
        EXPECT_GT(cluster.Server(1)->GetCore()->GetCommitIndex(), 50U) << "seed " << seed;
    }
    EXPECT_GT(crashes, 120U);
    EXPECT_GT(torn, 10U) << "of " << crashes << " crashes that many should leave a part of a write";
}
