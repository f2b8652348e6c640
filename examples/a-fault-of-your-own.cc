/**
 * @file
 * A fault of one's own: a server that refuses every vote that it would give. It is a byzantine
 * behaviour, which sees each message before it is encoded, so what it does is real on the wire; the
 * base class knows to whom and when, and reports what really deviates. With two of five servers
 * like this the other three still elect a leader.
 */

#include "ns3/byzantine-behaviour.h"
#include "ns3/consensus-topology.h"
#include "ns3/raft-application.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"

#include <iostream>
#include <memory>

using namespace ns3;

namespace
{

/** Votes for nobody; everything else leaves as it is. */
class VoteRefuser : public faults::ByzantineBehaviour
{
  public:
    VoteRefuser(const faults::FaultParameters& parameters, faults::ByzantineContext context)
        : ByzantineBehaviour(parameters, std::move(context), Aim::ALL)
    {
    }

  protected:
    bool DeviateMessage(raft::Message& message) override
    {
        if (auto* vote = std::get_if<raft::RequestVoteReply>(&message.body))
        {
            vote->granted = false;
        }
        return true; // false would withhold the message
    }

    bool DeviateHeartbeat(HeartbeatHeader& /* header */, uint32_t /* to */) override
    {
        return true;
    }
};

/** What a fault plan would say of it, and what it is given to work with. */
std::shared_ptr<MessageInterceptor>
MakeVoteRefuser(uint32_t self, uint32_t servers)
{
    faults::FaultParameters always;
    always.share = 1;
    faults::ByzantineContext context;
    context.self = self;
    context.servers = servers;
    context.uniform = [] { return 0.0; };
    context.report = [self](uint32_t to, bool, uint64_t) {
        std::cout << Simulator::Now().As(Time::MS) << ": server " << self
                  << " refuses its vote to server " << to << "\n";
    };
    return std::make_shared<VoteRefuser>(always, std::move(context));
}

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
            server->SetInterceptor(MakeVoteRefuser(i + 1, servers.GetN()));
        }
    }

    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
