#include "ns3/fault-keys.h"
#include "ns3/fault-plan.h"

#include <gtest/gtest.h>
#include <sstream>

using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

/** What ParseFault() says of a bad text, or "accepted". */
std::string
Complaint(const std::string& text, uint32_t servers = 5)
{
    try
    {
        ParseFault(text, servers);
    }
    catch (const std::invalid_argument& error)
    {
        return error.what();
    }
    return "accepted";
}

} // namespace

TEST(FaultPlan, ReadsTimesAsNs3WritesThem)
{
    const std::vector<std::pair<std::string, std::optional<Nanos>>> table{
        {"20s", 20s},
        {"20", 20s},
        {"0", 0s},
        {"150ms", 150ms},
        {"1.5ms", 1500us},
        {"2.25", 2250ms},
        {"3us", 3us},
        {"7ns", 7ns},
        {"2min", 2min},
        {"1.5h", 90min},
        {"1d", 24h},
        {"1e-3s", 1ms},
        {"-5ms", -5ms},
        {"0.000000001", 1ns},
        {"", std::nullopt},
        {"s", std::nullopt},
        {"20 s", std::nullopt},
        {" 20s", std::nullopt},
        {"20x", std::nullopt},
        {"20sec", std::nullopt},
        {"+20s", std::nullopt},
        {"1,5s", std::nullopt},
        {"0x10s", std::nullopt},
        {"inf", std::nullopt},
        {"nan", std::nullopt},
        {"1e400", std::nullopt},
        {"1e12", std::nullopt},
        {"--1s", std::nullopt},
        {"1.2.3s", std::nullopt},
    };
    for (const auto& [text, expected] : table)
    {
        EXPECT_EQ(ParseTime(text), expected) << text;
    }
}

TEST(FaultPlan, ReadsKindStartAndDuration)
{
    const FaultSpec forGood = ParseFault("host-crash@20s", 5);
    EXPECT_EQ(forGood.kind, FaultKind::HOST_CRASH);
    EXPECT_EQ(forGood.start, 20s);
    EXPECT_FALSE(forGood.duration);
    EXPECT_EQ(forGood.parameters.node, (FaultTarget{FaultTarget::Role::RANDOM, 0}));
    EXPECT_FALSE(forGood.parameters.exact);

    const FaultSpec full = ParseFault("process-crash@1.5+150ms:node=leader,exact=1", 5);
    EXPECT_EQ(full.kind, FaultKind::PROCESS_CRASH);
    EXPECT_EQ(full.start, 1500ms);
    EXPECT_EQ(full.duration, 150ms);
    EXPECT_EQ(full.parameters.node.role, FaultTarget::Role::LEADER);
    EXPECT_TRUE(full.parameters.exact);
}

TEST(FaultPlan, KnowsEveryKindByItsName)
{
    ASSERT_EQ(FaultKindNames().size(), FAULT_KIND_COUNT);
    for (std::size_t i = 0; i < FAULT_KIND_COUNT; ++i)
    {
        const FaultSpec fault = ParseFault(FaultKindNames()[i] + "@1s", 5);
        EXPECT_EQ(fault.kind, static_cast<FaultKind>(i));
        EXPECT_EQ(fault.parameters, DefaultParameters(fault.kind));
    }
}

