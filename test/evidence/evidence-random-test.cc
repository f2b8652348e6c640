// Random runs: everything that can be proven is, and nobody who is correct is ever convicted.

#include "evidence-cluster.h"

#include <gtest/gtest.h>
#include <set>

using namespace ns3::evidence;
using namespace ns3::raft;
using namespace std::chrono_literals;
using nctest::ClusterFaults;
using nctest::Deviation;
using nctest::EvidenceCluster;
using nctest::FalseWitness;

namespace
{

/** Gives its vote to everybody who asks. */
void
VoteForAll(Message& message, std::mt19937_64&)
{
    if (auto* reply = std::get_if<RequestVoteReply>(&message.body))
    {
        reply->granted = true;
    }
}

/** Tells the servers with an even id other commands. */
void
TellTwoStories(Message& message, std::mt19937_64&)
{
    auto* append = std::get_if<AppendEntries>(&message.body);
    for (std::size_t i = 0; append && message.to % 2 == 0 && i < append->entries.size(); ++i)
    {
        Entry& entry = append->entries[i];
        if (entry.type == EntryType::COMMAND)
        {
            entry.command = std::make_shared<const std::string>(*entry.command + " not");
        }
    }
}

/** Acknowledges a little more than it has, now and then. */
void
AcknowledgeAhead(Message& message, std::mt19937_64& random)
{
    auto* reply = std::get_if<AppendEntriesReply>(&message.body);
    if (reply && reply->success && random() % 20 == 0)
    {
        reply->matchIndex += random() % 4;
    }
}

/** Speaks in a later term now and then, be it as leader, candidate or follower. */
void
SpeakInALaterTerm(Message& message, std::mt19937_64& random)
{
    if (random() % 50 == 0)
    {
        message.term += 1 + random() % 2;
    }
}

/**
 * As leader tells two followers that they are the whole cluster, and is silent from then on. What
 * they elect has too few votes for everybody else.
 */
class Splitter
{
  public:
    explicit Splitter(ServerId self)
        : m_pair{self % EvidenceCluster::SERVERS + 1, (self + 1) % EvidenceCluster::SERVERS + 1}
    {
    }

    void operator()(Message& message, std::mt19937_64&)
    {
        auto* append = std::get_if<AppendEntries>(&message.body);
        const bool told = m_told >= 40;
        if (!told && append && !append->entries.empty() && m_pair.count(message.to) == 1)
        {
            Membership few;
            few.voters = {m_pair.begin(), m_pair.end()};
            Entry& last = append->entries.back();
            last.type = EntryType::MEMBERSHIP;
            last.command = std::make_shared<const std::string>(few.Encode());
            ++m_told;
        }
        message.to = told ? 0 : message.to;
    }

  private:
    std::set<ServerId> m_pair;
    int m_told{0};
};

/** Whatever it is told, it changes, invents or repeats; what is its own it signs, but no other's.
 */
class Liar
{
  public:
    explicit Liar(ServerId self)
        : m_self(self)
    {
    }

    void operator()(Digest& digest, std::mt19937_64& random)
    {
        std::vector<Statement> statements = digest.GetStatements();
        m_heard.insert(m_heard.end(), statements.begin(), statements.end());
        if (!m_heard.empty())
        {
            statements.push_back(m_heard[random() % m_heard.size()]); // as it was
            Statement changed = m_heard[random() % m_heard.size()];
            std::visit([&](auto& s) { Change(s, random); }, changed);
            statements.push_back(changed);
        }
        const auto victim = static_cast<ServerId>(1 + random() % EvidenceCluster::SERVERS);
        statements.push_back(Vote{victim, 1 + random() % 9, m_self, random()});
        statements.push_back(Holds{victim, 1 + random() % 9, 1 + random() % 99, 1, 1, random()});
        digest.Clear();
        for (const auto& statement : statements)
        {
            digest.Add(statement);
        }
    }

  private:
    static void Change(Vote& vote, std::mt19937_64& random)
    {
        vote.candidate = static_cast<ServerId>(1 + random() % EvidenceCluster::SERVERS);
        vote.term += random() % 2;
    }

    static void Change(Leads& leads, std::mt19937_64& random)
    {
        leads.voters.words[0] = random() % 32;
        leads.term += random() % 2;
    }

    static void Change(Holds& holds, std::mt19937_64& random)
    {
        (random() % 2 == 0 ? holds.hash : holds.index) ^= 1;
    }

    static void Change(Ack& ack, std::mt19937_64& random)
    {
        ack.index += random() % 3;
        ack.sentUpTo -= std::min<Index>(ack.sentUpTo, random() % 3);
    }

