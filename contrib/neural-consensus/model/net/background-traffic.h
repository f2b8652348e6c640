#ifndef BACKGROUND_TRAFFIC_H
#define BACKGROUND_TRAFFIC_H

#include "ns3/application.h"
#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"
#include "ns3/socket.h"

#include <cstdint>
#include <vector>

namespace ns3
{

/**
 * What others send over the same network: bursts of UDP datagrams with pauses between, both
 * exponential. Each burst goes to a peer at random and from a port of its own, so that routers see
 * a new flow. Peers run this application too, which takes what comes and answers nothing; a peer
 * may be a broadcast address.
 */
class BackgroundTraffic : public Application
{
  public:
    static constexpr uint16_t PORT = 9; //!< of the discard service

    /** @return the TypeId */
    static TypeId GetTypeId();

    BackgroundTraffic();
    ~BackgroundTraffic() override;

    /** @param peers whom to send to; none for a mere receiver */
    void SetPeers(std::vector<Ipv4Address> peers);

    /** @return the number of datagrams sent. */
    uint64_t GetSent() const;

    /**
     * Fixes the random variables.
     * @param stream the first stream
     * @return the number of streams in use
     */
    int64_t AssignTrafficStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void Pause();
    void BeginBurst();
    void Send();

    DataRate m_rate;
    double m_load;
    Time m_meanBurst;
    uint32_t m_packetSize;
    std::vector<Ipv4Address> m_peers;
    Ptr<Socket> m_sink;
    Ptr<Socket> m_sender; //!< of the burst
    Time m_burstEnd;
    EventId m_next;
    uint64_t m_sent;
    Ptr<ExponentialRandomVariable> m_burst;
    Ptr<ExponentialRandomVariable> m_pause;
    Ptr<UniformRandomVariable> m_choice;
};

} // namespace ns3

#endif /* BACKGROUND_TRAFFIC_H */
