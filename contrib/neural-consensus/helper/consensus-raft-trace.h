#ifndef CONSENSUS_RAFT_TRACE_H
#define CONSENSUS_RAFT_TRACE_H

#include "atomic-file.h"

#include "ns3/queue-item.h"
#include "ns3/raft-application.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace ns3
{

/**
 * Writes raft-trace.ndjson (doc/formats.md): what every server did, one event a line in the order
 * in which it happened, each with the server's state after it. The state is kept here, event by
 * event, and not copied from the server, so that a change that no event explains shows as a
 * contradiction.
 */
class ConsensusRaftTrace
{
  public:
    /** @param path final name of the file; throws where it cannot be written */
    explicit ConsensusRaftTrace(const std::string& path);

    /** Follows a server; before it starts. */
    void Watch(Ptr<RaftApplication> server);

    /** Gives the file its name. */
    void Commit();

  private:
    /** A write that is under way. */
    struct Write
    {
        uint64_t ticket{0};
        raft::HardState hardState;
        raft::Index first{0};
        raft::Index last{0};
        raft::Term lastTerm{0};
    };

    /** A server as the events so far describe it. */
    struct Server
    {
        Ptr<RaftApplication> application;
        bool known{false}; //!< whether it was ever up
        raft::Role role{raft::Role::FOLLOWER};
        raft::HardState hardState;
        raft::Index commit{0};
        raft::Index first{1};
        raft::Index last{0};
        raft::Term lastTerm{0};
        Write durable{0, {}, 1, 0, 0}; //!< the latest that is done
        std::deque<Write> writes;
    };

    void OnLife(uint32_t id, bool up);
    void OnStep(const raft::RaftCore& core, const raft::Update& update);
    void OnSend(const raft::Message& message, uint64_t id);
    void OnReceive(const raft::Message& message, uint64_t id);
    void OnLost(uint32_t from, uint32_t to, Ptr<const QueueDiscItem> item, const char* reason);

    void TraceDurable(uint32_t id, Server& server, const raft::RaftCore& core);
    void TraceRoles(uint32_t id,
                    Server& server,
                    const raft::RaftCore& core,
                    const raft::Update& update);
    void TraceSnapshot(uint32_t id,
                       Server& server,
                       const raft::RaftCore& core,
                       const raft::Update& update);
    void TraceMembership(uint32_t id, const Server& server, const raft::RaftCore& core);
    void TraceLog(uint32_t id,
                  Server& server,
                  const raft::RaftCore& core,
                  const raft::Update& update);
    void TraceCommit(uint32_t id,
                     Server& server,
                     const raft::RaftCore& core,
                     const raft::Update& update);
    void WriteLine(uint32_t id, const Server& server, const char* name, const std::string& more);

    AtomicFile m_file;
    std::map<uint32_t, Server> m_servers;
    uint64_t m_sequence{0};
};

} // namespace ns3

#endif /* CONSENSUS_RAFT_TRACE_H */
