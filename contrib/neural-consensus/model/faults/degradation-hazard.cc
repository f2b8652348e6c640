#include "degradation-hazard.h"

#include <algorithm>
#include <cmath>

namespace ns3::faults
{

namespace
{

constexpr double RECOVERY_HAZARD = 2.5; //!< per unit of z, times z

/** What is left of the survival but for its factor 1 - z, which the crash hazard divides by. */
double
Slack(double z)
{
    return std::exp(z + (1 - RECOVERY_HAZARD) / 2 * z * z);
}

double
Survival(double z)
{
    return (1 - z) * Slack(z);
}

double
CrashDensity(double z)
{
    return z * z * Slack(z);
}

double
RecoverDensity(double z)
{
    return RECOVERY_HAZARD * z * Survival(z);
}

/** Simpson's rule over one step. */
template <typename F>
double
Integral(const F& f, double a, double b)
{
    return (b - a) / 6 * (f(a) + 4 * f((a + b) / 2) + f(b));
}

} // namespace

const DegradationHazard&
DegradationHazard::Get()
{
    static const DegradationHazard hazard;
    return hazard;
}

DegradationHazard::DegradationHazard()
{
    for (std::size_t i = 1; i <= STEPS; ++i)
    {
        const double a = static_cast<double>(i - 1) / STEPS;
        const double b = static_cast<double>(i) / STEPS;
        m_crash[i] = m_crash[i - 1] + Integral(CrashDensity, a, b);
        m_recover[i] = m_recover[i - 1] + Integral(RecoverDensity, a, b);
    }
}

double
DegradationHazard::CrashShare() const
{
    return m_crash[STEPS] / (m_crash[STEPS] + m_recover[STEPS]);
}

double
DegradationHazard::Quantile(bool crash, double u) const
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
    return (static_cast<double>(above - table.begin() - 1) + (level - low) / (high - low)) / STEPS;
}

double
DegradationHazard::CrashBetween(double z1, double z2) const
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

double
DegradationHazard::Crash(double z) const
{
    const double at = z * STEPS;
    const auto i = std::min(static_cast<std::size_t>(at), STEPS - 1);
    return m_crash[i] + (m_crash[i + 1] - m_crash[i]) * (at - static_cast<double>(i));
}

} // namespace ns3::faults
