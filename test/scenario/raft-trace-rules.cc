// The paper's rules for elections, logs and messages, checked by the outsider.

#include "raft-trace-checker.h"

#include <algorithm>

namespace nctest
{

void
RaftTraceChecker::TakeRole(Server& server)
{
    static const std::map<std::string, std::string> roles{{"BecomeFollower", "follower"},
                                                          {"BecomePreCandidate", "pre-candidate"},
                                                          {"BecomeCandidate", "candidate"},
                                                          {"BecomeLeader", "leader"}};
    const uint64_t term = m_event.at("term");
    const std::string vote = m_event.at("vote");
    const std::string earlierRole = server.role;
    server.role = roles.at(m_name);
    Require(!m_event.at("reason").get<std::string>().empty(), "a change of role has a reason");
    if (m_name == "BecomeCandidate")
    {
        Require(term == server.term + 1 && vote == m_nid, "a candidate votes for itself anew");
    }
    else if (term != server.term)
    {
        Require(m_name == "BecomeFollower", "nobody leads or asks in a term of somebody else");
        CheckTermChange(server, term);
    }
    const bool sameTerm = term == server.term;
    Require(!sameTerm || server.vote.empty() || vote == server.vote, "one vote a term");
    if (m_name != "BecomeCandidate" && !vote.empty() && (!sameTerm || vote != server.vote))
    {
        CheckNewVote(server, vote);
    }
    server.term = term;
    server.vote = vote;
    const std::vector<std::string> voters = MembersOf(server, server.log.Last()).voters;
    if (m_name == "BecomeCandidate" || m_name == "BecomePreCandidate")
    {
        // Also one whose removal is not committed yet: it may be needed for that (4.2.2).
        const auto committed = MembersOf(server, server.commit).voters;
        Require(std::count(voters.begin(), voters.end(), m_nid) == 1 ||
                    std::count(committed.begin(), committed.end(), m_nid) == 1,
                "only voters stand");
    }
    if (m_name == "BecomeLeader")
    {
        Require(earlierRole == "candidate", "leaders were candidates");
        CheckElected(server);
    }
}

void
RaftTraceChecker::CheckTermChange(const Server& server, uint64_t term) const
{
    Require(term > server.term, "terms never decrease");
    Require(server.received.is_object() && server.received.at("term") == term,
            "a new term comes with a message");
    const Json& message = server.received;
    const bool preVote = message.value("preVote", false);
    Require(!preVote || (message.at("type") == "RequestVoteReply" && !message.at("granted")),
            "pre-votes raise nobody's term");
}

void
RaftTraceChecker::CheckNewVote(const Server& server, const std::string& candidate) const
{
    const auto asked = server.voteRequests.find(candidate);
    Require(asked != server.voteRequests.end() && !asked->second.at("preVote") &&
                asked->second.at("term") == m_event.at("term"),
            "a vote was asked for, and pre-votes take none");
    const uint64_t last = server.log.Last();
    const auto own = std::make_pair(server.log.TermAt(last), last);
    Require(std::make_pair(asked->second.at("lastLogTerm").get<uint64_t>(),
                           asked->second.at("lastLogIndex").get<uint64_t>()) >= own,
            "the candidate's log is at least as up to date");
}

void
RaftTraceChecker::CheckElected(const Server& server)
{
    Require(m_leaders.emplace(server.term, m_nid).second, "election safety");
    std::set<std::string> votes{m_nid}; // counts for a voter only
    const auto received = server.votes.find(server.term);
    if (received != server.votes.end())
    {
        votes.insert(received->second.begin(), received->second.end());
    }
    const auto voters = MembersOf(server, server.log.Last()).voters;
    const auto given = std::count_if(voters.begin(), voters.end(), [&](const std::string& id) {
        return votes.count(id) > 0;
    });
    Require(2 * static_cast<std::size_t>(given) > voters.size(), "a majority elected the leader");
    const uint64_t committed = m_committed.size();
    Require(committed == 0 || server.log.Holds({committed, m_committed.back()}),
            "leader completeness");
}

void
RaftTraceChecker::TakeAppend(Server& server)
{
    const uint64_t index = m_event.at("index");
    if (m_name == "Truncate")
    {
        Require(index > server.commit, "committed entries stay");
        Require(index > server.log.base && index <= server.log.Last(), "what goes was there");
        Require(server.role != "leader", "a leader only appends");
        server.log.terms.resize(index - server.log.base - 1);
        return;
    }
    const uint64_t term = m_event.at("entryTerm");
    const std::string hash = m_event.at("hash");
    Require(index == server.log.Last() + 1, "entries are appended one behind the other");
    const Known entry{hash, server.log.TermAt(index - 1)};
    Require(term >= entry.previousTerm && term <= server.term, "terms in a log never decrease");
    const auto [known, isNew] = m_entries.emplace(Position{index, term}, entry);
    Require(known->second.hash == hash && known->second.previousTerm == entry.previousTerm,
            "log matching");
    if (server.role == "leader")
    {
        Require(isNew && term == server.term, "a leader appends entries of its own term");
    }
    else
    {
        Require(!isNew, "only leaders make entries");
        const Json& message = server.received;
        Require(message.is_object() && message.at("type") == "AppendEntries" &&
                    message.at("term") == server.term,
                "a follower appends what the leader of its term sent");
        const Json wanted = Json::array({index, term, hash});
        const Json& entries = message.at("entries");
        Require(std::find(entries.begin(), entries.end(), wanted) != entries.end(),
                "a follower appends what it was sent");
    }
    server.log.terms.push_back(term);
    server.appended.emplace(index, term);
}

void
RaftTraceChecker::TakeCommit(Server& server)
{
    const uint64_t index = m_event.at("index");
    Require(index > server.commit && index <= server.log.Last(), "commit indices only advance");
    if (server.role == "leader")
    {
        const Position position{index, server.log.TermAt(index)};
        Require(position.second == server.term, "a leader commits by an entry of its own term");
        CheckQuorum(server, position);
        for (uint64_t next = m_committed.size() + 1; next <= index; ++next)
        {
            m_committed.push_back(server.log.TermAt(next));
        }
    }
    Require(index <= m_committed.size(), "a leader commits first");
    for (uint64_t each = server.commit + 1; each <= index; ++each)
    {
        Require(server.log.TermAt(each) == m_committed[each - 1], "all commit the same entries");
    }
    server.commit = index;
}

void
RaftTraceChecker::CheckQuorum(const Server& server, Position position) const
{
    const auto voters = MembersOf(server, server.log.Last()).voters;
    const auto holding = std::count_if(voters.begin(), voters.end(), [&](const std::string& id) {
        const auto voter = m_servers.find(id);
        return voter != m_servers.end() && voter->second.durable.Holds(position);
    });
    Require(2 * static_cast<std::size_t>(holding) > voters.size(),
            "what is committed is on stable storage on a majority of the voters in force");
}

void
RaftTraceChecker::TakeApply(Server& server)
{
    const uint64_t index = m_event.at("index");
    const uint64_t term = m_event.at("entryTerm");
    Require(index == ++server.applied && index <= server.commit, "entries are applied in order");
    Require(term == server.log.TermAt(index) && term == m_committed[index - 1] &&
                m_entries.at({index, term}).hash == m_event.at("hash"),
            "state-machine safety");
}

void
RaftTraceChecker::TakeSnapshot(Server& server)
{
    const uint64_t index = m_event.at("index");
    const uint64_t term = m_event.at("entryTerm");
    const Members members{m_event.at("voters"), m_event.at("learners")};
    Require(index > server.log.base && index <= server.applied,
            "a snapshot is of what was applied");
    Require(term == server.log.TermAt(index), "a snapshot ends with the entry in the log");
    Require(members == MembersOf(server, index), "a snapshot keeps the membership of its time");
    const auto [known, isNew] =
        m_snapshots.emplace(index, std::make_pair(m_event.at("bytes"), members));
    Require(known->second.first == m_event.at("bytes") && known->second.second == members,
            "snapshots of the same entries are the same");
    server.baseMembers = members;
    const auto gone = static_cast<std::ptrdiff_t>(index - server.log.base);
    server.log.terms.erase(server.log.terms.begin(), server.log.terms.begin() + gone);
    server.log.base = index;
    server.log.baseTerm = term;
}

void
RaftTraceChecker::TakeInstallSnapshot(Server& server)
{
    const uint64_t index = m_event.at("index");
    const uint64_t term = m_event.at("entryTerm");
    const Json& message = server.received;
    Require(message.is_object() && message.at("type") == "InstallSnapshot" && message.at("done") &&
                message.at("lastIndex") == index && message.at("lastTerm") == term &&
                message.at("voters") == m_event.at("voters"),
            "a snapshot is installed when its last chunk is there");
    Require(index > server.commit && index <= m_committed.size() && m_committed[index - 1] == term,
            "a snapshot stands for committed entries only");
    const Members members{m_event.at("voters"), m_event.at("learners")};
    const auto original = m_snapshots.find(index);
    Require(original != m_snapshots.end() && original->second.first == m_event.at("bytes") &&
                original->second.second == members,
            "a snapshot is one that a server took");
    if (server.log.TermAt(index) == term)
    {
        const auto gone = static_cast<std::ptrdiff_t>(index - server.log.base);
        server.log.terms.erase(server.log.terms.begin(), server.log.terms.begin() + gone);
    }
    else
    {
        server.log.terms.clear();
    }
    server.log.base = index;
    server.log.baseTerm = term;
    server.baseMembers = members;
    server.commit = server.applied = index;
}

void
RaftTraceChecker::TakeMessage(Server& server)
{
    const Json& message = m_event.at("msg");
    const uint64_t id = message.at("id");
    const std::string type = message.at("type");
    if (m_name == "Send")
    {
        Require(message.at("from") == m_nid, "nobody speaks for another");
        Require(m_sent.emplace(id, message).second, "ids of sendings are unique");
        ++sent[(message.value("preVote", false) ? "pre" : "") + type];
        CheckSend(server);
        return;
    }
    const auto original = m_sent.find(id);
    Require(original != m_sent.end() && original->second == message,
            "what arrives or gets lost was sent");
    const bool fresh = (m_name == "Drop" ? m_dropped : m_received).insert(id).second;
    Require(m_duplicates || (fresh && m_received.count(id) + m_dropped.count(id) == 1),
            "a message arrives or gets lost once");
    if (m_name == "Drop")
    {
        Require(message.at("from") == m_nid, "a loss is told of its sender");
        return;
    }
    Require(message.at("to") == m_nid, "messages reach whom they are for");
    server.received = message;
    if (type == "RequestVote")
    {
        server.voteRequests[message.at("from")] = message;
    }
    else if (type == "RequestVoteReply" && message.at("granted") && !message.at("preVote"))
    {
        server.votes[message.at("term")].insert(message.at("from").get<std::string>());
    }
}

void
RaftTraceChecker::CheckSend(const Server& server) const
{
    const Json& message = m_event.at("msg");
    const std::string type = message.at("type");
    const uint64_t term = message.at("term");
    const bool preVote = message.value("preVote", false);
    if (type == "RequestVote" && preVote)
    {
        Require(term == server.term + 1, "a pre-vote is for the next term");
    }
    else if (!preVote || !message.at("granted"))
    {
        Require(term <= server.term, "nobody speaks in a term to come");
    }
    if (type == "AppendEntries" || type == "InstallSnapshot" || type == "TimeoutNow")
    {
        const auto leader = m_leaders.find(term);
        Require(leader != m_leaders.end() && leader->second == m_nid, "only leaders lead");
    }
    if (type == "RequestVote" && !preVote)
    {
        Require(server.durableTerm > term ||
                    (server.durableTerm == term && server.durableVote == m_nid),
                "a candidate's own vote is durable first");
    }
    else if (type == "RequestVoteReply" && message.at("granted") && !preVote)
    {
        Require(server.durableTerm > term ||
                    (server.durableTerm == term && server.durableVote == message.at("to")),
                "a vote is durable before it is given");
    }
    else if (type == "RequestVoteReply" && message.at("granted"))
    {
        const auto asked = server.voteRequests.find(message.at("to"));
        const uint64_t last = server.log.Last();
        Require(asked != server.voteRequests.end() && asked->second.at("preVote") &&
                    asked->second.at("term") == term &&
                    std::make_pair(asked->second.at("lastLogTerm").get<uint64_t>(),
                                   asked->second.at("lastLogIndex").get<uint64_t>()) >=
                        std::make_pair(server.log.TermAt(last), last),
                "a pre-vote is granted as a vote would be");
    }
    else if (type == "AppendEntries")
    {
        CheckSentEntries(message);
    }
    else if (type == "AppendEntriesReply" && message.at("success") && term == server.term)
    {
        const uint64_t match = message.at("matchIndex");
        Require(server.durable.Holds({match, server.log.TermAt(match)}) || match < server.log.base,
                "what is acknowledged is durable first");
    }
    else if (type == "InstallSnapshot")
    {
        const uint64_t index = message.at("lastIndex");
        Require(index <= m_committed.size() && m_committed[index - 1] == message.at("lastTerm"),
                "a snapshot stands for committed entries only");
    }
    else if (type == "InstallSnapshotReply" && message.at("installed"))
    {
        const uint64_t index = message.at("lastIndex");
        Require(index <= m_committed.size() &&
                    server.durable.Holds({index, m_committed[index - 1]}),
                "a snapshot is durable before it counts");
    }
}

void
RaftTraceChecker::CheckSentEntries(const Json& message) const
{
    Require(message.at("commitIndex") <= m_committed.size(), "a leader tells of what it committed");
    uint64_t index = message.at("prevLogIndex");
    uint64_t term = message.at("prevLogTerm");
    for (const Json& entry : message.at("entries"))
    {
        Require(entry.at(0) == ++index, "entries are sent in order");
        const auto known = m_entries.find({index, entry.at(1)});
        Require(known != m_entries.end() && known->second.hash == entry.at(2) &&
                    known->second.previousTerm == term,
                "a leader sends what is in its log");
        term = entry.at(1);
    }
}

} // namespace nctest
