// The state machine: keys, sessions in which a repeated request is applied once, snapshots.

#include "ns3/raft-key-value-store.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace ns3::raft::test
{

namespace
{

using Status = CommandResult::Status;

/** A store and the log that it applies. */
class Log
{
  public:
    explicit Log(std::size_t maxSessions = KeyValueStore::DEFAULT_MAX_SESSIONS)
        : store(maxSessions)
    {
    }

    CommandResult Apply(const std::string& bytes)
    {
        return store.Apply(++m_index, bytes);
    }

    CommandResult Apply(const Command& command)
    {
        return Apply(command.Encode());
    }

    uint64_t Register()
    {
        return Apply(Command{7, 0, 0, 0, CommandOp::REGISTER, "", ""}).session;
    }

    CommandResult Put(uint64_t session,
                      uint64_t request,
                      const std::string& value,
                      uint64_t acknowledged = 0)
    {
        return Apply(Command{7, session, request, acknowledged, CommandOp::PUT, "k", value});
    }

    CommandResult Get(uint64_t session, uint64_t request, const std::string& key = "k")
    {
        return Apply(Command{7, session, request, 0, CommandOp::GET, key, ""});
    }

    KeyValueStore store;

  private:
    Index m_index{0};
};

/** A store in which much has happened. */
Log
MakeBusyLog(uint64_t seed)
{
    Log log(5);
    std::mt19937_64 random(seed);
    std::vector<uint64_t> sessions{0};
    for (int i = 0; i < 300; ++i)
    {
        const uint64_t session = sessions[random() % sessions.size()];
        const std::string key = std::to_string(random() % 20);
        const uint64_t request = random() % 50;
        switch (random() % 8)
        {
        case 0:
            sessions.push_back(log.Register());
            break;
        case 1:
            log.Get(session, request, key);
            break;
        case 2:
            log.Apply(std::string("no command"));
            break;
        default:
            log.Apply(Command{7,
                              session,
                              request,
                              random() % 30,
                              CommandOp::PUT,
                              key,
                              std::to_string(random())});
        }
    }
    return log;
}

} // namespace

TEST(RaftKeyValueStore, ReadsTheLatestWriteOfAKey)
{
    Log log;
    EXPECT_EQ(log.Get(0, 1).value, "") << "a missing key";
    const CommandResult written = log.Put(0, 2, "1");
    EXPECT_EQ(written.status, Status::APPLIED);
    EXPECT_EQ(written.op, CommandOp::PUT);
    EXPECT_EQ(written.value, "1");
    log.Put(0, 3, "3");
    const CommandResult read = log.Get(0, 4);
    EXPECT_EQ(read.op, CommandOp::GET);
    EXPECT_EQ(read.value, "3");
    EXPECT_EQ(log.store.Get("k"), "3");
    EXPECT_EQ(log.store.GetSize(), 1U);
}

TEST(RaftKeyValueStore, DoesNothingForWhatIsNoCommandAndSaysSo)
{
    Log log;
    log.Put(0, 1, "1");
    const KeyValueStore same = log.store;
    const std::string good = Command{7, 0, 2, 0, CommandOp::PUT, "k", "2"}.Encode();
    for (const std::string& bytes :
         {std::string(), std::string("x"), good + "x", std::string(35, '\xff')})
    {
        const CommandResult result = log.Apply(bytes);
        EXPECT_EQ(result.status, Status::MALFORMED);
        EXPECT_EQ(result.value, "");
    }
    EXPECT_TRUE(log.store == same);
}

TEST(RaftKeyValueStore, ARepeatedRequestIsAppliedOnceAndAnsweredAsBefore)
{
    Log log;
    const uint64_t session = log.Register();
    EXPECT_EQ(log.Put(session, 1, "first").status, Status::APPLIED);
    EXPECT_EQ(log.Get(session, 2).value, "first");
    log.Put(session, 3, "second");

    EXPECT_EQ(log.Put(session, 1, "first").status, Status::REPEATED);
    EXPECT_EQ(log.store.Get("k"), "second") << "the old value came back";
    const CommandResult again = log.Get(session, 2);
    EXPECT_EQ(again.status, Status::REPEATED);
    EXPECT_EQ(again.value, "first") << "the read of then, not of now";
}

TEST(RaftKeyValueStore, SameNumbersInTwoSessionsAreTwoRequests)
{
    Log log;
    const uint64_t first = log.Register();
    const uint64_t second = log.Register();
    ASSERT_NE(first, second);
    log.Put(first, 1, "of the first");
    EXPECT_EQ(log.Put(second, 1, "of the second").status, Status::APPLIED);
    EXPECT_EQ(log.store.Get("k"), "of the second");
}

TEST(RaftKeyValueStore, ASessionIsOfNoUseToAnotherClient)
{
    Log log;
    const uint64_t session = log.Register();
    log.Put(session, 1, "mine");
    const Command theft{8, session, 2, ~0ULL, CommandOp::PUT, "k", "stolen"};
    EXPECT_EQ(log.Apply(theft).status, Status::EXPIRED);
    EXPECT_EQ(log.Put(session, 2, "still mine").status, Status::APPLIED);
}

TEST(RaftKeyValueStore, WithoutASessionEachTimeIsANewOne)
{
    Log log;
    log.Put(0, 1, "1");
    log.Put(0, 2, "2");
    EXPECT_EQ(log.Put(0, 1, "1").status, Status::APPLIED);
    EXPECT_EQ(log.store.Get("k"), "1");
}

TEST(RaftKeyValueStore, WhatTheClientNoLongerWaitsForIsForgottenAndNeverAppliedAgain)
{
    Log log;
    const uint64_t session = log.Register();
    log.Put(session, 1, "1");
    log.Put(session, 2, "2");
    const std::string before = log.store.Serialize();
    log.Put(session, 4, "4", 3); // it waits for 3 and later only
    EXPECT_LE(log.store.Serialize().size(), before.size()) << "results of 1 and 2 are still kept";
    EXPECT_EQ(log.Put(session, 2, "2").status, Status::FORGOTTEN);
    EXPECT_EQ(log.Put(session, 3, "3").status, Status::APPLIED) << "late, but still awaited";
    EXPECT_EQ(log.store.Get("k"), "3");
}

TEST(RaftKeyValueStore, TheSessionUsedLeastRecentlyExpiresFirst)
{
    Log log(2);
    const uint64_t first = log.Register();
    const uint64_t second = log.Register();
    log.Put(first, 1, "1");
    const uint64_t third = log.Register();
    EXPECT_EQ(log.store.GetSessionCount(), 2U);
    EXPECT_EQ(log.Put(second, 1, "lost").status, Status::EXPIRED);
    EXPECT_EQ(log.Put(first, 2, "kept").status, Status::APPLIED);
    EXPECT_EQ(log.Put(third, 1, "new").status, Status::APPLIED);
    EXPECT_EQ(log.Put(999, 1, "never opened").status, Status::EXPIRED);
    EXPECT_EQ(log.store.Get("k"), "new");
}

TEST(RaftKeyValueStore, SameCommandsGiveTheSameStateAndTheSameBytes)
{
    for (uint64_t seed = 0; seed < 20; ++seed)
    {
        Log first = MakeBusyLog(seed);
        Log second = MakeBusyLog(seed);
        ASSERT_TRUE(first.store == second.store);
        ASSERT_EQ(first.store.Serialize(), second.store.Serialize());
        second.Apply(Command{7, 0, 1, 0, CommandOp::PUT, "another", "x"});
        ASSERT_FALSE(first.store == second.store);
        ASSERT_NE(first.store.Serialize(), second.store.Serialize());
    }
}

TEST(RaftKeyValueStore, ARestoredStoreGoesOnAsTheOriginalWould)
{
    for (uint64_t seed = 0; seed < 50; ++seed)
    {
        Log original = MakeBusyLog(seed);
        auto restored = KeyValueStore::Restore(original.store.Serialize());
        ASSERT_TRUE(restored);
        ASSERT_TRUE(*restored == original.store);
        Log copy = original;
        copy.store = *restored;
        for (int i = 0; i < 8; ++i) // also beyond the most sessions, so that some expire
        {
            ASSERT_EQ(original.Register(), copy.Register());
        }
        for (uint64_t session = 0; session < 300; ++session)
        {
            const CommandResult a = original.Put(session, 7, "x");
            const CommandResult b = copy.Put(session, 7, "x");
            ASSERT_EQ(a.status, b.status);
            ASSERT_EQ(a.value, b.value);
        }
        ASSERT_TRUE(original.store == copy.store);
    }
}

TEST(RaftKeyValueStore, NoOtherBytesAreRestored)
{
    const std::string good = MakeBusyLog(1).store.Serialize();
    for (std::size_t size = 0; size < good.size(); ++size)
    {
        ASSERT_FALSE(KeyValueStore::Restore(good.substr(0, size))) << size;
    }
    EXPECT_FALSE(KeyValueStore::Restore(good + '\0'));
    std::mt19937_64 random(1);
    for (int i = 0; i < 3000; ++i)
    {
        std::string bytes = good;
        bytes[random() % bytes.size()] = static_cast<char>(random());
        const auto store = KeyValueStore::Restore(bytes);
        ASSERT_TRUE(!store || store->Serialize() == bytes);
    }
}

} // namespace ns3::raft::test
