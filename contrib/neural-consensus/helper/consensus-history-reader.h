#ifndef CONSENSUS_HISTORY_READER_H
#define CONSENSUS_HISTORY_READER_H

#include "ns3/raft-linearizability.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * Reads what clients saw, as a run writes it (`history.ndjson`, doc/formats.md): one JSON object a
 * line with `client`, `op`, `key`, `value`, `call` and `ret`, and fields besides these ignored.
 * Times are rounded to nanoseconds.
 *
 * @param path of the file
 * @return its operations, one a line in the file's order, fit for raft::CheckLinearizability()
 * @throws std::runtime_error in one line, `path:line: what is wrong: what was expected`, where the
 *         file cannot be read, a line is no operation or longer than 1 MiB, or a value is put to a
 *         key twice
 */
std::vector<raft::HistoryOperation> ReadConsensusHistory(const std::string& path);

} // namespace ns3

#endif /* CONSENSUS_HISTORY_READER_H */
