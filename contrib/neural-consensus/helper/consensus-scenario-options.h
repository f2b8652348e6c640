#ifndef CONSENSUS_SCENARIO_OPTIONS_H
#define CONSENSUS_SCENARIO_OPTIONS_H

#include "consensus-topology.h"
#include "raft-operator.h"

#include "ns3/fault-generator.h"
#include "ns3/nstime.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** Everything that `consensus-scenario` can be asked for (doc/formats.md). */
struct ScenarioOptions
{
    TopologyOptions topology;              //!< network, servers and clients
    Time duration{Seconds(60)};            //!< simulated time
    double requestRate{20};                //!< client operations per second, whole cluster
    std::string transport{"udp"};          //!< between servers and from clients: udp or tcp
    std::optional<uint32_t> voters;        //!< servers of the cluster at first, without it all
    std::vector<RaftOperation> operations; //!< done to the cluster while it runs
    std::vector<std::string> detectors;    //!< NAME[:key=value,...] each, run side by side
    std::string model;                     //!< model file, for the neural detector
    std::string device{"cpu"};             //!< cpu or cuda
    uint32_t watch{0};                     //!< peers watched by each server, 0 for all
    faults::FaultPlan faults;              //!< from --fault and --fault-file
    bool randomFaults{false};              //!< add faults at random over the whole run
    Time faultGap{Seconds(15)};            //!< mean pause before the next random fault
    /** How often each kind is among random faults, in the order of FaultKind. */
    decltype(faults::RandomPlanOptions::weights) faultWeights{faults::RandomPlanOptions().weights};
    double timeCompression{60}; //!< of degradations, against the field
    Time loadShift;             //!< mean time between shifts of the load, 0 for none
    double nodeSpread{0};       //!< of what servers cost and take, see SpreadNodes()
    std::string out;            //!< output folder, empty for none
    bool pcap{false};
    bool ascii{false};
    bool flowmon{false};
    bool observations{false};
    bool oracle{false};        //!< what knows the hidden state says
    bool stateLabels{false};   //!< labels by up, down and cut alone
    bool symptomLabels{false}; //!< labels by what packets show; needs observations
    bool heartbeatTrace{false};
    bool raftTrace{false};
    bool evidence{true};         //!< servers sign, and look for proofs against each other
    bool checkInvariants{false}; //!< check Raft's safety after every step
    bool quiet{false};           //!< no progress and no table
    bool help{false};            //!< only print `helpText`
    std::string helpText;

    /** The options as given or by default, for summary.json: name and value, without output paths.
     */
    std::vector<std::pair<std::string, std::string>> record;

    /** @return whether the neural detector is among the detectors */
    bool WantsNeural() const;

    /** @return whether SWIM is among the detectors */
    bool WantsSwim() const;
};

/**
 * Reads the options of `consensus-scenario`. What it does not know is checked and handed to
 * ns3::CommandLine, so defaults of ns-3 attributes and global values are set on return.
 * @param argc as in main()
 * @param argv as in main()
 * @return the options, in range and consistent
 * @throws std::exception with one line that names the option and what was expected
 */
ScenarioOptions ParseScenarioOptions(int argc, char* argv[]);

} // namespace ns3

#endif /* CONSENSUS_SCENARIO_OPTIONS_H */
