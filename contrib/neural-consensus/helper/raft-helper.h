#ifndef RAFT_HELPER_H
#define RAFT_HELPER_H

#include "ns3/application-container.h"
#include "ns3/attribute.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"

#include <cstdint>
#include <string>

namespace ns3
{

/**
 * Installs Raft servers and clients on hosts of a ConsensusTopology.
 */
class RaftHelper
{
  public:
    RaftHelper();

    /**
     * Sets an attribute of the servers to be installed.
     * @param name attribute of RaftApplication
     * @param value its value
     */
    void SetServerAttribute(const std::string& name, const AttributeValue& value);

    /**
     * Sets an attribute of the clients to be installed.
     * @param name attribute of RaftClientApplication
     * @param value its value
     */
    void SetClientAttribute(const std::string& name, const AttributeValue& value);

    /**
     * Has the servers to be installed sign what they send and look for proofs against each other
     * (doc/evidence.md).
     */
    void EnableEvidence();

    /**
     * Makes one cluster of all hosts, or of the first few.
     * @param hosts the servers' hosts
     * @param voters how many of them make up the cluster at first; the others wait to be added
     *               (RaftApplication::ChangeMembership()); 0 for all
     * @return the servers, in the order of the hosts
     */
    ApplicationContainer InstallServers(const NodeContainer& hosts, uint32_t voters = 0) const;

    /**
     * @param hosts the clients' hosts
     * @param servers hosts of the cluster that they use
     * @return the clients, in the order of the hosts
     */
    ApplicationContainer InstallClients(const NodeContainer& hosts,
                                        const NodeContainer& servers) const;

    /**
     * Fixes the random streams of servers, clients, processors and disks.
     * @param applications what InstallServers() and InstallClients() returned
     * @param stream first stream number
     * @return number of streams used
     */
    static int64_t AssignStreams(const ApplicationContainer& applications, int64_t stream);

  private:
    ObjectFactory m_server;
    ObjectFactory m_client;
    bool m_evidence{false}; //!< whether servers sign
};

} // namespace ns3

#endif /* RAFT_HELPER_H */
