#include "consensus-raft-trace-text.h"

#include <cinttypes>
#include <cstdio>
#include <variant>

namespace ns3::raft_trace
{

using namespace raft;

namespace
{

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
DescribeServers(const char* name, const std::vector<ServerId>& servers)
{
    std::string text = std::string(",\"") + name + "\":[";
    for (std::size_t i = 0; i < servers.size(); ++i)
    {
        text += (i == 0 ? "" : ",") + Quoted(servers[i]);
    }
    return text + "]";
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

} // namespace

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

std::string
DescribeEntry(Index index, const Entry& entry)
{
    return Field("index", index) + Field("entryTerm", entry.term) + ",\"hash\":" + HashOf(entry);
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

std::string
DescribeMessage(const Message& message, uint64_t id)
{
    return ",\"msg\":{\"id\":" + std::to_string(id) + ",\"from\":" + Quoted(message.from) +
           ",\"to\":" + Quoted(message.to) + Field("term", message.term) +
           std::visit(BodyText{}, message.body) + "}";
}

} // namespace ns3::raft_trace
