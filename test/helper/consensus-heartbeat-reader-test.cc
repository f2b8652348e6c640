#include "temporary-folder.h"

#include "ns3/consensus-heartbeat-reader.h"
#include "ns3/consensus-heartbeat-survey.h"
#include "ns3/failure-detector.h"

#include <algorithm>
#include <cstdio>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{

using detection::Nanos;
using nctest::TemporaryFolder;

namespace
{

const std::string HEADER = "observer,target,seq,sent_s,arrived_s\n";

class HeartbeatFile : public testing::Test
{
  protected:
    std::string Write(const std::string& text) const
    {
        std::ofstream(m_folder / "h.csv", std::ios::binary) << text;
        return m_folder / "h.csv";
    }

    HeartbeatSurvey Survey(const std::string& text) const
    {
        return SurveyHeartbeats(Write(text), nullptr);
    }

    /** What is said about a file, without its path. */
    std::string ErrorOf(const std::string& text) const
    {
        try
        {
            Survey(text);
        }
        catch (const std::runtime_error& error)
        {
            const std::string what = error.what();
            const std::string path = m_folder / "h.csv";
            EXPECT_EQ(what.find(path), 0U) << what;
            EXPECT_EQ(what.find('\n'), std::string::npos) << what;
            return what.substr(path.size());
        }
        return "";
    }

    const TemporaryFolder m_folder;
};

} // namespace

TEST(ParseFileTime, ReadsSecondsToTheNanosecond)
{
    const std::pair<const char*, int64_t> good[] = {{"0", 0},
                                                    {"1", 1000000000},
                                                    {"1.", 1000000000},
                                                    {".5", 500000000},
                                                    {"12.345678901", 12345678901},
                                                    {"-12.345678901", -12345678901},
                                                    {"0.0000000014", 1},
                                                    {"0.0000000015", 2},
                                                    {"0.99999999951", 1000000000},
                                                    {"1.50000000000000000000001", 1500000000},
                                                    {"1e-3", 1000000},
                                                    {"2.5E2", 250000000000},
                                                    {"0001.1", 1100000000},
                                                    {"3000000000", 3000000000000000000}};
    for (const auto& [text, ns] : good)
    {
        EXPECT_EQ(ParseFileTime(text), Nanos(ns)) << text;
    }
    for (const char* bad :
         {"",    "-",   ".",     "-.",   "abc",        "1s",           "1,5",
          " 1",  "1 ",  "+1",    "1e",   "e5",         "--1",          "1.2.3",
          "nan", "inf", "1e300", "0x10", "3000000001", "3000000000.1", "99999999999999999999999999",
          "1e10"})
    {
        EXPECT_FALSE(ParseFileTime(bad).has_value()) << bad;
    }
}

TEST_F(HeartbeatFile, IsReadRowByRowWithOrWithoutPairs)
{
    HeartbeatReader named(Write(HEADER + "1,2,7,0.1,0.2\n1,3,0,0.3,\n"));
    RecordedHeartbeat beat;
    ASSERT_TRUE(named.Next(beat));
    EXPECT_TRUE(named.HasPairs());
    EXPECT_EQ(beat.observer, 1U);
    EXPECT_EQ(beat.target, 2U);
    EXPECT_EQ(beat.sequence, 7U);
    EXPECT_EQ(beat.sent, Nanos(100000000));
    EXPECT_EQ(beat.arrived, Nanos(200000000));
    ASSERT_TRUE(named.Next(beat));
    EXPECT_EQ(beat.target, 3U);
    EXPECT_FALSE(beat.arrived.has_value());
    EXPECT_FALSE(named.Next(beat));

    HeartbeatReader plain(Write("seq,sent_s,arrived_s\n18446744073709551615,-0.1,0.2"));
    ASSERT_TRUE(plain.Next(beat));
    EXPECT_FALSE(plain.HasPairs());
    EXPECT_EQ(beat.sequence, UINT64_MAX);
    EXPECT_EQ(beat.sent, Nanos(-100000000));
    EXPECT_FALSE(plain.Next(beat));
}

