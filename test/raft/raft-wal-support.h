#ifndef RAFT_WAL_SUPPORT_H
#define RAFT_WAL_SUPPORT_H

#include "ns3/raft-wal.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ns3::raft::test
{

/** @return whether two servers would restart from the same state */
bool SameState(const DurableState& a, const DurableState& b);

/** @return one write for each record that the format makes of a write */
std::vector<PersistRequest> RecordsOf(const PersistRequest& request);

/** Draws writes as a core asks for them: each possible after those before it. */
class WriteDrawer
{
  public:
    explicit WriteDrawer(uint64_t seed);

    /** @return the next write */
    PersistRequest Draw();

    /** @return a number below `bound` */
    uint64_t Below(uint64_t bound);

    /** @return any bytes */
    std::string Bytes(std::size_t count);

  private:
    Entry DrawEntry(Term least);
    Snapshot DrawSnapshot();
    Membership DrawMembership();

    std::mt19937_64 m_random;
    DurableState m_state; //!< after what was drawn so far
    uint64_t m_ticket{0};
};

/** What a sequence of writes makes, taken apart by records. */
struct WrittenLog
{
    std::string bytes;
    std::vector<std::size_t> ends;    //!< where each record ends; the first is 0, before any
    std::vector<DurableState> states; //!< after each record; the first is empty

    /** @return how many records a number of bytes holds whole */
    std::size_t WholeIn(std::size_t count) const;
};

/** @return what `writes` writes of a seed make */
WrittenLog WriteLog(uint64_t seed, int writes);

} // namespace ns3::raft::test

#endif /* RAFT_WAL_SUPPORT_H */
