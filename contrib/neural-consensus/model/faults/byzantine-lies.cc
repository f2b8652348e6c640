#include "byzantine-lies.h"

#include "ns3/heartbeat-header.h"

#include <algorithm>
#include <string>
#include <variant>

namespace ns3::faults
{

namespace
{

/** Adds with floor and ceiling, for values that count entries or terms. */
uint64_t
Shift(uint64_t value, int64_t by, uint64_t floor = 0)
{
    if (by < 0)
    {
        const uint64_t less = 0 - static_cast<uint64_t>(by);
        return value > less ? std::max(value - less, floor) : std::min(value, floor);
    }
    const uint64_t more = static_cast<uint64_t>(by);
    return value > BEYOND_NOISE - more ? value : value + more;
}

bool
DistortVote(bool granted, Distortion::Vote vote)
{
    switch (vote)
    {
    case Distortion::Vote::FLIPPED:
        return !granted;
    case Distortion::Vote::GRANTED:
        return true;
    case Distortion::Vote::REFUSED:
        return false;
    case Distortion::Vote::HONEST:
        break;
    }
    return granted;
}

/** Another command of the same length: what differs is the end, a written value. */
raft::Payload
OtherCommand(const raft::Payload& command)
{
    if (!command || command->empty())
    {
        return command;
    }
    std::string other = *command;
    other.back() = static_cast<char>(other.back() ^ 1);
    return std::make_shared<const std::string>(std::move(other));
}

uint64_t
Gap(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

uint64_t
Difference(const raft::RequestVote& a, const raft::RequestVote& b)
{
    return std::max(Gap(a.lastLogIndex, b.lastLogIndex), Gap(a.lastLogTerm, b.lastLogTerm));
}

uint64_t
Difference(const raft::RequestVoteReply& a, const raft::RequestVoteReply& b)
{
    return a.granted == b.granted && a.preVote == b.preVote ? 0 : BEYOND_NOISE;
}

uint64_t
Difference(const raft::AppendEntries& a, const raft::AppendEntries& b)
{
    if (a.entries != b.entries)
    {
        return BEYOND_NOISE;
    }
    return std::max({uint64_t{a.round != b.round},
                     Gap(a.prevLogIndex, b.prevLogIndex),
                     Gap(a.prevLogTerm, b.prevLogTerm),
                     Gap(a.commitIndex, b.commitIndex)});
}

uint64_t
Difference(const raft::AppendEntriesReply& a, const raft::AppendEntriesReply& b)
{
    if (a.success != b.success)
    {
        return BEYOND_NOISE;
    }
    return std::max({uint64_t{a.round != b.round},
                     Gap(a.prevLogIndex, b.prevLogIndex),
                     Gap(a.matchIndex, b.matchIndex),
                     Gap(a.conflictIndex, b.conflictIndex),
                     Gap(a.conflictTerm, b.conflictTerm)});
}

uint64_t
Difference(const raft::InstallSnapshot& a, const raft::InstallSnapshot& b)
{
    if (a.lastIndex != b.lastIndex || a.done != b.done || *a.membership != *b.membership ||
        *a.data != *b.data)
    {
        return BEYOND_NOISE;
    }
    return std::max(
        {uint64_t{a.round != b.round}, Gap(a.lastTerm, b.lastTerm), Gap(a.offset, b.offset)});
}

uint64_t
Difference(const raft::InstallSnapshotReply& a, const raft::InstallSnapshotReply& b)
{
    if (a.installed != b.installed)
    {
        return BEYOND_NOISE;
    }
    return std::max(
        {uint64_t{a.round != b.round}, Gap(a.lastIndex, b.lastIndex), Gap(a.offset, b.offset)});
}

uint64_t
Difference(const raft::TimeoutNow& /* a */, const raft::TimeoutNow& /* b */)
{
    return 0;
}

} // namespace

uint64_t
Difference(const raft::Message& a, const raft::Message& b)
{
    if (a.from != b.from || a.to != b.to || a.body.index() != b.body.index())
    {
        return BEYOND_NOISE;
    }
    return std::visit(
        [&](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            return std::max(Gap(a.term, b.term), Difference(body, std::get<Body>(b.body)));
        },
        a.body);
}

uint64_t
Difference(const HeartbeatHeader& a, const HeartbeatHeader& b)
{
    if (a == b)
    {
        return 0;
    }
    const detection::PeerStatus& x = a.GetStatus();
    const detection::PeerStatus& y = b.GetStatus();
    if (x.leader != y.leader)
    {
        return BEYOND_NOISE;
    }
    return std::max({uint64_t{1},
                     Gap(x.term, y.term),
                     Gap(x.lastIndex, y.lastIndex),
                     Gap(x.commitIndex, y.commitIndex)});
}

void
DistortMessage(raft::Message& message, const Distortion& d)
{
    if (auto* request = std::get_if<raft::RequestVote>(&message.body))
    {
        request->lastLogIndex = Shift(request->lastLogIndex, d.entries);
        request->lastLogTerm = std::min(Shift(request->lastLogTerm, d.terms), message.term);
    }
    else if (auto* vote = std::get_if<raft::RequestVoteReply>(&message.body))
    {
        vote->granted = DistortVote(vote->granted, d.vote);
    }
    else if (auto* append = std::get_if<raft::AppendEntries>(&message.body))
    {
        append->commitIndex = Shift(append->commitIndex, d.entries);
        for (raft::Entry& entry : append->entries)
        {
            entry.command = d.otherCommands ? OtherCommand(entry.command) : entry.command;
        }
    }
    else if (auto* reply = std::get_if<raft::AppendEntriesReply>(&message.body))
    {
        raft::Index& claim = reply->success ? reply->matchIndex : reply->conflictIndex;
        claim = Shift(claim, d.entries, reply->success ? 0 : 1);
        message.term = Shift(message.term, d.terms, 1);
    }
}

void
DistortHeartbeat(HeartbeatHeader& header, const Distortion& d)
{
    detection::PeerStatus status = header.GetStatus();
    status.lastIndex = Shift(status.lastIndex, d.entries);
    status.commitIndex = std::min(Shift(status.commitIndex, d.entries), status.lastIndex);
    status.term = Shift(status.term, d.terms, 1);
    header.SetStatus(status);
}

} // namespace ns3::faults
