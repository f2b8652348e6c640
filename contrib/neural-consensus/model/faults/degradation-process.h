#ifndef DEGRADATION_PROCESS_H
#define DEGRADATION_PROCESS_H

#include "degradation-resource.h"
#include "fault-spec.h"

#include <optional>
#include <vector>

namespace ns3::faults
{

/** Settings of one degradation. */
struct DegradationOptions
{
    Resource resource{Resource::HEAP};
    Outcome outcome{Outcome::RANDOM};
    double severity{0.5};                   //!< strength of the symptoms, above 0 and at most 1
    Nanos length{std::chrono::seconds(30)}; //!< in which the resource would run out, above 0
};

/**
 * The path of a resource that runs out, drawn once and then a pure function of time. All times are
 * counted from the start of the degradation.
 *
 * The hidden state is the consumed share of the resource, x(t) = (t / length)^shape with a shape
 * drawn from 0.7..1.5, until the turning point; there the node crashes, or the cause goes away and
 * x falls to 0. Where that point lies is drawn from the hazards of DegradationHazard, over the
 * level z = (x - onset) / (1 - onset). They depend on the hidden state alone: neither on severity
 * or load, nor on detectors, nor on what a plan asks for. A plan that asks for a crash (or a
 * recovery) gets a path drawn from those that end so.
 *
 * Symptoms are those of the resource (ModelOf()); severity scales their strength. The shapes follow
 * published reports of such failures; real ones take minutes to weeks, these seconds: time is
 * compressed, and lead times hold for compressed time only.
 */
class DegradationProcess
{
  public:
    /**
     * Draws a path.
     * @param options settings
     * @param uniform source of all randomness; the same numbers give the same path
     * @throws std::invalid_argument if the severity or the length is out of range
     */
    DegradationProcess(const DegradationOptions& options, const UniformSource& uniform);

    /** @return the consumed share of the resource, 0..1; 0 outside of the degradation */
    double State(Nanos t) const;

    /** @return whether the node crashes at the turning point, or recovers from there on */
    bool EndsInCrash() const;

    /** @return whether such a crash takes the machine down, not just the process */
    bool TakesHostDown() const;

    /** @return when the node crashes or the recovery begins */
    Nanos TurningPoint() const;

    /** @return when all is over: the crash, or the moment at which the state is 0 again */
    Nanos End() const;

    /** @return all symptoms up to End() by time; they don't overlap */
    const std::vector<Symptom>& Symptoms() const;

    /** @return the start of the first symptom, if there is one */
    std::optional<Nanos> Onset() const;

    /**
     * The oracle: what one can know at best who sees the hidden state, but not the future.
     * @param t now
     * @param horizon how far to look ahead
     * @return the chance of a crash in (t, t + horizon] for what the state is at t
     */
    double HazardProbability(Nanos t, Nanos horizon) const;

    /** @return the level of x at which symptoms may begin */
    static double OnsetLevel(Resource resource);

    /** @return the share of paths that end in a crash where the plan leaves it open */
    static double CrashShare();

  private:
    /** @return z at t on the way up, as if there were no turning point; may be negative */
    double RisingLevel(Nanos t) const;

    DegradationOptions m_options;
    double m_shape{1};
    bool m_crash{false};
    bool m_host{false}; //!< whether a crash takes the host down
    Nanos m_turningPoint{};
    double m_peak{0}; //!< x at the turning point
    Nanos m_end{};
    std::vector<Symptom> m_symptoms;
};

} // namespace ns3::faults

#endif /* DEGRADATION_PROCESS_H */
