#ifndef RAFT_CLIENT_HEADER_H
#define RAFT_CLIENT_HEADER_H

#include "ns3/header.h"
#include "ns3/packet.h"
#include "ns3/raft-command.h"
#include "ns3/raft-types.h"

#include <optional>
#include <string>

namespace ns3
{

/** A client's operation, on its way to a server (doc/wire-formats.md); magic 'Q'. */
class RaftRequestHeader : public Header
{
  public:
    static constexpr uint8_t MAGIC = 'Q';
    static constexpr uint8_t VERSION = 2;

    /** @return the registered type. */
    static TypeId GetTypeId();

    RaftRequestHeader() = default;

    /** @param command the encoded command, see raft-command.h */
    explicit RaftRequestHeader(std::string command);

    /** @return the command's bytes, or nothing if the packet is malformed */
    static std::optional<std::string> Parse(Ptr<const Packet> packet);

    // Inherited
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    std::string m_command;
    bool m_valid{true};
};

/** What a server says to a client's operation. */
struct RaftClientReply
{
    enum class Status : uint8_t
    {
        OK = 0,             //!< done; `value` is the result
        NOT_LEADER = 1,     //!< not done by this try; `leader` may know more
        SESSION_EXPIRED = 2 //!< not done by this try; an earlier one may have been applied
    };

    uint64_t request{0};                    //!< the client's number of the operation
    Status status{Status::OK};              //!< outcome
    raft::ServerId leader{raft::NO_SERVER}; //!< for NOT_LEADER: whom to ask, if known
    /** What a read found; of a registration the session, 8 bytes; empty otherwise. */
    std::string value;
};

/** A server's answer to a client; magic 'A'. */
class RaftReplyHeader : public Header
{
  public:
    static constexpr uint8_t MAGIC = 'A';
    static constexpr uint8_t VERSION = 2;

    /** @return the registered type. */
    static TypeId GetTypeId();

    RaftReplyHeader() = default;

    /** @param reply what to say */
    explicit RaftReplyHeader(RaftClientReply reply);

    /** @return the reply, or nothing if the packet is malformed */
    static std::optional<RaftClientReply> Parse(Ptr<const Packet> packet);

    // Inherited
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    RaftClientReply m_reply;
    bool m_valid{true};
};

} // namespace ns3

#endif /* RAFT_CLIENT_HEADER_H */
