#ifndef SWIM_HEADER_H
#define SWIM_HEADER_H

#include "ns3/header.h"
#include "ns3/ptr.h"
#include "ns3/swim-message.h"

#include <cstdint>
#include <optional>

namespace ns3
{

class Packet;

/**
 * The one message of the SWIM protocol, alone in a UDP datagram, in network byte order:
 *
 * | offset | bytes | field |
 * |---:|---:|---|
 * | 0 | 1 | magic, 0x53 (`S`) |
 * | 1 | 1 | version, 1 |
 * | 2 | 1 | type: 1 ping, 2 ping-req, 3 ack, 4 nack |
 * | 3 | 1 | number of statements |
 * | 4 | 4 | sender, from 1 |
 * | 8 | 4 | sequence: the asker's number, repeated by the answer |
 * | 12 | 4 | subject, from 1: who is pinged, is to be pinged, or answered or not |
 * | 16 | 13 each | statements |
 *
 * A statement:
 *
 * | bytes | field |
 * |---:|---|
 * | 1 | what is said: 0 alive, 1 suspect, 2 dead |
 * | 4 | of whom, from 1 |
 * | 4 | of which of its incarnations |
 * | 4 | who said so first, from 1 |
 */
class SwimHeader : public Header
{
  public:
    static constexpr uint8_t MAGIC = 'S';
    static constexpr uint8_t VERSION = 1;
    static constexpr uint32_t SIZE = 16;           //!< bytes without statements
    static constexpr uint32_t STATEMENT_SIZE = 13; //!< bytes of each
    static constexpr uint32_t MAX_STATEMENTS = 255;

    /** @return the registered type. */
    static TypeId GetTypeId();

    SwimHeader() = default;

    /** @param message what to say, with MAX_STATEMENTS at most */
    explicit SwimHeader(detection::SwimMessage message);

    /**
     * Reads a datagram that consists of exactly one valid header.
     * @return the message; nothing where it is shorter or longer than it says, or a field is not as
     *         in the tables
     */
    static std::optional<detection::SwimMessage> Parse(Ptr<const Packet> packet);

    // Inherited
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    detection::SwimMessage m_message;
    bool m_valid{true}; //!< outcome of Deserialize()
};

} // namespace ns3

#endif /* SWIM_HEADER_H */
