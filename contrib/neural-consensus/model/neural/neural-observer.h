#ifndef NEURAL_OBSERVER_H
#define NEURAL_OBSERVER_H

#include "neural-features.h"
#include "neural-types.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/peer-arrival.h"
#include "ns3/ptr.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3
{

class NodeClock;

/**
 * What one node sees of the peers it watches: one row of features per peer and tick, and the last
 * rows as a window.
 *
 * It is fed with what its node's heartbeat monitor sent and received. While the node's process is
 * up it ticks at all multiples of TickInterval in simulated time, so that all observers of a run
 * tick together. After a restart everything starts anew.
 *
 * A peer's Raft status is compared with the observer's own and the second best of its other peers,
 * so that one peer that claims too much does not make all others look stale.
 *
 * Attributes: TickInterval, HeartbeatInterval, Horizon, BaseHorizon, WindowLength.
 * Traces: Observation, Arrival, Liveness.
 */
class NeuralObserver : public Object
{
  public:
    static TypeId GetTypeId();

    NeuralObserver();
    ~NeuralObserver() override;

    /**
     * @param observer this node's id
     * @param clock its clock
     * @param watched the peers it watches
     */
    void Setup(uint32_t observer, Ptr<NodeClock> clock, std::vector<uint32_t> watched);

    /** @param source yields this node's own Raft status; without one it knows only its peers' */
    void SetStatusSource(std::function<detection::PeerStatus()> source);

    /** The observing process starts, or dies. Down at first. */
    void SetUp(bool up);

    /** @return whether it observes */
    bool IsUp() const;

    /** Takes a message from a peer; others than watched ones are ignored. */
    void OnArrival(const detection::PeerArrival& arrival);

    /** Takes note of an own heartbeat that leaves now. */
    void OnSent(uint32_t peer, uint64_t sequence);

    uint32_t GetObserver() const;
    const std::vector<uint32_t>& GetWatched() const;
    Ptr<NodeClock> GetClock() const;
    /** @return rows of a window */
    std::size_t GetWindowLength() const;
    /** @return agreed heartbeat period */
    Time GetHeartbeatInterval() const;
    /** @return what is known of one watched peer; aborts if it isn't watched */
    const neural::FeatureExtractor& GetFeatures(uint32_t target) const;

    /** @return ticks since this life began, WindowLength at most: rows in each window */
    std::size_t GetRowCount() const;

    /**
     * Copies the window that ends with the last tick.
     * @param target a watched peer
     * @param window WindowLength x FEATURE_COUNT values, oldest row first
     * @return false, and nothing is copied, while the window is not complete
     */
    bool CopyWindow(uint32_t target, float* window) const;

    /**
     * As CopyWindow(), but with the row of this very moment in place of the last tick's.
     */
    bool CopyProvisionalWindow(uint32_t target, float* window) const;

    /**
     * A tick.
     * @param time of the tick
     * @param observer this node
     * @param target the peer
     * @param row its features
     */
    typedef void (*ObservationCallback)(Time time,
                                        uint32_t observer,
                                        uint32_t target,
                                        const neural::FeatureRow& row);

    /** A message from a watched peer is part of the features now. */
    typedef void (*ArrivalCallback)(const detection::PeerArrival& arrival);

    /**
     * The observing process started or died.
     * @param up whether it runs now
     */
    typedef void (*LivenessCallback)(bool up);

  protected:
    void DoDispose() override;

  private:
    /** One watched peer. */
    struct Target
    {
        uint32_t host{0};                     //!< its id
        neural::FeatureExtractor features;    //!< what is known
        std::vector<neural::FeatureRow> rows; //!< ring of the last rows, by tick modulo size
    };

    struct Knowledge;

    void ScheduleTick();
    void Tick();
    const Target* Find(uint32_t host) const;
    Target* Find(uint32_t host);
    Knowledge Gather() const;
    detection::PeerStatus KnownBeside(const Target& target, const Knowledge& knowledge) const;

    Time m_tickInterval;                             //!< attribute TickInterval
    Time m_heartbeatInterval;                        //!< attribute HeartbeatInterval
    Time m_horizon;                                  //!< attribute Horizon
    Time m_baseHorizon;                              //!< attribute BaseHorizon
    uint32_t m_windowLength{20};                     //!< attribute WindowLength
    uint32_t m_observer{0};                          //!< this node
    Ptr<NodeClock> m_clock;                          //!< its clock
    std::vector<uint32_t> m_watched;                 //!< peers, by id
    std::vector<Target> m_targets;                   //!< in the same order
    std::function<detection::PeerStatus()> m_status; //!< own status, may be empty
    bool m_up{false};                                //!< whether it observes
    uint64_t m_ticks{0};                             //!< of this life
    EventId m_tick;                                  //!< the next one
    TracedCallback<Time, uint32_t, uint32_t, const neural::FeatureRow&> m_observationTrace;
    TracedCallback<const detection::PeerArrival&> m_arrivalTrace; //!< Arrival
    TracedCallback<bool> m_livenessTrace;                         //!< Liveness
};

} // namespace ns3

#endif /* NEURAL_OBSERVER_H */
