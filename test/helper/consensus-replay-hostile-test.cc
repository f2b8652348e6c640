// Recordings that nobody would make: whatever is in them is replayed or refused by its line.
#include "temporary-folder.h"

#include "ns3/consensus-replay.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{

using detection::Nanos;

namespace
{

const std::string HEADER = "observer,target,seq,sent_s,arrived_s\n";

/** Replays a file to every detector, with looks, and returns the error, if any. */
std::string
ReplayAll(const std::string& path)
{
    ReplaySetup setup;
    for (const std::string& name : detection::FailureDetectorNames())
    {
        setup.detectors.push_back({name, {}});
    }
    setup.detectors.push_back({"phi-gaussian", {{"threshold", "1e300"}, {"min-std", "8000h"}}});
    setup.detectors.push_back({"cassandra", {{"threshold", "1e300"}}});
    setup.detectors.push_back({"chen-nfd-e", {{"alpha", "8760h"}, {"window", "2"}}});
    setup.detectors.push_back({"two-window", {{"margin", "8760h"}, {"period", "8760h"}}});
    setup.detectors.push_back({"dynatune", {{"safety", "1e300"}, {"window", "2"}}});
    setup.detectors.push_back({"bertier", {{"beta", "1e300"}, {"phi", "1e300"}}});
    setup.at = {Nanos(-3000000000000000000), Nanos(0), Nanos(3000000000000000000)};
    try
    {
        ConsensusReplay replay(path, SurveyHeartbeats(path, nullptr), setup);
        double levels = 0;
        replay.OnLook([&](Nanos time) {
            for (const auto& pair : replay.Pairs())
            {
                for (std::size_t i = 0; i < pair.replay->Size(); ++i)
                {
                    levels += pair.replay->Detector(i).Level(time);
                }
            }
        });
        replay.Run(nullptr);
        for (const auto& pair : replay.Pairs())
        {
            for (std::size_t i = 0; i < pair.replay->Size(); ++i)
            {
                const detection::QosStatistics& qos = pair.replay->Qos(i);
                EXPECT_LE(qos.detections.Count(), qos.crashes);
                EXPECT_LE(qos.crashes, pair.replay->Heartbeats());
                EXPECT_GE(qos.QueryAccuracy().value_or(0), -1e-9);
                EXPECT_LE(qos.QueryAccuracy().value_or(0), 1);
                EXPECT_GE(qos.detections.QuantileSeconds(0).value_or(0), 0);
            }
        }
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
    return "";
}

class HostileRecording : public testing::Test
{
  protected:
    std::string Write(const std::string& text) const
    {
        std::ofstream(m_folder / "h.csv", std::ios::binary) << text;
        return m_folder / "h.csv";
    }

    const nctest::TemporaryFolder m_folder;
};

} // namespace

TEST_F(HostileRecording, WithTimesAndNumbersAtTheirLimitsIsReplayed)
{
    const char* const recordings[] = {
        // Clocks as far apart as they may be, either way, and times at both ends.
        "1,2,1,-3000000000,-1000000000\n1,2,2,1000000000,3000000000\n",
        "1,2,1,-1000000000,-3000000000\n1,2,2,3000000000,1000000000\n",
        "1,2,1,-3000000000,-3000000000\n1,2,2,3000000000,3000000000\n",
        // Numbers that jump.
        "1,2,0,0,0\n1,2,18446744073709551615,1,1\n1,2,1,2,2\n",
        "1,2,9223372036854775807,0,0\n1,2,18446744073709551615,0,0\n1,2,0,1,1\n",
        // All at one time.
        "1,2,1,5,5\n1,2,2,5,5\n1,2,3,5,5\n",
        // In the opposite order.
        "1,2,1,1,9\n1,2,2,2,8\n1,2,3,3,7\n1,2,4,4,6\n",
        // Pairs whose clocks have nothing in common.
        "1,2,1,0,1000000000\n2,1,1,0,-1000000000\n1,2,2,1,1000000001\n2,1,2,1,-999999999\n",
    };
    for (const char* rows : recordings)
    {
        EXPECT_EQ(ReplayAll(Write(HEADER + rows)), "") << rows;
    }
}

TEST_F(HostileRecording, OfAnyBytesIsReplayedOrRefusedByItsLine)
{
    std::mt19937_64 random(11);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    const std::string alphabet = "0123456789.,-eE\n\r\"x \t\0\xff";
    std::string good = HEADER;
    for (int i = 1; i <= 40; ++i)
    {
        good += std::to_string(1 + i % 2) + ",3," + std::to_string(i) + "," + std::to_string(i) +
                ".5," + (i % 7 == 0 ? "" : std::to_string(i) + ".75") + "\n";
    }
    std::size_t replayed = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 1000; ++round)
    {
        std::string text = good;
        for (std::size_t change = below(3); change <= 3; ++change)
        {
            const std::size_t at = below(text.size());
            switch (below(4))
            {
            case 0:
                text[at] = alphabet[below(alphabet.size())];
                break;
            case 1:
                text.insert(at, 1, alphabet[below(alphabet.size())]);
                break;
            case 2:
                text.erase(at, 1 + below(5));
                break;
            default:
                text.resize(std::max(at, text.size() - 1));
            }
        }
        const std::string path = Write(text);
        const std::string error = ReplayAll(path);
        if (error.empty())
        {
            ++replayed;
            continue;
        }
        ++refused;
        EXPECT_EQ(error.find(path + ":"), 0U) << error;
        EXPECT_NE(error.find(": expected "), std::string::npos) << error;
        EXPECT_EQ(error.find_first_of("\r\n\t"), std::string::npos) << error;
    }
    EXPECT_GT(replayed, 30U);
    EXPECT_GT(refused, 300U);
}

} // namespace ns3
