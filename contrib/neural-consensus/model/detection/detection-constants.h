#ifndef DETECTION_CONSTANTS_H
#define DETECTION_CONSTANTS_H

/**
 * @file
 * What several detectors need: numbers that are the same for all of them.
 */
namespace ns3::detection
{

/** The natural logarithm of 10, by which natural logarithms become decimal ones. */
constexpr double LN10 = 2.302585092994045684;

/** The longest span that a formula may yield, ten years in ns: keeps times from overflowing. */
constexpr double LONGEST_NS = 3.2e17;

} // namespace ns3::detection

#endif /* DETECTION_CONSTANTS_H */
