#ifndef FAULT_EXPOSURE_H
#define FAULT_EXPOSURE_H

#include "fault-log.h"

#include "ns3/qos-metrics.h"

#include <cstdint>
#include <vector>

/**
 * @file
 * When a suspicion is right and when it is a mistake, by what was really broken
 * (doc/evaluation.md). Pure; for the judgement after a run, never for a detector.
 */
namespace ns3::faults
{

/**
 * @return the times in which it is no mistake that an observer suspects a target: either of them is
 *         down, or a direction between them is cut; in order, none touching another
 */
std::vector<detection::FaultInterval> ExcusedTimes(const FaultLog& log,
                                                   uint32_t observer,
                                                   uint32_t target);

/**
 * @return those of the times in which nothing that the target sends can reach the observer (it is
 *         down, or that direction is cut) that the observer does not miss being down itself; in
 *         order, none touching another
 */
std::vector<detection::FaultInterval> SilentTimes(const FaultLog& log,
                                                  uint32_t observer,
                                                  uint32_t target);

} // namespace ns3::faults

#endif /* FAULT_EXPOSURE_H */
