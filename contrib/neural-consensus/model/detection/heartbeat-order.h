#ifndef HEARTBEAT_ORDER_H
#define HEARTBEAT_ORDER_H

#include "peer-arrival.h"

namespace ns3::detection
{

/**
 * Tells new heartbeats of a peer from duplicates and latecomers.
 *
 * Within one life of the peer's process a new heartbeat has a higher number than all before. After
 * a restart the numbers begin anew while the peer's clock goes on, so a lower number with a later
 * stamp is new, too, and begins another life.
 */
class HeartbeatOrder
{
  public:
    /** What a heartbeat is. */
    enum class Verdict : uint8_t
    {
        NEXT,    //!< newer than all before
        RESTART, //!< the first that arrived after a restart of the peer
        LATE     //!< a duplicate, or overtaken by a newer one
    };

    /** Takes the next heartbeat in order of arrival. */
    Verdict Take(const PeerArrival& heartbeat)
    {
        const bool numberRises = !m_any || heartbeat.sequence > m_sequence;
        const bool clockRises = !m_any || heartbeat.peerClock > m_clock;
        if (!numberRises && !clockRises)
        {
            return Verdict::LATE;
        }
        m_any = true;
        m_sequence = heartbeat.sequence;
        m_clock = heartbeat.peerClock;
        return numberRises ? Verdict::NEXT : Verdict::RESTART;
    }

  private:
    bool m_any{false};      //!< whether one was taken
    uint64_t m_sequence{0}; //!< of the newest
    Nanos m_clock{};        //!< the peer's stamp in the newest
};

} // namespace ns3::detection

#endif /* HEARTBEAT_ORDER_H */
