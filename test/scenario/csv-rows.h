#ifndef CSV_ROWS_H
#define CSV_ROWS_H

#include <sstream>
#include <string>
#include <vector>

namespace nctest
{

using Row = std::vector<std::string>;

/** Rows of a CSV file without quoted fields, the header first. */
inline std::vector<Row>
ReadCsv(const std::string& text)
{
    std::vector<Row> rows;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line))
    {
        Row row;
        std::istringstream fields(line + ",");
        std::string field;
        while (std::getline(fields, field, ','))
        {
            row.push_back(field);
        }
        rows.push_back(row);
    }
    return rows;
}

} // namespace nctest

#endif /* CSV_ROWS_H */
