#ifndef SWIM_CORE_H
#define SWIM_CORE_H

#include "swim-awareness.h"
#include "swim-broadcasts.h"
#include "swim-config.h"
#include "swim-members.h"
#include "swim-message.h"

#include <cstdint>
#include <vector>

namespace ns3::detection
{

/** What a step of a SwimCore asks for. */
struct SwimUpdate
{
    /** A message that is to be sent. */
    struct Send
    {
        uint32_t to;         //!< receiver
        SwimMessage message; //!< what
    };

    /** A change of mind about a member. */
    struct Change
    {
        uint32_t member;   //!< whom
        SwimStatus status; //!< what is believed from now on
    };

    std::vector<Send> messages;  //!< in this order
    std::vector<Change> changes; //!< in this order
};

/**
 * One member of a SWIM group with Lifeguard's extensions, without sockets, clock or timers.
 *
 * Sources: Das, Gupta & Motivala, "SWIM: Scalable Weakly-consistent Infection-style Process Group
 * Membership Protocol", DSN 2002, with the suspicion, round-robin probes and piggybacked updates of
 * its section 4; Dadgar, Phillips & Currey, "Lifeguard: Local Health Awareness for More Accurate
 * Failure Detection", DSN 2018: local health aware probes and suspicion, buddy system. doc/swim.md
 * has the rules, and where they are not the papers' or memberlist's.
 *
 * The host brings time and messages and does what the update says; an update is valid until the
 * next call. It calls Tick() at Deadline(). Before a message is taken, whatever was due by then has
 * happened: an answer that is read after its deadline is late, whenever it arrived.
 */
class SwimCore
{
  public:
    /**
     * Begins a life of the process: everybody is alive, in incarnation 0.
     * @param config settings
     * @param random source of all that is drawn, called a few times a period
     * @param firstPeriod when the first protocol period begins, on the member's clock
     * @throws std::invalid_argument as SwimConfig::Validate()
     */
    SwimCore(SwimConfig config, SwimRandom random, Nanos firstPeriod);

    /** Lets time pass. */
    const SwimUpdate& Tick(Nanos now);

    /**
     * Takes a message. What no correct member says to this one is ignored: an answer that nobody
     * waits for, a ping for somebody else, a statement about a stranger.
     */
    const SwimUpdate& Receive(Nanos now, const SwimMessage& message);

    /** @return when Tick() is due if no message comes before; may lie in the past */
    Nanos Deadline() const;

    /** @return what is believed of a member; ALIVE where nobody is known by that id */
    SwimStatus GetStatus(uint32_t member) const;

    /** @return this member's own incarnation */
    uint32_t GetIncarnation() const;

    /** @return the local health multiplier, 0 (healthy) to maxLocalHealth */
    uint32_t GetLocalHealth() const;

  private:
    static constexpr Nanos NEVER = Nanos::max();

    /** What becomes of the probe of this period. */
    enum class Stage : uint8_t
    {
        DONE,    //!< answered, or nobody to probe: waits for the next period
        DIRECT,  //!< waits for the member's own answer
        INDIRECT //!< others were asked to help; waits for any answer until the period ends
    };

    /** The probe of this period. */
    struct Probe
    {
        Stage stage{Stage::DONE};      //!< how far it is
        uint32_t target{0};            //!< who is probed
        uint32_t sequence{0};          //!< of the ping and the requests
        Nanos timer{};                 //!< when this stage ends
        Nanos periodEnd{};             //!< when the next period begins
        std::vector<uint32_t> helpers; //!< who was asked
        std::vector<uint32_t> silent;  //!< helpers who have sent neither ack nor nack
    };

    /** A ping on behalf of another member, the latest that it asked for. */
    struct Relay
    {
        uint32_t asker;         //!< who asked
        uint32_t askerSequence; //!< its number
        uint32_t target;        //!< whom to ping
        uint32_t sequence;      //!< own number of the ping
        Nanos nackAt;           //!< when the asker is told that nothing came; NEVER once told
    };

    void Clear();
    void PassTime(Nanos now);

    void OnProbeTimer(Nanos now);
    void BeginPeriod(Nanos now);
    void AskHelpers();
    void FailProbe(Nanos now);
    void OnPing(const SwimMessage& message);
    void OnPingRequest(Nanos now, const SwimMessage& message);
    void OnAck(const SwimMessage& message);
    void OnNack(const SwimMessage& message);

    void OnStatement(Nanos now, const SwimStatement& statement);
    void OnAlive(SwimMember& member, const SwimStatement& statement);
    void OnSuspect(Nanos now, SwimMember& member, const SwimStatement& statement);
    void OnDead(SwimMember& member, const SwimStatement& statement);
    void OnSelf(const SwimStatement& statement);
    void Believe(SwimMember& member, const SwimStatement& statement);
    void Send(uint32_t to, SwimMessage::Type type, uint32_t sequence, uint32_t subject);

    SwimConfig m_config;
    SwimRandom m_random;
    SwimMembers m_members;
    SwimBroadcasts m_broadcasts;
    SwimAwareness m_awareness;
    uint32_t m_incarnation{0}; //!< own
    uint32_t m_sequence;       //!< of the latest ping
    Probe m_probe;
    std::vector<Relay> m_relays; //!< at most one for each asker
    SwimUpdate m_update;         //!< reused
};

} // namespace ns3::detection

#endif /* SWIM_CORE_H */
