#ifndef ATOMIC_FILE_H
#define ATOMIC_FILE_H

#include <fstream>
#include <string>

namespace ns3
{

/**
 * A file that appears under its name complete or not at all.
 *
 * It is written to a temporary name in the same folder and renamed by Commit(). Where Commit() is
 * not reached, or fails, the temporary file is removed and whatever stood under the name before
 * stays as it was.
 */
class AtomicFile
{
  public:
    /**
     * @param path final name; its folder exists, and nothing but a regular file stands there
     * @throws std::runtime_error in one line that names the path, where it cannot be written
     */
    explicit AtomicFile(std::string path);
    ~AtomicFile();

    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /** @return where to write; binary, so bytes arrive as they are. */
    std::ostream& Stream();

    /** @return the final name. */
    const std::string& Path() const;

    /**
     * Gives the file its final name. To be called once.
     * @throws std::runtime_error where something could not be written (a full disk, say)
     */
    void Commit();

  private:
    std::string m_path;
    std::string m_temporary; //!< empty once renamed or removed
    std::ofstream m_stream;
};

/**
 * Makes a folder for output, with its parents, unless it exists.
 * @throws std::runtime_error in one line, where that is not possible or a file stands there
 */
void MakeOutputFolder(const std::string& path);

} // namespace ns3

#endif /* ATOMIC_FILE_H */
