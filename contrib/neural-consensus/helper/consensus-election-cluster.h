#ifndef CONSENSUS_ELECTION_CLUSTER_H
#define CONSENSUS_ELECTION_CLUSTER_H

#include "consensus-election-trials-options.h"

#include "ns3/nstime.h"
#include "ns3/raft-application.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace ns3
{

/**
 * The cluster that `election-trials` crashes: Raft servers on a simulated network, a client that
 * writes when asked to, and the means to let the servers' logs end at different entries.
 */
class ElectionCluster
{
  public:
    /** Whom the cluster tells what happens; all functions are set. */
    struct Watcher
    {
        /** A leader is about to send a heartbeat to everybody. */
        std::function<void(const raft::RaftCore& leader)> heartbeat;
        /** A server changed its role, term or leader. */
        std::function<void(uint32_t server, const raft::RoleChange& change)> role;
        /** A message arrived. */
        std::function<void(const raft::Message& message)> receive;
    };

    /**
     * @param options of the program
     * @param watcher whom to tell
     */
    ElectionCluster(const ElectionTrialsOptions& options, Watcher watcher);

    ElectionCluster(const ElectionCluster&) = delete;
    ElectionCluster& operator=(const ElectionCluster&) = delete;

    /** @return a server, by its id */
    Ptr<RaftApplication> Server(uint32_t id) const;

    /** @return the ids of all servers but one, in a random order */
    std::vector<uint32_t> OthersShuffled(uint32_t id);

    /** @return a random share, 0 to below 1 */
    double Random();

    /** @return whether all servers are up, follow this leader and durably hold its whole log */
    bool IsSettled(const raft::RaftCore& leader) const;

    /** Lets the log of each follower end one entry before that of another, and the client write. */
    void Diverge(const raft::RaftCore& leader);

    /** @return whether the logs end where they shall */
    bool HasDiverged(const raft::RaftCore& leader) const;

    /** @return whether a follower has more than it should, from a snapshot of its leader's, say */
    bool HasOvershot() const;

    /** Stops the client; logs stay as they are. */
    void HushClient();

    /** Lets all servers have all entries again. */
    void Converge();

    /** Starts what is dead. */
    void Recover();

    /**
     * Starts all servers anew, one of them before the others: without random timeouts, servers in
     * step would vote for themselves forever.
     * @param first a server whose log is not behind another's
     */
    void StartAnew(uint32_t first);

  private:
    bool LetOut(uint32_t server, raft::Message& message);
    void OnStep(const raft::RaftCore& core, const raft::Update& update);
    void OnRole(uint32_t server, const raft::RoleChange& change);
    void OnReceive(const raft::Message& message, uint64_t id);
    void MuteClient(bool mute);

    const ElectionTrialsOptions& m_options;
    Watcher m_watcher;
    ConsensusTopology m_topology;
    std::vector<Ptr<RaftApplication>> m_servers; //!< by id - 1
    Ptr<UniformRandomVariable> m_random;
    bool m_heartbeating{false}; //!< the step under way sends heartbeats to everybody
    std::map<uint32_t, raft::Index> m_lastIndex; //!< where a follower's log ends, if limited
};

} // namespace ns3

#endif /* CONSENSUS_ELECTION_CLUSTER_H */
