#ifndef PAIR_REPLAY_H
#define PAIR_REPLAY_H

#include "crash-phase.h"
#include "detector-replay.h"
#include "qos-statistics.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3::detection
{

/** How PairReplay measures. */
struct PairReplaySettings
{
    CrashPhase phase{CrashPhase::UNIFORM};  //!< of crashes
    uint64_t warmUp{0};                     //!< heartbeats that do not count
    Nanos period{DEFAULT_HEARTBEAT_PERIOD}; //!< stands in where the next sending is not known
    Nanos skew{0}; //!< what the observer's clock shows less than the sender's; added to crash times
};

/**
 * Replays the heartbeats that one observer had from one peer to any number of detectors, and
 * measures the quality of service of each.
 *
 * T_D: every heartbeat, a lost one too, counts once as the last one before a crash. The crash comes
 * right after its sending, or evenly spread until the next one: at the share of the interval that
 * the sequence frac(1/2 + k/golden ratio) gives to heartbeat k. T_D runs to the suspicion that
 * stands once this heartbeat was handled (for a lost one, once the newest before it that arrives
 * was); it is 0 where that suspicion began before the crash. Heartbeats before the first that
 * arrives count for nothing: who was never heard is not suspected.
 *
 * A heartbeat that was overtaken is handled where it arrives, and the detector knows the later one
 * by then, of which the crash would have kept it: its T_D is that of the later one, from its own
 * crash.
 *
 * Mistakes and P_A are those of the recording as it is, from the first arrival after the warm-up to
 * the last arrival.
 *
 * Memory is that of the detectors and of the heartbeats that are under way.
 */
class PairReplay
{
  public:
    explicit PairReplay(const PairReplaySettings& settings);

    PairReplay(const PairReplay&) = delete;
    PairReplay& operator=(const PairReplay&) = delete;

    /**
     * Adds a detector, before the first heartbeat.
     * @param detector fresh, not null
     * @param listener hears when it changes its mind; may be null
     */
    void AddDetector(std::unique_ptr<FailureDetector> detector,
                     DetectorReplay::Listener listener = nullptr);

    /**
     * The next heartbeat is sent.
     * @param sequence its number; not above the one before where the peer restarted
     * @param sent by the peer's clock, not before the one before
     * @param lost whether it never arrives
     * @return what OnArrival() knows it by
     */
    uint64_t OnSent(uint64_t sequence, Nanos sent, bool lost);

    /**
     * A heartbeat arrives, in order of arrival.
     * @param heartbeat as returned by OnSent(); once for each that is not lost
     * @param arrival what the detectors learn
     */
    void OnArrival(uint64_t heartbeat, const PeerArrival& arrival);

    /** Lets time pass up to `now`, by the observer's clock. */
    void AdvanceTo(Nanos now);

    /** Ends the recording, once all has arrived that is not lost. */
    void Finish();

    /** @return heartbeats sent after the warm-up */
    uint64_t Heartbeats() const;

    /** @return detectors */
    std::size_t Size() const;

    /** @return a detector, in the order of AddDetector() */
    const DetectorReplay& Detector(std::size_t index) const;

    /** @return its quality of service, complete after Finish() */
    const QosStatistics& Qos(std::size_t index) const;

  private:
    /** A detector, and how it does. */
    struct Track
    {
        std::unique_ptr<DetectorReplay> replay;
        MistakeMeter meter;
        QosStatistics qos;
        std::optional<Nanos> standing; //!< after the newest heartbeat that was settled and arrived
    };

    /** A heartbeat whose T_D is not settled. */
    struct Open
    {
        enum State : uint8_t
        {
            UNDER_WAY,
            ARRIVED,
            LOST
        };

        Nanos sent{};           //!< by the peer's clock
        Nanos crash{};          //!< of its sender, once the next one is sent
        State state{UNDER_WAY}; //!< whether it has come
        bool crashKnown{false}; //!< whether `crash` is set
    };

    Open& At(uint64_t heartbeat);
    std::optional<Nanos>& StandingAt(uint64_t heartbeat, std::size_t detector);
    void SetCrash(Nanos until);
    void Settle();
    void Grow();

    PairReplaySettings m_settings;
    std::vector<std::unique_ptr<Track>> m_tracks;
    std::vector<Open> m_open;                      //!< ring of m_first..m_next-1, a power of two
    std::vector<std::optional<Nanos>> m_standings; //!< of each in the ring, by detector
    uint64_t m_first{0};                           //!< oldest that is not settled
    uint64_t m_next{0};                            //!< number of the next one sent
    uint64_t m_lastSequence{0};                    //!< of the one sent last
    bool m_heard{false};                           //!< whether one that arrives was settled
    std::optional<Nanos> m_lastArrival;            //!< of all
};

} // namespace ns3::detection

#endif /* PAIR_REPLAY_H */