TEST(FaultPlan, ReadsTheKeysOfEachKind)
{
    const auto read = [](const std::string& text) { return ParseFault(text, 5).parameters; };
    EXPECT_EQ(read("slow-cpu@1:node=3,factor=4,delay=30ms").delay, 30ms);
    EXPECT_EQ(read("slow-cpu@1:node=3,factor=4,delay=30ms").factor, 4);
    EXPECT_EQ(read("slow-cpu@1:node=3").node.id, 3u);
    EXPECT_EQ(read("slow-disk@1:factor=1e3").factor, 1000);
    EXPECT_EQ(read("slow-disk@1:bout=2s,gap=1min").bout, 2s);
    EXPECT_EQ(read("slow-disk@1:bout=2s,gap=1min").gap, 1min);
    EXPECT_EQ(read("slow-link@1:node=2,delay=80ms,jitter=9ms").jitter, 9ms);
    EXPECT_EQ(read("omission@1:loss=0.25,to=4.2").loss, 0.25);
    EXPECT_EQ(read("omission@1:node=1,to=4.2").to, (std::vector<uint32_t>{2, 4}));
    EXPECT_EQ(read("partition@1:node=follower,direction=in").direction, CutDirection::IN);
    EXPECT_EQ(read("flapping@1:period=4s,duty=0.25").period, 4s);
    EXPECT_EQ(read("flapping@1:period=4s,duty=0.25").duty, 0.25);
    const FaultParameters degrade =
        read("degrade@1:resource=nic,outcome=recover,severity=0.75,down=8s");
    EXPECT_EQ(degrade.resource, Resource::NIC);
    EXPECT_EQ(degrade.outcome, Outcome::RECOVER);
    EXPECT_EQ(degrade.severity, 0.75);
    EXPECT_EQ(degrade.down, 8s);
    EXPECT_EQ(read("byzantine-lying@1:magnitude=7,share=0.5,clock=1").magnitude, 7u);
    EXPECT_TRUE(read("byzantine-lying@1:magnitude=7,share=0.5,clock=1").lieAboutClock);
    EXPECT_EQ(read("byzantine-selective@1:to=1.2").to, (std::vector<uint32_t>{1, 2}));
    EXPECT_EQ(read("byzantine-equivocating@1:share=0.5").share, 0.5);
    EXPECT_EQ(read("byzantine-lying@1:to=3,from=2s,until=4s,seed=9").from, 2s);
    EXPECT_EQ(read("byzantine-lying@1:to=3,from=2s,until=4s,seed=9").until, 4s);
    EXPECT_EQ(read("byzantine-lying@1:to=3,from=2s,until=4s,seed=9").seed, 9u);
    EXPECT_EQ(read("byzantine-term-inflation@1:magnitude=4,period=1s").period, 1s);
    EXPECT_EQ(read("byzantine-stale-replay@1:age=5s").delay, 5s);
    EXPECT_EQ(read("byzantine-vote-withholding@1:to=4").to, (std::vector<uint32_t>{4}));
    EXPECT_EQ(read("byzantine-twin@1:node=leader,to=4.5").node.role, FaultTarget::Role::LEADER);
    EXPECT_EQ(read("minority-crash@1:count=3").count, 3u);
    EXPECT_EQ(read("cascade@1:count=4,gap=500ms,down=3s").gap, 500ms);
    EXPECT_EQ(read("cascade@1:count=4,gap=500ms,down=3s").down, 3s);
    EXPECT_EQ(read("slow-cpu@1:ramp=20s").ramp, 20s);
    EXPECT_EQ(read("omission@1").direction, CutDirection::OUT) << "as it was before it had one";
    EXPECT_EQ(read("omission@1:direction=both").direction, CutDirection::BOTH);
    EXPECT_EQ(read("clock-skew@1:offset=-20ms,drift=-50").offset, -20ms);
    EXPECT_EQ(read("clock-skew@1:offset=-20ms,drift=-50").driftPpm, -50);
}

TEST(FaultPlan, TurnsCutsAndGroupsIntoDirections)
{
    const auto cuts = [](const std::string& keys) {
        return ParseFault("partition@1:" + keys, 5).parameters.cuts;
    };
    EXPECT_EQ(cuts("cut=1>2"), (std::vector<Cut>{{1, 2}}));
    EXPECT_EQ(cuts("cut=2-1"), (std::vector<Cut>{{1, 2}, {2, 1}}));
    EXPECT_EQ(cuts("cut=3>1/1>2/3-4"), (std::vector<Cut>{{1, 2}, {3, 1}, {3, 4}, {4, 3}}));
    EXPECT_EQ(cuts("cut=1>2/1-2"), (std::vector<Cut>{{1, 2}, {2, 1}})) << "named twice, cut once";
    EXPECT_EQ(cuts("groups=1|3.2"), (std::vector<Cut>{{1, 2}, {1, 3}, {2, 1}, {3, 1}}));
    EXPECT_EQ(cuts("groups=1|2|3").size(), 6u);
    EXPECT_EQ(cuts("groups=1.2|3.4.5").size(), 12u);
    EXPECT_TRUE(cuts("node=1").empty()) << "relative to the node";
}

