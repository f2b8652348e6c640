#ifndef FAULT_CLUSTER_H
#define FAULT_CLUSTER_H

#include "ns3/evidence-statement.h"
#include "ns3/fault-injector.h"
#include "ns3/fault-plan.h"
#include "ns3/heartbeat-header.h"
#include "ns3/ipv4.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/raft-types.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nctest
{

/** A packet that reached the IP stack of a server. */
struct Seen
{
    /** What it was. */
    enum class Kind
    {
        HEARTBEAT,
        REPLY,
        UNREACHABLE, //!< ICMP: no such port
        TCP_RESET,
        TCP_FIN,
        OTHER
    };

    double at{0}; //!< seconds
    uint32_t from{0};
    uint32_t to{0};
    Kind kind{Kind::OTHER};
    ns3::HeartbeatHeader heartbeat; //!< of the first two kinds
    uint64_t truth{0};              //!< the sender's last index when it arrived
};

/** A Raft message that left a server or reached one. */
struct SeenMessage
{
    double at{0};
    bool sent{false};
    ns3::raft::Message message;
};

/** What a round trip took, as the monitor that asked measured it. */
struct RoundTrip
{
    double at{0};
    uint32_t observer{0};
    uint32_t peer{0};
    double seconds{0};
};

/** A proof against a server. */
struct SeenProof
{
    double at{0};
    uint32_t observer{0};
    ns3::evidence::Proof proof;
};

/** What to run. */
struct ClusterOptions
{
    std::vector<std::string> faults; //!< as --fault takes them
    ns3::faults::FaultPlan plan;     //!< more faults
    double seconds{20};              //!< length of the run
    double requestRate{0};           //!< of one client, requests per second
    bool tcp{false};                 //!< between servers
    uint32_t seed{1};                //!< run number
    std::string topology{"star"};
    bool evidence{false}; //!< servers sign
};

/** What happened in one run of five servers; all paths take 2 ms unless a fault slows them. */
struct ClusterRun
{
    std::vector<Seen> packets;
    std::vector<SeenMessage> messages;
    std::vector<RoundTrip> roundTrips;
    std::vector<SeenProof> proofs;
    ns3::faults::FaultLog log;
    std::vector<uint32_t> leaders;  //!< the leader at each full second, 0 for none
    std::vector<std::string> trace; //!< starts and ends of faults, as the trace sources told

    /** @return packets of a kind from one server to another (0 for any) in [start, end) */
    std::vector<Seen> From(uint32_t from,
                           uint32_t to,
                           double start,
                           double end,
                           std::optional<Seen::Kind> kind = std::nullopt) const;

    /** @return mean round trip of the pair in [start, end), seconds */
    double MeanRoundTrip(uint32_t observer, uint32_t peer, double start, double end) const;

    /** @return the id that the first fault was aimed at */
    uint32_t Target() const;
};

/** Runs five servers, a client and the faults. */
ClusterRun RunCluster(const ClusterOptions& options);

/** @return mean time between the sender's stamp and the arrival of heartbeats, seconds, -1 for none
 */
double MeanTransit(const ClusterRun& run, uint32_t from, uint32_t to, double start, double end);

/** @return mean time from entries that arrive at a follower to its answer, seconds, -1 for none */
double MeanAppendTime(const ClusterRun& run, uint32_t follower, double start, double end);

/**
 * Two runs saw the same heartbeats from one server to another at the same times.
 * @param bytes with the same content and to the nanosecond; otherwise within the 10 us that Raft
 *        messages ahead of them on the same link may take
 */
testing::AssertionResult IdenticalHeartbeats(const ClusterRun& a,
                                             const ClusterRun& b,
                                             uint32_t from,
                                             uint32_t to,
                                             bool bytes);

/** Two runs saw the same heartbeats from one server to another, at the same time within 1 ms. */
testing::AssertionResult SameHeartbeats(const ClusterRun& a,
                                        const ClusterRun& b,
                                        uint32_t from,
                                        uint32_t to);

} // namespace nctest

#endif /* FAULT_CLUSTER_H */
