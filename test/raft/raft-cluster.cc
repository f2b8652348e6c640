#include "raft-cluster.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace ns3::raft::test
{

Cluster::Cluster(std::vector<Config> configs,
                 World world,
                 uint64_t seed,
                 std::vector<DurableState> disks)
    : m_servers(configs.size()),
      m_world(world),
      m_random(seed)
{
    for (std::size_t i = 0; i < configs.size(); ++i)
    {
        m_servers[i].config = std::move(configs[i]);
        if (i < disks.size())
        {
            m_servers[i].disk = std::move(disks[i]);
        }
    }
}

void
Cluster::FixRandom(ServerId id, double value)
{
    At(id).fixedRandom = value;
}

void
Cluster::Start()
{
    for (ServerId id = 1; id <= m_servers.size(); ++id)
    {
        Restart(id);
    }
}

void
Cluster::RunUntil(TimePoint end)
{
    while (!m_tasks.empty() && m_tasks.top().at <= end)
    {
        const Task task = m_tasks.top();
        m_tasks.pop();
        m_now = task.at;
        task.run();
    }
    m_now = end;
}

void
Cluster::RunFor(Duration span)
{
    RunUntil(m_now + span);
}

World&
Cluster::GetWorld()
{
    return m_world;
}

TimePoint
Cluster::GetNow() const
{
    return m_now;
}

void
Cluster::Crash(ServerId id)
{
    Server& server = At(id);
    server.core.reset();
    server.waiting.clear();
    server.store = KeyValueStore{};
    ++server.life;
}

void
Cluster::Restart(ServerId id)
{
    Server& server = At(id);
    server.core = std::make_unique<RaftCore>(server.config, server.disk);
    server.diskFree = m_now;
    server.reportFree = m_now;
    m_checker.AfterRestart(*server.core);
    StepWith(id, Tick{});
}

bool
Cluster::IsUp(ServerId id) const
{
    return At(id).core != nullptr;
}

void
Cluster::SetCut(ServerId from, ServerId to, bool cut)
{
    if (cut)
    {
        m_cuts.insert({from, to});
    }
    else
    {
        m_cuts.erase({from, to});
    }
}

void
Cluster::HealAll()
{
    m_cuts.clear();
}

ProposalResult
Cluster::Propose(ServerId id, const std::string& command)
{
    if (!IsUp(id))
    {
        return {};
    }
    const Update* update =
        StepWith(id, raft::Propose{std::make_shared<const std::string>(command)});
    return update ? update->proposal.value() : ProposalResult{};
}

std::size_t
Cluster::GetSize() const
{
    return m_servers.size();
}

const RaftCore&
Cluster::GetCore(ServerId id) const
{
    return *At(id).core;
}

const KeyValueStore&
Cluster::GetStore(ServerId id) const
{
    return At(id).store;
}

const DurableState&
Cluster::GetDisk(ServerId id) const
{
    return At(id).disk;
}

const InvariantChecker&
Cluster::GetChecker() const
{
    return m_checker;
}

ServerId
Cluster::FindLeader() const
{
    ServerId leader = NO_SERVER;
    Term term = 0;
    for (ServerId id = 1; id <= m_servers.size(); ++id)
    {
        if (IsUp(id) && GetCore(id).GetRole() == Role::LEADER && GetCore(id).GetTerm() > term)
        {
            leader = id;
            term = GetCore(id).GetTerm();
        }
    }
    return leader;
}

const std::vector<std::string>&
Cluster::GetTranscript() const
{
    return m_transcript;
}

uint64_t
Cluster::GetStepCount() const
{
    return m_steps;
}

Cluster::Server&
Cluster::At(ServerId id)
{
    return m_servers.at(id - 1);
}

const Cluster::Server&
Cluster::At(ServerId id) const
{
    return m_servers.at(id - 1);
}

double
Cluster::Draw()
{
    // Standard distributions differ from one library to the next; this does not.
    return static_cast<double>(m_random() >> 11) * 0x1p-53;
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
    m_tasks.push(Task{at, ++m_order, std::move(run)});
}

void
Cluster::ScheduleFor(ServerId id, TimePoint at, std::function<void()> run)
{
    Schedule(at, [this, id, life = At(id).life, run = std::move(run)] {
        if (At(id).life == life)
        {
            run();
        }
    });
}

const Update*
Cluster::StepWith(ServerId id, decltype(Event::what) what)
{
    const double random = At(id).fixedRandom ? *At(id).fixedRandom : Draw();
    return Step(id, Event{m_now, random, std::move(what)});
}

const Update*
Cluster::Step(ServerId id, Event event)
{
    Server& server = At(id);
    const bool wasDue = !std::holds_alternative<Tick>(event.what) && server.deadline <= m_now;
    const Update& update = server.core->Step(event);
    ++m_steps;
    m_checker.AfterStep(*server.core, update);
    if (update.deadline <= m_now && !wasDue)
    {
        throw std::logic_error("a deadline in the past, although none was due");
    }
    Handle(id, update);
    return server.core ? &update : nullptr;
}

void
Cluster::Handle(ServerId id, const Update& update)
{
    Server& server = At(id);
    for (const RoleChange& change : update.roleChanges)
    {
        static const char* const names[] = {"follower", "candidate", "leader"};
        std::ostringstream line;
        line << id << " is " << names[static_cast<int>(change.role)] << " in term " << change.term;
        if (change.role == Role::FOLLOWER && change.leader != NO_SERVER)
        {
            line << " of " << change.leader;
        }
        Note(line.str());
    }
    for (const Applied& applied : update.applied)
    {
        if (applied.entry.command)
        {
            server.store.Apply(*applied.entry.command);
        }
    }
    if (update.commitAdvanced)
    {
        Note(std::to_string(id) + " commits " + std::to_string(server.core->GetCommitIndex()));
    }
    if (update.persist)
    {
        StartWrite(id, *update.persist);
    }
    if (server.deadline != update.deadline)
    {
        server.deadline = update.deadline;
        ScheduleFor(id, std::max(update.deadline, m_now), [this, id, at = update.deadline] {
            if (At(id).deadline == at)
            {
                At(id).deadline = TimePoint{-1};
                StepWith(id, Tick{});
            }
        });
    }
    for (const Outgoing& outgoing : update.messages)
    {
        if (m_world.crashWhileSending > 0 && Draw() < m_world.crashWhileSending)
        {
            Crash(id);
            return;
        }
        if (outgoing.afterTicket == 0)
        {
            Transmit(outgoing.message);
        }
        else
        {
            server.waiting.push_back(outgoing);
        }
    }
}

void
Cluster::StartWrite(ServerId id, const PersistRequest& request)
{
    Server& server = At(id);
    server.diskFree =
        std::max(server.diskFree, m_now) + DrawBetween(m_world.writeMin, m_world.writeMax);
    ScheduleFor(id, server.diskFree, [this, id, request] { FinishWrite(id, request); });
}

void
Cluster::FinishWrite(ServerId id, const PersistRequest& request)
{
    Server& server = At(id);
    if (request.hardState)
    {
        server.disk.hardState = *request.hardState;
    }
    if (request.firstIndex != 0)
    {
        server.disk.log.resize(request.firstIndex - 1);
        server.disk.log.insert(server.disk.log.end(),
                               request.entries.begin(),
                               request.entries.end());
    }
    if (m_world.crashAfterWrite > 0 && Draw() < m_world.crashAfterWrite)
    {
        Crash(id);
        return;
    }
    // The report takes a moment of its own, in which the server can die with the write done.
    server.reportFree =
        std::max(server.reportFree, m_now) + DrawBetween(Duration::zero(), m_world.writeMax / 4);
    ScheduleFor(id, server.reportFree, [this, id, ticket = request.ticket] {
        ReleaseWaiting(id, ticket);
        StepWith(id, Persisted{ticket});
    });
}

void
Cluster::ReleaseWaiting(ServerId id, uint64_t ticket)
{
    std::vector<Outgoing> kept;
    for (Outgoing& outgoing : At(id).waiting)
    {
        if (outgoing.afterTicket <= ticket)
        {
            Transmit(outgoing.message);
        }
        else
        {
            kept.push_back(std::move(outgoing));
        }
    }
    At(id).waiting = std::move(kept);
}

void
Cluster::Transmit(const Message& message)
{
    const auto* vote = std::get_if<RequestVoteReply>(&message.body);
    if (vote && vote->granted)
    {
        Note(std::to_string(message.from) + " votes for " + std::to_string(message.to) +
             " in term " + std::to_string(message.term));
    }
    const int copies = m_world.duplicate > 0 && Draw() < m_world.duplicate ? 2 : 1;
    for (int i = 0; i < copies; ++i)
    {
        const bool lost = m_world.drop > 0 && Draw() < m_world.drop;
        const Duration delay = DrawBetween(m_world.delayMin, m_world.delayMax);
        if (!lost && m_cuts.count({message.from, message.to}) == 0)
        {
            Schedule(m_now + delay, [this, message] { Deliver(message); });
        }
    }
}

void
Cluster::Deliver(const Message& message)
{
    if (IsUp(message.to))
    {
        StepWith(message.to, Receive{message});
    }
}

void
Cluster::Note(const std::string& line)
{
    std::ostringstream out;
    out << std::chrono::duration<double, std::milli>(m_now).count() << " ms: " << line;
    m_transcript.push_back(out.str());
}

} // namespace ns3::raft::test
