#ifndef RAFT_KEY_VALUE_STORE_H
#define RAFT_KEY_VALUE_STORE_H

#include "raft-command.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ns3::raft
{

/** What applying one command came to. */
struct CommandResult
{
    bool malformed{false}; //!< the bytes were no command: nothing was done, the rest is empty
    uint32_t client{0};    //!< who asked
    uint64_t request{0};   //!< the client's number for it
    CommandOp op{CommandOp::GET}; //!< what was asked
    std::string key;              //!< of what
    std::string value;            //!< PUT: what is stored now; GET: what was read, "" if missing
};

/**
 * The replicated state machine: a map from key to value. The same commands in the same order give
 * the same state and the same results on every server, malformed commands included.
 */
class KeyValueStore
{
  public:
    /**
     * Applies one committed command.
     * @param command bytes of a Command; anything else is a no-op
     * @return what it came to
     */
    CommandResult Apply(std::string_view command);

    /**
     * @param key a key
     * @return the value, "" if missing
     */
    const std::string& Get(const std::string& key) const;

    /** @return number of keys */
    std::size_t GetSize() const;

    bool operator==(const KeyValueStore& o) const;

  private:
    std::unordered_map<std::string, std::string> m_values; //!< never iterated: order is not fixed
};

} // namespace ns3::raft

#endif /* RAFT_KEY_VALUE_STORE_H */
