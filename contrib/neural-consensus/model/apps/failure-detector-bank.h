#ifndef FAILURE_DETECTOR_BANK_H
#define FAILURE_DETECTOR_BANK_H

#include "ns3/event-id.h"
#include "ns3/failure-detector.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/ptr.h"
#include "ns3/suspicion-gossip.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

class NodeClock;
class NodeCpu;

/**
 * Runs any number of classical detectors side by side on the same arrivals, each for every peer
 * that its node watches. Event-driven: a timer waits for each detector's deadline.
 *
 * At the start of the process every peer is trusted, and each detector judges a peer that is never
 * heard from as if a heartbeat had arrived then. The check of a deadline goes through the node's
 * CPU, behind the messages that wait there: after a pause of its own a node first reads, then
 * judges. A process that is down keeps silent, and after a restart starts with fresh detectors and
 * trust.
 *
 * Detectors that gossip (detection::GossipQuorum()) suspect a peer when enough observers do, as far
 * as this one has heard: what it thinks by itself is told to its peers with its heartbeats, what
 * they tell comes with theirs (detection::SuspicionGossip). What is said of suspicions below means
 * the combined ones; their level is the number of votes.
 *
 * Traces: Suspicion.
 */
class FailureDetectorBank : public Object
{
  public:
    static TypeId GetTypeId();

    FailureDetectorBank();
    ~FailureDetectorBank() override;

    /**
     * @param observer this node's id
     * @param clock its clock
     * @param cpu its processor
     * @param watched the peers it watches
     * @param period mean time between two heartbeats of a peer, above 0
     */
    void Setup(uint32_t observer,
               Ptr<NodeClock> clock,
               Ptr<NodeCpu> cpu,
               std::vector<uint32_t> watched,
               detection::Nanos period = detection::DEFAULT_HEARTBEAT_PERIOD);

    /**
     * Adds a detector, before the start.
     * @param label its name in traces
     * @param spec what to run
     * @throws std::invalid_argument as MakeFailureDetector(), or where the label is taken or too
     *         many detectors gossip
     */
    void AddDetector(const std::string& label, const detection::DetectorSpec& spec);

    /** The observing process starts, or dies. Down at first. */
    void SetUp(bool up);

    /** Takes a message from a peer; others than watched ones are ignored. */
    void OnArrival(const detection::PeerArrival& arrival);

    /** @return whether a detector gossips: then heartbeats have to carry suspicions */
    bool Gossips() const;

    /** @param suspicions becomes whom each detector that gossips suspects by itself */
    void TellSuspicions(detection::Suspicions& suspicions) const;

    /** Takes what a peer told with a heartbeat. */
    void HearSuspicions(const detection::PeerArrival& heartbeat,
                        const detection::Suspicions& suspicions);

    /** @return whether a detector suspects a peer; false where either is unknown */
    bool IsSuspected(const std::string& label, uint32_t target) const;

    /**
     * A detector changed its mind.
     * @param time now
     * @param observer this node
     * @param target the peer
     * @param detector label
     * @param suspected what it thinks from now on
     * @param level on the detector's own scale; the number of votes where it gossips
     */
    typedef void (*SuspicionCallback)(Time time,
                                      uint32_t observer,
                                      uint32_t target,
                                      const std::string& detector,
                                      bool suspected,
                                      double level);

  protected:
    void DoDispose() override;

  private:
    /** A detector as asked for. */
    struct Kind
    {
        std::string label;            //!< name in traces
        detection::DetectorSpec spec; //!< how to make one
        uint32_t quorum{0};           //!< observers that have to suspect; 0 if it does not gossip
        std::size_t place{0};         //!< among those that gossip, if it does
    };

    /** One detector for one peer. */
    struct Watch
    {
        uint32_t target{0};                                   //!< the peer
        std::size_t kind{0};                                  //!< index of its Kind
        std::unique_ptr<detection::FailureDetector> detector; //!< fresh in every life
        bool own{false};                                      //!< what it thinks by itself
        bool suspected{false};                                //!< as last reported
        EventId timer;                                        //!< looks at the deadline
        Time timerAt;                                         //!< when
    };

    void Revise(std::size_t watch);
    void Report(Watch& watch);
    void Report(const std::vector<detection::SuspicionGossip::Change>& changes);
    void OnTimer(std::size_t watch);
    std::unique_ptr<detection::SuspicionGossip> StartGossip() const;
    void AwaitExpiry();
    void OnExpiry();
    std::size_t FirstWatchOf(uint32_t target) const;

    uint32_t m_observer{0};               //!< this node
    Ptr<NodeClock> m_clock;               //!< its clock
    Ptr<NodeCpu> m_cpu;                   //!< its processor
    std::vector<uint32_t> m_targets;      //!< peers, by id
    detection::Nanos m_period{};          //!< of heartbeats
    std::vector<Kind> m_kinds;            //!< in the order of AddDetector()
    std::vector<Watch> m_watches;         //!< by target, then kind
    bool m_up{false};                     //!< whether the process runs
    uint64_t m_life{0};                   //!< checks of earlier lives are void
    EventId m_expiry;                     //!< looks for votes that are too old
    std::vector<std::size_t> m_gossiping; //!< indices of the kinds that gossip
    //! Votes of this life; null while the process is down, or if no kind gossips.
    std::unique_ptr<detection::SuspicionGossip> m_gossip;
    TracedCallback<Time, uint32_t, uint32_t, const std::string&, bool, double> m_suspicionTrace;
};

} // namespace ns3

#endif /* FAILURE_DETECTOR_BANK_H */
