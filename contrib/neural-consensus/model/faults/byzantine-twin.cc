#include "byzantine-twin.h"

#include "ns3/heartbeat-header.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/node.h"
#include "ns3/raft-application.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3::faults
{

TwinBehaviour::TwinBehaviour(const FaultParameters& parameters, ByzantineContext context)
    : ByzantineBehaviour(parameters, std::move(context), Aim::HALF)
{
    if (const Ptr<RaftApplication>& first = GetContext().server)
    {
        m_clock = NodeClock::Of(first->GetNode());
        m_cpu = NodeCpu::Of(first->GetNode());
        first->TraceConnectWithoutContext("Life", MakeCallback(&TwinBehaviour::OnLife, this));
        // Not from here: what it sends at once would pass by an interceptor that isn't in place.
        m_timer = Simulator::ScheduleNow(&TwinBehaviour::Wake, this);
    }
}

TwinBehaviour::~TwinBehaviour()
{
    m_timer.Cancel();
    if (const Ptr<RaftApplication>& first = GetContext().server)
    {
        first->TraceDisconnectWithoutContext("Life", MakeCallback(&TwinBehaviour::OnLife, this));
    }
}

void
TwinBehaviour::OnLife(uint32_t /* server */, bool up)
{
    m_timer.Cancel();
    m_work.clear();
    m_core.reset();
    if (up)
    {
        m_timer = Simulator::ScheduleNow(&TwinBehaviour::Wake, this);
    }
}

void
TwinBehaviour::Wake()
{
    const Ptr<RaftApplication>& first = GetContext().server;
    if (!first->IsUp())
    {
        return; // until it starts
    }
    if (!m_cloned)
    {
        m_durable = first->GetDurable();
        m_cloned = true;
    }
    m_core = std::make_unique<raft::RaftCore>(first->GetCore()->GetConfig(), m_durable);
    Step(raft::Tick{});
}

void
TwinBehaviour::Step(Happening happening)
{
    m_work.push_back(std::move(happening));
    while (!m_work.empty())
    {
        Happening next = std::move(m_work.front());
        m_work.pop_front();
        const raft::Update& update = m_core->Step({m_clock->Now(), Uniform(), std::move(next)});
        if (update.persist)
        {
            // Written before anything of this step is sent, so that no message has to wait.
            raft::ApplyWrite(m_durable, *update.persist);
            m_work.emplace_back(raft::Persisted{update.persist->ticket});
        }
        m_timer.Cancel();
        m_timer =
            Simulator::Schedule(m_clock->Until(update.deadline), &TwinBehaviour::OnTimer, this);
        // A copy: somebody who watches what is sent may make the process die.
        const std::vector<raft::Outgoing> messages = update.messages;
        for (const raft::Outgoing& outgoing : messages)
        {
            Send(outgoing.message);
        }
    }
}

void
TwinBehaviour::OnTimer()
{
    m_cpu->Execute([weak = weak_from_this()] {
        // The processor may have kept it waiting until the fault was over or the process dead.
        const std::shared_ptr<TwinBehaviour> twin = weak.lock();
        if (twin && twin->m_core)
        {
            twin->Step(raft::Tick{});
        }
    });
}

void
TwinBehaviour::Send(const raft::Message& message)
{
    if (!m_core || !IsTarget(message.to))
    {
        return; // others hear of the first
    }
    const uint64_t distance = DistanceToFirst();
    if (distance > 0 && GetContext().report)
    {
        GetContext().report(message.to, false, distance);
    }
    GetContext().server->SendPastInterceptor(message);
}

uint64_t
TwinBehaviour::DistanceToFirst() const
{
    const raft::RaftCore& a = *GetContext().server->GetCore();
    const raft::RaftCore& b = *m_core;
    if (a.GetTerm() != b.GetTerm() || a.GetRole() != b.GetRole() || a.GetVote() != b.GetVote())
    {
        return BEYOND_NOISE;
    }
    const auto gap = [](uint64_t x, uint64_t y) { return x > y ? x - y : y - x; };
    return std::max(gap(a.GetLastIndex(), b.GetLastIndex()),
                    gap(a.GetCommitIndex(), b.GetCommitIndex()));
}

bool
TwinBehaviour::OnRaftArrival(const raft::Message& message)
{
    if (!m_core || !IsTarget(message.from))
    {
        return true;
    }
    Step(raft::Receive{message});
    return false;
}

bool
TwinBehaviour::DeviateMessage(raft::Message& /* message */)
{
    return !m_core;
}

bool
TwinBehaviour::DeviateHeartbeat(HeartbeatHeader& header, uint32_t /* to */)
{
    if (m_core)
    {
        detection::PeerStatus status = header.GetStatus();
        status.term = m_core->GetTerm();
        status.lastIndex = m_core->GetLastIndex();
        status.commitIndex = m_core->GetCommitIndex();
        status.leader = m_core->GetRole() == raft::Role::LEADER;
        header.SetStatus(status);
    }
    return true;
}

} // namespace ns3::faults
