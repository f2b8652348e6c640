#ifndef SWIM_BROADCASTS_H
#define SWIM_BROADCASTS_H

#include "swim-message.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::detection
{

/**
 * What a member still has to tell: SWIM's infection-style dissemination (Das, Gupta & Motivala
 * 2002, section 4.1). Each statement rides on other messages a limited number of times, those that
 * were sent least first, among them the newest.
 */
class SwimBroadcasts
{
  public:
    /** @param limit how often each statement is sent, above 0; see TransmissionLimit() */
    explicit SwimBroadcasts(uint32_t limit);

    /** Adds a statement; it takes the place of an older one about the same member. */
    void Enqueue(const SwimStatement& statement);

    /**
     * Takes what goes with a message.
     * @param most statements
     * @param except a member that nothing is to be taken about; 0 for none
     * @param out where they are appended
     */
    void Take(std::size_t most, uint32_t except, std::vector<SwimStatement>& out);

    /** @return statements that are still to be sent */
    std::size_t GetSize() const;

    /**
     * @param multiplier above 0
     * @param members of the group, this one included
     * @return multiplier * ceil(log10(members + 1)): enough to reach all with high probability
     */
    static uint32_t TransmissionLimit(uint32_t multiplier, std::size_t members);

  private:
    struct Pending
    {
        SwimStatement statement;
        uint32_t transmissions; //!< so far
        uint64_t age;           //!< higher is newer
    };

    uint32_t m_limit;
    uint64_t m_age{0};
    std::vector<Pending> m_pending; //!< most urgent first
};

} // namespace ns3::detection

#endif /* SWIM_BROADCASTS_H */
