#include "consensus-raft-trace.h"

#include "consensus-row-writer.h"

#include "ns3/host-network.h"
#include "ns3/queue-item.h"
#include "ns3/raft-header.h"
#include "ns3/raft-message-tag.h"
#include "ns3/simulator.h"
#include "ns3/udp-header.h"

#include <cinttypes>
#include <cstdio>

namespace ns3
{

using namespace raft;

namespace
{

const char*
RoleName(Role role)
{
    static const char* const names[] = {"follower", "pre-candidate", "candidate", "leader"};
    return names[static_cast<std::size_t>(role)];
}

std::string
Quoted(ServerId id)
{
    return '"' + (id == NO_SERVER ? std::string() : std::to_string(id)) + '"';
}

std::string
Field(const char* name, uint64_t value)
{
    return std::string(",\"") + name + "\":" + std::to_string(value);
}

std::string
Field(const char* name, bool value)
{
    return std::string(",\"") + name + "\":" + (value ? "true" : "false");
}

/** FNV-1a over 64 bits; a no-op has no bytes. */
std::string
HashOf(const Entry& entry)
{
    uint64_t hash = 0xcbf29ce484222325;
    if (entry.command)
    {
        for (const unsigned char byte : *entry.command)
        {
            hash = (hash ^ byte) * 0x100000001b3;
        }
    }
    char text[20];
    std::snprintf(text, sizeof(text), "\"%016" PRIx64 "\"", hash);
    return text;
}

std::string
DescribeEntry(Index index, const Entry& entry)
{
    return Field("index", index) + Field("entryTerm", entry.term) + ",\"hash\":" + HashOf(entry);
}

std::string
DescribeServers(const char* name, const std::vector<ServerId>& servers)
{
    std::string text = std::string(",\"") + name + "\":[";
    for (std::size_t i = 0; i < servers.size(); ++i)
    {
        text += (i == 0 ? "" : ",") + Quoted(servers[i]);
    }
    return text + "]";
}

std::string
DescribeMembership(const Membership& membership)
{
    return DescribeServers("voters", membership.voters) +
           DescribeServers("learners", membership.learners);
}

std::string
DescribeSnapshot(const Snapshot& snapshot)
{
    return Field("index", snapshot.lastIndex) + Field("entryTerm", snapshot.lastTerm) +
           Field("bytes", uint64_t{snapshot.data->size()}) +
           DescribeMembership(snapshot.membership);
}

struct BodyText
{
    std::string operator()(const RequestVote& m) const
    {
        return ",\"type\":\"RequestVote\"" + Field("lastLogIndex", m.lastLogIndex) +
               Field("lastLogTerm", m.lastLogTerm) + Field("preVote", m.preVote) +
               Field("disruptLeader", m.disruptLeader);
    }

    std::string operator()(const RequestVoteReply& m) const
    {
        return ",\"type\":\"RequestVoteReply\"" + Field("granted", m.granted) +
               Field("preVote", m.preVote);
    }

    std::string operator()(const InstallSnapshot& m) const
    {
        const auto membership = Membership::Decode(*m.membership);
        return ",\"type\":\"InstallSnapshot\"" + Field("lastIndex", m.lastIndex) +
               Field("lastTerm", m.lastTerm) +
               DescribeMembership(membership ? *membership : Membership{}) +
               Field("offset", m.offset) + Field("bytes", uint64_t{m.data->size()}) +
               Field("done", m.done) + Field("round", m.round);
    }

    std::string operator()(const InstallSnapshotReply& m) const
    {
        return ",\"type\":\"InstallSnapshotReply\"" + Field("lastIndex", m.lastIndex) +
               Field("offset", m.offset) + Field("installed", m.installed) +
               Field("round", m.round);
    }

    std::string operator()(const TimeoutNow& /* m */) const
    {
        return ",\"type\":\"TimeoutNow\"";
    }

    std::string operator()(const AppendEntries& m) const
    {
        std::string text = ",\"type\":\"AppendEntries\"" + Field("prevLogIndex", m.prevLogIndex) +
                           Field("prevLogTerm", m.prevLogTerm) +
                           Field("commitIndex", m.commitIndex) + Field("round", m.round) +
                           ",\"entries\":[";
        for (std::size_t i = 0; i < m.entries.size(); ++i)
        {
            text += (i == 0 ? "[" : ",[") + std::to_string(m.prevLogIndex + 1 + i) + "," +
                    std::to_string(m.entries[i].term) + "," + HashOf(m.entries[i]) + "]";
        }
        return text + "]";
    }

    std::string operator()(const AppendEntriesReply& m) const
    {
        return ",\"type\":\"AppendEntriesReply\"" + Field("success", m.success) +
               Field("prevLogIndex", m.prevLogIndex) + Field("matchIndex", m.matchIndex) +
               Field("conflictIndex", m.conflictIndex) + Field("conflictTerm", m.conflictTerm) +
               Field("round", m.round);
    }
};

std::string
DescribeMessage(const Message& message, uint64_t id)
{
    return ",\"msg\":{\"id\":" + std::to_string(id) + ",\"from\":" + Quoted(message.from) +
           ",\"to\":" + Quoted(message.to) + Field("term", message.term) +
           std::visit(BodyText{}, message.body) + "}";
}

} // namespace

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
                    << ",\"durable\":{\"term\":" << server.durableState.term
                    << ",\"vote\":" << Quoted(server.durableState.vote)
                    << Field("last", server.durableLast) << "}" << more << "}\n";
}

void
ConsensusRaftTrace::OnLife(uint32_t id, bool up)
{
    Server& server = m_servers.at(id);
    // Also what a write that was under way had already put on stable storage.
    const DurableState& durable = server.application->GetDurable();
    server.writes.clear();
    server.role = Role::FOLLOWER;
    server.durableState = durable.hardState;
    server.durableLast = durable.snapshot.lastIndex + durable.log.size();
    server.hardState = server.durableState;
    server.commit = durable.snapshot.lastIndex;
    server.first = durable.snapshot.lastIndex + 1;
    server.last = server.durableLast;
    server.lastTerm = durable.log.empty() ? durable.snapshot.lastTerm : durable.log.back().term;
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
    TraceRoles(id, server, core, update);
    TraceSnapshot(id, server, core, update);
    TraceLog(id, server, core, update);
    if (update.membershipChanged)
    {
        TraceMembership(id, server, core);
    }
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
        server.durableState = server.writes.front().hardState;
        server.durableLast = server.writes.front().last;
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
        WriteLine(id, server, "BecomeFollower", ",\"reason\":\"granted its vote in this term\"");
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
    const HardState earlier =
        server.writes.empty() ? server.durableState : server.writes.back().hardState;
    server.writes.push_back({request.ticket, request.hardState.value_or(earlier), server.last});
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
    const auto message = RaftHeader::Parse(packet);
    if (message && sender != m_servers.end())
    {
        WriteLine(from,
                  sender->second,
                  "Drop",
                  DescribeMessage(*message, tag.GetId()) + ",\"reason\":\"" + reason + '"');
    }
}

} // namespace ns3
