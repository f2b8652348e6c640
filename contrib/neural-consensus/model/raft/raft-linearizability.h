#ifndef RAFT_LINEARIZABILITY_H
#define RAFT_LINEARIZABILITY_H

#include "raft-types.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/**
 * @file
 * Whether what clients saw of a key-value store could have come from one copy of it.
 */
namespace ns3::raft
{

/** One operation as its client saw it. */
struct HistoryOperation
{
    uint32_t client{0}; //!< who asked; for explanations only
    bool put{false};    //!< write, otherwise read
    std::string key;    //!< what is written or read
    std::string value;  //!< written or read; nobody looks at it where a read has no answer
    TimePoint call{0};  //!< when the client asked, on a clock that all clients share
    /** When the answer came, not before `call`; none where the outcome is unknown. */
    std::optional<TimePoint> ret;
};

/** Why a history is not linearizable. */
struct LinearizabilityViolation
{
    /** Position in the history of the read that gave it away. */
    std::size_t operation{0};
    std::string explanation; //!< one line of printable ASCII: the key, the operations, their times
};

/** What the check came to. */
struct LinearizabilityVerdict
{
    /** None where the history is linearizable; else, of what was found, what showed first. */
    std::optional<LinearizabilityViolation> violation;
    /** Operations looked at and zones compared: of the order of n log n for n operations. */
    uint64_t steps{0};
};

/**
 * Checks whether a history of a key-value store is linearizable: whether each operation can be
 * given a moment between its call and its return such that, executed at these moments, every read
 * returns what was written last. A key that was never written reads as the empty text.
 *
 * A write whose outcome is unknown may take effect at any moment after its call, or never; a read
 * whose outcome is unknown says nothing. Operations that touch (one returns at the very moment at
 * which the other is called) count as concurrent, also those of one client.
 *
 * The check is exact. Linearizability is local: a history has it where each key's history does
 * (Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects", 1990, theorem
 * 1). In general a key takes a search of exponential cost, but here no value is written twice, so
 * it is known which write each read saw, and zones decide (Gibbons & Korach, "Testing Shared
 * Memories", 1997). The operations on one value have a zone, between the first return and the last
 * call among them:
 * - where the return comes first, the value is there during all of the zone (a forward zone);
 * - otherwise all of them are under way during the zone, and one moment of it may serve them all (a
 *   backward zone).
 *
 * A history of one key is linearizable if and only if every read's value was put, by a call not
 * after the read's return, no two forward zones overlap, and no backward zone lies inside a forward
 * one. An unknown write counts as returning at the end of time, and not at all if nobody read it.
 *
 * @param history operations of all clients in any order
 * @return the verdict
 * @throws std::invalid_argument where a value is put twice to one key, the empty text is put, or an
 *         operation returns before its call; the message is one line
 */
LinearizabilityVerdict CheckLinearizability(const std::vector<HistoryOperation>& history);

} // namespace ns3::raft

#endif /* RAFT_LINEARIZABILITY_H */
