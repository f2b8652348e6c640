#ifndef PROGRAM_RUNNER_H
#define PROGRAM_RUNNER_H

#include "helper/temporary-folder.h"

#include <cstdlib>
#include <set>
#include <string>
#include <sys/wait.h>

namespace nctest
{

/** What a program came to. */
struct ProgramResult
{
    int status{-1};
    std::string output;
    std::string errors;
};

/**
 * Runs one of the project's programs by the shell.
 * @param line program and arguments
 * @param environment settings for this program alone, as NAME=VALUE
 */
inline ProgramResult
RunProgramLine(const std::string& line, const std::string& environment = "")
{
    const TemporaryFolder folder;
    const auto nameEnd = line.find(' ');
    const std::string program = std::string(NC_PROGRAMS "/" NC_PROGRAM_PREFIX) +
                                line.substr(0, nameEnd) + NC_PROGRAM_SUFFIX;
    const std::string arguments = nameEnd == std::string::npos ? "" : line.substr(nameEnd);
    const std::string command = environment + " " + program + arguments + " >" + (folder / "out") +
                                " 2>" + (folder / "err") + " </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            ReadAll(folder / "out"),
            ReadAll(folder / "err")};
}

} // namespace nctest

#endif /* PROGRAM_RUNNER_H */
