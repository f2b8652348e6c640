#include "neural-hdf5-file.h"

#include <stdexcept>
#include <utility>

namespace ns3::neural
{

namespace
{

/** Opens a file, with HDF5's own messages switched off: ours are one line. */
hid_t
Open(const std::string& path)
{
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
}

} // namespace

Hdf5Handle::Hdf5Handle(hid_t id, Close close)
    : m_id(id),
      m_close(close)
{
}

Hdf5Handle::~Hdf5Handle()
{
    if (m_id >= 0)
    {
        m_close(m_id);
    }
}

Hdf5Handle::operator bool() const
{
    return m_id >= 0;
}

Hdf5Handle::operator hid_t() const
{
    return m_id;
}

Hdf5File::Hdf5File(std::string path)
    : m_path(std::move(path)),
      m_file(Open(m_path), H5Fclose)
{
    if (!m_file)
    {
        throw std::runtime_error("cannot read " + m_path + ": expected a file of HDF5");
    }
}

void
Hdf5File::Fail(const std::string& expected) const
{
    throw std::runtime_error(m_path + ": expected " + expected);
}

std::string
Hdf5File::Text(const char* attribute) const
{
    const std::string expected = std::string("a text in the attribute ") + attribute;
    const Hdf5Handle opened(H5Aopen(m_file, attribute, H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(opened ? H5Aget_type(opened) : -1, H5Tclose);
    const Hdf5Handle space(opened ? H5Aget_space(opened) : -1, H5Sclose);
    if (!type || !space || H5Tis_variable_str(type) <= 0 ||
        H5Sget_simple_extent_npoints(space) != 1)
    {
        Fail(expected);
    }
    char* text = nullptr;
    if (H5Aread(opened, type, &text) < 0 || text == nullptr)
    {
        Fail(expected);
    }
    std::string result(text);
    H5free_memory(text);
    return result;
}

uint64_t
Hdf5File::Number(const char* attribute, uint64_t most) const
{
    const Hdf5Handle opened(H5Aopen(m_file, attribute, H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(opened ? H5Aget_type(opened) : -1, H5Tclose);
    const Hdf5Handle space(opened ? H5Aget_space(opened) : -1, H5Sclose);
    int64_t value = -1;
    if (!type || !space || H5Tget_class(type) != H5T_INTEGER ||
        H5Sget_simple_extent_npoints(space) != 1 || H5Aread(opened, H5T_NATIVE_INT64, &value) < 0 ||
        value < 0 || static_cast<uint64_t>(value) > most)
    {
        Fail(std::string("a number from 0 to ") + std::to_string(most) + " in the attribute " +
             attribute);
    }
    return static_cast<uint64_t>(value);
}

bool
Hdf5File::Has(const char* name) const
{
    return H5Lexists(m_file, name, H5P_DEFAULT) > 0;
}

std::size_t
Hdf5File::Length(const char* name, std::size_t most) const
{
    const Hdf5Handle dataset(H5Dopen2(m_file, name, H5P_DEFAULT), H5Dclose);
    const Hdf5Handle space(dataset ? H5Dget_space(dataset) : -1, H5Sclose);
    hsize_t length = 0;
    if (!space || H5Sget_simple_extent_ndims(space) != 1 ||
        H5Sget_simple_extent_dims(space, &length, nullptr) != 1)
    {
        Fail(std::string("a column ") + name);
    }
    if (length > most)
    {
        Fail("at most " + std::to_string(most) + " rows in " + name + ", not " +
             std::to_string(length));
    }
    return static_cast<std::size_t>(length);
}

Hdf5Handle
Hdf5File::OpenColumn(const char* name, std::size_t rows, std::size_t columns) const
{
    const hid_t dataset = H5Dopen2(m_file, name, H5P_DEFAULT);
    const Hdf5Handle space(dataset >= 0 ? H5Dget_space(dataset) : -1, H5Sclose);
    const int wanted = columns == 1 ? 1 : 2;
    hsize_t extent[2] = {0, 1};
    const bool fits = space && H5Sget_simple_extent_ndims(space) == wanted &&
                      H5Sget_simple_extent_dims(space, extent, nullptr) == wanted &&
                      extent[0] == rows && extent[1] == columns;
    if (!fits)
    {
        if (dataset >= 0)
        {
            H5Dclose(dataset);
        }
        Fail(std::string(name) + " of " + std::to_string(rows) + " x " + std::to_string(columns) +
             " numbers");
    }
    return {dataset, H5Dclose};
}

void
Hdf5File::ReadInto(hid_t dataset, const char* name, hid_t type, void* values) const
{
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    {
        Fail(std::string("readable data in ") + name);
    }
}

std::vector<int64_t>
Hdf5File::Integers(const char* name, std::size_t rows) const
{
    const Hdf5Handle dataset = OpenColumn(name, rows, 1);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    if (!type || H5Tget_class(type) != H5T_INTEGER)
    {
        Fail(std::string("whole numbers in ") + name);
    }
    std::vector<int64_t> values(rows);
    ReadInto(dataset, name, H5T_NATIVE_INT64, values.data());
    return values;
}

std::vector<float>
Hdf5File::Reals(const char* name, std::size_t rows, std::size_t columns) const
{
    const Hdf5Handle dataset = OpenColumn(name, rows, columns);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    if (!type || H5Tget_class(type) != H5T_FLOAT)
    {
        Fail(std::string("real numbers in ") + name);
    }
    std::vector<float> values(rows * columns);
    ReadInto(dataset, name, H5T_NATIVE_FLOAT, values.data());
    return values;
}

Hdf5File::Names
Hdf5File::Enumeration(const char* name, std::size_t rows) const
{
    const Hdf5Handle dataset = OpenColumn(name, rows, 1);
    const Hdf5Handle stored(H5Dget_type(dataset), H5Tclose);
    const Hdf5Handle type(stored ? H5Tget_native_type(stored, H5T_DIR_ASCEND) : -1, H5Tclose);
    if (!type || H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != sizeof(int16_t))
    {
        Fail(std::string("an enumeration of 16 bits in ") + name);
    }
    Names result;
    const int members = H5Tget_nmembers(type);
    for (int i = 0; i < members; ++i)
    {
        int16_t code = 0;
        char* text = H5Tget_member_name(type, static_cast<unsigned>(i));
        if (text == nullptr || H5Tget_member_value(type, static_cast<unsigned>(i), &code) < 0)
        {
            Fail(std::string("named codes in ") + name);
        }
        result.names[code] = text;
        H5free_memory(text);
    }
    result.codes.resize(rows);
    ReadInto(dataset, name, type, result.codes.data());
    for (const int16_t code : result.codes)
    {
        if (result.names.count(code) == 0)
        {
            Fail(std::string("a name for the code ") + std::to_string(code) + " in " + name);
        }
    }
    return result;
}

std::vector<std::string>
Hdf5File::Texts(const char* dataset, const char* attribute) const
{
    const std::string expected =
        std::string("texts in the attribute ") + attribute + " of " + dataset;
    const Hdf5Handle opened(H5Aopen_by_name(m_file, dataset, attribute, H5P_DEFAULT, H5P_DEFAULT),
                            H5Aclose);
    const Hdf5Handle type(opened ? H5Aget_type(opened) : -1, H5Tclose);
    const Hdf5Handle space(opened ? H5Aget_space(opened) : -1, H5Sclose);
    constexpr hssize_t MOST_TEXTS = 1000;
    constexpr std::size_t MOST_LETTERS = 1000;
    const hssize_t count = space ? H5Sget_simple_extent_npoints(space) : -1;
    if (!type || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || count < 0 ||
        count > MOST_TEXTS || H5Tget_size(type) > MOST_LETTERS)
    {
        Fail(expected);
    }
    const std::size_t size = H5Tget_size(type);
    std::vector<char> letters(size * static_cast<std::size_t>(count));
    if (H5Aread(opened, type, letters.data()) < 0)
    {
        Fail(expected);
    }
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < letters.size(); at += size)
    {
        std::string text(letters.data() + at, size);
        texts.push_back(text.substr(0, text.find('\0')));
    }
    return texts;
}

} // namespace ns3::neural
