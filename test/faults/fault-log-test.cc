#include "ns3/fault-log.h"

#include <gtest/gtest.h>
#include <sstream>

using namespace ns3::faults;
using namespace std::chrono_literals;

TEST(FaultLog, WritesFaultsByStartWithTheEndsTheyHave)
{
    FaultLog log;
    log.faults.push_back({{20s, std::nullopt}, FaultKind::HOST_CRASH, "3", ""});
    log.faults.push_back({{1500ms, 2s}, FaultKind::PARTITION, "1>2/3-4", "cut=1>2/3-4,exact=1"});
    log.faults.push_back({{20s, 1h}, FaultKind::CLOCK_SKEW, "1", "say \"hello\""});
    std::ostringstream out;
    WriteFaults(out, log);
    EXPECT_EQ(out.str(),
              "start_s,end_s,kind,target,detail\n"
              "1.500000000,2.000000000,partition,1>2/3-4,\"cut=1>2/3-4,exact=1\"\n"
              "20.000000000,,host-crash,3,\n"
              "20.000000000,3600.000000000,clock-skew,1,\"say \"\"hello\"\"\"\n");
}

TEST(FaultLog, WritesSecondsWithNineDecimals)
{
    EXPECT_EQ(FormatSeconds(0ns), "0.000000000");
    EXPECT_EQ(FormatSeconds(1ns), "0.000000001");
    EXPECT_EQ(FormatSeconds(-1500ms), "-1.500000000");
    EXPECT_EQ(FormatSeconds(Nanos::max()), "9223372036.854775807");
    EXPECT_EQ(FormatSeconds(Nanos::min()), "-9223372036.854775808");
}
