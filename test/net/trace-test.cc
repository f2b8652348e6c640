#include "net-fixture.h"
#include "topology-test-name.h"

#include "ns3/consensus-trace-helper.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>

using namespace ns3;

namespace nctest
{
namespace
{

namespace fs = std::filesystem;

std::string
ReadFile(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path << " is missing";
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Frame
{
    Time at;
    std::string bytes;
};

struct Capture
{
    uint32_t linkType{0};
    std::vector<Frame> frames;
};

/** Reads a pcap file in this machine's byte order, as written by ns-3. */
Capture
ReadPcap(const fs::path& path)
{
    const std::string data = ReadFile(path);
    const auto word = [&](std::size_t offset) {
        uint32_t value = 0;
        std::memcpy(&value, data.data() + offset, sizeof(value));
        return value;
    };
    Capture capture;
    if (data.size() < 24 || word(0) != 0xa1b2c3d4)
    {
        ADD_FAILURE() << path << " is no pcap file";
        return capture;
    }
    capture.linkType = word(20);
    for (std::size_t offset = 24; offset + 16 <= data.size(); offset += 16 + word(offset + 8))
    {
        capture.frames.push_back({Seconds(word(offset)) + MicroSeconds(word(offset + 4)),
                                  data.substr(offset + 16, word(offset + 8))});
    }
    return capture;
}

class Traces : public NetTest
{
  protected:
    void SetUp() override
    {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::string("nc-") + test->name();
        std::replace(name.begin(), name.end(), '/', '-');
        folder = fs::path(testing::TempDir()) / name;
        fs::remove_all(folder);
    }

    void TearDown() override
    {
        NetTest::TearDown();
        fs::remove_all(folder);
    }

    std::set<std::string> FilesIn(const std::string& subFolder) const
    {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder / subFolder))
        {
            names.insert(entry.path().filename());
        }
        return names;
    }

