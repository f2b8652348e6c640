#ifndef RAFT_TEST_SUPPORT_H
#define RAFT_TEST_SUPPORT_H

#include "ns3/raft-core.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

namespace ns3::raft::test
{

/** @return milliseconds as a Duration */
Duration Ms(double milliseconds);

/** @return a command entry; entries of equal term and text are equal */
Entry MakeCommand(Term term, const std::string& text);
/** @return a no-op entry */
Entry MakeNoop(Term term);
/** @return a log with these terms; entry i of term t is the command "t/i" on every server */
std::vector<Entry> LogOf(const std::vector<Term>& terms);
/** @return `count` entries that follow a log of `before` entries, made in the way of LogOf() */
std::vector<Entry> EntriesAfter(Index before, const std::vector<Term>& terms);
/** @return the terms in a server's log */
std::vector<Term> TermsOf(const RaftCore& core);

/** @return settings of server `id` of 1..n: elections after 1000 to 2000 ms, heartbeats of 100 ms
 */
Config MakeConfig(ServerId id, uint32_t n);
/** @return what is on stable storage after a crash in this state */
DurableState MakeDurable(Term term, ServerId vote, const std::vector<Term>& logTerms);

/**
 * Server 1 of n, fed by hand. Time moves only as told; random numbers are `random`.
 */
class Driver
{
  public:
    explicit Driver(uint32_t n, DurableState durable = {});
    explicit Driver(Config config, DurableState durable = {});

    /**
     * Elects server 1.
     * @param n servers
     * @param term term that it shall lead, above the last of `logTerms`
     * @param logTerms its log before the no-op
     * @return the leader, its no-op written and sent, nothing acknowledged
     */
    static Driver AsLeader(uint32_t n, Term term, const std::vector<Term>& logTerms = {});

    const Update& Tick(Duration at);
    const Update& Receive(ServerId from, Term term, MessageBody body);
    const Update& Propose(const std::string& text);
    /** Reports all writes as done. */
    const Update& Persist();
    const Update& Persist(uint64_t ticket);
    const Update& Step(Event event);

    RaftCore core;
    Duration now{};
    double random{0};
    uint64_t lastTicket{0};
};

/** @return the only message to a server, of this kind; fails the test and returns {} otherwise */
template <typename Body>
Body
OnlyMessageTo(const Update& update, ServerId to)
{
    const Body* found = nullptr;
    for (const Outgoing& outgoing : update.messages)
    {
        if (outgoing.message.to != to)
        {
            continue;
        }
        const Body* body = std::get_if<Body>(&outgoing.message.body);
        EXPECT_NE(body, nullptr) << "a message of another kind to " << to;
        EXPECT_EQ(found, nullptr) << "two messages to " << to;
        found = body;
    }
    EXPECT_NE(found, nullptr) << "no message to " << to;
    return found ? *found : Body{};
}

/** @return the only rejection's reason, "" if there is none; two of them are joined */
std::string ReasonIn(const Update& update);

} // namespace ns3::raft::test

#endif /* RAFT_TEST_SUPPORT_H */