TEST_F(HeartbeatFile, MayEndItsLinesEitherWayAndItsLastOneNotAtAll)
{
    for (const std::string& end : {std::string("\n"), std::string("\r\n")})
    {
        const std::string text = "seq,sent_s,arrived_s" + end + "1,0.1,0.2" + end + "2,0.2,";
        for (const std::string& last : {std::string(), end})
        {
            const HeartbeatSurvey survey = Survey(text + last);
            EXPECT_EQ(survey.heartbeats, 2U);
            EXPECT_EQ(survey.pairs[0].period, Nanos(100000000));
        }
    }
}

TEST_F(HeartbeatFile, MayEndInAnEmptyLine)
{
    EXPECT_EQ(Survey(HEADER + "1,2,1,0,\n\n").heartbeats, 1U);
    EXPECT_EQ(Survey(HEADER + "1,2,1,0,\r\n\r\n").heartbeats, 1U);
}

TEST_F(HeartbeatFile, WithAHeaderAloneHasNoPairs)
{
    EXPECT_TRUE(Survey(HEADER).pairs.empty());
    EXPECT_EQ(Survey("seq,sent_s,arrived_s").heartbeats, 0U);
}

TEST_F(HeartbeatFile, IsReadOnAcrossTheReadersBuffer)
{
    std::string text = HEADER;
    for (int i = 1; i <= 100000; ++i) // some 3 MB
    {
        text += "1,2," + std::to_string(i) + "," + std::to_string(i) + ".125," + std::to_string(i) +
                ".25\n";
    }
    const HeartbeatSurvey survey = Survey(text);
    EXPECT_EQ(survey.heartbeats, 100000U);
    EXPECT_EQ(survey.pairs[0].period, Nanos(1000000000));
    EXPECT_EQ(survey.pairs[0].least, Nanos(125000000));
}

TEST_F(HeartbeatFile, IsRefusedByLineWhereARowIsNoGood)
{
    const std::string good = HEADER + "1,2,5,1.0,1.1\n";
    const std::pair<const char*, const char*> bad[] = {
        {"1,2,6,1.1", "\"1,2,6,1.1\" has 4 fields: expected observer,target,seq,sent_s,arrived_s"},
        {"1,2,6,1.1,1.2,1.3", "\"1,2,6,1.1,1.2,1.3\" has 6 fields: expected observer"},
        {"", "\"\" has 1 fields"},
        {"0,2,6,1.1,1.2", "observer is \"0\": expected the number of a server, from 1 up"},
        {"1,-2,6,1.1,1.2", "target is \"-2\": expected the number of a server, from 1 up"},
        {"x,2,6,1.1,1.2", "observer is \"x\": expected"},
        {"1,4294967296,6,1.1,1.2", "target is \"4294967296\": expected"},
        {"1,2,-6,1.1,1.2", "seq is \"-6\": expected a whole number from 0 up"},
        {"1,2,6.5,1.1,1.2", "seq is \"6.5\": expected"},
        {"1,2,18446744073709551616,1.1,1.2", "seq is \"18446744073709551616\": expected"},
        {"1,2,6,,1.2", "sent_s is \"\": expected a time in seconds, as 1.250000000"},
        {"1,2,6,1.1,soon",
         "arrived_s is \"soon\": expected a time in seconds, as 1.250000000, or "
         "nothing where it is lost"},
        {"1,2,6,0.9,1.2",
         "sent_s is 0.900000000 after 1.000000000 in an earlier row of the same "
         "pair: expected rows in the order of their sending"},
        {"1,2,5,1.0,1.2",
         "seq is 5 after 5 of the same pair: expected a higher number, or a later sent_s where the "
         "sender restarted"},
        {"1,2,4,1.0,1.2", "seq is 4 after 5 of the same pair: expected"},
        {"1,2,6,1.1,2100000000",
         "arrived_s is 2100000000.000000000 and sent_s 1.100000000: "
         "expected clocks that are at most 2000000000 s apart"},
    };
    for (const auto& [row, message] : bad)
    {
        const std::string error = ErrorOf(good + row + "\n1,2,9,9,9\n");
        EXPECT_EQ(error.find(":3: " + std::string(message)), 0U) << row << " -> " << error;
    }
    EXPECT_EQ(ErrorOf("a\x01\xff,b\n"),
              ":1: \"a??,b\": expected the header observer,target,seq,sent_s,arrived_s or "
              "seq,sent_s,arrived_s");
    EXPECT_EQ(ErrorOf("").find(":1: the file is empty: expected the header"), 0U);
    EXPECT_EQ(ErrorOf("seq,sent_s,arrived_s\n1,2,3,4,5\n").find(":2: "), 0U);
    EXPECT_EQ(ErrorOf(HEADER + std::string(2000000, '1')),
              ":2: this line is too long: expected 1 MiB at most");
}

