#include "named-scenario.h"

#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace nctest
{

namespace
{

std::vector<nlohmann::json>
ReadLines(const std::string& path)
{
    std::vector<nlohmann::json> lines;
    std::istringstream text(ReadAll(path));
    for (std::string line; std::getline(text, line);)
    {
        lines.push_back(nlohmann::json::parse(line));
    }
    return lines;
}

/** Rows of a file without its header. */
std::vector<Row>
ReadBody(const std::string& path)
{
    std::vector<Row> rows = ReadCsv(ReadAll(path));
    if (!rows.empty())
    {
        rows.erase(rows.begin());
    }
    return rows;
}

} // namespace

NamedRun::NamedRun(const std::string& name, const std::string& options)
{
    const TemporaryFolder folder;
    const auto result = RunProgramLine("consensus-scenario --quiet --config=" NC_SCENARIOS "/" +
                                       name + ".ini --out=" + (folder / "r") + " " + options);
    EXPECT_EQ(result.status, 0) << name << ": " << result.errors;
    if (result.status != 0)
    {
        return;
    }
    summary = nlohmann::json::parse(ReadAll(folder / "r/summary.json"));
    trace = ReadLines(folder / "r/raft-trace.ndjson");
    verdict = RunProgramLine("check-history " + (folder / "r/history.ndjson")).output;
    m_roles = ReadBody(folder / "r/roles.csv");
    m_suspicions = ReadBody(folder / "r/suspicions.csv");
    for (const auto& line : ReadLines(folder / "r/history.ndjson"))
    {
        if (line["ret"] >= 0)
        {
            m_answered.push_back({line["op"], line["call"], line["ret"]});
        }
    }
    std::sort(m_answered.begin(), m_answered.end(), [](const Operation& a, const Operation& b) {
        return a.answer < b.answer;
    });
}

std::set<int>
NamedRun::LeadersAt(double time) const
{
    std::set<int> leaders;
    for (const Row& row : m_roles)
    {
        if (std::stod(row[0]) > time)
        {
            break;
        }
        if (row[2] == "leader")
        {
            leaders.insert(std::stoi(row[1]));
        }
        else
        {
            leaders.erase(std::stoi(row[1]));
        }
    }
    return leaders;
}

std::vector<int>
NamedRun::Elected(double from, double to) const
{
    std::vector<int> winners;
    std::set<std::string> terms; // rows repeat a leader, but a term has one
    for (const Row& row : m_roles)
    {
        const double time = std::stod(row[0]);
        if (row[2] == "leader" && terms.insert(row[3]).second && time >= from && time < to)
        {
            winners.push_back(std::stoi(row[1]));
        }
    }
    return winners;
}

std::size_t
NamedRun::Answered(const std::string& operation, double from, double to) const
{
    return std::count_if(m_answered.begin(), m_answered.end(), [&](const Operation& each) {
        return each.kind == operation && each.answer >= from && each.answer < to;
    });
}

double
NamedRun::LongestSilence(double from, double to) const
{
    double last = from;
    double longest = 0;
    for (const Operation& each : m_answered)
    {
        if (each.answer >= from && each.answer < to)
        {
            longest = std::max(longest, each.answer - last);
            last = each.answer;
        }
    }
    return std::max(longest, to - last);
}

double
NamedRun::MedianWriteLatency(double from, double to) const
{
    std::vector<double> latencies;
    for (const Operation& each : m_answered)
    {
        if (each.kind == "put" && each.call >= from && each.call < to)
        {
            latencies.push_back(each.answer - each.call);
        }
    }
    EXPECT_FALSE(latencies.empty()) << "nothing was answered";
    std::sort(latencies.begin(), latencies.end());
    return latencies.empty() ? 0 : latencies[latencies.size() / 2];
}

std::set<std::pair<int, int>>
NamedRun::SuspicionsAt(double time) const
{
    std::map<std::vector<std::string>, bool> suspected; // by observer, target and detector
    for (const Row& row : m_suspicions)
    {
        if (std::stod(row[0]) <= time)
        {
            suspected[{row[1], row[2], row[3]}] = row[4] == "1";
        }
    }
    std::set<std::pair<int, int>> pairs;
    for (const auto& [key, mind] : suspected)
    {
        if (mind)
        {
            pairs.insert({std::stoi(key[0]), std::stoi(key[1])});
        }
    }
    return pairs;
}

std::set<std::pair<int, int>>
NamedRun::AllSuspicions() const
{
    std::set<std::pair<int, int>> pairs;
    for (const Row& row : m_suspicions)
    {
        pairs.insert({std::stoi(row[1]), std::stoi(row[2])});
    }
    return pairs;
}

int
NamedRun::TargetOf(std::size_t fault) const
{
    return std::stoi(summary["faults"].at(fault)["target"].get<std::string>());
}

double
NamedRun::StartOf(std::size_t fault) const
{
    return summary["faults"].at(fault)["start_s"];
}

double
NamedRun::EndOf(std::size_t fault) const
{
    return summary["faults"].at(fault)["end_s"];
}

} // namespace nctest
