#include "net-fixture.h"

#include "ns3/consensus-topology-file.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>

using namespace ns3;

namespace nctest
{
namespace
{

TopologyFile
Parse(const std::string& text, uint32_t servers = 2)
{
    std::istringstream in(text);
    return ParseTopologyFile(in, "net.csv", servers);
}

const std::string EDGES = "from,to,delay,rate,loss\n";
const std::string MATRIX = "ms,one-way,a,b\n";

struct BadFile
{
    std::string name;
    std::string text;
    std::string message;
};

void
PrintTo(const BadFile& bad, std::ostream* os)
{
    *os << bad.message;
}

const std::string HEADERS =
    "expected a header, from,to,delay,rate,loss or us|ms|s,one-way|rtt,NAME,NAME,...";
const std::string DELAY = "expected a time with its unit such as 5ms, 0 to 60s";
const std::string LATENCY = "expected a number of ms from 0 to 60 s, or nothing";

const std::vector<BadFile> BAD_FILES{
    {"Empty", "", "net.csv:0: " + HEADERS},
    {"CommentsOnly", "# nothing\n\n", "net.csv:2: " + HEADERS},
    {"NoHeader", "1,2,5ms,,\n", "net.csv:1: " + HEADERS},
    {"NoUnit", "From/to,a,b\na,0,1\nb,1,0\n", "net.csv:1: " + HEADERS},
    {"NoKind", "ms,both,a,b\n", "net.csv:1: " + HEADERS},
    {"NoLink", EDGES, "net.csv:1: no link, expected at least one"},
    {"FewFields", EDGES + "1,2,5ms\n", "net.csv:2: 3 fields, expected 5: from,to,delay,rate,loss"},
    {"ManyFields",
     EDGES + "1,2,5ms,,,\n",
     "net.csv:2: 6 fields, expected 5: from,to,delay,rate,loss"},
    {"NoName", EDGES + "1,,5ms,,\n", "net.csv:2: a name of 0 bytes, expected 1 to 64"},
    {"LongName",
     EDGES + "1," + std::string(65, 'x') + ",5ms,,\n",
     "net.csv:2: a name of 65 bytes, expected 1 to 64"},
    {"Loop", EDGES + "1,1,5ms,,\n", "net.csv:2: a link from 1 to itself, expected two places"},
    {"LoopOfTwoNames",
     EDGES + "1,server-1,5ms,,\n",
     "net.csv:2: a link from 1 to itself, expected two places"},
    {"Twice",
     EDGES + "1,2,5ms,,\n# again\n1,server-2,6ms,,\n",
     "net.csv:4: a link from 1 to server-2 is on line 2 already"},
    {"NoDelay", EDGES + "1,2,,,\n", "net.csv:2: delay '', " + DELAY},
    {"NegativeDelay", EDGES + "1,2,-5ms,,\n", "net.csv:2: delay '-5ms', " + DELAY},
    {"NotANumberDelay", EDGES + "1,2,nan,,\n", "net.csv:2: delay 'nan', " + DELAY},
    {"LongDelay", EDGES + "1,2,2min,,\n", "net.csv:2: delay '2min', " + DELAY},
    {"DelayWithoutUnit", EDGES + "1,2,5,,\n", "net.csv:2: delay '5', " + DELAY},
    {"ServerThatIsAClient",
     EDGES + "1,2,5ms,,\nclient-3,server-4,5ms,,\n",
     "net.csv:3: server-4 with 2 servers, expected client-4"},
    {"ClientThatIsAServer",
     EDGES + "server-1,client-2,5ms,,\n",
     "net.csv:2: client-2 with 2 servers, expected server-2"},
    {"ClientThatIsAServerInAMatrix",
     "ms,rtt,server-1,server-2\nserver-1,,5\nclient-2,5,\n",
     "net.csv:3: client-2 with 2 servers, expected server-2"},
    {"ZeroRate",
     EDGES + "1,2,5ms,0bps,\n",
     "net.csv:2: rate '0bps', expected a rate such as 100Mbps, or nothing"},
    {"Loss",
     EDGES + "1,2,5ms,,1.5\n",
     "net.csv:2: loss '1.5', expected a share from 0 to 1, or nothing"},
    {"NotANumberLoss",
     EDGES + "1,2,5ms,,nan\n",
     "net.csv:2: loss 'nan', expected a share from 0 to 1, or nothing"},
    {"Unconnected",
     EDGES + "1,2,5ms,,\nx,y,5ms,,\n",
     "net.csv: no way from 1 to x, expected all places to be connected"},
    {"NoServer",
     EDGES + "1,x,5ms,,\n",
     "net.csv: no place for server 2, expected all of 1 to 2 or other names for all places"},
    {"ControlCharacter",
     EDGES + "1,2\x01,5ms,,\n",
     "net.csv:2: a control character, expected text"},
    {"OnePlace", "ms,rtt,a\na,0\n", "net.csv:1: fewer than two names, expected at least two"},
    {"NameTwice", "ms,rtt,a,a\n", "net.csv:1: the name a twice, expected each once"},
    {"RowTwice", MATRIX + "a,0,1\na,0,1\n", "net.csv:3: a row for a is on line 2 already"},
    {"UnknownRow", MATRIX + "c,0,1\n", "net.csv:2: a row for c, expected a name of the header"},
    {"ShortRow", MATRIX + "a,0\n", "net.csv:2: 2 fields, expected 3: a name and 2 latencies"},
    {"NegativeLatency", MATRIX + "a,0,-1\n", "net.csv:2: latency '-1', " + LATENCY},
    {"NotANumber", MATRIX + "a,0,nan\n", "net.csv:2: latency 'nan', " + LATENCY},
    {"Infinite", MATRIX + "a,0,inf\n", "net.csv:2: latency 'inf', " + LATENCY},
    {"LongLatency", MATRIX + "a,0,60001\n", "net.csv:2: latency '60001', " + LATENCY},
    {"Unit", MATRIX + "a,0,1ms\n", "net.csv:2: latency '1ms', " + LATENCY},
    {"Gap",
     MATRIX + "a,0,\nb,,0\n",
     "net.csv:2: no latency between a and b, expected one in at least one direction"},
    {"MissingRows",
     MATRIX,
     "net.csv:1: no latency between a and b, expected one in at least one direction"},
};

class BadTopologyFile : public testing::TestWithParam<BadFile>
{
};

INSTANTIATE_TEST_SUITE_P(Table,
                         BadTopologyFile,
                         testing::ValuesIn(BAD_FILES),
                         [](const auto& info) { return info.param.name; });

TEST_P(BadTopologyFile, IsRefusedWithItsLineAndWhatWasExpected)
{
    try
    {
        Parse(GetParam().text);
        FAIL() << "accepted";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_EQ(error.what(), GetParam().message);
    }
}

TEST(TopologyFiles, ThatAreHugeAreRefusedEarly)
{
    const auto refused = [](const std::string& text, const std::string& message) {
        try
        {
            Parse(text);
            ADD_FAILURE() << "accepted";
        }
        catch (const std::invalid_argument& error)
        {
            EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
        }
    };
    refused(EDGES + "# " + std::string(TopologyFile::MAX_BYTES, '.'), "expected at most 4 MiB");
    std::string places = EDGES;
    std::string links = EDGES;
    for (int i = 0; i < 1200; ++i)
    {
        places += "hub,p" + std::to_string(i) + ",1ms,,\n";
    }
    for (int from = 0; from < 300; ++from)
    {
        for (int to = 0; to < 300; ++to)
        {
            links += "p" + std::to_string(from) + ",p" + std::to_string(300 + to) + ",1ms,,\n";
        }
    }
    refused(places, "too many names, expected at most 1000");
    refused(links, "too many links, expected at most 50000");
}

TEST(TopologyFiles, MayHaveCommentsBlankLinesAndTheLineEndsOfOtherSystems)
{
    const auto file = Parse(
        "\xef\xbb\xbf# mine\r\nfrom, to, delay, rate, loss\r\n\r\n"
        " 1 ,\t2, 5ms ,10Mbps,0.1 # a link\r\nserver-2,north,2500us,,\r\nnorth,south,0,,\r\n");
    EXPECT_FALSE(file.isMatrix);
    EXPECT_EQ(file.places, (std::vector<std::string>{"1", "2", "north", "south"}));
    ASSERT_EQ(file.edges.size(), 6U) << "both directions";
    EXPECT_EQ(file.edges[0].delay, MilliSeconds(5));
    EXPECT_EQ(file.edges[0].rate->GetBitRate(), 10000000U);
    EXPECT_EQ(file.edges[1].loss, 0.1);
    EXPECT_EQ(file.edges[3].delay, MicroSeconds(2500));
    EXPECT_FALSE(file.edges[3].rate);
    EXPECT_EQ(file.edges[4].delay, Time(0)) << "which needs no unit";
}

TEST(TopologyFiles, WithRoundTripsAreHalvedAndGapsNamed)
{
    const auto file = Parse("us,rtt,a,b,c\nc,-,40,0\nb,500,7,60\na,,300,2000\n");
    ASSERT_TRUE(file.isMatrix);
    const std::vector<Time> expected{MicroSeconds(0),
                                     MicroSeconds(150),
                                     MicroSeconds(1000),
                                     MicroSeconds(250),
                                     NanoSeconds(3500),
                                     MicroSeconds(30),
                                     MicroSeconds(1000),
                                     MicroSeconds(20),
                                     MicroSeconds(0)};
    EXPECT_EQ(file.delays, expected);
    EXPECT_EQ(file.gaps, std::vector<std::string>{"c > a"});
}

TEST(TopologyFiles, BrokenAnywhereAreReadOrRefusedButNeverCrash)
{
    const std::string good[] = {EDGES + "1,2,5ms,10Mbps,0.1\n2,x,1ms,,\n",
                                "ms,one-way,a,b,c\na,0,1,2\nb,1,0,3\nc,2.5,-,0\n"};
    const std::string bytes = std::string("\0,\n-.#9eE\r\xff ", 12);
    int refused = 0;
    int read = 0;
    for (const auto& text : good)
    {
        for (std::size_t at = 0; at < text.size(); ++at)
        {
            for (const char byte : bytes)
            {
                std::string broken = text;
                broken[at] = byte;
                for (const std::string& each :
                     {broken, text.substr(0, at) + byte + text.substr(at)})
                {
                    try
                    {
                        const auto file = Parse(each, 2);
                        ++read;
                        ASSERT_GE(file.places.size(), 2U);
                    }
                    catch (const std::invalid_argument& error)
                    {
                        ++refused;
                        const std::string message = error.what();
                        ASSERT_EQ(message.rfind("net.csv:", 0), 0U) << message;
                    }
                }
            }
        }
    }
    EXPECT_GT(refused, 500);
    EXPECT_GT(read, 100);
}

/** A network from a file in a folder of its own. */
class FileTopology : public NetTest
{
  protected:
    void SetUp() override
    {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder =
            std::filesystem::temp_directory_path() / ("nc-topology-" + std::string(test->name()));
        std::filesystem::create_directories(folder);
    }

