#ifndef NEURAL_FAILURE_DETECTOR_H
#define NEURAL_FAILURE_DETECTOR_H

#include "neural-inference-service.h"
#include "neural-types.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/peer-arrival.h"
#include "ns3/ptr.h"
#include "ns3/traced-callback.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

class NeuralObserver;
class NodeCpu;

/** What the neural detector says of a peer at a tick. */
struct NeuralVerdict
{
    Time time;                                                        //!< of the tick judged
    uint32_t observer{0};                                             //!< who judges
    uint32_t target{0};                                               //!< whom
    neural::FailureClass failureClass{neural::FailureClass::HEALTHY}; //!< the most probable class
    double confidence{0};                                             //!< its probability
    neural::Scores scores;                                            //!< all the network says
};

/**
 * The neural failure detector of one node: a class per watched peer and tick, and a suspicion that
 * is revised when something happens rather than when a tick comes.
 *
 * The window of every tick is scored (by the NeuralInferenceService all nodes share) and becomes a
 * Verdict, InferenceDelay later. The level of suspicion is the summed probability of
 * SuspectClasses; a peer is suspected from SuspicionThreshold on. For suspicion alone, windows
 * whose last row is that of the moment are scored, too:
 * - when a heartbeat is overdue (OverdueFactor mean intervals and OverdueDeviations standard
 *   deviations after the last one), and every OverdueRepeat from then on until a heartbeat arrives
 *   or the peer is suspected;
 * - when a message arrives from a suspected peer.
 *
 * A result that would begin a suspicion is passed over if a message has arrived since its window
 * was taken. Silence for HardTimeout is suspicion at level 1 whatever the network says: a wrong
 * model can cost time but never liveness. Until a window is complete, this is the only rule. While
 * the host's CPU is paused the detector changes its mind about nobody. A process that is down
 * neither judges nor suspects; after a restart all peers are trusted and windows begin anew.
 *
 * Attributes: SuspicionThreshold, SuspectClasses, HardTimeout, OverdueFactor, OverdueDeviations,
 * OverdueRepeat. Traces: Verdict, Suspicion.
 */
class NeuralFailureDetector : public Object, private NeuralInferenceClient
{
  public:
    static TypeId GetTypeId();

    NeuralFailureDetector();
    ~NeuralFailureDetector() override;

    /**
     * @param observer the node's observer, set up; its WindowLength is the model's
     * @param cpu the node's processor
     * @param service shared by the run
     */
    void Setup(Ptr<NeuralObserver> observer, Ptr<NodeCpu> cpu, Ptr<NeuralInferenceService> service);

    /** @param classes names of classes that count as suspicion, separated by commas */
    void SetSuspectClasses(std::string classes);
    std::string GetSuspectClasses() const;

    /** @return whether a watched peer is suspected now; false for others */
    bool IsSuspected(uint32_t target) const;

    /** @return the last level of suspicion, 0..1 */
    double GetLevel(uint32_t target) const;

    /** @return the last verdict; nothing before the first one of this life */
    std::optional<NeuralVerdict> GetVerdict(uint32_t target) const;

    /** A tick was judged; comes InferenceDelay after `verdict.time`. */
    typedef void (*VerdictCallback)(const NeuralVerdict& verdict);

    /**
     * A peer is suspected or trusted again.
     * @param time now
     * @param observer this node
     * @param target the peer
     * @param suspected what is thought of it from now on
     * @param level of suspicion, 0..1
     */
    typedef void (*SuspicionCallback)(Time time,
                                      uint32_t observer,
                                      uint32_t target,
                                      bool suspected,
                                      double level);

  protected:
    void DoDispose() override;

  private:
    /** What is thought of one watched peer. */
    struct Target
    {
        uint32_t host{0};                     //!< its id
        bool suspected{false};                //!< by network or hard timeout
        bool silent{false};                   //!< the hard timeout has struck
        double level{0};                      //!< last level of the network
        uint64_t arrivals{0};                 //!< messages in this life
        std::optional<NeuralVerdict> verdict; //!< the last one
        EventId overdue;                      //!< the next look at an overdue heartbeat
        EventId hard;                         //!< the hard timeout
    };

    void OnLiveness(bool up);
    void OnObservation(Time time,
                       uint32_t observer,
                       uint32_t target,
                       const neural::FeatureRow& row);
    void OnArrival(const detection::PeerArrival& arrival);
    void OnScores(const Request& request, const neural::Scores& scores) override;
    bool Evaluate(Target& target, bool provisional);
    void OnOverdueTimer(std::size_t index);
    void OnOverdue(std::size_t index);
    void OnHardTimer(std::size_t index);
    void OnHard(std::size_t index);
    void Decide(Target& target, bool suspected, double level);
    std::size_t IndexOf(uint32_t host) const;
    const Target* Find(uint32_t host) const;

    double m_threshold{0.5};                             //!< attribute SuspicionThreshold
    std::array<bool, neural::CLASS_COUNT> m_suspect{};   //!< attribute SuspectClasses
    Time m_hardTimeout;                                  //!< attribute HardTimeout
    double m_overdueFactor{1.5};                         //!< attribute OverdueFactor
    double m_overdueDeviations{4};                       //!< attribute OverdueDeviations
    Time m_overdueRepeat;                                //!< attribute OverdueRepeat
    Ptr<NeuralObserver> m_observer;                      //!< sees
    Ptr<NodeCpu> m_cpu;                                  //!< works
    Ptr<NeuralInferenceService> m_service;               //!< scores
    std::vector<Target> m_targets;                       //!< by id
    uint64_t m_life{0};                                  //!< results of earlier lives are void
    bool m_up{false};                                    //!< whether the process runs
    std::chrono::nanoseconds m_born{};                   //!< own clock when this life began
    TracedCallback<const NeuralVerdict&> m_verdictTrace; //!< Verdict
    TracedCallback<Time, uint32_t, uint32_t, bool, double> m_suspicionTrace; //!< Suspicion
};

} // namespace ns3

#endif /* NEURAL_FAILURE_DETECTOR_H */
