#ifndef CONSENSUS_QOS_FILE_H
#define CONSENSUS_QOS_FILE_H

#include "atomic-file.h"

#include "ns3/failure-detector.h"
#include "ns3/qos-statistics.h"

#include <cstdint>
#include <string>

namespace ns3
{

/** @return a server's number as a field of a CSV file, nothing for 0 */
std::string ServerField(uint32_t id);

/** @return a text as a field of a CSV file, in quotes where it holds a comma */
std::string TextField(const std::string& text);

/** @return key=value,... as after the name of a detector, keys in order; empty without any */
std::string ToText(const detection::DetectorParameters& parameters);

/**
 * Writes quality of service as a table (`qos.csv`, doc/formats.md), one row for each observer,
 * target and detector.
 */
class ConsensusQosFile
{
  public:
    /** What a row is about. */
    struct Subject
    {
        uint32_t observer{0};         //!< server; 0 where it is not known, with an empty field
        uint32_t target{0};           //!< likewise
        detection::DetectorSpec spec; //!< the detector
        uint64_t heartbeats{0};       //!< that the target sent to the observer
    };

    /** @throws std::runtime_error where the file cannot be written */
    explicit ConsensusQosFile(const std::string& path);

    /** Adds a row. */
    void Add(const Subject& subject, const detection::QosStatistics& qos);

    /** Gives the file its name. */
    void Commit();

  private:
    AtomicFile m_file;
};

} // namespace ns3

#endif /* CONSENSUS_QOS_FILE_H */
