#ifndef RAFT_ENTRY_LEDGER_H
#define RAFT_ENTRY_LEDGER_H

#include "raft-types.h"

#include <vector>

namespace ns3::raft
{

/** A place in a log. By log matching (section 5.3) it stands for the whole log up to there. */
struct LogPosition
{
    Index index{0}; //!< 0 for an empty log
    Term term{0};   //!< term of the entry there
};

/**
 * Every entry that any server of a cluster has ever held, each with the term of the one before it.
 * That makes chains, so that a log is known by its last position alone.
 */
class EntryLedger
{
  public:
    /**
     * Takes note of an entry in somebody's log.
     * @param previous position just before the entry
     * @param entry the entry
     * @return false if another entry or another predecessor is known for its index and term, which
     *         breaks log matching
     */
    bool Learn(LogPosition previous, const Entry& entry);

    /**
     * @param log end of a log
     * @param entry a position
     * @return whether that log contains that entry
     */
    bool Includes(LogPosition log, LogPosition entry) const;

  private:
    struct Known
    {
        Entry entry;
        Term previousTerm{0};
    };

    const Known* Find(LogPosition position) const;

    std::vector<std::vector<Known>> m_known; //!< m_known[i]: all that was seen at index i + 1
};

} // namespace ns3::raft

#endif /* RAFT_ENTRY_LEDGER_H */