TEST_F(HeartbeatFile, CannotBeAFolderOrMissing)
{
    for (const std::string& path : {m_folder.path, m_folder / "missing"})
    {
        try
        {
            SurveyHeartbeats(path, nullptr);
            FAIL() << path;
        }
        catch (const std::runtime_error& error)
        {
            EXPECT_EQ(error.what(), "cannot read " + path + ": expected a heartbeats.csv");
        }
    }
}

TEST_F(HeartbeatFile, MayNumberAnewWhereTheSenderRestarted)
{
    const HeartbeatSurvey survey =
        Survey(HEADER + "1,2,2,0,\n1,2,3,1,\n1,2,4,2,\n1,2,3,50,\n1,2,3,70,\n1,2,4,71,\n");
    EXPECT_EQ(survey.heartbeats, 6U);
    EXPECT_EQ(survey.pairs[0].period, Nanos(1000000000)) << "restarts are no intervals";
}

TEST_F(HeartbeatFile, TellsPeriodDelayAndDisorderOfEachPair)
{
    const HeartbeatSurvey survey = Survey(HEADER + "1,2,1,10,10.5\n"
                                                   "2,1,1,9,8.25\n"
                                                   "1,2,2,12,12.25\n"
                                                   "2,1,2,11,\n"
                                                   "3,1,1,20,\n");
    ASSERT_EQ(survey.pairs.size(), 3U);
    EXPECT_EQ(survey.pairs[0].observer, 1U);
    EXPECT_EQ(survey.pairs[0].period, Nanos(2000000000));
    EXPECT_EQ(survey.pairs[0].least, Nanos(250000000));
    EXPECT_EQ(survey.pairs[1].least, Nanos(-750000000));
    EXPECT_EQ(survey.pairs[2].period, detection::DEFAULT_HEARTBEAT_PERIOD);
    EXPECT_EQ(survey.pairs[2].least, Nanos(0));
    EXPECT_EQ(survey.least, Nanos(-750000000));
    EXPECT_EQ(survey.disorder, Nanos(1000000000));
}

TEST_F(HeartbeatFile, KeepsTheExactMedianOfLongRecordings)
{
    std::string text = "seq,sent_s,arrived_s\n";
    int64_t sent = 0;
    std::vector<int64_t> intervals;
    for (int i = 0; i < 20000; ++i)
    {
        char row[64];
        std::snprintf(row, sizeof(row), "%d,%ld.%09ld,\n", i, sent / 1000000000, sent % 1000000000);
        text += row;
        intervals.push_back(100000000 + (i * 7919L) % 1000003);
        sent += intervals.back();
    }
    intervals.pop_back();
    std::sort(intervals.begin(), intervals.end());
    EXPECT_EQ(Survey(text).pairs[0].period, Nanos(intervals[intervals.size() / 2]));
}

} // namespace ns3
