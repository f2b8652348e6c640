#ifndef CONSENSUS_ROW_WRITER_H
#define CONSENSUS_ROW_WRITER_H

#include "atomic-file.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{

/** @return seconds with exactly 9 decimals, as in all files */
std::string FormatFileTime(Time time);

/** @return the shortest decimal text that reads back as the same number */
std::string FormatFileNumber(double number);
/** @copydoc FormatFileNumber(double) */
std::string FormatFileNumber(float number);

/**
 * Writes a CSV file whose rows come in order of time and are ordered by observer and target within
 * one time, whatever the order of events was.
 */
class ConsensusRowWriter
{
  public:
    /**
     * @param path final name of the file
     * @param header first line
     */
    ConsensusRowWriter(const std::string& path, const std::string& header);

    /**
     * Adds a row: `time,observer,target,` and `rest`.
     * @param time not before the previous row's
     * @param observer server id
     * @param target server id
     * @param rest the other columns
     */
    void Add(Time time, uint32_t observer, uint32_t target, const std::string& rest);

    /** Writes what is left and gives the file its name. */
    void Commit();

  private:
    struct Row
    {
        uint32_t observer;
        uint32_t target;
        std::string rest;
    };

    void Flush();

    AtomicFile m_file;
    Time m_time;
    std::vector<Row> m_rows; //!< of m_time; the first m_used are in use
    std::size_t m_used{0};
};

} // namespace ns3

#endif /* CONSENSUS_ROW_WRITER_H */
