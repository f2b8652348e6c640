#include "evidence-cluster.h"

#include <gtest/gtest.h>

namespace nctest
{

namespace ev = ns3::evidence;
using namespace ns3::raft;
using namespace std::chrono_literals;

EvidenceCluster::EvidenceCluster(uint64_t seed, ClusterFaults faults)
    : m_faults(std::move(faults)),
      m_random(seed),
      m_servers(SERVERS)
{
    for (ServerId id = 1; id <= SERVERS; ++id)
    {
        Start(id);
        At(Duration(int64_t(Uniform() * 1e8)), [this, id] { Gossip(id); });
    }
}

double
EvidenceCluster::Uniform()
{
    return std::uniform_real_distribution<double>(0, 1)(m_random);
}

bool
EvidenceCluster::IsCorrect(ServerId id) const
{
    return m_faults.deviations.count(id) + m_faults.witnesses.count(id) == 0;
}

void
EvidenceCluster::At(TimePoint time, std::function<void()> what)
{
    m_events.emplace(time, std::move(what));
}

void
EvidenceCluster::Run(Duration time)
{
    TimePoint nextCommand = 1s;
    TimePoint nextCrash = 2s;
    while (m_now < time)
    {
        const auto event = m_events.begin();
        m_now = event->first;
        const auto what = std::move(event->second);
        m_events.erase(event);
        what();
        for (ServerId id = 1; id <= SERVERS && m_now >= nextCommand; ++id)
        {
            Server& server = m_servers[id - 1];
            if (server.core && server.core->GetRole() == Role::LEADER)
            {
                const std::string text = "put " + std::to_string(++m_commands);
                Feed(id, Propose{std::make_shared<const std::string>(text)});
            }
        }
        nextCommand = std::max(nextCommand, m_now >= nextCommand ? m_now + 25ms : nextCommand);
        if (m_faults.crashes && m_now >= nextCrash)
        {
            nextCrash = m_now + Duration(int64_t(Uniform() * 2e9));
            Crash(1 + static_cast<ServerId>(Uniform() * SERVERS));
        }
    }
    for (Server& server : m_servers)
    {
        forged += server.witness ? server.witness->GetForged() : 0;
        committed = std::max(committed, server.core ? server.core->GetCommitIndex() : 0);
    }
}

void
EvidenceCluster::Start(ServerId id)
{
    Server& server = m_servers[id - 1];
    Config config;
    config.id = id;
    for (ServerId peer = 1; peer <= SERVERS; ++peer)
    {
        config.servers.push_back(peer);
    }
    config.electionTimeoutMin = 150ms;
    config.electionTimeoutMax = 300ms;
    config.heartbeatInterval = 40ms;
    config.preVote = m_random() % 2 == 0;
    config.leaderStickiness = m_random() % 2 == 0;
    config.maxInFlightMessages = 1 + m_random() % 4;
    server.core = std::make_unique<RaftCore>(config, server.durable);
    server.sealer = std::make_unique<ev::Sealer>(m_signers.Of(id));
    server.witness = std::make_unique<ev::Witness>(id, m_signers.Ring());
    ++server.life;
    Feed(id, Tick{});
}

void
EvidenceCluster::Crash(ServerId id)
{
    Server& server = m_servers[id - 1];
    if (!server.core)
    {
        return;
    }
    ++crashes;
    if (!server.writes.empty() && m_random() % 2 == 0)
    {
        // A torn write: term and vote are there, what follows is not, or only in part.
        PersistRequest torn = server.writes.front();
        torn.entries.resize(torn.entries.size() / 2);
        torn.snapshot.reset();
        ApplyWrite(server.durable, std::move(torn));
    }
    forged += server.witness->GetForged();
    server.writes.clear();
    server.held.clear();
    server.core.reset();
    server.sealer.reset();
    server.witness.reset();
    ++server.life;
    At(m_now + Duration(int64_t(Uniform() * 1.5e9)), [this, id] { Start(id); });
}

void
EvidenceCluster::Feed(ServerId id, Happening what, Index reach, ev::Receipt receipt)
{
    Server& server = m_servers[id - 1];
    const Update update = server.core->Step({m_now, Uniform(), std::move(what)});
    for (const auto& change : update.roleChanges)
    {
        if (change.role == Role::LEADER)
        {
            ++terms;
            server.elected = change.term;
            server.sealer->BecomeLeader(change.term);
        }
    }
    for (const auto& outgoing : update.messages)
    {
        server.held.push_back({outgoing.message, reach, receipt, outgoing.afterTicket});
    }
    if (update.persist)
    {
        Write(id, *update.persist);
    }
    const uint64_t durable = server.core->GetDurableTicket();
    for (auto letter = server.held.begin(); letter != server.held.end();)
    {
        if (letter->afterTicket <= durable)
        {
            Send(id, *letter);
            letter = server.held.erase(letter);
        }
        else
        {
            ++letter;
        }
    }
    server.deadline = update.deadline;
    At(std::max(update.deadline, m_now + 1us), [this, id, life = server.life] {
        const Server& later = m_servers[id - 1];
        if (life == later.life && m_now >= later.deadline)
        {
            Feed(id, Tick{});
        }
    });
}

void
EvidenceCluster::Write(ServerId id, const PersistRequest& request)
{
    Server& server = m_servers[id - 1];
    server.writes.push_back(request);
    At(m_now + Duration(int64_t(1e6 + Uniform() * 3e7)), [this, id, life = server.life] {
        Server& later = m_servers[id - 1];
        if (life == later.life && !later.writes.empty())
        {
            const uint64_t ticket = later.writes.front().ticket;
            ApplyWrite(later.durable, std::move(later.writes.front()));
            later.writes.pop_front();
            Feed(id, Persisted{ticket});
        }
    });
}

void
EvidenceCluster::Send(ServerId id, const Letter& letter)
{
    Letter sent = letter;
    const auto deviation = m_faults.deviations.find(id);
    if (deviation != m_faults.deviations.end())
    {
        deviation->second(sent.message, m_random);
    }
    if (sent.message.to == 0)
    {
        return;
    }
    const ev::Seal seal = m_servers[id - 1].sealer->Sign(sent.message, sent.receipt);
    if (IsCorrect(id) && ev::HasLeads(sent.message))
    {
        fewestVotes = std::min(fewestVotes, seal.voters.Count());
    }
    const int copies = Uniform() < m_faults.loss ? 0 : Uniform() < 0.02 ? 2 : 1;
    for (int i = 0; i < copies; ++i)
    {
        At(m_now + Duration(int64_t(1e6 + Uniform() * 1.5e7)),
           [this, sent, seal] { Deliver(sent, seal); });
    }
}

void
EvidenceCluster::Deliver(const Letter& letter, const ev::Seal& seal)
{
    const Message& message = letter.message;
    Server& server = m_servers[message.to - 1];
    if (!server.core)
    {
        return;
    }
    ASSERT_STREQ(ev::FindForgery(*m_signers.Ring(), message, seal), nullptr);
    if (IsCorrect(message.to))
    {
        Judge(letter);
    }
    Note(message.to, server.witness->Receive(message, seal));
    if (ev::HasVote(message) && server.core->GetRole() == Role::CANDIDATE &&
        message.term == server.core->GetTerm())
    {
        server.sealer->AddVote(ev::VoteIn(message, seal));
    }
    Index reach = 0;
    if (const auto* append = std::get_if<AppendEntries>(&message.body))
    {
        reach = append->prevLogIndex + append->entries.size();
    }
    Feed(message.to, Receive{message}, reach, ev::ReceiptOf(message, seal));
}

void
EvidenceCluster::Gossip(ServerId id)
{
    for (ServerId to = 1; to <= SERVERS && m_servers[id - 1].witness; ++to)
    {
        ev::Digest digest;
        m_servers[id - 1].witness->Tell(to, digest);
        const auto liar = m_faults.witnesses.find(id);
        if (liar != m_faults.witnesses.end())
        {
            liar->second(digest, m_random);
        }
        if (to != id && Uniform() >= m_faults.loss)
        {
            At(m_now + Duration(int64_t(1e6 + Uniform() * 1.5e7)), [this, id, to, digest] {
                if (m_servers[to - 1].witness)
                {
                    Note(to, m_servers[to - 1].witness->Listen(id, digest));
                }
            });
        }
    }
    At(m_now + 100ms, [this, id] { Gossip(id); });
}

void
EvidenceCluster::Note(ServerId observer, const std::vector<ev::Proof>& found)
{
    static const char* const kinds[] = {"vote",
                                        "vote",
                                        "certificate",
                                        "entries",
                                        "acknowledgement"};
    for (const auto& proof : found)
    {
        ++proofs;
        EXPECT_TRUE(m_faults.deviations.count(proof.accused) == 1)
            << "server " << proof.accused << " is innocent of " << ev::RuleName(proof.rule)
            << " in term " << proof.term;
        if (IsCorrect(observer))
        {
            const auto kind = kinds[static_cast<std::size_t>(proof.rule)];
            proven.emplace(Offence{proof.accused, kind, proof.term}, m_now);
        }
    }
}

void
EvidenceCluster::Judge(const Letter& letter)
{
    const Message& m = letter.message;
    if (ev::HasVote(m))
    {
        const bool own = std::holds_alternative<RequestVote>(m.body);
        auto& candidates = m_votes[{m.from, m.term}];
        candidates.insert(own ? m.from : m.to);
        if (candidates.size() > 1)
        {
            Convict({m.from, "vote", m.term});
        }
    }
    else if (const auto* reply = std::get_if<AppendEntriesReply>(&m.body))
    {
        if (reply->success && reply->matchIndex > letter.reach)
        {
            Convict({m.from, "acknowledgement", m.term});
        }
    }
    else if (const auto* append = std::get_if<AppendEntries>(&m.body))
    {
        if (m_servers[m.from - 1].elected < m.term)
        {
            Convict({m.from, "certificate", m.term});
            return;
        }
        Index index = append->prevLogIndex;
        for (const Entry& entry : append->entries)
        {
            auto& stories = m_entries[{m.from, m.term, ++index}];
            stories.emplace(entry.term, entry.command ? *entry.command : "no-op");
            if (stories.size() > 1)
            {
                Convict({m.from, "entries", m.term});
            }
        }
    }
}

void
EvidenceCluster::Convict(const Offence& offence)
{
    EXPECT_FALSE(IsCorrect(std::get<0>(offence)))
        << "a correct server did " << std::get<1>(offence);
    provable.emplace(offence, m_now);
}

} // namespace nctest
