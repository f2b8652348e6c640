#ifndef RAFT_KEY_VALUE_STORE_H
#define RAFT_KEY_VALUE_STORE_H

#include "raft-command.h"
#include "raft-types.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ns3::raft
{

/** What applying one command came to. */
struct CommandResult
{
    /** Whether the command did anything. */
    enum class Status : uint8_t
    {
        APPLIED,   //!< now
        REPEATED,  //!< before; the rest is the result of then
        FORGOTTEN, //!< before, and its client has said that it waits no longer; the rest is empty
        EXPIRED,   //!< its client has no such session (any more); the rest is empty
        MALFORMED  //!< the bytes were no command; the rest is empty
    };

    Status status{Status::APPLIED};
    CommandOp op{CommandOp::GET}; //!< what was asked
    std::string value; //!< PUT: what is stored now; GET: what was read, "" if missing; REGISTER: ""
    uint64_t session{0}; //!< REGISTER: id of the new session
};

/**
 * The replicated state machine: a map from key to value, and the sessions of clients, in which a
 * repeated request is applied once (dissertation 6.3). The same commands in the same order give the
 * same state and the same results on every server, malformed commands included.
 *
 * A session keeps the results of requests that its client may still ask for. Beyond the most
 * sessions that there may be, the one that was used least recently ends.
 */
class KeyValueStore
{
  public:
    /** Most sessions at a time unless said otherwise. */
    static constexpr std::size_t DEFAULT_MAX_SESSIONS = 1024;

    /** @param maxSessions most sessions at a time, above 0, the same on all servers */
    explicit KeyValueStore(std::size_t maxSessions = DEFAULT_MAX_SESSIONS);

    /**
     * Applies one committed command.
     * @param index of its entry, above that of all before; names a new session
     * @param command bytes of a Command; anything else is a no-op
     * @return what it came to
     */
    CommandResult Apply(Index index, std::string_view command);

    /**
     * @param key a key
     * @return the value, "" if missing
     */
    const std::string& Get(const std::string& key) const;

    /** @return number of keys */
    std::size_t GetSize() const;

    /** @return number of sessions */
    std::size_t GetSessionCount() const;

    /**
     * @return all of the state, for a snapshot: the same bytes for the same state. In network byte
     *         order: version (1), most sessions (8), number of keys (8), each key and value behind
     *         its length (4), number of sessions (8), each as id (8), client (4), last use (8),
     * acknowledged (8), number of results (8), each as request (8), op (1) and value behind its
     * length
     */
    std::string Serialize() const;

    /**
     * @param bytes what should be a serialised store
     * @return it, or nothing if the bytes are none
     */
    static std::optional<KeyValueStore> Restore(std::string_view bytes);

    bool operator==(const KeyValueStore& o) const;

  private:
    struct StoredResult
    {
        CommandOp op{CommandOp::GET};
        std::string value;

        bool operator==(const StoredResult& o) const
        {
            return op == o.op && value == o.value;
        }
    };

    struct Session
    {
        uint32_t client{0}; //!< who opened it
        Index lastUse{0};
        uint64_t acknowledged{0}; //!< no results are kept below this
        std::map<uint64_t, StoredResult> results;

        bool operator==(const Session& o) const
        {
            return client == o.client && lastUse == o.lastUse && acknowledged == o.acknowledged &&
                   results == o.results;
        }
    };

    CommandResult Register(Index index, uint32_t client);
    CommandResult ApplyInSession(Index index, Command& command);
    CommandResult Execute(Command& command);

    std::size_t m_maxSessions;
    std::unordered_map<std::string, std::string> m_values; //!< order is not fixed
    std::map<uint64_t, Session> m_sessions;
    std::map<Index, uint64_t> m_byLastUse; //!< session by last use, each exactly once
};

} // namespace ns3::raft

#endif /* RAFT_KEY_VALUE_STORE_H */
