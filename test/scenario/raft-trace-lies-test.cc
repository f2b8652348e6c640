#include "raft-trace-run.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace nctest;
using Json = nlohmann::json;

namespace
{

/** A short run with elections, a crash and membership changes, traced once. */
const std::vector<std::string>&
GoodTrace()
{
    static const std::vector<std::string> lines =
        TraceOf("--nodes=3 --voters=2 --duration=16s --operation=add@5s:node=3 --loss=0.01"
                " --ns3::RaftApplication::SnapshotThreshold=50"
                " --fault=process-crash@9s+3s:node=leader");
    return lines;
}

/** A lie in a trace, and the rule that has to notice it. */
struct Lie
{
    const char* name;
    std::function<bool(const Json&)> where; //!< the first such event
    std::function<void(Json&)> change;      //!< null: the event is left out
    const char* rule;
};

void
PrintTo(const Lie& lie, std::ostream* out)
{
    *out << lie.name;
}

bool
Is(const Json& event, const char* name)
{
    return event["name"] == name;
}

bool
Says(const Json& event, const char* name, const char* type)
{
    return Is(event, name) && event["msg"]["type"] == type;
}

class RaftTraceWithALie : public testing::TestWithParam<Lie>
{
};

INSTANTIATE_TEST_SUITE_P(
    RaftTrace,
    RaftTraceWithALie,
    testing::Values(Lie{"CommitTooFar",
                        [](const Json& e) { return Is(e, "Commit") && e["role"] == "leader"; },
                        [](Json& e) { e["index"] = e["commit"] = e["last"].get<uint64_t>() + 1; },
                        "commit indices only advance"},
                    Lie{"CommitBeforeTheMajority",
                        [](const Json& e) { return Is(e, "Persist") && e["role"] == "follower"; },
                        nullptr,
                        "is durable"},
                    Lie{"SecondLeader",
                        [](const Json& e) { return Is(e, "BecomeFollower") && e["vote"] != ""; },
                        [](Json& e) {
                            e["name"] = "BecomeLeader";
                            e["role"] = "leader";
                        },
                        "nobody leads"},
                    Lie{"VoteWithoutARequest",
                        [](const Json& e) {
                            return Says(e, "Receive", "RequestVote") && !e["msg"]["preVote"];
                        },
                        nullptr,
                        "pre-votes raise nobody's term"},
                    Lie{"ReceiptOfWhatWasNotSent",
                        [](const Json& e) { return Says(e, "Send", "AppendEntries"); },
                        nullptr,
                        "what arrives or gets lost was sent"},
                    Lie{"ReceiptOfSomethingElse",
                        [](const Json& e) { return Says(e, "Receive", "AppendEntriesReply"); },
                        [](Json& e) { e["msg"]["matchIndex"] = 12345; },
                        "what arrives or gets lost was sent"},
                    Lie{"EntryOfAnotherContent",
                        [](const Json& e) { return Is(e, "Append") && e["role"] == "follower"; },
                        [](Json& e) { e["hash"] = "0000000000000000"; },
                        "log matching"},
                    Lie{"EntryLeftOut",
                        [](const Json& e) { return Is(e, "Append") && e["role"] == "leader"; },
                        nullptr,
                        ""},
                    Lie{"ApplyOfAnotherEntry",
                        [](const Json& e) { return Is(e, "Apply") && e["index"] == 5; },
                        [](Json& e) { e["hash"] = "0000000000000000"; },
                        "state-machine safety"},
                    Lie{"ApplyLeftOut",
                        [](const Json& e) { return Is(e, "Apply") && e["index"] == 5; },
                        nullptr,
                        "entries are applied in order"},
                    Lie{"SnapshotTooFar",
                        [](const Json& e) { return Is(e, "Snapshot"); },
                        [](Json& e) { e["index"] = e["last"].get<uint64_t>() + 7; },
                        "a snapshot is of what was applied"},
                    Lie{"AnotherMembership",
                        [](const Json& e) { return Is(e, "ConfigChange") && e["index"] > 0; },
                        [](Json& e) {
                            e["voters"] = {"1", "2", "3"};
                        },
                        ""},
                    Lie{"TermOutOfNothing",
                        [](const Json& e) { return Is(e, "Apply") && e["index"] == 9; },
                        [](Json& e) { e["term"] = 99; },
                        "the term is what the events made it"},
                    Lie{"DurableOutOfNothing",
                        [](const Json& e) { return Is(e, "Apply") && e["index"] == 9; },
                        [](Json& e) { e["durable"]["last"] = 99; },
                        "stable storage changes by writes only"},
                    Lie{"ForgottenEntries",
                        [](const Json& e) { return Is(e, "Crash"); },
                        [](Json& e) {
                            e["durable"]["last"] = e["last"] =
                                e["durable"]["first"].get<uint64_t>() - 1;
                        },
                        ""},
                    Lie{"DropOfWhatArrived",
                        [](const Json& e) { return Says(e, "Receive", "AppendEntries"); },
                        [](Json& e) { e["name"] = "Drop"; },
                        "a loss is told of its sender"}),
    [](const auto& info) { return info.param.name; });

} // namespace

TEST_P(RaftTraceWithALie, IsFoundOut)
{
    std::vector<std::string> lines;
    bool told = false;
    uint64_t sequence = 0;
    for (const std::string& line : GoodTrace())
    {
        Json event = Json::parse(line);
        if (!told && GetParam().where(event))
        {
            told = true;
            if (!GetParam().change)
            {
                continue;
            }
            GetParam().change(event);
        }
        event["seq"] = ++sequence;
        lines.push_back(event.dump());
    }
    ASSERT_TRUE(told);
    RaftTraceChecker checker(false);
    const std::string broken = Check(lines, checker);
    EXPECT_NE(broken, "");
    EXPECT_NE(broken.find(GetParam().rule), std::string::npos) << broken;
}

TEST(RaftTrace, WithoutALieIsFine)
{
    RaftTraceChecker checker(false);
    EXPECT_EQ(Check(GoodTrace(), checker), "");
}
