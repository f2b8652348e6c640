#ifndef CONSENSUS_TOPOLOGY_DRAW_H
#define CONSENSUS_TOPOLOGY_DRAW_H

#include "ns3/data-rate.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** A number that makes a network what it is: its default, and where it lies in random networks. */
struct TopologyRange
{
    double byDefault;
    double low;
    double high;
};

/**
 * Settles the parameters of a topology: what the user says, else a draw where networks are to be
 * random, else the family's default; and keeps a record. A draw is made for every parameter of a
 * random network, wanted or not, so that what the user fixes does not change the others.
 *
 * Draws are uniform where the range begins at 0 and log-uniform otherwise, for rates and times
 * differ by factors. They come from a stream of their own.
 */
class TopologyDraw
{
  public:
    /** The stream, beyond those of networks, protocols, load and faults. */
    static constexpr int64_t STREAM = 450000000;

    /** @param random whether parameters are drawn */
    explicit TopologyDraw(bool random);

    /**
     * @param name in the record, with the unit at its end
     * @param range in that unit
     * @param given by the user
     * @return the parameter
     */
    double Number(const std::string& name,
                  const TopologyRange& range,
                  std::optional<double> given = std::nullopt);

    /** @return a time; the range is in milliseconds, the record (NAME_s) in seconds. */
    Time Milliseconds(const std::string& name,
                      const TopologyRange& range,
                      std::optional<Time> given = std::nullopt);

    /** @return a rate; range and record (NAME_bps) are in bit/s. */
    DataRate Rate(const std::string& name,
                  const TopologyRange& range,
                  std::optional<DataRate> given = std::nullopt);

    /** @return the numbers below `count`, shuffled in a random network, else in order. */
    std::vector<uint32_t> Places(uint32_t count);

    /** @return the numbers below `count`, always shuffled. */
    std::vector<uint32_t> Shuffled(uint32_t count);

    /** @return whether parameters are drawn. */
    bool IsRandom() const;

    /** @return name and value of every parameter, in the order in which they were settled. */
    const std::vector<std::pair<std::string, double>>& Record() const;

  private:
    bool m_random;
    Ptr<UniformRandomVariable> m_uniform;
    std::vector<std::pair<std::string, double>> m_record;
};

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_DRAW_H */
