#ifndef CONSENSUS_RAFT_TRACE_TEXT_H
#define CONSENSUS_RAFT_TRACE_TEXT_H

#include "ns3/raft-events.h"

#include <cstdint>
#include <string>

/**
 * @file
 * How raft-trace.ndjson writes things down (doc/formats.md): pieces of JSON, each with a comma in
 * front where it is a field.
 */
namespace ns3::raft_trace
{

/** @return the role's name, without quotes */
const char* RoleName(raft::Role role);

/** @return the id in quotes, "" for no server */
std::string Quoted(raft::ServerId id);

/** @return a field with a number */
std::string Field(const char* name, uint64_t value);
/** @return a field that is true or false */
std::string Field(const char* name, bool value);

/** @return index, entryTerm and hash of an entry */
std::string DescribeEntry(raft::Index index, const raft::Entry& entry);

/** @return voters and learners */
std::string DescribeMembership(const raft::Membership& membership);

/** @return index, entryTerm, bytes, voters and learners of a snapshot */
std::string DescribeSnapshot(const raft::Snapshot& snapshot);

/** @return the field msg: the message with the number of its sending */
std::string DescribeMessage(const raft::Message& message, uint64_t id);

} // namespace ns3::raft_trace

#endif /* CONSENSUS_RAFT_TRACE_TEXT_H */
