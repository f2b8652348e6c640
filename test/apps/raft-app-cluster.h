#ifndef RAFT_APP_CLUSTER_H
#define RAFT_APP_CLUSTER_H

#include "ns3/application-container.h"
#include "ns3/consensus-topology.h"
#include "ns3/host-network.h"
#include "ns3/nstime.h"
#include "ns3/raft-application.h"
#include "ns3/raft-client-application.h"
#include "ns3/raft-invariants.h"
#include "ns3/raft-linearizability.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nctest
{

/** Names and texts of attributes, as on a command line. */
using Attributes = std::vector<std::pair<std::string, std::string>>;

/** What to build. */
struct AppClusterOptions
{
    uint32_t servers{3};
    uint32_t clients{1};
    uint32_t spareHosts{0}; //!< behind the clients, without an application
    uint32_t voters{0};     //!< the first so many; 0 for all
    bool tcp{false};
    bool evidence{false}; //!< servers sign
    uint32_t seed{1};
    ns3::NetemParameters impairment{};
    Attributes serverAttributes{};
    Attributes clientAttributes{};
};

/**
 * A cluster with clients on a LAN. Every step of every server is checked against Raft's safety
 * properties, which throw, and every write that changes a server's store is counted.
 */
class AppCluster
{
  public:
    explicit AppCluster(const AppClusterOptions& options);
    ~AppCluster();

    AppCluster(const AppCluster&) = delete;
    AppCluster& operator=(const AppCluster&) = delete;

    ns3::Ptr<ns3::RaftApplication> Server(uint32_t id) const;
    ns3::Ptr<ns3::RaftClientApplication> Client(uint32_t index = 0) const;
    ns3::Ptr<ns3::HostNetwork> Network(uint32_t host) const;
    ns3::Ptr<ns3::Node> Host(uint32_t host) const;
    ns3::ApplicationContainer Servers() const;
    uint32_t ServerCount() const;

    /** The live leader of the highest term, 0 if there is none. */
    uint32_t Leader() const;
    /** The follower with the lowest id, 0 if there is none. */
    uint32_t Follower() const;

    void At(ns3::Time time, std::function<void()> what);
    void RunUntil(ns3::Time time);

    /** The machine falls silent and its process dies; or both are back. */
    void Crash(uint32_t server);
    void Restart(uint32_t server);

    /** Cuts or mends both ways between a host and all other servers. */
    void Isolate(uint32_t host, bool cut = true);

    /** Ends all operations, lets the servers come to rest and reads every key from the leader. */
    void Settle(ns3::Time span);

    /** Operations answered in [from, to). */
    std::size_t Answered(ns3::Time from, ns3::Time to) const;

    /** What is wrong with the clients' history and Settle()'s reads: "" if it is linearizable. */
    std::string Violation() const;

    /** Most times that one value came into a store in one life of a server. */
    std::size_t MostApplications() const;

    /** Committed entries whose request had been committed before, in an entry of its own. */
    std::size_t RepeatedRequests() const;

    std::vector<ns3::RaftClientApplication::Operation> operations;
    /** What clients complained about. */
    std::vector<std::string> complaints;
    /** Committed commands by index, as the servers applied them. */
    std::map<uint64_t, std::string> applied;

  private:
    void OnOperation(const ns3::RaftClientApplication::Operation& operation);
    void OnComplaint(uint32_t client, const char* reason);
    void OnStep(const ns3::raft::RaftCore& core, const ns3::raft::Update& update);
    void OnLife(uint32_t server, bool up);
    void OnApply(uint32_t server, const ns3::raft::Applied& entry);

    /** What one life of a server's store went through. */
    struct StoreWatch
    {
        std::map<std::string, std::string> values;  //!< by key, as last seen
        std::map<std::string, std::size_t> arrived; //!< times that a value came in
    };

    ns3::ConsensusTopology m_topology;
    ns3::ApplicationContainer m_servers;
    ns3::ApplicationContainer m_clients;
    ns3::raft::InvariantChecker m_checker;
    std::vector<ns3::RaftClientApplication::Operation> m_finalReads;
    std::map<uint32_t, StoreWatch> m_stores;
    std::size_t m_most{0};
};

} // namespace nctest

#endif /* RAFT_APP_CLUSTER_H */
