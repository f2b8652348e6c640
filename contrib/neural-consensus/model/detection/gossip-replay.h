#ifndef GOSSIP_REPLAY_H
#define GOSSIP_REPLAY_H

#include "crash-phase.h"
#include "detector-replay.h"
#include "gossip-crashes.h"
#include "qos-statistics.h"
#include "suspicion-gossip.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace ns3::detection
{

/** What GossipReplay replays, and how it measures. */
struct GossipReplaySettings
{
    /** Who watches whom. */
    struct Pair
    {
        uint32_t observer{0};                   //!< 1..SuspectSet::MAX_SERVER
        uint32_t target{0};                     //!< likewise
        Nanos period{DEFAULT_HEARTBEAT_PERIOD}; //!< of heartbeats
    };

    std::vector<DetectorSpec> detectors;   //!< that gossip
    std::vector<Pair> pairs;               //!< all of the recording
    Nanos voteLife{};                      //!< as of SuspicionGossip
    CrashPhase phase{CrashPhase::UNIFORM}; //!< of crashes
    uint64_t warmUp{0};                    //!< heartbeats of each pair that do not count
};

/**
 * Replays the heartbeats of a whole cluster to detectors that gossip, as FailureDetectorBank runs
 * them while they happen: a heartbeat from p to o tells o whom p suspects when it is sent. Measures
 * what PairReplay does of detectors that decide alone; GossipCrashes has the detection times.
 *
 * All times are on one clock. The recording has to hold all heartbeats by which votes travel: where
 * servers watch only some others, it lacks those to servers that do not watch their sender, and
 * fewer votes are heard here than were. A process that restarts, and then trusts everybody, shows
 * in no recording.
 *
 * Memory is that of the detectors, of the heartbeats that are under way and of the time that
 * suspicion takes.
 */
class GossipReplay
{
  public:
    /** What an observer thinks of a peer, by a combined detector, has turned. */
    struct Turn
    {
        Nanos time{};            //!< when
        uint32_t observer{0};    //!< who
        uint32_t target{0};      //!< of whom
        std::size_t detector{0}; //!< by which, in the order of the settings
        bool suspected{false};   //!< from then on
        uint32_t votes{0};       //!< how many suspect
    };

    using Listener = std::function<void(const Turn& turn)>;

    /**
     * @param settings what to replay
     * @param listener hears in order of time at each observer; may be null
     * @throws std::invalid_argument as MakeFailureDetector() and SuspicionGossip, or where a
     *         detector wants more suspicions of a peer than it has watchers
     */
    GossipReplay(GossipReplaySettings settings, Listener listener);

    GossipReplay(const GossipReplay&) = delete;
    GossipReplay& operator=(const GossipReplay&) = delete;

    /**
     * A heartbeat is sent, in order of sending over all.
     * @param observer,target one of the pairs
     * @param sequence its number; not above the one before of the pair where the target restarted
     * @param sent when
     * @param arrives when, not before `sent`; nothing where it is lost
     */
    void OnSent(uint32_t observer,
                uint32_t target,
                uint64_t sequence,
                Nanos sent,
                std::optional<Nanos> arrives);

    /** Lets time pass up to `now`, which is before the next sending. */
    void AdvanceTo(Nanos now);

    /** Ends the recording: all arrives that is under way. */
    void Finish();

    /** @return how many suspect a peer, as of the last call, as far as an observer has heard */
    uint32_t Votes(uint32_t observer, uint32_t target, std::size_t detector) const;

    /** @return whether those are enough */
    bool Suspected(uint32_t observer, uint32_t target, std::size_t detector) const;

    /** @return quality of service, complete after Finish() */
    const QosStatistics& Qos(uint32_t observer, uint32_t target, std::size_t detector) const;

  private:
    /** A detector of one observer for one peer. */
    struct Track
    {
        std::unique_ptr<DetectorReplay> alone; //!< by itself
        bool suspected{false};                 //!< combined, as last reported
        MistakeMeter meter;                    //!< of the combined suspicion
        QosStatistics qos;                     //!< likewise
    };

    /** A peer of one observer. */
    struct Peer
    {
        Nanos period{};                   //!< of its heartbeats
        std::vector<Track> tracks;        //!< by detector
        uint64_t sent{0};                 //!< heartbeats
        uint64_t sequence{0};             //!< of the latest one
        Nanos sentAt{};                   //!< when that was
        std::optional<Nanos> lastArrival; //!< of all
    };

    /** An observer. */
    struct Observer
    {
        std::unique_ptr<SuspicionGossip> gossip;
        std::map<uint32_t, Peer> peers; //!< those that it watches, by id
        Nanos wake{Nanos::max()};       //!< nothing is due before
    };

    /** A heartbeat that is under way. */
    struct Flight
    {
        uint64_t number{0};   //!< in order of sending
        uint32_t observer{0}; //!< to whom
        bool counts{false};   //!< whether the warm-up is over
        PeerArrival arrival;  //!< as it will be
        Suspicions told;      //!< by its sender

        bool operator<(const Flight& other) const; //!< whether it lands later
    };

    void CheckQuorums() const;
    void AddPeer(uint32_t observer, uint32_t target, Nanos period);
    void Crash(uint32_t observer, uint32_t target, const Peer& peer, Nanos until);
    void Land(Nanos until);
    void Advance(Observer& observer, uint32_t id, Nanos now);
    void Take(const Flight& flight);
    void Report(uint32_t observer, const std::vector<SuspicionGossip::Change>& changes, Nanos time);
    void Report(uint32_t observer, uint32_t target, std::size_t detector, Nanos time);
    const Track& TrackOf(uint32_t observer, uint32_t target, std::size_t detector) const;

    GossipReplaySettings m_settings;
    Listener m_listener;
    std::map<uint32_t, Observer> m_observers;      //!< and those watched, by id
    GossipCrashes m_crashes;                       //!< detection times
    std::vector<Flight> m_flights;                 //!< a heap, the first to land on top
    std::vector<Suspicions> m_spare;               //!< memory for the next flights
    std::vector<std::optional<Nanos>> m_standings; //!< of one arrival, by detector
    uint64_t m_sent{0};                            //!< heartbeats under way so far
};

} // namespace ns3::detection

#endif /* GOSSIP_REPLAY_H */
