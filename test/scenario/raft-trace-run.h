#ifndef RAFT_TRACE_RUN_H
#define RAFT_TRACE_RUN_H

#include "program-runner.h"
#include "raft-trace-checker.h"

#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace nctest
{

/** The lines of the trace of a run. */
inline std::vector<std::string>
TraceOf(const std::string& options)
{
    const TemporaryFolder folder;
    const auto result = RunProgramLine("consensus-scenario --quiet --raft-trace " + options +
                                       " --out=" + (folder / "r"));
    EXPECT_EQ(result.status, 0) << result.errors;
    std::istringstream text(ReadAll(folder / "r/raft-trace.ndjson"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
    {
        lines.push_back(line);
    }
    return lines;
}

/** @return the rule that is broken first, "" for none */
inline std::string
Check(const std::vector<std::string>& lines, RaftTraceChecker& checker)
{
    try
    {
        for (const std::string& line : lines)
        {
            checker.Take(line);
        }
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
    return "";
}

} // namespace nctest

#endif /* RAFT_TRACE_RUN_H */
