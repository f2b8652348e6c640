// Virtual time and the servers' steps in it.

#include "raft-cluster.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace ns3::raft::test
{

void
Cluster::RunUntil(TimePoint end)
{
    while (!m_tasks.empty() && m_tasks.front().at <= end)
    {
        std::pop_heap(m_tasks.begin(), m_tasks.end(), std::greater<>());
        const Task task = std::move(m_tasks.back());
        m_tasks.pop_back();
        m_now = task.at;
        if (task.server == NO_SERVER || At(task.server).life == task.life)
        {
            task.run();
        }
    }
    m_now = end;
}

void
Cluster::RunFor(Duration span)
{
    RunUntil(m_now + span);
}

void
Cluster::After(Duration delay, std::function<void()> run)
{
    Schedule(m_now + delay, std::move(run));
}

void
Cluster::SendOutside(std::function<void()> run)
{
    for (const Duration delay : DrawArrivals())
    {
        Schedule(m_now + delay, run);
    }
}

double
Cluster::Draw()
{
    // Standard distributions differ from one library to the next; this does not.
    return static_cast<double>(m_random() >> 11) * 0x1p-53;
}

bool
Cluster::Chance(double probability)
{
    return probability > 0 && Draw() < probability;
}

Duration
Cluster::DrawBetween(Duration low, Duration high)
{
    const double span = static_cast<double>((high - low).count());
    return low + Duration(static_cast<Duration::rep>(Draw() * span));
}

void
Cluster::Schedule(TimePoint at, std::function<void()> run)
{
    Push(Task{at, ++m_order, NO_SERVER, 0, std::move(run)});
}

void
Cluster::ScheduleFor(ServerId id, TimePoint at, std::function<void()> run)
{
    Push(Task{at, ++m_order, id, At(id).life, std::move(run)});
}

void
Cluster::Push(Task task)
{
    m_tasks.push_back(std::move(task));
    std::push_heap(m_tasks.begin(), m_tasks.end(), std::greater<>());
}

const Update*
Cluster::StepWith(ServerId id, decltype(Event::what) what)
{
    Server& server = At(id);
    const TimePoint now = server.clock.Read(m_now);
    const double random = server.fixedRandom ? *server.fixedRandom : Draw();
    const bool wasDue = !std::holds_alternative<Tick>(what) && server.deadline <= now;
    const Update& update = server.core->Step(Event{now, random, std::move(what)});
    ++m_tally.steps;
    m_checker.AfterStep(*server.core, update);
    if (update.deadline <= now && !wasDue)
    {
        throw std::logic_error("a deadline in the past, although none was due");
    }
    Handle(id, update);
    return server.core ? &update : nullptr;
}

void
Cluster::Handle(ServerId id, const Update& update)
{
    NoteRoles(id, update);
    ApplyAll(id, update);
    if (update.commitAdvanced && m_keepTranscript)
    {
        Note(std::to_string(id) + " commits " + std::to_string(GetCore(id).GetCommitIndex()));
    }
    if (update.persist)
    {
        StartWrite(id, *update.persist);
    }
    SetDeadline(id, update.deadline);
    TakeSnapshotIfDue(id);
    SendAll(id, update);
}

void
Cluster::NoteRoles(ServerId id, const Update& update)
{
    static const char* const names[] = {"follower", "pre-candidate", "candidate", "leader"};
    for (const RoleChange& change : update.roleChanges)
    {
        if (m_keepTranscript)
        {
            std::string line = std::to_string(id) + " is " + names[static_cast<int>(change.role)] +
                               " in term " + std::to_string(change.term);
            if (change.role == Role::FOLLOWER && change.leader != NO_SERVER)
            {
                line += " of " + std::to_string(change.leader);
            }
            Note(line);
        }
        if (change.role == Role::CANDIDATE)
        {
            At(id).disrupts =
                std::string_view(change.reason).find("hands over") != std::string_view::npos;
        }
        if (change.role == Role::LEADER)
        {
            ++m_tally.elections;
            m_tally.handovers += At(id).disrupts ? 1 : 0;
        }
    }
}

void
Cluster::SetDeadline(ServerId id, TimePoint deadline)
{
    Server& server = At(id);
    if (server.deadline != deadline)
    {
        server.deadline = deadline;
        server.deadlineOrder = ++m_order;
    }
    // Mostly it is put off before it comes: one task looks again when it runs.
    if (!server.wakeAt || *server.wakeAt > std::max(server.clock.When(deadline), m_now))
    {
        Wake(id);
    }
}

void
Cluster::Wake(ServerId id)
{
    Server& server = At(id);
    const TimePoint at = std::max(server.clock.When(server.deadline), m_now);
    server.wakeAt = at;
    Push(Task{at, server.deadlineOrder, id, server.life, [this, id, at] {
                  Server& sleeper = At(id);
                  if (sleeper.wakeAt != at)
                  {
                      return; // it was woken earlier, or its clock was changed
                  }
                  sleeper.wakeAt.reset();
                  if (sleeper.clock.Read(m_now) < sleeper.deadline)
                  {
                      Wake(id);
                      return;
                  }
                  sleeper.deadline = TimePoint::min();
                  StepWith(id, Tick{});
              }});
}

void
Cluster::Note(const std::string& line)
{
    if (m_keepTranscript)
    {
        std::ostringstream out;
        out << std::chrono::duration<double, std::milli>(m_now).count() << " ms: " << line;
        m_transcript.push_back(out.str());
    }
}

} // namespace ns3::raft::test
