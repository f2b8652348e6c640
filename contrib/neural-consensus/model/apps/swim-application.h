#ifndef SWIM_APPLICATION_H
#define SWIM_APPLICATION_H

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"
#include "ns3/swim-core.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

class HostNetwork;
class NodeClock;
class NodeCpu;
class Packet;
class Socket;

/**
 * A member of a SWIM group with Lifeguard's extensions (detection::SwimCore), over UDP.
 *
 * Messages and timers go through the host's NodeCpu, and time is that of its NodeClock, so a slow
 * or paused host probes, answers and judges late, and an answer that it reads late is late. A
 * process that is down keeps silent; after a restart it trusts everybody, in incarnation 0, and
 * learns from the others which incarnation it needs.
 *
 * Needs a HostNetwork on the node. A message is dropped and counted where it isn't a valid
 * SwimHeader, comes from an unknown address, names another sender than its address does, or pings
 * somebody else.
 *
 * Attributes: Port, ProbeInterval, ProbeTimeout, IndirectProbes, SuspicionMultiplier,
 * SuspicionMaxMultiplier, RetransmitMultiplier, MaxLocalHealth, MaxMessageSize. Traces: Suspicion,
 * Tx, Malformed.
 */
class SwimApplication : public Application
{
  public:
    static TypeId GetTypeId();

    SwimApplication();
    ~SwimApplication() override;

    /**
     * @param self this host's id
     * @param others ids of the other members
     * @throws std::invalid_argument in one line that names the attribute where one is out of range
     */
    void SetMembers(uint32_t self, std::vector<uint32_t> others);

    /** The process dies: its socket closes, so that a living host answers with ICMP. */
    void Crash();

    /** Starts it again, with everything but the host's clock anew. */
    void Restart();

    /** @return whether the process runs */
    bool IsUp() const;

    /** @return the member's state; null while it is down */
    const detection::SwimCore* GetCore() const;

    /** @return messages dropped so far because they were no good */
    uint64_t GetMalformed() const;

    /** @return bytes sent so far, with the headers of UDP and IPv4 */
    uint64_t GetSentBytes() const;

    /** @return streams used, 1 */
    int64_t AssignStreams(int64_t stream); // virtual in Application from 3.42 on

    /**
     * A message leaves.
     * @param from this host
     * @param to the member
     * @param bytes of it, with the headers of UDP and IPv4
     */
    typedef void (*TxCallback)(uint32_t from, uint32_t to, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    detection::SwimConfig MakeConfig() const;
    void Open();
    void Close();
    void OnReadable(Ptr<Socket> socket);
    void Handle(Ptr<const Packet> packet, Ipv4Address address);
    void OnTimer();
    void Carry(const std::shared_ptr<detection::SwimCore>& core,
               const detection::SwimUpdate& update);
    void Transmit(const detection::SwimUpdate::Send& send);
    void Report(uint32_t member, detection::SwimStatus status);
    void ArrangeTimer();
    void Drop(const std::string& reason);

    uint16_t m_port{9002};             //!< attribute Port
    Time m_probeInterval;              //!< attribute ProbeInterval
    Time m_probeTimeout;               //!< attribute ProbeTimeout
    uint32_t m_indirectProbes{0};      //!< attribute IndirectProbes
    uint32_t m_suspicionMultiplier{0}; //!< attribute SuspicionMultiplier
    uint32_t m_suspicionMax{0};        //!< attribute SuspicionMaxMultiplier
    uint32_t m_retransmit{0};          //!< attribute RetransmitMultiplier
    uint32_t m_maxLocalHealth{0};      //!< attribute MaxLocalHealth
    uint32_t m_maxMessageSize{0};      //!< attribute MaxMessageSize

    uint32_t m_self{0};                          //!< this host's id
    std::vector<uint32_t> m_others;              //!< ids of the other members
    Ptr<UniformRandomVariable> m_random;         //!< all that is drawn
    Ptr<HostNetwork> m_network;                  //!< addresses
    Ptr<NodeClock> m_clock;                      //!< own clock
    Ptr<NodeCpu> m_cpu;                          //!< own processor
    Ptr<Socket> m_socket;                        //!< null while the process is down
    std::shared_ptr<detection::SwimCore> m_core; //!< null while the process is down
    uint64_t m_life{0};                          //!< work of earlier processes is void
    bool m_started{false};                       //!< between start and stop
    EventId m_timer;                             //!< lets the core know that time passes
    Time m_timerAt;                              //!< when
    bool m_tickWaits{false};                     //!< the timer fired and waits for the processor
    std::map<uint32_t, detection::SwimStatus> m_reported; //!< by member, as last traced
    uint64_t m_malformed{0};                              //!< messages dropped
    uint64_t m_sentBytes{0};                              //!< with the headers of UDP and IPv4

    TracedCallback<Time, uint32_t, uint32_t, const std::string&, bool, double> m_suspicionTrace;
    TracedCallback<uint32_t, uint32_t, uint32_t> m_txTrace;
    TracedCallback<uint64_t, const std::string&> m_malformedTrace;
};

} // namespace ns3

#endif /* SWIM_APPLICATION_H */
