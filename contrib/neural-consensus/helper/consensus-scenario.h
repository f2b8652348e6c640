#ifndef CONSENSUS_SCENARIO_H
#define CONSENSUS_SCENARIO_H

#include "consensus-scenario-options.h"

namespace ns3
{

/**
 * Runs one scenario from beginning to end: builds the network, the cluster, its clients, monitors,
 * detectors and faults, simulates, and writes the results.
 *
 * Random streams are fixed and disjoint (network, protocol, load, observation, faults), so that
 * with one seed the faults, say, are the same whatever detectors run.
 *
 * One process runs one scenario, as ns-3's simulator is one a process.
 *
 * @param options what to run
 * @throws std::exception with one line where something cannot be done; no file stands half-written
 */
void RunScenario(const ScenarioOptions& options);

} // namespace ns3

#endif /* CONSENSUS_SCENARIO_H */
