/**
 * @file
 * Losing the leader: its host falls silent at 4 s and is back at 8 s. Prints every change of role,
 * and in between how long the cluster was without a leader.
 */

#include "ns3/consensus-topology.h"
#include "ns3/fault-injector.h"
#include "ns3/fault-plan.h"
#include "ns3/raft-application.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"

#include <iostream>

using namespace ns3;

namespace
{

void
PrintRole(uint32_t server, const raft::RoleChange& change)
{
    static const char* const names[] = {"follower", "candidate", "leader"};
    std::cout << Simulator::Now().As(Time::MS) << ": server " << server << " is "
              << names[static_cast<int>(change.role)] << " in term " << change.term << ": "
              << change.reason << "\n";
}

void
PrintFault(const char* what, const faults::FaultRecord& fault)
{
    std::cout << Simulator::Now().As(Time::MS) << ": " << faults::FaultKindName(fault.kind)
              << " of server " << fault.target << " " << what << "\n";
}

} // namespace

int
main()
{
    TopologyOptions network;
    network.name = "mesh"; // 1 ms from every server to every other
    network.servers = 5;
    network.clients = 0;
    ConsensusTopology topology = BuildTopology(network);
    topology.AssignStreams(0);

    RaftHelper raft;
    ApplicationContainer servers = raft.InstallServers(topology.Servers());
    RaftHelper::AssignStreams(servers, 1000);
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        servers.Get(i)->TraceConnectWithoutContext("RoleChange", MakeCallback(&PrintRole));
    }

    // The plan is written as on the command line of consensus-scenario; the leader is looked up
    // when the fault starts.
    auto injector = CreateObject<FaultInjector>();
    injector->SetServers(topology.Servers());
    injector->SetPlan({faults::ParseFault("host-crash@4s+4s:node=leader,exact=1", 5)});
    injector->AssignStreams(2000);
    injector->TraceConnectWithoutContext("FaultStart", MakeBoundCallback(&PrintFault, "starts"));
    injector->TraceConnectWithoutContext("FaultEnd", MakeBoundCallback(&PrintFault, "ends"));
    injector->Start();

    Simulator::Stop(Seconds(12));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