TEST(FaultPlan, WritesWhatItReads)
{
    const std::vector<std::string> table{
        "host-crash@20s",
        "host-crash@20.000000001+3ms:node=2,exact=1",
        "slow-cpu@1+2:node=leader,factor=2.5,delay=0s",
        "slow-disk@1+30:node=2,factor=30",
        "slow-disk@1+30:node=2,factor=30,bout=1.5s,gap=20s",
        "slow-link@1:cut=1>2/3-4,delay=5ms,jitter=0s",
        "omission@1:node=2,to=1.5,loss=0.125",
        "partition@1:groups=1.2|3.4.5",
        "partition@1:node=follower,direction=out",
        "flapping@1+60:cut=2-3,period=700ms,duty=0.3",
        "degrade@5+40s:node=3,resource=cpu,outcome=crash,severity=0.9,down=6s",
        "byzantine-lying@5+4s:node=1,share=0.7,magnitude=12,clock=1",
        "byzantine-selective@5:node=1,to=3",
        "byzantine-equivocating@5:node=1,share=0.1",
        "clock-skew@5:node=1,offset=-1.5ms,drift=-0.1",
        "slow-link@5+20:node=2,delay=80ms,ramp=10s",
        "omission@5:node=2,to=1,direction=in,loss=0.2",
        "minority-crash@20+5:count=1,exact=1",
        "cascade@20+30",
        "cascade@20+30:count=5,gap=1.5s,down=4s",
        "byzantine-lying@5+9:node=1,to=2.3,from=1s,until=2.5s,seed=0",
        "byzantine-twin@5:node=leader,seed=12",
        "byzantine-term-inflation@5:share=0.5,magnitude=7,period=400ms",
        "byzantine-stale-replay@5:age=250ms,from=1s",
        "byzantine-vote-withholding@5:to=2,until=3s",
    };
    for (const std::string& text : table)
    {
        const FaultSpec fault = ParseFault(text, 5);
        EXPECT_EQ(ParseFault(FormatFault(fault), 5), fault) << FormatFault(fault);
    }
    EXPECT_EQ(FormatFault(ParseFault("partition@1.5+2:groups=1|2.3", 3)),
              "partition@1.500000000s+2.000000000s:cut=1-2/1-3");
}

TEST(FaultPlan, RefusesWhatItCannotRead)
{
    const std::vector<std::pair<std::string, std::string>> table{
        {"", "KIND@START"},
        {"host-crash", "KIND@START"},
        {"@20s", "a kind of fault"},
        {"host-cras@20s", "\"host-cras\" where a kind of fault (one of host-crash, "},
        {"Host-crash@20s", "a kind of fault"},
        {"host-crash@", "a start of 0s or later"},
        {"host-crash@-1s", "\"-1s\" where a start of 0s or later"},
        {"host-crash@20parsec", "\"20parsec\""},
        {"host-crash@20s+", "a duration above 0s"},
        {"host-crash@20s+0s", "a duration above 0s"},
        {"host-crash@20s+5s+5s", "\"5s+5s\" where a duration"},
        {"slow-disk@20s:bout=2s", "bout and gap, both or neither"},
        {"slow-disk@20s:gap=2s", "bout and gap, both or neither"},
        {"slow-disk@20s:bout=0s,gap=2s", "bout being a time 1ms..1h"},
        {"slow-disk@20s:bout=2s,gap=2d", "gap being a time 1ms..1d"},
        {"disk-stall@20s:bout=2s,gap=2s", "a key of disk-stall"},
        {"host-crash@20s:", "key=value"},
        {"host-crash@20s:node", "\"node\" where key=value"},
        {"host-crash@20s:node=1,", "key=value"},
        {"host-crash@20s:nodes=1", "\"nodes\" where a key of host-crash (node, exact)"},
        {"host-crash@20s:factor=2", "a key of host-crash"},
        {"host-crash@20s:node=1,node=2", "each key at most once"},
        {"host-crash@20s:node=0", "a server 1..5, leader, follower or random"},
        {"host-crash@20s:node=6", "\"node=6\" where node being a server 1..5"},
        {"host-crash@20s:node=-1", "a server 1..5"},
        {"host-crash@20s:node=1x", "a server 1..5"},
        {"host-crash@20s:node=4294967297", "a server 1..5"},
        {"host-crash@20s:node=", "a server 1..5"},
        {"host-crash@20s:exact=2", "0 or 1"},
        {"slow-cpu@1:factor=0.5", "a number 1..10000"},
        {"slow-cpu@1:factor=ten", "a number 1..10000"},
        {"slow-cpu@1:delay=-1ms", "a time 0s..60s"},
        {"slow-cpu@1:delay=61s", "a time 0s..60s"},
        {"slow-cpu@1:factor=1,delay=0s", "a factor above 1 or a delay above 0s"},
        {"slow-link@1:delay=0s,jitter=0s", "a delay or a jitter above 0s"},
        {"slow-link@1:node=1,cut=1>2", "only one of them"},
        {"omission@1:loss=0", "a share 0.001..0.95"},
        {"omission@1:loss=1", "a share 0.001..0.95"},
        {"omission@1:loss=nan", "a share 0.001..0.95"},
        {"omission@1:to=1.1", "each at most once"},
        {"omission@1:to=9", "servers 1..5"},
        {"omission@1:node=2,to=1.2", "a receiver (to) other than the node itself"},
        {"partition@1:cut=1", "1>2 (one way) or 1-2 (both), of two servers 1..5"},
        {"partition@1:cut=1>1", "of two servers"},
        {"partition@1:cut=1>6", "servers 1..5"},
        {"partition@1:cut=1<2", "1>2 (one way)"},
        {"partition@1:cut=1>2/", "1>2 (one way)"},
        {"partition@1:cut=1-2-3", "1>2 (one way)"},
        {"partition@1:cut=", "1>2 (one way)"},
        {"partition@1:groups=1.2", "two or more groups"},
        {"partition@1:groups=1.2|2.3", "each at most once"},
        {"partition@1:groups=1.2|", "two or more groups"},
        {"partition@1:groups=1.2|7", "servers 1..5"},
        {"partition@1:groups=1|2,cut=1>2", "only one of them"},
        {"partition@1:cut=1>2,direction=in", "only one of them"},
        {"partition@1:direction=sideways", "both, in or out"},
        {"flapping@1:period=1ms", "a time 10ms..1h"},
        {"flapping@1:duty=1", "a share 0.01..0.99"},
        {"degrade@1:resource=gpu", "heap, cpu, nic, disk or queue"},
        {"degrade@1:direction=in", "direction with resource=nic only"},
        {"degrade@1:outcome=maybe", "crash, recover or random"},
        {"degrade@1:severity=1.01", "a number 0.01..1"},
        {"degrade@1:down=0s", "a time 1ns..1d"},
        {"byzantine-lying@1:magnitude=0", "a whole number 1..1000000"},
        {"byzantine-lying@1:magnitude=1.5", "a whole number"},
        {"byzantine-selective@1:share=0", "a share 0.01..1"},
        {"byzantine-lying@1:seed=-1", "a whole number 0..1000000000"},
        {"byzantine-lying@1:from=4s,until=4s", "an end (until) after the beginning (from)"},
        {"byzantine-lying@1:from=-1s", "a time 0s..1d after the start"},
        {"byzantine-twin@1:share=0.5", "a key of byzantine-twin (node, to, seed, exact)"},
        {"byzantine-twin@1:node=2,to=2", "other than the node itself"},
        {"byzantine-stale-replay@1:age=1ms", "a time 10ms..60s"},
        {"slow-disk@1:ramp=2s", "a key of slow-disk"},
        {"slow-cpu@1:ramp=2h", "a time 0s..1h"},
        {"omission@1:direction=up", "both, in or out"},
        {"minority-crash@1:count=6", "a number of servers 1..5"},
        {"minority-crash@1:node=2", "a key of minority-crash (count, exact)"},
        {"cascade@1:gap=0s", "a time 1ms..1d"},
        {"clock-skew@1:offset=2d", "a time -1d..1d"},
        {"clock-skew@1:drift=1e6", "in parts per million"},
    };
    for (const auto& [text, expected] : table)
    {
        const std::string complaint = Complaint(text);
        EXPECT_NE(complaint.find(expected), std::string::npos) << text << "\n-> " << complaint;
        EXPECT_NE(complaint.find("fault \"" + text + "\""), std::string::npos) << complaint;
        EXPECT_EQ(complaint.find('\n'), std::string::npos) << complaint;
    }
    EXPECT_NE(Complaint("partition@1", 1).find("a kind that needs no second server"),
              std::string::npos);
}

