#include "raft-trace-checker.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace nctest
{

namespace
{

/** FNV-1a over 64 bits, hexadecimal. */
std::string
HashOf(const std::string& bytes)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char byte : bytes)
    {
        hash = (hash ^ byte) * 0x100000001b3;
    }
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

void
AppendNumber(std::string& bytes, uint64_t value, int size)
{
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
    {
        bytes += static_cast<char>(value >> shift);
    }
}

/** A membership's command: counts in 2 bytes each, ids in 4, the most significant byte first. */
std::string
Encode(const std::vector<std::string>& voters, const std::vector<std::string>& learners)
{
    std::string bytes;
    AppendNumber(bytes, voters.size(), 2);
    AppendNumber(bytes, learners.size(), 2);
    for (const auto* ids : {&voters, &learners})
    {
        for (const auto& id : *ids)
        {
            AppendNumber(bytes, std::stoul(id), 4);
        }
    }
    return bytes;
}

bool
Contains(const std::vector<std::string>& ids, const std::string& id)
{
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

} // namespace

uint64_t
RaftTraceChecker::Log::Last() const
{
    return base + terms.size();
}

uint64_t
RaftTraceChecker::Log::TermAt(uint64_t index) const
{
    return index > Last() || index < base ? 0 : index == base ? baseTerm : terms[index - base - 1];
}

bool
RaftTraceChecker::Log::Holds(Position position) const
{
    return position.first < base || TermAt(position.first) == position.second;
}

bool
RaftTraceChecker::Members::operator==(const Members& o) const
{
    return voters == o.voters && learners == o.learners;
}

RaftTraceChecker::RaftTraceChecker(bool duplicates)
    : m_duplicates(duplicates)
{
}

void
RaftTraceChecker::Require(bool holds, const std::string& rule) const
{
    if (!holds)
    {
        throw std::runtime_error(rule + ": " + m_event.dump());
    }
}

void
RaftTraceChecker::Take(const std::string& line)
{
    m_event = Json::parse(line);
    m_name = m_event.at("name");
    m_nid = m_event.at("nid");
    ++counts[m_name];
    Require(m_event.at("seq") == ++m_sequence, "events are counted without a gap");
    Require(m_event.at("t") >= m_time, "time does not run backwards");
    m_time = m_event.at("t");
    Server& server = m_servers[m_nid];
    static const std::map<std::string, void (RaftTraceChecker::*)(Server&)> handlers{
        {"Init", &RaftTraceChecker::TakeLife},
        {"Restart", &RaftTraceChecker::TakeLife},
        {"Crash", &RaftTraceChecker::TakeLife},
        {"BecomeFollower", &RaftTraceChecker::TakeRole},
        {"BecomePreCandidate", &RaftTraceChecker::TakeRole},
        {"BecomeCandidate", &RaftTraceChecker::TakeRole},
        {"BecomeLeader", &RaftTraceChecker::TakeRole},
        {"Append", &RaftTraceChecker::TakeAppend},
        {"Truncate", &RaftTraceChecker::TakeAppend},
        {"Persist", &RaftTraceChecker::TakePersist},
        {"Commit", &RaftTraceChecker::TakeCommit},
        {"Apply", &RaftTraceChecker::TakeApply},
        {"Snapshot", &RaftTraceChecker::TakeSnapshot},
        {"InstallSnapshot", &RaftTraceChecker::TakeInstallSnapshot},
        {"ConfigChange", &RaftTraceChecker::TakeConfigChange},
        {"Send", &RaftTraceChecker::TakeMessage},
        {"Receive", &RaftTraceChecker::TakeMessage},
        {"Drop", &RaftTraceChecker::TakeMessage}};
    const auto handler = handlers.find(m_name);
    Require(handler != handlers.end(), "only documented events");
    Require(server.up || m_name == "Init" || m_name == "Restart" || m_name == "Drop",
            "a server that is down does nothing");
    (this->*handler->second)(server);
    CheckState(server);
}

void
RaftTraceChecker::CheckState(const Server& server) const
{
    Require(m_event.at("term") == server.term, "the term is what the events made it");
    Require(m_event.at("vote") == server.vote, "the vote is what the events made it");
    Require(m_event.at("role") == server.role, "the role is what the events made it");
    Require(m_event.at("commit") == server.commit, "the commit index is what the events made it");
    Require(m_event.at("first") == server.log.base + 1, "the log begins behind the snapshot");
    Require(m_event.at("last") == server.log.Last(), "the log is as long as the events made it");
    Require(m_event.at("lastTerm") == server.log.TermAt(server.log.Last()),
            "the last entry is the one appended last");
    const Json& durable = m_event.at("durable");
    Require(durable.at("term") == server.durableTerm && durable.at("vote") == server.durableVote &&
                durable.at("first") == server.durable.base + 1 &&
                durable.at("last") == server.durable.Last() &&
                durable.at("lastTerm") == server.durable.TermAt(server.durable.Last()),
            "stable storage changes by writes only");
}

RaftTraceChecker::Log
RaftTraceChecker::Rebuild(uint64_t base, uint64_t last, uint64_t lastTerm) const
{
    Require(last >= base, "a log does not end before it begins");
    // By log matching the last entry says what all before it are.
    Log log;
    log.base = base;
    log.terms.resize(last - base);
    uint64_t term = lastTerm;
    for (uint64_t index = last; index > base; --index)
    {
        log.terms[index - base - 1] = term;
        const auto known = m_entries.find({index, term});
        Require(known != m_entries.end(), "an entry was appended by somebody");
        term = known->second.previousTerm;
    }
    log.baseTerm = term;
    return log;
}

void
RaftTraceChecker::TakeLife(Server& server)
{
    const Json& durable = m_event.at("durable");
    const Log now = Rebuild(durable.at("first").get<uint64_t>() - 1,
                            durable.at("last"),
                            durable.at("lastTerm"));
    Require(server.up == (m_name == "Crash"), "lives begin and end in turn");
    Require(server.known == (m_name != "Init"), "the first life begins with Init");
    if (m_name == "Crash")
    {
        CheckSurvivors(server, now);
    }
    else
    {
        Require(now.base == server.durable.base && now.terms == server.durable.terms,
                "what is read back is what was left");
    }
    server.up = m_name != "Crash";
    server.known = true;
    server.log = server.durable = now;
    server.term = server.durableTerm = durable.at("term");
    server.vote = server.durableVote = durable.at("vote");
    server.role = "follower";
    server.commit = server.applied = now.base;
    server.appended.clear();
    server.received = Json();
    server.voteRequests.clear();
    server.votes.clear();
}

void
RaftTraceChecker::CheckSurvivors(const Server& server, const Log& now) const
{
    const Json& durable = m_event.at("durable");
    Require(durable.at("term") >= server.durableTerm && durable.at("term") <= server.term,
            "a durable term survives");
    Require(durable.at("term") != server.durableTerm || server.durableVote.empty() ||
                durable.at("vote") == server.durableVote,
            "a durable vote survives");
    Require(now.base == server.durable.base || now.base == server.log.base,
            "a snapshot is the one that was written");
    for (uint64_t index = now.base + 1; index <= now.Last(); ++index)
    {
        const uint64_t term = now.TermAt(index);
        // Also what was replaced since, by a write that the crash came before.
        Require(server.durable.TermAt(index) == term || server.appended.count({index, term}) > 0,
                "what a crash leaves had been there before");
    }
    const uint64_t last = std::min(server.durable.Last(), server.log.Last());
    for (uint64_t index = std::max(now.base, server.log.base) + 1; index <= last; ++index)
    {
        const uint64_t term = server.log.TermAt(index);
        Require(server.durable.TermAt(index) != term || now.TermAt(index) == term,
                "durable entries survive");
    }
}

void
RaftTraceChecker::TakePersist(Server& server)
{
    const Json& durable = m_event.at("durable");
    Require(durable.at("term") >= server.durableTerm, "durable terms never decrease");
    server.durable = Rebuild(durable.at("first").get<uint64_t>() - 1,
                             durable.at("last"),
                             durable.at("lastTerm"));
    server.durableTerm = durable.at("term");
    server.durableVote = durable.at("vote");
    Require(server.durableTerm <= server.term, "only what is so can be written");
}

RaftTraceChecker::Members
RaftTraceChecker::MembersOf(const Server& server, uint64_t upTo) const
{
    for (uint64_t index = std::min(upTo, server.log.Last()); index > server.log.base; --index)
    {
        const auto found = m_memberships.find({index, server.log.TermAt(index)});
        if (found != m_memberships.end())
        {
            return found->second;
        }
    }
    return server.baseMembers;
}

void
RaftTraceChecker::TakeConfigChange(Server& server)
{
    const uint64_t index = m_event.at("index");
    const Members members{m_event.at("voters"), m_event.at("learners")};
    if (index == 0)
    {
        server.baseMembers = members; // the settings'
    }
    if (index <= server.log.base)
    {
        Require(members == server.baseMembers, "a snapshot keeps the membership");
    }
    else
    {
        const Position position{index, server.log.TermAt(index)};
        Require(position.second != 0, "a membership stands in the log");
        const auto known = m_memberships.find(position);
        if (known == m_memberships.end())
        {
            CheckNewMembers(server, index, members);
            m_memberships.emplace(position, members);
        }
        else
        {
            Require(known->second == members, "one entry sets one membership");
        }
        Require(m_entries.at(position).hash == HashOf(Encode(members.voters, members.learners)),
                "the entry's command is the membership");
    }
    Require(MembersOf(server, server.log.Last()) == members,
            "the latest membership in the log is in force");
}

void
RaftTraceChecker::CheckNewMembers(const Server& server, uint64_t index, const Members& next) const
{
    Require(server.role == "leader" && server.log.TermAt(index) == server.term,
            "a leader begins a change of membership");
    for (uint64_t before = index - 1; before > server.commit; --before)
    {
        Require(m_memberships.count({before, server.log.TermAt(before)}) == 0,
                "one change of membership at a time");
    }
    Require(server.log.TermAt(server.commit) == server.term,
            "a leader commits an entry of its term before it changes the membership");
    const Members last = MembersOf(server, index - 1);
    std::set<std::string> all;
    for (const auto* ids : {&last.voters, &last.learners, &next.voters, &next.learners})
    {
        all.insert(ids->begin(), ids->end());
    }
    const auto changed = std::count_if(all.begin(), all.end(), [&](const std::string& id) {
        return Contains(last.voters, id) != Contains(next.voters, id) ||
               Contains(last.learners, id) != Contains(next.learners, id);
    });
    Require(changed == 1 && !next.voters.empty(), "one server at a time");
}

} // namespace nctest
