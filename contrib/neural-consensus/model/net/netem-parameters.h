#ifndef NETEM_PARAMETERS_H
#define NETEM_PARAMETERS_H

#include "ns3/nstime.h"

namespace ns3
{

/**
 * Bursty loss after Gilbert (1960) and Elliott (1963), in the two numbers a user can measure. In
 * its good state the chain loses nothing, in its bad state everything, and it steps once per
 * packet.
 */
struct GilbertElliottLoss
{
    /// Share of packets lost in the long run, 0 to 1; 0 turns the model off.
    double meanLoss{0.0};
    /// Mean number of packets lost in a row, at least 1 and at least meanLoss / (1 - meanLoss),
    /// for a shorter burst would need good states of less than one packet.
    double meanBurstLength{4.0};
};

/**
 * What a NetemQueueDisc does to the packets for a destination; the default does nothing. Every
 * share is a probability per packet, from 0 to 1.
 */
struct NetemParameters
{
    /// Added to every packet, at least 0.
    Time delay;
    /// Standard deviation, at least 0, of a further delay that is log-normal with a mean equal to
    /// this deviation: skewed to the right and never negative, as queueing is.
    Time jitter;
    /// Share of packets lost, each on its own.
    double loss{0.0};
    /// Loss in bursts, on top of `loss`.
    GilbertElliottLoss burstLoss;
    /// Share of packets sent twice, the copy right behind the original.
    double duplicate{0.0};
    /// Share of packets held back for `reorderHold`, so that later ones overtake them.
    double reorder{0.0};
    /// How long a packet picked for reordering is held back, more than 0.
    Time reorderHold{MilliSeconds(1)};

    /** @return whether packets pass unchanged. */
    bool IsNeutral() const;

    /** @throws std::invalid_argument naming the value out of range and what was expected */
    void Validate() const;
};

} // namespace ns3

#endif /* NETEM_PARAMETERS_H */
