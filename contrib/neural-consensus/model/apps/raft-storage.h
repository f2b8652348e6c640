#ifndef RAFT_STORAGE_H
#define RAFT_STORAGE_H

#include "ns3/node-disk.h"
#include "ns3/ptr.h"
#include "ns3/raft-events.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3
{

/**
 * Stable storage of one server: term, vote, snapshot and log on the node's disk, in the format of
 * raft-wal.h. Requests that come while a write is under way are written together by the next one
 * (group commit).
 *
 * A write takes the time of its bytes, but they are only made where somebody would look at them:
 * when a crash tears a write.
 */
class RaftStorage
{
  public:
    /** Called with the ticket up to which everything is durable. */
    using Written = std::function<void(uint64_t ticket)>;

    /** @param disk the node's disk */
    explicit RaftStorage(Ptr<NodeDisk> disk);
    ~RaftStorage();

    RaftStorage(const RaftStorage&) = delete;
    RaftStorage& operator=(const RaftStorage&) = delete;

    /**
     * Starts to write a request.
     * @param request what to write, tickets in order
     */
    void Write(raft::PersistRequest request);

    /** @param written whom to tell of finished writes; an empty function for nobody */
    void SetWritten(Written written);

    /**
     * The process dies. Of the write that is under way the first bytes have reached the disk: what
     * is durable afterwards is what recovery makes of them. Requests that wait for it are lost.
     * @param written share of the write's bytes that reached the disk, uniform in [0, 1); one share
     *                in as many as there are bytes stands for all of them, which nobody was told
     */
    void Crash(double written);

    /** @return what is durable now */
    const raft::DurableState& GetDurable() const;

  private:
    void StartWrite();
    void Finish(uint64_t life);

    Ptr<NodeDisk> m_disk;
    raft::DurableState m_durable;
    std::vector<raft::PersistRequest> m_waiting;
    std::vector<raft::PersistRequest> m_inFlight;
    Written m_written;
    uint64_t m_life{0}; //!< counts crashes, so that a late completion is told apart
};

} // namespace ns3

#endif /* RAFT_STORAGE_H */
