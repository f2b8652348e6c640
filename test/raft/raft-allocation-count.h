#ifndef RAFT_ALLOCATION_COUNT_H
#define RAFT_ALLOCATION_COUNT_H

#include <cstddef>

namespace ns3::raft::test
{

/** @return how often this program has asked operator new for memory */
std::size_t CountAllocations();

} // namespace ns3::raft::test

#endif /* RAFT_ALLOCATION_COUNT_H */
