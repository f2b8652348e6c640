#ifndef NODE_CLOCK_H
#define NODE_CLOCK_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <chrono>

namespace ns3
{

class Node;

/**
 * The clock of one host: simulated time, set wrong by an offset and running wrong by a drift.
 * Whatever software on the host knows of time, it reads here.
 *
 * Until it is changed during a run, it shows `Simulator::Now() * (1 + drift) + offset`. A new drift
 * bends the clock from the moment of the change on; a new offset lets it jump by the difference.
 * It may show negative times.
 *
 * Attributes: Offset (default 0 s), Drift (parts per million, default 0).
 */
class NodeClock : public Object
{
  public:
    static TypeId GetTypeId();

    NodeClock();
    ~NodeClock() override;

    /** @return the clock of a node; one that is right is aggregated to it if it has none */
    static Ptr<NodeClock> Of(Ptr<Node> node);

    /** @return what the clock shows now */
    std::chrono::nanoseconds Now() const;

    /** @param offset what to add to the time; the clock jumps by the difference to the old one */
    void SetOffset(Time offset);
    Time GetOffset() const;

    /**
     * @param ppm parts per million by which the clock runs too fast from now on, above -1e6;
     *            negative if slow
     */
    void SetDrift(double ppm);
    double GetDrift() const;

    /**
     * @param clockSpan a span on this clock
     * @return how long it lasts in simulated time at the present drift, rounded up; 0 if not above
     * 0
     */
    Time ToSimulated(std::chrono::nanoseconds clockSpan) const;

    /** @return simulated time until the clock shows `moment`; 0 if it has passed */
    Time Until(std::chrono::nanoseconds moment) const;

  private:
    Time m_offset;           //!< present offset
    double m_driftPpm{0};    //!< present drift
    int64_t m_anchorTime{0}; //!< simulated time of the last change of drift, ns
    int64_t m_bent{0};       //!< what drift had added to the clock until then, ns
};

} // namespace ns3

#endif /* NODE_CLOCK_H */
