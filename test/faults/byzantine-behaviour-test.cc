#include "ns3/byzantine-registry.h"
#include "ns3/fault-plan.h"
#include "ns3/heartbeat-header.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::faults;
using namespace std::chrono_literals;

namespace
{

constexpr uint32_t SELF = 2;
constexpr uint32_t SERVERS = 5;

/** A message that deviated. */
struct Report
{
    uint32_t to;
    bool withheld;
    uint64_t magnitude;
};

/** One behaviour by itself, and what it makes of what server 2 would send. */
class Subject
{
  public:
    /** @param fault as in a plan, without its start @param draws seeds what it draws from the run
     */
    explicit Subject(const std::string& fault, uint64_t draws = 1)
        : m_engine(draws)
    {
        const auto colon = fault.find(':');
        ByzantineContext context;
        context.self = SELF;
        context.servers = SERVERS;
        context.uniform = [this] { return static_cast<double>(m_engine() >> 11) * 0x1p-53; };
        context.elapsed = [this] { return m_now; };
        context.report = [this](uint32_t to, bool withheld, uint64_t magnitude) {
            m_reports.push_back({to, withheld, magnitude});
        };
        const std::string keys = colon == std::string::npos ? "" : fault.substr(colon);
        m_behaviour = MakeByzantine(ParseFault(fault.substr(0, colon) + "@0s" + keys, SERVERS),
                                    std::move(context));
    }

    void SetNow(Nanos now)
    {
        m_now = now;
    }

    /** @return what leaves in place of a heartbeat of this number; nothing if it is withheld */
    std::optional<HeartbeatHeader> Heartbeat(uint32_t to, uint64_t sequence)
    {
        HeartbeatHeader header = Honest(sequence);
        return m_behaviour->OnHeartbeat(header, to) ? std::make_optional(header) : std::nullopt;
    }

    std::optional<raft::Message> Send(uint32_t to, raft::MessageBody body, raft::Term term = 7)
    {
        raft::Message message{SELF, to, term, std::move(body)};
        return m_behaviour->OnRaftMessage(message) ? std::make_optional(message) : std::nullopt;
    }

    static HeartbeatHeader Honest(uint64_t sequence)
    {
        HeartbeatHeader header;
        header.SetSender(SELF);
        header.SetSequence(sequence);
        header.SetSentAt(sequence * 100ms);
        detection::PeerStatus status;
        status.term = 7;
        status.lastIndex = 500;
        status.commitIndex = 480;
        header.SetStatus(status);
        return header;
    }

    const std::vector<Report>& Reports() const
    {
        return m_reports;
    }

  private:
    std::mt19937_64 m_engine;
    Nanos m_now{};
    std::vector<Report> m_reports;
    std::shared_ptr<MessageInterceptor> m_behaviour;
};

/** Everything that a server sends in ten seconds, and to whom it was not as it should be. */
std::set<uint32_t>
Deceived(Subject& subject)
{
    for (uint64_t i = 1; i <= 100; ++i)
    {
        subject.SetNow(i * 100ms);
        for (const uint32_t to : {1u, 3u, 4u, 5u})
        {
            subject.Heartbeat(to, i);
            subject.Send(to, raft::RequestVoteReply{i % 2 == 0, false});
            subject.Send(to, raft::AppendEntriesReply{true, 400 + i, 400 + i, 0, 0, i});
        }
    }
    std::set<uint32_t> deceived;
    for (const Report& deviation : subject.Reports())
    {
        deceived.insert(deviation.to);
    }
    return deceived;
}

/** All byzantine kinds that don't need a whole server. */
std::vector<std::string>
Behaviours()
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < FAULT_KIND_COUNT; ++i)
    {
        const auto kind = static_cast<FaultKind>(i);
        if (IsByzantine(kind) && kind != FaultKind::BYZANTINE_TWIN)
        {
            names.push_back(FaultKindName(kind));
        }
    }
    return names;
}

} // namespace

TEST(Byzantine, HasABehaviourForEachByzantineKindAndForNoOther)
{
    for (std::size_t i = 0; i < FAULT_KIND_COUNT; ++i)
    {
        FaultSpec fault;
        fault.kind = static_cast<FaultKind>(i);
        fault.parameters = DefaultParameters(fault.kind);
        ByzantineContext context;
        context.self = SELF;
        context.servers = SERVERS;
        context.uniform = [] { return 0.5; };
        if (IsByzantine(fault.kind))
        {
            EXPECT_NE(MakeByzantine(fault, context), nullptr) << FaultKindName(fault.kind);
        }
        else
        {
            EXPECT_THROW(MakeByzantine(fault, context), std::invalid_argument)
                << FaultKindName(fault.kind);
        }
    }
}

