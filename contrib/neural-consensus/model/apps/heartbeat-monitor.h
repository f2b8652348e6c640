#ifndef HEARTBEAT_MONITOR_H
#define HEARTBEAT_MONITOR_H

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/evidence-digest.h"
#include "ns3/ipv4-address.h"
#include "ns3/nstime.h"
#include "ns3/peer-arrival.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"
#include "ns3/suspect-set.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

class HeartbeatHeader;
class HostNetwork;
class MessageInterceptor;
class NodeClock;
class NodeCpu;
class Packet;
class Socket;

/**
 * Sends heartbeats to the peers that this node watches and to those that watch it, answers theirs,
 * and reports what arrives from the watched ones: the only source of every failure detector.
 *
 * Each peer gets a heartbeat of its own about every Interval, at a phase of its own, numbered from
 * 1 at every start of the process. Sending and handling go through the host's NodeCpu and are
 * stamped by its NodeClock, so a slow or paused host sends, answers and observes late; heartbeats
 * that came due during a pause are sent as one.
 *
 * Needs a HostNetwork on the node. A message is dropped and counted where it isn't a valid
 * HeartbeatHeader, comes from an unknown address, names another sender than its address does, or
 * answers no heartbeat of the last 64 that is still unanswered.
 *
 * Attributes: Port, Interval, IntervalJitter. Traces: Tx, Arrival, Malformed, Liveness.
 */
class HeartbeatMonitor : public Application
{
  public:
    static TypeId GetTypeId();

    HeartbeatMonitor();
    ~HeartbeatMonitor() override;

    /** @return this host's id; 0 before the start */
    uint32_t GetHostId() const;

    /** @param watched peers whose messages are reported; takes effect at the next (re)start */
    void SetWatched(std::vector<uint32_t> watched);
    const std::vector<uint32_t>& GetWatched() const;

    /** @param audience peers that watch this host; takes effect at the next (re)start */
    void SetAudience(std::vector<uint32_t> audience);

    /** @param source yields this server's Raft status; without one all fields are 0 */
    void SetStatusSource(std::function<detection::PeerStatus()> source);

    /** Fills in what to tell a peer in a heartbeat. */
    using DigestSource = std::function<void(uint32_t to, evidence::Digest& digest)>;
    /** Takes what a peer told in its heartbeat. */
    using DigestSink = std::function<void(uint32_t from, const evidence::Digest& digest)>;

    /** @param source asked for each heartbeat; @param sink called for each that tells something */
    void SetDigestExchange(DigestSource source, DigestSink sink);

    /** Fills in whom this host suspects, by each detector that gossips. */
    using SuspicionSource = std::function<void(detection::Suspicions& suspicions)>;
    /** Takes whom a peer suspects, with the heartbeat that told it. */
    using SuspicionSink = std::function<void(const detection::PeerArrival& heartbeat,
                                             const detection::Suspicions& suspicions)>;

    /**
     * @param source asked for each heartbeat
     * @param sink called for each heartbeat with suspicions, be the peer watched or not
     */
    void SetSuspicionExchange(SuspicionSource source, SuspicionSink sink);

    /** @return this server's Raft status */
    detection::PeerStatus GetStatus() const;

    /** @param interceptor sees every message before it is encoded; null for none */
    void SetInterceptor(std::shared_ptr<MessageInterceptor> interceptor);

    /** The process dies: its socket closes, so that a living host answers with ICMP. */
    void Crash();

    /** Starts it again, with everything but the host's clock anew. */
    void Restart();

    /** @return whether the process runs */
    bool IsUp() const;

    /** @return messages dropped so far because they were no good */
    uint64_t GetMalformed() const;

    /** @return bytes sent so far, with the headers of UDP and IPv4 */
    uint64_t GetSentBytes() const;

    /** @return Interval */
    Time GetInterval() const;

    /** @return streams used, 1 */
    int64_t AssignStreams(int64_t stream); // virtual in Application from 3.42 on

    /**
     * A heartbeat leaves.
     * @param from this host
     * @param to the peer
     * @param sequence its number for that peer
     */
    typedef void (*TxCallback)(uint32_t from, uint32_t to, uint64_t sequence);

