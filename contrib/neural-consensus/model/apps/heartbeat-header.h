#ifndef HEARTBEAT_HEADER_H
#define HEARTBEAT_HEADER_H

#include "ns3/evidence-digest.h"
#include "ns3/header.h"
#include "ns3/peer-arrival.h"
#include "ns3/ptr.h"
#include "ns3/suspect-set.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ns3
{

class Packet;

/**
 * The one message of the heartbeat protocol, alone in a UDP datagram, in network byte order:
 *
 * | offset | bytes | field |
 * |---:|---:|---|
 * | 0 | 1 | magic, 0x4e |
 * | 1 | 1 | version: 2, or 3 with suspicions |
 * | 2 | 1 | type: 1 heartbeat, 2 reply |
 * | 3 | 1 | flags: bit 0 the sender leads; the others 0 |
 * | 4 | 4 | sender, 1..n |
 * | 8 | 8 | sequence: of this heartbeat, per receiver, from 1; in a reply of the one answered |
 * | 16 | 8 | the sender's clock at sending, ns, signed |
 * | 24 | 8 | in a reply the clock of the heartbeat answered, ns, signed; otherwise 0 |
 * | 32 | 8 | the sender's Raft term |
 * | 40 | 8 | index of its last log entry |
 * | 48 | 8 | its commit index |
 * | 56 | | in version 3, a heartbeat, the suspicions: whom the sender suspects, by detector |
 * | then | | in a heartbeat the digest: signed statements that the sender received, up to the end |
 *
 * doc/wire-formats.md has what is behind the first 56 bytes. These are the whole whitelist of
 * what a failure detector may learn of a peer from the peer's own words. Suspicions are about
 * others, and go to those detectors only that gossip.
 */
class HeartbeatHeader : public Header
{
  public:
    /** Type of message, as on the wire. */
    enum Type : uint8_t
    {
        HEARTBEAT = 1, //!< sent on the sender's own schedule
        REPLY = 2      //!< answers a heartbeat
    };

    static constexpr uint32_t SIZE = 56; //!< bytes on the wire without suspicions and digest

    HeartbeatHeader();
    ~HeartbeatHeader() override;

    /**
     * Reads a datagram that consists of exactly one valid header.
     * @return nothing where it is shorter or longer, or where magic, version, type, flags, sender,
     * sequence, suspicions or digest are not as in the table
     */
    static std::optional<HeartbeatHeader> Parse(Ptr<const Packet> packet);

    /** @return whether the last Deserialize() met a complete, valid header; true before it */
    bool IsValid() const;

    void SetType(Type type);
    Type GetType() const;

    /** @param sender the sending server, from 1 */
    void SetSender(uint32_t sender);
    uint32_t GetSender() const;

    /** @param sequence from 1 */
    void SetSequence(uint64_t sequence);
    uint64_t GetSequence() const;

    /** @param clock what the sender's clock showed at sending */
    void SetSentAt(std::chrono::nanoseconds clock);
    std::chrono::nanoseconds GetSentAt() const;

    /** @param clock the sending time of the heartbeat that is answered, as it was read from there
     */
    void SetEchoedAt(std::chrono::nanoseconds clock);
    std::chrono::nanoseconds GetEchoedAt() const;

    /** @param status the sender's Raft status */
    void SetStatus(const detection::PeerStatus& status);
    const detection::PeerStatus& GetStatus() const;

    /**
     * @param suspicions whom the sender suspects, by each of its at most
     *        SuspicionGossip::MAX_DETECTORS detectors that gossip; only in a heartbeat
     */
    void SetSuspicions(detection::Suspicions suspicions);
    /** @return none where the sender does not gossip */
    const detection::Suspicions& GetSuspicions() const;
    /** Exchanges the suspicions for others, so that neither allocates memory. */
    void SwapSuspicions(detection::Suspicions& suspicions);

    /** @param digest what the sender tells of statements that it received; only in a heartbeat */
    void SetDigest(evidence::Digest digest);
    const evidence::Digest& GetDigest() const;
    /** Exchanges the digest for another, so that neither allocates memory. */
    void SwapDigest(evidence::Digest& digest);

    bool operator==(const HeartbeatHeader& other) const;

    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    /** @return bytes read, up to the end of the buffer, or 0 where it is too short; IsValid() tells
     * whether the fields make sense */
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    Type m_type{HEARTBEAT};                //!< heartbeat or reply
    uint32_t m_sender{0};                  //!< sending server
    uint64_t m_sequence{0};                //!< of this heartbeat, or of the one answered
    std::chrono::nanoseconds m_sentAt{};   //!< sender's clock
    std::chrono::nanoseconds m_echoedAt{}; //!< receiver's own clock, echoed
    detection::PeerStatus m_status;        //!< sender's Raft status
    detection::Suspicions m_suspicions;    //!< whom the sender suspects, by detector
    evidence::Digest m_digest;             //!< statements that the sender received
    bool m_valid{true};                    //!< outcome of Deserialize()
};

} // namespace ns3

#endif /* HEARTBEAT_HEADER_H */
