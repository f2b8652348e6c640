#ifndef DETECTOR_REPLAY_H
#define DETECTOR_REPLAY_H

#include "failure-detector.h"

#include <functional>
#include <memory>
#include <optional>

namespace ns3::detection
{

/**
 * Drives a detector over recorded arrivals of one peer as FailureDetectorBank does while they
 * happen: it is asked after every arrival and at every deadline between two of them. A deadline at
 * the very moment of an arrival comes first.
 *
 * The detector is not started, so that nothing is suspected before the first arrival. What a
 * recording does not tell is not replayed: a host that is too slow to look at a deadline in time
 * suspects later than here.
 */
class DetectorReplay
{
  public:
    /**
     * The detector changed its mind.
     * @param time when
     * @param suspected its mind from then on
     * @param level on the detector's own scale
     */
    using Listener = std::function<void(Nanos time, bool suspected, double level)>;

    /**
     * @param detector fresh, not null
     * @param listener may be null
     */
    DetectorReplay(std::unique_ptr<FailureDetector> detector, Listener listener);

    /** Takes the next message, in order of arrival. */
    void OnArrival(const PeerArrival& arrival);

    /** Lets time pass up to `now`, which is not before the last arrival. */
    void AdvanceTo(Nanos now);

    /** @return whether the peer is suspected, as of the last call */
    bool Suspected() const;

    /** @return the level at `now`, which is not before the last arrival */
    double Level(Nanos now) const;

    /**
     * @return since when, or from when on, the peer is suspected if nothing more arrives; nothing
     *         if it never is
     */
    std::optional<Nanos> Standing() const;

  private:
    void Think(Nanos now, bool suspected);

    std::unique_ptr<FailureDetector> m_detector;
    Listener m_listener;
    bool m_suspected{false};         //!< its mind
    std::optional<Nanos> m_standing; //!< as of the last arrival or change
};

} // namespace ns3::detection

#endif /* DETECTOR_REPLAY_H */
