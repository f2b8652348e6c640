#include "csv-rows.h"
#include "program-runner.h"

#include "ns3/gossip-replay.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <tuple>
#include <vector>

using namespace nctest;
using namespace ns3::detection;

namespace
{

/** Time, observer, target, detector, whether suspected, votes. */
using Turns = std::vector<std::tuple<Nanos, uint32_t, uint32_t, std::string, bool, uint32_t>>;

uint32_t
NumberOf(const std::string& text)
{
    return static_cast<uint32_t>(std::stoul(text));
}

/** @return a time of a file, exactly: seconds with nine decimals */
Nanos
TimeOf(const std::string& text)
{
    const std::size_t point = text.find('.');
    return std::chrono::seconds(std::stol(text.substr(0, point))) +
           Nanos(std::stol(text.substr(point + 1)));
}

/**
 * What is compared: not the beginning, where a detector that runs may suspect a peer of which it
 * has not heard yet, nor the last second, of which the recording lacks the end.
 */
bool
IsCompared(Nanos time)
{
    return time > std::chrono::seconds(2) && time < std::chrono::seconds(59);
}

Turns
Recorded(const std::string& suspicions)
{
    Turns turns;
    const std::vector<Row> rows = ReadCsv(suspicions);
    for (std::size_t i = 1; i < rows.size(); ++i)
    {
        const Row& row = rows[i];
        if (IsCompared(TimeOf(row[0])))
        {
            turns.emplace_back(TimeOf(row[0]),
                               NumberOf(row[1]),
                               NumberOf(row[2]),
                               row[3],
                               row[4] == "1",
                               NumberOf(row[5]));
        }
    }
    std::sort(turns.begin(), turns.end());
    return turns;
}

Turns
Replayed(const std::string& heartbeats, const std::vector<std::string>& detectors)
{
    Turns turns;
    GossipReplaySettings settings;
    settings.voteLife = SuspicionGossip::VOTE_LIFE_PERIODS * DEFAULT_HEARTBEAT_PERIOD;
    for (const std::string& detector : detectors)
    {
        settings.detectors.push_back(ParseDetectorSpec(detector));
    }
    for (uint32_t observer = 1; observer <= 5; ++observer)
    {
        for (uint32_t target = 1; target <= 5; ++target)
        {
            if (observer != target)
            {
                settings.pairs.push_back({observer, target, DEFAULT_HEARTBEAT_PERIOD});
            }
        }
    }
    GossipReplay replay(settings, [&](const GossipReplay::Turn& turn) {
        if (IsCompared(turn.time))
        {
            turns.emplace_back(turn.time,
                               turn.observer,
                               turn.target,
                               settings.detectors[turn.detector].name,
                               turn.suspected,
                               turn.votes);
        }
    });
    const std::vector<Row> rows = ReadCsv(heartbeats);
    for (std::size_t i = 1; i < rows.size(); ++i)
    {
        const Row& row = rows[i];
        replay.OnSent(NumberOf(row[0]),
                      NumberOf(row[1]),
                      std::stoull(row[2]),
                      TimeOf(row[3]),
                      row[4].empty() ? std::nullopt : std::optional<Nanos>(TimeOf(row[4])));
    }
    replay.Finish();
    std::sort(turns.begin(), turns.end());
    return turns;
}

/** Three servers that hear each other every 100 ms after 10 ms, but server 3 from 5 s on. */
std::string
ThreeServers()
{
    std::string rows = "observer,target,seq,sent_s,arrived_s\n";
    for (int i = 0; i < 60; ++i)
    {
        int phase = 0;
        for (const char* pair : {"1,2", "1,3", "2,1", "2,3", "3,1", "3,2"})
        {
            const double sent = 0.1 * i + 0.01 * phase++;
            if (pair[2] != '3' || i < 50)
            {
                rows += std::string(pair) + "," + std::to_string(i) + "," + std::to_string(sent) +
                        "," + std::to_string(sent + 0.01) + "\n";
            }
        }
    }
    return rows;
}

} // namespace

