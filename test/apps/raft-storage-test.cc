// Stable storage over a disk that takes time, and what a crash leaves of it.

#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/node-disk.h"
#include "ns3/nstime.h"
#include "ns3/raft-storage.h"
#include "ns3/raft-wal.h"
#include "ns3/simulator.h"

#include <cmath>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using raft::DurableState;
using raft::PersistRequest;

namespace
{

/** Storage on a disk of 10 ms a write, and a server that writes random things to it. */
class RaftStorageTest : public testing::Test
{
  protected:
    RaftStorageTest()
    {
        m_disk->SetAttribute("MedianLatency", TimeValue(MilliSeconds(10)));
        m_disk->SetAttribute("Sigma", DoubleValue(0));
        m_disk->SetAttribute("Throughput", DataRateValue(DataRate(0)));
        Open();
    }

    ~RaftStorageTest() override
    {
        Simulator::Destroy();
    }

    void Open()
    {
        m_storage = std::make_unique<RaftStorage>(m_disk);
        m_storage->SetWritten([this](uint64_t ticket) { m_written.push_back(ticket); });
    }

    /** Hard state and up to three entries; the log grows or, now and then, is replaced in part. */
    PersistRequest Draw()
    {
        PersistRequest request;
        request.ticket = ++m_ticket;
        request.hardState = raft::HardState{m_ticket, static_cast<raft::ServerId>(m_random() % 3)};
        request.firstIndex = 1 + m_length - (m_random() % 4 == 0 ? m_random() % (m_length + 1) : 0);
        for (uint64_t more = m_random() % 4; more > 0; --more)
        {
            request.entries.push_back({m_ticket,
                                       raft::EntryType::COMMAND,
                                       std::make_shared<const std::string>(m_random() % 40, 'x')});
        }
        m_length = request.firstIndex - 1 + request.entries.size();
        return request;
    }

    void At(Time time, std::function<void()> what)
    {
        Simulator::Schedule(time - Simulator::Now(), [what] { what(); });
    }

    void RunUntil(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
    }

    Ptr<NodeDisk> m_disk{CreateObject<NodeDisk>()};
    std::unique_ptr<RaftStorage> m_storage;
    std::vector<uint64_t> m_written; //!< tickets that were reported
    std::mt19937_64 m_random{1};
    uint64_t m_ticket{0};
    uint64_t m_length{0};
};

bool
SameState(const DurableState& a, const DurableState& b)
{
    return a.hardState == b.hardState && a.log == b.log &&
           a.snapshot.lastIndex == b.snapshot.lastIndex;
}

/** @return what is on the disk after each record of some writes, the state before them first */
std::vector<DurableState>
StatesOf(DurableState state, const std::vector<PersistRequest>& requests)
{
    std::vector<DurableState> states{state};
    const auto apply = [&](PersistRequest record) {
        ApplyWrite(state, std::move(record));
        states.push_back(state);
    };
    for (const PersistRequest& request : requests)
    {
        PersistRequest record;
        record.hardState = request.hardState;
        apply(record);
        record.hardState.reset();
        record.firstIndex = request.firstIndex;
        if (request.entries.empty())
        {
            apply(record);
        }
        for (const raft::Entry& entry : request.entries)
        {
            record.entries = {entry};
            apply(record);
            ++record.firstIndex;
        }
    }
    return states;
}

} // namespace

TEST_F(RaftStorageTest, WritesTogetherWhatCameMeanwhile)
{
    for (int i = 0; i < 3; ++i)
    {
        m_storage->Write(Draw());
    }
    RunUntil(MilliSeconds(10));
    EXPECT_EQ(m_written, (std::vector<uint64_t>{1}));
    EXPECT_EQ(m_storage->GetDurable().hardState.term, 1U);
    RunUntil(MilliSeconds(20));
    EXPECT_EQ(m_written, (std::vector<uint64_t>{1, 3}));
    EXPECT_EQ(m_storage->GetDurable().hardState.term, 3U);
}

