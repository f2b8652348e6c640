#ifndef RAFT_VIRTUAL_CLOCK_H
#define RAFT_VIRTUAL_CLOCK_H

#include "ns3/raft-types.h"

namespace ns3::raft::test
{

/** A server's own clock in virtual time: it has a rate of its own, and somebody may set it. */
class VirtualClock
{
  public:
    /**
     * @param trueNow a true moment, not before the latest change
     * @return what the clock shows then
     */
    TimePoint Read(TimePoint trueNow) const;

    /**
     * @param reading what the clock shall show
     * @return the first true moment at which it shows at least that, unless it is changed; possibly
     *         before the latest change
     */
    TimePoint When(TimePoint reading) const;

    /** Lets it run at another rate from a true moment on; 1 is true time. */
    void SetRate(TimePoint trueNow, double rate);

    /** Puts it forward, or back by a negative span. */
    void Jump(TimePoint trueNow, Duration by);

  private:
    TimePoint m_trueSince{}; //!< latest change
    TimePoint m_shownThen{};
    double m_rate{1};
};

} // namespace ns3::raft::test

#endif /* RAFT_VIRTUAL_CLOCK_H */
