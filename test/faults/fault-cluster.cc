#include "fault-cluster.h"

#include "ns3/consensus-topology.h"
#include "ns3/double.h"
#include "ns3/heartbeat-monitor-helper.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/icmpv4.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/raft-application.h"
#include "ns3/raft-helper.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-header.h"
#include "ns3/udp-socket-factory.h"

#include <map>
#include <variant>

namespace nctest
{

using namespace ns3;

namespace
{

constexpr uint32_t SERVERS = 5;

/** Takes the IP packet apart. */
Seen
Read(Ptr<const Packet> packet, const HostNetwork& network)
{
    Seen seen;
    seen.at = Simulator::Now().GetSeconds();
    seen.to = network.GetHostId();
    Ptr<Packet> copy = packet->Copy();
    Ipv4Header ip;
    copy->RemoveHeader(ip);
    seen.from = network.HostOf(ip.GetSource());
    if (ip.GetProtocol() == 1)
    {
        Icmpv4Header icmp;
        copy->RemoveHeader(icmp);
        if (icmp.GetType() == Icmpv4Header::ICMPV4_DEST_UNREACH)
        {
            seen.kind = Seen::Kind::UNREACHABLE;
        }
    }
    else if (ip.GetProtocol() == 6)
    {
        TcpHeader tcp;
        copy->RemoveHeader(tcp);
        if (tcp.GetFlags() & TcpHeader::RST)
        {
            seen.kind = Seen::Kind::TCP_RESET;
        }
        else if (tcp.GetFlags() & TcpHeader::FIN)
        {
            seen.kind = Seen::Kind::TCP_FIN;
        }
    }
    else if (ip.GetProtocol() == 17)
    {
        UdpHeader udp;
        copy->RemoveHeader(udp);
        if (auto heartbeat = HeartbeatHeader::Parse(copy))
        {
            seen.heartbeat = *heartbeat;
            seen.kind = heartbeat->GetType() == HeartbeatHeader::REPLY ? Seen::Kind::REPLY
                                                                       : Seen::Kind::HEARTBEAT;
        }
    }
    return seen;
}

/** Hooks one server up to the record of the run. */
void
Watch(Ptr<Node> node, const ApplicationContainer& servers, ClusterRun& run)
{
    using PacketTrace = std::function<void(Ptr<const Packet>, Ptr<Ipv4>, uint32_t)>;
    // Plain pointers: a smart one in a trace sink of the node would keep the node alive.
    const HostNetwork* network = PeekPointer(node->GetObject<HostNetwork>());
    const PacketTrace packets =
        [network, &servers, &run](Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t) {
            Seen seen = Read(packet, *network);
            if (seen.from >= 1 && seen.from <= SERVERS)
            {
                auto sender = DynamicCast<RaftApplication>(servers.Get(seen.from - 1));
                seen.truth = sender->GetCore() ? sender->GetCore()->GetLastIndex() : 0;
            }
            run.packets.push_back(seen);
        };
    node->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
        "Rx",
        Callback<void, Ptr<const Packet>, Ptr<Ipv4>, uint32_t>(packets));

    for (uint32_t i = 0; i < node->GetNApplications(); ++i)
    {
        Ptr<Application> application = node->GetApplication(i);
        if (DynamicCast<RaftApplication>(application))
        {
            const std::function<void(uint32_t, const evidence::Proof&)> proofs =
                [&run](uint32_t observer, const evidence::Proof& proof) {
                    run.proofs.push_back({Simulator::Now().GetSeconds(), observer, proof});
                };
            application->TraceConnectWithoutContext(
                "Proof",
                Callback<void, uint32_t, const evidence::Proof&>(proofs));
            for (const bool sent : {true, false})
            {
                const std::function<void(const raft::Message&, uint64_t)> messages =
                    [sent, &run](const raft::Message& message, uint64_t) {
                        run.messages.push_back({Simulator::Now().GetSeconds(), sent, message});
                    };
                application->TraceConnectWithoutContext(
                    sent ? "TxMessage" : "RxMessage",
                    Callback<void, const raft::Message&, uint64_t>(messages));
            }
        }
        if (DynamicCast<HeartbeatMonitor>(application))
        {
            const uint32_t self = network->GetHostId();
            const std::function<void(const detection::PeerArrival&)> arrivals =
                [self, &run](const detection::PeerArrival& arrival) {
                    if (arrival.kind == detection::PeerArrival::Kind::REPLY)
                    {
                        run.roundTrips.push_back({Simulator::Now().GetSeconds(),
                                                  self,
                                                  arrival.peer,
                                                  arrival.roundTrip.count() * 1e-9});
                    }
                };
            application->TraceConnectWithoutContext(
                "Arrival",
                Callback<void, const detection::PeerArrival&>(arrivals));
        }
    }
}

uint32_t
LeaderOf(const ApplicationContainer& servers)
{
    uint32_t leader = 0;
    raft::Term term = 0;
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        const raft::RaftCore* core = DynamicCast<RaftApplication>(servers.Get(i))->GetCore();
        if (core && core->GetRole() == raft::Role::LEADER && core->GetTerm() > term)
        {
            leader = i + 1;
            term = core->GetTerm();
        }
    }
    return leader;
}

