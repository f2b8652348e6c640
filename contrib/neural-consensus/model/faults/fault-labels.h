#ifndef FAULT_LABELS_H
#define FAULT_LABELS_H

#include "fault-log.h"

#include <map>
#include <optional>
#include <ostream>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3::faults
{

/** What labels need to know of the cluster; spans are above 0 unless said otherwise. */
struct LabelOptions
{
    uint32_t servers{0};                                   //!< ids 1..servers
    Nanos heartbeatPeriod{std::chrono::milliseconds(100)}; //!< of the monitors
    Nanos pathLatency{std::chrono::milliseconds(1)};       //!< one-way latency at most, 0 or more
    Nanos memory{std::chrono::seconds(5)};                 //!< how long a deviation counts
    Nanos horizon{std::chrono::seconds(5)};                //!< how early a crash is pre-failure
    Nanos window{std::chrono::seconds(2)};                 //!< that a verdict looks at
    /** Delays below pass for healthy: standard deviation of the gaps between arrivals of a pair. */
    Nanos delayNoise{std::chrono::milliseconds(5)};
    uint64_t indexNoise{10};   //!< lies up to this many entries pass for an honest lag
    uint32_t withheldNoise{3}; //!< fewer withheld messages in `memory` pass for loss
};

/** One row of labels.csv without its key; all is empty or false where there is no label. */
struct FaultLabel
{
    const char* label{""};            //!< healthy, pre-failure, ...; empty: observer can't see
    std::string subtype;              //!< of the label, empty where it has none
    std::optional<Nanos> timeToCrash; //!< until the peer's next crash, while it is up
    bool predictable{false};          //!< that crash could be foreseen by the oracle
    bool identifiable{false};         //!< somebody who can report could tell the classes apart
    bool grace{false};                //!< a change is too fresh to have shown
};

/** A row that is asked for. */
struct LabelKey
{
    Nanos at{};
    uint32_t observer{0};
    uint32_t target{0};

    bool operator<(const LabelKey& o) const
    {
        return std::tie(at, observer, target) < std::tie(o.at, o.observer, o.target);
    }
};

/**
 * The truth about a run: what every observer should say of every peer at every tick, from what was
 * broken. The rules are those of doc/faults.md, "Labels". Pure.
 */
class FaultLabeller
{
  public:
    /**
     * @param log what was broken, complete; has to live as long as the labeller
     * @param options the cluster
     * @throws std::invalid_argument naming the option that is out of range
     */
    FaultLabeller(const FaultLog& log, const LabelOptions& options);

    /** @return the label of the pair at time t; both are servers, and different ones */
    FaultLabel At(Nanos t, uint32_t observer, uint32_t target) const;

    /**
     * The oracle of the hidden state, as a reference for predictors.
     * @return the chance that a degradation crashes the server in (t, t + horizon]
     */
    double CrashProbability(Nanos t, uint32_t server, Nanos horizon) const;

    /**
     * What somebody would say who knows the hidden state, but not the future: the reference of
     * every detector. It is the label, but for two things: pre-failure is what has a symptom that
     * shows and a chance of .5 or more to crash within the horizon, whatever comes; and where the
     * label is not identifiable, it is what is likelier by itself: crashed for the silent (crashes
     * are more frequent than cuts from everybody), healthy for all else.
     * @return the class of the pair at time t, empty where the observer can't see
     */
    const char* OracleAt(Nanos t, uint32_t observer, uint32_t target) const;

    /**
     * The label by up, down and cut alone, for comparison; not for scores.
     * @return partitioned, crashed or healthy; empty where the observer is down
     */
    const char* StateAt(Nanos t, uint32_t observer, uint32_t target) const;

  private:
    using Pair = std::pair<uint32_t, uint32_t>;

    bool IsPredictable(const DegradationRecord& degradation) const;
    const DownSpan* DownAt(Nanos t, uint32_t node) const;
    bool IsPaused(Nanos t, uint32_t node) const;
    bool IsCut(Nanos t, uint32_t from, uint32_t to) const;
    const DownSpan* NextCrash(Nanos t, uint32_t node) const;
    bool CanReport(Nanos t, uint32_t witness, uint32_t observer) const;
    bool Grace(Nanos t, uint32_t observer, uint32_t target) const;
    bool JustChanged(Nanos t, const Span& span, int ways) const;

    bool LabelPartitioned(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const;
    bool LabelCrashed(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const;
    bool LabelByzantine(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const;
    bool LabelPreFailure(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const;
    bool LabelSlow(Nanos t, uint32_t observer, uint32_t target, FaultLabel& label) const;
    bool ShowsDanger(Nanos t, uint32_t observer, uint32_t target) const;

    /** What a pair's deviations of the last `memory` amount to. */
    struct Deviant
    {
        bool any{false};
        FaultKind kind{FaultKind::BYZANTINE_LYING}; //!< of the latest one
        uint64_t magnitude{0};                      //!< largest
        uint32_t withheld{0};                       //!< how many
    };

    Deviant DeviantAt(Nanos t, uint32_t from, uint32_t to) const;
    bool IsIdentifiable(Nanos t, uint32_t observer, uint32_t target, const Deviant& own) const;
    bool IsVisible(Nanos t, const SymptomSpan& symptom) const;
    double AffectedShare(const DegradationRecord& degradation, const Symptom& symptom) const;
    double AffectedMessages(Nanos t, const DegradationRecord& degradation) const;
    static bool Feels(const SymptomSpan& symptom, uint32_t observer, uint32_t target);

    const FaultLog& m_log;
    LabelOptions m_options;
    std::vector<bool> m_predictable;                            //!< by degradation
    std::map<uint32_t, std::vector<Span>> m_pauses;             //!< by node, by start
    Nanos m_longestPause{};                                     //!< of any node
    std::map<Pair, std::vector<const Deviation*>> m_deviations; //!< by pair, by time
    std::map<Pair, std::vector<Nanos>> m_deviationOnsets; //!< first ones after `memory` without
};

/**
 * Writes labels.csv: time_s,observer,target,label,subtype,seconds_to_crash,predictable,
 * identifiable,grace, by time, observer and target.
 * @param out where to
 * @param labels the truth
 * @param rows which rows, in any order
 */
void WriteLabels(std::ostream& out, const FaultLabeller& labels, std::vector<LabelKey> rows);

/** Writes oracle.csv: time_s,observer,target,class,p_crash (within 5 s); else as WriteLabels(). */
void WriteOracle(std::ostream& out, const FaultLabeller& labels, std::vector<LabelKey> rows);

/** Writes labels-state.csv: time_s,observer,target,label; else as WriteLabels(). */
void WriteStateLabels(std::ostream& out, const FaultLabeller& labels, std::vector<LabelKey> rows);

} // namespace ns3::faults

#endif /* FAULT_LABELS_H */
