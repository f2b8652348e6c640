#ifndef RAFT_TRACE_CHECKER_H
#define RAFT_TRACE_CHECKER_H

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nctest
{

/**
 * An outsider to this project's Raft: knows the paper and doc/formats.md, reads
 * raft-trace.ndjson, rebuilds every server from it and checks each step against the paper's rules.
 * It shares no code with what wrote the trace.
 */
class RaftTraceChecker
{
  public:
    /** @param duplicates whether the network delivers messages twice */
    explicit RaftTraceChecker(bool duplicates);

    /**
     * Takes the next line.
     * @throws std::runtime_error naming the rule that it breaks
     */
    void Take(const std::string& line);

    /** Events by name. */
    std::map<std::string, std::size_t> counts;
    /** Sent messages by type, with "pre" before the type of pre-votes. */
    std::map<std::string, std::size_t> sent;

  private:
    using Json = nlohmann::json;
    using Position = std::pair<uint64_t, uint64_t>; //!< index and term

    /** What is known of an entry, the same wherever it stands. */
    struct Known
    {
        std::string hash;
        uint64_t previousTerm{0};
    };

    /** A log as its terms, from behind its base on. */
    struct Log
    {
        uint64_t base{0};
        uint64_t baseTerm{0};
        std::vector<uint64_t> terms;

        uint64_t Last() const;
        uint64_t TermAt(uint64_t index) const; //!< 0 where unknown
        bool Holds(Position position) const;   //!< itself, or in what the base stands for
    };

    struct Members
    {
        std::vector<std::string> voters;
        std::vector<std::string> learners;

        bool operator==(const Members& o) const;
    };

    struct Server
    {
        bool known{false};
        bool up{false};
        uint64_t term{0};
        std::string vote;
        std::string role{"follower"};
        uint64_t commit{0};
        uint64_t applied{0};
        Log log;
        std::set<Position> appended; //!< in this life, whatever became of it
        Members baseMembers;
        uint64_t durableTerm{0};
        std::string durableVote;
        Log durable;
        Json received;                                   //!< the latest message
        std::map<std::string, Json> voteRequests;        //!< latest received, by candidate
        std::map<uint64_t, std::set<std::string>> votes; //!< received, by term
    };

    void Require(bool holds, const std::string& rule) const;
    void TakeLife(Server& server);
    void TakeRole(Server& server);
    void CheckTermChange(const Server& server, uint64_t term) const;
    void CheckNewVote(const Server& server, const std::string& candidate) const;
    void CheckElected(const Server& server);
    void TakeAppend(Server& server);
    void TakePersist(Server& server);
    void TakeCommit(Server& server);
    void CheckQuorum(const Server& server, Position position) const;
    void TakeApply(Server& server);
    void TakeSnapshot(Server& server);
    void TakeInstallSnapshot(Server& server);
    void TakeConfigChange(Server& server);
    void CheckNewMembers(const Server& server, uint64_t index, const Members& members) const;
    void TakeMessage(Server& server);
    void CheckSend(const Server& server) const;
    void CheckSentEntries(const Json& message) const;
    void CheckState(const Server& server) const;

    /** The log that ends with a position, as the entries seen so far have it. */
    Log Rebuild(uint64_t base, uint64_t last, uint64_t lastTerm) const;
    void CheckSurvivors(const Server& server, const Log& now) const;
    Members MembersOf(const Server& server, uint64_t upTo) const;
    bool IsOwn(const std::string& id) const;

    bool m_duplicates;
    Json m_event;
    std::string m_name;
    std::string m_nid;
    uint64_t m_sequence{0};
    double m_time{0};
    std::map<std::string, Server> m_servers;
    std::map<Position, Known> m_entries;
    std::map<Position, Members> m_memberships; //!< by the entry that set them
    std::vector<uint64_t> m_committed;         //!< term at index i + 1
    std::map<uint64_t, std::pair<Json, Members>> m_snapshots;
    std::map<uint64_t, std::string> m_leaders; //!< by term
    std::map<uint64_t, Json> m_sent;           //!< by id
    std::set<uint64_t> m_received;
    std::set<uint64_t> m_dropped;
};

} // namespace nctest

#endif /* RAFT_TRACE_CHECKER_H */
