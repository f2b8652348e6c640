#ifndef TEMPORARY_FOLDER_H
#define TEMPORARY_FOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <unistd.h>

namespace nctest
{

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

} // namespace nctest

#endif /* TEMPORARY_FOLDER_H */
