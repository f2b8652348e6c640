#ifndef CONSENSUS_SCENARIO_OPTION_TABLE_H
#define CONSENSUS_SCENARIO_OPTION_TABLE_H

#include "consensus-scenario-options.h"

#include <boost/program_options/options_description.hpp>
#include <string>
#include <vector>

namespace ns3
{

/** The options as text, before they are read. */
struct RawScenarioOptions
{
    std::string topology, nodes, linkRate, linkDelay, jitter, loss, burstLoss, duplicate, reorder;
    std::string backgroundLoad, duration, clients, requestRate, transport, watch;
    std::vector<std::string> detectors, faults;
    std::vector<std::string> operations;
    std::string config, faultFile, faultGap, faultWeights, voters;
    std::string timeCompression, loadShift, nodeSpread, labelStrategy;
};

/**
 * @param raw where the text of options goes that need reading
 * @param options where switches go, and text that needs none
 * @return all options of `consensus-scenario` with their help
 */
boost::program_options::options_description DescribeScenarioOptions(RawScenarioOptions& raw,
                                                                    ScenarioOptions& options);

} // namespace ns3

#endif /* CONSENSUS_SCENARIO_OPTION_TABLE_H */