    void TearDown() override
    {
        NetTest::TearDown();
        std::filesystem::remove_all(folder);
    }

    void BuildFrom(const std::string& text,
                   uint32_t servers,
                   uint32_t clients,
                   uint32_t run = 1,
                   const NetemParameters& impairment = {})
    {
        const std::string path = folder / "net.csv";
        std::ofstream(path) << text;
        TopologyOptions options;
        options.name = path;
        options.servers = servers;
        options.clients = clients;
        options.impairment = impairment;
        Build(options, run);
    }

    /** @return an edge list of so many links in a row, from server 1 to server 2 */
    static std::string Chain(int links)
    {
        std::string text = EDGES + "1,p1,1ms,,\n";
        for (int i = 1; i < links - 1; ++i)
        {
            text += "p" + std::to_string(i) + ",p" + std::to_string(i + 1) + ",1ms,,\n";
        }
        return text + "p" + std::to_string(links - 1) + ",2,1ms,,\n";
    }

    /** @return how long a datagram takes; -1 if it doesn't arrive */
    Time Delay(uint32_t from, uint32_t to, uint32_t bytes = 100)
    {
        const std::size_t before = End(to).arrivals.size();
        const Time sent = Simulator::Now() + Seconds(1);
        End(from).SendAt(sent, to, 0, bytes);
        RunUntil(sent + Seconds(1));
        return End(to).arrivals.size() > before ? End(to).arrivals.back().at - sent : Time(-1);
    }

