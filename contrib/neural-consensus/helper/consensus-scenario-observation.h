#ifndef CONSENSUS_SCENARIO_OBSERVATION_H
#define CONSENSUS_SCENARIO_OBSERVATION_H

#include "consensus-run-qos.h"
#include "consensus-run-recorder.h"
#include "consensus-scenario-options.h"
#include "consensus-topology.h"

#include "ns3/application-container.h"
#include "ns3/failure-detector-bank.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** Who watches whom in a run: heartbeats, and the detectors that were asked for. */
class ScenarioObservation
{
  public:
    /**
     * Installs monitors and detectors on the topology's servers, to start when the network is
     * ready.
     * @throws std::invalid_argument where what the options ask for does not fit together
     */
    ScenarioObservation(const ScenarioOptions& options, const ConsensusTopology& topology);

    /** Has everything that is observed recorded. */
    void Watch(ConsensusRunRecorder& recorder) const;

    /** Has the heartbeats counted. */
    void Watch(ConsensusRunQos& qos) const;

    /** @return (observer, target) under watch, in order */
    const std::vector<std::pair<uint32_t, uint32_t>>& Pairs() const;

    /** @return the detectors' names in files and tables: the classical ones in the order asked for,
     * swim, neural */
    const std::vector<std::string>& Labels() const;

    /** @return mean time between two heartbeats of a server to a peer */
    Time Period() const;

    /** @return largest deviation of a heartbeat from its time, as it is sent */
    Time SendingJitter() const;

    /** @return UDP ports in use, by the attribute that says which */
    std::vector<std::pair<std::string, uint16_t>> Ports() const;

  private:
    void InstallMonitors(const ScenarioOptions& options, const ConsensusTopology& topology);
    void InstallDetectors(const ScenarioOptions& options, const ConsensusTopology& topology);

    ApplicationContainer m_monitors;                    //!< one on each server
    std::vector<Ptr<FailureDetectorBank>> m_banks;      //!< classical detectors, if any
    ApplicationContainer m_swim;                        //!< one on each server where it runs
    std::vector<Ptr<NeuralObserver>> m_observers;       //!< where observations are written
    std::vector<Ptr<NeuralFailureDetector>> m_neural;   //!< where the neural detector runs
    std::vector<std::pair<uint32_t, uint32_t>> m_pairs; //!< sorted
    std::vector<std::string> m_labels;                  //!< of the detectors
};

} // namespace ns3

#endif /* CONSENSUS_SCENARIO_OBSERVATION_H */
