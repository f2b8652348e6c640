#ifndef FAULT_LOG_H
#define FAULT_LOG_H

#include "degradation-process.h"
#include "fault-spec.h"

#include <memory>
#include <ostream>
#include <string>
#include <vector>

/**
 * @file
 * What was broken in a run, when and where: written by the injector, read by the labels. Pure.
 * All times are simulated time; lists are in the order of their start.
 */
namespace ns3::faults
{

/** A span of time; without an end it lasts until the end of the run. */
struct Span
{
    Nanos start{};
    std::optional<Nanos> end;

    /** @return whether t is in [start, end) */
    bool Contains(Nanos t) const
    {
        return t >= start && (!end || t < *end);
    }
};

/** One row of faults.csv. */
struct FaultRecord
{
    Span span;
    FaultKind kind{FaultKind::HOST_CRASH};
    std::string target; //!< a server, or the cuts as 1>2 or 1-2
    std::string detail; //!< the parameters in force, and how a degradation ended
};

/** A server that is down. */
struct DownSpan
{
    Span span;
    uint32_t node{0};
    bool host{false};                 //!< the machine is silent, not just the process gone
    std::optional<std::size_t> cause; //!< the degradation that ended so: FaultLog::degradations
};

/** One direction between two servers that lets nothing through. */
struct CutSpan
{
    Span span;
    Cut cut;
};

/** A host or a link that is weak in a way that shows in packets. */
struct SymptomSpan
{
    Span span;
    uint32_t node{0};                 //!< the weak host; for a link, its sender
    std::vector<uint32_t> peers;      //!< pairs that feel it, sorted; empty: all
    bool link{false};                 //!< a link: both of its ends see the other as slow
    std::string subtype;              //!< cpu, disk, link, omission, heap, nic, queue
    Nanos delay{};                    //!< mean added latency, 0 if it has none
    double loss{0};                   //!< share of packets lost
    Nanos ramp{};                     //!< until delay and loss are as strong as that
    bool answersOnly{false};          //!< what the host sends of its own accord is unharmed
    std::optional<std::size_t> cause; //!< the degradation behind it, with the details over time
};

/** A degradation as it went; its symptoms count from `start`. */
struct DegradationRecord
{
    uint32_t node{0};
    Nanos start{};
    std::optional<Nanos> cancelled; //!< a crash of another cause ended it at this time
    std::shared_ptr<const DegradationProcess> process;
    CutDirection direction{CutDirection::OUT}; //!< in which packets are lost, if they are
    Nanos diskLatency{};                       //!< median of a write on the healthy disk
};

/** A span in which a process stood still. */
struct PauseSpan
{
    Span span;
    uint32_t node{0};
};

/** A message that was not what an honest server had sent, or that was withheld. */
struct Deviation
{
    Nanos at{};
    uint32_t from{0};
    uint32_t to{0};
    FaultKind kind{FaultKind::BYZANTINE_LYING};
    bool withheld{false};
    uint64_t magnitude{0}; //!< largest change of a number in it; 0 if withheld
};

/** A clock that is off. */
struct SkewSpan
{
    Span span;
    uint32_t node{0};
};

/** All that was broken in a run. */
struct FaultLog
{
    std::vector<FaultRecord> faults;
    std::vector<DownSpan> downs;
    std::vector<CutSpan> cuts;
    std::vector<SymptomSpan> symptoms;
    std::vector<PauseSpan> pauses;
    std::vector<DegradationRecord> degradations;
    std::vector<Deviation> deviations;
    std::vector<SkewSpan> skews;
};

/**
 * Writes faults.csv: start_s,end_s,kind,target,detail.
 * @param out where to; texts with commas are quoted
 * @param log the run's faults
 */
void WriteFaults(std::ostream& out, const FaultLog& log);

} // namespace ns3::faults

#endif /* FAULT_LOG_H */
