#ifndef MESSAGE_INTERCEPTOR_H
#define MESSAGE_INTERCEPTOR_H

#include <cstdint>

namespace ns3
{

class HeartbeatHeader;

namespace raft
{
struct Message;
}

/**
 * Stands between a server and the wire: sees every message just before it is encoded and may change
 * or withhold it. This is how byzantine behaviour becomes really different bytes. It also sees what
 * arrives and may keep it from the server, for a second server behind the same identity. The
 * default lets everything through unchanged.
 */
class MessageInterceptor
{
  public:
    virtual ~MessageInterceptor() = default;

    /**
     * @param message about to be sent, free to be changed
     * @return false to withhold it
     */
    virtual bool OnRaftMessage([[maybe_unused]] raft::Message& message)
    {
        return true;
    }

    /**
     * @param header a heartbeat or reply about to be sent, free to be changed
     * @param to the host it goes to
     * @return false to withhold it
     */
    virtual bool OnHeartbeat([[maybe_unused]] HeartbeatHeader& header, [[maybe_unused]] uint32_t to)
    {
        return true;
    }

    /**
     * @param message has arrived and is well-formed
     * @return false to keep it from the server
     */
    virtual bool OnRaftArrival([[maybe_unused]] const raft::Message& message)
    {
        return true;
    }
};

} // namespace ns3

#endif /* MESSAGE_INTERCEPTOR_H */