TEST(Byzantine, DeviatesTowardsItsTargetsOnly)
{
    for (const std::string& name : Behaviours())
    {
        Subject aimed(name + ":to=3.4");
        EXPECT_EQ(Deceived(aimed),
                  name == "byzantine-equivocating" ? (std::set<uint32_t>{1, 3, 4, 5})
                                                   : (std::set<uint32_t>{3, 4}))
            << name << ": an equivocator tells the others another story";
        Subject unaimed(name);
        EXPECT_GE(Deceived(unaimed).size(), 2u) << name;
    }
}

TEST(Byzantine, IsHonestOutsideOfItsTime)
{
    for (const std::string& name : Behaviours())
    {
        Subject subject(name + ":from=20s,until=30s");
        EXPECT_TRUE(Deceived(subject).empty()) << name << " before";
        subject.SetNow(30s);
        for (uint64_t i = 1; i <= 100; ++i)
        {
            EXPECT_EQ(subject.Heartbeat(3, i), Subject::Honest(i)) << name << " afterwards";
        }
        EXPECT_TRUE(subject.Reports().empty()) << name;
    }
}

TEST(Byzantine, DeviatesInItsShareOfMessages)
{
    Subject subject("byzantine-selective:to=3,share=0.3");
    int withheld = 0;
    for (uint64_t i = 1; i <= 2000; ++i)
    {
        withheld += !subject.Heartbeat(3, i);
    }
    EXPECT_NEAR(withheld / 2000.0, 0.3, 0.04);
}

TEST(Byzantine, RepeatsItselfWithASeedOfItsOwnWhateverTheRunDraws)
{
    const auto course = [](const std::string& fault, uint64_t draws) {
        Subject subject(fault, draws);
        Deceived(subject);
        std::vector<std::pair<uint32_t, uint64_t>> list;
        for (const Report& deviation : subject.Reports())
        {
            list.emplace_back(deviation.to, deviation.magnitude);
        }
        return list;
    };
    const std::string fault = "byzantine-lying:share=0.4";
    EXPECT_EQ(course(fault, 1), course(fault, 1));
    EXPECT_NE(course(fault, 1), course(fault, 2));
    EXPECT_EQ(course(fault + ",seed=5", 1), course(fault + ",seed=5", 2));
    EXPECT_NE(course(fault + ",seed=5", 1), course(fault + ",seed=6", 1));
}

TEST(ByzantineTermInflation, ClaimsTermsThatNeverFallInSmallSteps)
{
    Subject subject("byzantine-term-inflation:magnitude=3,period=1s");
    raft::Term last = 7;
    int steps = 0;
    for (uint64_t i = 1; i <= 300; ++i)
    {
        subject.SetNow(i * 100ms);
        const raft::Term term = subject.Heartbeat(1, i)->GetStatus().term;
        EXPECT_GE(term, last);
        EXPECT_LE(term, last + 3 * 3) << "small steps, seldom two of them within a heartbeat";
        EXPECT_EQ(subject.Send(4, raft::RequestVoteReply{})->term, term) << "the same to all";
        steps += term > last;
        last = term;
    }
    EXPECT_NEAR(steps, 30, 15);
    EXPECT_EQ(subject.Send(1, raft::RequestVoteReply{}, last + 50)->term, last + 50)
        << "it never claims less than is true";
}

TEST(ByzantineTermInflation, StepsAtTheSameTimesWhateverElseIsSent)
{
    const auto stepsWith = [](int others) {
        Subject subject("byzantine-term-inflation:magnitude=3,period=1s");
        std::vector<uint64_t> steps;
        raft::Term last = 7;
        for (uint64_t i = 1; i <= 200; ++i)
        {
            subject.SetNow(i * 100ms);
            const raft::Term term = subject.Heartbeat(1, i)->GetStatus().term;
            if (term > last)
            {
                steps.push_back(i);
            }
            last = term;
            for (int other = 0; other < others; ++other)
            {
                subject.Send(4, raft::RequestVoteReply{});
            }
        }
        return steps;
    };
    EXPECT_GT(stepsWith(0).size(), 5u);
    EXPECT_EQ(stepsWith(0), stepsWith(7));
}

