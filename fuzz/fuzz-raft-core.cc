// Feeds one server any sequence of events, messages that no correct server sends among them, and
// checks what must hold all the same: nothing throws, no committed entry changes, term and commit
// index never go back, and nothing is said before what it rests on is written.

#include "fuzz-input.h"

#include "ns3/raft-core.h"

#include <deque>
#include <map>
#include <memory>

namespace ns3::fuzz
{

namespace
{

using namespace ns3::raft;
using std::chrono::milliseconds;

Config
TakeConfig(Input& in)
{
    Config config;
    config.id = 1;
    for (ServerId id = 1, servers = static_cast<ServerId>(in.Below(6)); id <= servers; ++id)
    {
        config.servers.push_back(id);
    }
    config.electionTimeoutMin = milliseconds(150);
    config.electionTimeoutMax = milliseconds(300);
    config.heartbeatInterval = milliseconds(50);
    const uint8_t switches = in.Byte();
    config.preVote = (switches & 1) != 0;
    config.checkQuorum = (switches & 2) != 0;
    config.leaderStickiness = (switches & 4) != 0;
    config.leaderWritesFirst = (switches & 8) != 0;
    config.readMode = (switches & 22) == 22 ? ReadMode::LEASE : ReadMode::INDEX;
    config.maxWriteSilence = milliseconds((switches & 32) != 0 ? 80 : 0);
    config.maxBatchEntries = static_cast<uint32_t>(1 + in.Below(4));
    config.maxBatchBytes = static_cast<uint32_t>(1 + in.Below(30));
    config.maxInFlightMessages = static_cast<uint32_t>(1 + in.Below(4));
    config.maxInFlightBytes = in.Byte();
    return config;
}

/** A server and its disk. */
class Server
{
  public:
    explicit Server(Input& in)
        : m_in(in),
          m_config(TakeConfig(in))
    {
        Restart();
    }

    void Run()
    {
        while (!m_in.IsEmpty())
        {
            Act();
        }
    }

  private:
    void Act()
    {
        m_now += milliseconds(m_in.Below(64));
        switch (m_in.Below(16))
        {
        case 0:
            return Step(Tick{});
        case 1:
            m_now += milliseconds(300); // whatever was due
            return Step(Tick{});
        case 2:
            return Step(Propose{std::make_shared<const std::string>(m_in.Text(m_in.Below(9)))});
        case 3:
            return Step(Read{m_in.Byte()});
        case 4:
            return Step(Persisted{m_in.Near(m_core->GetDurableTicket())});
        case 5:
            return Step(Persisted{m_lastTicket});
        case 6:
            return Step(Compact{m_in.Near(m_core->GetCommitIndex()),
                                std::make_shared<const std::string>(m_in.Text(m_in.Below(9)))});
        case 7:
            return Step(ChangeMembership{static_cast<ChangeMembership::Kind>(m_in.Below(3)),
                                         static_cast<ServerId>(m_in.Below(9))});
        case 8:
            return Step(TransferLeadership{static_cast<ServerId>(m_in.Below(7))});
        case 9:
            m_now -= milliseconds(m_in.Below(2) * 500); // somebody sets the clock
            return Crash();
        default:
            return Step(Receive{TakeMessage()});
        }
    }

    Payload TakePayload(EntryType type)
    {
        if (type == EntryType::NOOP && m_in.Byte() != 255)
        {
            return nullptr;
        }
        if (type == EntryType::MEMBERSHIP)
        {
            Membership members;
            for (uint64_t i = m_in.Below(5); i > 0; --i)
            {
                members.AddVoter(static_cast<ServerId>(1 + m_in.Below(6)));
            }
            return std::make_shared<const std::string>(members.Encode());
        }
        return std::make_shared<const std::string>(m_in.Text(m_in.Below(5)));
    }

    Entry TakeEntry()
    {
        Entry entry;
        entry.term = m_in.Near(m_core->GetTerm());
        entry.type = static_cast<EntryType>(m_in.Below(m_in.Byte() == 255 ? 256 : 3));
        entry.command = TakePayload(entry.type);
        return entry;
    }

    /** A place in the log, with its true term or another one. */
    void TakePosition(Index& index, Term& term)
    {
        index = m_in.Near(m_in.Flag() ? m_core->GetLastIndex() : m_core->GetCommitIndex());
        term = m_in.Byte() < 200 ? m_core->GetLog().GetTerm(index) : m_in.Near(m_core->GetTerm());
    }

    MessageBody TakeBody()
    {
        switch (m_in.Below(7))
        {
        case 0: {
            RequestVote request;
            TakePosition(request.lastLogIndex, request.lastLogTerm);
            request.preVote = m_in.Flag();
            request.disruptLeader = m_in.Flag();
            return request;
        }
        case 1: {
            const bool granted = m_in.Flag();
            return RequestVoteReply{granted, m_in.Flag()};
        }
        case 2: {
            AppendEntries append;
            TakePosition(append.prevLogIndex, append.prevLogTerm);
            append.commitIndex = m_in.Near(m_core->GetLastIndex());
            for (uint64_t i = m_in.Below(5); i > 0; --i)
            {
                append.entries.push_back(TakeEntry());
            }
            append.round = m_in.Near(3);
            return append;
        }
        case 3: {
            AppendEntriesReply reply;
            reply.success = m_in.Flag();
            reply.prevLogIndex = m_in.Near(m_core->GetLastIndex());
            reply.matchIndex = reply.success ? m_in.Near(m_core->GetLastIndex()) : m_in.Below(2);
            reply.conflictIndex = reply.success ? m_in.Below(2) : m_in.Near(reply.prevLogIndex);
            reply.conflictTerm = reply.success ? m_in.Below(2) : m_in.Near(m_core->GetTerm());
            reply.round = m_in.Near(3);
            return reply;
        }
        case 4: {
            InstallSnapshot chunk;
            TakePosition(chunk.lastIndex, chunk.lastTerm);
            chunk.membership =
                TakePayload(m_in.Byte() == 255 ? EntryType::COMMAND : EntryType::MEMBERSHIP);
            chunk.offset = m_in.Near(0);
            chunk.data = TakePayload(m_in.Byte() == 255 ? EntryType::NOOP : EntryType::COMMAND);
            chunk.done = m_in.Flag();
            chunk.round = m_in.Near(3);
            return chunk;
        }
        case 5: {
            InstallSnapshotReply reply;
            reply.lastIndex = m_in.Near(m_core->GetLog().GetBaseIndex());
            reply.offset = m_in.Near(4);
            reply.installed = m_in.Flag();
            reply.round = m_in.Near(3);
            return reply;
        }
        default:
            return TimeoutNow{};
        }
    }