    /** A message from a watched peer was handled. */
    typedef void (*ArrivalCallback)(const detection::PeerArrival& arrival);

    /**
     * A message was dropped.
     * @param count messages dropped by this monitor, this one included
     * @param reason what was wrong
     */
    typedef void (*MalformedCallback)(uint64_t count, const std::string& reason);

    /**
     * The process started or died.
     * @param host this host
     * @param up whether it runs now
     */
    typedef void (*LivenessCallback)(uint32_t host, bool up);

  protected:
    void DoDispose() override;

  private:
    static constexpr std::size_t OUTSTANDING = 64; //!< heartbeats that may still be answered

    /** A heartbeat that was sent. */
    struct Sent
    {
        uint64_t sequence{0};            //!< its number; 0 if answered or none
        std::chrono::nanoseconds at{};   //!< own clock at sending
        std::chrono::nanoseconds wire{}; //!< the stamp as it was sent
    };

    /** One peer that gets heartbeats. */
    struct Peer
    {
        uint32_t host{0};                          //!< its id
        Ipv4Address address;                       //!< where it is
        bool watched{false};                       //!< whether its messages are reported
        uint64_t nextSequence{1};                  //!< of the next heartbeat
        Time due;                                  //!< when it is due, without jitter
        EventId timer;                             //!< fires when it is due
        std::array<Sent, OUTSTANDING> outstanding; //!< by sequence modulo size
    };

    void StartApplication() override;
    void StopApplication() override;

    void Open();
    void Close();
    void ScheduleHeartbeat(std::size_t peer);
    void OnTimer(std::size_t peer);
    void SendHeartbeat(std::size_t peer);
    void OnReadable(Ptr<Socket> socket);
    void Handle(Ptr<const Packet> packet, Ipv4Address address, uint16_t port);
    void Answer(const HeartbeatHeader& heartbeat,
                uint32_t host,
                Ipv4Address address,
                uint16_t port);
    bool Transmit(HeartbeatHeader& header, uint32_t host, Ipv4Address address, uint16_t port);
    void Drop(const std::string& reason);
    Peer* FindPeer(uint32_t host);

    uint16_t m_port{9001};                                  //!< attribute Port
    Time m_interval;                                        //!< attribute Interval
    Time m_jitter;                                          //!< attribute IntervalJitter
    Ptr<UniformRandomVariable> m_random;                    //!< phases and jitter
    std::vector<uint32_t> m_watched;                        //!< peers to report
    std::vector<uint32_t> m_audience;                       //!< peers that watch this host
    std::function<detection::PeerStatus()> m_status;        //!< own Raft status
    DigestSource m_digestSource;                            //!< may be empty
    DigestSink m_digestSink;                                //!< may be empty
    SuspicionSource m_suspicionSource;                      //!< may be empty
    SuspicionSink m_suspicionSink;                          //!< may be empty
    detection::Suspicions m_suspicions;                     //!< keeps the memory of the last ones
    evidence::Digest m_digest;                              //!< keeps the memory of the last one
    std::shared_ptr<MessageInterceptor> m_interceptor;      //!< may be null
    Ptr<HostNetwork> m_network;                             //!< addresses
    Ptr<NodeClock> m_clock;                                 //!< own clock
    Ptr<NodeCpu> m_cpu;                                     //!< own processor
    Ptr<Socket> m_socket;                                   //!< null while the process is down
    std::vector<Peer> m_peers;                              //!< watched and audience, by id
    uint64_t m_incarnation{0};                              //!< work of earlier processes is void
    bool m_started{false};                                  //!< between start and stop
    uint64_t m_malformed{0};                                //!< messages dropped
    uint64_t m_sentBytes{0};                                //!< with the headers of UDP and IPv4
    TracedCallback<uint32_t, uint32_t, uint64_t> m_txTrace; //!< Tx
    TracedCallback<const detection::PeerArrival&> m_arrivalTrace;  //!< Arrival
    TracedCallback<uint64_t, const std::string&> m_malformedTrace; //!< Malformed
    TracedCallback<uint32_t, bool> m_livenessTrace;                //!< Liveness
};

} // namespace ns3

#endif /* HEARTBEAT_MONITOR_H */
