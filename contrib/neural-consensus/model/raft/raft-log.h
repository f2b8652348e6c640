#ifndef RAFT_LOG_H
#define RAFT_LOG_H

#include "raft-types.h"

#include <vector>

namespace ns3::raft
{

/**
 * The log of one server, in memory. Entries stand at consecutive indices and their terms never
 * decrease, so that a term is found by bisection.
 *
 * The entry before the first one held, the base, is known by index and term only: (0, 0), or the
 * last one that a snapshot stands for.
 */
class RaftLog
{
  public:
    RaftLog() = default;

    /**
     * @param entries the entries after the base
     * @param baseIndex index of the base
     * @param baseTerm term of the base
     * @throws std::invalid_argument if only one of base index and term is 0, if a term is 0 or
     *         below the one before it, or if an entry is not well-formed
     */
    explicit RaftLog(std::vector<Entry> entries, Index baseIndex = 0, Term baseTerm = 0);

    /** @return index of the base: what a snapshot stands for up to and including there is gone */
    Index GetBaseIndex() const;
    /** @return index of the oldest entry held; one above GetLastIndex() if there is none */
    Index GetFirstIndex() const;
    /** @return index of the newest entry, 0 for an empty log */
    Index GetLastIndex() const;
    /** @return term of the newest entry, 0 for an empty log */
    Term GetLastTerm() const;

    /**
     * @param index any index
     * @return whether the entry itself is held
     */
    bool Holds(Index index) const;

    /**
     * @param index any index
     * @return term of the entry there, 0 where no term is known
     */
    Term GetTerm(Index index) const;

    /**
     * @param index an index for which Holds() is true
     * @return the entry there, valid until the log changes
     * @throws std::out_of_range for any other index
     */
    const Entry& GetEntry(Index index) const;

    /**
     * @param term a term
     * @return the first index held with a term of at least `term`; one above GetLastIndex() if none
     */
    Index FindFirstNotBelow(Term term) const;

    /**
     * @param term a term
     * @param bound highest index to consider
     * @return the last index up to `bound` with a term of at most `term`; one below GetFirstIndex()
     *         if none
     */
    Index FindLastNotAbove(Term term, Index bound) const;

    /**
     * Whether a candidate's log is at least as up to date as this one (section 5.4.1).
     * @param lastIndex index of the candidate's last entry
     * @param lastTerm term of that entry
     * @return true if the later last term, or for equal terms the longer log, is not this one
     */
    bool IsUpToDate(Index lastIndex, Term lastTerm) const;

    /**
     * @param entry the new last entry; its term is at least GetLastTerm()
     * @return its index
     */
    Index Append(const Entry& entry);

    /**
     * Removes the entries from an index to the end.
     * @param index first one to go, at least GetFirstIndex(); nothing happens beyond the end
     */
    void TruncateFrom(Index index);

    /**
     * Appends entries to a list.
     * @param first first index to copy, held
     * @param last last index to copy; nothing is copied if it is below `first`
     * @param out where they go
     */
    void CopyTo(Index first, Index last, std::vector<Entry>& out) const;

    /**
     * Makes an entry the base and drops it with all before it.
     * @param index an index for which Holds() is true, or the base's: then nothing happens
     */
    void CompactTo(Index index);

    /**
     * Drops all entries.
     * @param baseIndex index of the new base
     * @param baseTerm its term
     */
    void Reset(Index baseIndex, Term baseTerm);

  private:
    Index m_baseIndex{0};         //!< index just before the first entry held
    Term m_baseTerm{0};           //!< term at m_baseIndex, 0 exactly for index 0
    std::vector<Entry> m_entries; //!< m_entries[i] stands at m_baseIndex + 1 + i
};

/**
 * Whether an entry is one that a correct leader can have created.
 * @param entry the entry
 * @return false if its term is 0, its type unknown, or its command does not fit its type: none for
 *         NOOP, any for COMMAND, an encoded Membership for MEMBERSHIP
 */
bool IsWellFormed(const Entry& entry);

} // namespace ns3::raft

#endif /* RAFT_LOG_H */
