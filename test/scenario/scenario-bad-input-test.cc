#include "program-runner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

using namespace nctest;

namespace
{

/** Options that are wrong, and what the one line on stderr has to name. */
struct BadInput
{
    std::string options;
    std::string named;
};

const std::vector<BadInput> BAD_INPUTS = {
    {"--bogus", "--bogus"},
    {"--bogus=3", "--bogus"},
    {"stray", "stray"},
    {"--topology=ring", "ring"},
    {"--nodes=0", "nodes"},
    {"--nodes=five", "five"},
    {"--nodes=2.5", "2.5"},
    {"--nodes=201", "201"},
    {"--clients=-1", "-1"},
    {"--fault-gap=-5s", "-5s"},
    {"--fault-gap=0", "fault-gap"},
    {"--fault-weights=meteor:1", "meteor:1"},
    {"--fault-weights=partition:-1", "partition:-1"},
    {"--fault-weights=cascade:1", "cascade:1"},
    {"--ns3::FaultInjector::StartJitter=1s", "HeartbeatMonitor::Interval"},
    {"--fault-gap=5parsec", "5parsec"},
    {"--duration=2s", "duration"},
    {"--link-rate=fast", "fast"},
    {"--link-rate=0bps", "0bps"},
    {"--link-delay=-1ms", "-1ms"},
    {"--jitter=much", "much"},
    {"--loss=1.5", "1.5"},
    {"--loss=nan", "nan"},
    {"--burst-loss=0.1:0", "0"},
    {"--duplicate=-0.1", "-0.1"},
    {"--reorder=2", "2"},
    {"--request-rate=-3", "-3"},
    {"--transport=pigeon", "pigeon"},
    {"--watch=0", "watch"},
    {"--nodes=3 --watch=3", "watch"},
    {"--detector=oracle", "oracle"},
    {"--detector=phi-gaussian:threshold=high", "high"},
    {"--detector=phi-gaussian:knob=1", "knob"},
    {"--detector=fixed-timeout,fixed-timeout", "fixed-timeout"},
    {"--detector=bertier:gossip=0", "gossip=0"},
    {"--detector=bertier:gossip=5", "at most 4"},
    {"--nodes=7 --watch=2 --detector=bertier:gossip=3", "at most 2"},
    {"--detector=neural", "--model"},
    {"--detector=neural:depth=3 --model=x", "neural"},
    {"--detector=swim:probe=1s", "ns3::SwimApplication"},
    {"--detector=swim,swim", "swim"},
    {"--detector=swim --ns3::SwimApplication::Port=9001", "ns3::SwimApplication::Port"},
    {"--detector=swim --ns3::RaftApplication::Port=9002", "ns3::SwimApplication::Port"},
    {"--detector=swim --ns3::SwimApplication::ProbeInterval=200ms", "ProbeTimeout"},
    {"--detector=swim --ns3::SwimApplication::MaxMessageSize=20", "MaxMessageSize"},
    {"--device=tpu", "tpu"},
    {"--fault=meteor@3s", "meteor"},
    {"--fault=host-crash", "host-crash"},
    {"--fault=host-crash@soon", "soon"},
    {"--fault=host-crash@3s:node=9", "9"},
    {"--fault=host-crash@3s:mode=x", "mode"},
    {"--fault=partition@3s:cut=1", "1"},
    {"--fault-file=/no/such/plan", "/no/such/plan"},
    {"--config=/no/such/file.ini", "/no/such/file.ini"},
    {"--nodes=2 --random-faults", "random-faults"},
    {"--observations", "--out"},
    {"--out=/proc/nowhere", "/proc/nowhere"},
    {"--voters=0", "voters"},
    {"--voters=6", "voters"},
    {"--voters=two", "two"},
    {"--operation=grow@5s:node=1", "grow"},
    {"--operation=add@5s", "add@5s"},
    {"--operation=add@soon:node=1", "soon"},
    {"--operation=remove@5s:node=6", "6"},
    {"--operation=transfer@5s:node=leader", "leader"},
    {"--operation=transfer@5s:to=2", "to=2"},
    {"--ns3::RaftApplication::ReadMode=guess", "guess"},
    {"--ns3::RaftApplication::ReadMode=lease --ns3::RaftApplication::CheckQuorum=false",
     "checkQuorum"},
    {"--ns3::RaftApplication::MaxClockDrift=0.7", "MaxClockDrift"},
    {"--ns3::RaftApplication::MaxInFlightMessages=0", "MaxInFlightMessages"},
    {"--RngRun=x", "RngRun"},
    {"--RngSeed=0", "RngSeed"},
    {"--SimulatorImplementationType=ns3::Node", "ns3::Node"},
    {"--SimulatorImplementationType=ns3::Foo", "ns3::Foo"},
    {"--SchedulerType=ns3::Node", "ns3::Node"},
    {"--PrintAttributes", "PrintAttributes"},
    {"--PrintAttributes=ns3::Foo", "ns3::Foo"},
    {"--Print", "--Print"},
    {"--ns3::RaftApplication::Port=9001", "9001"},
    {"--ns3::RaftApplication::SocketFactory=ns3::TcpSocketFactory", "--transport"},
    {"--ns3::RaftApplication::MaxBatchBytes=100000", "MaxBatchBytes"},
    {"--detector=neural,neural --model=x", "neural"},
    {"--link-delay=10000d", "10000d"},
    {"--ns3::RaftApplication::NoSuchThing=1", "NoSuchThing"},
    {"--ns3::RaftApplication::HeartbeatInterval=fast", "HeartbeatInterval"},
    {"--ns3::RaftApplication::ElectionTimeoutMin=5s", "electionTimeout"},
};

class ScenarioRefuses : public testing::TestWithParam<BadInput>
{
};

INSTANTIATE_TEST_SUITE_P(BadInput, ScenarioRefuses, testing::ValuesIn(BAD_INPUTS));

} // namespace

TEST_P(ScenarioRefuses, WithOneLineThatNamesTheThingAndStatusTwo)
{
    const auto result = RunProgramLine("consensus-scenario --duration=1s " + GetParam().options);
    EXPECT_EQ(result.status, 2) << result.errors;
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_EQ(result.errors.rfind("consensus-scenario: ", 0), 0U) << result.errors;
    EXPECT_NE(result.errors.find(GetParam().named), std::string::npos) << result.errors;
}

TEST(ScenarioBadInput, AMalformedPlanIsNamedByFileAndLine)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "plan") << "# two faults\nhost-crash@3s\nhost-crash@4s:node=77\n";
    const auto result = RunProgramLine("consensus-scenario --fault-file=" + (folder / "plan"));
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.errors.find((folder / "plan") + ":3"), std::string::npos) << result.errors;
}

TEST(ScenarioBadInput, AMalformedConfigurationIsNamed)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "bad.ini") << "nodes = 5\nthis is no line\n";
    const auto result = RunProgramLine("consensus-scenario --config=" + (folder / "bad.ini"));
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.errors.find("bad.ini"), std::string::npos) << result.errors;
}

TEST(ScenarioBadInput, ARunThatIsRefusedLeavesNoFile)
{
    const TemporaryFolder folder;
    const auto result = RunProgramLine("consensus-scenario --duration=1s --out=" + (folder / "r") +
                                       " --detector=neural --model=/dev/null");
    EXPECT_EQ(result.status, 2);
    if (std::filesystem::exists(folder / "r"))
    {
        EXPECT_TRUE(ReadFolder(folder / "r").empty());
    }
}
