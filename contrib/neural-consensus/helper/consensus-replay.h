#ifndef CONSENSUS_REPLAY_H
#define CONSENSUS_REPLAY_H

#include "consensus-heartbeat-survey.h"

#include "ns3/failure-detector.h"
#include "ns3/gossip-replay.h"
#include "ns3/pair-replay.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

/** What to replay, and how. */
struct ReplaySetup
{
    std::vector<detection::DetectorSpec> detectors;                   //!< each with one value a key
    detection::CrashPhase crashPhase{detection::CrashPhase::UNIFORM}; //!< of T_D
    uint64_t warmUp{0};                                               //!< heartbeats of each pair
    std::vector<detection::Nanos> at; //!< when to look at levels, in order
};

/**
 * Replays a recording of heartbeats to detectors, all pairs at once, in the order of arrival.
 * Memory does not grow with the file: heartbeats wait only until nothing further down can have
 * arrived before them.
 */
class ConsensusReplay
{
  public:
    /** One pair, and what became of it. */
    struct Pair
    {
        uint32_t observer{0};                          //!< 0 where the file does not say
        uint32_t target{0};                            //!< likewise
        std::unique_ptr<detection::PairReplay> replay; //!< with the detectors that decide alone
    };

    /** What a detector thinks. */
    struct Opinion
    {
        double level{0};       //!< on the detector's own scale; votes where it gossips
        bool suspected{false}; //!< whether it suspects
    };

    /**
     * A detector changed its mind.
     * @param pair about whom
     * @param detector index in the setup
     */
    using SuspicionListener = std::function<void(const Pair& pair,
                                                 std::size_t detector,
                                                 detection::Nanos time,
                                                 bool suspected,
                                                 double level)>;

    /** All that arrived up to `time` was handled, and detectors were asked then. */
    using LookListener = std::function<void(detection::Nanos time)>;

    /**
     * @param path of the recording
     * @param survey of it
     * @param setup what to replay
     * @throws std::invalid_argument where a detector cannot be
     * @throws std::runtime_error where detectors gossip and the recording is not one of named
     *         pairs, in the order of sending, on one clock
     */
    ConsensusReplay(std::string path, const HeartbeatSurvey& survey, ReplaySetup setup);

    /** @param listener hears every change of mind */
    void OnSuspicion(SuspicionListener listener);

    /** @param listener is called at every time of ReplaySetup::at */
    void OnLook(LookListener listener);

    /**
     * Replays the file, once.
     * @param progress may be null
     */
    void Run(const ReadingProgress& progress);

    /** @return the pairs by observer and target, complete after Run() */
    const std::vector<Pair>& Pairs() const;

    /** @return quality of service of a detector of the setup, complete after Run() */
    const detection::QosStatistics& Qos(const Pair& pair, std::size_t detector) const;

    /** @return what a detector of the setup thinks at a time of ReplaySetup::at, while it is told
     */
    Opinion Look(const Pair& pair, std::size_t detector, detection::Nanos time) const;

  private:
    /** Where a detector of the setup is replayed. */
    struct Place
    {
        bool gossips{false}; //!< with all others that do, or with each pair
        std::size_t index{0};
    };

    /** A heartbeat that arrives. */
    struct Arrival
    {
        detection::Nanos arrived{};
        uint64_t row{0};       //!< in the file, which orders those at one time
        std::size_t pair{0};   //!< index in m_pairs
        uint64_t heartbeat{0}; //!< as PairReplay knows it
        uint64_t sequence{0};
        detection::Nanos sent{};
    };

    /** Whether an arrival is handled after another one. */
    static bool IsLater(const Arrival& a, const Arrival& b);

    void AddPair(const HeartbeatSurvey::Pair& known);
    void AddGossip(const HeartbeatSurvey& survey);
    const Pair& PairOf(uint32_t observer, uint32_t target) const;
    void Release(detection::Nanos until);
    void Handle(const Arrival& arrival);
    void LookBefore(detection::Nanos time);

    std::string m_path;
    ReplaySetup m_setup;
    detection::Nanos
        m_slack; //!< what arrives further down is later than the latest sending by that
    std::vector<Pair> m_pairs;         //!< by observer and target
    std::vector<std::size_t> m_places; //!< in m_pairs, by the order in which they appear
    std::vector<Arrival> m_waiting;    //!< heap, the earliest first
    std::vector<Place> m_kinds;        //!< by detector of the setup
    std::unique_ptr<detection::GossipReplay> m_gossip; //!< null where nobody gossips
    std::size_t m_looks{0};                            //!< times of m_setup.at that are done
    SuspicionListener m_suspicionListener;
    LookListener m_lookListener;
};

} // namespace ns3

#endif /* CONSENSUS_REPLAY_H */
