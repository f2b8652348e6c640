#include "degradation-process.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace ns3::faults
{

namespace
{

using std::chrono::milliseconds;

/**
 * Distribution of the turning point over z, from the hazards z^2/(1-z) (crash) and 2z (recovery).
 * Their integrals are -z - z^2/2 - ln(1-z) and z^2, so that the chance to get to z is
 * S(z) = (1 - z) exp(z - z^2/2); crashes have the density z^2 exp(z - z^2/2), recoveries
 * 2z S(z). The sub-distributions are tabulated by Simpson's rule.
 */
class TurningPoints
{
  public:
    TurningPoints()
    {
        for (std::size_t i = 1; i <= STEPS; ++i)
        {
            const double a = static_cast<double>(i - 1) / STEPS;
            const double b = static_cast<double>(i) / STEPS;
            const double middle = (a + b) / 2;
            const double sixth = (b - a) / 6;
            m_crash[i] = m_crash[i - 1] +
                         sixth * (CrashDensity(a) + 4 * CrashDensity(middle) + CrashDensity(b));
            m_recover[i] =
                m_recover[i - 1] +
                sixth * (RecoverDensity(a) + 4 * RecoverDensity(middle) + RecoverDensity(b));
        }
    }

    double CrashShare() const
    {
        return m_crash[STEPS] / (m_crash[STEPS] + m_recover[STEPS]);
    }

    /** @return z of a turning point of this kind, at quantile u of its distribution */
    double Quantile(bool crash, double u) const
    {
        const auto& table = crash ? m_crash : m_recover;
        const double level = std::clamp(u, 0.0, 1.0) * table[STEPS];
        const auto above = std::upper_bound(table.begin(), table.end(), level);
        if (above == table.end())
        {
            return 1;
        }
        const double high = *above;
        const double low = *(above - 1); // table[0] is 0 and never above a level
        return (static_cast<double>(above - table.begin() - 1) + (level - low) / (high - low)) /
               STEPS;
    }

    /** @return the chance that a path that got to z1 crashes before z2 */
    double CrashBetween(double z1, double z2) const
    {
        const double from = std::clamp(z1, 0.0, 1.0);
        const double to = std::clamp(z2, 0.0, 1.0);
        const double survival = Survival(from);
        if (survival < 1e-6)
        {
            return to > from || to >= 1 ? 1 : 0; // the resource is used up
        }
        return std::clamp((Crash(to) - Crash(from)) / survival, 0.0, 1.0);
    }

  private:
    static constexpr std::size_t STEPS = 4096;

    static double Survival(double z)
    {
        return (1 - z) * std::exp(z - z * z / 2);
    }

    static double CrashDensity(double z)
    {
        return z * z * std::exp(z - z * z / 2);
    }

    static double RecoverDensity(double z)
    {
        return 2 * z * Survival(z);
    }

    double Crash(double z) const
    {
        const double at = z * STEPS;
        const auto i = std::min(static_cast<std::size_t>(at), STEPS - 1);
        return m_crash[i] + (m_crash[i + 1] - m_crash[i]) * (at - static_cast<double>(i));
    }

    std::array<double, STEPS + 1> m_crash{};
    std::array<double, STEPS + 1> m_recover{};
};

const TurningPoints&
Distribution()
{
    static const TurningPoints distribution;
    return distribution;
}

Nanos
Scale(Nanos time, double factor)
{
    return Nanos(std::llround(static_cast<double>(time.count()) * factor));
}

double
Exponential(const UniformSource& uniform)
{
    return -std::log1p(-uniform());
}

} // namespace

double
DegradationProcess::OnsetLevel(Resource resource)
{
    switch (resource)
    {
    case Resource::HEAP:
        return 0.2;
    case Resource::CPU:
        return 0.5;
    case Resource::NIC:
        return 0.15;
    }
    throw std::invalid_argument("unknown resource of a degradation");
}

double
DegradationProcess::CrashShare()
{
    return Distribution().CrashShare();
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
    m_peak = onset + (1 - onset) * Distribution().Quantile(m_crash, quantile);
    m_turningPoint = std::max(Nanos(1), Scale(options.length, std::pow(m_peak, 1 / m_shape)));
    m_end = m_turningPoint;
    if (!m_crash)
    {
        m_end += std::max(Nanos(1), Scale(options.length, m_peak * (0.1 + 0.3 * relief)));
    }
    switch (options.resource)
    {
    case Resource::HEAP:
        DrawHeapSymptoms(uniform);
        break;
    case Resource::CPU:
        DrawCpuSymptoms(uniform);
        break;
    case Resource::NIC:
        DrawNicSymptoms(uniform);
        break;
    }
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
    return Distribution().CrashBetween(RisingLevel(t), RisingLevel(t + horizon));
}

void
DegradationProcess::AddSymptom(Nanos at, Nanos length, double loss)
{
    const Nanos end = std::min(at + length, m_end);
    if (end > at)
    {
        m_symptoms.push_back({at, end - at, loss});
    }
}

void
DegradationProcess::DrawHeapSymptoms(const UniformSource& uniform)
{
    const double onset = OnsetLevel(Resource::HEAP);
    Nanos now{};
    while (now < m_end)
    {
        // A collector runs all the time; below the onset it is too short to be felt.
        const double x = State(now);
        const double available = std::max(1 - x, 0.03);
        if (x >= onset)
        {
            const double work = m_options.severity * (0.5 + uniform()) / available;
            const Nanos pause = std::min(Scale(milliseconds(16), work), Nanos(milliseconds(400)));
            AddSymptom(now, pause, 0);
            now += pause;
        }
        now += milliseconds(40) + Scale(milliseconds(900), available * Exponential(uniform));
    }
}

void
DegradationProcess::DrawCpuSymptoms(const UniformSource& uniform)
{
    constexpr Nanos period = milliseconds(100);
    const double onset = OnsetLevel(Resource::CPU);
    for (Nanos start{}; start < m_end; start += period)
    {
        const double x = State(start);
        const double draw = uniform();
        if (x < onset || draw >= m_options.severity * (x - 0.3))
        {
            continue;
        }
        Symptom* last = m_symptoms.empty() ? nullptr : &m_symptoms.back();
        if (last && last->at + last->length == start)
        {
            last->length = std::min(start + period, m_end) - last->at;
        }
        else
        {
            AddSymptom(start, period, 0);
        }
    }
}

void
DegradationProcess::DrawNicSymptoms(const UniformSource& uniform)
{
    const double onset = OnsetLevel(Resource::NIC);
    Nanos now{};
    while (now < m_end)
    {
        const double x = State(now);
        if (x >= onset)
        {
            const Nanos burst = milliseconds(50) + Scale(milliseconds(350), x * uniform());
            AddSymptom(now, burst, std::min(0.95, m_options.severity * (0.3 + x)));
            now += burst;
        }
        now += milliseconds(50) + Scale(milliseconds(1500), (1 - x) * Exponential(uniform));
    }
}

} // namespace ns3::faults
