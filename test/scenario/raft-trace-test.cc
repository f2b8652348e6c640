#include "program-runner.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

using namespace nctest;
using Json = nlohmann::json;

namespace
{

/** A server as an outsider rebuilds it from the trace alone. */
struct Rebuilt
{
    std::vector<std::pair<uint64_t, std::string>> log; //!< term and hash
    uint64_t commit{0};
    uint64_t applied{0};
    uint64_t term{0};
    bool up{false};
    uint64_t durableLast{0};
};

/** Rebuilds all servers of a run and checks each step against the paper's rules. */
class OutsideChecker
{
  public:
    void Take(const Json& event)
    {
        ASSERT_EQ(event["seq"], ++m_sequence);
        ASSERT_GE(event["t"], m_time);
        m_time = event["t"];
        Rebuilt& server = m_servers[event["nid"]];
        const std::string name = event["name"];
        ++counts[name];
        if (name == "Init" || name == "Restart")
        {
            EXPECT_FALSE(server.up);
            EXPECT_EQ(event["last"], server.durableLast);
            server.log.resize(server.durableLast);
            server.up = true;
            server.commit = server.applied = 0;
        }
        else if (name == "Crash")
        {
            server.up = false;
        }
        else
        {
            EXPECT_TRUE(server.up) << event;
            EXPECT_GE(event["term"], server.term) << "terms never decrease";
            TakeStep(name, event, server);
        }
        server.term = event["term"];
        server.durableLast = event["durable"]["last"];
        if (name != "Crash")
        {
            EXPECT_EQ(event["last"], server.log.size()) << event;
            EXPECT_EQ(event["lastTerm"], server.log.empty() ? 0 : server.log.back().first);
            EXPECT_EQ(event["commit"], server.commit) << event;
        }
    }

    std::map<std::string, std::size_t> counts;

  private:
    void TakeStep(const std::string& name, const Json& event, Rebuilt& server)
    {
        if (name == "Append")
        {
            EXPECT_EQ(event["index"], server.log.size() + 1);
            server.log.emplace_back(event["entryTerm"], event["hash"]);
        }
        else if (name == "Truncate")
        {
            EXPECT_GT(event["index"], server.commit) << "committed entries stay";
            server.log.resize(static_cast<std::size_t>(event["index"]) - 1);
        }
        else if (name == "Commit")
        {
            EXPECT_GT(event["index"], server.commit);
            server.commit = event["index"];
        }
        else if (name == "Apply")
        {
            const uint64_t index = event["index"];
            EXPECT_EQ(index, ++server.applied);
            EXPECT_LE(index, server.commit);
            const auto entry =
                std::make_pair<uint64_t, std::string>(event["entryTerm"], event["hash"]);
            EXPECT_EQ(entry, m_applied.emplace(index, entry).first->second)
                << "state-machine safety";
            EXPECT_EQ(entry, server.log[index - 1]);
        }
        else if (name == "BecomeLeader")
        {
            EXPECT_TRUE(m_leaders.emplace(event["term"], event["nid"]).second) << "election safety";
        }
        else if (name == "Send")
        {
            const Json& message = event["msg"];
            EXPECT_TRUE(m_sent.emplace(message["id"], message).second) << "ids are unique";
            if (message["type"] == "RequestVoteReply" && message["granted"] && !message["preVote"])
            {
                EXPECT_EQ(event["durable"]["vote"], message["to"]) << "a vote is durable first";
                EXPECT_EQ(event["durable"]["term"], message["term"]);
            }
            if (message["type"] == "AppendEntriesReply" && message["success"])
            {
                EXPECT_GE(event["durable"]["last"], message["matchIndex"])
                    << "what is acknowledged is durable first";
            }
        }
        else if (name == "Receive")
        {
            const auto sent = m_sent.find(event["msg"]["id"]);
            ASSERT_NE(sent, m_sent.end()) << "nothing is received that was not sent";
            EXPECT_EQ(sent->second, event["msg"]);
        }
    }

    uint64_t m_sequence{0};
    double m_time{0};
    std::map<std::string, Rebuilt> m_servers;
    std::map<uint64_t, std::pair<uint64_t, std::string>> m_applied;
    std::map<uint64_t, std::string> m_leaders;
    std::map<uint64_t, Json> m_sent;
};

} // namespace

TEST(RaftTrace, AnOutsiderRebuildsEveryServerFromItAndFindsNoRuleBroken)
{
    for (const char* transport : {"udp", "tcp"})
    {
        const TemporaryFolder folder;
        ASSERT_EQ(RunProgramLine("consensus-scenario --quiet --raft-trace --duration=25s "
                                 "--loss=0.02 --duplicate=0.05 --reorder=0.05 --transport=" +
                                 std::string(transport) +
                                 " --fault=process-crash@6s+3s:node=leader"
                                 " --fault=partition@12s+4s:node=leader"
                                 " --fault=host-crash@18s+3s:node=follower --out=" +
                                 (folder / "r"))
                      .status,
                  0);
        OutsideChecker checker;
        std::istringstream lines(ReadAll(folder / "r/raft-trace.ndjson"));
        std::string line;
        while (std::getline(lines, line))
        {
            checker.Take(Json::parse(line));
            ASSERT_FALSE(HasFatalFailure()) << line;
        }
        for (const char* name : {"Init",
                                 "Crash",
                                 "Restart",
                                 "BecomeCandidate",
                                 "BecomeLeader",
                                 "BecomeFollower",
                                 "Append",
                                 "Persist",
                                 "Commit",
                                 "Apply",
                                 "Send",
                                 "Receive"})
        {
            EXPECT_GT(checker.counts[name], 0U) << name << " over " << transport;
        }
        EXPECT_GT(checker.counts["Apply"], 500U);
    }
}
