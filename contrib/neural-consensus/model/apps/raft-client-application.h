#ifndef RAFT_CLIENT_APPLICATION_H
#define RAFT_CLIENT_APPLICATION_H

#include "raft-transport.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/raft-command.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

struct RaftClientReply;

/**
 * A client of the replicated key-value store, on a host of its own. Open loop: operations start as
 * a Poisson process, whatever became of earlier ones. Closed loop: a fixed number of operations is
 * under way at any time, each followed by the next after a think time. The load of an open loop may
 * shift: from time to time its rate changes to a random multiple of the configured one.
 *
 * Written values are unique. The client opens a session first (dissertation 6.3), so that a request
 * that it repeats is applied once. A request goes to the server that was last known to lead; it is
 * sent again where a server refuses it or is silent for RetryTimeout, follows redirects, and ends
 * with an unknown outcome after Timeout.
 */
class RaftClientApplication : public Application
{
  public:
    /** One finished operation. */
    struct Operation
    {
        uint32_t client{0};  //!< host id of the client
        uint64_t request{0}; //!< number of the operation at this client, from 1
        bool put{false};     //!< write, otherwise read
        std::string key;     //!< what it is about
        std::string value;   //!< written or read; "" for a missing key
        Time call;           //!< when it was asked for
        Time ret;            //!< when the answer came; only if `known`
        bool known{false};   //!< whether the outcome is known
        uint32_t tries{0};   //!< times it was sent
    };

    /** @return the registered type. */
    static TypeId GetTypeId();

    RaftClientApplication();
    ~RaftClientApplication() override;

    /** @param servers ids of the servers to talk to */
    void SetServers(std::vector<uint32_t> servers);

    /** Ends all operations under way with an unknown outcome and stops the load. */
    void Finish();

    /**
     * Fixes the random streams of arrivals, of keys and kinds, and of shifts of the load.
     * @param stream first stream number
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /** @param operation the operation that ended */
    typedef void (*OperationCallback)(const Operation& operation);
    /** @param client host id; @param reason what was wrong */
    typedef void (*ComplaintCallback)(uint32_t client, const char* reason);

  protected:
    void DoDispose() override;

  private:
    /** An operation under way. */
    struct Pending
    {
        Operation operation;
        uint64_t session{0}; //!< in which it was asked, 0 while it was not
        uint32_t server{0};  //!< asked last
        EventId timeout;     //!< end of the operation
        EventId retry;       //!< the next try
        bool refused{false}; //!< by `server`: `retry` is a pause, not a wait for an answer
    };

    void StartApplication() override;
    void StopApplication() override;

    void ScheduleArrival();
    void ScheduleShift();
    void StartOperation();
    void Register();
    void HandleRegistration(uint32_t from, const RaftClientReply& reply);
    void Ask(uint64_t request);
    void Transmit(uint32_t server, const raft::Command& command);
    void HandleReply(uint32_t from, Ptr<Packet> packet);
    void HandleRefusal(Pending& pending, const RaftClientReply& reply);
    void HandleExpiry(Pending& pending);
    void HandleSilence(uint64_t request);
    void HandleTimeout(uint64_t request);
    void End(uint64_t request);
    uint32_t NextServer(uint32_t after) const;
    uint32_t AfterRefusal(uint32_t server, const RaftClientReply& reply) const;

    // Attributes
    uint32_t m_clientId{0};
    uint16_t m_port{9000};
    TypeId m_socketFactory;
    bool m_closedLoop{false};
    double m_rate{10.0};
    Time m_shiftInterval;
    double m_shiftFactor{4.0};
    uint32_t m_outstanding{1};
    Time m_thinkTime;
    Time m_timeout;
    Time m_retryTimeout;
    Time m_retryDelay;
    bool m_followRedirects{true};
    double m_writeRatio{0.5};
    uint32_t m_keys{16};
    uint32_t m_valueSize{16};

    std::vector<uint32_t> m_servers;
    std::unique_ptr<RaftTransport> m_transport;
    Ptr<ExponentialRandomVariable> m_gap;
    Ptr<UniformRandomVariable> m_choice;
    Ptr<UniformRandomVariable> m_shift;
    std::map<uint64_t, Pending> m_pending;
    uint64_t m_lastRequest{0};
    uint32_t m_leader{0};    //!< server to ask first
    uint64_t m_session{0};   //!< 0 for none
    uint32_t m_registrar{0}; //!< server asked for a session
    bool m_registering{false};
    EventId m_registration; //!< the next try to open a session
    bool m_running{false};
    EventId m_arrival;
    double m_load{1.0}; //!< multiplies the rate since the last shift
    EventId m_nextShift;

    TracedCallback<const Operation&> m_operationTrace;
    TracedCallback<uint32_t, const char*> m_malformedTrace;
};

} // namespace ns3

#endif /* RAFT_CLIENT_APPLICATION_H */
