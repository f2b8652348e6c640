#include "atomic-file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace ns3
{

namespace fs = std::filesystem;

namespace
{

[[noreturn]] void
ThrowUnwritable(const std::string& path, const std::string& reason)
{
    throw std::runtime_error("cannot write " + path + ": " + reason);
}

} // namespace

AtomicFile::AtomicFile(std::string path)
    : m_path(std::move(path))
{
    std::error_code error;
    const fs::file_status status = fs::status(m_path, error);
    // Renaming onto a device or pipe would replace it, so those are refused like folders.
    if (fs::exists(status) && !fs::is_regular_file(status))
    {
        ThrowUnwritable(m_path, "expected a regular file or a new name");
    }
    std::string temporary = m_path + ".part" + std::to_string(::getpid());
    m_stream.open(temporary, std::ios::binary | std::ios::trunc);
    if (!m_stream)
    {
        ThrowUnwritable(m_path,
                        std::string(std::strerror(errno)) +
                            "; expected a name in a folder that exists and can be written");
    }
    m_temporary = std::move(temporary);
}

AtomicFile::~AtomicFile()
{
    if (!m_temporary.empty())
    {
        m_stream.close();
        std::error_code ignored;
        fs::remove(m_temporary, ignored);
    }
}

std::ostream&
AtomicFile::Stream()
{
    return m_stream;
}

const std::string&
AtomicFile::Path() const
{
    return m_path;
}

void
AtomicFile::Commit()
{
    m_stream.close();
    if (!m_stream)
    {
        ThrowUnwritable(m_path, "not everything could be written; is the disk full?");
    }
    std::error_code error;
    fs::rename(m_temporary, m_path, error);
    if (error)
    {
        ThrowUnwritable(m_path, error.message());
    }
    m_temporary.clear();
}

void
MakeOutputFolder(const std::string& path)
{
    std::error_code error;
    fs::create_directories(path, error);
    std::error_code ignored;
    if (!fs::is_directory(path, ignored))
    {
        ThrowUnwritable(path,
                        (error ? error.message() : std::string("not a folder")) +
                            "; expected a folder or a place to make one");
    }
}

} // namespace ns3
