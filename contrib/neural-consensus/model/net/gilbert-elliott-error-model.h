#ifndef GILBERT_ELLIOTT_ERROR_MODEL_H
#define GILBERT_ELLIOTT_ERROR_MODEL_H

#include "ns3/error-model.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <optional>

namespace ns3
{

/**
 * Loss in bursts: a Markov chain of a good state, which loses nothing, and a bad one, which loses
 * every packet, that steps once per packet (E. N. Gilbert, "Capacity of a burst-noise channel",
 * Bell System Technical Journal 39, 1960; E. O. Elliott, ibid. 42, 1963). The chain starts in its
 * stationary distribution, so that the first packet is lost as often as any other.
 *
 * Attributes: MeanLoss, the share of packets lost in the long run (0 to 1, default 0), and
 * MeanBurstLength, the mean number of packets lost in a row (at least 1, default 4). The chain
 * leaves the bad state with probability r = 1 / MeanBurstLength and the good one with p = r
 * MeanLoss / (1 - MeanLoss), at most 1, which bounds MeanLoss by L / (L + 1).
 */
class GilbertElliottErrorModel : public ErrorModel
{
  public:
    /** @return the TypeId */
    static TypeId GetTypeId();

    GilbertElliottErrorModel();
    ~GilbertElliottErrorModel() override;

    /**
     * Fixes the random stream.
     * @return the number of streams in use, 1
     */
    int64_t AssignStreams(int64_t stream);

  private:
    bool DoCorrupt(Ptr<Packet> packet) override;
    void DoReset() override;

    double m_meanLoss;
    double m_meanBurstLength;
    std::optional<bool> m_bad; //!< the state; none before the first packet
    Ptr<UniformRandomVariable> m_uniform;
};

} // namespace ns3

#endif /* GILBERT_ELLIOTT_ERROR_MODEL_H */
