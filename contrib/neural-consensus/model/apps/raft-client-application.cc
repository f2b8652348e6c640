#include "raft-client-application.h"

#include "raft-client-header.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/host-network.h"
#include "ns3/raft-bytes.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RaftClientApplication);

TypeId
RaftClientApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RaftClientApplication")
            .SetParent<Application>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<RaftClientApplication>()
            .AddAttribute("Port",
                          "Port on which servers and clients listen.",
                          UintegerValue(9000),
                          MakeUintegerAccessor(&RaftClientApplication::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("SocketFactory",
                          "Kind of sockets, as on the servers.",
                          TypeIdValue(UdpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&RaftClientApplication::m_socketFactory),
                          MakeTypeIdChecker())
            .AddAttribute("ClosedLoop",
                          "Whether a fixed number of operations is kept under way, instead of "
                          "Poisson arrivals.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&RaftClientApplication::m_closedLoop),
                          MakeBooleanChecker())
            .AddAttribute("Rate",
                          "Open loop: operations per second, on average; 0 for none.",
                          DoubleValue(10.0),
                          MakeDoubleAccessor(&RaftClientApplication::m_rate),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("ShiftInterval",
                          "Open loop: mean time between two shifts of the load, exponential; 0 for "
                          "none.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&RaftClientApplication::m_shiftInterval),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("ShiftFactor",
                          "A shift sets the rate to Rate times a factor, log-uniform from one by "
                          "this to this.",
                          DoubleValue(4.0),
                          MakeDoubleAccessor(&RaftClientApplication::m_shiftFactor),
                          MakeDoubleChecker<double>(1.0))
            .AddAttribute("Outstanding",
                          "Closed loop: operations under way at a time.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&RaftClientApplication::m_outstanding),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("ThinkTime",
                          "Closed loop: pause between an answer and the next operation.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&RaftClientApplication::m_thinkTime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("Timeout",
                          "Time after which an operation without an answer ends as unknown.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&RaftClientApplication::m_timeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("RetryTimeout",
                          "Time after which a request without an answer is sent again, to another "
                          "server; 0 for never.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&RaftClientApplication::m_retryTimeout),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("FollowRedirects",
                          "Whether a refused request goes to the server that the refusal names, "
                          "instead of trying one after the other.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RaftClientApplication::m_followRedirects),
                          MakeBooleanChecker())
            .AddAttribute("RetryDelay",
                          "Pause before a refused request is sent to a server that nobody named.",
                          TimeValue(MilliSeconds(50)),
                          MakeTimeAccessor(&RaftClientApplication::m_retryDelay),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("WriteRatio",
                          "Share of writes among the operations.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&RaftClientApplication::m_writeRatio),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("Keys",
                          "Number of keys, chosen uniformly.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&RaftClientApplication::m_keys),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("ValueSize",
                          "Bytes of a written value at least; it always names its operation.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&RaftClientApplication::m_valueSize),
                          MakeUintegerChecker<uint32_t>(0, 16384))
            .AddTraceSource("Operation",
                            "An operation ended.",
                            MakeTraceSourceAccessor(&RaftClientApplication::m_operationTrace),
                            "ns3::RaftClientApplication::OperationCallback")
            .AddTraceSource("Malformed",
                            "Something that arrived was no reply and was dropped.",
                            MakeTraceSourceAccessor(&RaftClientApplication::m_malformedTrace),
                            "ns3::RaftClientApplication::ComplaintCallback");
    return tid;
}

RaftClientApplication::RaftClientApplication()
    : m_gap(CreateObject<ExponentialRandomVariable>()),
      m_choice(CreateObject<UniformRandomVariable>()),
      m_shift(CreateObject<UniformRandomVariable>())
{
}

RaftClientApplication::~RaftClientApplication() = default;

void
RaftClientApplication::SetServers(std::vector<uint32_t> servers)
{
    m_servers = std::move(servers);
}

int64_t
RaftClientApplication::AssignStreams(int64_t stream)
{
    m_gap->SetStream(stream);
    m_choice->SetStream(stream + 1);
    m_shift->SetStream(stream + 2);
    return 3;
}

void
RaftClientApplication::DoDispose()
{
    m_arrival.Cancel();
    m_nextShift.Cancel();
    m_registration.Cancel();
    m_transport.reset();
    m_pending.clear();
    Application::DoDispose();
}

void
RaftClientApplication::StartApplication()
{
    NS_ABORT_MSG_IF(m_servers.empty(), "client without servers: call SetServers()");
    Ptr<HostNetwork> network = GetNode()->GetObject<HostNetwork>();
    NS_ABORT_MSG_UNLESS(network, "node " << GetNode()->GetId() << " has no HostNetwork");
    m_clientId = network->GetHostId();
    m_leader = m_servers.front();
    m_transport = RaftTransport::Open(
        {GetNode(),
         m_socketFactory,
         m_port,
         [this](uint32_t from, Ptr<Packet> packet) { HandleReply(from, packet); },
         [this](const char* reason) { m_malformedTrace(m_clientId, reason); }});
    m_running = true;
    Register();
    if (!m_closedLoop)
    {
        ScheduleArrival();
        ScheduleShift();
        return;
    }
    for (uint32_t i = 0; i < m_outstanding; ++i)
    {
        StartOperation();
    }
}

void
RaftClientApplication::StopApplication()
{
    Finish();
    m_transport.reset();
}

void
RaftClientApplication::Finish()
{
    m_running = false;
    m_arrival.Cancel();
    m_nextShift.Cancel();
    m_registration.Cancel();
    while (!m_pending.empty())
    {
        End(m_pending.begin()->first);
    }
}

void
RaftClientApplication::ScheduleArrival()
{
    if (m_rate > 0)
    {
        const double mean = 1.0 / (m_rate * m_load);
        m_arrival = Simulator::Schedule(Seconds(m_gap->GetValue(mean, 0)), [this] {
            StartOperation();
            ScheduleArrival();
        });
    }
}

void
RaftClientApplication::ScheduleShift()
{
    if (m_shiftInterval.IsZero())
    {
        return;
    }
    const double wait = -std::log1p(-m_shift->GetValue(0, 1)) * m_shiftInterval.GetSeconds();
    m_nextShift = Simulator::Schedule(Seconds(wait), [this] {
        m_load = std::pow(m_shiftFactor, m_shift->GetValue(-1, 1));
        m_arrival.Cancel(); // a Poisson process has no memory of how long it has waited
        ScheduleArrival();
        ScheduleShift();
    });
}

void
RaftClientApplication::StartOperation()
{
    if (!m_running)
    {
        return;
    }
    Pending pending;
    Operation& operation = pending.operation;
    operation.client = m_clientId;
    operation.request = ++m_lastRequest;
    operation.put = m_choice->GetValue() < m_writeRatio;
    operation.key = "k" + std::to_string(m_choice->GetInteger(0, m_keys - 1));
    if (operation.put)
    {
        operation.value = "c" + std::to_string(m_clientId) + "-" + std::to_string(m_lastRequest);
        operation.value.resize(std::max<std::size_t>(operation.value.size(), m_valueSize), '.');
    }
    operation.call = Simulator::Now();
    pending.server = m_leader;
    const uint64_t request = m_lastRequest;
    pending.timeout =
        Simulator::Schedule(m_timeout, &RaftClientApplication::HandleTimeout, this, request);
    m_pending.emplace(request, std::move(pending));
    Ask(request);
}

void
RaftClientApplication::Register()
{
    m_session = 0;
    m_registering = true;
    m_registrar = m_registrar == 0 ? m_leader : m_registrar;
    raft::Command command;
    command.client = m_clientId;
    command.op = raft::CommandOp::REGISTER;
    Transmit(m_registrar, command);
    m_registration.Cancel();
    m_registration = Simulator::Schedule(std::max(m_retryTimeout, m_retryDelay), [this] {
        m_registrar = NextServer(m_registrar);
        Register();
    });
}

void
RaftClientApplication::HandleRegistration(uint32_t from, const RaftClientReply& reply)
{
    if (!m_running || !m_registering || from != m_registrar)
    {
        return; // a second session would be left to expire
    }
    if (reply.status == RaftClientReply::Status::NOT_LEADER)
    {
        const bool named = reply.leader != 0 && reply.leader != from;
        m_registrar = AfterRefusal(from, reply);
        m_registration.Cancel();
        m_registration = Simulator::Schedule(named && m_followRedirects ? Seconds(0) : m_retryDelay,
                                             &RaftClientApplication::Register,
                                             this);
        return;
    }
    raft::ByteReader in(reply.value);
    const auto session = in.Number<uint64_t>();
    if (!in.AtEnd() || session == 0)
    {
        m_malformedTrace(m_clientId, "registration without a session");
        return;
    }
    m_registering = false;
    m_registration.Cancel();
    m_session = session;
    m_leader = from;
    m_registrar = 0;
    for (auto& [request, pending] : m_pending)
    {
        if (pending.session == 0)
        {
            pending.server = m_leader;
            Ask(request);
        }
    }
}

void
RaftClientApplication::Ask(uint64_t request)
{
    Pending& pending = m_pending.at(request);
    if (pending.session == 0)
    {
        if (m_session == 0)
        {
            return; // asked once there is a session
        }
        pending.session = m_session; // and stays, so that it is never applied in two
    }
    ++pending.operation.tries;
    pending.refused = false;
    raft::Command command;
    command.client = m_clientId;
    command.session = pending.session;
    command.request = request;
    command.acknowledged = m_pending.begin()->first; // all before have ended
    command.op = pending.operation.put ? raft::CommandOp::PUT : raft::CommandOp::GET;
    command.key = pending.operation.key;
    command.value = pending.operation.put ? pending.operation.value : "";
    Transmit(pending.server, command);
    if (m_retryTimeout.IsStrictlyPositive())
    {
        pending.retry = Simulator::Schedule(m_retryTimeout,
                                            &RaftClientApplication::HandleSilence,
                                            this,
                                            request);
    }
}

void
RaftClientApplication::Transmit(uint32_t server, const raft::Command& command)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftRequestHeader(command.Encode()));
    m_transport->Send(server, packet);
}

void
RaftClientApplication::HandleReply(uint32_t from, Ptr<Packet> packet)
{
    const auto reply = RaftReplyHeader::Parse(packet);
    if (!reply)
    {
        m_malformedTrace(m_clientId, "packet that is no reply");
        return;
    }
    if (reply->request == 0)
    {
        HandleRegistration(from, *reply);
        return;
    }
    auto at = m_pending.find(reply->request);
    if (at == m_pending.end())
    {
        return; // repeated or late
    }
    Pending& pending = at->second;
    if (reply->status != RaftClientReply::Status::OK)
    {
        // Refusals of earlier tries, and repeated ones, say nothing new.
        if (pending.server == from && !pending.refused)
        {
            HandleRefusal(pending, *reply);
        }
        return;
    }
    Operation& operation = pending.operation;
    operation.known = true;
    operation.ret = Simulator::Now();
    if (!operation.put)
    {
        operation.value = reply->value;
    }
    m_leader = from;
    End(reply->request);
}

void
RaftClientApplication::HandleRefusal(Pending& pending, const RaftClientReply& reply)
{
    if (reply.status == RaftClientReply::Status::SESSION_EXPIRED)
    {
        HandleExpiry(pending);
        return;
    }
    const uint32_t next = AfterRefusal(pending.server, reply);
    const bool named = next == reply.leader && m_followRedirects;
    pending.server = next;
    pending.refused = true;
    m_leader = next;
    pending.retry.Cancel();
    pending.retry = Simulator::Schedule(named ? Seconds(0) : m_retryDelay,
                                        &RaftClientApplication::Ask,
                                        this,
                                        reply.request);
}

void
RaftClientApplication::HandleExpiry(Pending& pending)
{
    if (pending.session == m_session && !m_registering)
    {
        Register();
    }
    if (pending.operation.tries > 1)
    {
        End(pending.operation.request); // an earlier try may have been applied (a repeated datagram
                                        // in two sessions is not reckoned with)
        return;
    }
    pending.session = 0;
    pending.retry.Cancel();
    Ask(pending.operation.request);
}

void
RaftClientApplication::HandleSilence(uint64_t request)
{
    Pending& pending = m_pending.at(request);
    if (m_leader == pending.server)
    {
        m_leader = NextServer(pending.server);
    }
    pending.server = m_leader;
    Ask(request);
}

void
RaftClientApplication::HandleTimeout(uint64_t request)
{
    const uint32_t silent = m_pending.at(request).server;
    if (m_leader == silent)
    {
        m_leader = NextServer(silent);
    }
    End(request);
}

void
RaftClientApplication::End(uint64_t request)
{
    auto at = m_pending.find(request);
    at->second.timeout.Cancel();
    at->second.retry.Cancel();
    const Operation operation = std::move(at->second.operation);
    m_pending.erase(at);
    m_operationTrace(operation);
    if (m_running && m_closedLoop)
    {
        Simulator::Schedule(m_thinkTime, &RaftClientApplication::StartOperation, this);
    }
}

uint32_t
RaftClientApplication::AfterRefusal(uint32_t server, const RaftClientReply& reply) const
{
    const bool useful =
        m_followRedirects && reply.leader != server &&
        std::find(m_servers.begin(), m_servers.end(), reply.leader) != m_servers.end();
    return useful ? reply.leader : NextServer(server);
}

uint32_t
RaftClientApplication::NextServer(uint32_t after) const
{
    auto at = std::find(m_servers.begin(), m_servers.end(), after);
    return at == m_servers.end() || ++at == m_servers.end() ? m_servers.front() : *at;
}

} // namespace ns3
