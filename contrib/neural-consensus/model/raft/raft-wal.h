#ifndef RAFT_WAL_H
#define RAFT_WAL_H

#include "raft-events.h"

#include <cstddef>
#include <string>
#include <string_view>

/**
 * @file
 * How writes stand on stable storage: a log of records that is only ever appended to, and what can
 * be made of it after a crash that tore the last write. The bytes are described in
 * doc/stable-storage.md.
 */
namespace ns3::raft
{

/**
 * Encodes a write: one record each for hard state and snapshot, then one for each entry, or for the
 * truncation where no entry follows it. Each record stands for itself, so that any number of whole
 * ones is a state that a correct server may restart from.
 * @param request the write, as a core made it
 * @param out where the bytes are appended
 * @throws std::length_error if a record would have 4 GiB or more
 */
void AppendRecords(const PersistRequest& request, std::string& out);

/**
 * @param request a write
 * @return how many bytes AppendRecords() makes of it, without making them
 */
std::size_t SizeOnDisk(const PersistRequest& request);

/** What RecoverRecords() found. */
struct WalRecovery
{
    std::size_t goodBytes{0}; //!< bytes of the records that were applied; less than all if it
                              //!< stopped early
    std::size_t records{0};   //!< how many records that were
    const char* reason{""};   //!< why it stopped there, a literal sentence
};

/**
 * Applies records up to the first that is torn, damaged, or not what a correct server can have
 * written after those before it. What comes behind that one is not looked at: nothing tells where a
 * record would begin.
 * @param bytes what is on stable storage; may be anything
 * @param durable the state that the records are applied to, in the way of ApplyWrite()
 * @return how far it came, and why not further
 */
WalRecovery RecoverRecords(std::string_view bytes, DurableState& durable);

} // namespace ns3::raft

#endif /* RAFT_WAL_H */