void
WatchFaults(Ptr<FaultInjector> injector, ClusterRun& run)
{
    for (const char* source : {"FaultStart", "FaultEnd"})
    {
        const std::function<void(const faults::FaultRecord&)> sink =
            [source, &run](const faults::FaultRecord& fault) {
                run.trace.push_back(source + (" " + faults::FaultKindName(fault.kind)) + " " +
                                    fault.target + " " +
                                    std::to_string(Simulator::Now().GetSeconds()));
            };
        injector->TraceConnectWithoutContext(source,
                                             Callback<void, const faults::FaultRecord&>(sink));
    }
}

} // namespace

ClusterRun
RunCluster(const ClusterOptions& options)
{
    RngSeedManager::SetSeed(1);
    RngSeedManager::SetRun(options.seed);
    ClusterRun run;
    TopologyOptions network;
    network.name = options.topology;
    network.servers = SERVERS;
    ConsensusTopology topology = BuildTopology(network);
    topology.AssignStreams(1);

    RaftHelper raft;
    const TypeIdValue sockets(options.tcp ? TcpSocketFactory::GetTypeId()
                                          : UdpSocketFactory::GetTypeId());
    raft.SetServerAttribute("SocketFactory", sockets);
    raft.SetClientAttribute("SocketFactory", sockets);
    raft.SetClientAttribute("Rate", DoubleValue(options.requestRate));
    if (options.evidence)
    {
        raft.EnableEvidence();
    }
    ApplicationContainer servers = raft.InstallServers(topology.Servers());
    ApplicationContainer clients = raft.InstallClients(topology.Clients(), topology.Servers());
    RaftHelper::AssignStreams(servers, 1000);
    RaftHelper::AssignStreams(clients, 2000);
    ApplicationContainer monitors = HeartbeatMonitorHelper().Install(topology.Servers());
    HeartbeatMonitorHelper::AssignStreams(topology.Servers(), 3000);

    Ptr<FaultInjector> injector = CreateObject<FaultInjector>();
    faults::FaultPlan plan = options.plan;
    for (const std::string& fault : options.faults)
    {
        plan.push_back(faults::ParseFault(fault, SERVERS));
    }
    injector->SetServers(topology.Servers());
    injector->SetPlan(plan);
    injector->AssignStreams(4000);
    injector->Start();

    WatchFaults(injector, run);
    for (uint32_t id = 1; id <= SERVERS; ++id)
    {
        Watch(topology.Host(id), servers, run);
    }
    for (int second = 0; second < options.seconds; ++second)
    {
        Simulator::Schedule(Seconds(second),
                            [&run, &servers] { run.leaders.push_back(LeaderOf(servers)); });
    }
    Simulator::Stop(Seconds(options.seconds));
    Simulator::Run();
    run.log = injector->GetLog();
    injector->Dispose();
    Simulator::Destroy();
    return run;
}

std::vector<Seen>
ClusterRun::From(uint32_t from,
                 uint32_t to,
                 double start,
                 double end,
                 std::optional<Seen::Kind> kind) const
{
    std::vector<Seen> some;
    for (const Seen& seen : packets)
    {
        if (seen.from == from && (to == 0 || seen.to == to) && seen.at >= start && seen.at < end &&
            (!kind || seen.kind == *kind))
        {
            some.push_back(seen);
        }
    }
    return some;
}

