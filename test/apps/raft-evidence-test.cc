#include "raft-app-cluster.h"

#include "ns3/callback.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using nctest::AppCluster;
using nctest::AppClusterOptions;

namespace
{

AppClusterOptions
Signing()
{
    AppClusterOptions options;
    options.evidence = true;
    options.clientAttributes = {{"Rate", "50"}};
    return options;
}

/** What servers found to be no message, and what they proved. */
class Findings
{
  public:
    explicit Findings(const AppCluster& cluster)
    {
        for (uint32_t id = 1; id <= cluster.ServerCount(); ++id)
        {
            cluster.Server(id)->TraceConnectWithoutContext(
                "Malformed",
                Callback<void, uint32_t, const char*>(
                    [this](uint32_t, const char* reason) { reasons.insert(reason); }));
            cluster.Server(id)->TraceConnectWithoutContext(
                "Proof",
                Callback<void, uint32_t, const evidence::Proof&>(
                    [this](uint32_t, const evidence::Proof&) { ++proofs; }));
        }
    }

    std::set<std::string> reasons;
    std::size_t proofs{0};
};

} // namespace

TEST(RaftEvidence, ServersThatSignServeClientsThroughCrashesSnapshotsAndOverTcp)
{
    for (const bool tcp : {false, true})
    {
        AppClusterOptions options = Signing();
        options.tcp = tcp;
        options.serverAttributes = {{"SnapshotThreshold", "40"}};
        AppCluster cluster(options);
        const Findings findings(cluster);
        for (int i = 0; i < 3; ++i)
        {
            cluster.At(Seconds(4 + 4 * i), [&] {
                const uint32_t leader = cluster.Leader();
                if (leader != 0)
                {
                    cluster.Crash(leader);
                    cluster.At(Simulator::Now() + Seconds(3),
                               [&cluster, leader] { cluster.Restart(leader); });
                }
            });
        }
        cluster.RunUntil(Seconds(20));
        cluster.Settle(Seconds(4));
        EXPECT_EQ(cluster.Violation(), "");
        EXPECT_GT(cluster.Answered(Seconds(0), Seconds(20)), 300U);
        EXPECT_EQ(findings.reasons, std::set<std::string>{});
        EXPECT_EQ(findings.proofs, 0U);
    }
}

TEST(RaftEvidence, AServerThatSignsWithAnotherKeyIsNotHeard)
{
    AppCluster cluster(Signing());
    const Findings findings(cluster);
    const auto other = evidence::Keys::Make(3, 4711);
    cluster.Server(2)->SetIdentity(other.signers[1], other.ring);
    cluster.RunUntil(Seconds(10));
    EXPECT_EQ(findings.reasons, std::set<std::string>{"message that its sender did not sign"});
    EXPECT_NE(cluster.Leader(), 0U);
    EXPECT_NE(cluster.Leader(), 2U);
    EXPECT_EQ(cluster.Server(2)->GetCore()->GetCommitIndex(), 0U) << "nor does it hear the others";
    EXPECT_GT(cluster.Answered(Seconds(0), Seconds(10)), 100U) << "the others go on";
}

TEST(RaftEvidence, AServerThatDoesNotSignIsNotHeardByThoseThatDo)
{
    AppClusterOptions options;
    options.clientAttributes = {{"Rate", "50"}};
    AppCluster cluster(options);
    const Findings findings(cluster);
    const auto keys = evidence::Keys::Make(3);
    for (const uint32_t id : {1, 3})
    {
        cluster.Server(id)->SetIdentity(keys.signers[id - 1], keys.ring);
    }
    cluster.RunUntil(Seconds(10));
    EXPECT_EQ(findings.reasons, std::set<std::string>{"message without signatures"});
    EXPECT_GT(cluster.Answered(Seconds(0), Seconds(10)), 100U);
}

TEST(RaftEvidence, ABatchThatNoDatagramHoldsWithItsSignaturesIsRefused)
{
    AppClusterOptions options = Signing();
    options.serverAttributes = {{"MaxBatchEntries", "3000"}, {"MaxBatchBytes", "10000"}};
    {
        AppCluster cluster(options);
        EXPECT_THROW(cluster.RunUntil(Seconds(1)), std::invalid_argument);
    }
    options.evidence = false;
    AppCluster cluster(options);
    EXPECT_NO_THROW(cluster.RunUntil(Seconds(1))) << "without signatures it fits";
}

TEST(RaftEvidence, AServerThatIsDownTellsAndHearsNothing)
{
    AppCluster cluster(Signing());
    cluster.RunUntil(Seconds(5));
    evidence::Digest digest;
    cluster.Server(1)->TellPeer(2, digest);
    EXPECT_FALSE(digest.GetStatements().empty());
    cluster.Server(1)->Crash();
    cluster.Server(1)->ListenToPeer(2, digest);
    cluster.Server(1)->TellPeer(2, digest);
    EXPECT_TRUE(digest.GetStatements().empty());
}
