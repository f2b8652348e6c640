#include "raft-trace-run.h"

#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

using namespace nctest;

namespace
{

/** Options of a run, and what has to happen in it for the check to mean something. */
struct TracedRun
{
    const char* name;
    const char* options;
    std::vector<std::string> events;
    std::vector<std::string> messages;
};

void
PrintTo(const TracedRun& run, std::ostream* out)
{
    *out << run.name;
}

const std::vector<std::string> USUAL_EVENTS{"Init",
                                            "Crash",
                                            "Restart",
                                            "BecomePreCandidate",
                                            "BecomeCandidate",
                                            "BecomeLeader",
                                            "BecomeFollower",
                                            "Append",
                                            "Persist",
                                            "Commit",
                                            "Apply",
                                            "Send",
                                            "Receive",
                                            "ConfigChange"};

const std::vector<std::string> USUAL_MESSAGES{"preRequestVote",
                                              "preRequestVoteReply",
                                              "RequestVote",
                                              "RequestVoteReply",
                                              "AppendEntries",
                                              "AppendEntriesReply"};

#define NC_CRASHES                                                                                 \
    " --fault=process-crash@6s+3s:node=leader --fault=partition@12s+4s:node=leader"                \
    " --fault=host-crash@18s+3s:node=follower"

class RaftTraceOf : public testing::TestWithParam<TracedRun>
{
};

INSTANTIATE_TEST_SUITE_P(
    RaftTrace,
    RaftTraceOf,
    testing::Values(
        TracedRun{"Udp",
                  "--duration=25s --loss=0.02 --reorder=0.05" NC_CRASHES,
                  {"Drop", "Truncate"},
                  {}},
        TracedRun{"UdpWithDuplicates",
                  "--duration=25s --loss=0.02 --duplicate=0.05 --reorder=0.05" NC_CRASHES,
                  {"Drop"},
                  {}},
        TracedRun{"Tcp", "--duration=25s --loss=0.02 --transport=tcp" NC_CRASHES, {}, {}},
        TracedRun{"WithoutPreVote",
                  "--duration=25s --loss=0.02 --ns3::RaftApplication::PreVote=false"
                  " --ns3::RaftApplication::CheckQuorum=false"
                  " --ns3::RaftApplication::LeaderStickiness=false" NC_CRASHES,
                  {"Truncate"},
                  {}},
        TracedRun{"Snapshots",
                  "--duration=40s --loss=0.02 --request-rate=50"
                  " --ns3::RaftApplication::SnapshotThreshold=40"
                  " --ns3::RaftApplication::MaxBatchBytes=500"
                  " --fault=process-crash@8s+10s:node=follower --fault=host-crash@20s+8s:node=3"
                  " --fault=process-crash@30s+2s:node=leader",
                  {"Snapshot", "InstallSnapshot", "Drop"},
                  {"InstallSnapshot", "InstallSnapshotReply"}},
        TracedRun{"SnapshotsTcp",
                  "--duration=30s --transport=tcp --request-rate=50"
                  " --ns3::RaftApplication::SnapshotThreshold=40"
                  " --fault=process-crash@8s+10s:node=follower"
                  " --fault=process-crash@20s+2s:node=leader",
                  {"Snapshot", "InstallSnapshot"},
                  {"InstallSnapshot", "InstallSnapshotReply"}},
        TracedRun{"Membership",
                  "--duration=40s --loss=0.03 --voters=3 --operation=add@5s:node=4"
                  " --operation=add@6s:node=5 --operation=remove@12s:node=1"
                  " --operation=transfer@16s --operation=remove@20s:node=2"
                  " --operation=add@24s:node=1 --fault=process-crash@6500ms+2s:node=leader"
                  " --fault=process-crash@26s+3s:node=leader"
                  " --ns3::RaftApplication::SnapshotThreshold=100",
                  {"Snapshot", "Drop"},
                  {"TimeoutNow"}},
        TracedRun{"SlowDisks",
                  "--duration=25s --loss=0.02 --request-rate=100"
                  " --ns3::NodeDisk::MedianLatency=20ms --ns3::NodeDisk::Sigma=1.5"
                  " --fault=disk-stall@15s+2s:node=leader" NC_CRASHES,
                  {"Drop"},
                  {}}),
    [](const auto& info) { return info.param.name; });

} // namespace

TEST_P(RaftTraceOf, LetsAnOutsiderRebuildEveryServerAndFindNoRuleBroken)
{
    const std::string options = GetParam().options;
    RaftTraceChecker checker(options.find("--duplicate") != std::string::npos);
    EXPECT_EQ(Check(TraceOf(options), checker), "");
    auto events = USUAL_EVENTS;
    events.insert(events.end(), GetParam().events.begin(), GetParam().events.end());
    for (const auto& name : events)
    {
        const bool off =
            name == "BecomePreCandidate" && options.find("PreVote=false") != options.npos;
        EXPECT_EQ(checker.counts[name] > 0, !off) << name;
    }
    auto messages = USUAL_MESSAGES;
    messages.insert(messages.end(), GetParam().messages.begin(), GetParam().messages.end());
    for (const auto& type : messages)
    {
        const bool off = type.rfind("pre", 0) == 0 && options.find("PreVote=false") != options.npos;
        EXPECT_EQ(checker.sent[type] > 0, !off) << type;
    }
    EXPECT_GT(checker.counts["Apply"], 500U);
}
