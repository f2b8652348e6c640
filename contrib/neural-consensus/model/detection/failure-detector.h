#ifndef FAILURE_DETECTOR_H
#define FAILURE_DETECTOR_H

#include "peer-arrival.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3::detection
{

/**
 * Suspicion of one peer by one observer (Chandra & Toueg 1996). Pure: the caller brings the time.
 *
 * Decisions are events, not polls: the host sets a timer for Deadline() and asks again when it
 * fires, and after every arrival.
 */
class FailureDetector
{
  public:
    virtual ~FailureDetector() = default;

    /**
     * Observation begins. A peer that is never heard from is judged as if a heartbeat had arrived
     * now; without Start() nothing is suspected before the first heartbeat.
     */
    virtual void Start(Nanos now) = 0;

    /** Takes a message from the peer; arrivals come in order of their arrival time. */
    virtual void OnArrival(const PeerArrival& arrival) = 0;

    /** @return the level of suspicion at `now`, on the detector's own scale, rising. */
    virtual double Level(Nanos now) const = 0;

    /** @return whether the peer is suspected at `now`, which is at or after the last arrival. */
    virtual bool Suspects(Nanos now) const = 0;

    /**
     * @return the first moment at which Suspects() holds if nothing more arrives; may lie in the
     *         past; nothing if that will never happen (before warm-up, say)
     */
    virtual std::optional<Nanos> Deadline() const = 0;
};

/** Parameters by key, as written in NAME:key=value,... (doc/formats.md). */
using DetectorParameters = std::map<std::string, std::string>;

/** Period of heartbeats where nobody says otherwise: the heartbeat monitor's default. */
constexpr Nanos DEFAULT_HEARTBEAT_PERIOD = std::chrono::milliseconds(100);

/**
 * Makes a classical detector.
 *
 * | name | key | default | meaning |
 * |---|---|---|---|
 * | fixed-timeout | timeout | 500ms | silence after which the peer is suspected |
 * | chen-nfd-s, chen-nfd-e | alpha | 200ms | margin after a heartbeat is sent (NFD-S) or expected |
 * | chen-nfd-e | window | 32 | heartbeats that the expected arrival is estimated from |
 * | bertier | gamma | 0.1 | weight of the newest error |
 * | | beta | 1 | weight of the delay in the margin |
 * | | phi | 4 | weight of its deviation |
 * | | window | 1000 | as above |
 * | phi-gaussian, phi-logistic | threshold | 8 | phi from which on the peer is suspected |
 * | | window | 1000 | intervals remembered |
 * | | min-std | 10ms | floor of the standard deviation |
 * | | pause | 0s | added to the mean: a pause that is acceptable |
 * | | first | the period | estimate of the interval before there are any |
 * | cassandra | threshold | 8 | silence / mean / ln 10 above which the peer is suspected |
 * | | window | 1000 | intervals remembered |
 * | two-window | margin | 200ms | after the later of two expected arrivals |
 * | | short, long | 1, 1000 | heartbeats that they are estimated from |
 * | dynatune | safety | 2 | standard deviations added |
 * | | reliability | 0.999 | chance to hear one of the heartbeats that the timeout covers |
 * | | window | 1000 | heartbeats measured |
 * | all but fixed-timeout and phi | period | that of the heartbeats | between two heartbeats |
 * | all | gossip | none | not for the detector: see GossipQuorum() |
 *
 * Times are written as ns-3 writes them (500ms); a bare number is seconds.
 *
 * @param name one of FailureDetectorNames()
 * @param parameters the detector's own keys; those left out have their defaults
 * @param period mean time between two heartbeats, above 0
 * @throws std::invalid_argument naming an unknown detector, an unknown key or a bad value, and what
 *         was expected
 */
std::unique_ptr<FailureDetector> MakeFailureDetector(const std::string& name,
                                                     const DetectorParameters& parameters,
                                                     Nanos period = DEFAULT_HEARTBEAT_PERIOD);

/** A detector as a user asks for it. */
struct DetectorSpec
{
    std::string name;              //!< of the detector
    DetectorParameters parameters; //!< its keys
};

/**
 * @param text NAME[:key=value,...]
 * @throws std::invalid_argument where a part has no `=`, an empty or a repeated key; whether name,
 *         keys and values are good is for MakeFailureDetector() to say
 */
DetectorSpec ParseDetectorSpec(const std::string& text);

/**
 * Any detector can be combined over observers (SuspicionGossip), which its key `gossip` asks for.
 * @return how many observers have to suspect a peer, from 1 to SuspectSet::MAX_SERVER; 0 where the
 *         key is missing and each observer decides by itself
 * @throws std::invalid_argument where it is no such number
 */
uint32_t GossipQuorum(const DetectorSpec& spec);

/** @return the names that MakeFailureDetector() knows, in the order of the documentation. */
const std::vector<std::string>& FailureDetectorNames();

} // namespace ns3::detection

#endif /* FAILURE_DETECTOR_H */
