#ifndef CONSENSUS_TOPOLOGY_FILE_H
#define CONSENSUS_TOPOLOGY_FILE_H

#include "ns3/data-rate.h"
#include "ns3/nstime.h"

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/** One direction of a link in an edge list. */
struct TopologyEdge
{
    uint32_t from; //!< a place, by its position among the names
    uint32_t to;
    Time delay;                   //!< one way
    std::optional<DataRate> rate; //!< the default if left out
    double loss{0.0};             //!< share of packets
};

/**
 * A network that a user describes (doc/topologies.md has the two forms). Servers and clients stand
 * at places, which have names.
 */
struct TopologyFile
{
    /// The longest file that is read, in bytes.
    static constexpr std::size_t MAX_BYTES = 4 << 20;
    static constexpr std::size_t MAX_PLACES = 1000;
    static constexpr std::size_t MAX_EDGES = 50000;

    std::string name;                //!< the file's, for messages
    std::vector<std::string> places; //!< in the order in which the file names them
    bool isMatrix{false};            //!< else an edge list
    /// Of an edge list: both directions of every link, sorted by from and to.
    std::vector<TopologyEdge> edges;
    /// Of a matrix: one way, by from * places + to; the diagonal is 0 where the file says nothing.
    std::vector<Time> delays;
    /// Of a matrix: "A > B" where the file has no number and the way back stands in.
    std::vector<std::string> gaps;

    /**
     * @param id a host's
     * @return the place that the file names after this host, if any
     */
    std::optional<uint32_t> PlaceOf(uint32_t id) const;

    /** @return whether places are named after hosts, as 1 or server-1. */
    bool NamesHosts() const;
};

/** @return whether --topology=NAME means a file: no family's name has a dot or a slash. */
bool IsTopologyFile(const std::string& name);

/**
 * Reads and checks a file.
 * @param path the file
 * @param servers how many there will be; where the file names hosts it must have all of them
 * @throws std::runtime_error or std::invalid_argument with one line that names file and line, and
 *         what was expected
 */
TopologyFile ReadTopologyFile(const std::string& path, uint32_t servers);

/**
 * The same for what is in memory.
 * @param in the text
 * @param name stands for the path in messages
 * @param servers how many there will be
 */
TopologyFile ParseTopologyFile(std::istream& in, const std::string& name, uint32_t servers);

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_FILE_H */
