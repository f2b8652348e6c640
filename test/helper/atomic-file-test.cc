#include "temporary-folder.h"

#include "ns3/atomic-file.h"

#include <csignal>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <vector>

using namespace ns3;
using nctest::ReadAll;
using nctest::ReadFolder;
using nctest::TemporaryFolder;

namespace
{

namespace fs = std::filesystem;

/** While it lives, no file of this process grows beyond `bytes`, as on a disk that is full. */
class FullDisk
{
  public:
    explicit FullDisk(rlim_t bytes)
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_limit);
        const rlimit low{bytes, m_limit.rlim_max};
        setrlimit(RLIMIT_FSIZE, &low);
    }

    ~FullDisk()
    {
        setrlimit(RLIMIT_FSIZE, &m_limit);
        std::signal(SIGXFSZ, m_handler);
    }

    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit m_limit{};
    void (*m_handler)(int){nullptr};
};

/** @return the message of the std::runtime_error that `action` throws, or nothing */
template <typename Action>
std::string
MessageOf(const Action& action)
{
    try
    {
        action();
    }
    catch (const std::runtime_error& e)
    {
        return e.what();
    }
    return {};
}

void
ExpectOneLineNaming(const std::string& message, const std::string& name)
{
    EXPECT_NE(message.find("cannot write " + name), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

} // namespace

TEST(AtomicFile, AppearsUnderItsNameAtCommitAndAlone)
{
    const TemporaryFolder folder;
    AtomicFile file(folder / "a");
    EXPECT_EQ(file.Path(), folder / "a");
    file.Stream() << "first\n" << std::flush;
    EXPECT_FALSE(fs::exists(folder / "a"));
    file.Stream() << "second\n";
    file.Commit();
    const std::map<std::string, std::string> expected{{"a", "first\nsecond\n"}};
    EXPECT_EQ(ReadFolder(folder.path), expected);
}

TEST(AtomicFile, TakesBytesAsTheyAre)
{
    const TemporaryFolder folder;
    std::string bytes;
    for (int i = 0; i < 1 << 18; ++i)
    {
        bytes.push_back(static_cast<char>(i % 251));
    }
    bytes += "\r\n\n\r";
    bytes.push_back('\0');
    AtomicFile file(folder / "a");
    file.Stream() << bytes;
    file.Commit();
    EXPECT_EQ(ReadAll(folder / "a"), bytes);
}

TEST(AtomicFile, LeavesNothingWithoutCommitAndWhatStoodThereStays)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "old") << "old";
    {
        AtomicFile fresh(folder / "new");
        AtomicFile replacement(folder / "old");
        fresh.Stream() << "half a file";
        replacement.Stream() << "half a file" << std::flush;
    }
    const std::map<std::string, std::string> expected{{"old", "old"}};
    EXPECT_EQ(ReadFolder(folder.path), expected);
}

TEST(AtomicFile, ReplacesALongerFileAsAWhole)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "a") << "a file that is longer than the next";
    AtomicFile file(folder / "a");
    file.Stream() << "short";
    EXPECT_EQ(ReadAll(folder / "a"), "a file that is longer than the next");
    file.Commit();
    EXPECT_EQ(ReadAll(folder / "a"), "short");
}

TEST(AtomicFile, AnEmptyFileIsAFile)
{
    const TemporaryFolder folder;
    AtomicFile(folder / "a").Commit();
    const std::map<std::string, std::string> expected{{"a", ""}};
    EXPECT_EQ(ReadFolder(folder.path), expected);
}

TEST(AtomicFile, RefusesWhatIsNoPlaceForAFileBeforeAnythingIsWritten)
{
    const TemporaryFolder folder;
    fs::create_directory(folder / "folder");
    std::ofstream(folder / "file") << "kept";
    ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
    fs::create_symlink("/dev/null", folder / "device");
    for (const std::string& path : {folder / "folder",
                                    folder / "pipe",
                                    folder / "device",
                                    folder / "missing/a",
                                    folder / "file/a",
                                    folder / std::string(300, 'a'),
                                    std::string("/dev/null"),
                                    std::string("/proc/a")})
    {
        ExpectOneLineNaming(MessageOf([&] { AtomicFile file(path); }), path);
    }
    const std::map<std::string, std::string> expected{{"file", "kept"}};
    EXPECT_EQ(ReadFolder(folder.path), expected);
    EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
}

TEST(AtomicFile, AFullDiskIsToldAtCommitHoweverMuchWasWritten)
{
    // More than the stream's buffer fails on writing, less only when the file is closed.
    for (const std::size_t size : {200U, 200000U})
    {
        const TemporaryFolder folder;
        std::ofstream(folder / "a") << "old";
        {
            AtomicFile file(folder / "a");
            std::string message;
            {
                const FullDisk disk(100);
                file.Stream() << std::string(size, 'x');
                message = MessageOf([&] { file.Commit(); });
            }
            ExpectOneLineNaming(message, folder / "a");
        }
        const std::map<std::string, std::string> expected{{"a", "old"}};
        EXPECT_EQ(ReadFolder(folder.path), expected) << size;
    }
}

TEST(AtomicFile, ANameThatWasTakenMeanwhileIsToldAtCommit)
{
    const TemporaryFolder folder;
    {
        AtomicFile file(folder / "a");
        file.Stream() << "text";
        fs::create_directory(folder / "a");
        ExpectOneLineNaming(MessageOf([&] { file.Commit(); }), folder / "a");
    }
    EXPECT_TRUE(ReadFolder(folder.path).empty());
}

TEST(MakeOutputFolder, MakesItWithItsParentsAndLeavesOneThatExistsAsItIs)
{
    const TemporaryFolder folder;
    for (const char* name : {"a/b/c", "a/b/c", "a/b/c/", "a/./d/../e"})
    {
        MakeOutputFolder(folder / name);
        EXPECT_TRUE(fs::is_directory(folder / name)) << name;
    }
    std::ofstream(folder / "a/b/file") << "kept";
    fs::create_directory_symlink(folder / "a", folder / "link");
    MakeOutputFolder(folder / "link");
    MakeOutputFolder(folder / "link/b");
    EXPECT_EQ(ReadAll(folder / "a/b/file"), "kept");
}

TEST(MakeOutputFolder, RefusesWhatCannotBeAFolder)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "file") << "kept";
    fs::create_symlink(folder / "nowhere", folder / "dangling");
    for (const std::string& path : {folder / "file",
                                    folder / "file/a",
                                    folder / "dangling",
                                    folder / std::string(300, 'a'),
                                    std::string("/proc/a"),
                                    std::string()})
    {
        ExpectOneLineNaming(MessageOf([&] { MakeOutputFolder(path); }), path);
    }
    EXPECT_EQ(ReadAll(folder / "file"), "kept");
}
