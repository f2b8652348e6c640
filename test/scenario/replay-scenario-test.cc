// What detectors thought while a scenario ran, beside what they think of its recording.
#include "csv-rows.h"
#include "program-runner.h"

#include "ns3/consensus-replay.h"
#include "ns3/consensus-row-writer.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace nctest;
using namespace ns3;

namespace
{

const std::vector<std::string> DETECTORS = {"fixed-timeout:timeout=200ms",
                                            "chen-nfd-s:alpha=80ms,period=100ms",
                                            "chen-nfd-e:alpha=50ms,period=100ms",
                                            "bertier:period=100ms",
                                            "phi-gaussian:threshold=3,first=100ms",
                                            "phi-logistic:threshold=2,first=100ms",
                                            "cassandra:threshold=0.8,period=100ms",
                                            "two-window:margin=60ms,period=100ms",
                                            "dynatune:reliability=0.5,period=100ms"};

/** A change of mind, as suspicions.csv writes it. */
using Change = std::string;

std::string
Name(const std::string& specification)
{
    return specification.substr(0, specification.find(':'));
}

/** Options that run the detectors side by side. */
std::string
DetectorOptions()
{
    std::string options;
    for (const auto& detector : DETECTORS)
    {
        options += " --detector=" + detector;
    }
    return options;
}

/** When each pair was first heard, by "observer,target". */
std::map<std::string, double>
FirstArrivals(const std::string& heartbeats)
{
    std::map<std::string, double> first;
    for (const auto& row : ReadCsv(heartbeats))
    {
        if (row[0] != "observer" && !row[4].empty())
        {
            const double arrived = std::stod(row[4]);
            const auto [at, fresh] = first.emplace(row[0] + "," + row[1], arrived);
            at->second = std::min(at->second, arrived);
        }
    }
    return first;
}

/**
 * Rows of suspicions.csv from the first arrival of their pair on, of observers that never went
 * down: a process that starts again has fresh detectors, which no recording tells of.
 */
std::vector<Change>
OnlineRows(const std::string& folder, const std::set<std::string>& down)
{
    const auto first = FirstArrivals(ReadAll(folder + "/heartbeats.csv"));
    std::istringstream lines(ReadAll(folder + "/suspicions.csv"));
    std::vector<Change> rows;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line))
    {
        const auto fields = ReadCsv(line).front();
        if (down.count(fields[1]) == 0 &&
            std::stod(fields[0]) > first.at(fields[1] + "," + fields[2]))
        {
            rows.push_back(line);
        }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

/** The same from the recording. */
std::vector<Change>
ReplayedRows(const std::string& folder, const std::set<std::string>& down, Time end)
{
    const std::string path = folder + "/heartbeats.csv";
    const auto first = FirstArrivals(ReadAll(path));
    ReplaySetup setup;
    for (const auto& detector : DETECTORS)
    {
        setup.detectors.push_back(detection::ParseDetectorSpec(detector));
    }
    setup.at = {detection::Nanos(end.GetNanoSeconds())};
    ConsensusReplay replay(path, SurveyHeartbeats(path, nullptr), setup);
    std::vector<Change> rows;
    replay.OnSuspicion([&](const ConsensusReplay::Pair& pair,
                           std::size_t detector,
                           detection::Nanos time,
                           bool suspected,
                           double level) {
        const std::string observer = std::to_string(pair.observer);
        const std::string ids = observer + "," + std::to_string(pair.target);
        const std::string stamp = FormatFileTime(NanoSeconds(time.count()));
        if (down.count(observer) == 0 && std::stod(stamp) > first.at(ids))
        {
            rows.push_back(stamp + "," + ids + "," + Name(DETECTORS[detector]) +
                           (suspected ? ",1," : ",0,") + FormatFileNumber(level));
        }
    });
    replay.Run(nullptr);
    std::sort(rows.begin(), rows.end());
    return rows;
}

struct Setting
{
    const char* name;
    const char* options;
    std::set<std::string> down; //!< servers that were down at some time
};

} // namespace

TEST(Replay, OfARecordingThinksWhatTheScenarioThoughtToTheLastDigit)
{
    const Setting settings[] = {
        {"lossy", "--topology=lan --loss=0.05 --jitter=30ms", {}},
        {"crashes",
         "--topology=wan --burst-loss=0.05:5 --jitter=10ms"
         " --fault=host-crash@15s+5s:node=3 --fault=process-crash@30s+4s:node=2",
         {"2", "3"}},
        {"reordered",
         "--topology=lan --reorder=0.3 --duplicate=0.2 --loss=0.02 --jitter=60ms"
         " --fault=partition@20s+4s:cut=1-4 --fault=omission@30s+8s:node=5",
         {}},
        {"regular", "--topology=lan --ns3::HeartbeatMonitor::IntervalJitter=0s --loss=0.1", {}}};
    for (const auto& setting : settings)
    {
        const TemporaryFolder folder;
        const auto result = RunProgramLine(
            "consensus-scenario --quiet --duration=50s --request-rate=2 --heartbeat-trace " +
            std::string(setting.options) + DetectorOptions() + " --out=" + (folder / "r"));
        ASSERT_EQ(result.status, 0) << result.errors;
        const auto online = OnlineRows(folder / "r", setting.down);
        const auto replayed = ReplayedRows(folder / "r", setting.down, Seconds(50));
        EXPECT_GT(online.size(), 1000U) << setting.name;
        for (const auto& detector : DETECTORS)
        {
            const auto names = [&](const Change& row) {
                return row.find("," + Name(detector) + ",") != std::string::npos;
            };
            EXPECT_TRUE(std::any_of(online.begin(), online.end(), names)) << detector;
        }
        std::vector<Change> different;
        std::set_symmetric_difference(online.begin(),
                                      online.end(),
                                      replayed.begin(),
                                      replayed.end(),
                                      std::back_inserter(different));
        EXPECT_TRUE(different.empty()) << setting.name << ": " << different.size() << " of "
                                       << online.size() << ", the first " << different.front();
    }
}
