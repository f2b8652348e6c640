#include "raft-torment-clients.h"

#include "ns3/raft-command.h"

#include <algorithm>
#include <utility>

namespace ns3::raft::test
{

Clients::Clients(Cluster& cluster, ClientPlan plan, uint64_t seed)
    : m_cluster(cluster),
      m_plan(plan),
      m_random(seed),
      m_clients(plan.clients),
      m_answered(plan.clients),
      m_order(cluster.GetSize()),
      m_proposed(cluster.GetSize() + 1),
      m_reads(cluster.GetSize() + 1)
{
    cluster.SetWatcher(this);
}

void
Clients::Start()
{
    m_running = true;
    for (uint32_t client = 0; client < m_plan.clients; ++client)
    {
        for (uint32_t lane = 0; lane < m_plan.lanes; ++lane)
        {
            Next(client, lane);
        }
    }
}

void
Clients::BePatient()
{
    m_plan.timeout = std::chrono::seconds(1);
    m_plan.maxAttempts = UINT32_MAX;
    m_plan.followRedirects = true;
}

void
Clients::Stop()
{
    m_running = false;
}

bool
Clients::AreIdle() const
{
    return m_calls.empty();
}

const std::vector<HistoryOperation>&
Clients::GetHistory() const
{
    return m_history;
}

const ClientTally&
Clients::GetTally() const
{
    return m_tally;
}

const std::vector<uint64_t>&
Clients::GetAnswered() const
{
    return m_answered;
}

uint64_t
Clients::Below(uint64_t bound)
{
    return m_random() % bound;
}

void
Clients::Next(uint32_t id, uint32_t lane)
{
    Client& client = m_clients[id];
    if (!m_running)
    {
        return;
    }
    if (client.session == 0)
    {
        client.idleLanes.push_back(lane);
        Register(id);
        return;
    }
    Call call;
    call.client = id;
    call.lane = lane;
    call.key = std::string(1, static_cast<char>('a' + Below(m_plan.keys)));
    const double kind = static_cast<double>(Below(1000)) / 1000;
    call.kind = kind < m_plan.reads                     ? Kind::READ
                : kind < m_plan.reads + m_plan.logReads ? Kind::LOG_READ
                                                        : Kind::WRITE;
    if (call.kind == Kind::WRITE)
    {
        call.value = std::to_string(++m_lastValue);
    }
    if (call.kind != Kind::READ)
    {
        call.session = client.session;
        call.request = ++client.lastRequest;
        client.open.insert(call.request);
    }
    Record(call);
    Begin(std::move(call));
}

void
Clients::Record(Call& call)
{
    call.place = m_history.size();
    m_history.push_back({call.client + 1,
                         call.kind == Kind::WRITE,
                         call.key,
                         call.value,
                         m_cluster.GetNow(),
                         std::nullopt});
}

void
Clients::Probe(ServerId server, bool write)
{
    Call call;
    call.client = m_plan.clients;
    call.kind = write ? Kind::WRITE : Kind::READ;
    call.key = "a";
    call.value = write ? std::to_string(++m_lastValue) : "";
    call.attempt = 1;
    call.probe = true;
    Record(call);
    const uint64_t number = ++m_lastCall;
    const std::string what = write ? Encode(call) : call.key;
    const Kind kind = call.kind;
    m_calls.emplace(number, std::move(call));
    m_cluster.After(m_plan.timeout, [this, number] { OnTimeout(number, 1); });
    Serve(server, number, 1, kind, what);
}

void
Clients::Register(uint32_t id)
{
    Client& client = m_clients[id];
    if (!client.registering)
    {
        client.registering = true;
        Call call;
        call.client = id;
        call.kind = Kind::REGISTER;
        Begin(std::move(call));
    }
}

void
Clients::Begin(Call call)
{
    call.target = m_clients[call.client].target;
    m_calls.emplace(++m_lastCall, std::move(call));
    Attempt(m_lastCall);
}

void
Clients::Attempt(uint64_t number)
{
    Call& call = m_calls.at(number);
    const uint32_t attempt = ++call.attempt;
    m_tally.retries += attempt > 1 ? 1 : 0;
    m_cluster.SendOutside([this,
                           number,
                           attempt,
                           to = call.target,
                           kind = call.kind,
                           what = call.kind == Kind::READ ? call.key : Encode(call)] {
        Serve(to, number, attempt, kind, what);
    });
    m_cluster.After(m_plan.timeout, [this, number, attempt] { OnTimeout(number, attempt); });
}

std::string
Clients::Encode(const Call& call) const
{
    Command command;
    command.client = call.client + 1;
    if (call.kind == Kind::REGISTER)
    {
        command.op = CommandOp::REGISTER;
        return command.Encode();
    }
    command.op = call.kind == Kind::WRITE ? CommandOp::PUT : CommandOp::GET;
    command.session = call.session;
    command.request = call.request;
    // A later session counts anew; what is left over of an earlier one acknowledges nothing.
    if (!call.probe && call.session == m_clients[call.client].session &&
        !m_clients[call.client].open.empty())
    {
        command.acknowledged = *m_clients[call.client].open.begin();
    }
    command.key = call.key;
    command.value = call.value;
    return command.Encode();
}

void
Clients::OnTimeout(uint64_t number, uint32_t attempt)
{
    const auto found = m_calls.find(number);
    if (found == m_calls.end() || found->second.attempt != attempt)
    {
        return;
    }
    Call& call = found->second;
    if (call.probe)
    {
        m_calls.erase(found);
        return;
    }
    if (attempt >= m_plan.maxAttempts && call.kind != Kind::REGISTER)
    {
        Finish(number, false);
        return;
    }
    call.target = AnotherServer(call.target);
    Attempt(number);
}

void
Clients::OnAnswer(uint64_t number, const Answer& answer)
{
    const auto found = m_calls.find(number);
    if (found == m_calls.end())
    {
        return; // given up, or answered before
    }
    Call& call = found->second;
    if (answer.done)
    {
        if (!call.probe)
        {
            m_clients[call.client].target = call.target;
        }
        if (call.kind == Kind::REGISTER)
        {
            OnRegistered(call, answer);
            m_calls.erase(number);
            return;
        }
        if (answer.expired)
        {
            ++m_tally.expired;
            Client& client = m_clients[call.client];
            if (client.session == call.session)
            {
                client.session = 0;
                client.open.clear();
                client.lastRequest = 0;
            }
            Finish(number, false); // an earlier attempt may have been in time
            return;
        }
        HistoryOperation& operation = m_history[call.place];
        operation.ret = m_cluster.GetNow();
        if (call.kind != Kind::WRITE)
        {
            operation.value = answer.value;
        }
        else if (!m_order.Contains(call.value))
        {
            throw std::logic_error("the write of \"" + call.value +
                                   "\" was acknowledged, but no server has applied it");
        }
        Finish(number, true);
        return;
    }
    if (call.probe)
    {
        m_calls.erase(found);
        return;
    }
    if (answer.attempt != call.attempt)
    {
        return; // it has asked somebody else since
    }
    ++m_tally.redirects;
    if (m_plan.followRedirects && answer.leader != NO_SERVER)
    {
        call.target = answer.leader;
        Attempt(number);
    } // else it waits a little, until its time-out, and asks another one
}

void
Clients::OnRegistered(const Call& call, const Answer& answer)
{
    Client& client = m_clients[call.client];
    client.registering = false;
    client.session = answer.session;
    for (const uint32_t lane : std::exchange(client.idleLanes, {}))
    {
        m_cluster.After(Duration::zero(), [this, id = call.client, lane] { Next(id, lane); });
    }
}

void
Clients::Finish(uint64_t number, bool answered)
{
    const Call call = std::move(m_calls.at(number));
    m_calls.erase(number);
    if (call.probe)
    {
        return;
    }
    Client& client = m_clients[call.client];
    if (client.session == call.session)
    {
        client.open.erase(call.request);
    }
    if (answered)
    {
        ++m_answered[call.client];
        m_tally.writes += call.kind == Kind::WRITE ? 1 : 0;
        m_tally.logReads += call.kind == Kind::LOG_READ ? 1 : 0;
    }
    else
    {
        m_tally.unknown += call.kind == Kind::WRITE ? 1 : 0;
        client.target = AnotherServer(call.target);
    }
    const Duration think = m_plan.maxThinkTime * static_cast<int64_t>(Below(1000)) / 1000;
    m_cluster.After(think, [this, call] { Next(call.client, call.lane); });
}

ServerId
Clients::AnotherServer(ServerId but)
{
    const auto size = static_cast<ServerId>(m_cluster.GetSize());
    if (size == 1)
    {
        return 1;
    }
    const auto drawn = static_cast<ServerId>(1 + Below(size - 1));
    return drawn < but ? drawn : drawn + 1;
}

} // namespace ns3::raft::test
