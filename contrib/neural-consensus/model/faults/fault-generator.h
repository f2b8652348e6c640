#ifndef FAULT_GENERATOR_H
#define FAULT_GENERATOR_H

#include "degradation-resource.h"
#include "fault-spec.h"

#include <array>

namespace ns3::faults
{

/** Settings of random plans (--random-faults). Spans of time are above 0. */
struct RandomPlanOptions
{
    uint32_t servers{5};                         //!< at least 3
    Nanos duration{std::chrono::minutes(5)};     //!< of the run
    Nanos warmup{std::chrono::seconds(5)};       //!< no fault starts before
    Nanos meanGap{std::chrono::seconds(15)};     //!< mean pause of a lane between two faults
    Nanos meanCrash{std::chrono::seconds(8)};    //!< mean time until a crashed server restarts
    Nanos meanTrouble{std::chrono::seconds(12)}; //!< mean length of other faults
    Nanos heartbeatPeriod{std::chrono::milliseconds(100)}; //!< starts are jittered inside of it
    double longGapShare{0.2}; //!< share of gaps that are four times as long
    /** Standard deviation of the gaps between arrivals of a healthy pair, 0 or more. */
    Nanos noise{std::chrono::milliseconds(1)};
    double loss{0};                                   //!< the network's own, 0..1
    double timeCompression{DEFAULT_TIME_COMPRESSION}; //!< of degradations, above 0
    /** Relative frequency of each kind, in the order of FaultKind, not all 0. */
    std::array<double, FAULT_KIND_COUNT> weights{3, 3, 2, 1,   1, 2, 2, 4, 1, 7,
                                                 2, 2, 2, 0.5, 0, 0, 1, 1, 1, 0.5};
};

/**
 * Draws a fault plan: several faults a run, of random kinds, places, phases, lengths and
 * severities, with recoveries, healthy stretches anywhere, and never more than a minority of
 * servers faulty at one time.
 *
 * There are as many lanes as a minority has servers; each lane holds one fault at a time, at a
 * server that no other lane holds, with a gap before each. A fault of several links is one of the
 * server at which all of its cuts meet; a single link holds both of its ends. One more lane has
 * faults that leave a server running and reachable (IsMild()), at any server, whatever else is
 * wrong with it.
 *
 * Degradations end as their hidden state decides, whatever their severity, resource and length.
 * Delays and losses go from below what the pair's own noise lets anybody see to far above. All
 * targets are given by id and all starts are exact: phases are uniform in the heartbeat period
 * already.
 *
 * @param options settings
 * @param uniform source of all randomness; the same numbers give the same plan
 * @return the faults in order of their start
 * @throws std::invalid_argument naming the setting that is out of range
 */
FaultPlan GenerateRandomPlan(const RandomPlanOptions& options, const UniformSource& uniform);

/** @return whether a server with such a fault still runs, answers and is believed */
bool IsMild(FaultKind kind);

/**
 * The server that a fault makes faulty.
 * @return the id of the target; for cuts the server at which all of them meet; 0 if there is none
 */
uint32_t FaultyServer(const FaultSpec& fault);

/**
 * @return the latest moment at which the fault may still be in force, or nothing if it never ends.
 *         A degradation may take all of its length, then recovers or is down.
 */
std::optional<Nanos> LatestEnd(const FaultSpec& fault);

} // namespace ns3::faults

#endif /* FAULT_GENERATOR_H */
