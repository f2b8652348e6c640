#include "raft-application.h"

#include "evidence-wire.h"
#include "raft-client-header.h"
#include "raft-header.h"
#include "raft-message-tag.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace ns3
{

using namespace raft;

NS_LOG_COMPONENT_DEFINE("RaftApplication");

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

void
RaftApplication::SendPastInterceptor(const Message& message)
{
    if (m_transport)
    {
        if (m_secondSealer && evidence::HasLeads(message))
        {
            m_secondSealer->BecomeLeader(message.term);
        }
        Transmit(message, m_secondSealer.get(), m_secondReceipt);
    }
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

Config
RaftApplication::MakeConfig() const
{
    const auto duration = [](Time time) { return Duration(time.GetNanoSeconds()); };
    Config config;
    config.id = m_serverId;
    config.servers = m_servers;
    config.electionTimeoutMin = duration(m_electionTimeoutMin);
    config.electionTimeoutMax = duration(m_electionTimeoutMax);
    config.heartbeatInterval = duration(m_heartbeatInterval);
    config.preVote = m_preVote;
    config.checkQuorum = m_checkQuorum;
    config.leaderStickiness = m_leaderStickiness;
    if (m_readMode != "log" && m_readMode != "index" && m_readMode != "lease")
    {
        throw std::invalid_argument("ns3::RaftApplication::ReadMode is \"" + m_readMode +
                                    "\": expected log, index or lease");
    }
    config.readMode = m_readMode == "lease" ? raft::ReadMode::LEASE : raft::ReadMode::INDEX;
    config.maxClockDrift = m_maxClockDrift;
    config.maxBatchEntries = m_maxBatchEntries;
    config.maxBatchBytes = m_maxBatchBytes;
    config.maxInFlightMessages = m_maxInFlightMessages;
    config.maxInFlightBytes = m_maxInFlightBytes;
    config.leaderWritesFirst = m_leaderWritesFirst;
    config.maxWriteSilence = duration(m_maxWriteSilence);
    return config;
}

void
RaftApplication::Restart()
{
    if (m_core || !m_storage)
    {
        return;
    }
    m_core = std::make_unique<RaftCore>(MakeConfig(), m_storage->GetDurable());
    RestoreStore(m_storage->GetDurable().snapshot);
    m_durableTicket = 0;
    OpenEvidence();
    const uint64_t life = ++m_life;
    m_storage->SetWritten([this, life](uint64_t ticket) {
        if (life == m_life)
        {
            m_durableTicket = std::max(m_durableTicket, ticket); // reports can be nested
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
    // A chunk of a snapshot also names the members, some hundreds at most.
    constexpr uint64_t MEMBERS_SIZE = 1024;
    const uint64_t largest =
        m_maxBatchBytes +
        (m_signer ? LEADER_SEAL_SIZE + uint64_t{m_maxBatchEntries} * ENTRY_SEAL_SIZE : 0) +
        std::max(uint64_t{m_maxBatchEntries} * RaftHeader::ENTRY_SIZE + RaftHeader::APPEND_SIZE,
                 RaftHeader::CHUNK_SIZE + MEMBERS_SIZE);
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
    m_storage->Crash(m_random->GetValue());
    m_storage->SetWritten({});
    m_transport.reset();
    m_core.reset();
    CloseEvidence();
    m_work.clear();
    m_held.clear();
    m_waiting.clear();
    m_waitingReads.clear();
    m_tickQueued = false;
    m_pendingSnapshot = Compact{};
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
    auto content = RaftHeader::Parse(packet);
    if (!content)
    {
        Complain("packet that is no Raft message");
        return;
    }
    Message& message = content->message;
    if (message.from != from)
    {
        Complain("message whose sender is not the host that it came from");
        return;
    }
    if (const char* forgery = Examine(message, content->seal))
    {
        Complain(forgery);
        return;
    }
    RaftMessageTag tag;
    if (m_tagMessages)
    {
        packet->FindFirstMatchingByteTag(tag);
    }
    m_rxTrace(message, tag.GetId());
    Work work;
    if (content->seal)
    {
        work.receipt = evidence::ReceiptOf(message, *content->seal);
        if (evidence::HasVote(message))
        {
            work.vote = evidence::VoteIn(message, *content->seal);
        }
    }
    if (m_interceptor)
    {
        NoteForSecondVoice(work);
        if (!m_interceptor->OnRaftArrival(message))
        {
            return;
        }
    }
    work.what = Receive{std::move(message)};
    Feed(std::move(work));
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
        CountVote(next);
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
        if (m_sealer && change.role == Role::LEADER)
        {
            m_sealer->BecomeLeader(change.term);
        }
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
            Send(outgoing.message, work.receipt);
        }
        else
        {
            m_held.push_back({outgoing, work.receipt});
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
    if (update.restore)
    {
        RestoreStore(*update.restore);
    }
    for (const auto& applied : update.applied)
    {
        ApplyEntry(applied);
    }
    for (const auto& read : update.reads)
    {
        AnswerRead(read);
    }
    ArmTimer(update.deadline);
}

void
RaftApplication::SendAllDurable()
{
    while (!m_held.empty() && m_held.front().outgoing.afterTicket <= m_durableTicket)
    {
        Send(m_held.front().outgoing.message, m_held.front().receipt);
        m_held.pop_front();
    }
}

void
RaftApplication::Send(const Message& message, const evidence::Receipt& receipt)
{
    if (!m_interceptor)
    {
        Transmit(message, m_sealer.get(), receipt);
        return;
    }
    Message changed = message;
    if (m_interceptor->OnRaftMessage(changed))
    {
        Transmit(changed, m_sealer.get(), receipt);
    }
}

void
RaftApplication::Transmit(const Message& message,
                          const evidence::Sealer* sealer,
                          const evidence::Receipt& receipt)
{
    // Signed is what goes onto the wire, whatever became of it on the way here.
    std::optional<evidence::Seal> seal;
    if (sealer)
    {
        seal = sealer->Sign(message, receipt);
    }
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(RaftHeader(message, std::move(seal)));
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
    if (m_tickQueued)
    {
        return; // one is enough, however long the processor takes to get to it
    }
    m_tickQueued = true;
    m_cpu->Execute([this, life = m_life] {
        // What waited before it on the processor may have moved the deadline.
        if (life != m_life || !m_core)
        {
            return;
        }
        m_tickQueued = false;
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
