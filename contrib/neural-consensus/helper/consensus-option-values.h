#ifndef CONSENSUS_OPTION_VALUES_H
#define CONSENSUS_OPTION_VALUES_H

#include "ns3/data-rate.h"
#include "ns3/fault-generator.h"
#include "ns3/netem-parameters.h"
#include "ns3/nstime.h"

#include <string>

/**
 * @file
 * Reading the values of options. Each function takes the option's name without dashes and the text
 * given for it, and throws std::invalid_argument with one line that names both and what was
 * expected.
 */
namespace ns3
{

/** Relative frequencies of the kinds of faults, in the order of FaultKind. */
using FaultWeights = decltype(faults::RandomPlanOptions::weights);

/** Throws for a value that is not what the option wants. */
[[noreturn]] void RefuseValue(const std::string& option,
                              const std::string& value,
                              const std::string& expected);

/** @return a time such as 20s, 150ms or 2.5 (seconds), at least 0 */
Time ReadTimeValue(const std::string& option, const std::string& text);

/** @return a finite number from `least` to `most`; `expected` says so in words */
double ReadNumberValue(const std::string& option,
                       const std::string& text,
                       double least,
                       double most,
                       const std::string& expected);

/** @return a share from 0 to 1 */
double ReadShareValue(const std::string& option, const std::string& text);

/** @return a whole number from `least` to `most` */
uint32_t ReadCountValue(const std::string& option,
                        const std::string& text,
                        uint32_t least,
                        uint32_t most);

/** @return a data rate above 0 such as 100Mbps */
DataRate ReadRateValue(const std::string& option, const std::string& text);

/** @return SHARE[:PACKETS], mean loss and mean length of a burst */
GilbertElliottLoss ReadBurstLossValue(const std::string& option, const std::string& text);

/**
 * @return the relative frequency of each kind of fault in random plans, from KIND:WEIGHT,...; kinds
 *         that the text does not name keep the usual one
 */
FaultWeights ReadFaultWeightsValue(const std::string& option, const std::string& text);

} // namespace ns3

#endif /* CONSENSUS_OPTION_VALUES_H */
