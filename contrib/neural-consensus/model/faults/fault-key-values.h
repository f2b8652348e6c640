#ifndef FAULT_KEY_VALUES_H
#define FAULT_KEY_VALUES_H

#include "fault-spec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/**
 * @file
 * How the values of fault plans are read and written, one function for each type of value. What
 * reads returns false where the text is not as asked for; its result is then unspecified.
 */
namespace ns3::faults
{

/**
 * Reads a time as ns-3 writes it: 20s, 150ms, 1.5min; a bare number is seconds.
 * @param text a decimal number and, possibly, one of d, h, min, s, ms, us, ns
 * @return the time, rounded to a nanosecond; nothing if the text is no time or beyond 10,000 days
 */
std::optional<Nanos> ParseTime(std::string_view text);

/** A decimal number from low to high. */
bool ParseNumberIn(std::string_view text, double low, double high, double& value);
/** A decimal number without fraction, from low to high, both at most 2^53. */
bool ParseWhole(std::string_view text, double low, double high, uint64_t& value);
/** A time as ParseTime() takes it, from low to high. */
bool ParseTimeIn(std::string_view text, Nanos low, Nanos high, Nanos& value);
/** An id of 1..servers. */
bool ParseServer(std::string_view text, uint32_t servers, uint32_t& id);
/** Ids joined by a dot, none of them in the list already; they are added to it. */
bool ParseServers(std::string_view text, uint32_t servers, std::vector<uint32_t>& ids);
/** 1>2 or 1-2, several joined by a slash. */
bool ParseCuts(std::string_view text, uint32_t servers, FaultParameters& p);
/** 1.2|3.4.5: all cuts between the groups. */
bool ParseGroups(std::string_view text, uint32_t servers, FaultParameters& p);

/** @return the number as ParseNumberIn() reads it back exactly */
std::string FormatNumber(double value);
/** @return seconds without zeros at the end */
std::string FormatTime(Nanos time);
/** @return the same, but nothing for 0, which stands for a time that is not set */
std::string FormatSpan(Nanos time);

} // namespace ns3::faults

#endif /* FAULT_KEY_VALUES_H */
