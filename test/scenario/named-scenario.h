#ifndef NAMED_SCENARIO_H
#define NAMED_SCENARIO_H

#include "csv-rows.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nctest
{

/** One of configs/scenarios/ as it went: the files of a run, and questions that tests ask of them.
 */
class NamedRun
{
  public:
    /**
     * Runs a scenario, and checks that the run succeeds.
     * @param name without folder and ending
     * @param options added on the command line
     */
    explicit NamedRun(const std::string& name, const std::string& options = "");

    /** @return the servers that take themselves for leaders at a time */
    std::set<int> LeadersAt(double time) const;
    /** @return winners of the elections from a time on and before another, by time */
    std::vector<int> Elected(double from, double to) const;
    /** @return number of operations ("put" or "get") answered from a time on and before another */
    std::size_t Answered(const std::string& operation, double from, double to) const;
    /** @return the longest time without any answer from a time on and before another */
    double LongestSilence(double from, double to) const;
    /** @return the median latency of the puts begun from a time on and before another */
    double MedianWriteLatency(double from, double to) const;
    /** @return the pairs (observer, target) under suspicion at a time, by any detector */
    std::set<std::pair<int, int>> SuspicionsAt(double time) const;
    /** @return the pairs (observer, target) that were under suspicion at all, by any detector */
    std::set<std::pair<int, int>> AllSuspicions() const;
    /** @return the server that a fault hit, faults being numbered from 0 by their starts */
    int TargetOf(std::size_t fault) const;
    double StartOf(std::size_t fault) const;
    double EndOf(std::size_t fault) const;

    nlohmann::json summary;
    std::vector<nlohmann::json> trace; //!< with --raft-trace
    std::string verdict;               //!< what check-history says

  private:
    struct Operation
    {
        std::string kind;
        double call;
        double answer;
    };

    std::vector<Row> m_roles;
    std::vector<Row> m_suspicions;
    std::vector<Operation> m_answered; //!< by time of the answer
};

/** A scenario and what has to come out of it. */
struct NamedScenario
{
    const char* name;
    void (*expect)(const NamedRun& run);
    const char* options{" --check-invariants"};
    bool linearizable{true};
};

/** Those of the original design. */
std::vector<NamedScenario> OriginalScenarios();
/** Those after incidents and papers. */
std::vector<NamedScenario> IncidentScenarios();

} // namespace nctest

#endif /* NAMED_SCENARIO_H */
