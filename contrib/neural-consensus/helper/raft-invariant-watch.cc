#include "raft-invariant-watch.h"

namespace ns3
{

void
RaftInvariantWatch::Watch(Ptr<RaftApplication> server)
{
    server->TraceConnectWithoutContext("Step", MakeCallback(&RaftInvariantWatch::OnStep, this));
    server->TraceConnectWithoutContext("Life", MakeCallback(&RaftInvariantWatch::OnLife, this));
    m_servers[server->GetServerId()] = server;
}

void
RaftInvariantWatch::OnStep(const raft::RaftCore& core, const raft::Update& update)
{
    m_checker.AfterStep(core, update);
}

void
RaftInvariantWatch::OnLife(uint32_t server, bool up)
{
    if (up)
    {
        m_checker.AfterRestart(*m_servers.at(server)->GetCore());
    }
}

} // namespace ns3