    std::filesystem::path folder;
};

TEST_F(FileTopology, RoutesOverSeveralLinksByTheLeastDelay)
{
    // 1 to 3: directly 50 ms, over 2 and the hub 5 + 4 + 6 ms.
    BuildFrom(EDGES + "1,2,5ms,,\n2,hub,4ms,,\nhub,3,6ms,,\n1,3,50ms,,\n", 3, 1);
    EXPECT_NEAR(Delay(1, 3).GetSeconds(), 0.015, 2e-5);
    EXPECT_NEAR(Delay(3, 1).GetSeconds(), 0.015, 2e-5);
    EXPECT_NEAR(Delay(1, 2).GetSeconds(), 0.005, 2e-5);
    EXPECT_NEAR(Delay(4, 3).GetSeconds(), 0.015, 2e-5) << "the client stands beside server 1";
    EXPECT_NEAR(topology.PathLatency().GetSeconds(), 0.015, 5e-5);
    EXPECT_EQ(topology.HostLabel(3), "server-3 (3)");
    // What passes by server 2 is not its own affair.
    Network(2)->SetDown(true);
    EXPECT_NEAR(Delay(1, 3).GetSeconds(), 0.015, 2e-5);
}

TEST_F(FileTopology, GivesEachDirectionItsOwnDelayRateAndLoss)
{
    BuildFrom(EDGES + "1,2,5ms,1Mbps,\n2,1,20ms,10Mbps,1\n", 2, 0);
    // 130 bytes with the headers of UDP, IPv4 and PPP.
    EXPECT_NEAR(Delay(1, 2).GetSeconds(), 0.005 + 130 * 8e-6, 2e-5);
    EXPECT_EQ(Delay(2, 1), Time(-1)) << "the way back loses all";
}

TEST_F(FileTopology, TellsOfItsWorstWayTheTimeOfAFullFrameAndTheLoss)
{
    const std::string slow = EDGES + "1,2,5ms,1Mbps,\n2,3,4ms,10Mbps,\n1,3,90ms,,\n";
    BuildFrom(slow, 3, 0);
    // 1500 bytes on both links, and on those of the hosts at 10 Gbit/s and 1 us each.
    EXPECT_NEAR(topology.PathLatency().GetSeconds(), 0.009 + 0.012 + 0.0012 + 4.4e-6, 1e-9);
    EXPECT_EQ(topology.Loss(), 0.0);
    const Time full = Delay(1, 3, 1470);
    EXPECT_LE(full, topology.PathLatency());
    EXPECT_GT(full, topology.PathLatency() - MicroSeconds(20));
    Clear();

    const std::string lossy = EDGES + "1,2,5ms,,0.1\n2,3,4ms,,0.2\n3,2,4ms,,0.25\n1,3,90ms,,0.9\n";
    BuildFrom(lossy, 3, 0);
    const double worst = 1.0 - 0.9 * 0.75;
    EXPECT_NEAR(topology.Loss(), worst, 1e-12) << "not of the link that no way takes";
    Clear();
    NetemParameters impairment;
    impairment.loss = 0.5;
    BuildFrom(lossy, 3, 0, 1, impairment);
    EXPECT_NEAR(topology.Loss(), 0.5 + 0.5 * worst, 1e-12);
    End(3).SendTrain(Seconds(1), MilliSeconds(1), 4000, 1);
    RunUntil(Seconds(6));
    EXPECT_NEAR(End(1).arrivals.size(), 4000 * (1.0 - topology.Loss()), 90.0);
}

TEST_F(FileTopology, LetsPacketsLiveOnWaysOfManyLinks)
{
    for (const int links : {80, 253})
    {
        BuildFrom(Chain(links), 2, 0);
        EXPECT_NEAR(Delay(1, 2).GetSeconds(), links * 1e-3, links * 2e-6);
        EXPECT_NEAR(Delay(2, 1).GetSeconds(), links * 1e-3, links * 2e-6);
        Clear();
    }
}

TEST_F(FileTopology, ThatIsLongerThanPacketsLiveIsRefused)
{
    try
    {
        BuildFrom(Chain(254), 2, 0);
        FAIL() << "no error";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_EQ(error.what(),
                  (folder / "net.csv").string() +
                      ": 254 links from 2 to 1, expected at most 253, as far as packets live");
    }
}

TEST_F(FileTopology, LosesTheStatedShareOfALink)
{
    BuildFrom(EDGES + "1,2,5ms,,0.25\n", 2, 0);
    End(1).SendTrain(Seconds(1), MilliSeconds(1), 4000, 2);
    RunUntil(Seconds(6));
    EXPECT_NEAR(End(2).arrivals.size(), 3000.0, 90.0);
}

TEST_F(FileTopology, TakesPlacesOfAMatrixByTheSeed)
{
    const std::string matrix = "ms,one-way,a,b,c,d\na,0,1,2,3\nb,11,0,4,5\nc,12,14,0,6\n"
                               "d,13,15,16,0\n";
    std::set<std::string> first;
    for (uint32_t run = 1; run <= 10; ++run)
    {
        BuildFrom(matrix, 2, 0, run);
        const std::string a = topology.HostLabel(1).substr(8);
        const std::string b = topology.HostLabel(2).substr(8);
        EXPECT_NE(a, b) << "places are taken once while there are any";
        first.insert(a);
        const Time there = Delay(1, 2);
        const bool before = a < b;
        EXPECT_EQ(there < MilliSeconds(10), before) << "the row is where it comes from";
        Clear();
        BuildFrom(matrix, 2, 0, run);
        EXPECT_EQ(topology.HostLabel(1).substr(8), a);
        Clear();
    }
    EXPECT_GT(first.size(), 2U);
}

TEST_F(FileTopology, HasRoomForMoreServersThanPlaces)
{
    BuildFrom("ms,rtt,a,b\na,0.6,10\nb,10,\n", 4, 1);
    EXPECT_EQ(topology.HostLabel(1).substr(8), topology.HostLabel(3).substr(8));
    const bool atA = topology.HostLabel(1) == "server-1 (a)";
    EXPECT_NEAR(Delay(1, 3).GetSeconds(), atA ? 0.0003 : 0.0001, 1e-5);
    EXPECT_NEAR(Delay(1, 2).GetSeconds(), 0.005, 1e-5);
    EXPECT_NEAR(Delay(5, 2).GetSeconds(), 0.005, 1e-5);
}

TEST_F(FileTopology, ThatCannotBeReadIsNamed)
{
    TopologyOptions options;
    options.name = folder / "none.csv";
    try
    {
        BuildTopology(options);
        FAIL() << "no error";
    }
    catch (const std::runtime_error& error)
    {
        EXPECT_EQ(error.what(),
                  "option --topology: '" + options.name +
                      "', expected a topology's name or a readable file with a network");
    }
}

} // namespace
} // namespace nctest
