#include "node-service-queue.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{

NodeServiceQueue::~NodeServiceQueue()
{
    m_finish.Cancel();
}

bool
NodeServiceQueue::IsFree() const
{
    return m_jobs.empty() && !IsStalled();
}

void
NodeServiceQueue::Submit(Time latency, Time cost, std::function<void()> work)
{
    m_jobs.push_back(Job{Simulator::Now() + latency, cost, std::move(work)});
    if (m_jobs.size() == 1)
    {
        StartHead();
    }
}

void
NodeServiceQueue::StallFor(Time span)
{
    const Time now = Simulator::Now();
    const Time before = std::max(m_stalledUntil, now);
    m_stalledUntil = std::max(before, now + span);
    if (m_jobs.empty() || m_stalledUntil == before)
    {
        return;
    }
    if (m_headStart < now)
    {
        m_headEnd += m_stalledUntil - before;
    }
    else
    {
        m_headStart = std::max(m_headStart, m_stalledUntil);
        m_headEnd = m_headStart + m_jobs.front().cost;
    }
    m_finish.Cancel();
    m_finish = Simulator::Schedule(m_headEnd - now, &NodeServiceQueue::FinishHead, this);
}

bool
NodeServiceQueue::IsStalled() const
{
    return m_stalledUntil > Simulator::Now();
}

void
NodeServiceQueue::Clear()
{
    m_finish.Cancel();
    m_jobs.clear();
    m_stalledUntil = Time(0);
}

std::size_t
NodeServiceQueue::Size() const
{
    return m_jobs.size();
}

void
NodeServiceQueue::StartHead()
{
    const Time now = Simulator::Now();
    const Job& head = m_jobs.front();
    m_headStart = std::max({head.ready, now, m_stalledUntil});
    m_headEnd = m_headStart + head.cost;
    m_finish = Simulator::Schedule(m_headEnd - now, &NodeServiceQueue::FinishHead, this);
}

void
NodeServiceQueue::FinishHead()
{
    // The next job is under way before this one's work runs: the work may submit, stall or clear.
    std::function<void()> work = std::move(m_jobs.front().work);
    m_jobs.pop_front();
    if (!m_jobs.empty())
    {
        StartHead();
    }
    work();
}

} // namespace ns3
