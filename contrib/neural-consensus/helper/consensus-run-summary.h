#ifndef CONSENSUS_RUN_SUMMARY_H
#define CONSENSUS_RUN_SUMMARY_H

#include "consensus-run-recorder.h"
#include "consensus-scenario-options.h"

#include "ns3/qos-metrics.h"

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** When the observers of one fault noticed its start, or its end. */
struct FaultNotice
{
    std::size_t observers{0};   //!< pairs that it concerns
    std::size_t noticed{0};     //!< pairs that noticed
    std::optional<Time> first;  //!< from the fault's start, or end, to the first that noticed
    std::optional<Time> median; //!< to the median of those that noticed
};

/** One fault, and what each detector made of it. */
struct FaultOutcome
{
    faults::FaultRecord fault;
    std::vector<std::pair<uint32_t, uint32_t>> pairs; //!< (observer, target) that it concerns
    std::string expectedClass;                        //!< what the neural detector should say
    std::map<std::string, FaultNotice> suspected;     //!< by detector
    /** By detector, when those that suspected trusted again; empty where the fault lasts. */
    std::map<std::string, FaultNotice> trusted;
    std::optional<FaultNotice> named; //!< right class, where the neural one ran
};

/** A detector over the whole run. */
struct DetectorOutcome
{
    double pairHours{0};     //!< exposure: hours in which suspicion is wrong
    std::size_t mistakes{0}; //!< suspicions of a live peer that the observer can reach
    double wrongHours{0};    //!< hours of exposure spent under suspicion
};

/** The time that a run is judged in. */
struct RunSpan
{
    Time begin; //!< network ready
    Time end;   //!< end of the run
    Time grace; //!< after a heal, until which suspicion is no mistake: a period and the way
};

/**
 * Judges a run by doc/evaluation.md: detection times from the start of a fault to the suspicion
 * that stays (crash, partition) or the first one (others), times from its end to trust, mistakes
 * and exposure.
 */
class ConsensusRunSummary
{
  public:
    /**
     * @param recorder a finished recording
     * @param log what was broken
     * @param pairs (observer, target) under watch
     * @param detectors labels of those that ran, in the order asked for
     * @param span of the run
     */
    ConsensusRunSummary(const ConsensusRunRecorder& recorder,
                        const faults::FaultLog& log,
                        std::vector<std::pair<uint32_t, uint32_t>> pairs,
                        std::vector<std::string> detectors,
                        const RunSpan& span);

    const std::vector<FaultOutcome>& GetFaults() const;
    const std::map<std::string, DetectorOutcome>& GetDetectors() const;

    /**
     * Writes summary.json.
     * @param out where to
     * @param options of the run
     * @param network that it ran on
     * @param operations what an operator did to the cluster, and when it was done
     */
    void WriteJson(
        std::ostream& out,
        const ScenarioOptions& options,
        const ConsensusTopology& network,
        const std::vector<std::pair<RaftOperation, std::optional<Time>>>& operations) const;

    /** Prints how cluster and clients fared, and when each detector noticed each fault. */
    void Print(std::ostream& out) const;

  private:
    void PrintSuspicions(std::ostream& out) const;
    void PrintRecoveries(std::ostream& out) const;
    void PrintMistakes(std::ostream& out) const;

    using Pair = std::pair<uint32_t, uint32_t>;

    void JudgeFault(const faults::FaultRecord& fault);
    DetectorOutcome JudgeDetector(const std::string& detector) const;
    const std::vector<detection::SuspicionChange>& MindOf(const std::string& detector,
                                                          Pair pair) const;
    std::optional<detection::Nanos> TimeToSuspicion(
        const faults::FaultRecord& fault,
        const std::vector<detection::SuspicionChange>& mind) const;
    detection::Nanos UndisturbedUntil(Pair pair, detection::Nanos from) const;
    FaultNotice Notice(const FaultOutcome& outcome, const std::string& detector) const;
    FaultNotice NoticeOfEnd(const FaultOutcome& outcome, const std::string& detector) const;
    FaultNotice NoticeByClass(const FaultOutcome& outcome) const;

    const ConsensusRunRecorder& m_recorder;
    const faults::FaultLog& m_log;
    std::vector<Pair> m_pairs;
    std::vector<std::string> m_detectorNames;
    RunSpan m_span;
    std::map<std::string, std::map<Pair, std::vector<detection::SuspicionChange>>> m_changes;
    std::vector<FaultOutcome> m_faults;
    std::map<std::string, DetectorOutcome> m_detectors;
};

} // namespace ns3

#endif /* CONSENSUS_RUN_SUMMARY_H */
