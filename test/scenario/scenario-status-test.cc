#include "program-runner.h"

#include <cmath>
#include <gtest/gtest.h>
#include <sstream>
#include <vector>

using namespace nctest;

namespace
{

/** One column of observations.csv, for rows of one target within a span of time. */
std::vector<double>
Column(const std::string& csv, const std::string& name, int target, double from, double to)
{
    std::istringstream lines(csv);
    std::string line;
    std::getline(lines, line);
    std::istringstream header(line);
    std::string field;
    std::size_t wanted = 0;
    while (std::getline(header, field, ',') && field != name)
    {
        ++wanted;
    }
    std::vector<double> values;
    while (std::getline(lines, line))
    {
        std::istringstream fields(line);
        std::vector<double> row;
        while (std::getline(fields, field, ','))
        {
            row.push_back(std::stod(field));
        }
        if (row[0] >= from && row[0] < to && row[2] == target)
        {
            values.push_back(row.at(wanted));
        }
    }
    return values;
}

double
LargestMagnitude(const std::vector<double>& values)
{
    double largest = 0;
    for (const double value : values)
    {
        largest = std::max(largest, std::abs(value));
    }
    return largest;
}

} // namespace

TEST(ScenarioStatus, HeartbeatsCarryWhatTheRaftServerSays)
{
    const TemporaryFolder folder;
    ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --duration=20s --observations"
                             " --fault=byzantine-lying@10s+5s:node=3,exact=1 --out=" +
                             (folder / "r"))
                  .status,
              0);
    const std::string csv = ReadAll(folder / "r/observations.csv");
    // One of the five leads, and says so.
    double leaders = 0;
    for (int target = 1; target <= 5; ++target)
    {
        leaders += LargestMagnitude(Column(csv, "leader_status", target, 5, 9)) > 0.5 ? 1 : 0;
    }
    EXPECT_EQ(leaders, 1);
    // An honest peer's log is about where others say that it is; a liar's is not.
    const double honest = LargestMagnitude(Column(csv, "log_progress", 3, 5, 9.9));
    const double lying = LargestMagnitude(Column(csv, "log_progress", 3, 11, 15));
    EXPECT_GT(lying, honest + 0.01);
}
