#ifndef RAFT_TORMENT_H
#define RAFT_TORMENT_H

#include "raft-cluster.h"
#include "raft-torment-clients.h"
#include "raft-torment-plan.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3::raft::test
{

/** What happened in one torment, or in many. */
struct TormentTally
{
    ClusterTally cluster;
    ClientTally clients;
    uint64_t committed{0};      //!< entries
    uint64_t operations{0};     //!< in the histories
    uint64_t learnersAdded{0};  //!< committed
    uint64_t votersPromoted{0}; //!< committed
    uint64_t serversRemoved{0}; //!< committed
    uint64_t cuts{0};           //!< one way
    uint64_t clockChanges{0};   //!< of rate
    uint64_t clockJumps{0};

    TormentTally& operator+=(const TormentTally& o);
    /** @return names and numbers, in a fixed order */
    std::vector<std::pair<std::string, uint64_t>> List() const;
};

/**
 * One cluster, its clients, and the one who torments them, all from one seed: while the clients
 * work, servers crash and come back, links are cut one way, disks stall, clocks run apart, servers
 * join and leave and leaders hand over. Then the world heals and the cluster has to.
 */
class Torment
{
  public:
    explicit Torment(uint64_t seed);

    /**
     * Does it all.
     * @throws std::exception naming what is wrong in one line
     */
    void Run();

    const TormentPlan& GetPlan() const;
    Cluster& GetCluster();
    TormentTally GetTally() const;

  private:
    // raft-torment-acts.cc
    void Act();
    void CrashOne();
    void RestartSome();
    void CutSome();
    void TouchDisk();
    void TouchClock();
    void AttackLease();
    void ProbeLease(ServerId leader, int times);
    void Reconfigure();
    double DrawRate();
    ServerId AnyServer();
    ServerId AnyLeader(); //!< or, now and then, another server

    // raft-torment.cc
    void CountChange(Index index, Term term);
    void Heal();
    void RunUntil(const std::function<bool()>& done);
    void SwitchOffRemoved();
    std::string WhyNotServed(const std::vector<uint64_t>& before) const;
    std::string WhyNotConverged() const;
    void Check() const;

    Dice m_dice;
    TormentPlan m_plan;
    Cluster m_cluster;
    Clients m_clients;
    bool m_healed{false};
    TormentTally m_tally;
    std::map<std::pair<Index, Term>, ChangeMembership::Kind> m_changes; //!< accepted
};

/** What became of one seed. */
struct TormentResult
{
    std::string failure; //!< one line, "" if all is well
    std::string plan;    //!< one line
    TormentTally tally;
    std::vector<std::string> transcript; //!< where asked for
};

/**
 * @param seed any number
 * @param transcript whether to keep one
 * @return what became of it
 */
TormentResult RunTorment(uint64_t seed, bool transcript = false);

} // namespace ns3::raft::test

#endif /* RAFT_TORMENT_H */
