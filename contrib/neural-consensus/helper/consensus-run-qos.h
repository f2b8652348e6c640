#ifndef CONSENSUS_RUN_QOS_H
#define CONSENSUS_RUN_QOS_H

#include "consensus-run-recorder.h"
#include "consensus-run-summary.h"

#include "ns3/fault-log.h"
#include "ns3/heartbeat-monitor.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/**
 * Measures the quality of service of every detector of a run for every pair under watch, and writes
 * it as qos.csv. Mistakes and exposure are those of the summary; T_D is that of the times in which
 * the target fell silent for the observer (faults::SilentTimes).
 */
class ConsensusRunQos
{
  public:
    /** @param detectors as asked for, NAME[:key=value,...] each */
    explicit ConsensusRunQos(const std::vector<std::string>& detectors);

    ConsensusRunQos(const ConsensusRunQos&) = delete;
    ConsensusRunQos& operator=(const ConsensusRunQos&) = delete;

    /** Counts what a monitor sends. */
    void WatchMonitor(Ptr<HeartbeatMonitor> monitor);

    /**
     * Writes the file.
     * @param path of it
     * @param recorder a finished recording
     * @param log what was broken
     * @param pairs (observer, target) under watch, in order
     * @param labels of the detectors in the recording, in the order of the rows
     * @param span of the run
     */
    void Write(const std::string& path,
               const ConsensusRunRecorder& recorder,
               const faults::FaultLog& log,
               const std::vector<std::pair<uint32_t, uint32_t>>& pairs,
               const std::vector<std::string>& labels,
               const RunSpan& span) const;

  private:
    void OnSent(uint32_t from, uint32_t to, uint64_t sequence);
    detection::DetectorSpec SpecOf(const std::string& label) const;

    std::vector<std::string> m_detectors;                     //!< as asked for
    std::map<std::pair<uint32_t, uint32_t>, uint64_t> m_sent; //!< heartbeats by (to, from)
};

} // namespace ns3

#endif /* CONSENSUS_RUN_QOS_H */
