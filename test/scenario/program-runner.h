#ifndef PROGRAM_RUNNER_H
#define PROGRAM_RUNNER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace nctest
{

/** What a program came to. */
struct ProgramResult
{
    int status{-1};
    std::string output;
    std::string errors;
};

/** A folder that is empty at first and gone at the end. */
class TemporaryFolder
{
  public:
    TemporaryFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "nc-test-XXXXXX").string();
        path = mkdtemp(name.data());
    }

    ~TemporaryFolder()
    {
        std::filesystem::remove_all(path);
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string operator/(const std::string& name) const
    {
        return path + "/" + name;
    }

    std::string path;
};

inline std::string
ReadAll(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/** Content of every file below a folder, by relative path. */
inline std::map<std::string, std::string>
ReadFolder(const std::string& folder)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    {
        if (entry.is_regular_file())
        {
            files[std::filesystem::relative(entry.path(), folder).string()] =
                ReadAll(entry.path().string());
        }
    }
    return files;
}

/** Runs one of the project's programs by the shell. */
inline ProgramResult
RunProgramLine(const std::string& line)
{
    const TemporaryFolder folder;
    const std::string command = std::string(NC_PROGRAMS) + "/" + line + " >" + (folder / "out") +
                                " 2>" + (folder / "err") + " </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            ReadAll(folder / "out"),
            ReadAll(folder / "err")};
}

} // namespace nctest

#endif /* PROGRAM_RUNNER_H */
