#ifndef EVIDENCE_DIGEST_H
#define EVIDENCE_DIGEST_H

#include "evidence-statement.h"

#include <vector>

namespace ns3::evidence
{

/** Entries of one leader, term and creating term, at indices a power of two apart. */
class EntryRun
{
  public:
    static constexpr uint32_t MAX_COUNT = 255;
    static constexpr uint32_t MAX_SHIFT = 15; //!< of the power of two between indices

    EntryRun() = default;

    /** @param first begins the run */
    explicit EntryRun(const Holds& first);

    /** @return whether the entry goes on with the run, which then has it */
    bool Extend(const Holds& next);

    uint32_t GetCount() const;
    uint32_t GetShift() const;

  private:
    Holds m_first;
    uint32_t m_count{0};
    uint32_t m_shift{0};
};

/**
 * What a server tells another of statements that it received, in their signers' own words. Bounded
 * in bytes, so that it fits into one packet with the heartbeat that carries it.
 */
class Digest
{
  public:
    // Bytes on the wire (doc/wire-formats.md)
    static constexpr uint32_t VOTE_SIZE = 1 + 2 + 8 + 2 + 8;
    static constexpr uint32_t LEADS_SIZE = 1 + 2 + 8 + 32 + 8 + 8;
    static constexpr uint32_t ACK_SIZE = 1 + 2 + 8 + 2 + 8 + 8 + 8 + 8;
    static constexpr uint32_t RUN_SIZE = 1 + 2 + 8 + 8 + 8 + 1 + 1; //!< without its entries
    static constexpr uint32_t ENTRY_SIZE = 8 + 8;                   //!< an entry of a run
    static constexpr uint32_t MAX_BYTES = 1344; //!< with heartbeat, UDP and IP below 1500

    /** @return false if there is no room for the statement, which is then not in it */
    bool Add(const Statement& statement);

    /** @return in the order in which they were added */
    const std::vector<Statement>& GetStatements() const;

    /** @return bytes on the wire */
    uint32_t GetSize() const;

    /** Empties it and keeps its memory. */
    void Clear();

    bool operator==(const Digest& o) const;

  private:
    std::vector<Statement> m_statements;
    EntryRun m_run; //!< that the last statements make, if they are entries
    uint32_t m_size{0};
};

} // namespace ns3::evidence

#endif /* EVIDENCE_DIGEST_H */
