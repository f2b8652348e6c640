#ifndef RECORDED_HEARTBEATS_H
#define RECORDED_HEARTBEATS_H

#include "detection-test-support.h"

#include "ns3/pair-replay.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace ns3::detection
{

/** A heartbeat of a recording of one pair. */
struct Recorded
{
    uint64_t sequence;
    Nanos sent;
    std::optional<Nanos> arrived; //!< nothing where lost
};

using Recording = std::vector<Recorded>;

/** How heartbeats are lost and delayed: about every 100 ms, by 10 ms and a log-normal time. */
struct Weather
{
    double loss{0.1};
    double medianMs{20};
    double sigma{1};
    bool inOrder{false}; //!< whether a heartbeat waits for those before it
};

inline Recording
RandomRecording(uint64_t seed, std::size_t count, const Weather& weather)
{
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> delay(std::log(weather.medianMs), weather.sigma);
    std::uniform_real_distribution<double> jitter(-1, 1);
    std::bernoulli_distribution lost(weather.loss);
    Recording recording;
    Nanos latest = Ms(0);
    for (std::size_t i = 1; i <= count; ++i)
    {
        const Nanos sent = Ms(1000 + 100 * static_cast<double>(i) + jitter(random));
        const Nanos arrived = sent + Ms(10 + delay(random));
        recording.push_back({i, sent, arrived});
        if (lost(random))
        {
            recording.back().arrived.reset();
        }
        else if (weather.inOrder)
        {
            recording.back().arrived = std::max(arrived, latest + Nanos(1));
            latest = *recording.back().arrived;
        }
    }
    return recording;
}

inline PeerArrival
ToArrival(const Recorded& heartbeat)
{
    PeerArrival arrival = Heartbeat(heartbeat.sequence, *heartbeat.arrived);
    arrival.peerClock = heartbeat.sent;
    return arrival;
}

/** Indices of those that arrive, in the order in which they do. */
inline std::vector<std::size_t>
ArrivalOrder(const Recording& recording)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < recording.size(); ++i)
    {
        if (recording[i].arrived)
        {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return *recording[a].arrived < *recording[b].arrived;
    });
    return order;
}

/** Plays a whole recording to a replay that has its detectors: all is sent, then all arrives. */
inline void
Play(const Recording& recording, PairReplay& replay)
{
    std::vector<uint64_t> known;
    for (const Recorded& heartbeat : recording)
    {
        known.push_back(replay.OnSent(heartbeat.sequence, heartbeat.sent, !heartbeat.arrived));
    }
    for (std::size_t i : ArrivalOrder(recording))
    {
        replay.OnArrival(known[i], ToArrival(recording[i]));
    }
    replay.Finish();
}

/** (time, suspected, level) */
using Change = std::tuple<Nanos, bool, double>;

/** What a detector with these parameters thinks of a recording, up to its last arrival. */
inline std::vector<Change>
ChangesOf(const std::string& specification, const Recording& recording)
{
    const DetectorSpec spec = ParseDetectorSpec(specification);
    std::vector<Change> changes;
    DetectorReplay replay(MakeFailureDetector(spec.name, spec.parameters),
                          [&](Nanos time, bool suspected, double level) {
                              changes.emplace_back(time, suspected, level);
                          });
    for (std::size_t i : ArrivalOrder(recording))
    {
        replay.OnArrival(ToArrival(recording[i]));
    }
    return changes;
}

} // namespace ns3::detection

#endif /* RECORDED_HEARTBEATS_H */
