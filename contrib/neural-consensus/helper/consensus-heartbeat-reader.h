#ifndef CONSENSUS_HEARTBEAT_READER_H
#define CONSENSUS_HEARTBEAT_READER_H

#include "ns3/peer-arrival.h"

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns3
{

/**
 * @param text seconds in decimals, as -12.345678901; more than 9 are rounded
 * @return the time in ns, or nothing where the text is none or lies beyond 3e9 s
 */
std::optional<detection::Nanos> ParseFileTime(std::string_view text);

/** Reads the lines of a file one by one in constant memory. */
class LineReader
{
  public:
    /**
     * @param path of a regular file
     * @param expected what it should be, for messages
     * @throws std::runtime_error in one line where it cannot be read
     */
    LineReader(const std::string& path, const std::string& expected);

    /**
     * @param line set to the next line without its end (LF or CR LF); valid until the next call
     * @return false at the end of the file
     * @throws std::runtime_error where a line is longer than 1 MiB or the file cannot be read on
     */
    bool Next(std::string_view& line);

    /** @throws std::runtime_error `path:line: what: expected ...` for the line read last */
    [[noreturn]] void Refuse(const std::string& what, const std::string& expected) const;

    /** @return whether nothing follows the line that was read last */
    bool IsAtEnd() const;

    /** @return bytes taken so far */
    uint64_t Position() const;
    /** @return bytes of the whole file */
    uint64_t Size() const;

  private:
    bool Fill();

    std::string m_path;
    std::ifstream m_file;
    uint64_t m_size{0};         //!< of the file
    uint64_t m_read{0};         //!< bytes read from it
    std::vector<char> m_buffer; //!< part of it
    std::size_t m_begin{0};     //!< what is not taken yet begins here
    std::size_t m_end{0};       //!< and ends here
    uint64_t m_line{0};         //!< number of the last line
};

/** A heartbeat of a recording. */
struct RecordedHeartbeat
{
    uint32_t observer{0};                    //!< server, 0 where the file does not say
    uint32_t target{0};                      //!< server that sent it, likewise
    uint64_t sequence{0};                    //!< its number
    detection::Nanos sent{};                 //!< by the target's clock
    std::optional<detection::Nanos> arrived; //!< by the observer's clock; nothing where lost
};

/**
 * Reads a recording of heartbeats (`heartbeats.csv`, doc/formats.md) row by row: the columns
 * `observer,target,seq,sent_s,arrived_s`, of which the first two may be left out together.
 */
class HeartbeatReader
{
  public:
    /**
     * Opens a file and reads its header.
     * @throws std::runtime_error in one line
     */
    explicit HeartbeatReader(const std::string& path);

    /**
     * @param heartbeat set to the next row
     * @return false at the end
     * @throws std::runtime_error `path:line: what: expected ...`
     */
    bool Next(RecordedHeartbeat& heartbeat);

    /** @return whether the file names observers and targets */
    bool HasPairs() const;

    /** @return the lines below */
    const LineReader& Lines() const;

  private:
    LineReader m_lines;
    bool m_hasPairs{false};
};

} // namespace ns3

#endif /* CONSENSUS_HEARTBEAT_READER_H */
