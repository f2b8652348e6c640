#ifndef FAULT_DRAW_H
#define FAULT_DRAW_H

#include "fault-generator.h"

#include <vector>

namespace ns3::faults
{

/** Draws the numbers of random plans: lengths, severities, peers. Pure; knows no other fault. */
class FaultDraw
{
  public:
    /** Both have to outlive this. */
    FaultDraw(const RandomPlanOptions& options, const UniformSource& uniform);

    double Between(double low, double high) const;
    /** Spread over orders of magnitude. */
    double LogBetween(double low, double high) const;
    bool Chance(double share) const;
    /** @return 0..count - 1 */
    uint32_t Pick(uint32_t count) const;
    /** Exponential with a floor of a tenth and a ceiling of four times the mean. */
    Nanos Exponential(Nanos mean) const;
    /** Some of the other servers, at least one, sorted. */
    std::vector<uint32_t> Peers(uint32_t self) const;

    /** How bad a fault of this kind at `self` is; where cuts lie is left to the caller. */
    void Severity(FaultSpec& fault, uint32_t self) const;

  private:
    /** A delay from a tenth of the noise of a pair, which nobody sees, to what nobody overlooks. */
    Nanos Delay() const;
    /** A loss from a third of the network's own, or what a window can't show, to 0.7. */
    double Loss() const;
    void Degradation(FaultSpec& fault) const;

    const RandomPlanOptions& m_options;
    const UniformSource& m_uniform;
};

} // namespace ns3::faults

#endif /* FAULT_DRAW_H */
