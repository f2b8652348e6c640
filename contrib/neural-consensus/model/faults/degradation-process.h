#ifndef DEGRADATION_PROCESS_H
#define DEGRADATION_PROCESS_H

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
    double severity{0.5};                     //!< strength of the symptoms, above 0 and at most 1
    Nanos length{DEFAULT_DEGRADATION_LENGTH}; //!< in which the resource would run out, above 0
};

/** A moment's weakness that shows in what the host sends. */
struct Symptom
{
    Nanos at{};     //!< start, from the start of the degradation
    Nanos length{}; //!< above 0
    double loss{0}; //!< share of sent packets lost; 0 for a pause, in which nothing is sent at all
};

/**
 * The path of a resource that runs out, drawn once and then a pure function of time. All times are
 * counted from the start of the degradation.
 *
 * The hidden state is the consumed share of the resource, x(t) = (t / length)^shape with a shape
 * drawn from 0.7..1.5, until the turning point; there the node crashes, or the cause goes away and
 * x falls to 0. Beyond the onset of symptoms, with z = (x - onset) / (1 - onset), the hazards per
 * unit of z are
 *
 *     crash: z^2 / (1 - z)      recovery: 2 z
 *
 * so that a crash becomes certain as the resource runs out, about half of all paths recover, and
 * recoveries happen at every level that crashes happen at. The hazards depend on the hidden state
 * alone: neither on load, nor on detectors, nor on what a plan asks for. A plan that asks for a
 * crash (or a recovery) gets a path drawn from those that end so.
 *
 * Symptoms per resource (severity scales their strength):
 * - heap: pauses of garbage collection, whose length and frequency grow with 1 / (1 - x);
 * - cpu: the process is held for whole periods of 100 ms (its quota is used up), sometimes several
 *   in a row; starts late and abruptly;
 * - nic: bursts of loss that come more often and lose more as x grows.
 *
 * The shapes follow published reports of such failures; real ones take minutes to weeks, these
 * seconds: time is compressed, and lead times hold for compressed time only.
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
    void DrawHeapSymptoms(const UniformSource& uniform);
    void DrawCpuSymptoms(const UniformSource& uniform);
    void DrawNicSymptoms(const UniformSource& uniform);
    void AddSymptom(Nanos at, Nanos length, double loss);

    DegradationOptions m_options;
    double m_shape{1};
    bool m_crash{false};
    Nanos m_turningPoint{};
    double m_peak{0}; //!< x at the turning point
    Nanos m_end{};
    std::vector<Symptom> m_symptoms;
};

} // namespace ns3::faults

#endif /* DEGRADATION_PROCESS_H */
