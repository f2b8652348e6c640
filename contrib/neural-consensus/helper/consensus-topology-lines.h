#ifndef CONSENSUS_TOPOLOGY_LINES_H
#define CONSENSUS_TOPOLOGY_LINES_H

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

namespace ns3
{

/**
 * The lines of a file with a network: fields between commas, without blanks around them. What
 * follows a `#` is a comment, and lines with nothing else are left out.
 */
class TopologyLines
{
  public:
    using Fields = std::vector<std::string>;

    /**
     * @param in the text, of at most TopologyFile::MAX_BYTES
     * @param name the file's, for messages
     */
    TopologyLines(std::istream& in, const std::string& name);

    /**
     * @param fields gets those of the next line with something on it
     * @return false at the end
     * @throws std::invalid_argument on control characters and where the text is too long
     */
    bool Next(Fields& fields);

    /** @return number of the line that was read last, from 1 */
    std::size_t Number() const;

    /** @throws std::invalid_argument naming the file, a line and what is wrong with it */
    [[noreturn]] void Reject(const std::string& what, std::size_t line) const;

  private:
    std::istream& m_in;
    std::string m_name;     //!< of the file
    std::size_t m_line{0};  //!< that was read last
    std::size_t m_bytes{0}; //!< read
};

} // namespace ns3

#endif /* CONSENSUS_TOPOLOGY_LINES_H */
