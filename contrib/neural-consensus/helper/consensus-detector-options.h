#ifndef CONSENSUS_DETECTOR_OPTIONS_H
#define CONSENSUS_DETECTOR_OPTIONS_H

#include <string>
#include <vector>

namespace ns3
{

/**
 * Takes lists of detectors apart, without a look at what they are.
 * @param texts each NAME[:key=value,...][,NAME...]
 * @return NAME[:key=value,...] each
 * @throws std::invalid_argument where a list begins with a key
 */
std::vector<std::string> SplitDetectors(const std::vector<std::string>& texts);

/**
 * Reads all that was given for --detector.
 * @param texts each NAME[:key=value,...][,NAME...]
 * @return NAME[:key=value,...] each, known and with good keys and values
 * @throws std::invalid_argument with one line that names what is wrong and what was expected
 */
std::vector<std::string> ReadDetectors(const std::vector<std::string>& texts);

} // namespace ns3

#endif /* CONSENSUS_DETECTOR_OPTIONS_H */
