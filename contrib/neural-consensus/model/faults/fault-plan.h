#ifndef FAULT_PLAN_H
#define FAULT_PLAN_H

#include "fault-spec.h"

#include <istream>
#include <string>

/**
 * @file
 * Reading fault plans, as options (--fault) and as files (--fault-file). Pure.
 */
namespace ns3::faults
{

/**
 * Reads one fault: `KIND@START[+DURATION][:key=value,...]`.
 *
 * Times are as ns-3 writes them (20s, 150ms; a bare number is seconds). Every kind has its own keys
 * (doc/faults.md); those left out have the kind's defaults. A cut is 1>2 (one way) or 1-2 (both),
 * several are joined by a slash: cut=1>2/3-4.
 *
 * @param text the fault
 * @param servers number of servers, which have the ids 1..servers
 * @return the fault
 * @throws std::invalid_argument with one line that names the text, the part of it that is wrong and
 *         what was expected there
 */
FaultSpec ParseFault(const std::string& text, uint32_t servers);

/**
 * Reads a file of faults, one a line; empty lines are skipped, as is all from a # on.
 * @param in the file's content
 * @param name the file's name, for messages
 * @param servers number of servers
 * @return the faults in the order of the file
 * @throws std::invalid_argument as ParseFault(), with the file and the line in front
 * @throws std::runtime_error if reading fails
 */
FaultPlan ParseFaultFile(std::istream& in, const std::string& name, uint32_t servers);

} // namespace ns3::faults

#endif /* FAULT_PLAN_H */
