#ifndef DEGRADATION_HAZARD_H
#define DEGRADATION_HAZARD_H

#include <array>
#include <cstddef>

namespace ns3::faults
{

/**
 * Where degradations end: the distribution of the turning point over the hidden level z, which goes
 * from 0 at the onset of symptoms to 1 where the resource is used up. Per unit of z the hazards are
 *
 *     crash: z^2 / (1 - z)      recovery: 5/2 z
 *
 * Their integrals are -z - z^2/2 - ln(1-z) and 5/4 z^2, so that the chance to get to z is
 * S(z) = (1 - z) exp(z - 3/4 z^2). A crash is certain as the resource runs out, yet 55 % of all
 * paths recover before, and recoveries happen at every level at which crashes do. The hazards
 * depend on z alone: neither on severity or load, nor on detectors.
 */
class DegradationHazard
{
  public:
    /** @return the one table there is */
    static const DegradationHazard& Get();

    /** @return the share of paths that end in a crash */
    double CrashShare() const;

    /**
     * @param crash of which ending
     * @param u 0..1
     * @return z of a turning point of this kind, at quantile u of its distribution
     */
    double Quantile(bool crash, double u) const;

    /** @return the chance that a path that got to z1 crashes before z2 */
    double CrashBetween(double z1, double z2) const;

  private:
    static constexpr std::size_t STEPS = 4096;

    DegradationHazard();

    double Crash(double z) const;

    std::array<double, STEPS + 1> m_crash{};   //!< distribution, up to the share of crashes
    std::array<double, STEPS + 1> m_recover{}; //!< distribution, up to the share of recoveries
};

} // namespace ns3::faults

#endif /* DEGRADATION_HAZARD_H */
