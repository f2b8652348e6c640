#ifndef NETEM_FLOW_H
#define NETEM_FLOW_H

#include "gilbert-elliott-error-model.h"
#include "netem-parameters.h"
#include "netem-process.h"

#include "ns3/error-model.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

#include <array>
#include <cstdint>
#include <vector>

namespace ns3
{

/**
 * One rule in force: parameters and the random processes that they need. A process is made when a
 * parameter first asks for it, and goes on where it was when the parameters change.
 */
class NetemStage
{
  public:
    /** Number of random streams set aside for a stage. */
    static constexpr int64_t STREAMS = 5;

    /** @param parameters valid ones */
    void Set(const NetemParameters& parameters);

    /** @param stream the first of STREAMS streams, or -1 to leave the choice to ns-3 */
    void SetStreams(int64_t stream);

    /** @return whether packets pass unchanged. */
    bool IsNeutral() const;

    /** @return the reason, a constant of NetemQueueDisc, if the packet is lost; null otherwise */
    const char* DrawLoss(Ptr<Packet> packet);
    Time DrawDelay();
    Time DrawHold();
    bool DrawDuplicate();

  private:
    template <typename T>
    Ptr<T> Make(int64_t offset) const;

    NetemParameters m_parameters;
    bool m_neutral{true};
    double m_jitterMu{0.0}; //!< of the logarithm of the jitter in seconds
    int64_t m_stream{-1};
    Ptr<RateErrorModel> m_loss;
    Ptr<GilbertElliottErrorModel> m_burstLoss;
    Ptr<LogNormalRandomVariable> m_jitter;
    Ptr<UniformRandomVariable> m_duplicate;
    Ptr<UniformRandomVariable> m_reorder;
};

/** What a NetemQueueDisc knows about one destination. */
struct NetemFlow
{
    /** Number of layers, NetemQueueDisc::Layer. */
    static constexpr std::size_t LAYERS = 2;
    /** Number of random streams set aside for a flow. */
    static constexpr int64_t STREAMS = LAYERS * NetemStage::STREAMS;

    /** @param stream the first of STREAMS streams, or -1 to leave the choice to ns-3 */
    void SetStreams(int64_t stream);

    /** @return whether packets pass unchanged. */
    bool IsNeutral() const;

    /** @return why the packet that comes now is lost, null if it is not */
    const char* DrawLoss(Ptr<Packet> packet, Time now);

    /** @return when that packet, which is not lost, is to leave; after DrawLoss() */
    Time DrawDue(Time now);

    /** @return whether the packet is to be sent twice */
    bool DrawDuplicate();

    bool cut{false};
    std::array<NetemStage, LAYERS> stages;
    std::array<bool, LAYERS> ownRule{}; //!< whether the stage is the destination's, not the default
    std::vector<Ptr<NetemProcess>> processes; //!< of the network, shared with other flows
    Time processDelay;                        //!< that the last packet met there
    Time lastDue;                             //!< of the packets that keep their order
};

} // namespace ns3

#endif /* NETEM_FLOW_H */
