#include "consensus-raft-trace.h"

#include "consensus-raft-trace-text.h"
#include "consensus-row-writer.h"

#include "ns3/host-network.h"
#include "ns3/queue-item.h"
#include "ns3/raft-header.h"
#include "ns3/raft-message-tag.h"
#include "ns3/simulator.h"
#include "ns3/udp-header.h"

namespace ns3
{

using namespace raft;
using namespace raft_trace;

ConsensusRaftTrace::ConsensusRaftTrace(const std::string& path)
    : m_file(path)
{
}

void
ConsensusRaftTrace::Commit()
{
    m_file.Commit();
}

void
ConsensusRaftTrace::Watch(Ptr<RaftApplication> server)
{
    m_servers[server->GetServerId()].application = server;
    server->TraceConnectWithoutContext("Life", MakeCallback(&ConsensusRaftTrace::OnLife, this));
    server->TraceConnectWithoutContext("Step", MakeCallback(&ConsensusRaftTrace::OnStep, this));
    server->TraceConnectWithoutContext("TxMessage",
                                       MakeCallback(&ConsensusRaftTrace::OnSend, this));
    server->TraceConnectWithoutContext("RxMessage",
                                       MakeCallback(&ConsensusRaftTrace::OnReceive, this));
    server->GetNode()->GetObject<HostNetwork>()->TraceConnectWithoutContext(
        "Lost",
        MakeCallback(&ConsensusRaftTrace::OnLost, this));
}

void
ConsensusRaftTrace::WriteLine(uint32_t id,
                              const Server& server,
                              const char* name,
                              const std::string& more)
{
    m_file.Stream() << "{\"t\":" << FormatFileTime(Simulator::Now()) << ",\"seq\":" << ++m_sequence
                    << ",\"nid\":" << Quoted(id) << ",\"name\":\"" << name << '"'
                    << Field("term", server.hardState.term)
                    << ",\"vote\":" << Quoted(server.hardState.vote) << ",\"role\":\""
                    << RoleName(server.role) << '"' << Field("commit", server.commit)
                    << Field("first", server.first) << Field("last", server.last)
                    << Field("lastTerm", server.lastTerm)
                    << ",\"durable\":{\"term\":" << server.durable.hardState.term
                    << ",\"vote\":" << Quoted(server.durable.hardState.vote)
                    << Field("first", server.durable.first) << Field("last", server.durable.last)
                    << Field("lastTerm", server.durable.lastTerm) << "}" << more << "}\n";
}

void
ConsensusRaftTrace::OnLife(uint32_t id, bool up)
{
    Server& server = m_servers.at(id);
    // Also what a write that was under way had already put on stable storage.
    const DurableState& durable = server.application->GetDurable();
    server.writes.clear();
    server.role = Role::FOLLOWER;
    server.first = durable.snapshot.lastIndex + 1;
    server.last = durable.snapshot.lastIndex + durable.log.size();
    server.lastTerm = durable.log.empty() ? durable.snapshot.lastTerm : durable.log.back().term;
    server.hardState = durable.hardState;
    server.durable = {0, server.hardState, server.first, server.last, server.lastTerm};
    server.commit = durable.snapshot.lastIndex;
    WriteLine(id, server, up ? (server.known ? "Restart" : "Init") : "Crash", "");
    if (up)
    {
        server.known = true;
        const RaftCore& core = *server.application->GetCore();
        TraceMembership(id, server, core);
    }
}

void
ConsensusRaftTrace::OnStep(const RaftCore& core, const Update& update)
{
    const uint32_t id = core.GetId();
    Server& server = m_servers.at(id);
    TraceDurable(id, server, core);
    // A leader that leaves the cluster leads until it has committed that (dissertation 4.2.2).
    const bool resigns = server.role == Role::LEADER && core.GetRole() != Role::LEADER &&
                         server.hardState.term == core.GetTerm();
    if (resigns)
    {
        TraceCommit(id, server, core, update);
    }
    TraceRoles(id, server, core, update);
    TraceSnapshot(id, server, core, update);
    TraceLog(id, server, core, update);
    if (update.membershipChanged)
    {
        TraceMembership(id, server, core);
    }
    if (!resigns)
    {
        TraceCommit(id, server, core, update);
    }
}

void
ConsensusRaftTrace::TraceCommit(uint32_t id,
                                Server& server,
                                const RaftCore& core,
                                const Update& update)
{
    if (core.GetCommitIndex() > server.commit)
    {
        server.commit = core.GetCommitIndex();
        WriteLine(id, server, "Commit", Field("index", server.commit));
    }
    for (const auto& applied : update.applied)
    {
        WriteLine(id, server, "Apply", DescribeEntry(applied.index, applied.entry));
    }
}

void
ConsensusRaftTrace::TraceSnapshot(uint32_t id,
                                  Server& server,
                                  const RaftCore& core,
                                  const Update& update)
{
    if (!update.persist || !update.persist->snapshot)
    {
        return;
    }
    const Snapshot& snapshot = *update.persist->snapshot;
    server.first = snapshot.lastIndex + 1;
    if (update.restore)
    {
        // Entries beyond the snapshot stay or go all together (figure 13, rules 6 and 7).
        server.last = core.GetLastIndex();
        server.lastTerm = core.GetLog().GetLastTerm();
        server.commit = snapshot.lastIndex;
    }
    WriteLine(id,
              server,
              update.restore ? "InstallSnapshot" : "Snapshot",
              DescribeSnapshot(snapshot));
}

void
ConsensusRaftTrace::TraceMembership(uint32_t id, const Server& server, const RaftCore& core)
{
    WriteLine(id,
              server,
              "ConfigChange",
              Field("index", core.GetMembershipIndex()) + DescribeMembership(core.GetMembership()));
}

void
ConsensusRaftTrace::TraceDurable(uint32_t id, Server& server, const RaftCore& core)
{
    bool changed = false;
    while (!server.writes.empty() && server.writes.front().ticket <= core.GetDurableTicket())
    {
        server.durable = server.writes.front();
        server.writes.pop_front();
        changed = true;
    }
    if (changed)
    {
        WriteLine(id, server, "Persist", "");
    }
}

void
ConsensusRaftTrace::TraceRoles(uint32_t id,
                               Server& server,
                               const RaftCore& core,
                               const Update& update)
{
    static const char* const names[] = {"BecomeFollower",
                                        "BecomePreCandidate",
                                        "BecomeCandidate",
                                        "BecomeLeader"};
    for (const auto& change : update.roleChanges)
    {
        if (change.role == server.role && change.term == server.hardState.term)
        {
            continue; // only the leader became known
        }
        server.role = change.role;
        if (change.term != server.hardState.term)
        {
            server.hardState = {change.term, NO_SERVER};
        }
        if (change.term == core.GetTerm())
        {
            server.hardState.vote = core.GetVote();
        }
        WriteLine(id,
                  server,
                  names[static_cast<std::size_t>(change.role)],
                  std::string(",\"reason\":\"") + change.reason + '"');
    }
    if (server.hardState.vote != core.GetVote())
    {
        server.hardState.vote = core.GetVote();
        WriteLine(id,
                  server,
                  names[static_cast<std::size_t>(server.role)],
                  ",\"reason\":\"granted its vote in this term\"");
    }
}

void
ConsensusRaftTrace::TraceLog(uint32_t id,
                             Server& server,
                             const RaftCore& core,
                             const Update& update)
{
    if (!update.persist)
    {
        return;
    }
    const PersistRequest& request = *update.persist;
    if (request.firstIndex > 0 && request.firstIndex <= server.last)
    {
        server.last = request.firstIndex - 1;
        server.lastTerm = server.last > 0 ? core.GetLog().GetTerm(server.last) : 0;
        WriteLine(id, server, "Truncate", Field("index", request.firstIndex));
    }
    for (const auto& entry : request.entries)
    {
        ++server.last;
        server.lastTerm = entry.term;
        WriteLine(id, server, "Append", DescribeEntry(server.last, entry));
    }
    const Write& earlier = server.writes.empty() ? server.durable : server.writes.back();
    server.writes.push_back({request.ticket,
                             request.hardState.value_or(earlier.hardState),
                             server.first,
                             server.last,
                             server.lastTerm});
}

void
ConsensusRaftTrace::OnSend(const Message& message, uint64_t id)
{
    const auto sender = m_servers.find(message.from);
    if (sender != m_servers.end()) // a lying sender may call itself anything
    {
        WriteLine(message.from, sender->second, "Send", DescribeMessage(message, id));
    }
}

void
ConsensusRaftTrace::OnReceive(const Message& message, uint64_t id)
{
    const auto receiver = m_servers.find(message.to);
    if (receiver != m_servers.end()) // a lying sender may name anybody
    {
        WriteLine(message.to, receiver->second, "Receive", DescribeMessage(message, id));
    }
}

void
ConsensusRaftTrace::OnLost(uint32_t from,
                           uint32_t /* to */,
                           Ptr<const QueueDiscItem> item,
                           const char* reason)
{
    RaftMessageTag tag;
    if (!item->GetPacket()->FindFirstMatchingByteTag(tag))
    {
        return; // of another application
    }
    // A lost segment of a connection is sent again: only a lost datagram is a lost message.
    Ptr<Packet> packet = item->GetPacket()->Copy();
    UdpHeader udp;
    packet->RemoveHeader(udp);
    const auto sender = m_servers.find(from);
    const auto content = RaftHeader::Parse(packet);
    if (content && sender != m_servers.end())
    {
        WriteLine(from,
                  sender->second,
                  "Drop",
                  DescribeMessage(content->message, tag.GetId()) + ",\"reason\":\"" + reason + '"');
    }
}

} // namespace ns3
