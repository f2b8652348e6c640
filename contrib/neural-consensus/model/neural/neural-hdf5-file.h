#ifndef NEURAL_HDF5_FILE_H
#define NEURAL_HDF5_FILE_H

#include <cstddef>
#include <cstdint>
#include <hdf5.h>
#include <map>
#include <string>
#include <vector>

namespace ns3::neural
{

/** A handle of HDF5 that is closed by itself. */
class Hdf5Handle
{
  public:
    using Close = herr_t (*)(hid_t);

    Hdf5Handle(hid_t id, Close close);
    ~Hdf5Handle();
    Hdf5Handle(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(const Hdf5Handle&) = delete;

    /** @return whether HDF5 gave one */
    explicit operator bool() const;
    operator hid_t() const;

  private:
    hid_t m_id;
    Close m_close;
};

/**
 * A file of HDF5, open for reading. Nothing in it is trusted: types and lengths are checked before
 * anything is read. Every error is one std::runtime_error that names the file and what was
 * expected.
 */
class Hdf5File
{
  public:
    /** @param path of the file; throws where it cannot be read or is none of HDF5 */
    explicit Hdf5File(std::string path);

    /** @return a text attribute of the file */
    std::string Text(const char* attribute) const;

    /** @return a whole-number attribute of the file, from 0 to `most` */
    uint64_t Number(const char* attribute, uint64_t most) const;

    /** @return whether there is a group or dataset of this name at the top */
    bool Has(const char* name) const;

    /** @return the length of a dataset of one dimension, at most `most` */
    std::size_t Length(const char* name, std::size_t most) const;

    /** @return a column of `rows` whole numbers */
    std::vector<int64_t> Integers(const char* name, std::size_t rows) const;

    /** @return a table of `rows` x `columns` real numbers, or a column where `columns` is 1 */
    std::vector<float> Reals(const char* name, std::size_t rows, std::size_t columns = 1) const;

    /** A column of an enumeration. */
    struct Names
    {
        std::vector<int16_t> codes;           //!< row by row
        std::map<int16_t, std::string> names; //!< of the codes; every code has one
    };

    /** @return a column of `rows` codes with their names */
    Names Enumeration(const char* name, std::size_t rows) const;

    /** @return the texts of an attribute of a dataset */
    std::vector<std::string> Texts(const char* dataset, const char* attribute) const;

    /** Throws for this file. */
    [[noreturn]] void Fail(const std::string& expected) const;

  private:
    Hdf5Handle OpenColumn(const char* name, std::size_t rows, std::size_t columns) const;
    void ReadInto(hid_t dataset, const char* name, hid_t type, void* values) const;

    std::string m_path;
    Hdf5Handle m_file;
};

} // namespace ns3::neural

#endif /* NEURAL_HDF5_FILE_H */
