/**
 * @file
 * A fault of one's own: a server that answers nobody's vote requests. A MessageInterceptor sees
 * every message before it is encoded and may change or withhold it, so what it does is real on the
 * wire. With two of five servers like this the other three still elect a leader.
 */

#include "ns3/consensus-topology.h"
#include "ns3/message-interceptor.h"
#include "ns3/raft-application.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"

#include <iostream>
#include <memory>

using namespace ns3;

namespace
{

/** Withholds every vote; everything else leaves as it is. */
class VoteWithholder : public MessageInterceptor
{
  public:
    bool OnRaftMessage(raft::Message& message) override
    {
        if (!std::holds_alternative<raft::RequestVoteReply>(message.body))
        {
            return true;
        }
        std::cout << Simulator::Now().As(Time::MS) << ": server " << message.from
                  << " withholds its vote from server " << message.to << "\n";
        return false;
    }
};

void
PrintLeader(uint32_t server, const raft::RoleChange& change)
{
    if (change.role == raft::Role::LEADER)
    {
        std::cout << Simulator::Now().As(Time::MS) << ": server " << server << " leads term "
                  << change.term << "\n";
    }
}

} // namespace

int
main()
{
    TopologyOptions network;
    network.servers = 5;
    network.clients = 0;
    ConsensusTopology topology = BuildTopology(network);
    topology.AssignStreams(0);

    RaftHelper raft;
    ApplicationContainer servers = raft.InstallServers(topology.Servers());
    RaftHelper::AssignStreams(servers, 1000);
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        auto server = DynamicCast<RaftApplication>(servers.Get(i));
        server->TraceConnectWithoutContext("RoleChange", MakeCallback(&PrintLeader));
        if (i >= 3)
        {
            server->SetInterceptor(std::make_shared<VoteWithholder>());
        }
    }

    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
