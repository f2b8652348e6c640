#ifndef RAFT_HEADER_H
#define RAFT_HEADER_H

#include "ns3/evidence-seal.h"
#include "ns3/header.h"
#include "ns3/packet.h"
#include "ns3/raft-types.h"

#include <optional>

namespace ns3
{

/**
 * A Raft message on the wire (doc/wire-formats.md), in network byte order: magic 'R', version,
 * type, flags (1 byte each), from, to (4), term (8), then the body and, if bit 0 of the flags says
 * so, the seal.
 *
 * Nothing that arrives is trusted: every length is checked against what is left of the packet, and
 * bytes after the message make it malformed.
 */
class RaftHeader : public Header
{
  public:
    static constexpr uint8_t MAGIC = 'R';
    static constexpr uint8_t VERSION = 3;
    static constexpr uint32_t ENTRY_SIZE = 8 + 1 + 4; //!< bytes of an entry without its command
    static constexpr uint32_t APPEND_SIZE = 56;       //!< bytes of an AppendEntries without entries
    static constexpr uint32_t CHUNK_SIZE = 61; //!< bytes of an InstallSnapshot without membership
                                               //!< and data

    /** @return the registered type. */
    static TypeId GetTypeId();

    RaftHeader() = default;

    /** A message as it travels. */
    struct Content
    {
        raft::Message message;
        std::optional<evidence::Seal> seal; //!< nothing where servers don't sign
    };

    /**
     * @param message the message to write
     * @param seal the one that belongs to it, or nothing
     */
    explicit RaftHeader(raft::Message message, std::optional<evidence::Seal> seal = std::nullopt);

    /**
     * Reads a packet that should hold exactly one message.
     * @param packet any bytes
     * @return what it holds, or nothing if the packet is malformed
     */
    static std::optional<Content> Parse(Ptr<const Packet> packet);

    /** @return the message that was read or is to be written; only if IsValid() */
    const raft::Message& GetMessage() const;

    /** @return false after reading something that is not a message */
    bool IsValid() const;

    // Inherited
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    Content m_content;
    bool m_valid{true};
};

} // namespace ns3

#endif /* RAFT_HEADER_H */
