#ifndef RAFT_OPERATOR_H
#define RAFT_OPERATOR_H

#include "ns3/application-container.h"
#include "ns3/nstime.h"
#include "ns3/raft-application.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/** Something that an operator does to a running cluster. */
struct RaftOperation
{
    /** What is done. */
    enum class Kind
    {
        ADD,     //!< a server joins as a learner and votes once it has caught up
        REMOVE,  //!< a server leaves
        TRANSFER //!< leadership is handed over
    };

    Kind kind{Kind::TRANSFER};
    Time start;         //!< when the operator begins to try
    uint32_t server{0}; //!< which one; 0, for TRANSFER only: the one whose log is longest
};

/**
 * Reads an operation.
 * @param text add\@TIME:node=ID, remove\@TIME:node=ID or transfer\@TIME[:node=ID]
 * @param servers ids are 1 to this
 * @return the operation
 * @throws std::invalid_argument with one line that names the text and what was expected
 */
RaftOperation ParseRaftOperation(const std::string& text, uint32_t servers);

/** @return the operation as ParseRaftOperation() reads it */
std::string ToString(const RaftOperation& operation);

/**
 * An operator of a cluster, who asks the present leader for a change and tries again until the
 * change is committed. One operation at a time is under way, in the order of their starts: a
 * cluster takes one change of membership at a time anyway (dissertation 4.1).
 *
 * The operator stands outside of the simulated network: it knows who leads and always reaches it.
 */
class RaftOperator
{
  public:
    /**
     * @param servers all servers, members or not
     * @param operations what to do
     */
    RaftOperator(const ApplicationContainer& servers, std::vector<RaftOperation> operations);
    ~RaftOperator();

    RaftOperator(const RaftOperator&) = delete;
    RaftOperator& operator=(const RaftOperator&) = delete;

    /** @return the operations in order, each with the time at which it was done, if it was */
    const std::vector<std::pair<RaftOperation, std::optional<Time>>>& GetOperations() const;

  private:
    void Work();
    bool Try(const RaftOperation& operation);
    bool TryMembership(RaftApplication& leader, const RaftOperation& operation) const;
    bool TryTransfer(RaftApplication& leader, const RaftOperation& operation);

    std::map<uint32_t, Ptr<RaftApplication>> m_servers;
    std::vector<std::pair<RaftOperation, std::optional<Time>>> m_operations;
    std::size_t m_next{0};      //!< the operation under way
    uint32_t m_handedOverBy{0}; //!< leader that has begun to hand over, 0 for none
    uint64_t m_handedOverIn{0}; //!< in this term
    EventId m_work;
};

} // namespace ns3

#endif /* RAFT_OPERATOR_H */