    Message TakeMessage()
    {
        Message message;
        message.from = static_cast<ServerId>(m_in.Below(8));
        message.to = m_in.Byte() == 255 ? 7 : 1;
        message.term = m_in.Near(m_core->GetTerm());
        message.body = TakeBody();
        return message;
    }

    void Step(decltype(Event::what) what)
    {
        const Term term = m_core->GetTerm();
        const ServerId vote = m_core->GetVote();
        const Index commit = m_core->GetCommitIndex();
        const double random = static_cast<double>(m_in.Byte()) / 256;
        if (const auto* persisted = std::get_if<Persisted>(&what))
        {
            WriteUpTo(persisted->ticket);
        }
        const Update& update = m_core->Step(Event{m_now, random, std::move(what)});
        Require(m_core->GetTerm() >= term, "the term never goes back");
        Require(m_core->GetTerm() > term || vote == NO_SERVER || m_core->GetVote() == vote,
                "one vote a term");
        Require(m_core->GetCommitIndex() >= commit, "the commit index never goes back");
        Require(m_core->GetCommitIndex() <= m_core->GetLastIndex(), "what is committed is held");
        if (update.persist)
        {
            Require(update.persist->ticket == m_lastTicket + 1, "tickets count up by one");
            m_lastTicket = update.persist->ticket;
            m_hardStateTicket = update.persist->hardState ? m_lastTicket : m_hardStateTicket;
            m_writes.push_back(*update.persist);
        }
        CheckCommitted(update);
        for (const Outgoing& outgoing : update.messages)
        {
            CheckMessage(outgoing);
        }
    }

    void CheckCommitted(const Update& update)
    {
        if (update.restore)
        {
            Require(update.restore->lastIndex > m_applied, "no snapshot of what is applied");
            m_applied = update.restore->lastIndex;
        }
        for (const Applied& applied : update.applied)
        {
            Require(applied.index == m_applied + 1, "entries are applied in order, once each");
            m_applied = applied.index;
            m_committed[applied.index] = applied.entry;
        }
        Require(m_applied == m_core->GetCommitIndex(), "what is committed is applied");
        const RaftLog& log = m_core->GetLog();
        for (const auto& [index, entry] : m_committed)
        {
            Require(!log.Holds(index) || log.GetEntry(index) == entry,
                    "a committed entry never changes");
        }
    }

    void CheckMessage(const Outgoing& outgoing)
    {
        Require(outgoing.afterTicket <= m_lastTicket, "a message waits for a write that exists");
        const uint64_t written = std::max(outgoing.afterTicket, m_core->GetDurableTicket());
        Require(written >= m_hardStateTicket, "term and vote are written before anybody hears");
        Require(outgoing.message.from == 1 && outgoing.message.to != 1, "others are written to");
        const auto* reply = std::get_if<AppendEntriesReply>(&outgoing.message.body);
        if (!reply || !reply->success)
        {
            return;
        }
        DurableState then = m_disk;
        for (const PersistRequest& write : m_writes)
        {
            if (write.ticket <= written)
            {
                ApplyWrite(then, write);
            }
        }
        Require(then.snapshot.lastIndex + then.log.size() >= reply->matchIndex,
                "entries are written before they are acknowledged");
    }

    void WriteUpTo(uint64_t ticket)
    {
        while (ticket <= m_lastTicket && !m_writes.empty() && m_writes.front().ticket <= ticket)
        {
            ApplyWrite(m_disk, std::move(m_writes.front()));
            m_writes.pop_front();
        }
    }

    void Crash()
    {
        // The disk may have got further than it could report.
        WriteUpTo(m_core->GetDurableTicket() + m_in.Below(4));
        m_writes.clear();
        Restart();
    }

    void Restart()
    {
        m_core = std::make_unique<RaftCore>(m_config, m_disk);
        m_lastTicket = 0;
        m_hardStateTicket = 0;
        m_applied = m_disk.snapshot.lastIndex;
        m_committed.clear();
        Step(Tick{});
    }

    Input& m_in;
    Config m_config;
    DurableState m_disk;
    std::unique_ptr<RaftCore> m_core;
    TimePoint m_now{};
    std::deque<PersistRequest> m_writes; //!< not on the disk yet, in order
    uint64_t m_lastTicket{0};
    uint64_t m_hardStateTicket{0}; //!< latest write that holds a term and vote
    Index m_applied{0};
    std::map<Index, Entry> m_committed; //!< in this life
};

} // namespace

} // namespace ns3::fuzz

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ns3::fuzz::Input in(data, size);
    ns3::fuzz::Server(in).Run();
    return 0;
}
