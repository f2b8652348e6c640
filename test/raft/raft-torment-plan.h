#ifndef RAFT_TORMENT_PLAN_H
#define RAFT_TORMENT_PLAN_H

#include "raft-cluster.h"
#include "raft-torment-clients.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ns3::raft::test
{

/** Random numbers that are the same with every standard library. */
class Dice
{
  public:
    explicit Dice(uint64_t seed);

    /** @return uniform in 0..bound - 1 */
    uint64_t Below(uint64_t bound);
    /** @return uniform in [0, 1) */
    double Share();
    /** @return true once in so many times */
    bool OnceIn(uint64_t times);
    /** @return a number of milliseconds, uniform from low to high */
    Duration Milliseconds(uint64_t low, uint64_t high);

    /** @return one of these */
    template <typename T>
    T Pick(std::initializer_list<T> values)
    {
        return values.begin()[Below(values.size())];
    }

  private:
    std::mt19937_64 m_random;
};

/** What is drawn from a seed before it begins. */
struct TormentPlan
{
    std::vector<Config> configs; //!< those of servers that join later name no servers
    World world;
    ClientPlan clients;
    uint64_t clusterSeed{0};
    uint64_t clientSeed{0};
    double clockDrift{0};      //!< of any clock from true time
    bool clocksJump{false};    //!< somebody sets clocks; never together with leases
    bool membership{false};    //!< servers join and leave
    bool removedStayUp{false}; //!< a server that was removed goes on running

    /** @return one line */
    std::string Describe() const;
};

/** Draws a plan. Every combination of switches that the settings allow comes up. */
TormentPlan DrawPlan(Dice& dice);

} // namespace ns3::raft::test

#endif /* RAFT_TORMENT_PLAN_H */
