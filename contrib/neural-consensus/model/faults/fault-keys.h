#ifndef FAULT_KEYS_H
#define FAULT_KEYS_H

#include "fault-key-values.h"
#include "fault-spec.h"

#include <string>
#include <string_view>
#include <vector>

/**
 * @file
 * The keys of fault plans as a table: which kinds read a key, how its value is read and written.
 * Used by the parser and the formatter of plans only.
 */
namespace ns3::faults
{

/** One key of one or more kinds. */
struct FaultKey
{
    const char* name;
    /** What a value may be, for messages; `%n` stands for the number of servers. */
    const char* expected;
    /** Reads a value. @return false if it is not as expected; parameters are then unspecified */
    bool (*parse)(std::string_view value, uint32_t servers, FaultParameters& parameters);
    /** @return the value as parse() reads it, or an empty text where the key is not set */
    std::string (*format)(const FaultParameters& parameters);
};

/** @return the keys of the kind, in the order in which they are written */
const std::vector<FaultKey>& KeysOf(FaultKind kind);

} // namespace ns3::faults

#endif /* FAULT_KEYS_H */
