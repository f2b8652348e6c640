#ifndef FAULT_HOST_H
#define FAULT_HOST_H

#include "ns3/netem-parameters.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace ns3
{

class MessageInterceptor;
class RaftApplication;

/**
 * One host as the fault injector handles it: applies faults that may overlap. Each fault has a key
 * of its own and takes back exactly what it added; what is in force is always the sum of those that
 * are still there. Delays add up, factors multiply, losses are independent of each other, and a
 * process runs once no crash holds it down.
 */
class FaultHost
{
  public:
    /** Identifies a fault. */
    using Key = std::size_t;

    /** @param node a server's host, with a HostNetwork */
    explicit FaultHost(Ptr<Node> node);

    /** @return the Raft server on this host, null if there is none */
    Ptr<RaftApplication> GetServer() const;

    /** @return whether no crash holds the host's processes down */
    bool IsUp() const;

    /** @return whether the machine is silent */
    bool IsHostDown() const;

    /**
     * Brings the processes down, with `host` the machine as well. The network goes first, so that
     * nothing of the dying machine (FIN, RST, ICMP) leaves it.
     */
    void Crash(Key key, bool host);

    /** Takes a crash back; with the last one all starts again, in the opposite order. */
    void Restart(Key key);

    void Slow(Key key, double factor, Time schedulingLatency);
    void ClearSlow(Key key);
    void Pause(Time span);

    void SlowDisk(Key key, double factor);
    void ClearSlowDisk(Key key);
    /** Also holds after a crash and a restart meanwhile. */
    void StallDisk(Time span);

    /** Impairs what is sent to the hosts in `to`, or to all where it is empty. */
    void Impair(Key key, const std::vector<uint32_t>& to, const NetemParameters& parameters);
    void ClearImpair(Key key);

    /** @return whether it was not cut before */
    bool Cut(uint32_t to);
    /** @return whether it is not cut any more */
    bool Mend(uint32_t to);

    void Skew(Key key, Time offset, double driftPpm);
    void ClearSkew(Key key);

    void Intercept(Key key, std::shared_ptr<MessageInterceptor> interceptor);
    void ClearIntercept(Key key);

    /** @return latency that a slow disk adds to a write in the median */
    Time DiskLatency(double factor) const;
    /** @return delay that a slow processor adds to a piece of work in the mean */
    Time CpuLatency(double factor, Time schedulingLatency) const;

  private:
    struct Impairment
    {
        std::vector<uint32_t> to;
        NetemParameters parameters;
    };

    struct Skewing
    {
        Time offset;
        double driftPpm;
    };

    struct Slowness
    {
        double factor;
        Time latency;
    };

    void ApplySlow();
    void ApplySlowDisk();
    void ApplyImpairments(const std::vector<uint32_t>& touched);
    void ApplyIntercept();

    Ptr<Node> m_node;
    std::map<Key, bool> m_crashes; //!< whether each is of the host
    std::map<Key, Slowness> m_slow;
    std::map<Key, double> m_slowDisk;
    Time m_diskStalledUntil;
    std::map<Key, Impairment> m_impairments;
    std::map<uint32_t, uint32_t> m_cuts; //!< by receiver, how many faults cut it
    std::map<Key, Skewing> m_skews;
    std::map<Key, std::shared_ptr<MessageInterceptor>> m_interceptors;
};

} // namespace ns3

#endif /* FAULT_HOST_H */
