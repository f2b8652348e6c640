#include "raft-application.h"

#include "raft-client-header.h"
#include "raft-header.h"
#include "raft-message-tag.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace ns3
{

using namespace raft;

NS_LOG_COMPONENT_DEFINE("RaftApplication");
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
            .AddAttribute("MaxBatchEntries",
                          "Entries in one AppendEntries at most.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&RaftApplication::m_maxBatchEntries),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxBatchBytes",
                          "Command bytes in one AppendEntries at most; one entry always fits. A "
                          "datagram holds 65507 bytes.",
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
            .AddTraceSource("Life",
                            "The process started or died.",
                            MakeTraceSourceAccessor(&RaftApplication::m_lifeTrace),
                            "ns3::RaftApplication::LifeCallback");
    return tid;
}

RaftApplication::RaftApplication()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

RaftApplication::~RaftApplication() = default;

void
RaftApplication::SetServers(std::vector<uint32_t> servers)
{
    m_servers = std::move(servers);
}

uint32_t
RaftApplication::GetServerId() const
{
    return m_serverId;
}

bool
RaftApplication::IsUp() const
{
    return m_core != nullptr;
}

const RaftCore*
RaftApplication::GetCore() const
{
    return m_core.get();
}

const DurableState&
RaftApplication::GetDurable() const
{
    return m_storage->GetDurable();
}

const KeyValueStore&
RaftApplication::GetStore() const
{
    return m_store;
}

void
RaftApplication::SetInterceptor(std::shared_ptr<MessageInterceptor> interceptor)
{
    m_interceptor = std::move(interceptor);
}

uint64_t
RaftApplication::GetMalformedCount() const
{
    return m_malformed;
}

int64_t
RaftApplication::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
RaftApplication::DoDispose()
{
    m_timer.Cancel();
    m_transport.reset();
    m_core.reset();
    m_interceptor.reset();
    m_storage.reset();
    m_clock = nullptr;
    m_cpu = nullptr;
    Application::DoDispose();
}

void
RaftApplication::StartApplication()
{
    m_clock = NodeClock::Of(GetNode());
    m_cpu = NodeCpu::Of(GetNode());
    if (!m_storage)
    {
        m_storage = std::make_unique<RaftStorage>(NodeDisk::Of(GetNode()));
    }
    Restart();
}

void
RaftApplication::StopApplication()
{
    Crash();
}

void
RaftApplication::Restart()
{
    if (m_core || !m_storage)
    {
        return;
    }
    Config config;
    config.id = m_serverId;
    config.servers = m_servers;
    config.electionTimeoutMin = Duration(m_electionTimeoutMin.GetNanoSeconds());
    config.electionTimeoutMax = Duration(m_electionTimeoutMax.GetNanoSeconds());
    config.heartbeatInterval = Duration(m_heartbeatInterval.GetNanoSeconds());
    config.maxBatchEntries = m_maxBatchEntries;
    config.maxBatchBytes = m_maxBatchBytes;
    m_core = std::make_unique<RaftCore>(std::move(config), m_storage->GetDurable());
    m_store = KeyValueStore();
    m_durableTicket = 0;
    const uint64_t life = ++m_life;
    m_storage->SetWritten([this, life](uint64_t ticket) {
        if (life == m_life)
        {
            m_durableTicket = ticket;
            Feed({Persisted{ticket}});
        }
    });
    m_transport = RaftTransport::Open({GetNode(),
                                       m_socketFactory,
                                       m_port,
                                       [this](uint32_t from, Ptr<Packet> packet) {
                                           m_cpu->Execute([this, life = m_life, from, packet] {
                                               if (life == m_life && m_core)
                                               {
                                                   ++m_receiving;
                                                   HandlePacket(from, packet);
                                                   --m_receiving;
                                               }
                                           });
                                       },
                                       [this](const char* reason) {
                                           ++m_receiving;
                                           Complain(reason);
                                           --m_receiving;
                                       }});
    const uint64_t largest = m_maxBatchBytes +
                             uint64_t{m_maxBatchEntries} * RaftHeader::ENTRY_SIZE +
                             RaftHeader::APPEND_SIZE;
    if (largest > m_transport->MaxMessageSize())
    {
        throw std::invalid_argument(
            "ns3::RaftApplication::MaxBatchBytes is " + std::to_string(m_maxBatchBytes) +
            ", with MaxBatchEntries up to " + std::to_string(largest) +
            " bytes on the wire: expected at most " +
            std::to_string(m_transport->MaxMessageSize()) + " with " + m_socketFactory.GetName());
    }
    m_lifeTrace(m_serverId, true);
    Feed({Tick{}});
}

void
RaftApplication::Crash()
{
    if (!m_core)
    {
        return;
    }
    if (m_stepping || m_receiving > 0)
    {
        // Asked for by somebody who watches a trace source: die when the call is over.
        Simulator::ScheduleNow(&RaftApplication::Crash, this);
        return;
    }
    ++m_life;
    m_timer.Cancel();
    m_storage->DropPending();
    m_storage->SetWritten({});
    m_transport.reset();
    m_core.reset();
    m_work.clear();
    m_held.clear();
    m_waiting.clear();
    m_lifeTrace(m_serverId, false);
}

void
RaftApplication::Complain(const char* reason)
{
    ++m_malformed;
    NS_LOG_INFO("server " << m_serverId << ": " << reason);
    m_malformedTrace(m_serverId, reason);
}

void
RaftApplication::HandlePacket(uint32_t from, Ptr<Packet> packet)
{
    uint8_t magic = 0;
    packet->CopyData(&magic, 1);
    if (magic == RaftRequestHeader::MAGIC)
    {
        HandleRequest(from, packet);
        return;
    }
    auto message = RaftHeader::Parse(packet);
    if (!message)
    {
        Complain("packet that is no Raft message");
        return;
    }
    if (message->from != from)
    {
        Complain("message whose sender is not the host that it came from");
        return;
    }
    RaftMessageTag tag;
    if (m_tagMessages)
    {
        packet->FindFirstMatchingByteTag(tag);
    }
    m_rxTrace(*message, tag.GetId());
    Feed({Receive{std::move(*message)}});
}

void
RaftApplication::Feed(Work work)
{
    m_work.push_back(std::move(work));
    if (m_stepping)
    {
        return; // a write without latency finishes while its step is carried out
    }
    m_stepping = true;
    while (!m_work.empty())
    {
        Work next = std::move(m_work.front());
        m_work.pop_front();
        Event event{m_clock->Now(), m_random->GetValue(), std::move(next.what)};
        Carry(m_core->Step(event), next);
    }
    m_stepping = false;
}

void
RaftApplication::Carry(const Update& update, const Work& work)
{
    m_stepTrace(*m_core, update);
    for (const auto& change : update.roleChanges)
    {
        m_roleTrace(m_serverId, change);
    }
    for (const auto& rejection : update.rejections)
    {
        m_rejectedTrace(m_serverId, rejection.reason);
    }
    // Held messages go out in order: one that waits for nothing may still overtake, Raft allows it.
    for (const auto& outgoing : update.messages)
    {
        if (outgoing.afterTicket <= m_durableTicket)
        {
            Send(outgoing.message);
        }
        else
        {
            m_held.push_back(outgoing);
        }
    }
    if (update.persist)
    {
        m_storage->Write(*update.persist);
    }
    SendAllDurable();
    if (update.proposal)
    {
        AnswerProposal(*update.proposal, work);
    }
    if (update.commitAdvanced)
    {
        m_commitTrace(m_serverId, m_core->GetCommitIndex());
    }
    for (const auto& applied : update.applied)
    {
        ApplyEntry(applied);
    }
    ArmTimer(update.deadline);
}

void
RaftApplication::SendAllDurable()
{
    while (!m_held.empty() && m_held.front().afterTicket <= m_durableTicket)
    {
        Send(m_held.front().message);
        m_held.pop_front();
    }
}

void
RaftApplication::Send(const Message& message)
{
    if (!m_interceptor)
    {
        Transmit(message);
        return;
    }
    Message changed = message;
    if (m_interceptor->OnRaftMessage(changed))
    {
        Transmit(changed);
    }
}

void
RaftApplication::Transmit(const Message& message)
{
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftHeader(message));
    uint64_t id = 0;
    if (m_tagMessages)
    {
        id = uint64_t{m_serverId} << 40 | ++m_sent;
        packet->AddByteTag(RaftMessageTag(id));
    }
    m_txTrace(message, id);
    m_transport->Send(message.to, packet);
}

void
RaftApplication::ArmTimer(TimePoint deadline)
{
    m_deadline = deadline;
    if (!m_timer.IsExpired() && m_timerAt <= deadline)
    {
        return; // fires early and looks again: cheaper than a new event for every message
    }
    m_timer.Cancel();
    m_timerAt = deadline;
    m_timer = Simulator::Schedule(m_clock->Until(deadline), &RaftApplication::HandleTimer, this);
}

void
RaftApplication::HandleTimer()
{
    if (m_clock->Now() < m_deadline)
    {
        m_timerAt = m_deadline;
        m_timer = Simulator::Schedule(std::max(m_clock->Until(m_deadline), NanoSeconds(1)),
                                      &RaftApplication::HandleTimer,
                                      this);
        return;
    }
    m_cpu->Execute([this, life = m_life] {
        // What waited before it on the processor may have moved the deadline.
        if (life != m_life || !m_core)
        {
            return;
        }
        if (m_clock->Now() >= m_deadline)
        {
            Feed({Tick{}});
        }
        else
        {
            ArmTimer(m_deadline); // the clock may have been set back meanwhile
        }
    });
}

} // namespace ns3
