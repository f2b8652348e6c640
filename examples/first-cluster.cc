/**
 * @file
 * A first cluster: five Raft servers and a client on a LAN. Prints who is elected and what the
 * client's operations come to.
 */

#include "ns3/consensus-topology.h"
#include "ns3/double.h"
#include "ns3/raft-application.h"
#include "ns3/raft-client-application.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"

#include <iostream>

using namespace ns3;

namespace
{

void
PrintLeader(uint32_t server, const raft::RoleChange& change)
{
    if (change.role == raft::Role::LEADER)
    {
        std::cout << Simulator::Now().As(Time::MS) << ": server " << server << " leads term "
                  << change.term << " (" << change.reason << ")\n";
    }
}

void
PrintOperation(const RaftClientApplication::Operation& operation)
{
    std::cout << operation.ret.As(Time::MS) << ": " << (operation.put ? "put " : "get ")
              << operation.key << " = '" << operation.value << "' took "
              << (operation.ret - operation.call).As(Time::MS) << "\n";
}

} // namespace

int
main()
{
    // The network: a switch, five servers (hosts 1 to 5) and one client (host 6).
    TopologyOptions network;
    network.name = "lan";
    network.servers = 5;
    network.clients = 1;
    ConsensusTopology topology = BuildTopology(network);

    // The cluster, and two operations a second.
    RaftHelper raft;
    raft.SetClientAttribute("Rate", DoubleValue(2));
    ApplicationContainer servers = raft.InstallServers(topology.Servers());
    ApplicationContainer clients = raft.InstallClients(topology.Clients(), topology.Servers());

    // Fixed random streams: the same run every time.
    topology.AssignStreams(0);
    RaftHelper::AssignStreams(servers, 1000);
    RaftHelper::AssignStreams(clients, 2000);

    // Applications are watched through trace sources.
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        servers.Get(i)->TraceConnectWithoutContext("RoleChange", MakeCallback(&PrintLeader));
    }
    clients.Get(0)->TraceConnectWithoutContext("Operation", MakeCallback(&PrintOperation));

    Simulator::Stop(Seconds(5));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
