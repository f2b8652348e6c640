#include "raft-lockstep.h"

#include <stdexcept>
#include <utility>

namespace ns3::raft::test
{

Lockstep::Lockstep(uint32_t n)
{
    for (ServerId id = 1; id <= n; ++id)
    {
        Start(MakeConfig(id, n));
    }
}

Lockstep::Lockstep(std::vector<Config> configs, std::vector<DurableState> disks)
{
    disks.resize(configs.size());
    for (std::size_t i = 0; i < configs.size(); ++i)
    {
        Start(std::move(configs[i]), std::move(disks[i]));
    }
}

void
Lockstep::Start(Config config, DurableState disk)
{
    const ServerId id = config.id;
    Server& server = m_servers[id];
    server.config = std::move(config);
    server.disk = std::move(disk);
    Restart(id);
}

void
Lockstep::Crash(ServerId id)
{
    m_servers.at(id).core.reset();
}

void
Lockstep::Restart(ServerId id)
{
    Server& server = m_servers.at(id);
    server.core = std::make_unique<RaftCore>(server.config, server.disk);
    server.restored.clear();
    m_checker.AfterRestart(*server.core);
    Do(id, Tick{});
}

const Update&
Lockstep::StepOnce(Server& server, decltype(Event::what) what)
{
    // Elections by chance are not wanted here: the later a server's number, the later its timeout.
    const double random = server.config.id / 10.0;
    const Update& update =
        server.core->Step(Event{now, random < 1 ? random : 0.99, std::move(what)});
    m_checker.AfterStep(*server.core, update);
    server.deadline = update.deadline;
    if (update.restore)
    {
        server.restored = *update.restore->data;
    }
    for (const Outgoing& outgoing : update.messages)
    {
        wire.push_back(outgoing.message);
    }
    return update;
}

Update
Lockstep::Do(ServerId id, decltype(Event::what) what)
{
    Server& server = m_servers.at(id);
    Update all = StepOnce(server, std::move(what));
    for (std::optional<PersistRequest> write = all.persist; write;)
    {
        ApplyWrite(server.disk, *write);
        const Update& update = StepOnce(server, Persisted{write->ticket});
        write = update.persist;
        all.applied.insert(all.applied.end(), update.applied.begin(), update.applied.end());
        all.reads.insert(all.reads.end(), update.reads.begin(), update.reads.end());
        all.messages.insert(all.messages.end(), update.messages.begin(), update.messages.end());
        all.roleChanges.insert(all.roleChanges.end(),
                               update.roleChanges.begin(),
                               update.roleChanges.end());
        all.commitAdvanced = all.commitAdvanced || update.commitAdvanced;
    }
    return all;
}

void
Lockstep::Elect(ServerId id)
{
    Message request{NO_SERVER, id, Core(id).GetTerm(), TimeoutNow{}};
    const ServerId leader = Core(id).GetLeader();
    request.from = leader != NO_SERVER ? leader : (id == 1 ? 2 : 1);
    request.term = std::max<Term>(request.term, 1);
    Do(id, Receive{request});
    Deliver();
    EXPECT_EQ(Core(id).GetRole(), Role::LEADER) << id;
}

Update
Lockstep::DeliverFirst()
{
    const Message message = wire.front();
    wire.pop_front();
    const auto found = m_servers.find(message.to);
    if (found == m_servers.end() || !found->second.core)
    {
        return {};
    }
    return Do(message.to, Receive{message});
}

void
Lockstep::Deliver(const std::function<bool(const Message&)>& loses)
{
    for (int i = 0; !wire.empty(); ++i)
    {
        if (i > 100000)
        {
            throw std::runtime_error("the servers never stop talking");
        }
        if (loses && loses(wire.front()))
        {
            wire.pop_front();
            continue;
        }
        DeliverFirst();
    }
}

void
Lockstep::Pass(Duration span, const std::function<bool(const Message&)>& loses)
{
    const TimePoint end = now + span;
    while (true)
    {
        Server* next = nullptr;
        for (auto& [id, server] : m_servers)
        {
            const bool earlier = !next || server.deadline < next->deadline;
            next = server.core && earlier ? &server : next;
        }
        if (!next || next->deadline > end)
        {
            break;
        }
        now = std::max(now, next->deadline);
        Do(next->config.id, Tick{});
        Deliver(loses);
    }
    now = end;
}

Update
Lockstep::Propose(ServerId id, const std::string& text)
{
    return Do(id, raft::Propose{std::make_shared<const std::string>(text)});
}

ProposalResult
Lockstep::Change(ServerId id, ChangeMembership::Kind kind, ServerId server)
{
    return Do(id, ChangeMembership{kind, server}).proposal.value();
}

Update
Lockstep::Compact(ServerId id, const std::string& data)
{
    return Do(id,
              raft::Compact{Core(id).GetCommitIndex(), std::make_shared<const std::string>(data)});
}

const RaftCore&
Lockstep::Core(ServerId id) const
{
    return *m_servers.at(id).core;
}

const DurableState&
Lockstep::Disk(ServerId id) const
{
    return m_servers.at(id).disk;
}

std::string
Lockstep::Restored(ServerId id) const
{
    return m_servers.at(id).restored;
}

std::function<bool(const Message&)>
Touching(ServerId id)
{
    return [id](const Message& message) { return message.from == id || message.to == id; };
}

} // namespace ns3::raft::test
