#ifndef PEER_ARRIVAL_H
#define PEER_ARRIVAL_H

#include <chrono>
#include <cstdint>

/**
 * @file
 * What an observer knows of a peer: the messages that arrived from it and when, on the observer's
 * own clock. Nothing else reaches a failure detector.
 */
namespace ns3::detection
{

/** A moment on the observer's own clock, or a span of time. */
using Nanos = std::chrono::nanoseconds;

/** The Raft fields that a heartbeat may carry. The whole whitelist is heartbeat-header.h. */
struct PeerStatus
{
    uint64_t term{0};        //!< the peer's current term
    uint64_t lastIndex{0};   //!< index of its last log entry
    uint64_t commitIndex{0}; //!< its commit index
    bool leader{false};      //!< whether it says that it leads
};

/** A message of the heartbeat protocol that arrived from a peer. */
struct PeerArrival
{
    enum class Kind : uint8_t
    {
        HEARTBEAT, //!< sent by the peer on its own schedule
        REPLY      //!< the peer's answer to a heartbeat of the observer
    };

    Kind kind{Kind::HEARTBEAT};
    uint32_t peer{0};     //!< who sent it, 1..n
    uint64_t sequence{0}; //!< of the heartbeat, or of the observer's heartbeat that is answered
    Nanos arrived{};      //!< observer's clock
    Nanos peerClock{};    //!< peer's clock when it sent the message
    Nanos roundTrip{};    //!< only for REPLY: from the sending of the heartbeat to `arrived`
    PeerStatus status;
};

} // namespace ns3::detection

#endif /* PEER_ARRIVAL_H */
