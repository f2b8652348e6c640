#ifndef RAFT_INVARIANT_WATCH_H
#define RAFT_INVARIANT_WATCH_H

#include "ns3/ptr.h"
#include "ns3/raft-application.h"
#include "ns3/raft-invariants.h"

#include <cstdint>
#include <map>

namespace ns3
{

/** The safety argument of Raft, checked over all servers of a run after every step of any. */
class RaftInvariantWatch
{
  public:
    /** @param server to check from now on; this watch outlives its steps */
    void Watch(Ptr<RaftApplication> server);

  private:
    void OnStep(const raft::RaftCore& core, const raft::Update& update);
    void OnLife(uint32_t server, bool up);

    raft::InvariantChecker m_checker;                   //!< throws where a property is broken
    std::map<uint32_t, Ptr<RaftApplication>> m_servers; //!< by id
};

} // namespace ns3

#endif /* RAFT_INVARIANT_WATCH_H */
