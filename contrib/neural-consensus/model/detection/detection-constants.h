#ifndef DETECTION_CONSTANTS_H
#define DETECTION_CONSTANTS_H

#include "peer-arrival.h"

#include <algorithm>
#include <cmath>

/**
 * @file
 * What several detectors need: numbers that are the same for all of them, and how a formula becomes
 * a time.
 */
namespace ns3::detection
{

/** The natural logarithm of 10, by which natural logarithms become decimal ones. */
constexpr double LN10 = 2.302585092994045684;

/** The longest span that a formula may yield, ten years in ns: keeps times from overflowing. */
constexpr double LONGEST_NS = 3.2e17;

/** @return a span that a formula yields, held to LONGEST_NS either way */
inline double
HeldSpan(double ns)
{
    return std::clamp(ns, -LONGEST_NS, LONGEST_NS);
}

/** @return the same to the nearest ns */
inline Nanos
RoundedSpan(double ns)
{
    return Nanos(std::llround(HeldSpan(ns)));
}

} // namespace ns3::detection

#endif /* DETECTION_CONSTANTS_H */
