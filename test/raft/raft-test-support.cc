#include "raft-test-support.h"

#include <utility>

namespace ns3::raft::test
{

Duration
Ms(double milliseconds)
{
    return Duration(static_cast<Duration::rep>(milliseconds * 1e6));
}

Entry
MakeCommand(Term term, const std::string& text)
{
    return Entry{term, EntryType::COMMAND, std::make_shared<const std::string>(text)};
}

Entry
MakeNoop(Term term)
{
    return Entry{term, EntryType::NOOP, nullptr};
}

std::vector<Entry>
LogOf(const std::vector<Term>& terms)
{
    return EntriesAfter(0, terms);
}

std::vector<Entry>
EntriesAfter(Index before, const std::vector<Term>& terms)
{
    std::vector<Entry> entries;
    for (const Term term : terms)
    {
        ++before;
        entries.push_back(MakeCommand(term, std::to_string(term) + "/" + std::to_string(before)));
    }
    return entries;
}

std::vector<Term>
TermsOf(const RaftCore& core)
{
    std::vector<Term> terms;
    for (Index i = core.GetLog().GetFirstIndex(); i <= core.GetLastIndex(); ++i)
    {
        terms.push_back(core.GetLog().GetTerm(i));
    }
    return terms;
}

Config
MakeConfig(ServerId id, uint32_t n)
{
    Config config;
    config.id = id;
    for (ServerId server = 1; server <= n; ++server)
    {
        config.servers.push_back(server);
    }
    config.electionTimeoutMin = Ms(1000);
    config.electionTimeoutMax = Ms(2000);
    config.heartbeatInterval = Ms(100);
    return config;
}

DurableState
MakeDurable(Term term, ServerId vote, const std::vector<Term>& logTerms)
{
    return DurableState{HardState{term, vote}, LogOf(logTerms)};
}

Driver::Driver(uint32_t n, DurableState durable)
    : Driver(MakeConfig(1, n), std::move(durable))
{
}

Driver::Driver(Config config, DurableState durable)
    : core(std::move(config), std::move(durable))
{
    Tick(Ms(0));
}

Driver
Driver::AsLeader(uint32_t n, Term term, const std::vector<Term>& logTerms)
{
    Driver driver(n, MakeDurable(term - 1, NO_SERVER, logTerms));
    driver.Tick(Ms(1000));
    driver.Persist();
    for (ServerId voter = 2; driver.core.GetRole() != Role::LEADER && voter <= n; ++voter)
    {
        driver.Receive(voter, term, RequestVoteReply{true});
    }
    EXPECT_EQ(driver.core.GetRole(), Role::LEADER);
    driver.Persist();
    return driver;
}

const Update&
Driver::Tick(Duration at)
{
    now = at;
    return Step(Event{now, random, raft::Tick{}});
}

const Update&
Driver::Receive(ServerId from, Term term, MessageBody body)
{
    Message message{from, core.GetId(), term, std::move(body)};
    return Step(Event{now, random, raft::Receive{std::move(message)}});
}

const Update&
Driver::Propose(const std::string& text)
{
    return Step(Event{now, random, raft::Propose{std::make_shared<const std::string>(text)}});
}

const Update&
Driver::Persist()
{
    return Persist(lastTicket);
}

const Update&
Driver::Persist(uint64_t ticket)
{
    return Step(Event{now, random, Persisted{ticket}});
}

const Update&
Driver::Step(Event event)
{
    const Update& update = core.Step(event);
    if (update.persist)
    {
        EXPECT_EQ(update.persist->ticket, lastTicket + 1) << "tickets count up by one";
        lastTicket = update.persist->ticket;
    }
    return update;
}

std::string
ReasonIn(const Update& update)
{
    std::string reasons;
    for (const Rejection& rejection : update.rejections)
    {
        reasons += (reasons.empty() ? "" : " | ") + std::string(rejection.reason);
    }
    return reasons;
}

} // namespace ns3::raft::test
