#ifndef SWIM_CLUSTER_H
#define SWIM_CLUSTER_H

#include "ns3/swim-core.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace ns3::detection
{

/** A SWIM group in virtual time, on a network that loses, delays and cuts as it is told. */
class SwimCluster
{
  public:
    /** A member changed its mind. */
    struct Change
    {
        Nanos time;
        uint32_t observer;
        uint32_t member;
        SwimStatus status;
    };

    /**
     * @param members ids 1 to this
     * @param seed of everything that is drawn
     * @param config settings of all, but for ids
     * @param inStep whether all begin their first period at 0, or each at a phase of its own
     */
    SwimCluster(uint32_t members, uint64_t seed, SwimConfig config = {}, bool inStep = false);

    SwimCluster(const SwimCluster&) = delete;
    SwimCluster& operator=(const SwimCluster&) = delete;

    void RunUntil(Nanos end);
    void At(Nanos time, std::function<void()> what);
    Nanos Now() const;

    void Crash(uint32_t id);
    /** Starts a crashed member anew: it remembers nothing. */
    void Restart(uint32_t id);
    /** Nothing is read, judged or sent for a while; what arrives and comes due waits in order. */
    void Pause(uint32_t id, Nanos span);
    /** Cuts one way. */
    void Cut(uint32_t from, uint32_t to);
    void Mend(uint32_t from, uint32_t to);
    /** @param share of all messages that get lost */
    void SetLoss(double share);
    /** @param mean of the exponential part of the delay, on top of 1 ms */
    void SetJitter(Nanos mean);

    bool IsUp(uint32_t id) const;
    const SwimCore& Core(uint32_t id) const;
    const std::vector<Change>& Changes() const;
    /** @return when an observer first came to believe this of a member, from `since` on; the end of
     * all time if never */
    Nanos FirstTime(uint32_t observer, uint32_t member, SwimStatus status, Nanos since) const;
    /** @return how many believe this of a member */
    uint32_t CountBelievers(uint32_t member, SwimStatus status) const;

    /** Sees every message that is sent, also those that get lost. */
    std::function<void(uint32_t to, const SwimMessage& message)> onSend;

  private:
    struct Member
    {
        std::unique_ptr<SwimCore> core; //!< null while it is down
        uint64_t life{0};               //!< work of earlier ones is void
        Nanos pausedUntil{0};
        std::deque<std::function<void()>> waiting; //!< for the end of a pause
        bool tickWaits{false};
        uint64_t timer{0}; //!< the latest one; earlier ones are void
    };

    Member& Of(uint32_t id);
    void Start(uint32_t id);
    void Execute(uint32_t id, std::function<void()> work);
    void Carry(uint32_t id, const SwimUpdate& update);
    void ArrangeTimer(uint32_t id);
    double Uniform();

    SwimConfig m_config;
    bool m_inStep;
    std::mt19937_64 m_random;
    std::vector<Member> m_members;
    std::map<std::pair<Nanos, uint64_t>, std::function<void()>> m_events;
    uint64_t m_eventCount{0};
    Nanos m_now{0};
    double m_loss{0};
    Nanos m_jitter{0};
    std::set<std::pair<uint32_t, uint32_t>> m_cuts;
    std::vector<Change> m_changes;
};

} // namespace ns3::detection

#endif /* SWIM_CLUSTER_H */