double
ClusterRun::MeanRoundTrip(uint32_t observer, uint32_t peer, double start, double end) const
{
    double sum = 0;
    int count = 0;
    for (const RoundTrip& trip : roundTrips)
    {
        if (trip.observer == observer && trip.peer == peer && trip.at >= start && trip.at < end)
        {
            sum += trip.seconds;
            ++count;
        }
    }
    return count > 0 ? sum / count : -1;
}

uint32_t
ClusterRun::Target() const
{
    return std::stoul(log.faults.at(0).target);
}

double
MeanTransit(const ClusterRun& run, uint32_t from, uint32_t to, double start, double end)
{
    double sum = 0;
    const auto heartbeats = run.From(from, to, start, end, Seen::Kind::HEARTBEAT);
    for (const Seen& seen : heartbeats)
    {
        sum += seen.at - seen.heartbeat.GetSentAt().count() * 1e-9;
    }
    return heartbeats.empty() ? -1 : sum / heartbeats.size();
}

double
MeanAppendTime(const ClusterRun& run, uint32_t follower, double start, double end)
{
    std::map<raft::Index, double> asked;
    double sum = 0;
    int count = 0;
    for (const SeenMessage& seen : run.messages)
    {
        const auto* append = std::get_if<raft::AppendEntries>(&seen.message.body);
        const auto* reply = std::get_if<raft::AppendEntriesReply>(&seen.message.body);
        if (append && !seen.sent && seen.message.to == follower && !append->entries.empty())
        {
            asked.emplace(append->prevLogIndex + append->entries.size(), seen.at);
        }
        else if (reply && seen.sent && seen.message.from == follower && reply->success)
        {
            const auto at = asked.find(reply->matchIndex);
            if (at != asked.end() && at->second >= start && at->second < end)
            {
                sum += seen.at - at->second;
                ++count;
            }
            if (at != asked.end())
            {
                asked.erase(at); // later ones answer heartbeats
            }
        }
    }
    return count > 0 ? sum / count : -1;
}

testing::AssertionResult
IdenticalHeartbeats(const ClusterRun& a,
                    const ClusterRun& b,
                    uint32_t from,
                    uint32_t to,
                    bool bytes)
{
    const auto left = a.From(from, to, 0, 1e9, Seen::Kind::HEARTBEAT);
    const auto right = b.From(from, to, 0, 1e9, Seen::Kind::HEARTBEAT);
    if (left.size() != right.size() || left.empty())
    {
        return testing::AssertionFailure()
               << from << " sent " << to << " " << left.size() << " heartbeats in one run, "
               << right.size() << " in the other";
    }
    for (std::size_t i = 0; i < left.size(); ++i)
    {
        const bool same = bytes
                              ? left[i].at == right[i].at && left[i].heartbeat == right[i].heartbeat
                              : std::abs(left[i].at - right[i].at) <= 10e-6;
        if (!same || left[i].heartbeat.GetSequence() != right[i].heartbeat.GetSequence())
        {
            return testing::AssertionFailure() << from << ">" << to << " differ at " << left[i].at;
        }
    }
    return testing::AssertionSuccess();
}

testing::AssertionResult
SameHeartbeats(const ClusterRun& a, const ClusterRun& b, uint32_t from, uint32_t to)
{
    const auto left = a.From(from, to, 0, 1e9, Seen::Kind::HEARTBEAT);
    const auto right = b.From(from, to, 0, 1e9, Seen::Kind::HEARTBEAT);
    if (left.size() != right.size() || left.empty())
    {
        return testing::AssertionFailure()
               << from << " sent " << to << " " << left.size() << " heartbeats in one run, "
               << right.size() << " in the other";
    }
    for (std::size_t i = 0; i < left.size(); ++i)
    {
        if (left[i].heartbeat.GetSequence() != right[i].heartbeat.GetSequence() ||
            std::abs(left[i].at - right[i].at) > 1e-3)
        {
            return testing::AssertionFailure() << from << ">" << to << " differ at " << left[i].at;
        }
    }
    return testing::AssertionSuccess();
}

} // namespace nctest