TEST(ByzantineStaleReplay, SendsWhatItSentBeforeAsItWas)
{
    Subject subject("byzantine-stale-replay:age=3s,share=0.5");
    std::set<uint64_t> sent;
    int replays = 0;
    for (uint64_t i = 1; i <= 200; ++i)
    {
        subject.SetNow(i * 100ms);
        const HeartbeatHeader header = *subject.Heartbeat(1, i);
        EXPECT_EQ(header, Subject::Honest(header.GetSequence())) << "not a byte is changed";
        if (header.GetSequence() == i)
        {
            sent.insert(i);
            continue;
        }
        ++replays;
        EXPECT_EQ(sent.count(header.GetSequence()), 1u) << "it was really sent";
        EXPECT_LE(header.GetSequence() + 30, i);
        EXPECT_GT(i, 30u) << "nothing is old enough before";
    }
    EXPECT_NEAR(replays, 85, 25);
    EXPECT_EQ(subject.Reports().size(), static_cast<std::size_t>(replays));
}

TEST(ByzantineStaleReplay, GoesRoundInWhatItFirstSentWhereItRepeatsEverything)
{
    Subject subject("byzantine-stale-replay:age=1s,share=1");
    for (uint64_t i = 1; i <= 100; ++i)
    {
        subject.SetNow(i * 100ms);
        EXPECT_EQ(subject.Heartbeat(1, i)->GetSequence(), (i - 1) % 10 + 1);
    }
}

TEST(ByzantineStaleReplay, RemembersNothingThatItWillNotRepeat)
{
    Subject subject("byzantine-stale-replay:age=1s,share=0.5,to=1,until=5s");
    const auto isKept = [&](uint32_t to) {
        raft::AppendEntries append;
        append.entries.push_back({3, raft::EntryType::COMMAND, nullptr});
        append.entries.back().command = std::make_shared<const std::string>("value");
        const std::weak_ptr<const std::string> command = append.entries.back().command;
        subject.Send(to, std::move(append));
        return !command.expired();
    };
    EXPECT_TRUE(isKept(1));
    EXPECT_FALSE(isKept(3)) << "it repeats nothing to server 3";
    subject.SetNow(6s);
    EXPECT_FALSE(isKept(1)) << "its time is over";
}

TEST(ByzantineStaleReplay, KeepsReceiversAndTypesApart)
{
    Subject subject("byzantine-stale-replay:age=1s,share=1");
    subject.Send(1, raft::RequestVoteReply{true, false});
    subject.Send(3, raft::AppendEntriesReply{true, 10, 10, 0, 0, 1});
    subject.SetNow(2s);
    const auto vote = subject.Send(1, raft::RequestVoteReply{false, false}, 9);
    EXPECT_TRUE(std::get<raft::RequestVoteReply>(vote->body).granted);
    EXPECT_EQ(vote->term, 7u) << "with the term of then";
    const auto other = subject.Send(3, raft::RequestVoteReply{false, false}, 9);
    EXPECT_EQ(other->term, 9u) << "server 3 got none before";
    const auto append = subject.Send(3, raft::AppendEntriesReply{true, 20, 20, 0, 0, 5});
    EXPECT_EQ(std::get<raft::AppendEntriesReply>(append->body).round, 1u);
}

TEST(ByzantineVoteWithholding, LeavesSomeCandidatesWithoutAnyAnswer)
{
    Subject subject("byzantine-vote-withholding:to=1.5");
    for (const bool preVote : {true, false})
    {
        for (const bool granted : {true, false})
        {
            EXPECT_FALSE(subject.Send(1, raft::RequestVoteReply{granted, preVote}));
            EXPECT_FALSE(subject.Send(5, raft::RequestVoteReply{granted, preVote}));
            EXPECT_TRUE(subject.Send(3, raft::RequestVoteReply{granted, preVote}));
        }
    }
    EXPECT_TRUE(subject.Send(1, raft::AppendEntriesReply{}));
    EXPECT_TRUE(subject.Send(1, raft::RequestVote{}));
    EXPECT_EQ(subject.Heartbeat(1, 4), Subject::Honest(4));
}
