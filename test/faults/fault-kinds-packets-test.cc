// Every kind of fault there is: what a peer gets of it in packets, and that pairs which have
// nothing to do with it get the same packets at the same times as without it. In a mesh each pair
// has a link of its own, so that nothing but the fault can make a difference.
#include "fault-cluster.h"

#include <algorithm>
#include <map>
#include <tuple>

using namespace nctest;
using namespace ns3;
using faults::FaultKind;
using Kind = Seen::Kind;

namespace
{

/** The fault lasts from 8 s to 14 s; what was under way before has arrived a little later. */
constexpr double START = 8.02;
constexpr double END = 14;

/** How much of uninvolved pairs' heartbeats is compared. */
enum class Same
{
    BYTES, //!< content, and times to the nanosecond
    TIMES  //!< numbers and times: the fault makes Raft talk, which changes the status they carry
};

struct KindCase
{
    FaultKind kind;
    std::string fault; //!< at server 2 or at the way 1-2, where it can be said
    Same same;
    double requestRate;                  //!< 0 for a Raft that has nothing to do
    std::vector<std::string> background; //!< faults of both runs
    void (*effect)(const ClusterRun& quiet, const ClusterRun& run);
};

std::size_t
Count(const ClusterRun& run, uint32_t from, uint32_t to, Kind kind)
{
    return run.From(from, to, START, END, kind).size();
}

/** Longest silence between heartbeats of a pair in the fault, seconds. */
double
LongestGap(const ClusterRun& run, uint32_t from, uint32_t to)
{
    double last = START;
    double longest = 0;
    for (const Seen& seen : run.From(from, to, START, END, Kind::HEARTBEAT))
    {
        longest = std::max(longest, seen.at - last);
        last = seen.at;
    }
    return longest;
}

/** All that a status says. */
std::tuple<uint64_t, uint64_t, uint64_t, bool>
Fields(const Seen& seen)
{
    const detection::PeerStatus& status = seen.heartbeat.GetStatus();
    return {status.term, status.lastIndex, status.commitIndex, status.leader};
}

/** Heartbeats whose status differs from that of the same heartbeat of the other run. */
std::size_t
ChangedStatus(const ClusterRun& quiet, const ClusterRun& run, uint32_t from, uint32_t to)
{
    std::map<uint64_t, Seen> honest;
    for (const Seen& seen : quiet.From(from, to, START, END, Kind::HEARTBEAT))
    {
        honest[seen.heartbeat.GetSequence()] = seen;
    }
    std::size_t changed = 0;
    for (const Seen& seen : run.From(from, to, START, END, Kind::HEARTBEAT))
    {
        const auto at = honest.find(seen.heartbeat.GetSequence());
        changed += at != honest.end() && Fields(at->second) != Fields(seen);
    }
    return changed;
}

void
ExpectSilenceOf(const ClusterRun& run, std::size_t crashes)
{
    ASSERT_EQ(run.log.faults.size(), crashes);
    for (const faults::FaultRecord& crash : run.log.faults)
    {
        EXPECT_EQ(crash.kind, FaultKind::HOST_CRASH);
        const double start = crash.span.start.count() * 1e-9 + 0.02;
        EXPECT_TRUE(run.From(std::stoul(crash.target), 0, start, END).empty()) << crash.target;
    }
}

const std::vector<KindCase> CASES{
    {FaultKind::HOST_CRASH,
     "host-crash@8+6:node=2",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         EXPECT_TRUE(run.From(2, 1, START, END).empty());
         EXPECT_GT(run.From(2, 1, END, 15, Kind::HEARTBEAT).size(), 7u);
     }},
    {FaultKind::PROCESS_CRASH,
     "process-crash@8+6:node=2",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         EXPECT_EQ(Count(run, 2, 1, Kind::HEARTBEAT), 0u);
         EXPECT_GT(Count(run, 2, 1, Kind::UNREACHABLE), 50u) << "the host answers";
     }},
    {FaultKind::SLOW_CPU,
     "slow-cpu@8+6:node=2,delay=40ms",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_GT(run.MeanRoundTrip(1, 2, START, END),
                   quiet.MeanRoundTrip(1, 2, START, END) + 0.025);
     }},
    {FaultKind::SLOW_DISK,
     "slow-disk@8+6:node=2,factor=200",
     Same::TIMES,
     20,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_GT(MeanAppendTime(run, 2, START, END - 0.5),
                   MeanAppendTime(quiet, 2, START, END - 0.5) + 0.03);
         EXPECT_TRUE(IdenticalHeartbeats(quiet, run, 2, 1, false)) << "heartbeats need no disk";
     }},
    {FaultKind::DISK_STALL,
     "disk-stall@8+6:node=2",
     Same::TIMES,
     20,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_GT(MeanAppendTime(quiet, 2, START, END), 0);
         EXPECT_GT(MeanAppendTime(run, 2, 8, 9), 2) << "answered when the stall is over";
         EXPECT_TRUE(IdenticalHeartbeats(quiet, run, 2, 1, false)) << "its heart beats on";
     }},
    {FaultKind::SLOW_LINK,
     "slow-link@8+6:cut=2>1,delay=50ms",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_NEAR(MeanTransit(run, 2, 1, START, END),
                     MeanTransit(quiet, 2, 1, START, END) + 0.06,
                     0.01);
     }},
    {FaultKind::OMISSION,
     "omission@8+6:node=2,loss=0.5,direction=both",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         const double all = Count(quiet, 2, 1, Kind::HEARTBEAT);
         EXPECT_NEAR(Count(run, 2, 1, Kind::HEARTBEAT) / all, 0.5, 0.2);
         EXPECT_NEAR(Count(run, 1, 2, Kind::HEARTBEAT) / all, 0.5, 0.2);
         EXPECT_NEAR(Count(run, 2, 1, Kind::REPLY) / all, 0.25, 0.2);
     }},
    {FaultKind::PARTITION,
     "partition@8+6:cut=2>1",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_TRUE(run.From(2, 1, START, END).empty());
         EXPECT_TRUE(IdenticalHeartbeats(quiet, run, 1, 2, true)) << "the other way is open";
     }},
    {FaultKind::FLAPPING,
     "flapping@8+6:cut=1-2,period=2s,duty=0.5",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         const double all = Count(quiet, 2, 1, Kind::HEARTBEAT);
         EXPECT_NEAR(Count(run, 2, 1, Kind::HEARTBEAT) / all, 0.5, 0.07);
         EXPECT_NEAR(LongestGap(run, 2, 1), 1, 0.15);
     }},
    {FaultKind::DEGRADE,
     "degrade@4+10:node=2,resource=nic,outcome=crash,severity=1",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         ASSERT_EQ(run.log.downs.size(), 1u);
         const double crash = run.log.downs[0].span.start.count() * 1e-9;
         EXPECT_LT(run.From(2, 0, 4, crash, Kind::HEARTBEAT).size() + 5,
                   quiet.From(2, 0, 4, crash, Kind::HEARTBEAT).size())
             << "it loses packets before";
         EXPECT_TRUE(run.From(2, 1, crash + 0.02, 18).empty());
     }},
    {FaultKind::BYZANTINE_LYING,
     "byzantine-lying@8+6:node=2,magnitude=50",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         const auto heard = run.From(2, 1, START, END, Kind::HEARTBEAT);
         const auto lies = std::count_if(heard.begin(), heard.end(), [](const Seen& seen) {
             return seen.heartbeat.GetStatus().lastIndex != seen.truth;
         });
         EXPECT_EQ(lies, static_cast<long>(heard.size()));
     }},
    {FaultKind::BYZANTINE_SELECTIVE,
     "byzantine-selective@8+6:node=2,to=1",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_TRUE(run.From(2, 1, START, END).empty());
         EXPECT_TRUE(IdenticalHeartbeats(quiet, run, 2, 4, true)) << "normal to another one";
     }},
    {FaultKind::BYZANTINE_EQUIVOCATING,
     "byzantine-equivocating@8+6:node=2,to=1.3",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         const auto one = run.From(2, 1, START, END, Kind::HEARTBEAT);
         const auto other = run.From(2, 4, START, END, Kind::HEARTBEAT);
         ASSERT_FALSE(one.empty() || other.empty());
         EXPECT_EQ(one.back().heartbeat.GetStatus().lastIndex, one.back().truth + 50);
         EXPECT_LT(other.back().heartbeat.GetStatus().lastIndex, other.back().truth);
     }},
    {FaultKind::CLOCK_SKEW,
     "clock-skew@8+6:node=2,offset=-300ms",
     Same::BYTES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_NEAR(MeanTransit(run, 2, 1, START, END),
                     MeanTransit(quiet, 2, 1, START, END) + 0.3,
                     1e-3);
         EXPECT_TRUE(IdenticalHeartbeats(quiet, run, 2, 1, false)) << "they come as before";
     }},
    {FaultKind::MINORITY_CRASH,
     "minority-crash@8+6",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         ExpectSilenceOf(run, 2);
         EXPECT_EQ(run.log.faults[0].span.start, run.log.faults[1].span.start);
     }},
    {FaultKind::CASCADE,
     "cascade@8+6:gap=500ms",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         ExpectSilenceOf(run, 2);
         EXPECT_LT(run.log.faults[0].span.start, run.log.faults[1].span.start);
     }},
    {FaultKind::BYZANTINE_TWIN,
     "byzantine-twin@8+6:node=2,to=1",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         const auto asks = [](const ClusterRun& r, uint32_t to) {
             return std::count_if(r.messages.begin(), r.messages.end(), [&](const auto& seen) {
                 return !seen.sent && seen.message.from == 2 && seen.message.to == to &&
                        seen.at > START && seen.at < END &&
                        std::holds_alternative<raft::RequestVote>(seen.message.body);
             });
         };
         EXPECT_GT(asks(run, 1), 0) << "the twin hears of no leader and stands for election";
         EXPECT_EQ(asks(run, 3), 0) << "the first follows its leader";
         EXPECT_EQ(asks(quiet, 1), 0);
     }},
    {FaultKind::BYZANTINE_TERM_INFLATION,
     "byzantine-term-inflation@8+6:node=2",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         EXPECT_GT(ChangedStatus(quiet, run, 2, 1), 50u);
         raft::Term claimed = 0;
         for (const Seen& seen : run.From(2, 1, START, END, Kind::HEARTBEAT))
         {
             EXPECT_GE(seen.heartbeat.GetStatus().term, claimed) << "ever higher";
             claimed = seen.heartbeat.GetStatus().term;
         }
         EXPECT_GT(claimed, 2u);
     }},
    {FaultKind::BYZANTINE_STALE_REPLAY,
     "byzantine-stale-replay@8+6:node=2,age=2s,share=0.5",
     Same::TIMES,
     0,
     {},
     [](const ClusterRun&, const ClusterRun& run) {
         int replays = 0;
         std::map<uint64_t, HeartbeatHeader> before;
         for (const Seen& seen : run.From(2, 1, 0, END, Kind::HEARTBEAT))
         {
             const auto [known, fresh] =
                 before.emplace(seen.heartbeat.GetSequence(), seen.heartbeat);
             if (!fresh)
             {
                 EXPECT_EQ(known->second, seen.heartbeat) << "byte for byte";
                 EXPECT_GT(seen.at - seen.heartbeat.GetSentAt().count() * 1e-9, 2);
                 ++replays;
             }
         }
         EXPECT_GT(replays, 10);
     }},
    {FaultKind::BYZANTINE_VOTE_WITHHOLDING,
     "byzantine-vote-withholding@8+6:node=2,to=1.3.4.5",
     Same::TIMES,
     0,
     {"host-crash@9:node=leader,exact=1"},
     [](const ClusterRun& quiet, const ClusterRun& run) {
         const auto votes = [](const ClusterRun& r) {
             return std::count_if(r.messages.begin(), r.messages.end(), [](const auto& seen) {
                 return !seen.sent && seen.message.from == 2 && seen.at > START && seen.at < END &&
                        std::holds_alternative<raft::RequestVoteReply>(seen.message.body);
             });
         };
         EXPECT_GT(votes(quiet), 0);
         EXPECT_EQ(votes(run), 0);
         EXPECT_TRUE(IdenticalHeartbeats(quiet, run, 2, 4, false) ||
                     IdenticalHeartbeats(quiet, run, 2, 3, false))
             << "its heartbeats are those of a correct server";
     }},
};

