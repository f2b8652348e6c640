#include "degradation-process.h"

#include "degradation-hazard.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::faults
{

namespace
{

Nanos
Scale(Nanos time, double factor)
{
    return Nanos(std::llround(static_cast<double>(time.count()) * factor));
}

} // namespace

double
DegradationProcess::OnsetLevel(Resource resource)
{
    return ModelOf(resource).onset;
}

double
DegradationProcess::CrashShare()
{
    return DegradationHazard::Get().CrashShare();
}

DegradationProcess::DegradationProcess(const DegradationOptions& options,
                                       const UniformSource& uniform)
    : m_options(options)
{
    if (!(options.severity > 0 && options.severity <= 1))
    {
        throw std::invalid_argument(
            "severity of a degradation: above 0 and at most 1 was expected");
    }
    if (options.length <= Nanos{})
    {
        throw std::invalid_argument("length of a degradation: above 0s was expected");
    }
    // The same number of draws whatever the outcome, so that plans that differ in it stay paired.
    m_shape = 0.7 + 0.8 * uniform();
    const double fate = uniform();
    const double quantile = uniform();
    const double relief = uniform();
    m_crash = options.outcome == Outcome::CRASH ||
              (options.outcome == Outcome::RANDOM && fate < CrashShare());

    const double onset = OnsetLevel(options.resource);
    m_peak = onset + (1 - onset) * DegradationHazard::Get().Quantile(m_crash, quantile);
    m_turningPoint = std::max(Nanos(1), Scale(options.length, std::pow(m_peak, 1 / m_shape)));
    m_end = m_turningPoint;
    if (!m_crash)
    {
        m_end += std::max(Nanos(1), Scale(options.length, m_peak * (0.1 + 0.3 * relief)));
    }
    const CrashScope scope = ModelOf(options.resource).scope;
    m_host = scope == CrashScope::HOST || (scope == CrashScope::EITHER && uniform() < 0.5);
    m_symptoms =
        ModelOf(options.resource)
            .draw({[this](Nanos t) { return State(t); }, m_end, options.severity, uniform});
}

double
DegradationProcess::State(Nanos t) const
{
    if (t <= Nanos{} || t >= m_end)
    {
        return m_crash && t == m_end ? m_peak : 0;
    }
    const auto time = static_cast<double>(t.count());
    if (t <= m_turningPoint)
    {
        const double x = std::pow(time / static_cast<double>(m_options.length.count()), m_shape);
        return std::min(x, m_peak);
    }
    const auto falling = static_cast<double>((m_end - m_turningPoint).count());
    return m_peak * (static_cast<double>((m_end - t).count()) / falling);
}

bool
DegradationProcess::EndsInCrash() const
{
    return m_crash;
}

bool
DegradationProcess::TakesHostDown() const
{
    return m_host;
}

Nanos
DegradationProcess::TurningPoint() const
{
    return m_turningPoint;
}

Nanos
DegradationProcess::End() const
{
    return m_end;
}

const std::vector<Symptom>&
DegradationProcess::Symptoms() const
{
    return m_symptoms;
}

std::optional<Nanos>
DegradationProcess::Onset() const
{
    return m_symptoms.empty() ? std::nullopt : std::make_optional(m_symptoms.front().at);
}

double
DegradationProcess::RisingLevel(Nanos t) const
{
    const double progress = static_cast<double>(std::max(t, Nanos{}).count()) /
                            static_cast<double>(m_options.length.count());
    const double onset = OnsetLevel(m_options.resource);
    return (std::pow(std::min(progress, 1.0), m_shape) - onset) / (1 - onset);
}

double
DegradationProcess::HazardProbability(Nanos t, Nanos horizon) const
{
    if (t < Nanos{} || t >= m_turningPoint || horizon <= Nanos{})
    {
        return 0; // nothing hangs over a node before, after a crash, or in recovery
    }
    return DegradationHazard::Get().CrashBetween(RisingLevel(t), RisingLevel(t + horizon));
}

} // namespace ns3::faults
