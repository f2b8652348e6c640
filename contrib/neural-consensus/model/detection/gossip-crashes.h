#ifndef GOSSIP_CRASHES_H
#define GOSSIP_CRASHES_H

#include "peer-arrival.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ns3::detection
{

/**
 * When detectors that gossip would have suspected a peer, had it crashed at a moment of a recording
 * at which it did not.
 *
 * After a crash of p nothing that it would have sent arrives any more, at nobody. So each who
 * watches it comes to suspect it when the suspicion begins that the last heartbeat sent before the
 * crash leaves standing. The observer hears of that with the first heartbeat that the other sends
 * it from then on, if one arrives within a vote life; else that vote does not count. The Kth vote,
 * the own one among them, is the detection. What else happened in the recording goes on; that a
 * vote may be interrupted later is left out.
 *
 * Memory is that of the heartbeats of as long a time as suspicion takes.
 */
class GossipCrashes
{
  public:
    /**
     * What came of a crash.
     * @param observer who judges
     * @param target who crashed
     * @param detector from 0
     * @param time from the crash to the detection, 0 where it was suspected before; nothing if it
     *        never is
     */
    using Listener = std::function<
        void(uint32_t observer, uint32_t target, std::size_t detector, std::optional<Nanos> time)>;

    /**
     * @param quorums K of each detector
     * @param voteLife of a vote that is not repeated
     * @param listener hears of each crash once for each detector with which the observer itself
     *        would have come to suspect the target; not null
     */
    GossipCrashes(std::vector<uint32_t> quorums, Nanos voteLife, Listener listener);

    /**
     * A heartbeat is sent, in order of sending over all.
     * @param from,to servers
     * @param sent when
     * @param arrives when; nothing if it is lost
     */
    void OnSent(uint32_t from, uint32_t to, Nanos sent, std::optional<Nanos> arrives);

    /**
     * A heartbeat was handled by the detectors of its receiver.
     * @param from,to servers
     * @param sent when, of one that OnSent() knows and that arrives
     * @param standings by detector, since or from when on the sender is suspected if nothing more
     *        arrives
     */
    void OnHandled(uint32_t from,
                   uint32_t to,
                   Nanos sent,
                   const std::vector<std::optional<Nanos>>& standings);

    /**
     * A sender might have crashed, after its latest heartbeat to an observer.
     * @param observer who judges the crash
     * @param target who crashed
     * @param time when: in order for each pair, and not before the latest heartbeat between them
     */
    void AddCrash(uint32_t observer, uint32_t target, Nanos time);

    /** Judges what is left, as far as the recording goes. */
    void Finish();

  private:
    /** A heartbeat that arrives. */
    struct Beat
    {
        Nanos sent{};
        Nanos arrives{};
        bool handled{false};                         //!< whether `standings` is set
        std::vector<std::optional<Nanos>> standings; //!< by detector of the receiver
    };

    using Channel = std::pair<uint32_t, uint32_t>; //!< from, to
    using Beats = std::deque<Beat>;                //!< by time of sending

    bool Judge(uint32_t observer, uint32_t target, Nanos crash);
    std::optional<Nanos> HeardBy(uint32_t observer, uint32_t voter, Nanos from) const;
    void Sweep();
    void Forget();

    std::vector<uint32_t> m_quorums;                //!< by detector
    Nanos m_voteLife;                               //!< of a vote that is not repeated
    Listener m_listener;                            //!< may be null
    std::map<Channel, Beats> m_beats;               //!< what may still be asked for
    std::map<Channel, std::deque<Nanos>> m_crashes; //!< not judged yet; from the target
    std::vector<std::vector<Nanos>> m_votes;        //!< of one crash, by detector
    std::vector<char> m_judges;                     //!< whether the observer has an opinion
    Nanos m_now{Nanos::min()};                      //!< the latest sending
    Nanos m_forgotten{Nanos::min()};                //!< crashes before cannot be judged
    std::size_t m_sinceSweep{0};                    //!< heartbeats
};

} // namespace ns3::detection

#endif /* GOSSIP_CRASHES_H */