ClusterRun
Play(const KindCase& test, bool withFault)
{
    ClusterOptions options;
    options.topology = "mesh";
    options.requestRate = test.requestRate;
    options.seconds = 18;
    options.faults = test.background;
    if (withFault)
    {
        const bool keys = test.fault.find(':') != std::string::npos;
        options.faults.insert(options.faults.begin(),
                              test.fault + (keys ? ",exact=1" : ":exact=1"));
    }
    return RunCluster(options);
}

/** Servers that a fault is at: any that it names, that fell or that deviated. */
std::set<uint32_t>
Involved(const ClusterRun& run)
{
    std::set<uint32_t> involved;
    for (const faults::FaultRecord& fault : run.log.faults)
    {
        for (const char c : fault.target)
        {
            if (c >= '1' && c <= '5')
            {
                involved.insert(c - '0');
            }
        }
    }
    return involved;
}

void
PrintTo(const KindCase& test, std::ostream* out)
{
    *out << test.fault;
}

class EveryFaultKind : public testing::TestWithParam<KindCase>
{
};

} // namespace

TEST(FaultKinds, AreAllInTheTable)
{
    std::set<FaultKind> kinds;
    for (const KindCase& test : CASES)
    {
        EXPECT_EQ(test.fault.rfind(faults::FaultKindName(test.kind) + "@", 0), 0u) << test.fault;
        kinds.insert(test.kind);
    }
    EXPECT_EQ(kinds.size(), faults::FAULT_KIND_COUNT) << "a kind without a test of its effect";
}

TEST_P(EveryFaultKind, ShowsInPacketsAtAPeerAndLeavesOtherPairsAsTheyWere)
{
    const KindCase& test = GetParam();
    const ClusterRun quiet = Play(test, false);
    const ClusterRun run = Play(test, true);
    ASSERT_NE(quiet.leaders.at(8), 2u) << "the seed makes another one lead";
    test.effect(quiet, run);

    const std::set<uint32_t> involved = Involved(run);
    int pairs = 0;
    for (uint32_t from = 1; from <= 5; ++from)
    {
        for (uint32_t to = 1; to <= 5; ++to)
        {
            if (from != to && involved.count(from) + involved.count(to) == 0)
            {
                EXPECT_TRUE(IdenticalHeartbeats(quiet, run, from, to, test.same == Same::BYTES));
                ++pairs;
            }
        }
    }
    EXPECT_GE(pairs, 6);
}

INSTANTIATE_TEST_SUITE_P(All,
                         EveryFaultKind,
                         testing::ValuesIn(CASES),
                         [](const testing::TestParamInfo<KindCase>& info) {
                             std::string name = faults::FaultKindName(info.param.kind);
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });
