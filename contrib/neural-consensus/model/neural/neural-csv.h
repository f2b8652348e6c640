#ifndef NEURAL_CSV_H
#define NEURAL_CSV_H

// The parser would read ahead on a thread of its own, which files of this size don't need.
#define CSV_IO_NO_THREAD
#if defined(__GNUC__) && !defined(__clang__)
// It cuts file names that are too long for its messages, on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#if __has_include(<libfccp/csv.h>)
#include <libfccp/csv.h>
#else
#include <fast-cpp-csv-parser/csv.h>
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <tuple>

namespace ns3::neural
{

/**
 * A CSV file with a fixed set of columns, in any order. Every error is one line that names the
 * file, the line and what was expected.
 * @tparam COLUMNS how many
 */
template <std::size_t COLUMNS>
class CsvTable
{
  public:
    /**
     * @param path of the file
     * @param columns their names; cells are asked for in this order
     * @throws std::runtime_error where the file is missing or its columns are others
     */
    CsvTable(const std::string& path, const std::array<std::string, COLUMNS>& columns)
        : m_path(RequireFile(path)),
          m_columns(columns),
          m_reader(path)
    {
        try
        {
            std::apply(
                [this](const auto&... name) {
                    m_reader.read_header(io::ignore_no_column, name...);
                },
                columns);
        }
        catch (const io::error::base& e)
        {
            std::string expected;
            for (const auto& column : columns)
            {
                expected += (expected.empty() ? "" : ",") + column;
            }
            throw std::runtime_error(std::string(e.what()) + " Expected the columns " + expected);
        }
    }

    /** @return whether there was another row. */
    bool Next()
    {
        try
        {
            return std::apply([this](auto&... cell) { return m_reader.read_row(cell...); },
                              m_cells);
        }
        catch (const io::error::base& e)
        {
            throw std::runtime_error(std::string(e.what()) + " Expected " +
                                     std::to_string(COLUMNS) + " cells");
        }
    }

    const char* Cell(std::size_t column) const
    {
        return m_cells[column];
    }

    /**
     * @param column of the cell
     * @param low smallest value allowed
     * @param high largest value allowed
     * @throws std::runtime_error where it is no number, or out of range
     */
    template <typename T>
    T Number(std::size_t column, T low, T high) const
    {
        const char* text = m_cells[column];
        const char* end = text + std::strlen(text);
        T value{};
        const auto [stop, error] = std::from_chars(text, end, value);
        if (error != std::errc() || stop != end || !(value >= low && value <= high))
        {
            Fail(column, "a number from " + Text(low) + " to " + Text(high));
        }
        return value;
    }

    /** @throws std::runtime_error naming file, line, column and content. */
    [[noreturn]] void Fail(std::size_t column, const std::string& expected) const
    {
        throw std::runtime_error(Where() + ": " + m_columns[column] + " is '" + m_cells[column] +
                                 "', expected " + expected);
    }

    /** @return file and line, for messages. */
    std::string Where() const
    {
        return m_path + " line " + std::to_string(m_reader.get_file_line());
    }

  private:
    static const std::string& RequireFile(const std::string& path)
    {
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error))
        {
            throw std::runtime_error("cannot read " + path + ": expected a CSV file");
        }
        return path;
    }

    template <typename T>
    static std::string Text(T value)
    {
        std::array<char, 64> text{};
        const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() ? std::string(text.data(), end) : std::string();
    }

    using Reader = io::CSVReader<COLUMNS, io::trim_chars<' ', '\t'>, io::no_quote_escape<','>>;

    std::string m_path;
    std::array<std::string, COLUMNS> m_columns;
    Reader m_reader;
    std::array<char*, COLUMNS> m_cells{};
};

} // namespace ns3::neural

#endif /* NEURAL_CSV_H */
