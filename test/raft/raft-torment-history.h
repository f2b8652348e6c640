#ifndef RAFT_TORMENT_HISTORY_H
#define RAFT_TORMENT_HISTORY_H

#include "ns3/raft-key-value-store.h"
#include "ns3/raft-types.h"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace ns3::raft::test
{

/**
 * All writes in the order of the log, as the servers' stores show them: looks at a store after each
 * entry, whatever the store itself says that it did. No value may be written by two commands.
 */
class WriteOrder
{
  public:
    /** @param servers how many there are, with ids from 1 */
    explicit WriteOrder(std::size_t servers);

    /**
     * A server has applied a command.
     * @param server which
     * @param index of the command's entry
     * @param key of the command
     * @param store the server's, after it
     * @return whether no other server has applied the entry before
     * @throws std::logic_error if a write took effect twice, or an entry not alike on all servers
     */
    bool Apply(ServerId server, Index index, const std::string& key, const KeyValueStore& store);

    /** A server's store was replaced. */
    void Restore(ServerId server, const KeyValueStore& store);

    /** @return whether some store has held this value */
    bool Contains(const std::string& value) const;

  private:
    std::vector<std::map<std::string, std::string>> m_shown; //!< by server: what its store holds
    std::unordered_map<std::string, Index> m_written;        //!< value to the entry that wrote it
    std::unordered_map<Index, std::string> m_effects;        //!< entry to value, "" for none
};

} // namespace ns3::raft::test

#endif /* RAFT_TORMENT_HISTORY_H */
