#ifndef CONSENSUS_HEARTBEAT_SURVEY_H
#define CONSENSUS_HEARTBEAT_SURVEY_H

#include "consensus-heartbeat-reader.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ns3
{

/** Numbers the pairs of a recording in the order in which they appear. */
class HeartbeatPairs
{
  public:
    /** @return the number of a heartbeat's pair, from 0 */
    std::size_t IndexOf(const RecordedHeartbeat& heartbeat);

    /** @return pairs so far */
    std::size_t Size() const;

  private:
    uint64_t m_lastKey{0};      //!< most heartbeats are of the same pair as the one before,
    std::size_t m_lastIndex{0}; //!< or of few pairs
    std::unordered_map<uint64_t, std::size_t> m_indices;
};

/** What has to be known of a recording before it can be replayed in one go. */
struct HeartbeatSurvey
{
    /** One observer and one target. */
    struct Pair
    {
        uint32_t observer{0};      //!< 0 where the file does not say
        uint32_t target{0};        //!< likewise
        detection::Nanos period{}; //!< median time between two sendings of one life, above 0
        detection::Nanos least{};  //!< shortest delay of those that arrive, negative if clocks
                                   //!< differ so; 0 where none does
    };

    std::vector<Pair> pairs;     //!< in the order in which they appear
    bool hasPairs{false};        //!< whether the file names observers and targets
    uint64_t heartbeats{0};      //!< rows
    detection::Nanos least{};    //!< shortest delay of all
    detection::Nanos disorder{}; //!< how far a sending lies before the latest one above it
};

/** Hears how far a pass is: bytes read, and bytes in all. */
using ReadingProgress = std::function<void(uint64_t read, uint64_t all)>;

/**
 * Reads a recording and checks every row. Its numbers rise within a pair, or begin anew with 0 or 1
 * where the sender restarted; its sendings do not go back within a pair. Of each pair's sendings
 * the exact median takes one pass over the file while it has up to 4096, and up to three
 * afterwards.
 *
 * @param path of the file
 * @param progress may be null
 * @throws std::runtime_error `path:line: what: expected ...`
 */
HeartbeatSurvey SurveyHeartbeats(const std::string& path, const ReadingProgress& progress);

} // namespace ns3

#endif /* CONSENSUS_HEARTBEAT_SURVEY_H */