TEST(FaultPlan, ComplainsOnOneLineOfBoundedLengthWhateverTheTextIs)
{
    const std::string odd = "host-\ncrash\x01@" + std::string(100000, '9');
    const std::string complaint = Complaint(odd);
    EXPECT_EQ(complaint.find('\n'), std::string::npos);
    EXPECT_LT(complaint.size(), 1000u);
}

TEST(FaultFile, HoldsAFaultALineWithComments)
{
    std::istringstream in("# a story in two acts\n"
                          "host-crash@20s+5s:node=1   # the first\n"
                          "\n"
                          "   \t\r\n"
                          "  partition@40s:groups=1.2|3.4.5\r\n"
                          "slow-cpu@60s"); // no newline at the end
    const FaultPlan plan = ParseFaultFile(in, "story.txt", 5);
    ASSERT_EQ(plan.size(), 3u);
    EXPECT_EQ(plan[0], ParseFault("host-crash@20s+5s:node=1", 5));
    EXPECT_EQ(plan[1], ParseFault("partition@40s:groups=1.2|3.4.5", 5));
    EXPECT_EQ(plan[2].kind, FaultKind::SLOW_CPU);
}

TEST(FaultFile, MayBeEmpty)
{
    std::istringstream in("");
    EXPECT_TRUE(ParseFaultFile(in, "none.txt", 5).empty());
}

TEST(FaultFile, NamesFileAndLineOfAnError)
{
    std::istringstream in("host-crash@20s\n\n# fine\nhost-crash@soon\n");
    try
    {
        ParseFaultFile(in, "story.txt", 5);
        FAIL() << "accepted";
    }
    catch (const std::invalid_argument& error)
    {
        EXPECT_EQ(std::string(error.what()),
                  "story.txt:4: fault \"host-crash@soon\": \"soon\" where a start of 0s or later, "
                  "as 20s or 150ms, was expected");
    }
}