TEST_F(RaftStorageTest, AWriteTakesTheTimeOfItsBytes)
{
    m_disk->SetAttribute("Throughput", DataRateValue(DataRate("8kb/s"))); // a byte a millisecond
    PersistRequest first = Draw();
    first.entries.push_back(
        {1, raft::EntryType::COMMAND, std::make_shared<const std::string>(1000, 'x')});
    const std::size_t bytes = SizeOnDisk(first);
    EXPECT_GT(bytes, 1000U);
    m_storage->Write(first);
    const auto end = static_cast<int64_t>(10 + bytes);
    RunUntil(MilliSeconds(end - 1));
    EXPECT_TRUE(m_written.empty());
    RunUntil(MilliSeconds(end + 1));
    EXPECT_EQ(m_written.size(), 1U);
}

TEST_F(RaftStorageTest, ACrashBetweenWritesLosesNothing)
{
    m_storage->Write(Draw());
    RunUntil(MilliSeconds(15));
    const DurableState before = m_storage->GetDurable();
    m_storage->Crash(0.5);
    EXPECT_EQ(before.hardState.term, 1U);
    EXPECT_TRUE(SameState(m_storage->GetDurable(), before));
}

TEST_F(RaftStorageTest, ACrashLeavesTheWholeRecordsOfTheWriteThatWasUnderWayAndNoMore)
{
    std::set<std::size_t> kept;
    std::size_t nothing = 0;
    std::size_t everything = 0;
    for (uint64_t seed = 1; seed <= 1000; ++seed)
    {
        m_random.seed(seed);
        m_ticket = m_length = 0;
        m_disk->DropPending();
        Open();
        const Time start = Simulator::Now();
        m_storage->Write(Draw());
        RunUntil(start + MilliSeconds(10));
        const DurableState before = m_storage->GetDurable();
        ASSERT_EQ(before.hardState.term, 1U);

        const PersistRequest first = Draw();
        std::vector<PersistRequest> group{Draw(), Draw()};
        m_storage->Write(first); // alone, since the disk was idle
        m_storage->Write(group[0]);
        m_storage->Write(group[1]);
        const bool inFirst = seed % 4 == 0;
        RunUntil(start + MilliSeconds(inFirst ? 15 : 25));
        m_storage->Write(Draw()); // waits, and is lost

        const auto states =
            inFirst ? StatesOf(before, {first}) : StatesOf(StatesOf(before, {first}).back(), group);
        const double share = std::ldexp(static_cast<double>(m_random() >> 11), -53);
        m_storage->Crash(share);
        std::size_t at = 0;
        while (at < states.size() && !SameState(states[at], m_storage->GetDurable()))
        {
            ++at;
        }
        ASSERT_LT(at, states.size()) << "seed " << seed << ": a state that never was";
        kept.insert(at);
        nothing += at == 0;
        everything += at + 1 == states.size();
    }
    // All shares occur; all bytes of the write arrived in one crash of about 150.
    EXPECT_GT(kept.size(), 5U);
    EXPECT_GT(nothing, 20U);
    EXPECT_LT(nothing, 500U);
    EXPECT_GT(everything, 0U);
    EXPECT_LT(everything, 100U);
}

TEST_F(RaftStorageTest, TheSmallestShareLeavesNothingAndTheLargestEverything)
{
    for (const double share : {0.0, std::nextafter(1.0, 0.0)})
    {
        m_random.seed(7);
        m_ticket = m_length = 0;
        m_disk->DropPending();
        Open();
        const PersistRequest request = Draw();
        m_storage->Write(request);
        m_storage->Crash(share);
        const auto states = StatesOf({}, {request});
        EXPECT_TRUE(
            SameState(m_storage->GetDurable(), share == 0 ? states.front() : states.back()));
    }
}

TEST_F(RaftStorageTest, AWriteOfAnEarlierLifeIsNotReportedToTheNext)
{
    m_storage->Write(Draw());
    At(MilliSeconds(5), [this] {
        m_storage->Crash(0.99);
        m_ticket = 0; // a new core counts from the beginning
        PersistRequest request;
        request.ticket = 1;
        request.hardState = raft::HardState{50, 1};
        m_storage->Write(std::move(request));
    });
    RunUntil(MilliSeconds(19));
    EXPECT_TRUE(m_written.empty()) << "the disk still had the other one to do";
    RunUntil(MilliSeconds(25));
    EXPECT_EQ(m_written, (std::vector<uint64_t>{1}));
    EXPECT_EQ(m_storage->GetDurable().hardState.term, 50U);
}
