#ifndef DEGRADATION_RESOURCE_H
#define DEGRADATION_RESOURCE_H

#include "fault-spec.h"

#include <functional>
#include <vector>

/**
 * @file
 * What each resource is like as it runs out: when it can be felt, how, and what dies of it. Pure.
 */
namespace ns3::faults
{

/** A moment's weakness. What is not neutral says of which kind; all neutral is a pause. */
struct Symptom
{
    Nanos at{};           //!< start, from the start of the degradation
    Nanos length{};       //!< above 0
    double loss{0};       //!< share of packets lost, in the directions of the degradation
    Nanos delay{};        //!< mean wait of what is handled and sent
    double diskFactor{1}; //!< times that a write takes as long

    /** @return whether nothing at all is handled or sent */
    bool IsPause() const
    {
        return loss == 0 && delay == Nanos{} && diskFactor == 1;
    }
};

/** What dies where a degradation ends in a crash. */
enum class CrashScope : uint8_t
{
    PROCESS,
    HOST,
    EITHER //!< one or the other, with equal chance
};

/** What symptoms are drawn from. */
struct SymptomSource
{
    std::function<double(Nanos)> state; //!< the consumed share at a time before `end`
    Nanos end;                          //!< of the degradation
    double severity;                    //!< scales the strength
    const UniformSource& uniform;
};

/** One resource; doc/faults.md, "Degradations", has these as a table. */
struct ResourceModel
{
    double onset;        //!< the consumed share from which on symptoms may show
    Nanos naturalLength; //!< in which it runs out in the field
    bool compressed;     //!< whether a simulation shortens that
    CrashScope scope;
    /** @return all symptoms by time; they don't overlap and end with the degradation */
    std::vector<Symptom> (*draw)(const SymptomSource& source);
};

/** @return the model of a resource */
const ResourceModel& ModelOf(Resource resource);

/** Factor by which simulations shorten slow degradations, if nothing else is said. */
constexpr double DEFAULT_TIME_COMPRESSION = 60;

/**
 * @param resource what runs out
 * @param compression how many times faster than in the field, above 0
 * @return the time in which the resource runs out in the simulation, if a plan doesn't say
 */
Nanos DegradationLength(Resource resource, double compression);

} // namespace ns3::faults

#endif /* DEGRADATION_RESOURCE_H */
