// What users see of a Raft server: its attributes and trace sources.

#include "raft-application.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RaftApplication);

TypeId
RaftApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RaftApplication")
            .SetParent<Application>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<RaftApplication>()
            .AddAttribute("ServerId",
                          "Identity of this server, 1..n, as in its HostNetwork.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RaftApplication::m_serverId),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Port",
                          "Port on which servers and clients listen.",
                          UintegerValue(9000),
                          MakeUintegerAccessor(&RaftApplication::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("SocketFactory",
                          "Kind of sockets: ns3::UdpSocketFactory or ns3::TcpSocketFactory.",
                          TypeIdValue(UdpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&RaftApplication::m_socketFactory),
                          MakeTypeIdChecker())
            .AddAttribute("HeartbeatInterval",
                          "Time between a leader's AppendEntries to an idle follower.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&RaftApplication::m_heartbeatInterval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("ElectionTimeoutMin",
                          "Lower end of the randomised election timeout.",
                          TimeValue(MilliSeconds(1000)),
                          MakeTimeAccessor(&RaftApplication::m_electionTimeoutMin),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("ElectionTimeoutMax",
                          "Upper end of the randomised election timeout.",
                          TimeValue(MilliSeconds(2000)),
                          MakeTimeAccessor(&RaftApplication::m_electionTimeoutMax),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("PreVote",
                          "Whether a server asks for a majority's support before it raises the "
                          "term (dissertation 9.6).",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RaftApplication::m_preVote),
                          MakeBooleanChecker())
            .AddAttribute("CheckQuorum",
                          "Whether a leader that a majority has not answered for "
                          "ElectionTimeoutMin steps down (dissertation 6.2).",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RaftApplication::m_checkQuorum),
                          MakeBooleanChecker())
            .AddAttribute("LeaderStickiness",
                          "Whether a server that heard from a leader within ElectionTimeoutMin "
                          "ignores candidates (dissertation 4.2.3).",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RaftApplication::m_leaderStickiness),
                          MakeBooleanChecker())
            .AddAttribute("ReadMode",
                          "How reads are answered: log (as an entry), index (after a round of "
                          "heartbeats) or lease (at once; needs CheckQuorum, LeaderStickiness and "
                          "clocks within MaxClockDrift).",
                          StringValue("index"),
                          MakeStringAccessor(&RaftApplication::m_readMode),
                          MakeStringChecker())
            .AddAttribute("MaxClockDrift",
                          "Most that any clock runs fast or slow, as a share, for leases.",
                          DoubleValue(0.001),
                          MakeDoubleAccessor(&RaftApplication::m_maxClockDrift),
                          MakeDoubleChecker<double>(0, 0.499))
            .AddAttribute("SnapshotThreshold",
                          "Entries after which the state machine is written as a snapshot; as many "
                          "again stay in the log for followers that lag; 0 for never.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&RaftApplication::m_snapshotThreshold),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("MaxInFlightMessages",
                          "AppendEntries with entries that may be unanswered by a follower.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&RaftApplication::m_maxInFlightMessages),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxInFlightBytes",
                          "Command bytes from which on no more are sent to a follower until it "
                          "answers.",
                          UintegerValue(1 << 20),
                          MakeUintegerAccessor(&RaftApplication::m_maxInFlightBytes),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("LeaderWritesFirst",
                          "Whether entries leave for followers only once the leader has written "
                          "them, instead of meanwhile (dissertation 10.2.1).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RaftApplication::m_leaderWritesFirst),
                          MakeBooleanChecker())
            .AddAttribute("MaxWriteSilence",
                          "A leader whose disk has not finished a write for this long steps down; "
                          "0 lets heartbeats go on whatever the disk does.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&RaftApplication::m_maxWriteSilence),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("MaxBatchEntries",
                          "Entries in one AppendEntries at most.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&RaftApplication::m_maxBatchEntries),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxBatchBytes",
                          "Command bytes in one AppendEntries, and bytes in one chunk of a "
                          "snapshot, at most; one entry always fits. A datagram holds 65507 bytes.",
                          UintegerValue(32768),
                          MakeUintegerAccessor(&RaftApplication::m_maxBatchBytes),
                          MakeUintegerChecker<uint32_t>(1, 1 << 19))
            .AddAttribute("TagMessages",
                          "Whether messages carry a number for traces, beside their bytes.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RaftApplication::m_tagMessages),
                          MakeBooleanChecker())
            .AddTraceSource("RoleChange",
                            "The server changed its role, term or known leader.",
                            MakeTraceSourceAccessor(&RaftApplication::m_roleTrace),
                            "ns3::RaftApplication::RoleCallback")
            .AddTraceSource("Commit",
                            "The commit index advanced.",
                            MakeTraceSourceAccessor(&RaftApplication::m_commitTrace),
                            "ns3::RaftApplication::CommitCallback")
            .AddTraceSource("Apply",
                            "A committed entry was applied to the state machine.",
                            MakeTraceSourceAccessor(&RaftApplication::m_applyTrace),
                            "ns3::RaftApplication::ApplyCallback")
            .AddTraceSource("TxMessage",
                            "A message left for a peer, as it is on the wire.",
                            MakeTraceSourceAccessor(&RaftApplication::m_txTrace),
                            "ns3::RaftApplication::MessageCallback")
            .AddTraceSource("RxMessage",
                            "A message from a peer reached the server.",
                            MakeTraceSourceAccessor(&RaftApplication::m_rxTrace),
                            "ns3::RaftApplication::MessageCallback")
            .AddTraceSource("Malformed",
                            "Something that arrived was no message and was dropped.",
                            MakeTraceSourceAccessor(&RaftApplication::m_malformedTrace),
                            "ns3::RaftApplication::ComplaintCallback")
            .AddTraceSource("Rejected",
                            "Raft refused or ignored a message, with the rule.",
                            MakeTraceSourceAccessor(&RaftApplication::m_rejectedTrace),
                            "ns3::RaftApplication::ComplaintCallback")
            .AddTraceSource("Step",
                            "Raft took a step; fired before its consequences are carried out.",
                            MakeTraceSourceAccessor(&RaftApplication::m_stepTrace),
                            "ns3::RaftApplication::StepCallback")
            .AddTraceSource("Proof",
                            "Signed statements prove that a server has broken a rule.",
                            MakeTraceSourceAccessor(&RaftApplication::m_proofTrace),
                            "ns3::RaftApplication::ProofCallback")
            .AddTraceSource("Life",
                            "The process started or died.",
                            MakeTraceSourceAccessor(&RaftApplication::m_lifeTrace),
                            "ns3::RaftApplication::LifeCallback");
    return tid;
}

} // namespace ns3