TEST(ScenarioGossip, TheSameArrivalsGiveTheSameSuspicionsOnlineAndOffline)
{
    const std::vector<std::string> detectors{"fixed-timeout:timeout=170ms,gossip=1",
                                             "chen-nfd-e:alpha=40ms,gossip=2",
                                             "phi-gaussian:threshold=2,gossip=3",
                                             "cassandra:threshold=1,gossip=2",
                                             "dynatune:gossip=4"};
    std::string all;
    for (const std::string& detector : detectors)
    {
        all += " --detector=" + detector;
    }
    for (const char* network : {"--topology=star --loss=0.1 --jitter=15ms --reorder=0.1",
                                "--topology=wan --burst-loss=0.05:5",
                                "--topology=starlink"})
    {
        const TemporaryFolder folder;
        const ProgramResult result = RunProgramLine(
            "consensus-scenario --quiet --duration=60s --heartbeat-trace " + std::string(network) +
            all + " '--fault=partition@10s+8s:cut=2>1' --fault=partition@20s+8s:cut=1-3" +
            " --fault=slow-link@30s+8s:node=5 --fault=omission@40s+8s:node=3" +
            " --fault=host-crash@50s:node=4 --out=" + (folder / "r"));
        ASSERT_EQ(result.status, 0) << result.errors;
        const Turns online = Recorded(ReadAll(folder / "r/suspicions.csv"));
        Turns offline = Replayed(ReadAll(folder / "r/heartbeats.csv"), detectors);
        // Where a host dies shows in what it does not suspect: who hears nobody is dead or alone.
        const Nanos dead = TimeOf(ReadCsv(ReadAll(folder / "r/faults.csv")).back()[0]);
        offline.erase(std::remove_if(offline.begin(),
                                     offline.end(),
                                     [&](const auto& turn) {
                                         return std::get<1>(turn) == 4 && std::get<0>(turn) > dead;
                                     }),
                      offline.end());
        std::set<std::string> turned;
        for (const auto& turn : online)
        {
            turned.insert(std::get<3>(turn));
        }
        EXPECT_EQ(turned.size(), detectors.size()) << network;
        EXPECT_GT(online.size(), 100U) << network;
        EXPECT_EQ(online.size(), offline.size()) << network;
        EXPECT_TRUE(online == offline) << network;
    }
}

TEST(ReplayGossip, WritesVotesForLevels)
{
    // Without 3, from whom 1 had the last heartbeat at 4.92 s and 2 at 4.94 s: 1 suspects at 5.215,
    // says so at 5.22, 2 hears it at 5.23, suspects at 5.235 and says so at 5.3, heard at 5.31.
    const TemporaryFolder folder;
    std::ofstream(folder / "t.csv") << ThreeServers();
    std::ofstream(folder / "at") << "5.21\n5.22\n5.232\n5.25\n5.309\n5.32\n";
    const ProgramResult result = RunProgramLine(
        "replay-detectors --quiet --detector=fixed-timeout:timeout=295ms,gossip=1/2 --trace=" +
        (folder / "t.csv") + " --at=" + (folder / "at") + " --levels=" + (folder / "l.csv") +
        " --qos=" + (folder / "q.csv"));
    ASSERT_EQ(result.status, 0) << result.errors;
    std::string votes; // of 1 and 2 about 3, and whether the second detector suspects
    std::istringstream lines(ReadAll(folder / "l.csv"));
    for (std::string line; std::getline(lines, line);)
    {
        if (line.find(",3,fixed-timeout,\"gossip=2,timeout=295ms\"") != std::string::npos)
        {
            votes += line.substr(line.size() - 3) + " ";
        }
    }
    EXPECT_EQ(votes,
              "0,0 0,0 "   // 5.21
              "1,0 0,0 "   // 5.22
              "1,0 1,0 "   // 5.232
              "1,0 2,1 "   // 5.25
              "1,0 2,1 "   // 5.309
              "2,1 2,1 "); // 5.32
    EXPECT_EQ(ReadCsv(ReadAll(folder / "q.csv")).size(), 1U + 6 * 2);
}

TEST(ReplayGossip, NeedsNamedServersInTheOrderOfSendingOnOneClock)
{
    const TemporaryFolder folder;
    const auto refuses = [&](const std::string& rows, const std::string& k, const char* expected) {
        std::ofstream(folder / "t.csv") << "observer,target,seq,sent_s,arrived_s\n" << rows;
        const ProgramResult result =
            RunProgramLine("replay-detectors --detector=bertier:gossip=" + k +
                           " --trace=" + (folder / "t.csv") + " --qos=" + (folder / "q.csv"));
        EXPECT_EQ(result.status, 2) << expected;
        EXPECT_NE(result.errors.find(expected), std::string::npos) << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1);
        EXPECT_FALSE(std::filesystem::exists(folder / "q.csv"));
    };
    refuses("1,2,1,1.0,1.1\n2,1,1,0.5,0.6\n", "1", "expected them in the order of sending");
    refuses("1,2,1,1.0,0.9\n2,1,1,1.5,1.6\n", "1", "expected times on one clock");
    refuses("1,2,1,1.0,1.1\n2,1,1,1.5,1.6\n", "2", "gossip=2, expected at most 1");
    refuses("1,300,1,1.0,1.1\n", "1", "server 300, expected 1 to 256");
    refuses("1,2,1,1.0,1.1\n2,1,1,1.5,1.6\n", "0", "gossip=0, expected a whole number");
}