    ServerId m_self;
    std::vector<Statement> m_heard;
};

/** What came of many runs. */
struct Tally
{
    std::size_t provable{0};
    std::size_t proven{0}; //!< of those, within five seconds
    std::size_t proofs{0}; //!< that anybody found
    std::size_t terms{0};
    std::size_t fewestVotes{EvidenceCluster::SERVERS};
    std::size_t crashes{0};
    uint64_t forged{0};
    uint64_t committed{0};
};

/** Runs of 15 s; what became provable in the last 5 s is not counted. */
Tally
RunMany(uint64_t first, int runs, const std::function<ClusterFaults(uint64_t)>& faults)
{
    Tally tally;
    for (uint64_t seed = first; seed < first + runs; ++seed)
    {
        SCOPED_TRACE("seed " + std::to_string(seed));
        EvidenceCluster cluster(seed, faults(seed));
        cluster.Run(15s);
        for (const auto& [offence, since] : cluster.provable)
        {
            if (since <= 10s)
            {
                const auto found = cluster.proven.find(offence);
                const bool intime = found != cluster.proven.end() && found->second <= since + 5s;
                ++tally.provable;
                tally.proven += intime ? 1 : 0;
                EXPECT_TRUE(intime) << std::get<0>(offence) << ' ' << std::get<1>(offence)
                                    << " in term " << std::get<2>(offence);
            }
        }
        tally.proofs += cluster.proofs;
        tally.terms += cluster.terms;
        tally.fewestVotes = std::min(tally.fewestVotes, cluster.fewestVotes);
        tally.crashes += cluster.crashes;
        tally.forged += cluster.forged;
        tally.committed += cluster.committed;
    }
    return tally;
}

ServerId
Culprit(uint64_t seed)
{
    return static_cast<ServerId>(1 + seed % EvidenceCluster::SERVERS);
}

} // namespace

TEST(EvidenceRandom, CorrectServersAreNeverConvictedThroughCrashesTornWritesAndLoss)
{
    const Tally tally = RunMany(1, 60, [](uint64_t seed) {
        ClusterFaults faults;
        faults.crashes = true;
        faults.loss = seed % 3 == 0 ? 0.2 : 0.02;
        return faults;
    });
    EXPECT_EQ(tally.proofs, 0U);
    EXPECT_GT(tally.crashes, 200U);
    EXPECT_GT(tally.terms, 100U);
    EXPECT_GT(tally.committed, 1000U);
}

TEST(EvidenceRandom, ALyingWitnessFramesNobody)
{
    const Tally tally = RunMany(100, 40, [](uint64_t seed) {
        ClusterFaults faults;
        faults.crashes = seed % 2 == 0;
        faults.witnesses[Culprit(seed)] = Liar(Culprit(seed));
        return faults;
    });
    EXPECT_EQ(tally.proofs, 0U);
    EXPECT_GT(tally.forged, 1000U);
}

TEST(EvidenceRandom, WhoTellsTwoStoriesIsAlwaysFound)
{
    const Tally tally = RunMany(200, 15, [](uint64_t seed) {
        ClusterFaults faults;
        faults.deviations[Culprit(seed)] = TellTwoStories;
        return faults;
    });
    EXPECT_GT(tally.provable, 2U);
}

TEST(EvidenceRandom, WhoAcknowledgesAheadIsAlwaysFound)
{
    const Tally tally = RunMany(300, 15, [](uint64_t seed) {
        ClusterFaults faults;
        faults.deviations[Culprit(seed)] = AcknowledgeAhead;
        return faults;
    });
    EXPECT_GT(tally.provable, 10U);
}

TEST(EvidenceRandom, WhoVotesForAllIsAlwaysFound)
{
    const Tally tally = RunMany(400, 20, [](uint64_t seed) {
        ClusterFaults faults;
        faults.deviations[Culprit(seed)] = VoteForAll;
        faults.loss = 0.3; // so that there are elections, and candidates at the same time
        return faults;
    });
    EXPECT_GT(tally.provable, 5U);
}

TEST(EvidenceRandom, WhoSpeaksInATermThatItDoesNotLeadIsAlwaysFound)
{
    const Tally tally = RunMany(500, 40, [](uint64_t seed) {
        ClusterFaults faults;
        faults.deviations[Culprit(seed)] = SpeakInALaterTerm;
        return faults;
    });
    EXPECT_GT(tally.provable, 20U);
}

TEST(EvidenceRandom, AFollowerThatALeaderToldOfASmallerClusterIsNotFramedByItsElection)
{
    const Tally tally = RunMany(700, 10, [](uint64_t seed) {
        ClusterFaults faults;
        faults.deviations[Culprit(seed)] = Splitter(Culprit(seed));
        return faults;
    });
    EXPECT_EQ(tally.fewestVotes, 2U) << "somebody was elected by the pair alone";
}

TEST(EvidenceRandom, TwoLiarsTogetherFrameNobody)
{
    const std::vector<Deviation> deviations{VoteForAll,
                                            TellTwoStories,
                                            AcknowledgeAhead,
                                            SpeakInALaterTerm};
    const Tally tally = RunMany(600, 40, [&](uint64_t seed) {
        ClusterFaults faults;
        faults.crashes = seed % 3 == 0;
        faults.deviations[Culprit(seed)] = deviations[seed % deviations.size()];
        faults.witnesses[Culprit(seed + 1)] = Liar(Culprit(seed + 1));
        faults.loss = 0.05;
        return faults;
    });
    EXPECT_GT(tally.proofs, 20U);
}