    fs::path folder;
};

class EveryTopologysTraces : public Traces, public testing::WithParamInterface<std::string>
{
};

INSTANTIATE_TEST_SUITE_P(Families,
                         EveryTopologysTraces,
                         testing::ValuesIn(TopologyNames()),
                         [](const auto& info) { return TopologyTestName(info.param); });

TEST_P(EveryTopologysTraces, HaveAFileForEveryDeviceWithTheDatagramInIt)
{
    Build(GetParam(), 2, 1);
    {
        ConsensusTraceHelper traces(folder);
        traces.EnablePcap(topology);
        traces.EnableAscii(topology);
    }
    std::ostringstream destination;
    destination << Network(1)->AddressOf(2);
    End(1).SendAt(topology.WarmUp() + MilliSeconds(1), 2, 0x31415926);
    RunUntil(topology.WarmUp() + MilliSeconds(500));
    Clear();

    std::set<std::string> expected{"server-1-0", "server-2-0", "client-3-0"};
    if (GetParam() == "mesh" || GetParam() == "wan")
    {
        expected.insert({"server-1-1", "server-2-1", "client-3-1"});
    }
    std::set<std::string> pcapNames;
    std::set<std::string> asciiNames;
    for (const auto& name : expected)
    {
        pcapNames.insert(name + ".pcap");
        asciiNames.insert(name + ".tr");
    }
    EXPECT_EQ(FilesIn("pcap"), pcapNames);
    EXPECT_EQ(FilesIn("ascii"), asciiNames);

    const uint32_t linkType = GetParam() == "wifi"                          ? 105
                              : GetParam() == "lan" || GetParam() == "csma" ? 1
                                                                            : 9;
    for (const std::string end : {"server-1-0", "server-2-0"})
    {
        const Capture capture = ReadPcap(folder / "pcap" / (end + ".pcap"));
        EXPECT_EQ(capture.linkType, linkType);
        int carrying = 0;
        for (const auto& frame : capture.frames)
        {
            carrying += frame.bytes.find("\x26\x59\x41\x31") != std::string::npos;
        }
        EXPECT_GE(carrying, 1) << end;
        const std::string lines = ReadFile(folder / "ascii" / (end + ".tr"));
        EXPECT_NE(lines.find("> " + destination.str()), std::string::npos) << end;
    }
}

TEST_F(Traces, OfALanAreEthernetFramesAtTheTimesAtWhichTheyPass)
{
    Build("lan", 2, 0);
    ConsensusTraceHelper(folder).EnablePcap(topology);
    End(1).SendAt(Seconds(1), 2, 7, 972);
    RunUntil(Seconds(2));
    Clear();

    const Capture sender = ReadPcap(folder / "pcap/server-1-0.pcap");
    const Capture receiver = ReadPcap(folder / "pcap/server-2-0.pcap");
    ASSERT_EQ(sender.frames.size(), 1U);
    ASSERT_EQ(receiver.frames.size(), 1U);
    EXPECT_EQ(sender.frames[0].at, Seconds(1) + MicroSeconds(8));
    EXPECT_EQ(receiver.frames[0].at, Seconds(1) + MicroSeconds(26));
    EXPECT_EQ(sender.frames[0].bytes, receiver.frames[0].bytes);
    const std::string header("\x02\x00\x00\x00\x00\x02" // to server 2
                             "\x02\x00\x00\x00\x00\x01" // from server 1
                             "\x08\x00"                 // IPv4
                             "\x45",
                             15);
    EXPECT_EQ(sender.frames[0].bytes.substr(0, 15), header);
    EXPECT_EQ(sender.frames[0].bytes.size(), 1014U);
}

TEST_F(Traces, DoNotChangeWhatHappens)
{
    const auto simulate = [this](bool withTraces) {
        TopologyOptions options;
        options.servers = 3;
        options.impairment.jitter = MilliSeconds(1);
        options.impairment.loss = 0.1;
        Build(options);
        ConsensusTraceHelper traces(folder);
        if (withTraces)
        {
            traces.EnablePcap(topology);
            traces.EnableAscii(topology);
            traces.EnableFlowMonitor(topology);
        }
        End(1).SendTrain(Seconds(1), MicroSeconds(100), 200, 2);
        End(3).SendTrain(Seconds(1), MicroSeconds(90), 200, 2);
        RunUntil(Seconds(2));
        std::vector<int64_t> times;
        for (const auto& arrival : End(2).arrivals)
        {
            times.push_back(arrival.at.GetTimeStep());
        }
        Clear();
        return times;
    };
    const auto without = simulate(false);
    EXPECT_GT(without.size(), 300U);
    EXPECT_EQ(simulate(true), without);
}

TEST_F(Traces, OfTheFlowMonitorCountWhatWasSentAndLost)
{
    Build("mesh", 2, 0);
    ConsensusTraceHelper traces(folder);
    EXPECT_EQ(traces.GetFlowMonitor(), nullptr);
    traces.EnableFlowMonitor(topology);
    End(1).SendTrain(Seconds(1), MilliSeconds(10), 50, 2);
    Simulator::Schedule(Seconds(1) + MilliSeconds(305), [this] { Network(1)->SetCut(2, true); });
    RunUntil(Seconds(20));
    traces.WriteFlowMonitor();
    const auto& stats = traces.GetFlowMonitor()->GetFlowStats();
    ASSERT_EQ(stats.size(), 1U);
    EXPECT_EQ(stats.begin()->second.txPackets, 50U);
    EXPECT_EQ(stats.begin()->second.rxPackets, 31U);
    EXPECT_EQ(stats.begin()->second.lostPackets, 19U);
    const std::string xml = ReadFile(folder / "flowmon.xml");
    EXPECT_NE(xml.find("txPackets=\"50\""), std::string::npos);
    EXPECT_NE(xml.find("lostPackets=\"19\""), std::string::npos);
    EXPECT_NE(xml.find("sourceAddress=\"10.1.2.1\""), std::string::npos);
}

TEST_F(Traces, NameTheFolderThatCannotBeMade)
{
    Build("lan", 2, 0);
    fs::create_directories(folder);
    const fs::path file = folder / "file";
    std::ofstream(file) << "in the way";
    try
    {
        ConsensusTraceHelper(file).EnablePcap(topology);
        FAIL() << "no error";
    }
    catch (const std::runtime_error& error)
    {
        const std::string message = error.what();
        EXPECT_NE(message.find((file / "pcap").string()), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos);
    }
}

} // namespace
} // namespace nctest
