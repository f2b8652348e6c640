#ifndef CONSENSUS_RUN_PROGRESS_H
#define CONSENSUS_RUN_PROGRESS_H

#include "ns3/event-id.h"
#include "ns3/nstime.h"

namespace ns3
{

/** Prints to standard error how far the simulation is, and leaves the line empty at its end. */
class ConsensusRunProgress
{
  public:
    /** @param duration of the simulation, above 0 */
    explicit ConsensusRunProgress(Time duration);
    ~ConsensusRunProgress();

    ConsensusRunProgress(const ConsensusRunProgress&) = delete;
    ConsensusRunProgress& operator=(const ConsensusRunProgress&) = delete;

  private:
    void Show();

    Time m_duration; //!< of the simulation
    EventId m_next;  //!< the next line
};

} // namespace ns3

#endif /* CONSENSUS_RUN_PROGRESS_H */
